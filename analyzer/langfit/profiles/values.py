"""What a file of measurements comes to: a profile, results of benchmarks, or remarks of a compiler.

Stacks are kept as numbers, not as rows: a stack of forty frames takes 160 bytes, so a file of 100 MB stays small.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from msgspec import MsgspecError, Struct

Kind = Literal["cpu", "heap", "allocs", "mutex", "block", "goroutine", "threadcreate", "stacks", "other"]

MOST_RAW = 128 << 20  # bytes of a file, unpacked
MOST_ROWS = 250_000  # symbols, functions, locations or strings
MOST_SAMPLES = 2_000_000
MOST_FRAMES = 8_000_000  # in all stacks: 32 MB of numbers
MOST_TEXT = 32 << 20  # bytes of all names
DEEPEST = 1_024  # frames of one stack, before inlined ones
LONGEST_NAME = 4_096  # characters of a name that are kept


BAD_JSON = (MsgspecError, RecursionError, UnicodeError)  # what decoding it may raise


class BadProfile(ValueError):
    """Say why a file cannot be read, as the end of a sentence, with what to do about it."""


class Source(NamedTuple):
    """A file to read, from disk or from a revision: what people call it, and how to open it, as often as needed."""

    path: str
    open: Callable[[], BinaryIO]
    beside: Callable[[str], bytes | None] = lambda _name: None  # a file of this name in the same folder


class Frame(NamedTuple):
    """A function as the file names it. `mark` is "kernel", "inlined" or "" for what the file says of it."""

    name: str
    file: str = ""  # of its source, or the program or library that holds it; "" where unknown
    mark: str = ""


class Column(NamedTuple):
    """One kind of value that every stack has: `samples` in `count`, `cpu` in `nanoseconds`."""

    type: str
    unit: str
    values: array[int]


class Profile(Struct, frozen=True, kw_only=True):
    """Stacks with what was measured for each: leaf first, as numbers of `frames`."""

    path: str
    kind: Kind
    frames: tuple[Frame, ...]
    stacks: array[int]  # all stacks one after the other
    ends: array[int]  # where each of them ends
    columns: tuple[Column, ...]
    main: int = 0  # number of the column that shares are of
    samples: int | None = None  # None where the file holds sums of something else
    period: int = 0  # of the sampler, in `period_unit`; 0 where unknown
    period_unit: str = ""
    duration: float = 0.0  # seconds; 0 where unknown
    cores: float | None = None  # how many were busy on average
    taken: int = 0  # seconds since 1970; 0 where unknown
    binary: str = ""  # last name of the path of the program
    mappings: tuple[str, ...] = ()  # last names of the programs and libraries in the process
    labels: dict[str, int] = {}  # key -> stacks that have it; values may be private and are not kept
    located: bool = True  # False where no frame has an address
    rows: int = 0
    negative: int = 0  # stacks with a negative value in the main column
    cut: int = 0  # stacks that are as deep as the sampler goes
    notes: tuple[str, ...] = ()  # sentences about the file

    def rows_of(self, column: int | None = None) -> Iterator[tuple[list[int], int]]:
        """Yield each stack, leaf first, with its value in a column, the main one unless another is named."""
        start = 0
        values = self.columns[self.main if column is None else column].values
        stacks = self.stacks
        for end, value in zip(self.ends, values, strict=True):
            yield stacks[start:end].tolist(), value
            start = end

    def total(self, column: int | None = None) -> int:
        """Return the sum of a column, of the main one unless another is named."""
        return sum(self.columns[self.main if column is None else column].values)

    def column(self, name: str) -> int | None:
        """Return the number of the column of this type, None where there is none."""
        return next((number for number, column in enumerate(self.columns) if column.type == name), None)


class Result(NamedTuple):
    """A benchmark: the middle of its runs with the least and the greatest, by unit."""

    package: str  # "" where the file does not say
    name: str
    runs: int
    values: dict[str, tuple[float, float, float]]  # unit -> middle, least, greatest


class Results(Struct, frozen=True):
    """What benchmarks came to."""

    path: str
    kind: str  # the format
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()


class Remark(NamedTuple):
    """What a compiler or linter says of a place."""

    path: str  # as the file has it: see `Remarks.packages` for what it is relative to
    line: int
    column: int
    code: str  # `escape`, `no-escape`, `clippy::ptr_arg` ...
    message: str
    package: str = ""
    level: str = ""


class Remarks(Struct, frozen=True):
    """What a compiler or linter said."""

    path: str
    kind: str
    remarks: tuple[Remark, ...]
    version: str = ""  # of the compiler, where the file says it
    notes: tuple[str, ...] = ()


Read = Profile | Results | Remarks


class Stacks:
    """Collects stacks; every bound on their number is here."""

    def __init__(self, columns: int) -> None:
        self.known: dict[Frame, int] = {}
        self.stacks: array[int] = array("I")
        self.ends: array[int] = array("I")
        self.values: tuple[array[int], ...] = tuple(array("q") for _ in range(columns))
        self._text = 0

    def frame(self, name: str, file: str = "", mark: str = "") -> int:
        """Return the number of a frame. Raises BadProfile for too many."""
        found = self.known.get((name, file, mark))  # type: ignore[call-overload] # a frame is such a tuple
        if found is not None:
            return int(found)
        key = Frame(name[:LONGEST_NAME], file[:LONGEST_NAME], mark)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = len(self.known)
            self._text += len(key.name) + len(key.file)
            if found >= MOST_ROWS or self._text > MOST_TEXT:
                raise BadProfile(f"it names more than {MOST_ROWS:,} functions; take a shorter one")
        return found

    def add(self, stack: list[int], *values: int) -> None:
        """Add a stack, leaf first, with its values. Raises BadProfile for too many, and for values beyond 64 bits."""
        self.stacks.extend(stack)
        self.ends.append(len(self.stacks))
        if len(self.ends) > MOST_SAMPLES or len(self.stacks) > MOST_FRAMES:
            raise BadProfile(f"its stacks have more than {MOST_FRAMES:,} frames; take a shorter one")
        try:
            for column, value in zip(self.values, values, strict=True):
                column.append(value)
        except OverflowError:
            raise BadProfile("it holds a number of more than 64 bits") from None

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All frames by number."""
        return tuple(self.known)
