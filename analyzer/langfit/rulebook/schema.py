"""The JSON schema of rule files, made from what the loader itself asks for."""

from __future__ import annotations

from typing import Any

from langfit.languages import LANGUAGES
from langfit.model.rule import Rulebook
from langfit.rulebook import kinds
from langfit.rulebook.match import FURTHER, MATCHERS, MOST_LOOPS, REPORTS, UNITS
from langfit.rulebook.query_check import MOST_LETTERS
from langfit.rulebook.rule import EXAMPLE_KEYS, GO_VERSION, KEYS, MOST_EXAMPLES, MOST_TITLE, NEEDED, SCALE_KEYS, TEXTS
from langfit.toml.overrides import WEIGHTS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NEEDED_KEYS = (*NEEDED, "suits", "family", "weight", "match", "example")
WORDS = {
    "title": "What it finds, in a few words without a full stop.",
    "suits": "The language that the evidence speaks for.",
    "family": "The idea that it belongs to; the sum of a family is capped.",
    "weight": "How much it says at full strength.",
    "claims": "Rows of rules/claims.toml that it rests on; a rule of a team may have reasons of its own.",
    "roles": "Roles of the recommendation that it is a sign of.",
    "message": "One line about a place; {name} and {amount} may be used.",
    "why": "Why it speaks for that language.",
    "limits": "Where it is wrong.",
    "first": "What to try inside the present language.",
    "refute": "The measurement that would prove a finding irrelevant.",
    "oracle": "Which tool can confirm it.",
    "conflict": "Whether it says that the runtime of the language is in the way.",
    "ageing": "Go only: factor on the strength from a version of the `go` directive on.",
    "match": "When it holds.",
    "scale": "Where the value starts to count, and where it counts in full.",
    "example": "Code with marks on the lines that must be reported, and code without.",
}


def schema_of(book: Rulebook) -> Schema:
    """Return the schema of a rule file in either language, as far as keys, types and single words go."""
    properties: dict[str, Schema] = {key: _text() for key in TEXTS} | {
        "title": _text() | {"maxLength": MOST_TITLE},
        "suits": {"enum": list(LANGUAGES)},
        "family": {"enum": sorted(family.name for family in book.families)},
        "weight": {"enum": list(WEIGHTS)},
        "claims": _some({"enum": [claim.id for claim in book.claims]}),
        "roles": _some({"enum": [role.name for role in book.roles]}),
        "conflict": {"type": "boolean"},
        "ageing": {
            "type": "object",
            "patternProperties": {f"^{GO_VERSION.pattern}$": {"type": "number", "minimum": 0, "maximum": 1}},
            "additionalProperties": False,
        },
        "match": {"$ref": "#/$defs/match"},
        "scale": _table({key: {"type": "number", "minimum": 0} for key in SCALE_KEYS}, SCALE_KEYS),
        "example": {"type": "array", "minItems": 2, "maxItems": MOST_EXAMPLES, "items": {"$ref": "#/$defs/example"}},
    }
    assert set(properties) == KEYS == set(WORDS), "a new key needs its words and its shape here"
    top = _table({key: {"description": WORDS[key]} | properties[key] for key in WORDS}, NEEDED_KEYS)
    condition: Schema = {"anyOf": [_text(), {"$ref": "#/$defs/condition"}]}
    conditions = {"type": "array", "items": condition}
    tokens: Schema = {"type": "integer", "minimum": 0}
    reports: Schema = {"enum": list(REPORTS)}
    wholes: dict[str, Schema] = {"tokens": tokens, "report": reports, "with": conditions, "without": conditions}
    files = {"type": "object", "additionalProperties": {"type": "string"}}
    return {
        "$schema": DIALECT,
        "title": "Rule of langfit",
        "description": "A rule file, go/NAME.toml or rust/NAME.toml; `langfit rules --check` knows more than this.",
        **top,
        "$defs": {
            "match": _matching(book, wholes),
            "condition": _matching(book, {"at-least": {"type": "number", "minimum": 0}}),
            "example": _table(dict(zip(EXAMPLE_KEYS, (_text(), files), strict=True)), ["code"]),
        },
    }


def _matching(book: Rulebook, extra: dict[str, Schema]) -> Schema:
    """Return a table with exactly one matcher, the keys that go with it, and extra ones."""
    spoken = LANGUAGES.values()
    sites = _some({"enum": sorted({kind for one in spoken for kind in kinds.sites(one)})})
    named = {kind for one in spoken for kind in one.reader.NAMED}
    bare = {kind for one in spoken for kind in one.reader.ENTRIES} - named
    entry = f"^(?:(?:{'|'.join(sorted(named))}):.+|(?:{'|'.join(sorted(bare))})(?::.*)?)$"
    roles = {role for table in book.dependencies.values() for role in table.roles.values()}
    values: dict[str, Schema] = {
        "site": sites,
        "density": sites,
        "query": {"type": "string", "pattern": "@hit", "maxLength": MOST_LETTERS},
        "function": {"enum": sorted({trait for one in spoken for trait in one.extract.TRAITS})},
        "import": _some(_text()),
        "manifest": _some({"type": "string", "pattern": entry}),
        "assembly": {"const": True},
        "role": _some({"enum": sorted(roles)}),
        "using": _some(_text()),
        "name": _some({"type": "string"}),
        "in-loop": {"type": "integer", "minimum": 0, "maximum": MOST_LOOPS},
        "cold": {"type": "boolean"},
        "test": {"type": "boolean"},
    }
    choices = []
    for matcher in MATCHERS:
        keys = {key: values[key] for key in (matcher, *FURTHER[matcher]) if key != "per"}
        choices.append(_table(keys | {"per": {"enum": list(UNITS[matcher])}} | extra, [matcher]))
    by_role = {"role": values["role"], "using": values["using"], "per": {"enum": list(UNITS["import"])}} | extra
    return {"oneOf": [*choices, _table(by_role, ["role"])]}


def _text() -> Schema:
    return {"type": "string", "pattern": r"\S"}


def _some(item: Schema) -> Schema:
    """Return the shape of one of something, or of a list with at least one."""
    return {"anyOf": [item, {"type": "array", "minItems": 1, "items": item}]}


def _table(properties: dict[str, Schema], required: tuple[str, ...] | list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
