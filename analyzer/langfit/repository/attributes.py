"""The two lines of `.gitattributes` that say what people wrote: linguist-generated and linguist-vendored.

gitattributes(5): later lines win over earlier ones, files in deeper folders over files above them; a pattern that
matches a folder says nothing of the files inside, and patterns cannot be negated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from langfit.globs import Glob, Patterns, Room, parse_body, patterns_of

GENERATED = b"linguist-generated"
VENDORED = b"linguist-vendored"
NAMES = (GENERATED, VENDORED)
LARGEST = 1 << 20  # bytes; longer attribute files are cut there
LONGEST = 2048  # bytes of a line; git leaves out longer ones as well
MARK = b"\xef\xbb\xbf"  # that some editors put before UTF-8
MACRO = b"[attr]"

BLANK = b" \t\r"
WORDS = re.compile(rb"[^ \t\r]+")
WORD = re.compile(rb"([-!]?)((?!builtin_)[A-Za-z0-9_.][-A-Za-z0-9_.]*)(?:=(.*))?", re.DOTALL)
QUOTED = re.compile(rb'"((?:[^"\\]|\\(?:[abfnrtv"\\]|[0-3][0-7]{2}))*)"')
ESCAPED = re.compile(rb"\\([abfnrtv\"\\]|[0-7]{3})")
LETTERS = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))

State = bool | None  # None for back to unspecified


class Attribute(Struct, frozen=True):
    """What one file says of one attribute: patterns, and the state that each of them gives."""

    patterns: Patterns
    states: tuple[State, ...]


Attributes = dict[bytes, Attribute]  # of one file, by name


def parse(data: bytes, room: Room | None = None) -> Attributes:
    """Return what one `.gitattributes` file says of NAMES.

    Never raises: git, too, goes on past lines that it does not understand.
    """
    if not any(name in data for name in NAMES):
        return {}
    rows: dict[bytes, list[tuple[Glob, State]]] = {}
    for raw in data[:LARGEST].removeprefix(MARK).split(b"\n"):
        pattern, states = _line(raw.partition(b"\0")[0])
        if pattern is not None and states:
            for name, state in states.items():
                rows.setdefault(name, []).append((pattern, state))
    room = room or Room()
    return {
        name: Attribute(patterns_of((pattern for pattern, _ in found), room), tuple(state for _, state in found))
        for name, found in rows.items()
    }


def left_out(attributes: Attributes) -> int:
    """Return how many lines there was no room for."""
    return max((said.patterns.left for said in attributes.values()), default=0)


def decide(
    path: bytes, of_folder: Callable[[bytes], Attributes], folders: Iterable[bytes] | None = None
) -> tuple[State, State]:
    """Return what holds for the file at `path`: (generated, vendored), None where nothing is said.

    `of_folder` gives the parsed attribute file of a folder (b"" for the root). `folders` are those above the file that
    have one, the deepest one first, where somebody knows them: paths may be thousands of folders deep.
    """
    found: dict[bytes, State] = {}
    for folder in _above(path) if folders is None else folders:
        inside = path[len(folder) + 1 :] if folder else path
        for name, said in of_folder(folder).items():
            number = -1 if name in found else said.patterns.last(inside)
            if number >= 0:
                found[name] = said.states[number]
        if len(found) == len(NAMES):
            break
    return found.get(GENERATED), found.get(VENDORED)


def _above(path: bytes) -> Iterator[bytes]:
    while path:
        path = path.rpartition(b"/")[0]
        yield path


def _line(raw: bytes) -> tuple[Glob | None, dict[bytes, State]]:
    """Return the pattern of a line and what it says of NAMES; None for a line that says nothing."""
    line = raw.strip(BLANK)
    if not line or line.startswith(b"#") or len(raw) >= LONGEST:
        return None, {}
    quoted = QUOTED.match(line)
    if quoted is not None:
        body, rest = ESCAPED.sub(_unescaped, quoted[1]), line[quoted.end() :]
    else:
        body = WORDS.findall(line)[0]
        rest = line[len(body) :]
    if body.startswith(MACRO) and body != MACRO:
        return None, {}
    glob, states = parse_body(body), _states(WORDS.findall(rest))
    return (None if glob.negated else glob), states


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    return bytes([int(sign, 8)]) if len(sign) > 1 else bytes([LETTERS.get(sign[0], sign[0])])


def _states(words: Iterable[bytes]) -> dict[bytes, State]:
    """Return what the words of a line say of NAMES; nothing at all where one of them cannot be an attribute."""
    found: dict[bytes, State] = {}
    for word in words:
        read = WORD.fullmatch(word)
        if read is None:
            return {}
        if read[2] in NAMES:
            # A value as linguist reads it; git has one only without a sign.
            found[read[2]] = None if read[1] == b"!" else read[1] != b"-" and read[3] != b"false"
    return found
