"""Markdown for job summaries and comments: the page of the text format, under the 1 MiB that GitHub accepts."""

from __future__ import annotations

import re
from functools import lru_cache

from langfit.formats import door, page
from langfit.formats.page import Name, Show, Words
from langfit.model import Report, Verdict

LIMIT = 1_000_000  # bytes of UTF-8; a larger job summary than 1 MiB is dropped whole by GitHub
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]<>#!|~$^]")
_LINE_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))")
_LINKED = re.compile(r"(?<=[a-zA-Z]):(?=//)|(?<=www)\.|@", re.IGNORECASE)
_NO_WORD = re.compile(r"[^\w /-]|_")
_CODE = re.compile(r"`([^`]+)`")


def render(report: Report, show: Show = "verdicts") -> str:
    """The report in GitHub's Markdown, cut below `LIMIT` bytes; a cut is reported in the text.

    `show` means what it means for the text format.
    """
    head = [f"# langfit: {escape(page.counts(report))}", words(page.headline(report))]
    tail = [
        *_list("Skipped", page.skip_items(report), 50),
        *_list("Left out on request", page.ignored_items(report), 50),
        *_list("Notices", [(notice,) for notice in report.notices], 200),
    ]
    body = [*_table(report, show), *(_page(v, report, show) for v in page.paged(report, show))]
    room = LIMIT - sum(len(_bytes(block)) + 2 for block in (*head, *tail)) - 200
    kept = _that_fit(body, room)
    if len(kept) < len(body):
        cut = page.plural(len(body) - len(kept), "part")
        kept.append(f"**Cut here:** {cut} of this report left out to stay below 1 MiB; `--format json` has everything.")
    return door.shut("\n\n".join([*head, *kept, *tail])) + "\n"


def escape(text: str) -> str:
    """Plain text as Markdown that shows exactly this text: no markup, link, mention, table cell or HTML."""
    text = _PUNCTUATION.sub(r"\\\g<0>", door.clean(text).replace("&", "&amp;"))
    text = _LINKED.sub(lambda match: f"&#{ord(match[0])};", text)
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", text)


def code(text: str) -> str:
    """`text` in a code span whose fence is longer than any run of backticks inside."""
    text = door.clean(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def cell(text: str) -> str:
    """`text` as code in a table, where a code span cannot hold every bar and backslash: all marks as entities."""
    shown = _NO_WORD.sub(lambda match: f"&#{ord(match[0])};", door.clean(text))
    return f"<code>{shown}</code>"


@lru_cache(maxsize=8_192)  # the same few sentences stand at thousands of places
def prose(text: str) -> str:
    """A sentence of a rule: plain text in which `backticks` mark code."""
    parts = _CODE.split(page.flow(text))
    return "".join(code(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def words(item: Words) -> str:
    """The words of a page, names as code."""
    return "".join(code(word.text) if isinstance(word, Name) else prose(word) for word in item)


def _table(report: Report, show: Show) -> list[str]:
    verdicts, hidden = page.table(report, show)
    rows = [
        f"| {page.shown_answer(v)} | {cell(v.component)} | {v.lines:,} | {page.LANGUAGE_NAMES[v.language]} "
        f"| {v.lean:+.2f} | {v.confidence:.0%} |"
        for v in verdicts
    ]
    kept = _that_fit(rows, LIMIT // 2)
    if len(kept) < len(rows):
        kept.append(f"| ... | {page.plural(len(rows) - len(kept), 'more component')} | | | | |")
    if not kept:
        return [escape(page.hidden_line(hidden))] if hidden else []
    lines = ["| Answer | Component | Lines | In | Lean | Sure |", "| --- | --- | ---: | --- | ---: | ---: |", *kept]
    legend = "Lean runs from -1 (Go) to +1 (Rust). Sure: the share expected to be right."
    return ["\n".join(lines), *([escape(page.hidden_line(hidden))] if hidden else []), legend]


def _page(verdict: Verdict, report: Report, show: Show) -> str:
    blocks = [f"## {verdict.answer}: {code(verdict.component)}", prose(verdict.sentence)]
    for section in page.sections(verdict, report, show):
        blocks.append(f"**{escape(section.title)}**")
        blocks.append("\n".join(f"- {words(item)}" for item in section.items))
    return "\n\n".join(blocks)


def _list(title: str, items: list[Words], limit: int) -> list[str]:
    if not items:
        return []
    lines = [f"- {words(item)}" for item in items[:limit]]
    if len(items) > limit:
        lines.append(f"- and {len(items) - limit:,} more (`--format json` has all)")
    return [f"## {title}", "\n".join(lines)]


def _that_fit(blocks: list[str], room: int) -> list[str]:
    """The first blocks that together stay within `room` bytes."""
    kept = []
    for block in blocks:
        room -= len(_bytes(block)) + 2
        if room < 0:
            break
        kept.append(block)
    return kept


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
