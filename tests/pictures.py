"""Check a folder once, and photograph its reports in Chromium as the README shows them.

python -P tests/pictures.py scrapy-2.19.0 html text markdown    unpacked wheels, for example; the pictures go to
python -P tests/pictures.py networkx-3.6.1 graph                tests/pictures/
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from markdown_it import MarkdownIt
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.wait import WebDriverWait

from spotter.checking import Asked, page_of
from spotter.reports import html, markdown, text
from spotter.reports.page import Page
from spotter.request import Request

PICTURES = Path(__file__).parent / "pictures"
COLUMNS, ROWS = 86, 44  # of the terminal
SIZES = {"html": (1280, 1270), "graph": (1280, 880), "text": (860, 900), "markdown": (860, 900)}  # pixels
VIEWS = {"graph": "#/graph"}
SETTLED = 4.0  # seconds until the graph stands still
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-sync")
COMMENT = """<!doctype html><meta charset="utf-8"><style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 20px 28px; color: #1f2328; background: #fff }
code, pre { font: 13px/1.45 "DejaVu Sans Mono", monospace; background: #f3f4f6; border-radius: 5px; padding: 2px 5px }
pre { padding: 12px; overflow: auto } pre code { padding: 0 }
summary, sub { color: #59636e } sub { vertical-align: baseline }
</style>"""


def pages(page: Page) -> Mapping[str, str]:
    """What is photographed, by format, as HTML."""
    rows = text.render(replace(page, width=COLUMNS, colour=True)).splitlines()
    shown = rows[-ROWS:] if len(rows) <= ROWS else rows[rows.index("", len(rows) - ROWS) + 1 :]
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi("\n".join(shown)))
    return {
        "html": html.render(page),
        "graph": html.render(page),
        "text": console.export_html(theme=DIMMED_MONOKAI),
        "markdown": COMMENT + MarkdownIt("commonmark").enable("table").render(markdown.render(page)),
    }


def photograph(chrome: Chrome, file: Path, form: str, out: Path) -> None:
    """A picture of a page, as wide as asked, and no higher than it is."""
    width, most = SIZES[form]
    metrics = {"width": width, "height": most, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    chrome.get(file.as_uri() + VIEWS.get(form, ""))
    WebDriverWait(chrome, 30).until(lambda c: c.execute_script("return document.readyState") == "complete")
    if form in VIEWS:
        sleep(SETTLED)
    high = int(chrome.execute_script("return Math.ceil(document.body.getBoundingClientRect().bottom) + 20"))
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics | {"height": min(most, high)})
    chrome.save_screenshot(str(out))


def main(folder: Path, forms: Sequence[str]) -> None:
    """Write a picture of each of some reports."""
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if browser is None or driver is None:
        sys.exit("needs chromium and chromedriver")
    os.chdir(folder)
    drawn = pages(page_of(Asked(Request()), plain=True))
    with TemporaryDirectory() as name:
        options = ChromeOptions()
        options.binary_location = browser
        for flag in (*FLAGS, f"--user-data-dir={name}/profile"):
            options.add_argument(flag)
        chrome = Chrome(options=options, service=ChromeService(driver))
        PICTURES.mkdir(exist_ok=True)
        for form in forms:
            file = Path(name, f"{form}.html")
            file.write_text(drawn[form], encoding="utf-8")
            photograph(chrome, file, form, PICTURES / f"{form}.png")
        chrome.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or tuple(SIZES))
