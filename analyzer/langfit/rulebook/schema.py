"""The JSON schema of rule files, made from what the loader itself asks for."""

from __future__ import annotations

from typing import Any

from langfit.languages.query_trial import MOST_LETTERS
from langfit.model import LANGUAGES, Rulebook
from langfit.rulebook.kinds import ENTRIES, NAMED_ENTRIES, SITES, TRAITS
from langfit.rulebook.matchers import FURTHER, MATCHERS, MOST_LOOPS, PER, REPORTS
from langfit.rulebook.rule import EXAMPLE_KEYS, GO_VERSION, KEYS, MOST_EXAMPLES, SCALE_KEYS, TEXTS
from langfit.toml.overrides import WEIGHTS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OPTIONAL = {"oracle", "ageing", "scale"}
WORDS = {
    "title": "What it finds, in one line without a full stop.",
    "suits": "The language that the evidence speaks for.",
    "family": "The idea that it belongs to; the sum of a family is capped.",
    "weight": "How much it says at full strength.",
    "claims": "Rows of rules/claims.toml.",
    "message": "One line; {name}, {count} and {value} may be used.",
    "why": "The claim and its limits.",
    "first": "What to do inside the language before thinking of a move.",
    "refute": "The measurement that would prove a finding irrelevant.",
    "oracle": "Who can confirm it.",
    "ageing": "Go only: factor on the strength from a version of the `go` directive on.",
    "match": "When it holds.",
    "scale": "Where the value starts to count, and where it counts in full.",
    "example": "Code with marks on the lines that must be reported, and code without.",
}


def schema_of(book: Rulebook) -> Schema:
    """The schema of a rule file in either language, as far as keys, types and single words go."""
    properties: dict[str, Schema] = {key: _text() for key in (*TEXTS, "oracle")} | {
        "suits": {"enum": list(LANGUAGES)},
        "family": {"enum": sorted(family.name for family in book.families)},
        "weight": {"enum": list(WEIGHTS)},
        "claims": _some({"enum": [claim.id for claim in book.claims]}),
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
    top = _table({key: {"description": WORDS[key]} | properties[key] for key in WORDS}, sorted(KEYS - OPTIONAL))
    conditions = {"type": "array", "items": {"$ref": "#/$defs/condition"}}
    lines: Schema = {"type": "integer", "minimum": 0}
    reports: Schema = {"enum": list(REPORTS)}
    wholes: dict[str, Schema] = {"lines": lines, "report": reports, "with": conditions, "without": conditions}
    files = {"type": "object", "additionalProperties": {"type": "string"}}
    return {
        "$schema": DIALECT,
        "title": "Rule of langfit",
        "description": "A rule file, go/NAME.toml or rust/NAME.toml; `langfit rules --check` knows more than this.",
    } | top | {
        "$defs": {
            "match": _matching(book, wholes),
            "condition": _matching(book, {"at-least": {"type": "number", "minimum": 0}}),
            "example": _table(dict(zip(EXAMPLE_KEYS, (_text(), files), strict=True)), ["code"]),
        }
    }  # fmt: skip


def _matching(book: Rulebook, extra: dict[str, Schema]) -> Schema:
    """A table with exactly one matcher, the keys that go with it, and extra ones."""
    sites = _some({"enum": sorted(SITES["go"] | SITES["rust"])})
    bare = sorted((ENTRIES["go"] | ENTRIES["rust"]) - NAMED_ENTRIES)
    entry = f"^(?:(?:{'|'.join(sorted(NAMED_ENTRIES))}):.+|(?:{'|'.join(bare)})(?::.*)?)$"
    values: dict[str, Schema] = {
        "site": sites,
        "density": sites,
        "query": {"type": "string", "pattern": "@hit", "maxLength": MOST_LETTERS},
        "function": {"enum": sorted(TRAITS["go"] | TRAITS["rust"])},
        "import": _some(_text()),
        "manifest": _some({"type": "string", "pattern": entry}),
        "role": _some({"enum": sorted({role for table in book.modules.values() for role in table.values()})}),
        "name": _some({"type": "string"}),
        "in-loop": {"type": "integer", "minimum": 0, "maximum": MOST_LOOPS},
        "cold": {"type": "boolean"},
        "test": {"type": "boolean"},
    }
    choices = []
    for matcher in MATCHERS:
        keys = {key: values[key] for key in (matcher, *FURTHER[matcher]) if key != "per"}
        choices.append(_table(keys | {"per": {"enum": list(PER[matcher])}} | extra, [matcher]))
    by_role = _table({"role": values["role"], "per": {"enum": list(PER["import"])}} | extra, ["role"])
    return {"oneOf": [*choices, by_role]}


def _text() -> Schema:
    return {"type": "string", "pattern": r"\S"}


def _some(item: Schema) -> Schema:
    """One of something, or a list with at least one."""
    return {"anyOf": [item, {"type": "array", "minItems": 1, "items": item}]}


def _table(properties: dict[str, Schema], required: tuple[str, ...] | list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
