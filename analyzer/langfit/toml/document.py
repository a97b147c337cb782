"""One TOML file that people write, under inspection: its table, and every mistake in it with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from langfit.toml.diagnostics import Diagnostic, did_you_mean, shorten
from langfit.toml.positions import MOST_LEVELS, levels, positions

MOST_BYTES = 1 << 20  # the largest shipped table has a twentieth of it
MOST_UNKNOWN = 20  # keys of one table that are told one by one
MOST_DIGITS = 4_000  # Python refuses to read longer integers


class Document:
    """A TOML file: its table, and the diagnostics that reading it adds to a list.

    `refused` says of keys that people try in vain why there is no such key; `read` is False for a file that is no TOML.
    """

    def __init__(
        self, path: Path, shown: str, diagnostics: list[Diagnostic], refused: Mapping[str, str] | None = None
    ) -> None:
        self.shown = shown
        self.refused = refused or {}
        self.diagnostics = diagnostics
        self.text = ""
        self.table: dict[str, Any] = {}
        self.read = False
        text = self._text(path)
        if text is not None:
            self._parse(text)

    def _text(self, path: Path) -> str | None:
        try:
            if path.exists() and not path.is_file():
                self.error("This is not a regular file; name a file that holds TOML text.")
                return None
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as problem:
            self.error(f"This file cannot be read ({problem.strerror or 'unknown reason'}); check it.")
            return None
        if len(data) > MOST_BYTES:
            self.error(f"This file is larger than {MOST_BYTES >> 20} MiB; split it.")
            return None
        try:
            return data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as problem:
            line = data.count(b"\n", 0, problem.start) + 1
            self.error("This line is not UTF-8; save the file in that encoding.", line)
            return None

    def _parse(self, text: str) -> None:
        import tomli  # not needed for help

        try:
            table = tomli.loads(text)
            if levels(table) > MOST_LEVELS:
                raise RecursionError  # as the parser itself does at a depth of its own
        except tomli.TOMLDecodeError as problem:
            reason = problem.msg[:1].lower() + problem.msg[1:]
            self.error(f"This is not TOML ({reason}); repair it.", min(problem.lineno, max(text.count("\n"), 1)))
        except RecursionError:
            self.error("This TOML is nested too deeply; flatten it.")
        except ValueError:
            long = re.search(rf"\d{{{MOST_DIGITS},}}", text.replace("_", ""))
            line = text.count("\n", 0, long.start()) + 1 if long else 1
            self.error("A number here is too long to be read; shorten it.", line)
        else:
            self.text, self.table, self.read = text, table, True

    @cached_property
    def _lines(self) -> dict[tuple[int, str | int | None], int]:
        found: dict[tuple[int, str | int | None], int] = {}
        known = positions(self.text)
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
        """Return the line of a key of a table, or of an item of a list; without a key, that of the table."""
        if not self.read:
            return 1
        return self._lines.get((id(where), key)) or self._lines.get((id(where), None), 1)

    def error(self, sentence: str, line: int = 1) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(self.shown, line, sentence))

    def check_keys(self, table: dict[str, Any], keys: Collection[str], where: str = "") -> None:
        """Add a diagnostic for every key of `table` that is not one of `keys`, with the nearest right one."""
        unknown = [key for key in table if key not in keys]
        if len(unknown) > MOST_UNKNOWN:
            more = len(unknown) - MOST_UNKNOWN
            self.error(f"There are {more:,} more unknown keys{where}.", self.line(table, unknown[MOST_UNKNOWN]))
        for key in unknown[:MOST_UNKNOWN]:
            hint = did_you_mean(key, keys) or f" Known are {', '.join(sorted(keys))}."
            reason = f"; {self.refused[key]}" if key in self.refused else f".{hint}"
            self.error(f"Unknown key `{shorten(key)[1:-1]}`{where}{reason}", self.line(table, key))

    def string(self, table: dict[str, Any], key: str, *, needed: bool = True, one_of: Collection[str] = ()) -> str:
        """Return a string of `table`; "" and a diagnostic where it is missing or wrong, or not one of `one_of`."""
        value = table.get(key)
        if value is None:
            if needed:
                self.error(f"`{key}` is missing here; add it.", self.line(table))
            return ""
        if not isinstance(value, str) or not value.strip():
            self.error(f"`{key}` must be a non-empty string.", self.line(table, key))
            return ""
        if one_of and value not in one_of:
            allowed = f"{', '.join(one_of)}.{did_you_mean(value, one_of)}"
            self.error(f"`{key}` is {shorten(value)}, but must be one of {allowed}", self.line(table, key))
            return ""
        return value.strip("\n")

    def strings(self, table: dict[str, Any], key: str, *, blank: bool = False) -> tuple[str, ...]:
        """Return a string or a list of strings as a tuple, () where it is missing; `blank` allows empty ones."""
        value = table.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) and (item.strip() or blank) for item in value):
            self.error(f"`{key}` must be a string or a list of strings.", self.line(table, key))
            return ()
        return tuple(value)

    def tables(self, table: dict[str, Any], key: str) -> list[dict[str, Any]]:
        """Return a list of tables of `table`; [] where it is missing, and a diagnostic where it is anything else."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.error(f"`{key}` must be a list of tables.", self.line(table, key))
            return []
        return value

    def number(
        self, table: dict[str, Any], key: str, default: float, *, whole: bool = False, most: float = 1e9
    ) -> float:
        """Return a number of `table` between 0 and `most`, an integer if `whole`; the default where it is missing."""
        value = table.get(key, default)
        right = not isinstance(value, bool) and isinstance(value, int if whole and key in table else int | float)
        if not right or not 0 <= value <= most:
            kind = "an integer" if whole else "a number"
            end = f"between 0 and {most:g}" if most < 1e9 else "from 0 on"
            self.error(f"`{key}` must be {kind} {end}.", self.line(table, key))
            return default
        return float(value)

    def flag(self, table: dict[str, Any], key: str) -> bool:
        """Return a boolean of `table`, False where it is missing."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.error(f"`{key}` must be true or false.", self.line(table, key))
            return False
        return value
