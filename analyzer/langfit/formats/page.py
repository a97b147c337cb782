"""A report as the HTML page shows it: every text cleaned, every place with its link, every card with its parts.

The template gets these values and nothing of the report, so it cannot show what has not been cleaned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from langfit.formats import about, meetings, outline, sanitize
from langfit.formats.about import Section
from langfit.formats.forge import Forge, forge_of
from langfit.formats.measures import measured
from langfit.formats.strips import Cell, shade_of, strip_of
from langfit.formats.words import Name, Place, Words, flow, place
from langfit.languages import LANGUAGES
from langfit.model.report import Component, Deliverable, Finding, Join, Report

_CODE = re.compile(r"`([^`\n]+)`")
VERBS = {
    "process": "starts",
    "ffi": "links by C ABI",
    "rpc": "calls as a service",
    "wasm": "runs",
    "addon": "is loaded by",
}


class Piece(Struct, frozen=True):
    """A part of a line: text, or code that may be a link and may have its line of source beside it."""

    text: str
    code: bool = False
    url: str = ""
    line: str = ""


Pieces = list[Piece]


class Part(Struct, frozen=True):
    """A list under a heading. `side` is the language that it speaks for, "" for neither."""

    title: Pieces
    items: list[Pieces]
    side: str = ""


class Group(Struct, frozen=True):
    """The places of one rule."""

    title: Pieces
    rule: str
    side: str
    why: Pieces
    places: list[Pieces]


class Meeting(Struct, frozen=True):
    """A join as a row of the table names it; `target` is the number of the other deliverable, -1 for something else."""

    verb: str
    to: str
    target: int
    place: Pieces


class Card(Struct, frozen=True):
    """A deliverable."""

    number: int
    name: str
    kind: str
    language: str
    answer: str
    shown: str  # the answer with what was asked about it
    suits: str
    sure: str
    lean: float
    lines: int
    sentence: Pieces
    strip: list[Cell]
    joins: list[Meeting]
    parts: list[Part]
    groups: list[Group]
    later: bool  # whether it waits until a reader asks for all


class Block(Struct, frozen=True):
    """A component."""

    number: int
    name: str
    short: str
    language: str
    shade: str
    suits: str
    lean: float
    lines: int
    own: int  # of the lines, those outside of its modules
    parent: int  # the block of its crate, -1 for none
    support: str  # why it is support code, "" for code that is judged
    parts: list[Part]
    groups: list[Group]


class Page(Struct, frozen=True):
    """All of the page."""

    title: str
    version: str
    headline: Pieces
    sentence: Pieces
    sizes: str
    changed: Part | None
    cards: list[Card]
    blocks: list[Block]
    between: list[Part]  # where deliverables meet others, and their cuts
    tails: list[Part]  # what was not judged, and why
    answers: list[tuple[str, int]]  # those that occur, with their number
    cuts: set[str]  # states of cuts that a strip shows


class Shown:
    """Turns words into pieces, with links to the forge of one report."""

    def __init__(self, report: Report) -> None:
        self._forge: Forge | None = forge_of(report.source.remote, report.source.revision or report.source.commit)
        self.rules = {rule.id: rule for rule in report.rules}

    def pieces(self, words: Words) -> Pieces:
        """Return the pieces of a line; `backticks` in a sentence mark code."""
        found: Pieces = []
        for word in words:
            if isinstance(word, Place):
                url = self._url(word.path, word.line)
                found.append(Piece(sanitize.clean(word.text), code=True, url=url, line=sanitize.clean(word.code)))
            elif isinstance(word, Name):
                found.append(Piece(sanitize.clean(word.text), code=True))
            else:
                parts = _CODE.split(flow(word))
                found += [Piece(sanitize.clean(p), code=bool(n % 2)) for n, p in enumerate(parts) if p]
        return found

    def _url(self, path: str, line: int) -> str:
        url = self._forge.url(path) if self._forge else ""
        return f"{url}{self._forge.mark}{line}" if url and self._forge else ""

    def part(self, section: Section, side: str = "") -> Part:
        """Return a section of the outline as a part."""
        return Part(self.pieces(section.title), [self.pieces(item) for item in section.items], side)

    def groups(self, findings: Iterable[Finding]) -> list[Group]:
        """Return findings by rule, the rule with the most places first."""
        rows: dict[str, list[Finding]] = {}
        for finding in findings:
            rows.setdefault(finding.rule, []).append(finding)
        found = []
        for rule, places in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0])):
            words = self.rules.get(rule)
            title = self.pieces((words.title if words else rule,))
            why = self.pieces((words.why,)) if words else []
            lines = [self.pieces((place(f.path, f.line, f.code), f": {f.message}")) for f in places]
            found.append(Group(title, sanitize.clean(rule), places[0].suits, why, lines))
        return found


def page_of(report: Report) -> Page:
    """Return all that the page shows."""
    told = Shown(report)
    items = about.ranked(report.deliverables)
    sections = {section.title[0]: section for section in outline.briefing(report, "evidence") if section.level == 1}
    changed = next((s for title, s in sections.items() if str(title).startswith("What changed")), None)
    counts = Counter(item.advice.answer for item in items)
    cards = _cards(items, report, told)
    return Page(
        title=sanitize.clean(report.source.name or report.source.path),
        version=report.version,
        headline=told.pieces(outline.headline(report)),
        sentence=told.pieces((report.sentence,)),
        sizes=outline.sizes(report),
        changed=told.part(changed) if changed else None,
        cards=cards,
        blocks=_blocks(report, told),
        between=[told.part(section) for section in (*measured(report), *meetings.meetings(report)) if section.items],
        tails=[told.part(section) for section in outline.tail(report, "all") if section.items],
        answers=[(answer, counts[answer]) for answer in about.ANSWERS if counts[answer]],
        cuts={cell.cut for card in cards for cell in card.strip if cell.cut},
    )


def _cards(items: Sequence[Deliverable], report: Report, told: Shown) -> list[Card]:
    numbers = {item.name: number for number, item in enumerate(items)}
    known = {component.name: component for component in report.components}
    by_component: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_component.setdefault(finding.component, []).append(finding)
    return [
        Card(
            number=number,
            name=sanitize.clean(item.name),
            kind=about.kind_text(item),
            language=LANGUAGES[item.language].name,
            answer=item.advice.answer,
            shown=about.advice_text(item),
            suits=LANGUAGES[item.fit.suits].name if item.fit.suits else "",
            sure=f"{item.fit.confidence:.0%}" if item.fit.suits else "",
            lean=item.fit.lean,
            lines=item.lines,
            sentence=told.pieces((item.advice.sentence,)),
            strip=strip_of(item, known),
            joins=[_meeting(join, numbers, told) for join in item.joins],
            parts=_parts_of(item, report, told),
            groups=told.groups(f for name in item.own for f in by_component.get(name, ())),
            later=number >= outline.TABLE_ROWS,
        )
        for number, item in enumerate(items)
    ]


def _meeting(join: Join, numbers: dict[str, int], told: Shown) -> Meeting:
    verb = "runs in" if join.by == "wasm" and not join.internal else VERBS[join.by]
    target = numbers.get(join.to, -1) if join.internal else -1
    return Meeting(verb, sanitize.clean(join.to), target, told.pieces((place(join.path, join.line),)))


def _parts_of(item: Deliverable, report: Report, told: Shown) -> list[Part]:
    head, *rest = about.deliverable_sections(item, report, "all")
    rest = [section for section in rest if section.title != about.PLACES]  # they are grouped by rule below
    parts = [told.part(Section(("What it is",), head.items[1:]))]
    sides = {f"Speaks for {spoken.name}": spoken.id for spoken in LANGUAGES.values()}
    parts += [told.part(section, sides.get(str(section.title[0]), "")) for section in rest]
    parts.append(told.part(Section(("Joins",), tuple(meetings.join_words([item.name], join) for join in item.joins))))
    parts.append(told.part(Section(("Cuts",), tuple(meetings.cut_words(item, cut) for cut in item.cuts))))
    return [part for part in parts if part.items]


def _blocks(report: Report, told: Shown) -> list[Block]:
    rows = sorted((c for c in report.components if c.lines), key=lambda c: (-c.lines, c.name))
    numbers = {component.name: number for number, component in enumerate(rows)}
    inside: Counter[str] = Counter()
    for component in rows:
        inside[component.parent] += component.lines
    places: dict[str, list[Finding]] = {}
    for finding in report.findings:
        places.setdefault(finding.component, []).append(finding)
    cut = _shared_prefix([component.name for component in rows if component.role == "code"])
    return [
        Block(
            number=number,
            name=sanitize.clean(component.name),
            short=sanitize.clean(
                component.name[cut:] if component.name[:cut] and component.name[cut:] else component.name
            ),
            language=LANGUAGES[component.language].name,
            shade=shade_of(component.fit),
            suits=_suits(component),
            lean=component.fit.lean,
            lines=component.lines,
            own=max(0, component.lines - inside[component.name]),
            parent=numbers.get(component.parent, -1),
            support=sanitize.clean(component.why) if component.role == "support" else "",
            parts=_component_parts(component, told),
            groups=told.groups(places.get(component.name, ())),
        )
        for number, component in enumerate(rows)
    ]


def _suits(component: Component) -> str:
    said = about.suits_text(component.fit)
    return f"suits {said}" if said else about.WHY_NOT.get(component.fit.why, "")


def _component_parts(component: Component, told: Shown) -> list[Part]:
    linked: list[Words] = [(Name(name),) for name in component.deliverables[: about.MOST_ITEMS]]
    if len(component.deliverables) > len(linked):
        linked.append((f"and {len(component.deliverables) - len(linked):,} more",))
    parts = []
    for spoken in LANGUAGES.values():
        rows = component.for_ if spoken.id == component.language else component.against
        section = Section((f"Speaks for {spoken.name}",), tuple(about.evidence_words(row) for row in rows))
        parts.append(told.part(section, spoken.id))
    parts.append(told.part(Section(("Linked into",), tuple(linked))))
    return [part for part in parts if part.items]


def _shared_prefix(names: Sequence[str]) -> int:
    """Count the characters that all names begin with, up to a slash."""
    if len(names) < 2:
        return 0
    least, most = min(names), max(names)
    same = next((n for n, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), min(len(least), len(most)))
    return least.rfind("/", 0, same) + 1
