"""The report on a fleet as one HTML file without network: whole without its script, which sorts and filters."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any, NamedTuple

import jinja2

from langfit.fleet import shown
from langfit.fleet.summary import ASKING, DeliverableRow, Repository, Summary, reason_text
from langfit.formats import sanitize
from langfit.formats.html import policy
from langfit.languages import LANGUAGES
from langfit.model.evidence import percent, plural

MOST_ROWS = 20_000  # deliverables on the page; beyond them those that ask for something
FIRST_ROWS = 100  # rows that are there without the script
MOST_FAILED = 500  # repositories of one reason that are named
_CODE = re.compile(r"`([^`\n]+)`")
_OWN = resources.files("langfit.fleet") / "web"
_BASE = resources.files("langfit.formats") / "web"


class Piece(NamedTuple):
    """A part of a sentence."""

    text: str
    code: bool


class Bar(NamedTuple):
    """A part of a bar."""

    name: str
    at: float
    wide: float
    words: str


class Card(NamedTuple):
    """One of the deliverables most worth a look."""

    answer: str
    repository: str
    name: str
    facts: str
    sentence: list[Piece]
    sign: list[Piece]
    place: str
    cost: list[Piece]
    refute: list[Piece]


class Failed(NamedTuple):
    """The repositories that failed for one reason."""

    title: str
    rows: list[tuple[str, str]]
    more: int


def render(summary: Summary, place: str) -> str:
    """Return the page. `place` is the folder of the run as the user named it, for what is left out of the page."""
    rows = list(summary.deliverables)
    left = len(rows) - MOST_ROWS
    if left > 0:
        rows = [one for one in rows if one.item.advice.answer in ASKING][:MOST_ROWS]
        left = len(summary.deliverables) - len(rows)
    items = [_item_cells(one) for one in rows]
    repositories = [_repository_cells(one) for one in shown.by_size(summary.repositories)]
    style = "\n".join(["", (_BASE / "page.css").read_text("utf-8"), (_OWN / "fleet.css").read_text("utf-8")])
    script = "\n" + (_OWN / "fleet.js").read_text("utf-8")
    html = _template().render(
        policy=policy(script, style),
        style=style,
        script=script,
        run=summary.run,
        day=shown.day(summary.run.ended),
        coverage=[sanitize.clean(line) for line in shown.coverage_lines(summary)],
        states=_states(summary),
        failed=[_failed(reason, names, summary) for reason, names in summary.reasons.items()],
        answers=_answers(summary),
        answer_line=shown.answer_line(summary),
        cards=[_card(one) for one in summary.top],
        items=items[:FIRST_ROWS],
        item_count=len(items),
        repositories=repositories[:FIRST_ROWS],
        repository_count=len(repositories),
        data=sanitize.json_text({"items": items, "repositories": repositories}, indent=-1).replace("<", "\\u003c"),
        left=max(0, left),
        place=sanitize.clean(place),
        outliers=[
            (sanitize.clean(f"{o.repository}{': ' + o.name if o.name else ''}"), sanitize.clean(o.sentence))
            for o in summary.outliers
        ],
        changes=summary.changes,
        since=shown.day(summary.changes.ended) if summary.changes else "",
        changed=[
            tuple(map(sanitize.clean, (c.repository, c.name, c.was, c.now)))
            for c in (summary.changes.rows if summary.changes else ())
        ],
    )
    return sanitize.printable(html.replace("##[", "##&#91;"))


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = lambda value: f"{value:,}"
    return environment.from_string((_OWN / "fleet.jinja").read_text("utf-8"))


def _pieces(sentence: str) -> list[Piece]:
    """Return a sentence in parts; `backticks` mark code."""
    parts = _CODE.split(" ".join(sentence.split()))
    return [Piece(sanitize.clean(part), bool(number % 2)) for number, part in enumerate(parts) if part]


def _bars(counts: dict[str, int], words: dict[str, str]) -> list[Bar]:
    total = sum(counts.values())
    found: list[Bar] = []
    at = 0.0
    for name, count in counts.items():
        if count:
            wide = 1000 * count / total
            found.append(Bar(name, round(at, 2), round(wide, 2), words[name]))
            at += wide
    return found


def _states(summary: Summary) -> list[Bar]:
    run = summary.run
    counts = {"done": run.done, "known": run.known, "failed": run.failed}
    return _bars(counts, {name: f"{count:,} {name}" for name, count in counts.items()})


def _answers(summary: Summary) -> list[Bar]:
    total = sum(summary.lines_by_answer.values()) or 1
    words = {
        name: f"{name}: {plural(summary.answers[name], 'deliverable')}, {percent(lines / total)} of the lines"
        for name, lines in summary.lines_by_answer.items()
    }
    return _bars(summary.lines_by_answer, words)


def _failed(reason: str, names: tuple[str, ...], summary: Summary) -> Failed:
    told = {one.row.id: one.row.sentence for one in summary.repositories if one.row.reason == reason}
    rows = [(sanitize.clean(name), sanitize.clean(told.get(name, ""))) for name in names[:MOST_FAILED]]
    return Failed(f"{plural(len(names), 'repository')}: {reason_text(reason)}", rows, max(0, len(names) - MOST_FAILED))


def _card(one: DeliverableRow) -> Card:
    item, sign = one.item, one.sign
    suits = f", suits {LANGUAGES[item.fit.suits].name} {item.fit.confidence:.0%}" if item.fit.suits else ""
    facts = f"{LANGUAGES[item.language].name}, {plural(item.lines, 'line')}, lean {item.fit.lean:+.2f}{suits}"
    return Card(
        answer=item.advice.answer,
        repository=sanitize.clean(one.row.id),
        name=sanitize.clean(item.name),
        facts=facts,
        sentence=_pieces(item.advice.sentence),
        sign=_pieces(f"{sign.title}: {sign.amount}" if sign.amount else sign.title) if sign else [],
        place=sanitize.clean(f"{sign.path}:{sign.line}") if sign else "",
        cost=_pieces(item.cost[0]) if item.cost else [],
        refute=_pieces(item.refute),
    )


def _item_cells(one: DeliverableRow) -> list[Any]:
    """Return a row of the table of deliverables, in the order of its columns in the script."""
    item, row, sign = one.item, one.row, one.sign
    return [
        item.advice.answer, sanitize.clean(row.id), sanitize.clean(item.name), LANGUAGES[item.language].name,
        item.lines,
        round(item.fit.lean, 2), sign.rule if sign else "", sanitize.clean(row.owner),
        list(map(sanitize.clean, row.tags)),
    ]  # fmt: skip


def _repository_cells(one: Repository) -> list[Any]:
    row = one.row
    counts = [one.answers.get(name, 0) for name in shown.ANSWERS]
    state = f"{row.state}: {row.reason}" if row.reason else row.state
    return [
        sanitize.clean(row.id), state + (", stale" if one.stale else ""), one.lines, *counts, round(row.seconds, 2),
        sanitize.clean(row.owner), [sanitize.clean(tag) for tag in row.tags],
    ]  # fmt: skip
