"""The languages that langfit reads: a folder each, found by being here. `language` and `LANGUAGES` are the way in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from langfit.language import Language
from langfit.model.repository import LanguageId

__all__ = ["LANGUAGES", "Language", "language", "language_of", "opposite"]


def _found() -> dict[LanguageId, Language]:
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob("*/sites.scm"))
    return {name: import_module(f"{__name__}.{name}").LANGUAGE for name in folders}


LANGUAGES: MappingProxyType[LanguageId, Language] = MappingProxyType(_found())
_BY_SUFFIX = {spoken.suffix: spoken for spoken in LANGUAGES.values()}
_LONGEST = max(map(len, _BY_SUFFIX))


def language(name: LanguageId) -> Language:
    """Return the language with this id. Raises KeyError for another one."""
    return LANGUAGES[name]


def language_of(path: str) -> Language | None:
    """Return the language of a source file by its name, case-sensitive as the compilers have it; None for others."""
    return _BY_SUFFIX.get(path[path.rfind(".", -_LONGEST) :]) if "." in path[-_LONGEST:] else None


def opposite(name: LanguageId) -> Language:
    """Return the language at the other end of the lean."""
    return next(spoken for spoken in LANGUAGES.values() if spoken.pole == -LANGUAGES[name].pole)
