from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from spotter.budget import Budget
from spotter.engine.scores import Proposal, TokenScore
from spotter.findings import Finding, Held, Site, Suggestion
from spotter.measuring import Measurement
from spotter.metrics.facts import facts_of
from spotter.outcome import Measured, Outcome
from spotter.reports.html import render
from spotter.reports.page import Page
from spotter.shares import Share
from spotter.source import Source
from spotter.syntax import parse

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
HOSTILE = "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\u202e\u2066 {{data}} \U0001f600"

NIL = Finding(
    "SP201", "pkg/a.py", 2, 9, 2, 25, "`token` may be None: 3 asserts would go", "note", "fact", "Session.__init__",
    evidence=(Site("pkg/a.py", 5, "asserted not to be None"), Site("pkg/b.py", 2, "asserted not to be None")),
    fingerprint="1",
)  # fmt: skip
TOKEN = Finding(
    "SP101", "pkg/a.py", 6, 16, 6, 18, "`lo` is unlikely here; `hi` would be expected", "error", "suspicion",
    "Session.span", 0.93, Suggestion("replace", "hi"), fingerprint="2",
)  # fmt: skip
A = "class Session:\n    x = None\n\n    def span(self, lo, hi):\n        assert self.x\n        return lo - lo\n"
B = "def use(session):\n    assert session.x\n"
COPY = """\
def {name}(items):
    found = []
    for item in items:
        if item.{field} > {limit}:
            found.append(item)
    return sorted(found)
"""
C = COPY.format(name="dear", field="price", limit=10) + "\n\n" + COPY.format(name="heavy", field="weight", limit=20)
CLONES = Finding(
    "SP251", "pkg/c.py", 1, 5, 1, 9, "`dear` and `heavy` are one template", "note", "fact", "dear",
    evidence=(Site("pkg/c.py", 9, "copies `dear`"),), fingerprint="3",
)  # fmt: skip
SOURCES = {path: Source(path, text, "python") for path, text in {"pkg/a.py": A, "pkg/b.py": B, "pkg/c.py": C}.items()}


def measurement(source: Source) -> Measurement:
    syntax = parse(source)
    scores = (
        TokenScore(at, 0.93, (Proposal("replace", "hi", 0.8), Proposal("delete", "", 0.2)))
        if (token.text, token.column) == ("lo", 16)
        else TokenScore(at, 0.0001, ())
        for at, token in enumerate(syntax.tokens)
    )
    return Measurement(source, (), facts_of(syntax), tuple(scores))


def page(*findings: Finding, sources: dict[str, Source] = SOURCES, **more: Any) -> Page:
    files = tuple(Measured(path, "python", source.text.count("\n"), "complete") for path, source in sources.items())
    measured = {path: measurement(source) for path, source in sources.items()}
    return Page(Outcome(files, findings, **more), sources, measured=lambda: measured)


def carried(report: str) -> dict[str, Any]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', report, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.outside += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_data_holds_findings_files_heat_copies_and_the_graph() -> None:
    data = carried(render(page(NIL, TOKEN, CLONES)))
    assert [finding["rule"] for finding in data["findings"]] == ["SP101", "SP201", "SP251"]
    assert data["findings"][0]["edited"] == "        return hi - lo"
    by_path = {file["path"]: file for file in data["files"]}
    assert by_path["pkg/a.py"]["hot"] == [[6, 16, 6, 18, 0.93, [["replace", "hi", 0.8], ["delete", "", 0.2]]]]
    labels = [node["label"] for node in data["network"]["nodes"]]
    assert labels == ["SP101", "Session.span", "SP201", "pkg/a.py", "use", "SP251", "dear", "heavy"]
    (family,) = data["copies"]
    holes = [{piece["hole"]: piece["text"] for piece in m["pieces"] if piece["hole"]} for m in family["members"]]
    assert holes == [{1: "dear", 2: "price", 3: "10"}, {1: "heavy", 2: "weight", 3: "20"}]
    assert "".join(piece["text"] for piece in family["members"][0]["pieces"]) == C.split("\n\n\n")[0]


def test_the_same_outcome_gives_the_same_bytes() -> None:
    assert render(page(NIL, TOKEN, CLONES)) == render(page(NIL, TOKEN, CLONES))


