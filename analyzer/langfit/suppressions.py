"""What people asked to leave out: by a comment beside the code, or by an `[[ignore]]` of langfit.toml.

A suppression is applied only with a reason, and one that does nothing is reported, so that none outlives its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from msgspec import structs

from langfit.globs import chooser
from langfit.model.notices import few
from langfit.model.report import Deliverable, Finding, Suppressed
from langfit.model.repository import Inventory
from langfit.model.rule import Rulebook
from langfit.model.summary import FileSummary, Suppression
from langfit.model.suppression import ConfigSuppression
from langfit.renamed import RENAMED
from langfit.toml.diagnostics import Diagnostic, did_you_mean, shorten

ADVICE = ("langfit/move", "langfit/split")  # what an [[ignore]] may name beside rules
MOST_HINTS = 20  # comments with a name that is no rule, for which a like one is looked for
MOST_KEPT = 100_000  # answers about a row and a place; findings of one place come one after the other
MOST_NOTICES = 50  # sentences about comments that do nothing; the rest is counted


class Applied(NamedTuple):
    """What is left, what was left out, and sentences about suppressions that did nothing."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    deliverables: tuple[Deliverable, ...]
    notices: tuple[str, ...]


class Requests(NamedTuple):
    """All suppressions of one scan; `seen` gives a path as the patterns of `standing` see it, or None."""

    comments: dict[str, tuple[Suppression, ...]]  # by path
    by_config: tuple[ConfigSuppression, ...]
    seen: Callable[[str], str | None] = lambda path: path


def requests_of(
    inventory: Inventory,
    summaries: Mapping[str, FileSummary],
    by_config: tuple[ConfigSuppression, ...],
    seen: Callable[[str], str | None],
) -> Requests:
    """Return what is asked by comments in code files, and by langfit.toml."""
    rows = ((file.path, summaries.get(file.path)) for file in inventory.files if file.role == "code")
    comments = {path: summary.suppressions for path, summary in rows if summary is not None and summary.suppressions}
    return Requests(comments, by_config, seen)


def apply(
    findings: Iterable[Finding],
    deliverables: Iterable[Deliverable],
    asked: Requests,
    anchors: Mapping[str, str],
    book: Rulebook,
) -> Applied:
    """Sort findings into kept and suppressed ones, and mark deliverables whose advice is ignored.

    `anchors` gives the first file of a component: an [[ignore]] meets what is said of a component by that path as well
    as by the one where it is shown.
    """
    beside = _InlineSuppressions(asked.comments)
    outside = _ConfigSuppressions(asked)
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        comment = beside.of(finding)
        anchor = anchors.get(finding.component, "") if finding.level == "component" else ""
        by_config = outside.of(finding.rule, finding.path, anchor)
        if comment is not None:
            suppressed.append(Suppressed(finding, comment.reason, "inSource"))
        elif by_config is not None:
            suppressed.append(Suppressed(finding, by_config.reason, "external"))
        else:
            kept.append(finding)
    answers = []
    for item in deliverables:
        rule = f"langfit/{item.advice.answer}"
        by_config = outside.of(rule, item.path, "" if item.root == "." else item.root) if rule in ADVICE else None
        answers.append(structs.replace(item, suppressed=by_config.reason) if by_config else item)
    notices = (*beside.unused(book), *outside.unused())
    return Applied(tuple(kept), tuple(suppressed), tuple(answers), notices)


def diagnostics_of(by_config: Iterable[ConfigSuppression], book: Rulebook) -> list[Diagnostic]:
    """Return a diagnostic for each [[ignore]] whose rule or glob means nothing that there is."""
    known = (*(rule.id for rule in book.rules), *book.disabled, *ADVICE, *RENAMED)
    return [
        Diagnostic(row.where, row.line, f"There is no rule {shorten(row.rule)}.{_hint(row.rule, known)}")
        for row in by_config
        if not any(fnmatchcase(name, row.rule) for name in known)
    ]


def _present(rule: str) -> str:
    """Return the present name of a rule."""
    return RENAMED.get(rule, rule)


