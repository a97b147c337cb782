"""One rule file: every key of it checked, each mistake with its line."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from string import Formatter
from typing import Any, NamedTuple

from langfit import marks
from langfit.model import LANGUAGES, Example, Language, Match, Rule, Scale
from langfit.rulebook.matchers import SHARES, Roles, match_of
from langfit.toml.mistakes import Page, nearest, quoted
from langfit.toml.overrides import WEIGHTS
from langfit.toml.places import headers

TEXTS = ("title", "message", "why", "first", "refute")  # what every rule says in words
KEYS = {*TEXTS, "suits", "family", "weight", "claims", "oracle", "ageing", "match", "scale", "example"}
SCALE_KEYS = ("start", "full")
EXAMPLE_KEYS = ("code", "files")
FIELDS = ("name", "count", "value")  # what a message may show
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
GO_VERSION = re.compile(r"1\.\d{1,3}")
MOST_EXAMPLES = 50


class Known(NamedTuple):
    """What rule files may refer to."""

    claims: Collection[str]
    families: Collection[str]
    roles: Mapping[Language, Roles]


def rule_of(page: Page, name: str, language: Language, known: Known) -> Rule | None:
    """The rule of a page; None when the page has mistakes, all of which are noted on it."""
    before = len(page.mistakes)
    table = page.table
    if not page.read:
        return None
    if not ID.fullmatch(name.partition("/")[2]):
        page.say("The name of a rule file is its id: use small letters and digits, with single hyphens between them.")
    page.known(table, KEYS)
    suits = page.string(table, "suits", one_of=LANGUAGES)
    weight = page.string(table, "weight", one_of=WEIGHTS)
    family = page.string(table, "family", one_of=known.families)
    claims = _claims(page, table, known.claims)
    texts = {key: page.string(table, key) for key in TEXTS}
    _title(page, table, texts["title"])
    _message(page, table, texts["message"])
    oracle = page.string(table, "oracle", needed=False)
    match = match_of(page, table, language, known.roles[language])
    scale = _scale(page, table, match)
    ageing = _ageing(page, table, language)
    examples = _examples(page, table, name)
    if len(page.mistakes) > before or match is None:
        return None
    return Rule(
        id=name, language=language, suits="rust" if suits == "rust" else "go", family=family,
        weight=next(one for one in WEIGHTS if one == weight), claims=claims, match=match, scale=scale, ageing=ageing,
        examples=examples, oracle=oracle, path=page.shown, **texts,
    )  # fmt: skip


def _claims(page: Page, table: dict[str, Any], known: Collection[str]) -> tuple[str, ...]:
    named = page.strings(table, "claims")
    line = page.line(table, "claims")
    for number, claim in enumerate(named):
        if claim not in known:
            where = page.line(table["claims"], number) if isinstance(table["claims"], list) else line
            page.say(f"There is no claim {quoted(claim)} in rules/claims.toml.{nearest(claim, known)}", where)
    if not table.get("claims"):
        page.say("`claims` must name at least one row of rules/claims.toml.", line)
    return named


def _title(page: Page, table: dict[str, Any], title: str) -> None:
    if "\n" in title or title.endswith("."):
        page.say("`title` must be one line without a full stop.", page.line(table, "title"))


def _message(page: Page, table: dict[str, Any], message: str) -> None:
    try:
        parts = list(Formatter().parse(message))
        wrong = any(field is not None and (field not in FIELDS or form or turn) for _, field, form, turn in parts)
    except ValueError:
        wrong = True
    if wrong:
        page.say("`message` may use {name}, {count} and {value} and no other braces.", page.line(table, "message"))
    if "\n" in message:
        page.say("`message` must be one line.", page.line(table, "message"))


def _scale(page: Page, top: dict[str, Any], match: Match | None) -> Scale | None:
    if "scale" not in top:
        return None
    table = top["scale"]
    if not isinstance(table, dict):
        page.say("`[scale]` must be a table with `start` and `full`.", page.line(top, "scale"))
        return None
    before = len(page.mistakes)
    page.known(table, SCALE_KEYS, " in [scale]")
    for key in SCALE_KEYS:
        if key not in table:
            page.say(f"`{key}` is missing here; add it.", page.line(table))
    scale = Scale(page.number(table, "start", 0.0), page.number(table, "full", 0.0))
    if len(page.mistakes) > before:
        return None
    if scale.full <= scale.start:
        page.say("`full` must be larger than `start`.", page.line(table, "full"))
    if match is not None and match.measure.matcher in SHARES and scale.start >= 1:
        sentence = "This rule can match nothing: a share never exceeds 1, so `start` must be less."
        page.say(sentence, page.line(table, "start"))
    return scale


def _ageing(page: Page, top: dict[str, Any], language: Language) -> tuple[tuple[str, float], ...]:
    """The factors by Go version, oldest version first: the last one reached holds."""
    table = top.get("ageing", {})
    line = page.line(top, "ageing")
    if not isinstance(table, dict):
        page.say('`ageing` must be a table of Go version and factor, as in {"1.26" = 0.7}.', line)
        return ()
    if language != "go" and "ageing" in top:
        page.say("`ageing` follows the `go` directive, which Rust has not; remove it.", line)
    found = []
    for version, factor in table.items():
        if not GO_VERSION.fullmatch(version) or isinstance(factor, dict):
            page.say(f'{quoted(version)} is no Go version in quotes, such as "1.26".', page.line(table, version))
            continue
        found.append((version, page.number(table, version, 1.0, most=1.0)))
    return tuple(sorted(found, key=lambda row: int(row[0].partition(".")[2])))


def _examples(page: Page, top: dict[str, Any], name: str) -> tuple[Example, ...]:
    rows = page.tables(top, "example")
    if len(rows) > MOST_EXAMPLES:
        sentence = f"There are more than {MOST_EXAMPLES} examples; keep those that show something new."
        page.say(sentence, page.line(top, "example"))
        return ()
    lines = headers(page.text, "example")
    if len(lines) != len(rows):  # an array of inline tables
        lines = [page.line(row) for row in rows]
    found = [_example(page, row, name, line) for row, line in zip(rows, lines, strict=True)]
    if all(example.code for example in found):
        wanting = [name in _wanted(example) for example in found]
        if not any(wanting):
            page.say(f"No example must be reported: mark a line of one with `want {name}`.", page.line(top, "example"))
        if all(wanting):
            page.say("No example must stay silent: add one without a mark.", page.line(top, "example"))
    return tuple(found)


def _example(page: Page, row: dict[str, Any], name: str, line: int) -> Example:
    page.known(row, EXAMPLE_KEYS, " in [[example]]")
    code = page.string(row, "code")
    files = row.get("files", {})
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        page.say("`files` of an example must map names to text.", page.line(row, "files"))
        files = {}
    for path in files:
        if not path or path.startswith(("/", "..")) or posixpath.normpath(path) != path or "\\" in path:
            page.say(f"{quoted(path)} is no path below the example; write it like src/a.rs.", page.line(files, path))
    example = Example(f"{code}\n" if code else "", files, line)
    for other in sorted(_wanted(example) - {name}):
        page.say(f"The mark `want {other}` asks for another rule; only {name} is tried here.", line)
    return example


def _wanted(example: Example) -> set[str]:
    return {rule for text in (example.code, *example.files.values()) for _, rule in marks.cut(text.encode())[1]}
