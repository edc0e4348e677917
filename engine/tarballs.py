"""Packages of npm, by their names and hashes, fetched with npm, and the sources in them that people wrote."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from spotter.errors import SpotterError
from spotter.reading import from_bytes
from spotter.source import Source

SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts")
DECLARED = (".d.ts", ".d.mts", ".d.cts")
SMALLEST, LARGEST, LONGEST_LINE = 500, 400_000, 2000  # bytes, bytes, characters
# Folders of what nobody wrote here, or wrote for other ends.
ASIDE = frozenset((
    "amd", "benchmark", "benchmarks", "bower_components", "browser", "build", "built", "bundle", "bundles", "cjs",
    "_cjs", "commonjs", "doc", "docs", "es", "es5", "es6", "esm", "_esm", "example", "examples", "external",
    "externals", "fixtures", "generated", "i18n", "lang", "language", "langs", "languages", "lib-es5", "lib-es6",
    "locale", "locales", "min", "module", "node_modules", "out", "polyfills", "snippets", "spec", "specs", "template",
    "templates", "test", "tests", "__tests__", "third_party", "thirdparty", "translations", "umd", "vendor", "_vendor",
    "vendored",
))  # fmt: skip
BUILT = re.compile(r"(^|/)dist[^/]*/|[.-](min|umd|esm|bundle|prod|production|development|test|spec)\.", re.IGNORECASE)
# What compilers and bundlers write.
TRANSPILED = (
    "__esModule", "_interopRequire", "__awaiter", "__extends", "__importDefault", "__webpack_require__",
    "_classCallCheck", "tslib_1", "__defProp", "_createClass", "regeneratorRuntime", "_asyncToGenerator",
    "_jsx_runtime", "_objectSpread", "__decorate", "sourceMappingURL=", "_classPrivateFieldGet", "__publicField",
    "_toConsumableArray", "react.element", "_inheritsLoose", "JSCompiler", "asm.js",
)  # fmt: skip
# The projects that measure us, and those on which the denoiser is shown; none of their files may be learned from.
EVALUATION = frozenset(("eslint", "mongoose", "typeorm", "vue", "vue-next", "humaneval", "quixbugs", "mbpp", "fixjs"))
SHOWCASE = frozenset((
    "axios", "chalk", "commander", "express", "glob", "immer", "leaflet", "lodash", "marked", "minimatch", "mobx",
    "moment", "semver", "socket.io", "ws", "yargs-parser", "zustand",
))  # fmt: skip


FOLDER, CLIENT, KEPT_OUT = "tarballs", "npm", EVALUATION | SHOWCASE


def download(package: str, version: str, _: str, folder: Path) -> str:
    """Ask npm for a tarball; the first line that it said, or ""."""
    command = ["npm", "pack", f"{package}@{version}", "--loglevel=error", "--ignore-scripts"]
    run = subprocess.run([*command, "--pack-destination", str(folder)], capture_output=True, text=True)
    return run.stderr.strip().partition("\n")[0]


def project_of(tarball: Path) -> str:
    """The project of a tarball, by its name."""
    return re.sub(r"-\d+\.\d+\.\d+.*$", "", tarball.name)


def described(tarball: Path) -> tuple[str, str, list[str]]:
    """The name, the version and the licence of a package, as its package.json says."""
    with tarfile.open(tarball) as archive:
        for entry in archive:
            if entry.isfile() and PurePosixPath(entry.name).parts[1:] == ("package.json",):
                file = archive.extractfile(entry)
                told = json.loads(file.read()) if file else {}
                return str(told["name"]), str(told["version"]), [str(told.get("license", ""))]
    raise SpotterError(f"{tarball.name}: no package.json in it; npm made no such file")


def sources(tarball: Path) -> Iterator[Source]:
    """The sources that may be learned from, in order: no bundles, nothing transpiled or minified, no copies of others.

    Where the TypeScript of a file is there too, its JavaScript is left out.
    """
    found = sorted(_sources(tarball), key=lambda source: source.path)
    typed = {re.sub(r"\.[cm]?tsx?$", "", source.path) for source in found if source.language != "javascript"}
    yield from (s for s in found if s.language != "javascript" or re.sub(r"\.[cm]?jsx?$", "", s.path) not in typed)


def _sources(tarball: Path) -> Iterator[Source]:
    with tarfile.open(tarball) as archive:
        for entry in archive:
            path = "/".join(PurePosixPath(entry.name).parts[1:])
            if not entry.isfile() or not path.endswith(SUFFIXES) or not SMALLEST < entry.size < LARGEST:
                continue
            if excluded(path) or path.endswith(DECLARED) or (file := archive.extractfile(entry)) is None:
                continue
            source = from_bytes(file.read().replace(b"\r\n", b"\n"), path)
            if isinstance(source, Source) and not source.aside and written(source.text):
                yield source


def excluded(path: str) -> bool:
    """Whether a path inside a package is built, vendored or a test, or stands in a folder of an evaluation project."""
    return bool(BUILT.search(path)) or any(part in ASIDE or part in EVALUATION for part in path.lower().split("/")[:-1])


def written(text: str) -> bool:
    """Whether a person wrote a file as it stands."""
    return not any(mark in text for mark in TRANSPILED) and max(map(len, text.splitlines() or [""])) < LONGEST_LINE
