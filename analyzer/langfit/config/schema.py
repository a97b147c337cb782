"""The JSON schema of langfit.toml, made from the settings that its reader knows."""

from __future__ import annotations

from typing import Any

from langfit.config.read import IGNORE_KEYS
from langfit.config.settings import MOST_PATTERNS, SETTINGS, Setting
from langfit.toml.overrides import MOST_POINTS, WEIGHTS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """Keys, types and single words; that rules exist and paths are there only `langfit config` knows."""
    return {
        "$schema": DIALECT,
        "title": "langfit.toml",
        "description": "Settings of langfit; `langfit config` shows which are in force and checks them.",
        "type": "object",
        "properties": {setting.key: {"description": setting.words} | _shape(setting) for setting in SETTINGS},
        "additionalProperties": False,
    }


def _shape(setting: Setting) -> Schema:
    text: Schema = {"type": "string", "pattern": r"\S"}
    some: Schema = {"anyOf": [text, {"type": "array", "items": text}]}
    patterns = some | {"anyOf": [text, {"type": "array", "items": text, "maxItems": MOST_PATTERNS}]}
    limits = {"minimum": setting.least, "maximum": setting.most}
    shapes: dict[str, Schema] = {
        "text": text,
        "file": text,
        "files": some,
        "names": some,
        "patterns": patterns,
        "choice": {"enum": list(setting.choices)},
        "flag": {"type": "boolean"},
        "whole": {"type": "integer"} | limits,
        "number": {"type": "number"} | limits,
        "components": {"type": "object", "additionalProperties": some},
        "weights": {
            "type": "object",
            "properties": {name: {"type": "number", "minimum": 0, "maximum": MOST_POINTS} for name in WEIGHTS},
            "additionalProperties": {"enum": list(WEIGHTS)},
        },
        "ignores": {
            "type": "array",
            "maxItems": MOST_PATTERNS,
            "items": {
                "type": "object",
                "properties": dict(zip(IGNORE_KEYS, (text, patterns, text), strict=True)),
                "required": list(IGNORE_KEYS),
                "additionalProperties": False,
            },
        },
    }
    return shapes[setting.kind]