def test_code_cannot_leave_the_data_and_nothing_is_fetched() -> None:
    hostile = Source(f"{HOSTILE}.py", f"x = {HOSTILE!r}  # {HOSTILE}\n", "python")
    finding = replace(
        TOKEN, path=hostile.path, line=1, end_line=1, column=5, end_column=20, message=HOSTILE, remarks=(HOSTILE,),
        suggestion=Suggestion("replace", HOSTILE), evidence=(Site(HOSTILE, 1, HOSTILE),),
    )  # fmt: skip
    report = render(page(finding, sources={hostile.path: hostile}, notes=(HOSTILE,)))
    tags = Tags()
    tags.feed(report)
    assert tags.seen.count("script") == 3
    assert "img" not in tags.seen
    assert tags.outside == ["#main"]
    assert not {"\u202e", "\u2066"} & set(report)
    assert carried(report)["findings"][0]["message"] == HOSTILE
    assert "default-src 'none'" in report
    assert "'unsafe-inline'" not in report


def test_the_graph_keeps_the_strongest_findings_and_says_what_it_leaves_out() -> None:
    many = [replace(TOKEN, path=f"pkg/{n}.py", fingerprint=str(n)) for n in range(1500)]
    drawn = carried(render(page(*many)))["network"]
    assert len(drawn["nodes"]) == 2000
    assert drawn["left_out"] == 500


Open = Callable[[str, str], "Chrome"]


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    if CHROMIUM is None or DRIVER is None or find_spec("selenium") is None:
        pytest.skip("needs chromium, chromedriver and selenium")
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=ChromeService(DRIVER))
    browser.set_script_timeout(60)
    yield browser
    browser.quit()


@pytest.fixture
def opened(chrome: Chrome, tmp_path: Path) -> Open:
    def open_(report: str, view: str = "") -> Chrome:
        (tmp_path / "report.html").write_text(report, encoding="utf-8")
        chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        chrome.get(f"file://{tmp_path}/report.html")
        go(chrome, view)
        return chrome

    return open_


def go(chrome: Chrome, view: str) -> None:
    chrome.execute_script("location.hash = arguments[0]", view)
    chrome.execute_async_script(
        "const done = arguments[0], main = document.getElementById('main');"
        "const look = () => (main.dataset.view === location.hash ? done() : setTimeout(look, 20)); look()"
    )


def complaints(chrome: Chrome) -> list[str]:
    entries: list[dict[str, str]] = chrome.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]


def texts(chrome: Chrome, selector: str) -> list[str]:
    found: list[str] = chrome.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText)", selector
    )
    return found


def whole() -> Page:
    added = {"decisions": 50, "origins": -1, "repeats": 0, "copies": 2}
    limits = {"decisions": 40, "origins": 12, "repeats": 4, "copies": 2}
    shares = (Share("decisions", "pkg/a.py", "Session.span", 4, 2, 52), Share("origins", "pkg/b.py", "", 1, 1, 0))
    held = (Held(replace(TOKEN, fingerprint="9"), "baseline"),)
    return page(NIL, TOKEN, CLONES, budget=Budget(120, added, limits, shares), held=held)


def test_the_overview_says_what_to_fix_first_the_causes_and_what_is_new(opened: Open) -> None:
    chrome = opened(render(whole()), "#/")
    assert texts(chrome, "h1") == ["3 findings, 1 of them fails the check"]
    assert texts(chrome, "nav a") == ["Overview", "Findings", "Files", "Graph", "Copies", "Change"]
    assert "hi would be expected" in texts(chrome, ".first")[0]
    assert [re.split(r"\s+", row)[-2:] for row in texts(chrome, ".pareto li")] == [["100", "%"]]
    assert ["SP101 unlikely-token", "1", "1"] in [row.split("\t")[:3] for row in texts(chrome, "tbody tr")]
    assert complaints(chrome) == []


def test_the_bars_of_the_root_causes_follow_one_another_up_to_all_places(opened: Open) -> None:
    sites = tuple(Site("pkg/b.py", line, "asserted") for line in range(1, 9))
    more = replace(NIL, path="pkg/b.py", line=1, end_line=1, evidence=sites, fingerprint="4")
    chrome = opened(render(page(NIL, more)), "#/")
    assert "2 origins put pressure on 10 places, the first one on 80 % of them." in texts(chrome, ".lead")[1]
    assert [row.split()[-3:] for row in texts(chrome, "ol.pareto li")] == [["8", "80", "%"], ["2", "100", "%"]]
    boxes = (
        "return [...document.querySelectorAll('ol.pareto .tracks')].map((track) => { const all = "
        "track.getBoundingClientRect(), bar = track.firstChild.getBoundingClientRect(); "
        "return [bar.left - all.left, bar.right - all.left].map((x) => Math.round(100 * x / all.width)); })"
    )
    for width in (1280, 390):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        assert chrome.execute_script(boxes) == [[0, 80], [80, 100]]


