from __future__ import annotations

import json

from spotter.reports.page import Page
from spotter.reports.rdjson import render


def test_columns_count_bytes(strange: Page) -> None:
    result = json.loads(render(strange))
    assert result["source"] == {"name": "spotter"}
    first, second, third = result["diagnostics"]
    # before the token stand 14 characters of one byte, an emoji of four and a letter of two
    assert first["location"] == {
        "path": "a b/ä,1.py",
        "range": {"start": {"line": 1, "column": 21}, "end": {"line": 1, "column": 23}},
    }
    assert first["severity"] == "ERROR"
    assert first["code"] == {"value": "SP101"}
    assert first["message"].endswith("a b/ä,1.py:2 50% : here, too")
    assert second["location"]["range"] == {"start": {"line": 2, "column": 5}, "end": {"line": 4, "column": 2}}
    assert (second["severity"], third["severity"]) == ("INFO", "INFO")
