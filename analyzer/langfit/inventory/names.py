"""Names that nobody else has, for the parts of a layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from langfit.languages import LANGUAGES
from langfit.model.layout import Key, Part


def names_of(parts: Mapping[Key, Part]) -> dict[Key, str]:
    """Return a unique name for each part: that of a module begins with the name of its crate."""
    names: dict[Key, str] = {}
    used: set[str] = set()
    whole = {key: part.name for key, part in parts.items() if part.parent is None}
    _settle(whole, parts, used, names)
    inner = {
        key: f"{names[part.parent]}{LANGUAGES[part.language].separator}{part.name}"
        for key, part in parts.items()
        if part.parent is not None
    }
    _settle(inner, parts, used, names)
    return names


def _settle(wanted: Mapping[Key, str], parts: Mapping[Key, Part], used: set[str], names: dict[Key, str]) -> None:
    """Give names: what several parts want goes to each with its folder behind it, and else with its language."""
    claims = Counter(wanted.values())
    places = Counter((name, parts[key].root) for key, name in wanted.items())
    for key in sorted(wanted):
        part, name = parts[key], wanted[key]
        if claims[name] > 1:
            alone = places[name, part.root] == 1
            name = f"{name} ({part.root or '.'})" if alone else f"{name} ({LANGUAGES[part.language].name})"
        while name in used:
            name += f" ({LANGUAGES[part.language].name})"
        used.add(name)
        names[key] = name
