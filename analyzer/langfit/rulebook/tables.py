"""The tables beside the rules: claims, families and thresholds, roles, dependencies, equivalents. All keys checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from langfit.languages import LANGUAGES
from langfit.model.repository import LanguageId
from langfit.model.rule import Claim, Condition, Dependencies, Family, RoleDefinition, Thresholds, TwinRow
from langfit.rulebook.match import Roles, condition_of
from langfit.toml.diagnostics import Diagnostic
from langfit.toml.document import Document
from langfit.toml.overrides import MOST_POINTS, WEIGHTS

STATES = ("yes", "partial", "weak", "none", "meaning")
LEAST = 0.3  # strength from which a rule is a sign of a role, where the role says nothing else
CLAIM_KEYS = ("claim", "section", "qualification", "source", "no-rule")


def open_table(folder: Path, name: str, diagnostics: list[Diagnostic]) -> Document:
    """Open a table of the rules folder."""
    return Document(folder / name, f"rules/{name}", diagnostics)


def claims_of(document: Document) -> tuple[Claim, ...]:
    """Return the rows of claims.toml, in the order of their numbers."""
    found = []
    for name, row in _named(document, document.table):
        document.check_keys(row, CLAIM_KEYS, f" in [{name}]")
        found.append(
            Claim(
                name,
                document.string(row, "claim"),
                document.string(row, "section"),
                document.string(row, "qualification"),
                document.strings(row, "source"),
                document.string(row, "no-rule", needed=False),
            )
        )
    return tuple(sorted(found, key=lambda claim: (len(claim.id), claim.id)))


def families_of(document: Document) -> tuple[tuple[Family, ...], dict[str, float], Thresholds]:
    """Return the families with their caps, the points of the weight classes, and the thresholds."""
    document.check_keys(document.table, ("family", "weights", "thresholds", "conditions"))
    families = []
    for name, row in _named(document, document.table.get("family", {})):
        document.check_keys(row, ("cap", "title"), f" in [family.{name}]")
        families.append(Family(name, document.number(row, "cap", 1.0), document.string(row, "title")))
    weights = _numbers(document, "weights", WEIGHTS, MOST_POINTS)
    keys = {field.replace("_", "-"): field for field in Thresholds.__struct_fields__}
    numbers = _numbers(document, "thresholds", tuple(keys), 1e9)
    return tuple(families), weights, Thresholds(**{keys[key]: number for key, number in numbers.items()})


def _numbers(document: Document, key: str, names: tuple[str, ...], most: float) -> dict[str, float]:
    """Return a table that has exactly these keys, each with a number."""
    table = document.table.get(key, {})
    if not isinstance(table, dict):
        document.error(f"`[{key}]` must be a table of numbers.", document.line(document.table, key))
        table = {}
    document.check_keys(table, names, f" in [{key}]")
    for name in names:
        if name not in table:
            document.error(f"`{name}` is missing in [{key}]; add it.", document.line(document.table, key))
    return {name: document.number(table, name, 0.0, most=most) for name in names}


def conditions_of(
    document: Document, dependencies: Mapping[LanguageId, Roles]
) -> dict[LanguageId, dict[str, Condition]]:
    """Return the conditions that rules may use by name: language -> name -> condition."""
    found: dict[LanguageId, dict[str, Condition]] = {}
    for spoken, table in _named(document, document.table.get("conditions", {})):
        if spoken not in LANGUAGES:
            document.error(f"There is no language {spoken!r}.", document.line(document.table["conditions"], spoken))
            continue
        rows = {
            name: condition_of(document, row, spoken, dependencies[spoken], f" in {name}")
            for name, row in _named(document, table)
        }
        found[spoken] = {name: condition for name, condition in rows.items() if condition is not None}
    return found


def roles_of(document: Document) -> tuple[RoleDefinition, ...]:
    """Return the roles of the recommendation, from roles.toml."""
    found = []
    for name, row in _named(document, document.table):
        document.check_keys(row, ("suits", "least"), f" in [{name}]")
        suits = document.string(row, "suits", one_of=tuple(LANGUAGES))
        found.append(RoleDefinition(name, suits, document.number(row, "least", LEAST, most=1.0)))
    return tuple(found)


def dependencies_of(document: Document) -> tuple[Roles, Dependencies]:
    """Return what a table of dependencies says: role -> patterns, and pattern -> role with the names it asks for."""
    document.check_keys(document.table, ("role", "native"))
    roles: dict[str, tuple[str, ...]] = {}
    found = Dependencies({}, {}, _texts(document, "native"))
    for row in document.tables(document.table, "role"):
        document.check_keys(row, ("name", "modules", "using"), " in [[role]]")
        name, modules = document.string(row, "name"), document.strings(row, "modules")
        using = document.strings(row, "using")
        roles[name] = roles.get(name, ()) + modules
        for number, module in enumerate(modules):
            if module in found.roles:
                line = document.line(row["modules"], number)
                document.error(f"{module!r} has the role {found.roles[module]!r} already; keep one of the two.", line)
            found.roles[module] = name
            if using:
                found.using[module] = using
    return roles, found


def _texts(document: Document, key: str) -> dict[str, str]:
    """Return a table whose values are texts."""
    table = document.table.get(key, {})
    if not isinstance(table, dict):
        document.error(f"`[{key}]` must be a table of texts.", document.line(document.table, key))
        return {}
    return {name: document.string(table, name) for name in table}


def equivalents_of(document: Document) -> tuple[dict[str, str], dict[str, str]]:
    """Return by `language:path` how well the other language replaces a dependency, as one of STATES.

    The second table says which library of the other language a dependency covers only in part.
    """
    document.check_keys(document.table, ("pair",))
    states: dict[str, str] = {}
    fuller: dict[str, str] = {}
    ways = ("both", *(f"{a}->{b}" for a in LANGUAGES for b in LANGUAGES if a != b))
    for row in document.tables(document.table, "pair"):
        document.check_keys(row, (*LANGUAGES, "state", "direction"), " in [[pair]]")
        state = document.string(row, "state", one_of=STATES)
        direction = document.string(row, "direction", needed=False, one_of=ways) or "both"
        for spoken in LANGUAGES:
            if direction == "both" or direction.startswith(f"{spoken}->"):
                for name in document.strings(row, spoken):
                    states.setdefault(f"{spoken}:{name}", state)
                whole = document.strings(row, spoken)
                for other in LANGUAGES:
                    if other != spoken and whole and state in ("partial", "weak"):
                        for name in document.strings(row, other):
                            fuller.setdefault(f"{other}:{name}", whole[0])
    return states, fuller


def twins_of(document: Document) -> tuple[TwinRow, ...]:
    """Return the known counterparts."""
    document.check_keys(document.table, ("twin",))
    found = []
    for row in document.tables(document.table, "twin"):
        document.check_keys(row, (*LANGUAGES, "source"), " in [[twin]]")
        found.append(TwinRow({name: document.string(row, name) for name in LANGUAGES}, document.string(row, "source")))
    return tuple(found)


def _named(document: Document, table: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the named tables of a table; anything else in it becomes a diagnostic."""
    if not isinstance(table, dict):
        document.error("A table of tables is needed here.")
        return
    for name, row in table.items():
        if isinstance(row, dict):
            yield name, row
        else:
            document.error(f"`{name}` must be a table.", document.line(table, name))
