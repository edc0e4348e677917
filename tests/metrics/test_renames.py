from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.facts import FileFacts, from_json, to_json
from spotter.metrics.renames import rename_pressures

Read = Callable[..., FileFacts]

FIRST = """\
def align(self, token_left, token_right):
    if token_left.name != "left":
        fail(token_left)
    elif token_left.value not in VALID_LEFT:
        fail(name, token_left)
"""
SECOND = FIRST[FIRST.index("    if") :].replace("left", "right").replace("LEFT", "RIGHT")
SLIP = SECOND.replace("fail(name, token_right)", "fail(name, token_left)")


def test_the_name_that_a_copy_kept_is_found_with_the_one_that_was_meant(read: Read) -> None:
    (found,) = rename_pressures([read(FIRST + SLIP)])
    assert (found.rule, found.deviant, found.place.line, found.place.function) == ("SP252", True, 9, "align")
    assert found.message == (
        "`token_left` is kept here in a copy of line 5 that makes `right` of `left` 4 times: "
        "`token_right` would be expected"
    )
    assert [site.place.line for site in found.sites] == [5]
    assert found.p_error == pytest.approx(4 / 6)


def test_a_copy_of_a_whole_function_is_compared_too(read: Read) -> None:
    one = "def set_{0}(self, {0}):\n    check(self.max_{0})\n    self.{0} = clip({0}, self.min_{0}, self.{1})\n\n"
    text = one.format("width", "full_width") + one.format("height", "full_width")
    assert rename_pressures([read(text)]) == ()  # nothing is called full_height here
    (found,) = rename_pressures([read(text + "full_height = 1\n")])
    assert "`full_height` would be expected" in found.message


def test_strings_are_names_too(read: Read) -> None:
    one = 'def {0}(row):\n    if row["{0}_at"]:\n        row["{0}"] = {0}_of(row)\n        log("{1}", row)\n\n'
    text = one.format("start", "start") + one.format("stop", "start")
    (found,) = rename_pressures([read(text + 'word = "stop"\n')])
    assert found.message.startswith('`"start"` is kept here')


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(SECOND, id="all renamed"),
        pytest.param(SLIP.replace("not in VALID_RIGHT", "not in VALID_LEFT"), id="another word in the same place"),
        pytest.param(SLIP.replace('"right"', '"left"'), id="kept twice"),
        pytest.param(SECOND.replace("fail(token_right)", "fail(token_down)"), id="two renames"),
        pytest.param(SLIP.replace("elif", "if"), id="another structure"),
        pytest.param(SLIP.replace("token_right.value", "token_left.value"), id="kept for two uses"),
    ],
)
def test_what_is_no_forgotten_rename(read: Read, second: str) -> None:
    text = FIRST + second
    if "VALID_LEFT" in second:
        assert len(rename_pressures([read(text)])) == 1
    else:
        assert rename_pressures([read(text)]) == ()


def test_names_of_one_piece_and_of_two_are_changed_as_a_whole(read: Read) -> None:
    one = "def {0}(self, {0}):\n    check({0}, 0)\n    if {0} < 0:\n        fail()\n    self._{0} = {1}\n\n"
    text = one.format("batch_size", "batch_size")
    assert rename_pressures([read(text + one.format("skip", "skip"))]) == ()
    (found,) = rename_pressures([read(text + one.format("skip", "batch_size"))])
    assert "makes `skip` of `batch_size`" in found.message
    assert "`skip` would be expected" in found.message


def test_docstrings_and_prose_say_nothing_against_a_change(read: Read) -> None:
    one = (
        'def read_{0}({0}):\n    """Find {2} of a {3}."""\n    if {0}:\n        go({0})\n'
        '    raise ValueError(f"no {3} {{{0}}}", {1})\n\n'
    )
    text = one.format("user", "user", "names", "owner") + one.format("group", "user", "the name", "group")
    (found,) = rename_pressures([read(text)])
    assert "`group` would be expected" in found.message


def test_two_changes_missed_at_one_place_are_one_slip(read: Read) -> None:
    one = "if is_int({0}):\n    {1} = {0}\nelif is_text({2}):\n    {3} = {0}\n"
    pair = one.format("uid_or_owner", "uid", "uid_or_owner", "owner")
    slip = one.format("gid_or_group", "gid", "uid_or_owner", "group")
    (found,) = rename_pressures([read(pair + slip)])
    assert "`gid_or_group` would be expected" in found.message
    twice = "def f():\n" + "".join(f"    {line}\n" for line in pair.splitlines())
    assert len(rename_pressures([read(pair + slip + twice)])) == 1  # an equal copy keeps nothing of its own


def test_what_is_changed_less_often_may_be_kept(read: Read) -> None:
    other = FIRST.replace("fail(name", "fail(kind, name, kind)\n        note(name")
    copy = SLIP.replace("fail(name", "fail(sort, name, kind)\n        note(name")
    (found,) = rename_pressures([read(other + copy)])
    assert "`token_right` would be expected" in found.message


def test_long_runs_of_statements_are_compared_with_their_neighbours(read: Read) -> None:
    line = "put({0}_x, {0}_y, {0}_z, {1}_w, {0}_v, k)\n"
    text = "".join(line.format(f"row{chr(97 + i)}", f"row{chr(97 + i)}") for i in range(20))
    (found,) = rename_pressures([read(text + line.format("last", "rowt") + "last_w = 0\n")])
    assert "`last_w` would be expected" in found.message


def test_what_a_third_copy_keeps_too_is_shared(read: Read) -> None:
    third = SLIP.replace("right", "down").replace("RIGHT", "DOWN")
    text = FIRST.replace("token_right)", "token_right, token_down)") + SLIP + third
    assert rename_pressures([read(text)]) == ()


def test_a_method_that_works_on_another_object_may_name_its_own(read: Read) -> None:
    one = "def make(self):\n    {0}.a = 1\n    {0}.b = 2\n    {0}.c = 3\n    {0}.d = f(self.e)\n\n"
    assert rename_pressures([read("class A:\n    pass\n\n" + one.format("self") + one.format("other"))]) == ()


def test_a_local_that_was_renamed_says_nothing_of_an_attribute(read: Read) -> None:
    one = "def {1}(self, {0}):\n    if {0}:\n        {0} = merge({0}, 1)\n    else:\n        {0} = self.options\n\n"
    assert (
        rename_pressures([read("class A:\n    pass\n\n" + one.format("options", "a") + one.format("opts", "b"))]) == ()
    )


def test_tests_and_generated_files_do_not_count(read: Read) -> None:
    assert rename_pressures([read(FIRST + SLIP, "tests/alfa.py")]) == ()
    assert rename_pressures([read(f"# generated by make\n{FIRST + SLIP}")]) == ()


def test_slips_survive_the_cache(read: Read) -> None:
    facts = read(FIRST + SLIP)
    assert facts.slips
    assert from_json(to_json(facts)) == facts
