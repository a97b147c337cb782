"""What asks for attention: advised moves and splits, coarse cuts, and the places inside them. Dashboards show no more.

Evidence for staying, an ordinary import and a density are in the report, and never an alert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from langfit.languages import opposite
from langfit.model.report import Cut, Deliverable, Finding, Report

MOST = 10  # alerts of one deliverable
MOST_OF_RULE = 3  # places of one rule among them
ASKING = ("move", "split")

FirstPlaces = dict[tuple[str, str, str], list[Finding]]  # by component, rule, and the language that it suits


class Alert(NamedTuple):
    """One alert: about a deliverable, about a cut of it, or about a place inside."""

    rule: str  # "langfit/move", "langfit/split", "langfit/coarse-cut", or the id of a rule
    deliverable: Deliverable
    message: str
    path: str
    line: int
    fingerprint: str
    cut: Cut | None = None
    finding: Finding | None = None

    @property
    def level(self) -> str:
        """How urgent it is, in the words of SARIF."""
        return "note" if self.finding is not None else "warning"


class Alerts(NamedTuple):
    """The alerts of a report, and how many places were left out to keep them few."""

    rows: list[Alert]
    more: int


def alerts_of(report: Report) -> Alerts:
    """Return the alerts of a report, those of one deliverable together, the strongest places first."""
    rows: list[Alert] = []
    more = 0
    shown: set[tuple[str, str, int]] = set()
    is_new = _news(report)
    first = _first_places(report.findings)
    for item in report.deliverables:
        if item.advice.answer not in ASKING or item.suppressed or not is_new(item.fingerprint):
            continue
        own = [_of_advice(item)]
        own += [_of_cut(item, cut) for cut in other_cuts(item) if is_new(cut.fingerprint)]
        places = [f for f in _places(item, first) if (f.rule, f.path, f.line) not in shown]
        room = max(0, MOST - len(own))
        own += [_of_place(item, finding) for finding in places[:room]]
        shown |= {(f.rule, f.path, f.line) for f in places[:room]}
        more += max(0, len(places) - room)
        rows += own
    return Alerts(rows, more)


def _news(report: Report) -> Callable[[str], bool]:
    """Tells whether an advice is news: against a base only what it brought, against a baseline only what it lacks."""
    known = frozenset(report.known)
    new = frozenset(report.change.new) if report.change is not None else None
    return lambda mark: mark not in known and (new is None or mark in new)


def _of_advice(item: Deliverable) -> Alert:
    path, line = place_of(item)
    message = f"{item.name}: {item.advice.sentence}"
    return Alert(f"langfit/{item.advice.answer}", item, message, path, line, item.fingerprint)


def place_of(item: Deliverable) -> tuple[str, int]:
    """Return the place that an advice is shown at: the cut, the library, or what speaks loudest."""
    if item.advice.reason == "coarse-cut":
        cut = advised_cut(item)
        if cut is not None and cut.path:
            return cut.path, cut.line
    if item.advice.reason == "lacking-library" and item.lacking:
        return item.lacking[0].path, item.lacking[0].line
    if item.advice.answer in ASKING and item.against:
        return item.against[0].path, item.against[0].line
    return item.path, item.line


def advised_cut(item: Deliverable) -> Cut | None:
    """Return the cut that a split is about."""
    return next((cut for cut in item.cuts if cut.status == "coarse"), None)


def other_cuts(item: Deliverable) -> list[Cut]:
    """Return the coarse cuts of a split beside the first one."""
    if item.advice.answer != "split":
        return []
    return [cut for cut in item.cuts if cut.status == "coarse"][1:]


def _of_cut(item: Deliverable, cut: Cut) -> Alert:
    message = f"{item.name}: {cut.root} could be cut out: {cut.why}."
    return Alert("langfit/coarse-cut", item, message, cut.path, cut.line, cut.fingerprint, cut=cut)


def _first_places(findings: Iterable[Finding]) -> FirstPlaces:
    """Return the first places of each rule in each component, which many deliverables may link."""
    found: FirstPlaces = {}
    for finding in findings:
        if finding.level == "place" and finding.weight != "contextual":
            found.setdefault((finding.component, finding.rule, finding.suits), []).append(finding)
    return {key: sorted(rows, key=_by_place)[:MOST_OF_RULE] for key, rows in found.items()}


def _by_place(finding: Finding) -> tuple[str, int]:
    return finding.path, finding.line


def _places(item: Deliverable, first: FirstPlaces) -> list[Finding]:
    """Return the places that carry an advice: inside the cut of a split, inside all of what may move."""
    cut = advised_cut(item) if item.advice.answer == "split" else None
    inside = dict.fromkeys([cut.component] if cut is not None else item.components)
    other = opposite(item.language).id
    kept = []
    for rule in dict.fromkeys(row.rule for row in item.against):
        rows = [finding for name in inside for finding in first.get((name, rule, other), ())]
        kept += sorted(rows, key=_by_place)[:MOST_OF_RULE]
    return kept


def _of_place(item: Deliverable, finding: Finding) -> Alert:
    message = f"{item.name}: {finding.message}"
    return Alert(finding.rule, item, message, finding.path, finding.line, finding.fingerprint, finding=finding)


def is_failing(report: Report, level: str, *, empty: bool = False) -> list[str]:
    """Return why a scan fails at a level of `--fail-on`, in sentences; nothing where it does not.

    `move` are advised moves, `split` splits as well, `alert` everything that a dashboard would show. With `empty` a
    scan that judged no file fails, too. Evidence for staying never counts.
    """
    rows = alerts_of(report).rows if level != "never" else []
    wanted = {
        "never": (),
        "move": ("langfit/move",),
        "split": ("langfit/move", "langfit/split", "langfit/coarse-cut"),
    }.get(level)
    found = [row.message for row in rows if wanted is None or row.rule in wanted]
    if empty and not report.files.analysed:
        found.append("No source file was judged.")
    return found
