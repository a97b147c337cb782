"""What a look at a Rust file tells without a parser: its mark, and the modules and files that it brings in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from langfit.language import Skimmed
from langfit.languages.rust.attributes import PATH
from langfit.languages.rust.head import mark_of
from langfit.model.repository import Declaration
from langfit.parsing.lines import blanked

MOST = 2_000  # modules of one file

_NO_CODE = re.compile(rb"//[^\n]*|/\*.*?\*/|(?P<text>\"(?:\\.|[^\"\\])*\")", re.DOTALL)
_MODULE = re.compile(
    rb"(?P<attributes>(?:#\[[^\]]*\]\s*)*)(?:pub(?:\s*\([^)]*\))?\s+)?(?<![\w.])mod\s+(?:r#)?(?P<name>\w+)\s*;"
)
_INCLUDE = re.compile(rb"\binclude!\s*[({\[]\s*\"(?P<path>[^\"\n]+\.rs)\"")


def skim(data: bytes) -> Skimmed:
    """Return the mark of a file and what it brings in; modules inside inline modules are taken for its own."""
    if b"mod " not in data and b"include!" not in data:
        return Skimmed(mark_of(data), (), ())
    comments = [match.span() for match in _NO_CODE.finditer(data) if match["text"] is None]
    return Skimmed(mark_of(data), (), tuple(_modules(blanked(data, comments)))[:MOST])


def _modules(code: bytes) -> Iterator[Declaration]:
    for match in _MODULE.finditer(code):
        attributes = match["attributes"].decode("utf-8", "replace")
        detail = [f"path={path}" for path in PATH.findall(attributes)[:5]]
        yield Declaration("module", match["name"].decode("utf-8", "replace")[:200], " ".join(detail), 1)
    for match in _INCLUDE.finditer(code):
        yield Declaration("include", match["path"].decode("utf-8", "replace")[:200], "", 1)
