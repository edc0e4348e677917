from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

from spotter.config import SETTINGS, Config, commented, excluded, load, matches, parse, selected
from spotter.errors import SpotterError

FULL = """\
select = ["SP1", "SP202"]
ignore = ["SP103"]
exclude = ["vendored/*", "*_pb2.py"]
max-alerts-per-kloc = 1
fail-on = "note"
baseline = ".spotter/baseline.jsonl"
per-file-ignores = {"tests/*" = ["SP101"]}
"""


def plain(config: Config) -> Config:
    return replace(config, origin="defaults")


def test_defaults_without_a_file(tmp_path: Path) -> None:
    assert load(tmp_path, tmp_path) == Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / ".spotter.toml").write_text(FULL)
    config = load(tmp_path, tmp_path)
    assert plain(config) == Config(
        select=("SP1", "SP202"),
        ignore=("SP103",),
        exclude=("vendored/*", "*_pb2.py"),
        max_alerts_per_kloc=1.0,
        fail_on="note",
        per_file_ignores=(("tests/*", ("SP101",)),),
        baseline=".spotter/baseline.jsonl",
    )
    assert config.origin == str(tmp_path / ".spotter.toml")
    assert isinstance(config.max_alerts_per_kloc, float)


def test_the_table_knows_every_field() -> None:
    assert [f.name for f in fields(Config)][:-2] == sorted(
        (key.replace("-", "_") for key in SETTINGS), key=[f.name for f in fields(Config)].index
    )


def test_the_nearest_file_with_settings_counts(tmp_path: Path) -> None:
    inner = tmp_path / "pkg" / "sub"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.spotter]\nignore = ["SP1"]\n')
    (inner / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert load(inner, tmp_path).ignore == ("SP1",)
    (tmp_path / "pkg" / ".spotter.toml").write_text('ignore = ["SP2"]\n')
    assert load(inner, tmp_path).ignore == ("SP2",)
    assert load(inner, tmp_path).folder == "pkg"


def test_settings_above_the_root_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / ".spotter.toml").write_text('ignore = ["SP2"]\n')
    assert load(tmp_path / "pkg", tmp_path / "pkg") == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exclud = []", "unknown key 'exclud'; the nearest known key is 'exclude'"),
        (
            "max_alerts_per_kloc = 1",
            "unknown key 'max_alerts_per_kloc'; the nearest known key is 'max-alerts-per-kloc'",
        ),
        ("zzz = 1", "unknown key 'zzz'; the nearest known key is"),
        ('select = "SP101"', "select takes a list of texts, not 'SP101'"),
        ("select = [101]", "select takes texts, not 101"),
        ('select = ["E501"]', "select: 'E501' is no rule; codes look like SP101"),
        ("max-alerts-per-kloc = true", "max-alerts-per-kloc takes a number above 0, not True"),
        ("max-alerts-per-kloc = -1", "max-alerts-per-kloc takes a number above 0, not -1"),
        ("max-alerts-per-kloc = nan", "max-alerts-per-kloc takes a number above 0, not nan"),
        ('fail-on = "fatal"', "fail-on takes error, warning or note, not 'fatal'"),
        ("fail-on = ['note']", "fail-on takes error, warning or note, not"),
        ("baseline = 1", "baseline takes a path, not 1"),
        ("per-file-ignores = []", "per-file-ignores takes a table such as"),
        ('per-file-ignores = {"a" = ["x"]}', "per-file-ignores: 'a': 'x' is no rule"),
        ("exclude = [", "not valid TOML"),
    ],
)
def test_a_broken_configuration_is_one_line_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / ".spotter.toml"
    path.write_text(text)
    with pytest.raises(SpotterError) as raised:
        load(tmp_path, tmp_path)
    assert str(raised.value).startswith(f"{path}: {message}")
    assert "\n" not in str(raised.value)


def test_bytes_that_are_no_text_and_tables_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nspotter = 1\n")
    with pytest.raises(SpotterError, match=r"\[tool.spotter\] takes a table of keys"):
        load(tmp_path, tmp_path)
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    with pytest.raises(SpotterError, match="not valid TOML"):
        load(tmp_path, tmp_path)


def test_the_commented_configuration_holds_the_defaults() -> None:
    assert plain(parse(tomllib.loads(commented()), "x")) == Config()
    uncommented = commented().replace("# baseline", "baseline").replace("# per-file-ignores", "per-file-ignores")
    assert set(tomllib.loads(uncommented)) == set(SETTINGS)
    parse(tomllib.loads(uncommented), "x")


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("vendored/a.py", "vendored/*", True),
        ("vendored/deep/a.py", "vendored/*", True),
        ("vendored/deep/a.py", "vendored", True),
        ("vendored/deep/a.py", "vendored/", True),
        ("src/vendored/a.py", "vendored", True),
        ("src/vendored/a.py", "vendored/*", False),
        ("pkg/a_pb2.py", "*_pb2.py", True),
        ("pkg/a.py", "./pkg/a.py", True),
        ("pkg/a.pyi", "*.py", False),
        ("docs/conf.py", "*/conf.py", True),
        ("conf.py", "**/conf.py", True),
        ("a/b/conf.py", "**/conf.py", True),
        ("a/b/c/d.py", "a/**/d.py", True),
        ("a/d.py", "a/**/d.py", True),
    ],
)
def test_globs(path: str, pattern: str, expected: bool) -> None:
    assert matches(Config(), path, pattern) is expected


def test_globs_are_relative_to_the_configuration() -> None:
    config = Config(exclude=("gen/*",), folder="pkg")
    assert excluded(config, "pkg/gen/a.py")
    assert not excluded(config, "gen/a.py")


def test_which_rules_apply() -> None:
    config = Config(select=("SP1", "SP251"), ignore=("SP103",), per_file_ignores=(("tests/*", ("SP25",)),))
    assert selected(config, "a.py", "SP101")
    assert not selected(config, "a.py", "SP103")
    assert not selected(config, "a.py", "SP201")
    assert selected(config, "a.py", "SP251")
    assert not selected(config, "tests/a.py", "SP251")
    assert selected(Config(), "a.py", "SP301")
