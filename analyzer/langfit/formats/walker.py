"""The way from sarif_om objects to dicts: what `jschema-to-python` does, in a twentieth of its time."""

from __future__ import annotations

from functools import cache
from typing import Any

import attr

SCALARS = frozenset((str, int, float, bool))


def plain(value: Any) -> object:
    """Return a sarif_om object as dicts and lists, under the names of its attrs metadata (`schema_property_name`).

    Properties left at their default are left out, except `level`, which readers look for.
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    kind: Any = type(value)
    names = _properties(kind)
    found = {}
    for attribute, entry in vars(value).items():  # most of some thirty properties are None
        if entry is None:
            continue
        name, default = names[attribute]
        if entry != default or name == "level":
            found[name] = entry if type(entry) in SCALARS else plain(entry)
    return found


@cache
def _properties(kind: Any) -> dict[str, tuple[str, object]]:
    """Attribute -> name in the schema and default, of each property of a sarif_om class."""
    return {
        field.name: (field.metadata["schema_property_name"], _default(field.default)) for field in attr.fields(kind)
    }


def _default(default: Any) -> object:
    return default.factory() if hasattr(default, "factory") else default
