"""Text for a terminal, and for a pipe: the verdicts first, then the evidence under each that asks for something."""

from __future__ import annotations

import io
import re
import textwrap
from urllib.parse import quote

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from langfit.formats import door, page
from langfit.formats.page import Name, Show, Words
from langfit.model import Answer, Report, Verdict

_WORD = re.compile(r"[^\s\x1b]+")
NARROWEST = 40  # columns; a table in less is no table

STYLES: dict[Answer, str] = {"move": "bold yellow", "split": "bold cyan", "stay": "green", "unclear": "dim"}


def render(report: Report, width: int = 80, colour: bool = False, show: Show = "verdicts", links: str = "") -> str:
    """The report for `width` columns; without `colour` the text holds no escape sequence at all.

    `show`: `verdicts` gives the table and a page for each move and split, `evidence` adds the places found in those
    components, `all` gives every component a row, a page and its places. Words longer than a line stay whole, so
    that paths can be copied. `links` is the folder on disk that paths are relative to: places then are links to their
    files, for terminals; "" for none.
    """
    console = _console(max(width, NARROWEST), colour)
    _say(console, page.headline(report))
    _say(console, (page.counts(report),))
    if report.verdicts:
        _verdict_table(console, report, show)
    for verdict in page.paged(report, show):
        _page(console, verdict, report, show)
    _tail(console, "Skipped", page.skip_items(report, None if show == "all" else 3))
    _tail(console, "Left out on request", page.ignored_items(report))
    _tail(console, "Notices", [(notice,) for notice in report.notices])
    file = console.file
    assert isinstance(file, io.StringIO)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    targets = _targets(report, show, links) if links else {}
    if targets:
        lines = [_linked(line, targets) for line in lines]
    return door.shut("\n".join(lines), colour=colour, links=frozenset(targets.values())) + "\n"


def _targets(report: Report, show: Show, folder: str) -> dict[str, str]:
    """Every place that the pages name, as it is shown, with the URL of its file."""
    words = (
        word
        for verdict in page.paged(report, show)
        for section in page.sections(verdict, report, show)
        for item in section.items
        for word in item
    )
    root = quote(door.path_bytes(folder.rstrip("/")))
    return {
        door.clean(word.text): f"file://{root}/{quote(door.path_bytes(word.path))}"
        for word in words
        if isinstance(word, Name) and word.path
    }


def _linked(line: str, targets: dict[str, str]) -> str:
    """A line in which each word that is a place is a link. A place that was wrapped, at a blank in it, is none."""
    return _WORD.sub(lambda match: _link(match[0], targets), line)


def _link(word: str, targets: dict[str, str]) -> str:
    place = word.rstrip(",:;")
    return door.link(place, targets[place]) + word[len(place) :] if place in targets else word


def _console(width: int, colour: bool) -> Console:
    """A console that knows nothing of the real terminal or the environment, so the same report gives the same text."""
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        _environ={},
    )


def _verdict_table(console: Console, report: Report, show: Show) -> None:
    rows, hidden = page.table(report, show)
    if rows:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style="bold")
        table.add_column("Answer", no_wrap=True)
        table.add_column("Component", overflow="fold", ratio=1)
        table.add_column("Lines", justify="right", no_wrap=True)
        table.add_column("In", no_wrap=True)
        table.add_column("Lean", justify="right", no_wrap=True)
        table.add_column("Sure", justify="right", no_wrap=True)
        for verdict in rows:
            table.add_row(
                Text(page.shown_answer(verdict), "dim" if verdict.ignored else STYLES[verdict.answer]),
                Text(door.clean(verdict.component)),
                f"{verdict.lines:,}",
                page.LANGUAGE_NAMES[verdict.language],
                f"{verdict.lean:+.2f}",
                f"{verdict.confidence:.0%}",
            )
        console.print()
        console.print(table)
        _say(console, ("Lean runs from -1 (Go) to +1 (Rust). Sure: the share expected to be right.",), style="dim")
    if hidden:
        _say(console, (page.hidden_line(hidden),))


def _page(console: Console, verdict: Verdict, report: Report, show: Show) -> None:
    console.print()
    title = f"{verdict.answer}: {door.clean(verdict.component)}"
    _say(console, (title,), style=STYLES[verdict.answer])
    _say(console, (verdict.sentence,), indent="  ")
    for section in page.sections(verdict, report, show):
        console.print()
        _say(console, (section.title,), indent="  ", style="bold")
        for item in section.items:
            _say(console, item, indent="    ", bullet="- ")


def _tail(console: Console, title: str, items: list[Words]) -> None:
    if not items:
        return
    console.print()
    _say(console, (title,), style="bold")
    for item in items:
        _say(console, item, indent="  ", bullet="- ")


def _say(console: Console, words: Words, *, indent: str = "", bullet: str = "", style: str = "") -> None:
    """A paragraph, wrapped by words: a path is never broken, since a broken path cannot be copied."""
    plain = "".join(door.clean(word.text if isinstance(word, Name) else page.flow(word)) for word in words)
    lines = textwrap.wrap(
        plain,
        console.width,
        initial_indent=indent + bullet,
        subsequent_indent=indent + " " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        console.print(Text(line, style), no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
