"""Reads rule files: the shipped ones first, then the packs of users, which may add rules, change weights or disable."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.repository import LanguageId
from langfit.model.rule import Dependencies, Rule, Rulebook, Weight
from langfit.rulebook import tables
from langfit.rulebook.match import Roles
from langfit.rulebook.rule import ValidNames, rule_of
from langfit.toml.diagnostics import Diagnostic, did_you_mean, shorten
from langfit.toml.document import Document
from langfit.toml.overrides import Disable, Override, SetPoints, SetWeight, overrides_of

OVERRIDES = "overrides.toml"
REFUSED = {
    "query": "a query belongs in [match], see docs/writing-rules.md.",
    "predicates": "predicates belong in the text of a query in [match], see docs/writing-rules.md.",
    "lines": "sizes are in tokens, so that formatting changes nothing: write `tokens` in [match].",
}
STRAY_LEVELS = ("*.toml", "*/*.toml", "*/*/*.toml")  # where rules are put by mistake


class _Changes(NamedTuple):
    """What overrides come to: weights of rules, points of weights, and which rules are off."""

    weights: dict[str, Weight]
    points: dict[str, float]
    off: set[str]


class _Loading(NamedTuple):
    """What is read so far."""

    valid: ValidNames
    rules: dict[str, Rule | None]  # None: the file is there, but has mistakes
    homes: dict[str, tuple[Path, str]]  # rule -> the folder and the file that it was read from first
    overrides: list[Override]
    documents: list[tuple[str, Document]]  # with the names that they have wherever the folder is
    diagnostics: list[Diagnostic]


def load(folder: Path, packs: Sequence[Path] = (), overrides: Sequence[Override] = ()) -> Rulebook:
    """Return all rules below `folder` and in the user packs. Raises LangfitError with every mistake.

    A pack may hold a folder of rules per language and `overrides.toml` with `disable = [pattern]` and `[weight]` id ->
    class. `overrides` are further ones, which win over those of packs.
    """
    book, diagnostics = read(folder, packs, overrides)
    if diagnostics:
        raise LangfitError(*map(str, diagnostics))
    return book


def read(
    folder: Path, packs: Sequence[Path] = (), overrides: Sequence[Override] = ()
) -> tuple[Rulebook, tuple[Diagnostic, ...]]:
    """Return the rules that are right, and a diagnostic for each mistake of the others."""
    diagnostics: list[Diagnostic] = []
    documents: list[tuple[str, Document]] = []

    def table(name: str) -> Document:
        documents.append((name, tables.open_table(folder, name, diagnostics)))
        return documents[-1][1]

    claims = tables.claims_of(table("claims.toml"))
    roles = tables.roles_of(table("roles.toml"))
    patterns: dict[LanguageId, Roles] = {}
    dependencies: dict[LanguageId, Dependencies] = {}
    for spoken in LANGUAGES:
        patterns[spoken], dependencies[spoken] = tables.dependencies_of(table(f"dependencies/{spoken}.toml"))
    counted = table("families.toml")
    families, points, thresholds = tables.families_of(counted)
    equivalents, fuller = tables.equivalents_of(table("equivalents.toml"))
    twins = tables.twins_of(table("twins.toml"))
    valid = ValidNames(
        [claim.id for claim in claims],
        [family.name for family in families],
        [role.name for role in roles],
        patterns,
        tables.conditions_of(counted, patterns),
    )
    loading = _Loading(valid, {}, {}, [], documents, diagnostics)
    _folder(loading, folder, "rules", shipped=True)
    for pack in packs:
        _pack(loading, pack)
    loading.overrides.extend(overrides)
    changes = _changes(loading)
    chosen = tuple(
        structs.replace(rule, weight=changes.weights.get(rule.id, rule.weight))
        for _, rule in sorted(loading.rules.items())
        if rule is not None and rule.id not in changes.off
    )
    asked = [repr(sorted(part)) for part in (changes.weights.items(), changes.points.items(), changes.off)]
    digest = sha256("\0".join([*(f"{name}\0{file.text}" for name, file in documents), *asked]).encode()).hexdigest()
    book = Rulebook(
        chosen, claims, families, points | changes.points, thresholds, roles, dependencies, equivalents, fuller, twins,
        digest, disabled=tuple(sorted(changes.off)),
    )  # fmt: skip
    return book, tuple(sorted(set(diagnostics)))


def _folder(loading: _Loading, root: Path, shown: str, *, shipped: bool) -> int:
    """Read the rules of a folder and return the number of its rule files."""
    count = 0
    for spoken in LANGUAGES:
        try:
            names = sorted(os.listdir(root / spoken))
        except FileNotFoundError:
            continue
        except OSError as problem:
            sentence = f"This folder cannot be read ({problem.strerror or 'unknown reason'}); check it."
            loading.diagnostics.append(Diagnostic(f"{shown}/{spoken}", 1, sentence))
            continue
        for name in names:
            if not name.endswith(".toml"):
                continue
            count += 1
            rule = f"{spoken}/{name.removesuffix('.toml')}"
            document = Document(root / spoken / name, f"{shown}/{spoken}/{name}", loading.diagnostics, REFUSED)
            loading.documents.append((rule, document))
            found = rule_of(document, rule, spoken, loading.valid, shipped=shipped)
            if rule in loading.homes:
                home = loading.homes[rule][1]
                document.error(f"Rule {rule} exists already in {home}; rename this file or use {OVERRIDES}.")
                continue
            loading.homes[rule] = (root, document.shown)
            loading.rules[rule] = found
    return count


def _pack(loading: _Loading, root: Path) -> None:
    shown = str(root)
    if not root.is_dir():
        what = "This is not a folder" if root.exists() else "There is no such folder"
        loading.diagnostics.append(Diagnostic(shown, 1, f"{what}; name a folder that holds rules."))
        return
    count = _folder(loading, root, shown, shipped=False)
    if os.path.lexists(root / OVERRIDES):
        document = Document(root / OVERRIDES, f"{shown}/{OVERRIDES}", loading.diagnostics)
        document.check_keys(document.table, ("disable", "weight"))
        loading.overrides.extend(overrides_of(document, "weight", root))
        count += 1
    folders = " or ".join(f"{spoken}/" for spoken in LANGUAGES)
    stray = [path for level in STRAY_LEVELS for path in sorted(root.glob(level)) if _is_stray(path, root)]
    for path in stray:
        sentence = f"This rule is not read here; put it into {folders}, after the language of the code it looks at."
        loading.diagnostics.append(Diagnostic(str(path), 1, sentence))
    if not count and not stray:
        sentence = f"This folder holds neither rules in {folders} nor {OVERRIDES}; see docs/writing-rules.md."
        loading.diagnostics.append(Diagnostic(shown, 1, sentence))


def _is_stray(path: Path, root: Path) -> bool:
    """Tell whether a file looks like a rule and is where none is read."""
    parts = path.relative_to(root).parts
    read_here = parts == (OVERRIDES,) or (len(parts) == 2 and parts[0] in LANGUAGES)
    if read_here or any(part.startswith(".") for part in parts) or not path.is_file():
        return False
    document = Document(path, "", [])
    return "match" in document.table and "suits" in document.table


def _changes(loading: _Loading) -> _Changes:
    """Return what packs and langfit.toml ask for; the last one wins."""
    changes = _Changes({}, {}, set())
    for override in loading.overrides:
        match override:
            case SetPoints(weight, points, _):
                changes.points[weight] = points
            case SetWeight(rule, weight, _):
                if _is_known(loading, override, rule):
                    changes.weights[rule] = weight
                    changes.off.discard(rule)
            case Disable(pattern, _):
                _switch_off(loading, override, pattern, changes.off)
    return changes


def _is_known(loading: _Loading, override: Override, rule: str) -> bool:
    if rule in loading.rules:
        return True
    hint = did_you_mean(rule, loading.rules) or " `langfit rules` lists them."
    origin = override.origin
    sentence = f"There is no rule {shorten(rule)}.{hint}"
    loading.diagnostics.append(Diagnostic(origin.where, origin.line, sentence))
    return False


def _switch_off(loading: _Loading, override: Disable, pattern: str, off: set[str]) -> None:
    chosen = matching(pattern, [rule for rule in loading.rules.values() if rule is not None], loading.rules)
    if not chosen:
        _is_known(loading, override, pattern)
    origin = override.origin
    for rule in chosen:
        if origin.folder is not None and loading.homes[rule][0] == origin.folder:
            sentence = f"Rule {rule} is of this pack; remove its file instead of disabling it."
            loading.diagnostics.append(Diagnostic(origin.where, origin.line, sentence))
        else:
            off.add(rule)


def matching(pattern: str, rules: Sequence[Rule], names: Sequence[str] | dict[str, Rule | None]) -> list[str]:
    """Return the rules that a pattern names: an id, a glob over ids, `family:NAME`, or `language:NAME`."""
    kind, mark, value = pattern.partition(":")
    if mark and kind == "family":
        return [rule.id for rule in rules if rule.family == value]
    if mark and kind == "language":
        return [rule.id for rule in rules if rule.language == value]
    return [name for name in names if name == pattern or fnmatchcase(name, pattern)]
