from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from spotter.findings import Finding
from spotter.graph import build
from spotter.metrics.deciders import Deciders, deciders_of
from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.pressure import Pressure
from spotter.metrics.registry import PRESSURES
from spotter.reports.causes import FORMS
from spotter.roots import Roots, roots_of, sentence
from spotter.source import Source
from spotter.syntax import parse

NONE = Deciders((), 0)
SESSION = (
    """\
class Session:
    def __init__(self):
        self.token = None
        self.user = None
"""
    + "".join(
        f"""
    def send{n}(self):
        assert self.token is not None
        return self.token.text{n}
"""
        for n in range(6)
    )
    + """
    def log(self):
        return self.token.text

    def name(self):
        assert self.user is not None
        return self.user.name

    def mail(self):
        assert self.user is not None
        return self.user.mail

    def home(self):
        assert self.user is not None
        return self.user.home

    def keys(self):
        assert self.user is not None
        return self.user.keys
"""
)
WRITER = """\
def {name}(path, rows, log):
    with path.open() as out:
        out.write(log.header.render())
        for row in rows:
            if row.size > log.limit:
                log.warn("too large", row.number)
            out.write(log.format(row, {hole}))
            log.counter.add(row.size)
        out.write(log.footer.render())
        out.flush()
        log.index.append(path)
    return log.counter.total
"""


def explained(files: dict[str, str], findings: Sequence[Finding] = (), most: int = 10) -> Roots:
    facts = [facts_of(parse(Source(path, text, "python"))) for path, text in sorted(files.items())]
    pressures = pressed(facts)
    return roots_of(facts, pressures, findings, build(facts, pressures, findings), most)


def pressed(facts: Sequence[FileFacts]) -> list[Pressure]:
    return [pressure for find in PRESSURES.values() for pressure in find(facts)]


def suspicion(line: int) -> Finding:
    return Finding("SP101", "pkg/s.py", line, 9, line, 12, "said", "warning", "suspicion", "Session.send0", 0.6)


def test_the_cause_that_explains_most_comes_first_with_all_that_goes() -> None:
    found = explained({"pkg/s.py": SESSION}, [suspicion(7), suspicion(7), replace(suspicion(8), path="pkg/other.py")])
    assert [sentence(root) for root in found.roots] == [
        "give `Session.token` a value at construction, or declare it without None: "
        "6 checks, 1 unguarded use and 1 suspicion go",
        "give `Session.user` a value at construction, or declare it without None: 4 checks go",
    ]
    assert (found.explained, found.known) == (12, 12)
    first = found.roots[0]
    assert (first.rules, first.cause, first.place.line) == (("SP201",), "state:pkg/s.py:Session.token", 3)


def test_most_limits_the_list_and_what_it_explains() -> None:
    found = explained({"pkg/s.py": SESSION}, most=1)
    assert (len(found.roots), found.explained, found.known) == (1, 7, 11)


def test_copies_go_with_what_they_decide() -> None:
    files = {f"pkg/{name}.py": WRITER.format(name=name, hole=n) for n, name in enumerate(("alfa", "bravo", "carl"))}
    (root,) = explained(files).roots
    assert sentence(root) == "make one function of `alfa`, `bravo` and `carl`: 4 decisions and 2 copies go"


def test_a_block_that_functions_share_goes_without_what_stands_around_it() -> None:
    lines = "".join(f"    page.bar{n}(values, scale.part{n}, LIMIT)\n" for n in range(9))
    block = f"    scale = page.scale_of(values, WIDE)\n{lines}"
    head = "def {}(page, values):\n    if page.open:\n        page.{}()\n"
    one = f"{head.format('one', 'begin')}{block}    return page.total(values)\n"
    two = f"{head.format('two', 'clear')}{block}    page.line(mean(values))\n"
    more = f"{head.format('three', 'mark')}{block}    page.cut(values)\n"
    last = f"{head.format('four', 'turn')}{block}    page.turn(scale)\n"
    (root,) = explained({"pkg/a.py": one, "pkg/b.py": two, "pkg/c.py": more, "pkg/d.py": last}).roots
    assert (root.rules, root.remedy) == (("SP251",), "share what repeats in `one`, `two`, `three` and 1 more")
    assert root.goes == (("copy", 3),)


def test_what_is_explained_by_two_causes_is_counted_once() -> None:
    facts = [facts_of(parse(Source("pkg/s.py", SESSION, "python")))]
    token, user, *_ = pressed(facts)
    twin = replace(token, cause="state:pkg/s.py:Session.twin", sites=token.sites[:5])
    found = roots_of(facts, [token, twin, user], (), build(facts, [token, twin, user], ()), 10)
    assert [root.cause.rpartition(".")[2] for root in found.roots] == ["token", "user"]


