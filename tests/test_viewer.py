"""The SARIF reports as the Scans tab of Azure DevOps shows them: its own viewer, in a browser without a network."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from playwright.sync_api import Browser, Page, expect, sync_playwright

from golden.report import DELIVERABLES, FINDINGS, REPORT
from langfit import formats
from langfit.formats import sanitize
from langfit.formats.descriptors import HOME
from langfit.model.report import Deliverable
from test_formats_hostile import HOSTILE_REPORT, NAMES

FOLDER = Path(__file__).parent / "viewer"
BUNDLER = FOLDER / "node_modules" / "esbuild" / "bin" / "esbuild"
CHROMIUM, NODE = shutil.which("chromium"), shutil.which("node")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
# What the tab of Azure DevOps starts with; a person opens the other levels by the menu "Level".
AZURE = {
    "Baseline": {"value": ["new", "updated", "absent"]},
    "Level": {"value": ["error", "warning"]},
    "Suppression": {"value": ["unsuppressed"]},
}
OPEN: dict[str, Any] = {}
HTML = '<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="app"></div>'
SCRIPTS = '<script src="data.js"></script><script src="page.js"></script>'
# The table draws only the rows that are in sight.
SIGHT = {"width": 1400, "height": 20_000}

ABSENT = (
    "chromium is absent: apt-get install chromium"
    if not CHROMIUM
    else "the viewer is absent: npm ci --prefix tests/viewer --ignore-scripts"
    if not (NODE and BUNDLER.exists())
    else ""
)
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=ABSENT or "present")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The viewer in one file."""
    out = tmp_path_factory.mktemp("viewer") / "page.js"
    options = ["--bundle", f"--outfile={out}", '--define:process.env.NODE_ENV="production"', "--log-level=warning"]
    command = [str(NODE), str(BUNDLER), str(FOLDER / "page.js"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


class Shown:
    """A page on which a report is shown, and what went wrong on it."""

    def __init__(self, browser: Browser, folder: Path, script: Path, sarif: str, filters: dict[str, Any]) -> None:
        shutil.copy(script, folder / "page.js")
        data = json.dumps({"logs": [json.loads(sarif)], "filters": filters})
        (folder / "data.js").write_text(f"window.langfit = {data};", "utf-8")
        (folder / "index.html").write_text(HTML + SCRIPTS, "utf-8")
        self.wrong: list[str] = []
        self.page: Page = browser.new_context(offline=True, viewport=SIGHT).new_page()  # type: ignore[arg-type]
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.goto((folder / "index.html").as_uri())
        self.page.wait_for_selector("tr.bolt-tree-row, .swcRunEmpty, .vss-ZeroDataItem")
        self.unfold()

    def unfold(self) -> None:
        """Open all rules, and then the rest of those of which three results are shown."""
        for closed in (
            self.page.locator("tr[aria-expanded=false] .bolt-tree-expand-button"),
            self.page.get_by_text("Show All", exact=True),
        ):
            for left in range(closed.count(), 0, -1):
                expect(closed).to_have_count(left)
                closed.first.click()
            expect(closed).to_have_count(0)

    def rows(self) -> list[str]:
        """The text of every result in sight, in one line each."""
        found = self.page.locator("tr.bolt-tree-row[aria-level='2']")
        assert all(found.nth(n).is_visible() for n in range(found.count()))
        return [" ".join(text.split()) for text in found.all_inner_texts()]


def sentence(item: Deliverable) -> str:
    """Return the advice for a deliverable as a reader of Markdown sees it."""
    return item.advice.sentence.replace("`", "")


def test_every_advice_is_seen(browser: Browser, script: Path, tmp_path: Path) -> None:
    """With all filters open each deliverable of `sarif-full` has a row with its name, sentence and refutation."""
    shown = Shown(browser, tmp_path, script, formats.render("sarif-full", REPORT), OPEN)
    rows = shown.rows()
    for item in DELIVERABLES:
        found = [row for row in rows if row.startswith(item.name) and sentence(item) in row]
        assert len(found) == 1, item.name
        assert item.refute in found[0]
        assert shown.page.get_by_text(f"langfit/{item.advice.answer}: ").is_visible()
    assert len(rows) == len(DELIVERABLES) + len(FINDINGS) + len(REPORT.suppressed)
    assert any("Line 20: Transform is mostly arithmetic [62%]." in row for row in rows)
    assert any(row.endswith("Suppressed: measured: 0.1% of the time. New") for row in rows)
    shown.page.set_viewport_size({"width": 1400, "height": 1600})
    picture = tmp_path / "azure.png"
    shown.page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000 and shown.wrong == []


@pytest.mark.parametrize("name", ["sarif", "sarif-full"])
def test_what_asks_for_action_is_seen_at_once(name: str, browser: Browser, script: Path, tmp_path: Path) -> None:
    """With the filters that Azure starts with, moves and splits are there with their sentences, and nothing else."""
    shown = Shown(browser, tmp_path, script, formats.render(name, REPORT), AZURE)
    rows = [row.replace("`", "") for row in shown.rows()]
    asking = sorted(sentence(item) for item in DELIVERABLES if item.advice.answer in ("move", "split"))
    assert sorted(text for text in asking for row in rows if text in row) == asking
    assert len(rows) == len(asking) and shown.wrong == []


def test_many_deliverables_are_all_there(browser: Browser, script: Path, tmp_path: Path) -> None:
    """Of forty deliverables each has its row, once `Show All` of its answer is opened."""
    many = tuple(
        structs.replace(
            item, name=f"part-{n:02}", advice=structs.replace(item.advice, sentence=f"This is {n:02}."), fingerprint=f"{n}:1"
        )
        for n in range(40)
        for item in (DELIVERABLES[n % 4],)
    )  # fmt: skip
    report = structs.replace(REPORT, deliverables=many, findings=(), suppressed=())
    rows = Shown(browser, tmp_path, script, formats.render("sarif-full", report), OPEN).rows()
    assert sorted(row[:7] for row in rows) == [f"part-{n:02}" for n in range(40)]
    assert all(f"This is {row[5:7]}." in row for row in rows)


@pytest.mark.parametrize("name", ["sarif", "sarif-full"])
def test_no_name_acts_in_the_viewer(name: str, browser: Browser, script: Path, tmp_path: Path) -> None:
    """No name becomes a link, an image or a script; the only links are those to the pages of the rules."""
    shown = Shown(browser, tmp_path, script, formats.render(name, HOSTILE_REPORT), OPEN)
    links = shown.page.locator("#app a[href]")
    targets = {links.nth(n).get_attribute("href") or "" for n in range(links.count())}
    assert all(re.fullmatch(re.escape(HOME) + r"/blob/main/docs/[a-z0-9/-]+\.md", target) for target in targets), (
        targets
    )
    assert shown.page.locator("#app img, #app script, #app iframe").count() == 0
    assert shown.wrong == []
    text = " ".join(shown.page.inner_text("#app").split())
    seen = [n for n in NAMES if " ".join(sanitize.clean(n).split()) in text]
    assert len(seen) > len(NAMES) // 2 if name == "sarif-full" else seen
