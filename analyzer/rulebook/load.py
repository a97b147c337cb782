"""Reads rule files: the shipped ones first, then the packs of users, which may add rules, change weights or disable."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from analyzer.model import LANGUAGES, LangfitError, Language, Rule, Rulebook
from analyzer.rulebook import tables
from analyzer.rulebook.matchers import Roles
from analyzer.rulebook.rule import WEIGHTS, Known, rule_of
from analyzer.toml.mistakes import Mistake, Page, nearest, quoted

OVERRIDES = "overrides.toml"
REFUSED = {
    "query": "rules name site kinds and functions in [match] instead of tree-sitter queries and predicates,"
    " see docs/writing-rules.md."
}
STRAY_LEVELS = ("*.toml", "*/*.toml", "*/*/*.toml")  # where rules are put by mistake


class Override(NamedTuple):
    """A line of an overrides.toml: a weight class for a rule, or "" to disable it."""

    rule: str
    weight: str
    root: Path
    page: Page
    line: int


class Shelf(NamedTuple):
    """What is read so far."""

    known: Known
    rules: dict[str, Rule | None]  # None: the file is there, but has mistakes
    homes: dict[str, tuple[Path, str]]  # rule -> the folder and the file that it was read from first
    overrides: list[Override]
    pages: list[tuple[str, Page]]  # with the names that they have wherever the folder lies
    mistakes: list[Mistake]


def load(folder: Path, packs: Sequence[Path] = ()) -> Rulebook:
    """All rules below `folder` and in the user packs. Raises LangfitError with every mistake as `path:line: sentence`.

    A pack may hold `go/*.toml`, `rust/*.toml` and `overrides.toml` with `disable = [id]` and `[weight]` id -> class.
    """
    book, mistakes = read(folder, packs)
    if mistakes:
        raise LangfitError(*map(str, mistakes))
    return book


def read(folder: Path, packs: Sequence[Path] = ()) -> tuple[Rulebook, tuple[Mistake, ...]]:
    """As `load`, but returns the rules that are right together with the mistakes of the others."""
    mistakes: list[Mistake] = []
    pages: list[tuple[str, Page]] = []

    def page(name: str) -> Page:
        pages.append((name, tables.read(folder, name, mistakes)))
        return pages[-1][1]

    claims = tables.claims_of(page("claims.toml"))
    families, points, settings = tables.families_of(page("families.toml"))
    played = tables.played_of(page("roles.toml"))
    roles: dict[Language, Roles] = {x: tables.roles_of(page(f"dependencies/{x}.toml")) for x in LANGUAGES}
    modules: dict[str, dict[str, str]] = {
        x: {module: role for role, row in roles[x].items() for module in row} for x in LANGUAGES
    }
    portability = dict(tables.portability_of(page("equivalents.toml")))
    known = Known([claim.id for claim in claims], [family.name for family in families], roles)
    shelf = Shelf(known, {}, {}, [], pages, mistakes)
    _folder(shelf, folder, "rules")
    for pack in packs:
        _pack(shelf, pack)
    changes, off = _changes(shelf)
    chosen = tuple(
        structs.replace(rule, weight=next(one for one in WEIGHTS if one == changes.get(rule.id, rule.weight)))
        for _, rule in sorted(shelf.rules.items())
        if rule is not None and rule.id not in off
    )
    parts = [*(f"{name}\0{page.text}" for name, page in pages), repr(sorted(changes.items())), repr(sorted(off))]
    digest = sha256("\0".join(parts).encode()).hexdigest()
    book = Rulebook(chosen, claims, families, points, settings, played, modules, portability, digest)
    return book, tuple(sorted(set(mistakes)))


def _folder(shelf: Shelf, root: Path, shown: str) -> int:
    """Put the rules of a folder on the shelf; the number of its rule files."""
    count = 0
    for language in LANGUAGES:
        try:
            names = sorted(os.listdir(root / language))
        except FileNotFoundError:
            continue
        except OSError as problem:
            sentence = f"This folder cannot be read ({problem.strerror or 'unknown reason'}); check it."
            shelf.mistakes.append(Mistake(f"{shown}/{language}", 1, sentence))
            continue
        for name in names:
            if not name.endswith(".toml"):
                continue
            count += 1
            rule = f"{language}/{name.removesuffix('.toml')}"
            page = Page(root / language / name, f"{shown}/{language}/{name}", shelf.mistakes, REFUSED)
            shelf.pages.append((rule, page))
            found = rule_of(page, rule, language, shelf.known)
            if rule in shelf.homes:
                page.say(f"Rule {rule} exists already in {shelf.homes[rule][1]}; rename this file or use {OVERRIDES}.")
                continue
            shelf.homes[rule] = (root, page.shown)
            shelf.rules[rule] = found
    return count


def _pack(shelf: Shelf, root: Path) -> None:
    shown = str(root)
    if not root.is_dir():
        what = "This is no folder" if root.exists() else "There is no such folder"
        shelf.mistakes.append(Mistake(shown, 1, f"{what}; name a folder that holds rules."))
        return
    count = _folder(shelf, root, shown)
    if os.path.lexists(root / OVERRIDES):
        _overrides(shelf, root, Page(root / OVERRIDES, f"{shown}/{OVERRIDES}", shelf.mistakes))
        count += 1
    stray = [path for level in STRAY_LEVELS for path in sorted(root.glob(level)) if _stray(path, root)]
    for path in stray:
        sentence = "This rule is not read here; put it into go/ or rust/, after the language of the code it looks at."
        shelf.mistakes.append(Mistake(str(path), 1, sentence))
    if not count and not stray:
        sentence = f"This folder holds neither go/*.toml nor rust/*.toml nor {OVERRIDES}; see docs/writing-rules.md."
        shelf.mistakes.append(Mistake(shown, 1, sentence))


def _stray(path: Path, root: Path) -> bool:
    """Whether a file looks like a rule and stands where none is read."""
    parts = path.relative_to(root).parts
    read_here = parts == (OVERRIDES,) or (len(parts) == len(("go", "x.toml")) and parts[0] in LANGUAGES)
    if read_here or any(part.startswith(".") for part in parts) or not path.is_file():
        return False
    page = Page(path, "", [])
    return "match" in page.table and "suits" in page.table


def _overrides(shelf: Shelf, root: Path, page: Page) -> None:
    page.known(page.table, ("disable", "weight"))
    listed = page.table.get("disable", [])
    for number, rule in enumerate(page.strings(page.table, "disable")):
        line = page.line(listed, number) if isinstance(listed, list) else page.line(page.table, "disable")
        shelf.overrides.append(Override(rule, "", root, page, line))
    weights = page.table.get("weight", {})
    if not isinstance(weights, dict):
        sentence = '`[weight]` must be a table of rules and weights, as in "go/sql-access" = "contextual".'
        page.say(sentence, page.line(page.table, "weight"))
        return
    for rule in weights:
        if isinstance(weights[rule], dict):
            sentence = f'{quoted(rule)} has no weight; write it as "go/sql-access" = "contextual".'
            page.say(sentence, page.line(weights, rule))
            continue
        weight = page.string(weights, rule, one_of=WEIGHTS)
        shelf.overrides.append(Override(rule, weight or WEIGHTS[0], root, page, page.line(weights, rule)))


def _changes(shelf: Shelf) -> tuple[dict[str, str], set[str]]:
    """The weights and the disabled rules that the packs ask for; the last pack wins."""
    changes: dict[str, str] = {}
    off: set[str] = set()
    for rule, weight, root, page, line in shelf.overrides:
        if rule not in shelf.rules:
            hint = nearest(rule, shelf.rules) or " `langfit rules` lists them."
            page.say(f"There is no rule {quoted(rule)}.{hint}", line)
        elif weight:
            changes[rule] = weight
            off.discard(rule)
        elif shelf.homes[rule][0] == root:
            page.say(f"Rule {rule} is of this pack; remove its file instead of disabling it.", line)
        else:
            off.add(rule)
    return changes, off
