"""The one comment on a pull or merge request: written once, then updated, and found again by a mark."""

from __future__ import annotations

import json
import re
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from spotter.errors import SpotterError
from spotter.hooks.runners import Thread

MARK = "<!-- spotter: this comment is updated, not repeated -->"
SECONDS = 20
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


def write(thread: Thread, text: str, *, wanted: bool) -> str:
    """Update the comment, or write it where it is wanted and there is none yet; what was done, in a word."""
    body = f"{MARK}\n{text}"
    number, held = _found(thread)
    if held == body:
        return "unchanged"
    if number is not None:
        _ask(thread, thread.comment.format(id=number), thread.update, {"body": body})
        return "updated"
    if not wanted:
        return "not needed"
    _ask(thread, thread.comments, "POST", {"body": body})
    return "written"


def _found(thread: Thread) -> tuple[int | None, str]:
    """The number of the comment with the mark, and its text."""
    page = f"{thread.comments}?per_page=100"
    while page:
        comments, page = _ask(thread, page, "GET")
        for comment in comments:
            if str(comment.get("body", "")).startswith(MARK):
                return comment["id"], comment["body"]
    return None, ""


def _ask(thread: Thread, address: str, method: str, data: dict[str, str] | None = None) -> tuple[Any, str]:
    """The answer of the server, and the address of the next page."""
    body = json.dumps(data).encode() if data else None
    headers = {thread.header: thread.token, "Content-Type": "application/json", "User-Agent": "spotter"}
    try:
        with urlopen(Request(address, body, headers, method=method), timeout=SECONDS) as answer:
            following = _NEXT.search(answer.headers.get("Link", ""))
            return json.load(answer), following[1] if following else ""
    except HTTPError as error:
        refused = f"; the token needs {thread.advice}" if error.code in (401, 403, 404) else ""
        raise SpotterError(f"{address}: the server answers {error.code} {error.reason}{refused}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise SpotterError(f"{address}: no answer that could be read ({error}); the report is printed above") from None
