"""The data beside the rules: claims, families and weights, dependency roles, equivalents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from langfit.model import LANGUAGES, Claim, Family, Language, PlayedRole
from langfit.toml.mistakes import Mistake, Page

STATES = ("yes", "partial", "weak", "none", "meaning")
LEAST = 0.3  # strength from which a rule is a sign of a role, where the role says nothing else


def claims_of(page: Page) -> tuple[Claim, ...]:
    """The rows of claims.toml, in the order of their numbers."""
    found = [
        Claim(
            name,
            page.string(row, "claim"),
            page.string(row, "section"),
            page.string(row, "qualification"),
            page.strings(row, "source"),
            page.string(row, "no-rule", needed=False),
        )
        for name, row in _named(page, page.table)
    ]
    return tuple(sorted(found, key=lambda claim: (len(claim.id), claim.id)))


def families_of(page: Page) -> tuple[tuple[Family, ...], dict[str, float], dict[str, float]]:
    """Families with their caps, the points of the weight classes, and the settings of the weighing."""
    page.known(page.table, {"family", "weights", "settings"})
    top = {key: page.table.get(key, {}) for key in ("family", "weights", "settings")}
    families = tuple(
        Family(name, page.number(row, "cap", 1.0), page.string(row, "title"))
        for name, row in _named(page, top["family"])
    )
    weights = {key: page.number(top["weights"], key, 0.0) for key in top["weights"]}
    settings = {key: page.number(top["settings"], key, 0.0) for key in top["settings"]}
    return families, weights, settings


def played_of(page: Page) -> tuple[PlayedRole, ...]:
    """The roles of the document's recommendation, from roles.toml."""
    found = []
    for name, row in _named(page, page.table):
        page.known(row, {"suits", "rules", "least"})
        suits: Language = "rust" if page.string(row, "suits", one_of=LANGUAGES) == "rust" else "go"
        found.append(PlayedRole(name, suits, page.strings(row, "rules"), page.number(row, "least", LEAST, most=1.0)))
    return tuple(found)


def roles_of(page: Page) -> dict[str, tuple[str, ...]]:
    """Role -> modules or crates of a dependency table."""
    roles: dict[str, tuple[str, ...]] = {}
    for row in page.tables(page.table, "role"):
        name = page.string(row, "name")
        roles[name] = roles.get(name, ()) + page.strings(row, "modules")
    return roles


def portability_of(page: Page) -> Mapping[str, str]:
    """Tell by "go:path" or "rust:crate" how well the other language replaces it, as one of STATES."""
    states: dict[str, str] = {}
    for row in page.tables(page.table, "pair"):
        state = page.string(row, "state", one_of=STATES)
        direction = row.get("direction", "both")
        sides: dict[str, Language] = {"go->rust": "go", "rust->go": "rust"}
        for language in LANGUAGES:
            if direction == "both" or sides.get(direction) == language:
                for name in page.strings(row, language):
                    states.setdefault(f"{language}:{name}", state)
    return states


def read(folder: Path, name: str, mistakes: list[Mistake]) -> Page:
    """A page of the rules folder."""
    return Page(folder / name, f"rules/{name}", mistakes)


def _named(page: Page, table: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The named tables of a table; anything else in it is a mistake."""
    for name, row in table.items():
        if isinstance(row, dict):
            yield name, row
        else:
            page.say(f"`{name}` must be a table.", page.line(table, name))
