"""Mistakes in rule files, gathered so that all of them are shown together."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli


class Page:
    """One TOML file under inspection: its table, and the mistakes found in it as `path:line: sentence`."""

    def __init__(self, path: Path, shown: str, mistakes: list[str]) -> None:
        self.shown = shown
        self.mistakes = mistakes
        self.text = ""
        self.table: dict[str, Any] = {}
        try:
            self.text = path.read_text(encoding="utf-8")
            self.table = tomli.loads(self.text)
        except tomli.TOMLDecodeError as problem:
            line = re.search(r"line (\d+)", str(problem))
            self.say(f"This is not TOML: {problem}.", int(line[1]) if line else 1)
        except RecursionError:
            self.say("This TOML is nested too deeply; flatten it.", 1)
        except (OSError, UnicodeDecodeError) as problem:
            self.say(f"This file cannot be read: {problem}.", 1)

    def line_of(self, key: str, after: int = 0) -> int:
        """The line on which a key stands, 1 when it does not."""
        match = re.compile(rf'^\s*(?:\[+)?\s*"?{re.escape(key)}"?\s*(?:=|\])', re.MULTILINE).search(self.text, after)
        return self.text.count("\n", 0, match.start()) + 1 if match else 1

    def say(self, sentence: str, line: int) -> None:
        """Note a mistake."""
        self.mistakes.append(f"{self.shown}:{line}: {sentence}")

    def known(self, table: dict[str, Any], keys: set[str], where: str = "") -> None:
        """Note every key of `table` that is none of `keys`, with the nearest right one."""
        for key in table:
            if key not in keys:
                near = get_close_matches(key, keys, 1)
                hint = f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(sorted(keys))}."
                self.say(f"Unknown key `{key}`{where}{hint}", self.line_of(key))

    def string(self, table: dict[str, Any], key: str, *, needed: bool = True, one_of: tuple[str, ...] = ()) -> str:
        """A string of `table`; "" and a mistake when it is missing, of another type, or none of `one_of`."""
        value = table.get(key)
        if value is None:
            if needed:
                self.say(f"`{key}` is missing; every rule needs it.", 1)
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.say(f"`{key}` must be a string that says something.", self.line_of(key))
            return ""
        if one_of and value not in one_of:
            near = get_close_matches(value, one_of, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            self.say(f"`{key}` is {value!r}, but must be one of {', '.join(one_of)}.{hint}", self.line_of(key))
            return ""
        return value.strip("\n")

    def strings(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        """A string or a list of strings of `table`, as a tuple; () when it is missing."""
        value = table.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) and (item or key == "name") for item in value):
            self.say(f"`{key}` must be a string or a list of strings.", self.line_of(key))
            return ()
        return tuple(value)

    def number(self, table: dict[str, Any], key: str, default: float, line: int | None = None) -> float:
        """A number of `table` that is not negative."""
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:  # noqa: PLR2004
            self.say(f"`{key}` must be a number from 0 on.", line or self.line_of(key))
            return default
        return float(value)

    def flag(self, table: dict[str, Any], key: str) -> bool:
        """A boolean of `table`, False when missing."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.say(f"`{key}` must be true or false.", self.line_of(key))
            return False
        return value
