"""What packs and langfit.toml may ask of rules that exist: another weight, other points of a weight, or silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, get_args

from langfit.model import Weight
from langfit.toml.mistakes import Page, quoted

WEIGHTS: tuple[Weight, ...] = get_args(Weight)
MOST_POINTS = 100.0  # the caps of families are below 5; more would only silence everything else
SHAPE = '"go/sql-access" = "contextual", or strong = 1.2 for the points of a whole weight'


class Override(NamedTuple):
    """One wish: `weight` is a weight class for the rule `target`, "" to disable that rule, or points for the weight
    class `target`. `folder` is the pack that asks; `where` and `line` are what a mistake is shown with."""

    target: str
    weight: str | float
    where: str
    line: int
    folder: Path | None = None


def overrides_of(page: Page, key: str, folder: Path | None = None) -> list[Override]:
    """The wishes of a page: its list `disable` and its table `key`."""
    found = []
    listed = page.table.get("disable", [])
    for number, rule in enumerate(page.strings(page.table, "disable")):
        line = page.line(listed, number) if isinstance(listed, list) else page.line(page.table, "disable")
        found.append(Override(rule, "", page.shown, line, folder))
    off = {wish.target for wish in found}
    table = page.table.get(key, {})
    if not isinstance(table, dict):
        page.say(f"`[{key}]` must be a table of rules and weights, as in {SHAPE}.", page.line(page.table, key))
        return found
    for name in table:
        line = page.line(table, name)
        if isinstance(table[name], dict):
            page.say(f"{quoted(name)} has no weight; write it as {SHAPE}.", line)
            continue
        weight = _weight(page, table, name)
        if name in off:
            page.say(f"{quoted(name)} is disabled above, so it needs no weight; keep one of the two.", line)
        found.append(Override(name, weight, page.shown, line, folder))
    return found


def _weight(page: Page, table: dict[str, Any], name: str) -> str | float:
    if name in WEIGHTS:
        return page.number(table, name, 0.0, most=MOST_POINTS)
    return page.string(table, name, one_of=WEIGHTS) or WEIGHTS[0]
