"""A report as the plain data that the HTML page draws: every text cleaned, every path and rule named once.

A paragraph becomes a list of pieces: a string is text, `[text]` is code, `[text, path, line]` is code that stands in
a source file, where `path` is a position in the table of paths.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, structs

from langfit.formats import door, page
from langfit.formats.forge import Forge, forge_of
from langfit.formats.page import Name, Place, Section, Words
from langfit.model import Component, Finding, Language, Report, RuleText, Verdict

Piece = str | list[str | int]
_CODE = re.compile(r"`([^`\n]+)`")


class Paths:
    """The table of paths, grown while texts are put into pieces: (path as shown, its URL or "")."""

    def __init__(self, forge: Forge | None) -> None:
        self.rows: list[tuple[str, str]] = []
        self._forge = forge
        self._known: dict[str, int] = {}

    def number(self, path: str) -> int:
        """The position of a path in the table."""
        if path not in self._known:
            self._known[path] = len(self.rows)
            self.rows.append((door.clean(path), self._forge.url(path) if self._forge else ""))
        return self._known[path]


class Tile(Struct, frozen=True):
    """A verdict's place among the others: `parent` is the position of the judged component that holds it, or -1;
    `own` are its lines outside of judged components inside it, `parts` the number of these."""

    parent: int
    own: int
    parts: int


class PageData(Struct, frozen=True):
    """What the script of the page reads."""

    components: list[dict[str, object]]
    findings: list[list[object]]  # component or -1, rule, path, line, function, message
    rules: list[dict[str, object]]
    paths: list[tuple[str, str]]
    mark: str  # between the URL of a path and a line


def data_of(report: Report) -> tuple[PageData, Paths]:
    """The data of a report. Verdicts stand in reading order, findings the weightiest first."""
    forge = forge_of(report.remote, report.revision)
    paths = Paths(forge)
    verdicts = page.ranked(report.verdicts)
    rules = _rules(report)
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    tiles = tiles_of(verdicts, report.components)
    names = _unique([door.clean(verdict.component) for verdict in verdicts])
    parents = {component.name: component.parent for component in report.components}
    components = [
        _component(verdict, tile, name, _cut(verdict.component, parents), report, paths)
        for verdict, tile, name in zip(verdicts, tiles, names, strict=True)
    ]
    owners = owners_of(verdicts, report.components)
    findings = [_finding(f, owners, numbers, paths) for f in page.ranked_findings(report.findings)]
    rows = [_rule(rule, paths) for rule in rules]
    return PageData(components, findings, rows, paths.rows, forge.mark if forge else ""), paths


def pieces(words: Words, paths: Paths) -> list[Piece]:
    """The pieces of a paragraph; `backticks` in a sentence mark code."""
    found: list[Piece] = []
    for word in words:
        if isinstance(word, Place):
            found.append([door.clean(word.text), paths.number(word.path), word.line, door.clean(word.code)])
        elif isinstance(word, Name):
            found.append([door.clean(word.text)])
        else:
            parts = _CODE.split(page.flow(word))
            cleaned: list[Piece] = [[door.clean(p)] if n % 2 else door.clean(p) for n, p in enumerate(parts)]
            found += [piece for piece in cleaned if piece]
    return found


def sections_of(verdict: Verdict, report: Report) -> list[Section]:
    """All sections of a verdict's page but its places, which the page lists with what their rules say."""
    found = page.sections(verdict, structs.replace(report, findings=()), "all")
    roles = Section("Roles it plays", page.role_items(verdict))
    position = next((n for n, section in enumerate(found) if section.suits is None), len(found))
    return [*found[:position], *([roles] if roles.items else []), *found[position:]]


