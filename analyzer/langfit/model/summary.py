"""What the bytes of one source file come to: facts without a path, a weight or a wording, as they are cached.

Numbers have bounds, since a cache may be written by others: what is decoded is within them.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from langfit.model.bounds import LAST_LINE, Line, Share
from langfit.model.repository import Declaration

Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Place = Annotated[int, Meta(ge=1, le=LAST_LINE)]  # a line or a column
Mark = Annotated[str, Meta(pattern=r"^(?:generated|copied)?\Z")]


class Span(Struct, frozen=True, order=True, array_like=True):
    """A place in a file: 1-based lines and columns in code points; the last column is exclusive.

    `shift` and `last_shift` are what UTF-16 columns are larger by: one for each character beyond the first plane.
    """

    line: Place
    column: Place
    last_line: Place
    last_column: Place
    shift: Count = 0
    last_shift: Count = 0


class Hit(Struct, frozen=True, array_like=True):
    """A site that a measure selects, before it is known whether a rule reports it."""

    measure: Count
    span: Span
    function: str
    name: str
    fingerprint: str  # of its line
    code: str  # its line, cut


class Measured(Struct, frozen=True, array_like=True):
    """What one measure comes to in one file, and the place that carries it: the first in the densest function."""

    measure: Count
    amount: Count  # in the raw unit of the measure: sites, tokens or functions
    lines: Count  # of the functions that a measure of functions selects, else 0
    functions: Count  # likewise
    dense: Count  # amount in the densest function
    line: Place
    column: Place
    code: str


class Defined(Struct, frozen=True, array_like=True):
    """A function that others may call, or that computes."""

    name: str  # with its receiver: `Table.Get`
    line: Place
    lines: Count
    tokens: Count
    kernel: bool
    callback: bool  # it takes a function
    types: tuple[str, ...]  # in its signature, beyond numbers, text and slices of them


class Called(Struct, frozen=True, array_like=True):
    """The calls of one name in one file, tests left out."""

    name: str  # `path.Name`, `.Name` on a value, or a plain name
    calls: Count
    in_loops: Count
    line: Place  # of the first one, inside a loop where there is one


class Links(Struct, frozen=True, array_like=True):
    """What a file offers to others and what it calls: from these the boundary of a kernel is read."""

    defined: tuple[Defined, ...]
    called: tuple[Called, ...]


class Import(Struct, frozen=True, array_like=True):
    """An import of a file, where it stands, and the names of it that the file uses (empty where unknown)."""

    path: str
    line: Place
    column: Place
    uses: tuple[str, ...] = ()


class Suppression(Struct, frozen=True, array_like=True):
    """A rule named by a comment `langfit: ignore[rule] reason`, and the lines that it covers."""

    line: Place  # of the comment
    rule: str
    reason: str
    first: Line  # covered lines, inclusive; 0 and 0 where nothing follows
    last: Line
    whole_file: bool = False


PREPROCESSOR = "lines for a preprocessor"  # as the gap of a file that is of another language


class SyntaxErrors(Struct, frozen=True, array_like=True):
    """What does not parse in a file."""

    line: Place  # of the first error
    share: Share  # of its code bytes that stand inside error nodes, 0..1
    gap: str = ""  # the construct that the grammar does not know, "" for an ordinary error


class FileSummary(Struct, frozen=True, array_like=True, kw_only=True):
    """What one blob comes to under the measures of a rule book."""

    lines: Count = 0  # that hold code: neither blank nor comment only, in-file tests left out
    tokens: Count = 0  # names, keywords and numbers of these
    all_lines: Count = 0
    mark: Mark = ""  # "generated" or "copied", where the head of the file says so
    parsed: bool = False  # False for a file that was skimmed
    exported: Count = 0  # top-level names
    functions: Count = 0
    function_tokens: Count = 0
    measured: tuple[Measured, ...] = ()
    hits: bytes = b""  # packed Hits; decoded only for components that report them
    links: bytes = b""  # packed Links; decoded only where a kernel is near
    imports: tuple[Import, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    errors: SyntaxErrors | None = None
    overflowed: bool = False  # the query lost matches
