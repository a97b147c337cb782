"""What the answer for one deliverable or component hangs on, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from langfit.fit.score import points_of, score_of
from langfit.formats.about import WHY_NOT, advice_text, evidence_words
from langfit.formats.words import Name, Words, plain
from langfit.languages import LANGUAGES, opposite
from langfit.model.errors import LangfitError
from langfit.model.evidence import Evidence, percent
from langfit.model.report import Component, Deliverable, Report
from langfit.model.rule import Rulebook
from langfit.toml.diagnostics import did_you_mean

MOST = 12  # rows of evidence


def found(report: Report, name: str) -> Deliverable | Component:
    """Return the deliverable or component with a name, or with the last part of one that only it has.

    Raises LangfitError for a name that there is not, or that several have.
    """
    rows: list[Deliverable | Component] = [*report.deliverables, *report.components]
    exact = [row for row in rows if row.name == name]
    if exact:
        return exact[0]
    alike = [row for row in rows if row.name.endswith((f"/{name}", f"::{name}")) or row.root == name]
    if len({row.name for row in alike}) == 1:
        return alike[0]
    if alike:
        raise LangfitError(
            f"Several are called {name}: {', '.join(row.name for row in alike[:5])}; name one of them whole."
        )
    near = did_you_mean(name, [row.name for row in rows])
    raise LangfitError(f"There is no deliverable or component {name}.{near or ' `langfit components` lists all.'}")


def lines_of(report: Report, name: str, book: Rulebook) -> list[Words]:
    """Return what an answer hangs on, line by line."""
    row = found(report, name)
    lines: list[Words] = [(Name(row.name), f": {_answer(row)}")]
    lines.append((_lean(row, book),))
    evidence = (*row.for_, *row.against)
    lines += _table(evidence, row.language, book)
    lines += [(text,) for text in _changes(evidence, row, book)]
    if isinstance(row, Deliverable):
        lines += [(f"What would refute it: {row.refute}",)] if row.refute else []
    return lines


def _answer(row: Deliverable | Component) -> str:
    if isinstance(row, Deliverable):
        return f"{advice_text(row)}, {row.advice.reason}. {row.advice.sentence}"
    if row.fit.suits is None:
        return f"suits neither language more: {WHY_NOT.get(row.fit.why, 'no evidence')}."
    return f"suits {LANGUAGES[row.fit.suits].name}."


def _lean(row: Deliverable | Component, book: Rulebook) -> str:
    marks = book.thresholds
    here, there = LANGUAGES[row.language].name, opposite(row.language).name
    said = (
        f"Its lean is {row.fit.lean:+.2f}, from -1 for Go to +1 for Rust. It suits {here} from {marks.suits:.2f} on"
        f" towards {here}, and {there} from {marks.leave:.2f} on towards {there}."
    )
    if row.fit.suits is not None:
        said += f" Of answers with such a lean {percent(row.fit.confidence)} are expected to be right."
    return said


def _table(evidence: Iterable[Evidence], language: str, book: Rulebook) -> list[Words]:
    rows = sorted(evidence, key=lambda row: -points_of(row, book))
    counted = [row for row in rows if points_of(row, book) > 0]
    found: list[Words] = []
    for row in counted[:MOST]:
        sign = "for" if row.suits == language else "against"
        found.append((f"{points_of(row, book):.2f} points {sign}: ", *evidence_words(row)))
    if len(counted) > MOST:
        found.append((f"{len(counted) - MOST} more with fewer points",))
    return found


def _changes(evidence: Sequence[Evidence], row: Deliverable | Component, book: Rulebook) -> list[str]:
    """Return what would change the answer: rules without which it would be another one, and how far the lean is off."""
    marks = book.thresholds
    scales = score_of(evidence, book)
    found = []
    for one in evidence:
        if points_of(one, book) > 0:
            rest = score_of((other for other in evidence if other is not one), book)
            if _side(rest.lean, row.language, book) != _side(scales.lean, row.language, book):
                found.append(f"Without {one.rule} the lean would be {rest.lean:+.2f}, which is another answer.")
    pole = LANGUAGES[row.language].pole
    away = marks.suits - row.fit.lean * pole if row.fit.suits is None else abs(row.fit.lean) - marks.suits
    if row.fit.suits is None and away > 0:
        found.append(f"It is {away:.2f} short of suiting {LANGUAGES[row.language].name}.")
    return found or ["No single rule would change the answer."]


def _side(lean: float, language: str, book: Rulebook) -> str:
    own = lean * LANGUAGES[language].pole
    if own >= book.thresholds.suits:
        return "own"
    return "other" if -own >= book.thresholds.leave else "neither"


def text_of(report: Report, name: str, book: Rulebook) -> str:
    """Return the page as text."""
    first, *rest = lines_of(report, name, book)
    return "\n".join([plain(first), *(f"  - {plain(line)}" for line in rest)])
