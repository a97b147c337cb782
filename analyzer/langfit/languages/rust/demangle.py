"""Undoes the mangling of Rust symbols, legacy (`_ZN`) and v0 (`_R`), as far as paths go: type arguments are left out.

Back references of v0 can make short symbols mean endless ones, so steps and depth are bounded; what goes beyond them,
and what follows neither scheme, stays as it is.
https://doc.rust-lang.org/rustc/symbol-mangling/v0.html
"""

from __future__ import annotations

import re

DEEPEST = 200
MOST_STEPS = 5_000
LONGEST = 16_384  # characters of a symbol
ESCAPES = {
    "SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ",",
}  # fmt: skip
BASIC = {
    "a": "i8", "b": "bool", "c": "char", "d": "f64", "e": "str", "f": "f32", "h": "u8", "i": "isize", "j": "usize",
    "l": "i32", "m": "u32", "n": "i128", "o": "u128", "p": "_", "s": "i16", "t": "u16", "u": "()", "v": "...",
    "x": "i64", "y": "u64", "z": "!",
}  # fmt: skip
_LEGACY = re.compile(r"_?_?ZN(.*)$", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,5}")
_HASH = re.compile(r"h[0-9a-f]{16}$")
_ESCAPE = re.compile(r"\$(u[0-9a-f]{1,6}|[A-Z]{1,2})\$")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Bad(ValueError):
    """The symbol follows no scheme, or goes beyond the limits."""


def demangle(symbol: str) -> str:
    """Return the path that a symbol means; a symbol of no Rust code as it is."""
    if len(symbol) > LONGEST:
        return symbol
    try:
        if symbol.startswith(("_R", "__R")):
            return _V0(symbol.partition("R")[2].partition(".")[0]).symbol()
        if symbol.startswith(("_ZN", "__ZN", "ZN")):
            return _legacy(symbol)
    except (_Bad, IndexError):
        pass
    return symbol


def _legacy(symbol: str) -> str:
    match = _LEGACY.match(symbol)
    if match is None:
        raise _Bad
    text, at, parts = match[1], 0, []
    while at < len(text) and text[at] != "E":
        length = _LENGTH.match(text, at)
        if length is None:
            raise _Bad
        start = length.end()
        at = start + int(length[0])
        if at > len(text):
            raise _Bad
        parts.append(text[start:at])
    if len(parts) < 2 or not _HASH.match(parts[-1]) or at >= len(text):
        raise _Bad  # C++ has no hash at the end
    return "::".join(_plain(part) for part in parts[:-1])


def _plain(part: str) -> str:
    part = part[1:] if part.startswith("_$") else part
    return _ESCAPE.sub(_escaped, part.replace("..", "::"))


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    if code in ESCAPES:
        return ESCAPES[code]
    number = int(code[1:], 16) if code.startswith("u") else 0
    return chr(number) if 0x20 <= number < 0xD800 else match[0]


