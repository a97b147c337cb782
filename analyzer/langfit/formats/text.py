"""Text for a terminal, and for a pipe: the conclusion, the table of deliverables, and the sections below it."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable
from urllib.parse import quote

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from langfit.formats import about, outline, sanitize
from langfit.formats.about import Section, Show
from langfit.formats.words import Place, Words, plain, short_name
from langfit.languages import LANGUAGES
from langfit.model.report import Answer, Report

NARROWEST = 40  # columns; a table in less is no table
NAME_WIDTH = 34  # columns of a name, where the terminal has 80

_WORD = re.compile(r"[^\s\x1b]+")

STYLES: dict[Answer, str] = {"move": "bold yellow", "split": "bold cyan", "stay": "green", "unclear": "dim"}


def render(report: Report, width: int = 80, colour: bool = False, show: Show = "briefing", links: str = "") -> str:
    """Return the report for `width` columns; without `colour` the text holds no escape sequence at all.

    `show`: `summary` gives the conclusion and the top of the table, `briefing` adds a sentence for each deliverable and
    a page for each that may move, `evidence` a page and places for each, `all` every component and row. Words longer
    than a line stay whole, so that paths can be copied. `links` is the folder on disk that paths are relative to:
    places then are links to their files, for terminals; "" for none.
    """
    console = _console(max(width, NARROWEST), colour)
    _print(console, outline.headline(report))
    _print(console, (report.sentence,), style="bold")
    _table(console, report, show)
    sections = outline.briefing(report, show)
    for section in sections:
        _section(console, section)
    console.print()
    _print(console, (outline.sizes(report),), style="dim")
    _print(console, outline.next_step(report), style="dim")
    file = console.file
    assert isinstance(file, io.StringIO)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    targets = _targets(sections, links) if links else {}
    if targets:
        lines = [_linked(line, targets) for line in lines]
    return sanitize.printable("\n".join(lines), colour=colour, links=frozenset(targets.values())) + "\n"


def _table(console: Console, report: Report, show: Show) -> None:
    rows, hidden = outline.rows_of(report, show)
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style="bold")
    table.add_column("Advice", no_wrap=True)
    table.add_column("Deliverable", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("Kind", no_wrap=True)
    table.add_column("Lines", justify="right", no_wrap=True)
    table.add_column("In", no_wrap=True)
    table.add_column("Suits", no_wrap=True)
    wide = max(NAME_WIDTH, console.width - 46)
    for row in rows:
        item = row.first
        lines = max(one.lines for one in row.items)
        table.add_row(
            Text(about.advice_text(item), "dim" if item.suppressed else STYLES[item.advice.answer]),
            Text(short_name(sanitize.clean(row.name), wide)),
            about.kind_text(item),
            f"{lines:,}",
            LANGUAGES[item.language].name,
            about.suits_text(item.fit),
        )
    console.print()
    console.print(table)
    if hidden:
        _print(console, (f"and {hidden:,} more (--show all lists them)",))


def _section(console: Console, section: Section) -> None:
    console.print()
    indent = "  " * (section.level - 1)
    _print(console, section.title, indent=indent, style="bold")
    for item in section.items:
        _print(console, item, indent=indent + "  ", bullet="- ")


def _print(console: Console, words: Words, *, indent: str = "", bullet: str = "", style: str = "") -> None:
    """Print a paragraph, wrapped by words: a path is never broken, since a broken path cannot be copied."""
    lines = textwrap.wrap(
        sanitize.clean(plain(words)),
        console.width,
        initial_indent=indent + bullet,
        subsequent_indent=indent + " " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        console.print(Text(line, style), no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)


def _targets(sections: Iterable[Section], folder: str) -> dict[str, str]:
    """Return every place that the sections name, as it is shown, with the URL of its file."""
    words = (word for section in sections for item in section.items for word in item)
    root = quote(sanitize.path_bytes(folder.rstrip("/")))
    return {
        sanitize.clean(word.text): f"file://{root}/{quote(sanitize.path_bytes(word.path))}"
        for word in words
        if isinstance(word, Place) and word.path
    }


def _linked(line: str, targets: dict[str, str]) -> str:
    """Return a line in which each word that is a place is a link; a place that was wrapped is none."""
    return _WORD.sub(lambda match: _link(match[0], targets), line)


def _link(word: str, targets: dict[str, str]) -> str:
    stripped = word.lstrip("(")
    shown = stripped.rstrip(",:;.)")
    if shown not in targets:
        return word
    return word[: len(word) - len(stripped)] + sanitize.link(shown, targets[shown]) + stripped[len(shown) :]


def _console(width: int, colour: bool) -> Console:
    """Make a console that knows nothing of the real terminal or environment: the same report is the same text."""
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
