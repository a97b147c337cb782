"""What a report says of one deliverable: facts, evidence on both sides, cost, first steps, places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from langfit.conclusion import KINDS
from langfit.formats.words import Name, Words, listed, place
from langfit.languages import LANGUAGES, opposite
from langfit.model.evidence import Evidence, percent, plural
from langfit.model.report import Answer, Deliverable, Fit, Report

Show = Literal["summary", "briefing", "evidence", "all"]

MOST_EVIDENCE = 6  # rows that a reader takes in
MOST_ITEMS = 8  # places of one rule
PLACES: Words = ("Places",)
ANSWERS: tuple[Answer, ...] = ("move", "split", "unclear", "stay")
ASKING = ("move", "split")
WHY_NOT = {
    "too-little": "too little evidence",
    "close": "evidence on both sides",
    "one-sign": "one kind of evidence alone",
    "broken": "too much of it does not parse",
    "small": "too small to be judged by itself",
}


class Section(NamedTuple):
    """A heading, and one entry of `items` per point. `level` 1 is a part of the report, 2 a part of that."""

    title: Words
    items: tuple[Words, ...]
    level: int = 1


def limited(title: str, rows: Sequence[Words], most: int = MOST_ITEMS) -> Section:
    """Return a section with the first rows, and how many more there are."""
    shown = list(rows[:most])
    if len(rows) > len(shown):
        shown.append((f"and {len(rows) - len(shown):,} more (`--format json` has all)",))
    return Section((title,), tuple(shown))


def ranked(items: Iterable[Deliverable]) -> list[Deliverable]:
    """Return deliverables in reading order: what asks for something first, then programs, then by size."""
    return sorted(
        items,
        key=lambda item: (
            ANSWERS.index(item.advice.answer),
            item.kind != "program",
            bool(item.follows) and item.advice.answer in ASKING,
            -item.lines,
            item.name,
        ),
    )


def suits_text(fit: Fit) -> str:
    """Return which language code suits, and how sure that is; "" for neither."""
    return f"{LANGUAGES[fit.suits].name} {fit.confidence:.0%}" if fit.suits is not None else ""


def advice_text(item: Deliverable) -> str:
    """Return the answer as a table shows it."""
    return f"{item.advice.answer} (ignored)" if item.suppressed else item.advice.answer


def kind_text(item: Deliverable) -> str:
    """Return the kind of a deliverable in words."""
    return KINDS[item.kind]


def deliverable_sections(item: Deliverable, report: Report, show: Show) -> list[Section]:
    """Return everything that is said of one deliverable."""
    here, there = LANGUAGES[item.language].name, opposite(item.language).name
    title: Words = (f"{item.advice.answer}: ", Name(item.name), f" ({kind_text(item)} in {here})")
    facts: list[Words] = [(item.advice.sentence,)]
    if item.suppressed:
        facts.append((f"Ignored by langfit.toml: {item.suppressed}",))
    facts += _facts(item)
    parts = [
        Section((f"Speaks for {there}",), _evidence(item.against, show), 2),
        Section((f"Speaks for {here}",), _evidence(item.for_, show), 2),
        Section(("What it would cost",), tuple((line,) for line in item.cost), 2),
        Section(("Try first",), tuple((line,) for line in item.first), 2),
        Section(("What would refute this",), _refutation(item), 2),
    ]
    if show not in ("briefing", "summary"):
        parts.append(Section(PLACES, _places(item, report, show), 2))
    return [Section(title, tuple(facts)), *parts]


def _refutation(item: Deliverable) -> tuple[Words, ...]:
    """Return what would refute the advice, and how to measure it where nobody has."""
    rows: list[Words] = [(item.refute,)] if item.refute else []
    if item.measured is None and item.advice.answer in ("move", "split") and "profile" in item.refute:
        commands = LANGUAGES[item.language].symbols.TAKE
        command = commands.get(item.kind, commands["program"]).format(root=item.root, name=item.name)
        rows.append((f"Take one with `{command}`, then `langfit scan --profile FILE`.",))
    return tuple(rows)


def _facts(item: Deliverable) -> list[Words]:
    rows: list[Words] = []
    shares = [f"{percent(share)} {word}" for word, share in _shares(item) if share]
    lean = f"; by what its components lean to: {', '.join(shares)}" if shares != ["100% neither"] else ""
    rows.append((f"{plural(item.lines, 'line')}{lean if shares else ', no code'}.",))
    if item.roles:
        rows.append((f"It plays the part of: {', '.join(item.roles)}.",))
    if item.twin is not None:
        rows.append(
            (
                "A twin in ",
                LANGUAGES[item.twin.language].name,
                ": ",
                Name(item.twin.name),
                ", see ",
                Name(item.twin.source),
            )
        )
    if item.hangs_on:
        rows.append(("This hangs on ", *listed(item.hangs_on, limit=3), ": without it the evidence would be close."))
    if item.own_share < 1:
        rows.append((f"{percent(item.own_share)} of its code is linked into nothing else.",))
    return rows


def _shares(item: Deliverable) -> list[tuple[str, float]]:
    named = {name: spoken.name for name, spoken in LANGUAGES.items()} | {"neither": "neither"}
    return [(named[name], share) for name, share in item.balance.items() if name in named]


def _evidence(rows: Sequence[Evidence], show: Show) -> tuple[Words, ...]:
    """Return the evidence of one side: the strongest few, and how many more there are, unless all was asked for."""
    counted = [row for row in rows if row.weight != "contextual"] or list(rows)
    shown = rows if show == "all" else counted[:MOST_EVIDENCE]
    found = [evidence_words(row) for row in shown]
    more = len(rows) - len(shown)
    if more > 0 and show != "all":
        found.append((f"{more} more, weaker or for information (--show all lists them)",))
    return tuple(found)


def evidence_words(row: Evidence) -> Words:
    """Return a row of evidence: what was found, how much of it, and where to look."""
    return (
        f"{row.title}: {row.amount}; look at ",
        place(row.path, row.line, row.code),
        " (",
        Name(row.rule),
        f", {row.weight})",
        *_measured(row),
    )


def _measured(row: Evidence) -> Words:
    """Return what a profile says of evidence, nothing where none does."""
    if not row.measured or row.measured_share is None:
        return ()
    share, low, high = row.measured_share
    words = {"confirmed": "confirmed", "refuted": "refuted", "undecided": "neither confirmed nor refuted"}
    interval = f"{share:.1%} of the time, {100 * low:.1f} to {100 * high:.1f}"
    return (f"; {words[row.measured]} by a profile ({interval})",)


def _places(item: Deliverable, report: Report, show: Show) -> tuple[Words, ...]:
    inside = set(item.components)
    by_rule: dict[str, list[Words]] = {}
    for finding in report.findings:
        if finding.component in inside and finding.level == "place":
            words = (place(finding.path, finding.line, finding.code), f": {finding.message}")
            by_rule.setdefault(finding.rule, []).append(words)
    found: list[Words] = []
    for rule, rows in sorted(by_rule.items()):
        shown = rows if show == "all" else rows[:MOST_ITEMS]
        found += [(Name(rule), " at ", *row) for row in shown]
        if len(rows) > len(shown):
            found.append((Name(rule), f" at {plural(len(rows) - len(shown), 'more place')} (--show all)"))
    return tuple(found)
