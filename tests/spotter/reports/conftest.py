from __future__ import annotations

import pytest

from spotter.findings import Finding, Site, Suggestion
from spotter.outcome import Measured, Outcome
from spotter.reports.page import Page
from spotter.source import Source

TEXT = "x = '😀é'; y = lo - lo\nz = (\n    1\n)\n"


@pytest.fixture
def strange() -> Page:
    """Findings behind an emoji, over several lines and under odd names, a clean file and one that was not measured."""
    unlikely = Finding(
        "SP101", "a b/ä,1.py", 1, 17, 1, 19, "`lo` is 100% unlikely: `hi`, or\nso \x1b[31m", "error", "suspicion",
        "span", 0.93, Suggestion("replace", "hi"), (Site("a b/ä,1.py", 2, "50% : here, too"),), 1.0, "f1",
    )  # fmt: skip
    similar = Finding("SP251", "a b/ä,1.py", 2, 5, 4, 2, "a copy", "note", "fact", "", fingerprint="f2")
    unread = Finding("SP001", "gone.py", 1, 1, 1, 1, "not valid UTF-8", "note", "fact", "", fingerprint="f3")
    files = (
        Measured("a b/ä,1.py", "python", 4, "complete"),
        Measured("clean.py", "python", 1, "complete"),
        Measured("gone.py", "", 0, "none"),
    )
    source = Source("a b/ä,1.py", TEXT, "python")
    return Page(Outcome(files, (unlikely, similar, unread), notes=("a note",)), {source.path: source})
