"""The strip of a deliverable: what it links, a cell per component, as wide as its code and coloured by its fit."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from langfit.formats import sanitize
from langfit.languages import LANGUAGES
from langfit.model.evidence import plural
from langfit.model.report import Component, Deliverable, Fit

WIDE = 1000.0  # units of a whole strip
LEAST = 4.0  # units; thinner cells of one shade become one
FAINT = 0.2  # |lean| from which code that suits neither shows a tint
CUTS = {"coarse": "could be cut out", "chatty": "cannot leave alone", "exists": "is separate already"}


class Cell(Struct, frozen=True):
    """A cell of a strip, in units of WIDE."""

    at: float
    wide: float
    shade: str
    words: str
    cut: str = ""  # the status of a cut around it


def shade_of(fit: Fit) -> str:
    """Return the name of a shade: a language that code suits, a tint towards one, or "even"."""
    if fit.suits is not None:
        return fit.suits
    if abs(fit.lean) < FAINT:
        return "even"
    return next(f"{spoken.id}-tint" for spoken in LANGUAGES.values() if spoken.pole * fit.lean > 0)


def strip_of(item: Deliverable, known: Mapping[str, Component]) -> list[Cell]:
    """Return the cells of a deliverable, from what suits Go to what suits Rust."""
    linked = [known[name] for name in item.components if name in known]
    inside = {component.name for component in linked}
    # A crate that is linked as a whole is one cell, its modules are not shown beside it.
    rows = [c for c in linked if c.lines and c.parent not in inside]
    total = sum(component.lines for component in rows)
    cuts = {cut.component: cut.status for cut in item.cuts if cut.component}
    rows.sort(key=lambda c: (_order(shade_of(c.fit)), c.name not in cuts, -c.lines, c.name))
    cells: list[Cell] = []
    at, thin, thin_lines = 0.0, 0, 0
    for number, component in enumerate(rows):
        wide = WIDE * component.lines / total
        shade = shade_of(component.fit)
        status = cuts.get(component.name, "")
        said = f"{sanitize.clean(component.name)}: {plural(component.lines, 'line')}, {_suits(shade)}"
        if wide >= LEAST or status:
            words = f"{said}; {CUTS[status]}" if status else said
            cells.append(Cell(round(at, 1), round(max(wide, LEAST if status else wide), 1), shade, words, status))
            at += wide
            continue
        thin, thin_lines = thin + 1, thin_lines + component.lines
        last = number + 1 == len(rows) or shade_of(rows[number + 1].fit) != shade
        if last:
            wide = WIDE * thin_lines / total
            words = said if thin == 1 else f"{thin} small components: {plural(thin_lines, 'line')}, {_suits(shade)}"
            cells.append(Cell(round(at, 1), round(wide, 1), shade, words))
            at, thin, thin_lines = at + wide, 0, 0
    return cells


def _order(shade: str) -> int:
    ends = sorted(LANGUAGES.values(), key=lambda spoken: spoken.pole)
    shades = [ends[0].id, f"{ends[0].id}-tint", "even", f"{ends[-1].id}-tint", ends[-1].id]
    return shades.index(shade)


def _suits(shade: str) -> str:
    return f"suits {LANGUAGES[shade].name}" if shade in LANGUAGES else "suits either"