def tiles_of(verdicts: list[Verdict], components: Iterable[Component]) -> list[Tile]:
    """Where each verdict stands among the others. Lines of a part are counted in what it is part of, if that is in
    the same language; here every line belongs to one tile only."""
    position = {verdict.component: number for number, verdict in enumerate(verdicts)}
    languages = {verdict.component: verdict.language for verdict in verdicts}
    parents = {component.name: component.parent for component in components}
    above = [position.get(_above(v.component, v.language, parents, languages), -1) for v in verdicts]
    inside: Counter[int] = Counter()
    for verdict, parent in zip(verdicts, above, strict=True):
        inside[parent] += verdict.lines
    parts = Counter(above)
    return [
        Tile(parent, max(0, verdict.lines - inside[number]), parts[number])
        for number, (verdict, parent) in enumerate(zip(verdicts, above, strict=True))
    ]


def owners_of(verdicts: Iterable[Verdict], components: Iterable[Component]) -> dict[str, int]:
    """Component -> position of the verdict that speaks for it: its own, or that of what it was judged with."""
    position = {verdict.component: number for number, verdict in enumerate(verdicts)}
    parents = {component.name: component.parent for component in components}
    found = {}
    for name in parents:
        way = _upwards(name, parents)
        found[name] = next((position[at] for at in way if at in position), -1)
    return found | position


def _above(name: str, language: Language, parents: dict[str, str], languages: dict[str, Language]) -> str:
    """The nearest judged component of the same language that holds `name`; "" for none, and in a ring."""
    way = _upwards(name, parents)
    if parents.get(way[-1], "") in way:
        return ""
    return next((at for at in way[1:] if languages.get(at) == language), "")


def _upwards(name: str, parents: dict[str, str]) -> list[str]:
    way = [name]
    while (at := parents.get(way[-1], "")) and at not in way:
        way.append(at)
    return way


def _component(
    verdict: Verdict, tile: Tile, name: str, cut: int, report: Report, paths: Paths
) -> dict[str, object]:
    return {
        "name": name,
        "short": door.clean(verdict.component[cut:]),
        "answer": verdict.answer,
        "language": verdict.language,
        "lean": round(verdict.lean, 3),
        "sure": round(verdict.confidence, 3),
        "lines": verdict.lines,
        **structs.asdict(tile),
        "sentence": pieces((verdict.sentence,), paths),
        "sections": [
            [door.clean(section.title), section.suits or "", [pieces(item, paths) for item in section.items]]
            for section in sections_of(verdict, report)
        ],
    }


def _finding(finding: Finding, owners: dict[str, int], numbers: dict[str, int], paths: Paths) -> list[object]:
    return [
        owners.get(finding.component, -1),
        numbers[finding.rule],
        paths.number(finding.path),
        finding.span.line,
        door.clean(finding.function),
        door.clean(page.flow(finding.message)),
        door.clean(finding.code),
    ]


def _rules(report: Report) -> list[RuleText]:
    """The rules that have findings, and a stand-in for one without a text."""
    known = {rule.id: rule for rule in report.rules}
    fired = {f.rule: RuleText(f.rule, f.rule, f.suits, f.family, f.weight, (), "", "", "") for f in report.findings}
    return [known.get(rule, fired[rule]) for rule in sorted(fired)]


def _rule(rule: RuleText, paths: Paths) -> dict[str, object]:
    return {
        "id": door.clean(rule.id),
        "title": pieces((rule.title,), paths),
        "suits": rule.suits,
        "weight": rule.weight,
        "family": door.clean(rule.family),
        "why": pieces((rule.why,), paths),
    }


def _unique(names: list[str]) -> list[str]:
    """Names as they can stand behind `#`: what two share after cleaning gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _cut(name: str, parents: dict[str, str]) -> int:
    """How many characters of a name only repeat where it is: the path of the module that holds it, or of its owner."""
    top = _upwards(name, parents)[-1]
    base = top.removesuffix("/...")
    inside = name.removeprefix(base + "/")
    return len(name) - len(inside) if inside not in (name, "...") else base.rfind("/") + 1
