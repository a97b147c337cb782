"""What a parsed file is: its sites, functions, imports and declarations, as long as one process works on it.

Facts describe bytes. They hold no path, no weight and no wording, and never leave the process that made them: what
crosses to another one, and what is cached, is a `FileSummary`.
"""

from __future__ import annotations

from typing import NamedTuple

from langfit.model.repository import Declaration
from langfit.model.summary import Suppression, SyntaxErrors
from langfit.parsing.lines import Positions
from langfit.parsing.sites import SiteTable


class Function(NamedTuple):
    """A function or method with a name: tests and closures are none."""

    name: str  # with its receiver: `Table.Get`
    start: int  # bytes
    end: int
    tokens: int
    traits: frozenset[str]
    loop: int = -1  # the first byte of the loop that makes it a kernel; -1 for none
    types: tuple[str, ...] = ()  # in its signature, beyond numbers, text and slices of them


class FoundImport(NamedTuple):
    """An import: its path, the byte where it is declared or first used, and the names of it that are used."""

    path: str
    start: int
    uses: tuple[str, ...] = ()


class Extracted(NamedTuple):
    """What the extractor of a language finds in a file."""

    sites: SiteTable
    functions: list[Function]
    imports: list[FoundImport]
    declarations: list[Declaration]
    exported: int  # top-level names
    tests: list[tuple[int, int]]  # bytes of in-file tests, outermost ones, sorted


class Facts(NamedTuple):
    """All that is known of the bytes of one source file."""

    data: bytes
    positions: Positions
    sites: SiteTable
    functions: list[Function]
    imports: list[FoundImport]
    declarations: list[Declaration]
    suppressions: tuple[Suppression, ...]
    exported: int
    lines: int
    tokens: int
    errors: SyntaxErrors | None
    overflowed: bool
