"""The settings in force, each with its value and where it comes from."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from langfit.config.settings import SETTINGS, Config, ResolvedConfig

Row = tuple[str, Any, str]  # key, value, origin


def rows(settled: ResolvedConfig) -> list[Row]:
    """Return a row for each setting, in the order of the documentation."""
    return [(setting.key, _plain(settled.config, setting.field), settled.origins[setting.key]) for setting in SETTINGS]


def listing(settled: ResolvedConfig, file: str) -> str:
    """Return the rows as text that langfit.toml takes, under the file they may come from ("" for none)."""
    found = [(key, json.dumps(value, ensure_ascii=False), origin) for key, value, origin in rows(settled)]
    wide = max(len(key) for key, _, _ in found)
    head = f"# settings from {file}" if file else "# no langfit.toml is in force"
    lines = (
        f"{key:{wide}} = {value}  # {origin}" if value != "null" else f"# {key} is not set"
        for key, value, origin in found
    )
    return "\n".join([head, *lines])


def data(settled: ResolvedConfig, file: str) -> dict[str, Any]:
    """Return the rows as data, schema `langfit/config/1`."""
    settings = {key: {"value": value, "from": origin} for key, value, origin in rows(settled)}
    return {"schema": "langfit/config/1", "file": file or None, "settings": settings}


def _plain(config: Config, field: str) -> Any:
    return msgspec.to_builtins(getattr(config, field))