ASKING = "".join(f"def f{i}(g):\n    if g.open_now:\n        go()\n\n" for i in range(3))
DECIDED = {"pkg/a.py": Source("pkg/a.py", ASKING, "python")}
CLAIM = "This value causes 100.0 % of all 3 decisions, weighed by nesting and by what they ask"


def test_the_report_holds_the_values_that_decide_most() -> None:
    row = {"value": ".open_now", "path": "pkg/a.py", "line": 2, "share": 1.0, "asks": "3 decisions in 3 functions"}
    assert carried(render(page(sources=DECIDED)))["deciders"] == {"claim": CLAIM, "rows": [row]}
    assert carried(render(page(sources={})))["deciders"] is None


def test_the_overview_says_which_values_decide_most(opened: Open) -> None:
    chrome = opened(render(page(sources=DECIDED)), "#/")
    assert f"{CLAIM}." in texts(chrome, ".lead")
    assert [row.split() for row in texts(chrome, ".deciders li")] == [
        [".open_now:", "3", "decisions", "in", "3", "functions", "pkg/a.py:2", "100.0", "%"]
    ]
    assert complaints(chrome) == []


def test_the_overview_counts_what_is_new_known_and_gone_since_the_baseline(opened: Open) -> None:
    chrome = opened(render(replace(whole(), gone={"SP101": 2, "SP301": 1})), "#/")
    assert "Since the baseline was recorded: 3 new, 1 known, 3 gone." in texts(chrome, ".lead")
    rows = [row.split("\t")[:4] for row in texts(chrome, "tbody tr")]
    assert ["SP101 unlikely-token", "1", "1", "2"] in rows
    assert ["SP301 decision-load", "0", "0", "1"] in rows


def test_a_file_shows_its_heat_its_findings_and_what_its_lines_speak_for(opened: Open) -> None:
    chrome = opened(render(whole()), "#/files/pkg%2Fa.py/6")
    assert texts(chrome, ".hot") == ["lo"]
    assert texts(chrome, ".line.here .code")[0].strip() == "return lo - lo"
    assert "hi would be expected" in texts(chrome, "#L6 .note")[0]
    assert "token may be None" in texts(chrome, "#L5 .speaks")[0]
    chrome.execute_script("document.querySelector('.hot').focus()")
    assert texts(chrome, "#tip") == ["P(edit) 93 %, 9,300 times the usual\n80 %hi instead\n20 %nothing in its place"]
    chrome.execute_script("document.querySelector('#L5 .speaks a').click()")
    go(chrome, "#/files/pkg%2Fa.py/2")
    assert texts(chrome, ".line.here .n") == ["2"]
    assert complaints(chrome) == []


def test_copies_stand_side_by_side_with_their_holes(opened: Open) -> None:
    chrome = opened(render(whole()), "#/copies")
    assert texts(chrome, ".holes tbody td") == ["dear", "heavy", "price", "weight", "10", "20"]
    assert len(texts(chrome, ".side figure")) == 2


def test_the_change_shows_what_is_over_its_limit(opened: Open) -> None:
    chrome = opened(render(whole()), "#/change")
    assert texts(chrome, "td.over") == ["+50"]
    assert texts(chrome, ".share .over") == ["10 over"]
    assert any("−1" in row for row in texts(chrome, "tbody tr"))


def test_the_findings_can_be_narrowed(opened: Open) -> None:
    chrome = opened(render(whole()), "#/findings")
    narrow = (
        "const form = document.forms[0]; form.elements[arguments[0]].value = arguments[1];"
        "form.dispatchEvent(new Event('input'))"
    )
    chrome.execute_script(narrow, "weight", "fails")
    assert texts(chrome, "[role=status]") == ["1 finding"]
    chrome.execute_script(narrow, "text", "nowhere")
    assert texts(chrome, "[role=status]") == ["Nothing matches."]


def test_the_graph_can_be_narrowed_and_is_said_in_words(opened: Open) -> None:
    chrome = opened(render(whole()), "#/graph")
    label = "return document.querySelector('canvas[role=img]').ariaLabel"
    assert chrome.execute_script(label).startswith("3 findings and 5 functions")
    chrome.execute_script(
        "const form = document.forms[0]; form.elements.rule.value = 'SP201'; form.dispatchEvent(new Event('input'))"
    )
    assert chrome.execute_script(label).startswith("1 finding and 3 functions")
    assert len(texts(chrome, "ol.words > li")) == 1


