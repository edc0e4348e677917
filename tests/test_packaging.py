"""What is built is what lies in the tree, and it runs elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("engine", "hooks", "kernels", "metrics")
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
LEFT_OUT = ("__pycache__", ".git", ".venv", ".training", "build", "dist")
HEAVY = ("torch", "triton", "onnx", "onnxruntime", "networkx", "radon", "rich", "numpy", "tree_sitter")


def shipped() -> dict[str, Path]:
    """Every file of the rooms that must be in the wheel, by its path there."""
    found = {}
    for room in ("spotter", *ROOMS):
        for folder, folders, files in os.walk(ROOT / room):
            folders[:] = [name for name in folders if name not in LEFT_OUT]
            inside = Path("spotter") / os.path.relpath(folder, ROOT / "spotter" if room == "spotter" else ROOT)
            for file in files:
                if file != "README.md" and not file.endswith(".pyc"):
                    found[(inside / file).as_posix()] = Path(folder, file)
    return found


def build(copy: Path) -> Path:
    """The wheel, built from the source distribution of a copy of the tree, as if at one moment."""
    shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.egg-info", ".*_cache"))
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return build(tmp_path_factory.mktemp("build") / "tree")


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed; its dependencies are the ones of this environment."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return site


def spotter(site: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_every_folder_with_files_is_a_listed_package() -> None:
    folders = {Path(name).parent.as_posix().replace("/", ".") for name in shipped()}
    assert sorted(folders) == sorted(SETUP["packages"])


def test_every_room_is_mapped_and_linked() -> None:
    assert SETUP["package-dir"] == {f"spotter.{room}": room for room in ROOMS}
    assert {room: os.readlink(ROOT / "spotter" / room) for room in ROOMS} == {room: f"../{room}" for room in ROOMS}


def test_the_wheel_holds_the_tree_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == set(shipped())


def test_the_wheel_carries_the_licence_and_may_be_read_by_everybody(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())
        assert [info.filename for info in archive.infolist() if not info.external_attr >> 16 & 0o044] == []


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "another" / "tree").read_bytes() == wheel.read_bytes()


def test_it_runs_elsewhere(elsewhere: Path, tmp_path: Path) -> None:
    where = spotter(elsewhere, "-c", "import spotter.engine; print(spotter.engine.__file__)", cwd=tmp_path)
    assert Path(where.stdout.strip()) == elsewhere / "spotter" / "engine" / "__init__.py", where.stderr
    version = spotter(elsewhere, "-m", "spotter", "--version", cwd=tmp_path)
    assert "0.1.0" in version.stdout, version.stderr
    assert (elsewhere / "bin" / "spotter").exists()


def test_a_check_runs_elsewhere(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def add(a, b):\n    return a + b\n")
    check = spotter(elsewhere, "-m", "spotter", "check", "--format", "json", "a.py", cwd=tmp_path)
    assert check.returncode == 0, check.stdout + check.stderr
    assert '"measured": "complete"' in check.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("check", "--help"), ("train", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    code = (
        f"import sys; from spotter.cli import run; assert run({list(arguments)!r}) == 0\n"
        f"print('heavy:', sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[-1:] == ["heavy: []"], run.stdout + run.stderr


def test_measuring_pressures_alone_loads_no_model(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    code = (
        "import sys; from spotter.cli import run; assert run(['check', '--select', 'SP2', 'a.py']) == 0\n"
        "print('heavy:', sorted(set(sys.modules) & {'torch', 'triton', 'onnxruntime', 'networkx'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[-1:] == ["heavy: []"], run.stdout + run.stderr
