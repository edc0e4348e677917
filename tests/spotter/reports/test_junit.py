from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

from spotter.outcome import Outcome
from spotter.reports.junit import render
from spotter.reports.page import Page


def test_a_finding_that_gates_is_a_failed_case(strange: Page) -> None:
    root = fromstring(render(strange))
    assert dict(root.attrib) == {"name": "spotter", "tests": "4", "failures": "1", "skipped": "1"}
    first, clean, gone = root
    assert [first.get("name"), clean.get("name"), gone.get("name")] == ["a b/ä,1.py", "clean.py", "gone.py"]
    failed, passed = first
    assert failed.get("name") == "SP101 unlikely-token (suspicion), line 1"
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("message") == "`lo` is 100% unlikely: `hi`, or\\nso \\x1b[31m"
    assert (failure.text or "").endswith("a b/ä,1.py:2 50% : here, too")
    assert passed.findtext("system-out") == "a copy"
    assert clean[0].get("name") == "nothing found"
    assert gone[0].find("skipped") is not None


def test_what_xml_cannot_write_is_written_otherwise(strange: Page) -> None:
    odd = replace(strange.outcome.findings[0], message="\x00 \udcff \uffff <&>")
    root = fromstring(render(replace(strange, outcome=Outcome(strange.outcome.files, (odd,)))))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "\\x00 \\udcff ? <&>"
