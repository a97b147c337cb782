"""Reads rule files: the shipped ones first, then the packs of users, which may add rules, change weights or disable."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from msgspec import structs

from analyzer.model import LANGUAGES, Example, LangfitError, Language, Rule, Rulebook, Scale, Weight
from analyzer.rulebook import tables
from analyzer.rulebook.matchers import Roles, match_of
from analyzer.rulebook.mistakes import Page

WEIGHTS: tuple[Weight, ...] = get_args(Weight)
KEYS = {
    "title", "suits", "family", "weight", "claims", "message", "why", "first", "refute", "oracle", "ageing", "match",
    "scale", "example",
}  # fmt: skip
MOST_EXAMPLES = 50


def load(
    folder: Path,
    packs: Sequence[Path] = (),
    disabled: Sequence[str] = (),
    weights: dict[str, str] | None = None,
) -> Rulebook:
    """Read all rules below `folder` and the user packs. Raises LangfitError with every mistake as `path:line: sentence`.

    A pack may hold `go/*.toml`, `rust/*.toml` and `overrides.toml` with `disable = [id]` and `[weight]` id -> class.
    """
    mistakes: list[str] = []
    pages: list[Page] = []

    def page(name: str) -> Page:
        pages.append(tables.read(folder, name, mistakes))
        return pages[-1]

    claims = tables.claims_of(page("claims.toml"))
    families, points, settings = tables.families_of(page("families.toml"))
    played = tables.played_of(page("roles.toml"))
    roles: dict[Language, Roles] = {x: tables.roles_of(page(f"dependencies/{x}.toml")) for x in LANGUAGES}
    modules = {x: {module: role for role, row in roles[x].items() for module in row} for x in LANGUAGES}
    portability = dict(tables.portability_of(page("equivalents.toml")))
    known = ({claim.id for claim in claims}, tuple(family.name for family in families), roles)
    rules: dict[str, Rule] = {}
    changes: dict[str, str] = dict(weights or {})
    off = set(disabled)
    for root, shown in [(folder, "rules"), *((pack, str(pack)) for pack in packs)]:
        if not root.is_dir():
            mistakes.append(f"{shown}:1: There is no such folder of rules; name an existing one.")
            continue
        for rule, source in _folder(root, shown, known, mistakes, pages):
            if rule.id in rules:
                mistakes.append(f"{source.shown}:1: Rule {rule.id} exists already; rename the file or use overrides.toml.")
            rules[rule.id] = rule
        _overrides(root, shown, changes, off, mistakes)
    _refer(rules, changes, off, mistakes)
    if mistakes:
        raise LangfitError(*mistakes)
    chosen = tuple(
        structs.replace(rule, weight=changes[rule.id]) if rule.id in changes else rule  # type: ignore[arg-type]
        for rule in sorted(rules.values(), key=lambda rule: rule.id)
        if rule.id not in off
    )
    digest = sha256("\0".join([*(page.text for page in pages), repr(sorted(changes.items())), repr(sorted(off))]).encode())
    return Rulebook(chosen, claims, families, points, settings, played, dict(modules), portability, digest.hexdigest())


def _folder(
    root: Path, shown: str, known: tuple[set[str], tuple[str, ...], dict[Language, Roles]], mistakes: list[str],
    pages: list[Page],
) -> list[tuple[Rule, Page]]:  # fmt: skip
    found = []
    for language in LANGUAGES:
        for path in sorted((root / language).glob("*.toml")):
            page = Page(path, f"{shown}/{language}/{path.name}", mistakes)
            pages.append(page)
            if page.table:
                rule = _rule(page, f"{language}/{path.stem}", language, *known)
                if rule is not None:
                    found.append((rule, page))
    return found


def _overrides(root: Path, shown: str, changes: dict[str, str], off: set[str], mistakes: list[str]) -> None:
    path = root / "overrides.toml"
    if not path.is_file():
        return
    page = Page(path, f"{shown}/overrides.toml", mistakes)
    page.known(page.table, {"disable", "weight"})
    off.update(page.strings(page.table, "disable"))
    for rule, weight in page.table.get("weight", {}).items():
        changes[rule] = str(weight)


def _refer(rules: dict[str, Rule], changes: dict[str, str], off: set[str], mistakes: list[str]) -> None:
    for rule in sorted({*changes, *off} - set(rules)):
        mistakes.append(f"overrides:1: There is no rule {rule}; `langfit rules` lists them.")
    for rule, weight in sorted(changes.items()):
        if weight not in WEIGHTS:
            mistakes.append(f"overrides:1: The weight {weight!r} of {rule} must be one of {', '.join(WEIGHTS)}.")


def _rule(
    page: Page, name: str, language: Language, claims: set[str], families: tuple[str, ...], roles: dict[Language, Roles]
) -> Rule | None:
    before = len(page.mistakes)
    table = page.table
    page.known(table, KEYS)
    suits = page.string(table, "suits", one_of=LANGUAGES)
    weight = page.string(table, "weight", one_of=WEIGHTS)
    named = page.strings(table, "claims")
    for claim in named:
        if claim not in claims:
            page.say(f"There is no claim {claim!r} in rules/claims.toml.", page.line_of("claims"))
    if not named:
        page.say("`claims` must name at least one row of rules/claims.toml.", page.line_of("claims"))
    match = match_of(page, table.get("match"), language, roles[language])
    rule = {
        key: page.string(table, key) for key in ("title", "message", "why", "first", "refute")
    } | {"family": page.string(table, "family", one_of=families), "oracle": page.string(table, "oracle", needed=False)}
    _braces(page, rule["message"])
    scale = _scale(page, table.get("scale"))
    ageing = _ageing(page, table.get("ageing", {}))
    examples = _examples(page, table, name)
    if len(page.mistakes) > before or match is None:
        return None
    return Rule(
        id=name, language=language, suits=suits, weight=weight, claims=named, match=match, scale=scale,  # type: ignore[arg-type]
        ageing=ageing, examples=examples, path=page.shown, **rule,
    )  # fmt: skip


def _braces(page: Page, message: str) -> None:
    try:
        message.format(name="", count=0, value=0.0)
    except (KeyError, ValueError, IndexError, AttributeError):
        page.say("`message` may use {name}, {count} and {value} and no other braces.", page.line_of("message"))


def _scale(page: Page, table: Any) -> Scale | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        page.say("`[scale]` must be a table with `start` and `full`.", page.line_of("scale"))
        return None
    page.known(table, {"start", "full"}, " in [scale]")
    scale = Scale(page.number(table, "start", 0.0), page.number(table, "full", 0.0))
    if scale.full <= scale.start:
        page.say("`full` must be larger than `start`.", page.line_of("full"))
    return scale


def _ageing(page: Page, table: Any) -> tuple[tuple[str, float], ...]:
    if not isinstance(table, dict):
        page.say("`ageing` must be a table of Go version and factor.", page.line_of("ageing"))
        return ()
    return tuple((version, page.number(table, version, 1.0, page.line_of("ageing"))) for version in table)


def _examples(page: Page, table: dict[str, Any], name: str) -> tuple[Example, ...]:
    rows = tables.rows(page, "example")
    found = []
    at = 0
    for row in rows[:MOST_EXAMPLES]:
        page.known(row, {"code", "files"}, " in [[example]]")
        at = page.text.find("[[example]]", at) + 1
        files = row.get("files", {})
        if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
            page.say("`files` of an example must map names to text.", page.line_of("files"))
            files = {}
        found.append(Example(page.string(row, "code"), files, page.text.count("\n", 0, at) + 1))
    wanting = [f"want {name}" in example.code + "".join(example.files.values()) for example in found]
    if not any(wanting) or all(wanting):
        page.say(f"A rule needs an example with `// want {name}` and one that must stay silent.", page.line_of("example"))
    return tuple(found)
