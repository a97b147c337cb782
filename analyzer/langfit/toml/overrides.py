"""What packs and langfit.toml may change about rules that exist.

That is their weight, the points of a weight, or whether they are used at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, get_args

from langfit.model.rule import Weight
from langfit.toml.diagnostics import shorten
from langfit.toml.document import Document

WEIGHTS: tuple[Weight, ...] = get_args(Weight)
MOST_ROWS = 1_000  # there are fewer rules
MOST_POINTS = 100.0  # the caps of families are below 5; more would only silence everything else
SHAPE = '"go/sql-access" = "contextual", or strong = 1.2 for the points of a whole weight'


class Origin(NamedTuple):
    """Where an override is written, for diagnostics; `folder` is the pack that holds it, None for settings."""

    where: str
    line: int
    folder: Path | None = None


class Disable(NamedTuple):
    """Switch off the rules that a pattern names: an id, a glob such as go/error-*, or family:NAME."""

    pattern: str
    origin: Origin


class SetWeight(NamedTuple):
    """Give a rule another weight class."""

    rule: str
    weight: Weight
    origin: Origin


class SetPoints(NamedTuple):
    """Give a weight class other points."""

    weight: Weight
    points: float
    origin: Origin


Override = Disable | SetWeight | SetPoints


def overrides_of(document: Document, key: str, folder: Path | None = None) -> list[Override]:
    """Return the overrides of a file: its list `disable` and its table `key`."""
    found: list[Override] = []
    listed = document.table.get("disable", [])
    patterns = document.strings(document.table, "disable")
    if len(patterns) > MOST_ROWS:
        sentence = f"`disable` has more than {MOST_ROWS:,} names; use globs, as in go/error-*."
        document.error(sentence, document.line(document.table, "disable"))
        patterns = ()
    for number, pattern in enumerate(patterns):
        in_list = isinstance(listed, list)
        line = document.line(listed, number) if in_list else document.line(document.table, "disable")
        found.append(Disable(pattern, Origin(document.shown, line, folder)))
    off = {row.pattern for row in found if isinstance(row, Disable)}
    table = document.table.get(key, {})
    if not isinstance(table, dict):
        document.error(
            f"`[{key}]` must be a table of rules and weights, as in {SHAPE}.", document.line(document.table, key)
        )
        return found
    if len(table) > MOST_ROWS:
        document.error(
            f"`[{key}]` has more than {MOST_ROWS:,} rows; weigh fewer rules.", document.line(document.table, key)
        )
        return found
    for name in table:
        line = document.line(table, name)
        if isinstance(table[name], dict):
            document.error(f"{shorten(name)} has no weight; write it as {SHAPE}.", line)
        elif name in off:
            document.error(f"{shorten(name)} is disabled above, so it needs no weight; keep one of the two.", line)
        else:
            found.append(_weighted(document, table, name, Origin(document.shown, line, folder)))
    return found


def weighted(name: str, weight: str | float, origin: Origin) -> Override:
    """Return the override of a flag that was checked before: points for a weight class, or a class for a rule."""
    if name in WEIGHTS:
        return SetPoints(next(one for one in WEIGHTS if one == name), float(weight), origin)
    return SetWeight(name, next(one for one in WEIGHTS if one == weight), origin)


def _weighted(document: Document, table: dict[str, Any], name: str, origin: Origin) -> Override:
    if name in WEIGHTS:
        weight = next(one for one in WEIGHTS if one == name)
        return SetPoints(weight, document.number(table, name, 0.0, most=MOST_POINTS), origin)
    text = document.string(table, name, one_of=WEIGHTS)
    return SetWeight(name, next((one for one in WEIGHTS if one == text), WEIGHTS[0]), origin)
