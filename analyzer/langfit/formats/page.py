"""What a report says to a person, in order and in words, before any format gives it a shape.

Text, Markdown and HTML show the same page; they differ in how they escape and lay out its `Words`. Wording is
humble throughout: evidence and what to measure, never a promise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from langfit.model import (
    SKIP_REASONS,
    Answer,
    Cost,
    Crossing,
    Evidence,
    Finding,
    Language,
    Report,
    Seam,
    Verdict,
    Weight,
)

Show = Literal["verdicts", "evidence", "all"]

ANSWERS: tuple[Answer, ...] = ("move", "split", "stay", "unclear")
ACTIONS: tuple[Answer, ...] = ("move", "split")  # the answers that ask the reader to consider something
WEIGHTS: tuple[Weight, ...] = ("decisive", "strong", "supporting", "contextual")
LANGUAGE_NAMES: dict[Language, str] = {"go": "Go", "rust": "Rust"}
TABLE_ROWS = 20  # more rows than this hide what matters, so stay and unclear become counts
FEW_COMPONENTS = 3  # a report this small shows the page of every component, whatever its answer
WAYS = {"inSource": "a comment", "external": "configuration"}  # of asking for a finding to be left out
# About what a weight adds, for the order alone: a faint strong sign stands behind a plain supporting one.
POINTS: dict[Weight, float] = {"decisive": 2.0, "strong": 1.0, "supporting": 0.5, "contextual": 0.0}
CALLERS = 6  # rows of calls across a seam
PLACES = 10  # places listed under one rule unless everything is asked for


class Name(Struct, frozen=True):
    """Text from the scanned repository: a path, a function, a component. Formats set it apart as code, and may make
    a link of one that stands for a place in the file `path`."""

    text: str
    path: str = ""


class Place(Name, frozen=True):
    """A name that is a place in the source file `path`, so that a format which can link knows where to."""

    line: int = 1  # 1-based
    code: str = ""  # of that line


Words = tuple[str | Name, ...]


class Section(Struct, frozen=True):
    """A heading and what stands under it, one entry of `items` per point."""

    title: str
    items: tuple[Words, ...]
    suits: Language | None = None  # the language that the section speaks for, where it is evidence


def ranked(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts in reading order: move, split, stay, unclear; the surest first, then by name."""
    return sorted(verdicts, key=lambda v: (ANSWERS.index(v.answer), -v.confidence, v.component))


def ranked_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order in which every format cuts: the weightiest first, then by path, line and rule."""
    rank = {weight: position for position, weight in enumerate(WEIGHTS)}
    return sorted(findings, key=lambda f: (rank[f.weight], f.path, f.span, f.rule, f.component))


def ranked_evidence(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence in reading order: what adds most comes first, then the weightier and the stronger, then by rule."""
    order = {weight: number for number, weight in enumerate(WEIGHTS)}
    return sorted(evidence, key=lambda e: (-POINTS[e.weight] * e.strength, order[e.weight], -e.strength, e.rule))


def calls_for_action(verdict: Verdict) -> bool:
    """Whether the answer is one that asks the reader to consider something, and nobody has asked to leave it out."""
    return verdict.answer in ACTIONS and not verdict.ignored


def table(report: Report, show: Show) -> tuple[list[Verdict], dict[Answer, int]]:
    """The verdicts that get a row of their own, and how many of each answer do not."""
    verdicts = ranked(report.verdicts)
    if show == "all" or len(verdicts) <= TABLE_ROWS:
        return verdicts, {}
    rows = [verdict for verdict in verdicts if calls_for_action(verdict) or verdict.ignored]
    hidden = Counter(verdict.answer for verdict in verdicts if not (calls_for_action(verdict) or verdict.ignored))
    return rows, {
        answer: hidden[answer] for answer in ANSWERS if hidden[answer]
    }


def paged(report: Report, show: Show) -> list[Verdict]:
    """The verdicts whose evidence is laid out."""
    everything = show == "all" or len(report.verdicts) <= FEW_COMPONENTS
    return [verdict for verdict in ranked(report.verdicts) if everything or calls_for_action(verdict)]


def headline(report: Report) -> Words:
    """Where the scan looked and how much it read."""
    kind = (report.revision and (" at revision ", Name(report.revision[:12]))) or ()
    base = (", only what is new since ", Name(report.base[:12])) if report.base else ()
    lines = sum(report.lines.get(c.name, 0) for c in report.components if not c.parent) or sum(report.lines.values())
    skipped = f", {plural(len(report.skipped), 'file')} skipped" if report.skipped else ""
    numbers = f": {plural(report.analysed, 'file')} analysed{skipped}, {plural(lines, 'line')} of code"
    return (Name(report.path), *kind, *base, numbers)


