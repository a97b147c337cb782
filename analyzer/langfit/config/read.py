"""Finds and reads a langfit.toml: every key checked, each mistake with its line, paths made those of the tree."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from langfit.config.settings import KEYS, MOST_PATTERNS, NAME, SETTINGS, Setting, Value
from langfit.globs import MOST_WILD_OF_FILE, is_usable, wild_bytes
from langfit.model.suppression import ConfigSuppression
from langfit.toml.diagnostics import Diagnostic, shorten
from langfit.toml.document import Document
from langfit.toml.overrides import Override, SetPoints, SetWeight, overrides_of

LONGEST_REASON = 300  # characters; each finding that it keeps out repeats them
IGNORE_KEYS = ("rule", "paths", "reason")
GLOBBING = re.compile(r"([\\*?\[\]!# ])")


class Found(Struct, frozen=True):
    """A file with settings.

    `below` is its folder, seen from the root of the scanned tree ("" for the root itself and for files elsewhere);
    `above` is that root, seen from the folder, where the folder holds it.
    """

    path: str
    shown: str  # as diagnostics and reports name it
    below: str = ""
    above: str = ""


class Read(Struct, frozen=True):
    """What a file says. Patterns and components are told from the root of the tree (or from `Found.above`)."""

    values: dict[str, Value]
    overrides: tuple[Override, ...]
    diagnostics: tuple[Diagnostic, ...]


def find(named: str, root: str, *, repository: bool) -> Found | None:
    """Return the nearest langfit.toml in the folder `named` or above; in a repository not above its absolute `root`."""
    start = folder = os.path.realpath(named)
    plain = start == os.path.abspath(named)
    while True:
        path = os.path.join(folder, NAME)
        if os.path.lexists(path):
            shown = os.path.normpath(os.path.join(named, os.path.relpath(path, start)))
            return located(path, shown if plain else path, root, searched=True)
        above = os.path.dirname(folder)
        if above == folder or (repository and folder == root):
            return None
        folder = above


def located(path: str, shown: str, root: str, *, searched: bool = False) -> Found:
    """Return a file with its place: `root` is the absolute root of the tree, "" for one that is not on disk."""
    folder = os.path.dirname(os.path.realpath(path) if not searched else path)
    if root and _inside(folder, root):
        return Found(path, shown, below=_relative(folder, root))
    return Found(path, shown, above=_relative(root, folder) if searched else "")


def read(found: Found) -> Read:
    """All of a file, with its diagnostics."""
    diagnostics: list[Diagnostic] = []
    if os.path.islink(found.path):
        sentence = "This is a symbolic link; put the file itself here, or name it by --config."
        return Read({}, (), (Diagnostic(found.shown, 1, sentence),))
    document = Document(Path(found.path), found.shown, diagnostics)
    document.check_keys(document.table, KEYS)
    reader = _Reader(document, found)
    values = {
        setting.key: Value(reader.value(setting), f"{found.shown}:{document.line(document.table, setting.key)}")
        for setting in SETTINGS
        if setting.key in document.table
    }
    overrides = tuple(overrides_of(document, "weights"))
    if "weights" in values:
        weights: dict[str, str | float] = {row.rule: row.weight for row in overrides if isinstance(row, SetWeight)}
        weights |= {row.weight: row.points for row in overrides if isinstance(row, SetPoints)}
        values["weights"] = Value(weights, values["weights"].where)
    return Read(values, overrides, tuple(sorted(set(diagnostics))))


def rebased(pattern: str, folder: str) -> str:
    """Return a gitignore pattern of `folder` as one of the root above it."""
    if not folder:
        return pattern
    negated = "!" if pattern.startswith("!") else ""
    body = pattern[len(negated) :]
    anchored = "/" in body.rstrip().rstrip("/")
    escaped = GLOBBING.sub(r"\\\1", folder)
    return f"{negated}/{escaped}/{'' if anchored else '**/'}{body.lstrip('/')}"


class _Reader:
    """Takes one value after the other from a file; what is wrong becomes a mistake and the empty value of its kind."""

    def __init__(self, document: Document, found: Found) -> None:
        self.document, self.found = document, found
        self.folder = os.path.dirname(found.path)
        self.wild = 0  # bytes of patterns with wildcards so far

    def value(self, setting: Setting) -> Any:  # noqa: PLR0911 - one return per kind
        """Return the value of a key that the file has."""
        document, table, key = self.document, self.document.table, setting.key
        match setting.kind:
            case "text":
                return document.string(table, key) or None
            case "choice":
                said = table.get(key)
                if isinstance(said, str) and said in setting.aliases:
                    return setting.aliases[said]
                return document.string(table, key, one_of=setting.choices) or None
            case "flag":
                return document.flag(table, key)
            case "whole" | "number":
                return self.number(setting)
            case "file":
                return self.file(document.string(table, key), document.line(table, key)) or None
            case "files" | "names" if len(self.document.strings(table, key)) > MOST_PATTERNS:
                document.error(f"`{key}` has more than {MOST_PATTERNS:,} rows.", document.line(table, key))
                return ()
            case "files":
                return tuple(path for row, line in self.lines(table, key) if (path := self.file(row, line)))
            case "names":
                return document.strings(table, key)
            case "patterns":
                return self.patterns(table, key)
            case "components":
                return self.components()
            case "ignores":
                return self.ignores()
        return {}

    def number(self, setting: Setting) -> float:
        value = self.document.table[setting.key]
        kinds = int if setting.kind == "whole" else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not setting.least <= value <= setting.most:
            kind = "an integer" if setting.kind == "whole" else "a number"
            sentence = f"`{setting.key}` must be {kind} between {setting.least:.10g} and {setting.most:.10g}."
            self.document.error(sentence, self.document.line(self.document.table, setting.key))
            return setting.least
        return value

    def lines(self, table: dict[str, Any], key: str) -> list[tuple[str, int]]:
        listed = table[key]
        rows = self.document.strings(table, key)
        if isinstance(listed, list):
            return [(row, self.document.line(listed, number)) for number, row in enumerate(rows)]
        return [(row, self.document.line(table, key)) for row in rows]

    def file(self, path: str, line: int) -> str:
        if not path:
            return ""
        full = os.path.join(self.folder, path)
        parts = path.replace("\\", "/").split("/")
        home = os.path.realpath(self.folder)
        if os.path.isabs(path) or ".." in parts or "\0" in path or not _inside(os.path.realpath(full), home):
            sentence = f"{shorten(path)} must stand below the folder of this file; name others by a flag."
            self.document.error(sentence, line)
            return ""
        return os.path.normpath(os.path.join(os.path.dirname(self.found.shown), path))

    def patterns(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        rows = self.lines(table, key)
        if len(rows) > MOST_PATTERNS:
            sentence = f"`{key}` has more than {MOST_PATTERNS:,} patterns; name folders instead of files."
            self.document.error(sentence, self.document.line(table, key))
            return ()
        told = tuple(rebased(row, self.found.below) for row, _ in rows)
        self.wild += wild_bytes(told)
        if self.wild > MOST_WILD_OF_FILE:
            sentence = f"The patterns up to this `{key}` are too long in all; use fewer wildcards."
            self.document.error(sentence, self.document.line(table, key))
            return ()
        for row, line in rows:
            if not is_usable(row):
                self.document.error(f"{shorten(row)} is no pattern that git could use; see gitignore(5).", line)
        return told

    def components(self) -> dict[str, tuple[str, ...]]:
        document, table = self.document, self.document.table["components"]
        if not isinstance(table, dict):
            sentence = '`[components]` must be a table of names and paths, as in core = ["src/core"].'
            document.error(sentence, document.line(document.table, "components"))
            return {}
        if len(table) > MOST_PATTERNS:
            sentence = f"There are more than {MOST_PATTERNS:,} components; a component may have several paths."
            document.error(sentence, document.line(document.table, "components"))
            return {}
        found = {}
        for name in table:
            paths = document.strings(table, name)
            if not name.strip() or not name.isprintable():
                document.error("A component needs a name that can be printed.", document.line(table, name))
            elif not paths:
                document.error(f"Component {shorten(name)} names no path; give it one.", document.line(table, name))
            else:
                found[name] = tuple(self.inside(path) for path in paths)
        return found

    def inside(self, path: str) -> str:
        """Return a path of the file as one of the tree."""
        clean = os.path.normpath(path.strip("/") or ".").replace(os.sep, "/")
        if self.found.above:
            return "." if clean == self.found.above else clean.removeprefix(self.found.above + "/")
        return os.path.normpath(f"{self.found.below}/{clean}") if self.found.below else clean

    def ignores(self) -> tuple[ConfigSuppression, ...]:
        document = self.document
        rows = document.tables(document.table, "ignore")
        if len(rows) > MOST_PATTERNS:
            sentence = f"There are more than {MOST_PATTERNS:,} [[ignore]]; use globs, or a baseline."
            document.error(sentence, document.line(document.table, "ignore"))
            return ()
        found = []
        for row in rows:
            document.check_keys(row, IGNORE_KEYS, " in [[ignore]]")
            rule, reason = document.string(row, "rule"), document.string(row, "reason")
            paths = self.patterns(row, "paths") if "paths" in row else ()
            if not paths:
                document.error('`paths` must name patterns here, as in paths = ["**"].', document.line(row))
            found.append(
                ConfigSuppression(
                    rule[:200], paths, " ".join(reason.split())[:LONGEST_REASON], self.found.shown, document.line(row)
                )
            )
        return tuple(found)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _relative(path: str, folder: str) -> str:
    relative = os.path.relpath(path, folder).replace(os.sep, "/")
    return "" if relative == "." else relative
