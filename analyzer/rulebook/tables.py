"""The data beside the rules: claims, families and weights, dependency roles, equivalents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.model import LANGUAGES, Claim, Family, Language, PlayedRole
from analyzer.rulebook.mistakes import Page

STATES = ("yes", "partial", "weak", "none", "meaning")


def claims_of(page: Page) -> tuple[Claim, ...]:
    """The rows of claims.toml."""
    found = []
    for name, row in page.table.items():
        if not isinstance(row, dict):
            page.say(f"`{name}` must be a table with a claim.", page.line_of(name))
            continue
        found.append(
            Claim(
                name,
                page.string(row, "claim"),
                page.string(row, "section"),
                page.string(row, "qualification"),
                page.strings(row, "source"),
                page.string(row, "no-rule", needed=False),
            )
        )
    return tuple(sorted(found, key=lambda claim: (len(claim.id), claim.id)))


def families_of(page: Page) -> tuple[tuple[Family, ...], dict[str, float], dict[str, float]]:
    """Families with their caps, the points of the weight classes, and the settings of the weighing."""
    page.known(page.table, {"family", "weights", "settings"})
    families = tuple(
        Family(name, page.number(row, "cap", 1.0), page.string(row, "title"))
        for name, row in page.table.get("family", {}).items()
    )
    weights = {key: page.number(page.table["weights"], key, 0.0) for key in page.table.get("weights", {})}
    settings = {key: page.number(page.table["settings"], key, 0.0) for key in page.table.get("settings", {})}
    return families, weights, settings


def played_of(page: Page) -> tuple[PlayedRole, ...]:
    """The roles of the document's recommendation, from roles.toml."""
    found = []
    for name, row in page.table.items():
        if not isinstance(row, dict):
            page.say(f"`{name}` must be a table with `suits` and `rules`.", page.line_of(name))
            continue
        page.known(row, {"suits", "rules", "least"})
        suits = page.string(row, "suits", one_of=LANGUAGES)
        found.append(PlayedRole(name, "rust" if suits == "rust" else "go", page.strings(row, "rules"), page.number(row, "least", 0.3)))
    return tuple(found)


def roles_of(page: Page) -> dict[str, tuple[str, ...]]:
    """Role -> modules or crates of a dependency table."""
    roles: dict[str, tuple[str, ...]] = {}
    for row in page.table.get("role", []):
        name = page.string(row, "name")
        roles[name] = roles.get(name, ()) + page.strings(row, "modules")
    return roles


def portability_of(page: Page) -> Mapping[str, str]:
    """ "go:path" or "rust:crate" -> how well the other language replaces it: yes, partial, weak, none or meaning."""
    states: dict[str, str] = {}
    for row in page.table.get("pair", []):
        state = page.string(row, "state", one_of=STATES)
        direction = row.get("direction", "both")
        sides: dict[str, Language] = {"go->rust": "go", "rust->go": "rust"}
        for language in LANGUAGES:
            if direction == "both" or sides.get(direction) == language:
                for name in page.strings(row, language):
                    states.setdefault(f"{language}:{name}", state)
    return states


def read(folder: Path, name: str, mistakes: list[str]) -> Page:
    """A page of the rules folder."""
    return Page(folder / name, f"rules/{name}", mistakes)


def rows(page: Page, key: str) -> list[dict[str, Any]]:
    """A list of tables of a page; anything else in it is a mistake."""
    value = page.table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        page.say(f"`{key}` must be a list of tables, written as [[{key}]].", page.line_of(key))
        return []
    return value
