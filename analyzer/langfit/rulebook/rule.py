"""One rule file: every key of it checked, each mistake with its line."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from string import Formatter
from typing import Any, NamedTuple

from langfit import expectations
from langfit.languages import LANGUAGES
from langfit.model.repository import LanguageId
from langfit.model.rule import Condition, Example, Match, Rule, Scale
from langfit.rulebook.match import SHARES, Names, Roles, match_of
from langfit.toml.diagnostics import did_you_mean, shorten
from langfit.toml.document import Document
from langfit.toml.overrides import WEIGHTS
from langfit.toml.positions import headers

NEEDED = ("title", "message", "why")  # what every rule says in words
FURTHER = ("limits", "first", "refute", "oracle")  # what it may say
TEXTS = (*NEEDED, *FURTHER)
KEYS = {*TEXTS, "suits", "family", "weight", "claims", "roles", "conflict", "ageing", "match", "scale", "example"}
SCALE_KEYS = ("start", "full")
EXAMPLE_KEYS = ("code", "files")
FIELDS = ("name", "amount")  # what a message may show
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
GO_VERSION = re.compile(r"1\.\d{1,3}")
MOST_EXAMPLES = 50
MOST_TITLE = 60  # characters


class ValidNames(NamedTuple):
    """What rule files may refer to."""

    claims: Collection[str]
    families: Collection[str]
    roles: Collection[str]  # of the recommendation
    dependencies: Mapping[LanguageId, Roles]
    conditions: Mapping[LanguageId, Mapping[str, Condition]]


def rule_of(document: Document, name: str, spoken: LanguageId, valid: ValidNames, *, shipped: bool) -> Rule | None:
    """Return the rule of a file; None where it has mistakes, all of which become diagnostics.

    Only a rule that is shipped must name the claims that it rests on: those of a team have reasons of their own.
    """
    before = len(document.diagnostics)
    table = document.table
    if not document.read:
        return None
    if not ID.fullmatch(name.partition("/")[2]):
        sentence = "The name of a rule file is its id: use small letters and digits, with single hyphens between them."
        document.error(sentence)
    document.check_keys(table, KEYS)
    suits = document.string(table, "suits", one_of=tuple(LANGUAGES))
    weight = document.string(table, "weight", one_of=WEIGHTS)
    family = document.string(table, "family", one_of=valid.families)
    claims = _named(document, table, "claims", valid.claims, "claim", "rules/claims.toml")
    if shipped and not table.get("claims"):
        document.error("`claims` must name at least one row of rules/claims.toml.", document.line(table, "claims"))
    roles = _named(document, table, "roles", valid.roles, "role", "rules/roles.toml")
    texts = {key: document.string(table, key, needed=key in NEEDED) for key in TEXTS}
    _title(document, table, texts["title"])
    _message(document, table, texts["message"])
    names = Names(valid.dependencies[spoken], valid.conditions.get(spoken, {}))
    match = match_of(document, table, spoken, names)
    scale = _scale(document, table, match)
    ageing = _ageing(document, table, spoken)
    examples = _examples(document, table, name)
    if len(document.diagnostics) > before or match is None:
        return None
    return Rule(
        id=name, language=spoken, suits=suits, family=family, weight=next(one for one in WEIGHTS if one == weight),
        claims=claims, roles=roles, match=match, scale=scale, ageing=ageing, examples=examples, path=document.shown,
        conflict=document.flag(table, "conflict"), **texts,
    )  # fmt: skip


def _named(
    document: Document, table: dict[str, Any], key: str, known: Collection[str], noun: str, where: str
) -> tuple[str, ...]:
    named = document.strings(table, key)
    for number, name in enumerate(named):
        if name not in known:
            listed = table[key]
            line = document.line(listed, number) if isinstance(listed, list) else document.line(table, key)
            document.error(f"There is no {noun} {shorten(name)} in {where}.{did_you_mean(name, known)}", line)
    return named


def _title(document: Document, table: dict[str, Any], title: str) -> None:
    if "\n" in title or title.endswith("."):
        document.error("`title` must be one line without a full stop.", document.line(table, "title"))
    elif len(title) > MOST_TITLE:
        document.error(f"`title` is longer than {MOST_TITLE} characters; shorten it.", document.line(table, "title"))


def _message(document: Document, table: dict[str, Any], message: str) -> None:
    try:
        parts = list(Formatter().parse(message))
        wrong = any(
            field is not None and (field not in FIELDS or form or conversion) for _, field, form, conversion in parts
        )
    except ValueError:
        wrong = True
    line = document.line(table, "message")
    if wrong:
        document.error("`message` may use {name} and {amount} and no other braces.", line)
    if "\n" in message:
        document.error("`message` must be one line.", line)


def _scale(document: Document, top: dict[str, Any], match: Match | None) -> Scale | None:
    if "scale" not in top:
        return None
    table = top["scale"]
    if not isinstance(table, dict):
        document.error("`[scale]` must be a table with `start` and `full`.", document.line(top, "scale"))
        return None
    before = len(document.diagnostics)
    document.check_keys(table, SCALE_KEYS, " in [scale]")
    for key in SCALE_KEYS:
        if key not in table:
            document.error(f"`{key}` is missing here; add it.", document.line(table))
    scale = Scale(document.number(table, "start", 0.0), document.number(table, "full", 0.0))
    if len(document.diagnostics) > before:
        return None
    if scale.full <= scale.start:
        document.error("`full` must be larger than `start`.", document.line(table, "full"))
    if match is not None and match.measure.unit in SHARES and scale.start >= 1:
        sentence = "This rule can match nothing: a share never exceeds 1, so `start` must be less."
        document.error(sentence, document.line(table, "start"))
    return scale


def _ageing(document: Document, top: dict[str, Any], spoken: LanguageId) -> tuple[tuple[str, float], ...]:
    """Return the factors by version of the language, oldest version first: the last one reached holds."""
    table = top.get("ageing", {})
    line = document.line(top, "ageing")
    if not isinstance(table, dict):
        document.error('`ageing` must be a table of Go version and factor, as in {"1.26" = 0.7}.', line)
        return ()
    if "ageing" in top and not LANGUAGES[spoken].versioned:
        document.error("`ageing` depends on the `go` directive and applies to Go rules only; remove it.", line)
    found = []
    for version, factor in table.items():
        if not GO_VERSION.fullmatch(version) or isinstance(factor, dict):
            sentence = f'{shorten(version)} is no Go version in quotes, such as "1.26".'
            document.error(sentence, document.line(table, version))
            continue
        found.append((version, document.number(table, version, 1.0, most=1.0)))
    return tuple(sorted(found, key=lambda row: int(row[0].partition(".")[2])))


def _examples(document: Document, top: dict[str, Any], name: str) -> tuple[Example, ...]:
    rows = document.tables(top, "example")
    if len(rows) > MOST_EXAMPLES:
        sentence = f"There are more than {MOST_EXAMPLES} examples; keep those that show something new."
        document.error(sentence, document.line(top, "example"))
        return ()
    lines = headers(document.text, "example")
    if len(lines) != len(rows):  # an array of inline tables
        lines = [document.line(row) for row in rows]
    found = [_example(document, row, name, line) for row, line in zip(rows, lines, strict=True)]
    if all(example.code for example in found):
        wanting = [name in _wanted(example) for example in found]
        line = document.line(top, "example")
        if not any(wanting):
            document.error(f"No example must be reported: mark a line of one with `want {name}`.", line)
        if all(wanting):
            document.error("No example must stay silent: add one without a mark.", line)
    return tuple(found)


def _example(document: Document, row: dict[str, Any], name: str, line: int) -> Example:
    document.check_keys(row, EXAMPLE_KEYS, " in [[example]]")
    code = document.string(row, "code")
    files = row.get("files", {})
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        document.error("`files` of an example must map names to text.", document.line(row, "files"))
        files = {}
    for path in files:
        if not path or path.startswith(("/", "..")) or posixpath.normpath(path) != path or "\\" in path:
            sentence = f"{shorten(path)} is no path below the example; write it like src/a.rs."
            document.error(sentence, document.line(files, path))
    example = Example(f"{code}\n" if code else "", files, line)
    for other in sorted(_wanted(example) - {name}):
        document.error(f"The mark `want {other}` asks for another rule; only {name} is tried here.", line)
    return example


def _wanted(example: Example) -> set[str]:
    texts = (example.code, *example.files.values())
    return {rule for text in texts for _, rule in expectations.strip(text.encode())[1]}
