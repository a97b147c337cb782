"""Mistakes in TOML files that people write, gathered so that all of them are shown together, each with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import tomli

from langfit.toml.places import MOST_LEVELS, levels, places

MOST_BYTES = 1 << 20  # the largest shipped table has a twentieth of it
MOST_SHOWN = 60  # characters of a wrong value that a sentence repeats
MOST_DIGITS = 4_000  # Python refuses to read longer integers


class Mistake(NamedTuple):
    """A sentence about a line of a file, or with line 0 about something that is no file, as a flag."""

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}" if self.line else f"{self.path}: {self.sentence}"


def quoted(value: object) -> str:
    """A wrong value as a sentence shows it: short, on one line."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


def nearest(value: str, known: Collection[str]) -> str:
    """The known name that is most like a wrong one, as the end of a sentence; "" when none is like it."""
    near = get_close_matches(value[: MOST_SHOWN * 2], sorted(known), 1)
    return f" Did you mean {near[0]!r}?" if near else ""


class Page:
    """One TOML file under inspection: its table, and the mistakes found in it.

    `refused` says of keys that people try in vain why there is no such key.
    """

    def __init__(
        self, path: Path, shown: str, mistakes: list[Mistake], refused: Mapping[str, str] | None = None
    ) -> None:
        self.shown = shown
        self.refused = refused or {}
        self.mistakes = mistakes
        self.text = ""
        self.table: dict[str, Any] = {}
        self.read = False
        text = self._text(path)
        if text is not None:
            self._parse(text)

    def _text(self, path: Path) -> str | None:
        try:
            if path.exists() and not path.is_file():
                self.say("This is no regular file; a rule file holds TOML text.")
                return None
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as problem:
            self.say(f"This file cannot be read ({problem.strerror or 'unknown reason'}); check it.")
            return None
        if len(data) > MOST_BYTES:
            self.say(f"This file is larger than {MOST_BYTES >> 20} MiB; split it.")
            return None
        try:
            return data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as problem:
            line = data.count(b"\n", 0, problem.start) + 1
            self.say("This line is not UTF-8; save the file in that encoding.", line)
            return None

    def _parse(self, text: str) -> None:
        try:
            table = tomli.loads(text)
            if levels(table) > MOST_LEVELS:
                raise RecursionError  # as the parser itself does at a depth of its own
        except tomli.TOMLDecodeError as problem:
            reason = problem.msg[:1].lower() + problem.msg[1:]
            self.say(f"This is not TOML ({reason}); repair it.", min(problem.lineno, max(text.count("\n"), 1)))
        except RecursionError:
            self.say("This TOML is nested too deeply; flatten it.")
        except ValueError:
            long = re.search(rf"\d{{{MOST_DIGITS},}}", text.replace("_", ""))
            line = text.count("\n", 0, long.start()) + 1 if long else 1
            self.say("A number here is too long to be read; shorten it.", line)
        else:
            self.text, self.table, self.read = text, table, True

    @cached_property
    def _lines(self) -> dict[tuple[int, str | int | None], int]:
        found: dict[tuple[int, str | int | None], int] = {}
        known = places(self.text)
        rest: list[tuple[Any, tuple[str | int, ...]]] = [(self.table, ())]
        while rest:
            value, path = rest.pop()
            found[id(value), None] = here = known.get(path, 1)
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                found[id(value), key] = known.get((*path, key), here)
                if isinstance(item, dict | list):
                    rest.append((item, (*path, key)))
        return found

    def line(self, where: Any, key: str | int | None = None) -> int:
        """The line of a key of a table or of an item of a list of this page; without a key, of the table or list."""
        if not self.read:
            return 1
        return self._lines.get((id(where), key)) or self._lines.get((id(where), None), 1)

    def say(self, sentence: str, line: int = 1) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(self.shown, line, sentence))

    def known(self, table: dict[str, Any], keys: Collection[str], where: str = "") -> None:
        """Note every key of `table` that is none of `keys`, with the nearest right one."""
        for key in table:
            if key not in keys:
                hint = nearest(key, keys) or f" Known are {', '.join(sorted(keys))}."
                reason = f"; {self.refused[key]}" if key in self.refused else f".{hint}"
                self.say(f"Unknown key `{quoted(key)[1:-1]}`{where}{reason}", self.line(table, key))

    def string(self, table: dict[str, Any], key: str, *, needed: bool = True, one_of: Collection[str] = ()) -> str:
        """A string of `table`; "" and a mistake when it is missing, of another type, or none of `one_of`."""
        value = table.get(key)
        if value is None:
            if needed:
                self.say(f"`{key}` is missing here; add it.", self.line(table))
            return ""
        if not isinstance(value, str) or not value.strip():
            self.say(f"`{key}` must be a string that says something.", self.line(table, key))
            return ""
        if one_of and value not in one_of:
            allowed = f"{', '.join(one_of)}.{nearest(value, one_of)}"
            self.say(f"`{key}` is {quoted(value)}, but must be one of {allowed}", self.line(table, key))
            return ""
        return value.strip("\n")

    def strings(self, table: dict[str, Any], key: str, *, blank: bool = False) -> tuple[str, ...]:
        """A string or a list of strings of `table`, as a tuple; () when it is missing. `blank` allows empty ones."""
        value = table.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) and (item.strip() or blank) for item in value):
            self.say(f"`{key}` must be a string or a list of strings.", self.line(table, key))
            return ()
        return tuple(value)

    def tables(self, table: dict[str, Any], key: str) -> list[dict[str, Any]]:
        """A list of tables of `table`; [] when it is missing, and a mistake when it is anything else."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.say(f"`{key}` must be a list of tables.", self.line(table, key))
            return []
        return value

    def number(
        self, table: dict[str, Any], key: str, default: float, *, whole: bool = False, most: float = 1e9
    ) -> float:
        """A number of `table` between 0 and `most`, an integer if `whole`; the default when it is missing."""
        value = table.get(key, default)
        right = not isinstance(value, bool) and isinstance(value, int if whole and key in table else int | float)
        if not right or not 0 <= value <= most:
            kind = "an integer" if whole else "a number"
            end = f"between 0 and {most:g}" if most < 1e9 else "from 0 on"
            self.say(f"`{key}` must be {kind} {end}.", self.line(table, key))
            return default
        return float(value)

    def flag(self, table: dict[str, Any], key: str) -> bool:
        """A boolean of `table`, False when missing."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.say(f"`{key}` must be true or false.", self.line(table, key))
            return False
        return value
