"""The report as JUnit XML: a suite a file, a failed case a finding that gates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from spotter.findings import Finding
from spotter.outcome import Measured, gates
from spotter.reports.page import Page
from spotter.reports.title import title
from spotter.visible import visible

_NO_CHARACTER = re.compile("[\ufffe\uffff]")  # what XML 1.0 has no way to write, and visible leaves


def render(page: Page) -> str:
    """Findings that do not gate are passed cases with their text; a file that was not measured is skipped."""
    root = Element("testsuites", name="spotter")
    paths = {file.path: file for file in page.outcome.files}
    strangers = {f.path: Measured(f.path, "", 0, "complete") for f in page.outcome.findings if f.path not in paths}
    for path, file in sorted((paths | strangers).items()):
        _suite(root, page, file, [finding for finding in page.outcome.findings if finding.path == path])
    for count in ("tests", "failures", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _suite(root: Element, page: Page, file: Measured, findings: Sequence[Finding]) -> None:
    failing = [finding for finding in findings if gates(finding, page.fail_on)]
    unmeasured = file.extent == "none" and not failing
    suite = SubElement(root, "testsuite", name=_text(file.path), tests=str(max(1, len(findings))))
    suite.set("failures", str(len(failing)))
    suite.set("skipped", str(int(unmeasured)))
    for finding in findings:
        case = _case(suite, file.path, f"{title(finding)}, line {finding.line}")
        text = "\n".join(
            [_text(finding.message), *(f"{_text(s.path)}:{s.line} {_text(s.message)}" for s in finding.evidence)]
        )
        if finding in failing:
            SubElement(case, "failure", type=finding.severity, message=_text(finding.message)).text = text
        elif unmeasured:
            SubElement(case, "skipped", message=_text(finding.message))
        else:
            SubElement(case, "system-out").text = text
    if not findings:
        _case(suite, file.path, "nothing found")


def _case(suite: Element, path: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=_text(path), name=name)


def _text(text: str) -> str:
    return _NO_CHARACTER.sub("?", visible(text))