class _V0:
    """A reader of one symbol: a place in it, and what may still be done."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.steps = text, 0, 0

    def symbol(self) -> str:
        if self.text[:1].isdigit():
            raise _Bad  # a later version
        return self.path(0)

    def _step(self, depth: int) -> str:
        self.steps += 1
        if depth > DEEPEST or self.steps > MOST_STEPS:
            raise _Bad
        self.at += 1
        return self.text[self.at - 1]

    def _taken(self, mark: str) -> bool:
        if self.text[self.at : self.at + 1] != mark:
            return False
        self.at += 1
        return True

    def _number(self) -> int:
        """Read a number of base 62, which ends in `_`; `_` alone is 0."""
        if self._taken("_"):
            return 0
        found = 0
        for _ in range(12):
            digit = self.text[self.at]
            self.at += 1
            if digit == "_":
                return found + 1
            found = found * 62 + _DIGITS.index(digit) if digit in _DIGITS else -1
            if found < 0:
                raise _Bad
        raise _Bad

    def _identifier(self) -> tuple[str, int]:
        """Read a name with what tells it from others of this name."""
        number = self._number() + 1 if self._taken("s") else 0
        coded = self._taken("u")
        length = _LENGTH.match(self.text, self.at)
        if length is None:
            raise _Bad
        self.at = length.end()
        self._taken("_")
        name = self.text[self.at : self.at + int(length[0])]
        self.at += int(length[0])
        if self.at > len(self.text):
            raise _Bad
        if coded:
            head, _, tail = name.rpartition("_")
            try:
                name = (f"{head}-{tail}" if head else tail).encode("ascii").decode("punycode")
            except UnicodeError:
                raise _Bad from None
        return name, number

    def _back(self, depth: int, *, kind: bool) -> str:
        start = self.at - 1
        target = self._number()
        if target >= start:
            raise _Bad
        after, self.at = self.at, target
        found = self.type(depth + 1) if kind else self.path(depth + 1)
        self.at = after
        return found

    def path(self, depth: int) -> str:
        """Read a path."""
        mark = self._step(depth)
        if mark == "C":
            return self._identifier()[0]
        if mark in "MX":
            if self._taken("s"):
                self._number()
            home = self.path(depth + 1)
            kind = self.type(depth + 1)
            del home
            return f"<{kind}>" if mark == "M" else f"<{kind} as {self.path(depth + 1)}>"
        if mark == "Y":
            kind = self.type(depth + 1)
            return f"<{kind} as {self.path(depth + 1)}>"
        if mark == "N":
            space = self._step(depth)
            around = self.path(depth + 1)
            name, number = self._identifier()
            if space.isupper():
                word = {"C": "closure", "S": "shim"}.get(space, space)
                return self._cut(f"{around}::{{{word}{f':{name}' if name else ''}#{number}}}")
            return self._cut(f"{around}::{name}") if name else around
        if mark == "I":
            base = self.path(depth + 1)
            while not self._taken("E"):
                self._argument(depth + 1)
            return base
        if mark == "B":
            return self._back(depth, kind=False)
        raise _Bad

    def _cut(self, text: str) -> str:
        if len(text) > LONGEST:
            raise _Bad
        return text

    def _argument(self, depth: int) -> None:
        if self._taken("L"):
            self._number()
        elif self._taken("K"):
            self._constant(depth)
        else:
            self.type(depth)

    def _constant(self, depth: int) -> None:
        mark = self._step(depth)
        if mark == "p":
            return
        if mark == "B":
            self._number()
            return
        if mark not in BASIC:
            raise _Bad
        self._taken("n")
        while not self._taken("_"):
            if self._step(depth) not in "0123456789abcdef":
                raise _Bad

    def type(self, depth: int) -> str:
        """Read a type."""
        mark = self.text[self.at]
        if mark in BASIC:
            self._step(depth)
            return BASIC[mark]
        if mark not in "ASTRQPOFDB":
            return self.path(depth)
        self._step(depth)
        return self._compound(mark, depth + 1)

    def _compound(self, mark: str, depth: int) -> str:
        if mark == "B":
            return self._back(depth, kind=True)
        if mark in "RQ":
            if self._taken("L"):
                self._number()
            return f"&{self.type(depth)}"
        if mark in "PO":
            return f"*{self.type(depth)}"
        if mark in "AS":
            inner = self.type(depth)
            if mark == "A":
                self._constant(depth)
            return f"[{inner}]"
        if mark == "T":
            while not self._taken("E"):
                self.type(depth)
            return "(..)"
        if mark == "F":
            self._binder()
            self._taken("U")
            if self._taken("K") and not self._taken("C"):
                self._identifier()
            while not self._taken("E"):
                self.type(depth)
            self.type(depth)
            return "fn"
        return self._dyn(depth)

    def _binder(self) -> None:
        if self._taken("G"):
            self._number()

    def _dyn(self, depth: int) -> str:
        self._binder()
        first = ""
        while not self._taken("E"):
            name = self.path(depth)
            first = first or name
            while self._taken("p"):
                self._identifier()
                self.type(depth)
        if not self._taken("L"):
            raise _Bad
        self._number()
        return f"dyn {first}"
