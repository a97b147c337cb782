"""Many patterns at once: parsed from lines as dir.c does, looked up where that suffices, tried where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, structs

from langfit.globs.wildmatch import expression_of

MOST = 200_000  # patterns that one scan takes from the repository: they need 30 MB
MOST_WILD = 256 << 10  # bytes of those with wildcards in the middle: each byte takes 20 us to make sense of
MOST_WILD_OF_FILE = 64 << 10  # and each path below the file is tried against all of them
EXTRA = 16  # bytes that a pattern counts for beside its own

WILD = re.compile(rb"[*?\[]")
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class Room(Struct):
    """How many more patterns may be taken in."""

    patterns: int = MOST
    wild: int = MOST_WILD  # in bytes


class Glob(Struct, frozen=True):
    """One pattern, taken apart."""

    body: bytes  # without `!`, and without the slash at its end
    negated: bool = False
    folders: bool = False  # means folders alone
    named: bool = False  # without a slash: means the last part of a path


class Wild(Struct, frozen=True):
    """Patterns to be tried, the last line first: one group of the expression for each."""

    expression: re.Pattern[bytes]
    numbers: tuple[int, ...]

    def last(self, text: bytes) -> int:
        """Return the number of the last pattern that means a text; -1 for none."""
        found = self.expression.fullmatch(text)
        return self.numbers[(found.lastindex or 1) - 1] if found is not None else -1


class Table(Struct, frozen=True):
    """Patterns by what they are compared with, each with the number of the last line that has it.

    `ends` (of `*.o`) and `starts` (of `core.*`) are told apart by length, so that a name is cut once for each.
    """

    names: dict[bytes, int] = {}
    paths: dict[bytes, int] = {}
    ends: dict[int, dict[bytes, int]] = {}
    starts: dict[int, dict[bytes, int]] = {}
    wild_names: Wild | None = None
    wild_paths: Wild | None = None

    def last(self, path: bytes, name: bytes) -> int:
        """Return the number of the last pattern that means a path; -1 for none."""
        best = max(self.names.get(name, -1), self.paths.get(path, -1))
        size = len(name)
        for length, table in self.ends.items():
            if length <= size:
                best = max(best, table.get(name[size - length :], -1))
        for length, table in self.starts.items():
            if length <= size:
                best = max(best, table.get(name[:length], -1))
        if self.wild_names is not None:
            best = max(best, self.wild_names.last(name))
        if self.wild_paths is not None:
            best = max(best, self.wild_paths.last(path))
        return best


class Patterns(Struct, frozen=True):
    """The patterns of one file, by number."""

    every: Table
    folders: Table  # of patterns that mean folders alone
    negated: frozenset[int]
    unusable: int = 0  # how many git can do nothing with: they mean nothing
    first_unusable: int = -1
    left: int = 0  # for how many there was no room

    def last(self, path: bytes, *, folder: bool = False) -> int:
        """Return the number of the last pattern that means a path itself; -1 for none."""
        name = path[path.rfind(b"/") + 1 :]
        best = self.every.last(path, name)
        return max(best, self.folders.last(path, name)) if folder else best


NOTHING = Patterns(Table(), Table(), frozenset())


def parse(line: bytes) -> Glob | None:
    """Return the pattern on a line of a .gitignore; None for a blank line and for a comment."""
    text = _without_spaces(line.partition(b"\0")[0])
    return parse_body(text) if text and not text.startswith(b"#") else None


def parse_body(text: bytes) -> Glob:
    """Return the pattern that a text is."""
    negated = text.startswith(b"!")
    body = text[negated:]
    folders = body.endswith(b"/")
    body = body[: len(body) - folders]
    return Glob(body, negated, folders, b"/" not in body)


def _without_spaces(text: bytes) -> bytes:
    """Return a line without spaces at its end, but for an escaped one."""
    bare = text.rstrip(b" ")
    escaped = bare != text and (len(bare) - len(bare.rstrip(b"\\"))) % 2
    return bare + b" " if escaped else bare


def patterns_of(globs: Iterable[Glob | None], room: Room | None = None, most_wild: int = MOST_WILD_OF_FILE) -> Patterns:
    """Return patterns ready to be asked, numbered as they come; None takes a number and means nothing."""
    room = room or Room()
    plain: tuple[Table, Table] = (Table(), Table())
    wild: dict[tuple[bool, bool], list[tuple[int, bytes]]] = {}
    negated: set[int] = set()
    unusable: list[int] = []
    tried = left = 0
    for number, glob in enumerate(globs):
        if glob is None:
            continue
        hard = hardness(glob)
        if room.patterns <= 0 or (hard and (hard > room.wild or tried + hard > most_wild)):
            left += 1
            continue
        expression = expression_of(glob.body, named=glob.named) if hard else b""
        if expression is None or not glob.body:
            unusable.append(number)
        else:
            if hard:
                wild.setdefault((glob.folders, glob.named), []).append((number, expression))
            else:
                _look_up(plain[glob.folders], glob, number)
            room.patterns -= 1
            room.wild -= hard
            tried += hard
            if glob.negated:
                negated.add(number)
    every, folders = (
        structs.replace(table, wild_names=_joined(wild.get((own, True))), wild_paths=_joined(wild.get((own, False))))
        for own, table in zip((False, True), plain, strict=True)
    )
    return Patterns(every, folders, frozenset(negated), len(unusable), unusable[0] if unusable else -1, left)


def hardness(glob: Glob) -> int:
    """Return the bytes that a pattern counts for; 0 for one that is looked up."""
    return 0 if _is_plain(glob) else len(glob.body) + EXTRA


def _is_plain(glob: Glob) -> bool:
    """Tell whether a pattern can be looked up."""
    rest = glob.body
    if glob.named and rest.startswith(b"*"):
        return not WILD.search(rest, 1) and b"\\" not in rest
    if glob.named and rest.endswith(b"*"):
        return not WILD.search(rest, 0, len(rest) - 1) and b"\\" not in rest
    return not WILD.search(rest) and not (len(rest) - len(rest.rstrip(b"\\"))) % 2


def _look_up(table: Table, glob: Glob, number: int) -> None:
    """Put a plain pattern where it is looked up."""
    body = glob.body
    if not glob.named:
        table.paths[ESCAPED.sub(rb"\1", body.removeprefix(b"/"))] = number
    elif body.startswith(b"*"):
        table.ends.setdefault(len(body) - 1, {})[body[1:]] = number
    elif body.endswith(b"*"):
        table.starts.setdefault(len(body) - 1, {})[body[:-1]] = number
    else:
        table.names[ESCAPED.sub(rb"\1", body)] = number


def _joined(rows: list[tuple[int, bytes]] | None) -> Wild | None:
    if not rows:
        return None
    last_first = rows[::-1]
    expression = b"|".join(b"(" + row + b")" for _, row in last_first)
    return Wild(re.compile(expression, re.DOTALL), tuple(number for number, _ in last_first))