def test_hostile_code_is_shown_and_never_runs(opened: Open) -> None:
    hostile = Source("x.py", f"x = {HOSTILE!r}\n# {HOSTILE}\n", "python")
    finding = replace(
        TOKEN, path="x.py", line=2, end_line=2, column=3, end_column=30, message=HOSTILE, remarks=(HOSTILE,),
        suggestion=Suggestion("replace", HOSTILE), evidence=(Site("x.py", 1, HOSTILE),),
    )  # fmt: skip
    chrome = opened(render(page(finding, sources={"x.py": hostile}, notes=(HOSTILE,))), "#/")
    for view in ("#/", "#/findings", "#/graph", "#/files", "#/files/x.py/2", f"#/files/{HOSTILE}", "#/nowhere"):
        go(chrome, view)
        assert chrome.execute_script("return window.hit") is None
        assert chrome.execute_script("return document.querySelectorAll('#main img, #main script').length") == 0
        assert not {"\u202e", "\u2066"} & set("".join(texts(chrome, "main")))
    go(chrome, "#/files/x.py/2")
    assert "\\u202e" in texts(chrome, "#L2 .code")[0]


def test_a_line_of_a_megabyte_is_opened_at_once(opened: Open) -> None:
    text = "x = [" + "lo, " * 250_000 + "]\n"
    finding = replace(TOKEN, path="x.py", line=1, end_line=1, column=500_002, end_column=500_004)
    chrome = opened(render(page(finding, sources={"x.py": Source("x.py", text, "python")})), "#/files/x.py/1")
    assert len(texts(chrome, "#L1 .code")[0]) < 10_000
    assert complaints(chrome) == []


def test_five_thousand_findings_in_a_thousand_files_are_fast(opened: Open) -> None:
    sources = {f"pkg/{n // 50}/m{n}.py": Source(f"pkg/{n // 50}/m{n}.py", A * 5, "python") for n in range(1000)}
    paths = list(sources)
    findings = [
        replace(NIL, path=paths[n % 1000], line=2 + n // 1000, end_line=2 + n // 1000, fingerprint=str(n),
                evidence=(Site(paths[(n + 1) % 1000], 5, "asserted"), Site(paths[(n * 7) % 1000], 2, "asserted")))
        for n in range(5000)
    ]  # fmt: skip
    chrome = opened(render(page(*findings, sources=sources)), "#/")
    assert chrome.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd") < 3000
    for view in ("#/findings", "#/files", f"#/files/{paths[3].replace('/', '%2F')}/5", "#/graph", "#/"):
        start = chrome.execute_script("return performance.now()")
        go(chrome, view)
        assert chrome.execute_script("return performance.now()") - start < 3000
    assert complaints(chrome) == []


def test_two_thousand_nodes_move_smoothly(opened: Open) -> None:
    """On two quiet cores without a GPU the median of the frames is 17 to 33 milliseconds."""
    many = [replace(TOKEN, path=f"pkg/{n}.py", fingerprint=str(n)) for n in range(1000)]
    report = render(page(*many))
    assert len(carried(report)["network"]["nodes"]) == 2000
    chrome = opened(report, "#/graph")
    frames: list[float] = chrome.execute_async_script(
        "const done = arguments[0], spans = []; let last = performance.now();"
        "requestAnimationFrame(function next(now) { spans.push(now - last); last = now;"
        "spans.length < 100 ? requestAnimationFrame(next) : done(spans.slice(1)); })"
    )
    assert median(frames) < 100
    assert max(frames) < 1000
    assert complaints(chrome) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(opened: Open, width: int) -> None:
    chrome = opened(render(whole()), "#/")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for view in ("#/", "#/findings", "#/files", "#/files/pkg%2Fa.py/6", "#/graph", "#/copies", "#/change"):
        go(chrome, view)
        assert chrome.execute_script("return document.documentElement.scrollWidth <= innerWidth"), view


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(opened: Open, scheme: str) -> None:
    axe = pytest.importorskip("axe_core_python")
    chrome = opened(render(whole()), "#/")
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    chrome.execute_script(Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
    for view in ("#/", "#/findings", "#/files", "#/files/pkg%2Fa.py/6", "#/graph", "#/copies", "#/change"):
        go(chrome, view)
        found = chrome.execute_async_script("axe.run().then(arguments[0])")
        broken = [(one["id"], node["target"]) for one in found["violations"] for node in one["nodes"]]
        assert broken == [], view