def counts(report: Report) -> str:
    """How many components got which answer, in one line."""
    found = Counter(verdict.answer for verdict in report.verdicts)
    if not found and report.components:
        return "No verdict beyond what is known already."
    if not found:
        return "No component to judge: no Go or Rust code was found here."
    return ", ".join(f"{found[answer]} {answer}" for answer in ANSWERS if found[answer])


def hidden_line(hidden: dict[Answer, int]) -> str:
    """The line that stands for the rows left out of the table; "" when there are none."""
    if not hidden:
        return ""
    return "and " + ", ".join(f"{count:,} {answer}" for answer, count in hidden.items()) + " (--show all lists them)"


MOST_EVIDENCE = 8  # rows a reader takes in; the strongest come first


def sections(verdict: Verdict, report: Report, show: Show) -> list[Section]:
    """The page of one component below its sentence. Sections without content are left out."""
    other: Language = "rust" if verdict.language == "go" else "go"
    stay, away = LANGUAGE_NAMES[verdict.language], LANGUAGE_NAMES[other]
    found = [
        Section(f"Evidence for {away}", _strongest(verdict.evidence_against, show), other),
        Section(f"Evidence for staying in {stay}", _strongest(verdict.evidence_for, show), verdict.language),
        Section("Consider first", tuple((step,) for step in verdict.first)),
        Section("A possible seam", seam_items(verdict.seam) if verdict.seam else ()),
        Section("What a move would touch", cost_items(verdict.cost) if verdict.cost and _may_move(verdict) else ()),
        Section("What would refute this", ((verdict.refute,),) if verdict.refute else ()),
        Section("Not looked at", tuple((line,) for line in verdict.unseen)),
    ]
    if show != "verdicts":
        found.append(Section("Places", tuple(_places(verdict.component, report, show))))
    return [section for section in found if section.items]


def _strongest(rows: tuple[Evidence, ...], show: Show) -> tuple[Words, ...]:
    """The evidence of one side: the strongest few, and how many more there are, unless all was asked for."""
    ranked = ranked_evidence(rows)
    shown = ranked if show == "all" else ranked[:MOST_EVIDENCE]
    more = len(ranked) - len(shown)
    rest: tuple[Words, ...] = ((f"{more} more, weaker (--show all lists them)",),) if more else ()
    return (*(_evidence(row) for row in shown), *rest)


def seam_items(seam: Seam) -> tuple[Words, ...]:
    """Where a component could be cut, and what would cross the cut."""
    functions = _listed(seam.functions, "nothing by name")
    crossing = f"{plural(seam.calls, 'call')} would cross it"
    if seam.uncertain:
        crossing += f", {seam.uncertain:,} of them matched by name alone"
    callbacks = f"{plural(seam.callbacks, 'callback')} would cross back" if seam.callbacks else "no callback"
    callers = [word for row in seam.crossings[:CALLERS] for word in _crossing(row)]
    if len(seam.crossings) > CALLERS:
        callers.append(f"; and {len(seam.crossings) - CALLERS:,} more")
    return (
        (f"{plural(len(seam.files), 'file')}, {plural(seam.lines, 'line')}: ", *_listed(seam.files, "none")),
        ("called from outside: ", *functions),
        *((("by ", *callers[1:]),) if callers else ()),
        (f"{crossing}; {callbacks}",),
        ("types that would cross: ", *_listed(seam.types, "numbers, text and slices of them alone")),
        (f"could be joined by {seam.join}",),
    )


def _crossing(row: Crossing) -> Words:
    """Who calls what; a question mark where the name alone says so."""
    doubt = "" if row.certain else "?"
    return "; ", Name(row.package), " (", Name(row.function), f"{doubt}, {plural(row.calls, 'call')})"


def cost_items(cost: Cost) -> tuple[Words, ...]:
    """What a move would touch, counted."""
    surface = f"{plural(cost.lines, 'line')} of code; {plural(cost.exported, 'exported name')}"
    if cost.importers is not None and cost.used_outside is not None:
        surface += (
            f", {cost.used_outside:,} used elsewhere in this repository; "
            f"imported by {plural(cost.importers, 'component')} of it"
        )
    items: list[Words] = [(surface,)]
    if cost.portable is not None:
        items.append((f"{cost.portable:.0%} of its third-party imports have a known equivalent",))
    if cost.missing:
        items.append(("no known equivalent: ", *_listed(cost.missing, "")))
    if cost.generated:
        items.append((f"{cost.generated:.0%} of its lines are generated",))
    items.append((f"{plural(cost.tests, 'test file')} beside it",))
    return tuple(items)


