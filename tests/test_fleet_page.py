"""The page of a fleet in a browser: two thousand repositories and twenty thousand deliverables, by mouse and by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langfit.fleet import page, summary
from langfit.fleet.model import Row, Run
from langfit.model.report import Advice, Answer, Fit

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium")
OPTIONS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
REPOSITORIES, EACH = 2_000, 10


def large() -> summary.Summary:
    """Return what a large fleet comes to, made up."""
    answers: tuple[Answer, ...] = ("stay", "stay", "unclear", "move", "split")
    rows = [
        Row(f"org/r{n}", "failed" if n % 97 == 0 else "done", owner=f"team-{n % 7}", tags=(f"t{n % 3}",))
        for n in range(REPOSITORIES)
    ]
    told = []
    for number, row in enumerate(rows):
        for at in range(EACH):
            answer = answers[(number + at) % 5]
            advice = Advice(answer, "close", "A `sentence`.")
            item = summary.Item(
                name=f"d{at}",
                kind="program",
                language="go",
                root=".",
                lines=100 * at + number,
                fit=Fit(None, at / 10, 0.5),
                advice=advice,
            )
            told.append(summary.DeliverableRow(row, item))
    failed = tuple(row.id for row in rows if row.state == "failed")
    run = Run(
        run="20260101T000000.000000Z-00", version="1", terms="0", started=0, ended=1, publish_at=0.99, complete=False,
        repositories=REPOSITORIES, done=REPOSITORIES - len(failed), known=0, failed=len(failed),
    )  # fmt: skip
    return summary.Summary(
        run=run, repositories=tuple(summary.Repository(row, 1, 0, 1000, {"stay": 4}) for row in rows), deliverables=tuple(told),
        top=tuple(summary._top(told)), reasons={"timeout": failed}, skipped={}, answers=summary._counted(told, lines=False),
        lines_by_answer=summary._counted(told, lines=True), outliers=(), changes=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page, open; at the end nothing was asked for but the file, and nothing was logged."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[test]'")
    file: Path = tmp_path_factory.mktemp("page") / "fleet.html"
    file.write_text(page.render(large(), "runs/it"), "utf-8")
    said: list[str] = []
    asked: list[str] = []
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS.split())
        window = browser.new_page(viewport={"width": 1200, "height": 900})
        window.on("console", lambda message: said.append(message.text))
        window.on("pageerror", lambda error: said.append(str(error)))
        window.on("request", lambda request: asked.append(request.url))
        window.goto(file.as_uri())
        yield window
        browser.close()
    assert said == []
    assert asked == [file.as_uri()]


def count(opened: Page, table: str) -> Any:
    return opened.locator(f"#{table}-count").inner_text()


def test_all_rows_can_be_found_and_few_are_drawn(opened: Page) -> None:
    """Drawing all of them would take longer than people wait."""
    assert count(opened, "items") == "200 of 20,000 shown"
    assert opened.locator("#items tbody tr").count() == 200
    opened.locator("#items-more").click()
    assert count(opened, "items") == "400 of 20,000 shown"


def test_filters_and_search_narrow_the_table(opened: Page) -> None:
    """One after the other, and back."""
    form = opened.locator("form[data-for=items]")
    form.get_by_label("Advice").select_option("move")
    assert count(opened, "items") == "200 of 4,000 shown, 20,000 in all"
    form.get_by_label("Search").fill("org/r1999 D")
    assert count(opened, "items") == "2 of 2 shown, 20,000 in all"
    form.get_by_label("Advice").select_option("any")
    form.get_by_label("Search").fill("")
    assert count(opened, "items") == "200 of 20,000 shown"


def test_a_column_sorts_by_keyboard(opened: Page) -> None:
    """Numbers with the largest first, and the other way when asked again."""
    button = opened.locator("#items thead").get_by_role("button", name="Lines")
    button.focus()
    opened.keyboard.press("Enter")
    head = opened.locator("#items thead th").nth(4)
    assert head.get_attribute("aria-sort") == "descending"
    assert opened.locator("#items tbody tr td:nth-child(5)").first.inner_text() == "2,899"
    opened.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert opened.locator("#items tbody tr td:nth-child(5)").first.inner_text() == "0"


def test_coverage_names_what_failed(opened: Page) -> None:
    """Before anything else, with a word beside each colour."""
    assert opened.locator("main > section").first.get_attribute("id") == "coverage"
    assert "21 failed" in opened.locator("#coverage .legend").inner_text()
    opened.locator("#coverage summary").click()
    assert "org/r97" in opened.locator("#coverage details").inner_text()
    assert opened.locator("ol.top li").count() == 10
