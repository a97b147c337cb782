"""What people asked to leave out: by a comment beside the code, or by an `[[ignore]]` of langfit.toml.

An ignore is applied only with a reason, and one that matches nothing is reported, so that none outlives its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from msgspec import structs

from langfit.globs import chooser
from langfit.model import Finding, Ignore, Rulebook, Standing, Suppressed, Verdict
from langfit.toml.mistakes import Mistake, nearest, quoted

VERDICTS = ("langfit/move", "langfit/split")  # verdicts that ask for something, as an [[ignore]] names them


class Kept(NamedTuple):
    """What is left, what was left out, and sentences about ignores that did nothing."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    verdicts: tuple[Verdict, ...]
    notices: tuple[str, ...]


class Asked(NamedTuple):
    """All ignores of one scan. `seen` gives a path as the patterns of `standing` see it, None where they do not."""

    comments: tuple[Ignore, ...]
    standing: tuple[Standing, ...]
    seen: Callable[[str], str | None] = lambda path: path


def apply(
    findings: Iterable[Finding], verdicts: Iterable[Verdict], asked: Asked, anchors: Mapping[str, str], book: Rulebook
) -> Kept:
    """Sort findings into kept and suppressed ones, and mark ignored verdicts, which stay to be seen.

    `anchors` gives the manifest (or first file) of a component: an [[ignore]] meets what is said of a component by
    that path as well as by the one where it is shown.
    """
    beside = _Beside(asked.comments)
    outside = _Outside(asked, anchors)
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        comment = beside.of(finding)
        standing = outside.of(finding.rule, finding.path, finding.component if finding.level == "component" else "")
        if comment is not None:
            suppressed.append(Suppressed(finding, comment.reason, "inSource"))
        elif standing is not None:
            suppressed.append(Suppressed(finding, standing.reason, "external"))
        else:
            kept.append(finding)
    answers = []
    for verdict in verdicts:
        standing = outside.of(f"langfit/{verdict.answer}", verdict.path, verdict.component)
        answers.append(structs.replace(verdict, ignored=standing.reason) if standing else verdict)
    notices = (*beside.idle(book), *outside.idle())
    return Kept(tuple(kept), tuple(suppressed), tuple(answers), notices)


def mistakes_of(standing: Iterable[Standing], book: Rulebook) -> list[Mistake]:
    """A mistake for each [[ignore]] whose rule or glob means nothing that there is."""
    known = (*(rule.id for rule in book.rules), *book.disabled, *VERDICTS)
    return [
        Mistake(row.where, row.line, f"There is no rule {quoted(row.rule)}.{_hint(row.rule, known)}")
        for row in standing
        if not any(fnmatchcase(name, row.rule) for name in known)
    ]


class _Beside:
    """Ignores by comments, and which of them did something."""

    def __init__(self, comments: tuple[Ignore, ...]) -> None:
        self._all = comments
        self._lines = {
            (row.path, row.line + step, row.rule): row
            for row in comments
            for step in (0, 1)
            if row.reason and not row.whole_file
        }
        self._files = {(row.path, row.rule): row for row in comments if row.reason and row.whole_file}
        self._used: set[Ignore] = set()

    def of(self, finding: Finding) -> Ignore | None:
        found = self._lines.get((finding.path, finding.span.line, finding.rule))
        found = found or self._files.get((finding.path, finding.rule))
        if found is not None:
            self._used.add(found)
        return found

    def idle(self, book: Rulebook) -> Iterable[str]:
        known = {rule.id for rule in book.rules}
        for row in self._all:
            if row not in self._used:
                yield f"{row.path}:{row.line}: {_idle(row, known, book.disabled)}"


def _idle(row: Ignore, known: Collection[str], disabled: Collection[str]) -> str:
    """Why a comment did nothing, and what to do about it."""
    name = row.rule if row.rule in known or row.rule in disabled else quoted(row.rule)[1:-1]
    if not row.reason:
        return f"the ignore of {name} needs a reason and was not applied"
    if row.rule in disabled:
        return f"the ignore of {name} is idle, since that rule is disabled; remove one of the two"
    if row.rule in VERDICTS:
        return f"a comment cannot ignore {name}; write an [[ignore]] into langfit.toml"
    if row.rule not in known:
        hint = _hint(row.rule, known)
        return f"the ignore of {name} was not applied, since there is no such rule.{hint}"
    return f"the ignore of {name} matches no finding; remove it"


def _hint(name: str, known: Collection[str]) -> str:
    return nearest(name, known) or " `langfit rules` lists them."


class _Outside:
    """Ignores by langfit.toml, and which of them did something."""

    def __init__(self, asked: Asked, anchors: Mapping[str, str]) -> None:
        self._rows = [(row, chooser(row.paths)) for row in asked.standing]
        self._seen = asked.seen
        self._anchors = anchors
        self._used: set[int] = set()

    def of(self, rule: str, path: str, component: str) -> Standing | None:
        """The first that means the rule at the path, or at the anchor of the component if one is given."""
        first = None
        for number, (row, chosen) in enumerate(self._rows):
            if not fnmatchcase(rule, row.rule) or not self._meets(chosen, path, component):
                continue
            if rule.startswith("langfit/") and rule not in VERDICTS:
                continue
            self._used.add(number)
            first = first or row
        return first

    def _meets(self, chosen: Callable[[str], bool], path: str, component: str) -> bool:
        places = {path, self._anchors.get(component, "") if component else ""} - {""}
        return any((seen := self._seen(place)) is not None and chosen(seen) for place in places)

    def idle(self) -> Iterable[str]:
        for number, (row, _) in enumerate(self._rows):
            if number not in self._used:
                yield f"{row.where}:{row.line}: the ignore of {quoted(row.rule)[1:-1]} matches nothing; remove it"
