"""What a deliverable is built on: libraries that the other language has not, and those that it has in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from langfit.evidence.imports import prefixes
from langfit.evidence.totals import Tally
from langfit.languages import LANGUAGES
from langfit.model.report import Lacking
from langfit.model.repository import LanguageId
from langfit.model.rule import Rulebook


def missing_of(tally: Tally, language: LanguageId, book: Rulebook) -> tuple[str, ...]:
    """Return the libraries on the main path of some code that the other language has no equivalent for."""
    return tuple(name for name in _main_path(tally, book) if _state(name, language, book.equivalents) == "none")


def lacking_of(
    tally: Tally, language: LanguageId, places: Mapping[str, tuple[str, int]], book: Rulebook
) -> tuple[Lacking, ...]:
    """Return the libraries on the main path of which the other language has something fuller, the most used first.

    `places` gives the first import of each library.
    """
    found = []
    for name in _main_path(tally, book):
        fuller = _state(name, language, book.fuller)
        if fuller and name in places:
            share = round(tally.imports[name] / max(1, tally.size.files), 4)
            found.append(Lacking(name, fuller, share, *places[name]))
    return tuple(found)


def _main_path(tally: Tally, book: Rulebook) -> Iterable[str]:
    least = book.thresholds.main_path * max(1, tally.size.files)
    rows = [(-number, name) for name, number in tally.imports.items() if number >= least]
    return [name for _, name in sorted(rows)]


def _state(name: str, language: LanguageId, table: Mapping[str, str]) -> str:
    """Return what a table has for a library, by the longest row that covers it."""
    for prefix in prefixes(name, LANGUAGES[language].separator):
        found = table.get(f"{language}:{prefix}") or table.get(f"{language}:{prefix.replace('_', '-')}")
        if found:
            return found
    return ""
