"""Reads rule files: the shipped ones first, then the packs of users, which may add rules, change weights or disable."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from langfit.model import LANGUAGES, LangfitError, Language, Rule, Rulebook, Weight
from langfit.rulebook import tables
from langfit.rulebook.matchers import Roles
from langfit.rulebook.rule import Known, rule_of
from langfit.toml.mistakes import Mistake, Page, nearest, quoted
from langfit.toml.overrides import WEIGHTS, Override, overrides_of

OVERRIDES = "overrides.toml"
REFUSED = {
    "query": "a query belongs into [match], see docs/writing-rules.md.",
    "predicates": "predicates belong into the text of a query in [match], see docs/writing-rules.md.",
}
STRAY_LEVELS = ("*.toml", "*/*.toml", "*/*/*.toml")  # where rules are put by mistake


class Changes(NamedTuple):
    """What is asked of rules that exist: weights of rules, points of weights, and which are off."""

    weights: dict[str, Weight]
    points: dict[str, float]
    off: set[str]


class Shelf(NamedTuple):
    """What is read so far."""

    known: Known
    rules: dict[str, Rule | None]  # None: the file is there, but has mistakes
    homes: dict[str, tuple[Path, str]]  # rule -> the folder and the file that it was read from first
    overrides: list[Override]
    pages: list[tuple[str, Page]]  # with the names that they have wherever the folder lies
    mistakes: list[Mistake]


def load(folder: Path, packs: Sequence[Path] = (), overrides: Sequence[Override] = ()) -> Rulebook:
    """All rules below `folder` and in the user packs. Raises LangfitError with every mistake as `path:line: sentence`.

    A pack may hold `go/*.toml`, `rust/*.toml` and `overrides.toml` with `disable = [id]` and `[weight]` id -> class.
    `overrides` are further wishes of the same kind, which win over those of packs.
    """
    book, mistakes = read(folder, packs, overrides)
    if mistakes:
        raise LangfitError(*map(str, mistakes))
    return book


def read(
    folder: Path, packs: Sequence[Path] = (), overrides: Sequence[Override] = ()
) -> tuple[Rulebook, tuple[Mistake, ...]]:
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
    shelf.overrides.extend(overrides)
    changes = _changes(shelf)
    chosen = tuple(
        structs.replace(rule, weight=changes.weights.get(rule.id, rule.weight))
        for _, rule in sorted(shelf.rules.items())
        if rule is not None and rule.id not in changes.off
    )
    asked = [repr(sorted(part)) for part in (changes.weights.items(), changes.points.items(), changes.off)]
    digest = sha256("\0".join([*(f"{name}\0{page.text}" for name, page in pages), *asked]).encode()).hexdigest()
    book = Rulebook(
        chosen, claims, families, points | changes.points, settings, played, modules, portability, digest,
        disabled=tuple(sorted(changes.off)),
    )  # fmt: skip
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
        page = Page(root / OVERRIDES, f"{shown}/{OVERRIDES}", shelf.mistakes)
        page.known(page.table, ("disable", "weight"))
        shelf.overrides.extend(overrides_of(page, "weight", root))
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


def _changes(shelf: Shelf) -> Changes:
    """What packs and langfit.toml ask for; the last one wins."""
    weights: dict[str, Weight] = {}
    points: dict[str, float] = {}
    off: set[str] = set()
    for target, weight, where, line, folder in shelf.overrides:
        if isinstance(weight, float):
            points[target] = weight
        elif target not in shelf.rules:
            hint = nearest(target, shelf.rules) or " `langfit rules` lists them."
            shelf.mistakes.append(Mistake(where, line, f"There is no rule {quoted(target)}.{hint}"))
        elif weight:
            weights[target] = next(one for one in WEIGHTS if one == weight)
            off.discard(target)
        elif folder is not None and shelf.homes[target][0] == folder:
            sentence = f"Rule {target} is of this pack; remove its file instead of disabling it."
            shelf.mistakes.append(Mistake(where, line, sentence))
        else:
            off.add(target)
    return Changes(weights, points, off)
