"""Markdown for job summaries and comments: the outline of the text format, under the 1 MiB that GitHub accepts."""

from __future__ import annotations

import re
from functools import lru_cache

from langfit.formats import about, outline, sanitize
from langfit.formats.about import Section, Show
from langfit.formats.words import Name, Words, flow
from langfit.languages import LANGUAGES
from langfit.model.report import Report

LIMIT = 1_000_000  # bytes of UTF-8; a larger job summary than 1 MiB is dropped whole by GitHub
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]<>#!|~$^]")
_LINE_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))")
_LINKED = re.compile(r"(?<=[a-zA-Z]):(?=//)|(?<=www)\.|@", re.IGNORECASE)
_NO_WORD = re.compile(r"[^\w /-]|_")
_CODE = re.compile(r"`([^`]+)`")


def render(report: Report, show: Show = "briefing") -> str:
    """Return the report in GitHub's Markdown, cut below `LIMIT` bytes; a cut is reported in the text.

    `show` means what it means for the text format.
    """
    head = [f"# langfit: {words(outline.headline(report))}", f"**{prose(report.sentence)}**"]
    tail = [escape(outline.sizes(report))]
    body = [*_table(report, show), *(_section(section) for section in outline.briefing(report, show))]
    room = LIMIT - sum(len(_bytes(block)) + 2 for block in (*head, *tail)) - 200
    kept = _that_fit(body, room)
    if len(kept) < len(body):
        cut = len(body) - len(kept)
        kept.append(
            f"**Cut here:** {cut:,} parts of this report are left out to stay below 1 MiB; `--format json` has all."
        )
    return sanitize.printable("\n\n".join([*head, *kept, *tail])) + "\n"


def escape(text: str) -> str:
    """Return plain text as Markdown that shows exactly this text: no markup, link, mention, table cell or HTML."""
    text = _PUNCTUATION.sub(r"\\\g<0>", sanitize.clean(text).replace("&", "&amp;"))
    text = _LINKED.sub(lambda match: f"&#{ord(match[0])};", text)
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", text)


def code(text: str) -> str:
    """Return text in a code span whose fence is longer than any run of backticks inside."""
    text = sanitize.clean(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def cell(text: str) -> str:
    """Return text as code in a table, where a code span cannot hold every bar and backslash: all marks as entities."""
    shown = _NO_WORD.sub(lambda match: f"&#{ord(match[0])};", sanitize.clean(text))
    return f"<code>{shown}</code>"


@lru_cache(maxsize=8_192)  # the same few sentences are at thousands of places
def prose(text: str) -> str:
    """Return a sentence of a rule: plain text in which `backticks` mark code."""
    parts = _CODE.split(flow(text))
    return "".join(code(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def words(item: Words) -> str:
    """Return words with names as code."""
    return "".join(code(word.text) if isinstance(word, Name) else prose(word) for word in item)


def _table(report: Report, show: Show) -> list[str]:
    rows, hidden = outline.rows_of(report, show)
    if not rows:
        return []
    lines = ["| Advice | Deliverable | Kind | Lines | In | Suits |", "| --- | --- | --- | ---: | --- | --- |"]
    for row in rows:
        item = row.first
        lines.append(
            f"| {about.advice_text(item)} | {cell(row.name)} | {about.kind_text(item)} | {item.lines:,} "
            f"| {LANGUAGES[item.language].name} | {about.suits_text(item.fit)} |"
        )
    kept = _that_fit(lines, LIMIT // 2)
    hidden += len(lines) - len(kept)
    return ["\n".join(kept), *([escape(f"and {hidden:,} more (`--format json` has all)")] if hidden else [])]


def _section(section: Section) -> str:
    title = words(section.title)
    head = f"## {title}" if section.level == 1 else f"**{title}**"
    return "\n\n".join([head, "\n".join(f"- {words(item)}" for item in section.items)])


def _that_fit(blocks: list[str], room: int) -> list[str]:
    """Return the first blocks that together stay within `room` bytes."""
    kept = []
    for block in blocks:
        room -= len(_bytes(block)) + 2
        if room < 0:
            break
        kept.append(block)
    return kept


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