def skip_items(report: Report, limit: int | None = 5) -> list[Words]:
    """One entry per reason: how many files, why, and the first `limit` of them (all for None)."""
    by_reason: dict[str, list[str]] = {}
    for skipped in sorted(report.skipped, key=lambda row: (row.path, row.reason)):
        by_reason.setdefault(skipped.reason, []).append(skipped.path)
    return [
        (f"{plural(len(paths), 'file')}, {reason} ({SKIP_REASONS.get(reason, 'no further reason')}): ",)
        + _listed(paths, "", limit)
        for reason, paths in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def role_items(verdict: Verdict) -> tuple[Words, ...]:
    """The roles of the recommendation that a component plays, each with the evidence for it."""
    return tuple((f"{role}: {evidence}",) for role, evidence in verdict.roles)


def ignored_places(report: Report) -> list[Words]:
    """One entry per finding that an ignore comment left out: its rule, its place, what it says and the reason."""
    rows = sorted(report.suppressed, key=lambda row: (row.finding.path, row.finding.span, row.finding.rule, row.reason))
    found = ((row.finding, row.reason) for row in rows)
    return [(Name(f.rule), " at ", _place(f), f": {f.message}; left out because: {reason}") for f, reason in found]


def ignored_items(report: Report) -> list[Words]:
    """One entry per rule, reason and way of asking: how many findings were left out; then the verdicts."""
    found = Counter((row.finding.rule, row.reason, row.kind) for row in report.suppressed)
    items: list[Words] = [
        (Name(rule), f", {plural(count, 'place')}, by {WAYS[kind]}: {reason}")
        for (rule, reason, kind), count in sorted(found.items())
    ]
    ignored = [verdict for verdict in ranked(report.verdicts) if verdict.ignored]
    return items + [(f"{v.answer} of ", Name(v.component), f", by {WAYS['external']}: {v.ignored}") for v in ignored]


def shown_answer(verdict: Verdict) -> str:
    """The answer as a table shows it."""
    return f"{verdict.answer} (ignored)" if verdict.ignored else verdict.answer


def flow(text: str) -> str:
    """A text of several lines, as rule files hold it, as one line."""
    return re.sub(r"\s*\n\s*", " ", text)


def amount(value: float) -> str:
    """A measured value for readers: whole numbers whole, others with two digits that count."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2g}"


def plural(count: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _may_move(verdict: Verdict) -> bool:
    return verdict.answer != "stay"


def _evidence(evidence: Evidence) -> Words:
    value = f", {amount(evidence.value)} {evidence.unit}" if evidence.unit and evidence.unit != "places" else ""
    if evidence.unit.startswith("share "):
        value = f", {evidence.value:.0%} {evidence.unit.removeprefix('share ')}"
    files = f" in {plural(evidence.files, 'file')}" if evidence.files > 1 else ""
    places = f"{plural(evidence.count, 'place')}{files}{value}" if evidence.count else value.removeprefix(", ")
    head = f"{evidence.title} ({evidence.weight}, {evidence.family})"
    place = Place(f"{evidence.path}:{evidence.line}", evidence.path, evidence.line, evidence.code)
    where = ("; look at ", place) if evidence.path else ()
    return (f"{head}: {places}" if places else head, *where)


def _listed(names: Sequence[str], none: str, limit: int | None = 5) -> Words:
    """Names with commas between them; what is left out is counted."""
    if not names:
        return (none,)
    shown = names if limit is None else names[:limit]
    words: list[str | Name] = []
    for name in shown:
        words += [", ", Name(name)]
    if len(names) > len(shown):
        words.append(f" and {len(names) - len(shown):,} more")
    return tuple(words[1:])


def _place(finding: Finding) -> Place:
    span = finding.span
    return Place(f"{finding.path}:{span.line}:{span.column}", finding.path, span.line)


def _places(component: str, report: Report, show: Show) -> list[Words]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in ranked_findings(f for f in report.findings if f.component == component):
        by_rule.setdefault(finding.rule, []).append(finding)
    items: list[Words] = []
    for rule, findings in by_rule.items():
        shown = findings if show == "all" else findings[:PLACES]
        items += [(Name(rule), " at ", _place(f), f": {f.message}") for f in shown]
        if len(findings) > len(shown):
            items.append((Name(rule), f" at {plural(len(findings) - len(shown), 'more place')} (--show all)"))
    return items