class _InlineSuppressions:
    """Suppressions by comments, and which of them did something."""

    def __init__(self, comments: Mapping[str, tuple[Suppression, ...]]) -> None:
        self._all = comments
        self._rows: dict[tuple[str, str], list[Suppression]] = {}
        for path, rows in comments.items():
            for row in rows:
                if row.reason:
                    self._rows.setdefault((path, _present(row.rule)), []).append(row)
        self._used: set[tuple[str, int, str]] = set()

    def of(self, finding: Finding) -> Suppression | None:
        """Return the suppression that covers the line of a finding, None without one."""
        for row in self._rows.get((finding.path, finding.rule), ()):
            if row.whole_file or row.first <= finding.line <= row.last:
                self._used.add((finding.path, row.line, row.rule))
                return row
        return None

    def unused(self, book: Rulebook) -> Iterable[str]:
        """Yield a sentence for each comment that did nothing."""
        known = {rule.id for rule in book.rules}
        said = hints = 0
        for path, rows in sorted(self._all.items()):
            for row in rows:
                if (path, row.line, row.rule) in self._used:
                    continue
                said += 1
                if said <= MOST_NOTICES:
                    hints += _present(row.rule) not in known
                    yield f"{path}:{row.line}: {_unused(row, known, book.disabled, hint=hints <= MOST_HINTS)}"
        if said > MOST_NOTICES:
            yield f"{said - MOST_NOTICES:,} more comments with `langfit: ignore` do nothing; the first are named above."


def _unused(row: Suppression, known: Collection[str], disabled: Collection[str], *, hint: bool) -> str:
    """Return why a comment did nothing, and what to do about it."""
    rule = _present(row.rule)
    name = row.rule if rule in known or rule in disabled else shorten(row.rule)[1:-1]
    if not row.rule:
        return "a comment speaks to langfit and is not understood; write `langfit: ignore[rule] reason`"
    if not row.reason:
        return f"the suppression of {name} needs a reason and was not applied"
    if rule in disabled:
        return f"the suppression of {name} does nothing, since that rule is disabled; remove one of the two"
    if row.rule in ADVICE:
        return f"a comment cannot suppress {name}; write an [[ignore]] into langfit.toml"
    if rule not in known:
        near = _hint(row.rule, known) if hint else " `langfit rules` lists them."
        return f"the suppression of {name} was not applied, since there is no such rule.{near}"
    if not row.whole_file and not row.last:
        return f"the suppression of {name} covers no code, since none follows it"
    if row.whole_file:
        return f"the suppression of {name} matches no finding in this file; remove it"
    covered = f"line {row.first}" if row.first == row.last else f"lines {row.first} to {row.last}"
    return f"the suppression of {name} covers {covered}, where that rule finds nothing; move or remove it"


def _hint(name: str, known: Collection[str]) -> str:
    return did_you_mean(name, known) or " `langfit rules` lists them."


class _ConfigSuppressions:
    """Suppressions by langfit.toml, and which of them did something."""

    def __init__(self, asked: Requests) -> None:
        self._rows = asked.by_config
        self._chosen = [chooser(row.paths) for row in self._rows]
        self._seen = asked.seen
        self._of_rule: dict[str, list[int]] = {}
        self._at: dict[tuple[int, str], bool] = {}
        self._used: set[int] = set()

    def of(self, rule: str, path: str, anchor: str) -> ConfigSuppression | None:
        """Return the first row that means the rule at the path, or at the anchor of its component if there is one."""
        first = None
        for number in self._meaning(rule):
            if first is not None and number in self._used:
                continue
            if any(self._meets(number, place) for place in (path, anchor) if place):
                self._used.add(number)
                first = first or self._rows[number]
        return first

    def _meaning(self, rule: str) -> list[int]:
        """Return the rows that mean a rule."""
        if rule not in self._of_rule:
            names = {rule, *(old for old, new in RENAMED.items() if new == rule)} if self._rows else set()
            rows = enumerate(self._rows)
            self._of_rule[rule] = [n for n, row in rows if any(fnmatchcase(name, row.rule) for name in names)]
        return self._of_rule[rule]

    def _meets(self, number: int, place: str) -> bool:
        key = number, place
        if key not in self._at:
            if len(self._at) >= MOST_KEPT:
                self._at.clear()
            seen = self._seen(place)
            self._at[key] = seen is not None and self._chosen[number](seen)
        return self._at[key]

    def unused(self) -> Iterable[str]:
        """Yield a sentence for each row that did nothing."""
        said = [
            f"{row.where}:{row.line}: the suppression of {shorten(row.rule)[1:-1]} matches nothing; remove it"
            for number, row in enumerate(self._rows)
            if number not in self._used
        ]
        yield from few(said, "more such rows", MOST_NOTICES)