def test_what_stands_in_a_copy_goes_with_it() -> None:
    files = {f"pkg/{name}.py": WRITER.format(name=name, hole=n) for n, name in enumerate(("alfa", "bravo", "carl"))}
    facts = [facts_of(parse(Source(path, text, "python"))) for path, text in sorted(files.items())]
    (copies,) = pressed(facts)
    places = [replace(site.place, line=site.place.line + 4) for site in copies.sites] * 2
    sites = tuple(replace(copies.sites[0], place=place, relation="checks") for place in places)
    inside = replace(copies, rule="SP231", cause="condition:a", sites=(sites[0], *sites))
    found = roots_of(facts, [copies, inside], (), build(facts, [copies, inside], ()), 10)
    assert [root.rules for root in found.roots] == [("SP251",)]
    assert found.explained == found.known


def test_guesses_updates_and_deviants_are_no_root_causes() -> None:
    facts = [facts_of(parse(Source("pkg/s.py", SESSION, "python")))]
    token = pressed(facts)[0]
    guessed = replace(token, sites=tuple(replace(site, certainty="ambiguous") for site in token.sites))
    moved = replace(token, sites=tuple(replace(site, relation="co-updates") for site in token.sites))
    for wrong in (guessed, moved, replace(token, deviant=True), replace(token, sites=())):
        assert roots_of(facts, [wrong], (), build(facts, [wrong], ()), 10) == Roots((), 0, 0)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("condition:G.is_directed()", "decide `G.is_directed()` in one place: 5 decisions go"),
        ("predicate:pkg/s.py:+a and +b", "give `token` a name, and ask that: 5 decisions go"),
        ("type:pkg/s.py:Session.token", "let `token` be of one type: 6 checks go"),
        ("function:pkg/s.py:token", "mend `token` where it begins: 6 checks go"),
    ],
)
def test_every_kind_of_cause_has_its_remedy(cause: str, said: str) -> None:
    facts = [facts_of(parse(Source("pkg/s.py", SESSION, "python")))]
    pressure = replace(pressed(facts)[0], cause=cause)
    (root,) = roots_of(facts, [pressure], (), build(facts, [pressure], ()), 10).roots
    assert sentence(root) == said


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_what_to_do(form: str) -> None:
    found = explained({"pkg/s.py": SESSION})
    report = FORMS[form](found, NONE)
    assert sentence(found.roots[0]) in report
    assert "state:pkg/s.py:Session.token" in report or "pkg/s.py:3:9 SP201" in report
    assert FORMS[form](explained({"pkg/s.py": SESSION}), NONE) == report


def test_json_holds_the_counts_and_text_says_when_there_is_nothing() -> None:
    report = json.loads(FORMS["json"](explained({"pkg/s.py": SESSION}), NONE))
    assert report["causes"][0]["goes"] == {"check": 6, "use": 1}
    assert (report["explained"], report["known"]) == (11, 11)
    assert FORMS["text"](Roots((), 0, 0), NONE) == "No cause explains three decisions or findings.\n"


def test_the_values_that_decide_most_follow_with_their_share() -> None:
    asking = "".join(f"def f{i}(g):\n    if g.open_now:\n        go()\n    if g:\n        go()\n" for i in range(3))
    shelf = "class Shelf:\n    def __init__(self):\n        self.open_now = True\n"
    files = [facts_of(parse(Source(p, text, "python"))) for p, text in (("a.py", shelf), ("b.py", asking))]
    found = deciders_of(files, 10)
    text = FORMS["text"](Roots((), 0, 0), found).partition("\n\n")[2]
    assert text == (
        "These 2 values cause 100.0 % of all 6 decisions, weighed by nesting and by what they ask:\n"
        "   66.7% `Shelf.open_now`: 3 decisions in 3 functions\n"
        "          a.py:3:9\n"
        "   33.3% `g of b.py`: 3 decisions in 3 functions\n"
        "          b.py:4:5\n"
    )
    report = json.loads(FORMS["json"](Roots((), 0, 0), found))
    assert report["decisions"] == 6
    assert report["deciders"][0] == {
        "value": "Shelf.open_now", "sort": "attribute", "cause": "state:a.py:Shelf.open_now", "path": "a.py", "line": 3,
        "column": 9, "share": 0.6667, "decisions": 3.0, "load": 6.0, "functions": 3, "files": 1,
    }  # fmt: skip
