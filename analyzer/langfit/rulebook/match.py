"""The `[match]` table of a rule file: seven matchers, and conditions that use the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from langfit.languages import LANGUAGES
from langfit.model.repository import LanguageId
from langfit.model.rule import Condition, Match, Matcher, Measure, Selector, Unit
from langfit.parsing.queries import name_of
from langfit.rulebook import kinds
from langfit.rulebook.query_check import problem_of
from langfit.toml.diagnostics import did_you_mean, shorten
from langfit.toml.document import Document

MATCHERS: tuple[Matcher, ...] = get_args(Matcher)
FURTHER: dict[Matcher, tuple[str, ...]] = {  # the keys that go with each matcher
    "site": ("name", "in-loop", "cold", "test", "per"),
    "density": ("name", "in-loop", "cold", "test", "per"),
    "query": ("in-loop", "cold", "test", "per"),
    "function": ("per",),
    "import": ("role", "using", "per"),
    "manifest": ("per",),
    "assembly": ("per",),
}
UNITS: dict[Matcher, tuple[Unit, ...]] = {  # the values of `per`, the usual one first
    "site": ("tokens", "places"),
    "density": ("tokens", "functions", "files"),
    "query": ("tokens", "places"),
    "function": ("code", "functions"),
    "import": ("files",),
    "manifest": ("places",),
    "assembly": ("places",),
}
REPORTS = ("component", "place")
MATCH_KEYS = ("tokens", "report", "with", "without")  # keys of [match] that go with every matcher
SHARES: tuple[Unit, ...] = ("code", "functions", "files")  # units whose value never exceeds 1
MANY_STARS = 4  # a name with more runs of any characters than this could take very long to match
MOST_LOOPS = 16  # deeper nests of loops do not occur
ANY = 1e-9  # the least value above zero

Roles = Mapping[str, tuple[str, ...]]  # role -> import paths or crates


class Names(NamedTuple):
    """What a match may refer to: the roles of dependencies, and conditions by name."""

    roles: Roles
    conditions: Mapping[str, Condition]


def keys_of(extra: tuple[str, ...]) -> set[str]:
    """Return all keys that a table with a matcher may have."""
    return {*MATCHERS, *extra, *(key for keys in FURTHER.values() for key in keys)}


def match_of(document: Document, top: dict[str, Any], spoken: LanguageId, names: Names) -> Match | None:
    """Return the match of a rule; None, and diagnostics, where it is none."""
    table = top.get("match")
    if not isinstance(table, dict):
        document.error("`[match]` is missing or no table; it says when the rule holds.", document.line(top, "match"))
        return None
    document.check_keys(table, keys_of(MATCH_KEYS), " in [match]")
    measure = measure_of(document, table, spoken, names.roles)
    requires = _conditions(document, table, "with", spoken, names)
    excludes = _conditions(document, table, "without", spoken, names)
    report = document.string(table, "report", needed=False, one_of=REPORTS)
    tokens = int(document.number(table, "tokens", 0, whole=True))
    limits = {condition.measure: condition.at_least for condition in excludes}
    if any(limits.get(condition.measure, 2e9) <= condition.at_least for condition in requires):
        sentence = "This rule can match nothing: `with` asks for what `without` forbids."
        document.error(sentence, document.line(table, "with"))
    return Match(measure, tokens, report, requires, excludes) if measure is not None else None


def _conditions(
    document: Document, table: dict[str, Any], key: str, spoken: LanguageId, names: Names
) -> tuple[Condition, ...]:
    """Return the conditions of a list that holds tables, and names of conditions of families.toml."""
    listed = table.get(key, [])
    if not isinstance(listed, list):
        document.error(f"`{key}` must be a list of conditions.", document.line(table, key))
        return ()
    found = []
    for number, row in enumerate(listed):
        if isinstance(row, str):
            if row in names.conditions:
                found.append(names.conditions[row])
            else:
                hint = did_you_mean(row, names.conditions)
                sentence = f"There is no condition {shorten(row)} for this language in rules/families.toml.{hint}"
                document.error(sentence, document.line(listed, number))
        elif isinstance(row, dict):
            condition = condition_of(document, row, spoken, names.roles, f" in `{key}`")
            found += [condition] if condition is not None else []
        else:
            document.error(f"`{key}` must be a list of conditions.", document.line(listed, number))
    return tuple(found)


def condition_of(
    document: Document, row: dict[str, Any], spoken: LanguageId, roles: Roles, where: str
) -> Condition | None:
    """Return the condition of a table: a matcher, and the value from which it holds."""
    document.check_keys(row, keys_of(("at-least",)), where)
    measure = measure_of(document, row, spoken, roles)
    if measure is None:
        return None
    most = 1.0 if measure.unit in SHARES else 1e9
    return Condition(measure, document.number(row, "at-least", ANY, most=most) or ANY)


def measure_of(document: Document, table: dict[str, Any], spoken: LanguageId, roles: Roles) -> Measure | None:
    """Return the measure of a table with exactly one matcher; None, and diagnostics, where it has none."""
    named: list[Matcher] = [matcher for matcher in MATCHERS if matcher in table]
    if "role" in table and not named:
        named = ["import"]
    if len(named) != 1:
        found = " and ".join(f"`{name}`" for name in named) or "none"
        sentence = f"Exactly one matcher of {', '.join(MATCHERS)} is needed here, found {found}."
        document.error(sentence, document.line(table))
        return None
    matcher = named[0]
    for key in table:
        if key in keys_of(()) and key not in (matcher, *FURTHER[matcher]):
            document.error(f"`{key}` has no effect with `{matcher}`; remove it.", document.line(table, key))
    said = document.string(table, "per", needed=False, one_of=UNITS[matcher])
    unit = next((unit for unit in UNITS[matcher] if unit == said), UNITS[matcher][0])
    if matcher in ("site", "density"):
        selector = _selector(document, table, matcher, spoken)
        return Measure(matcher, unit, selector=selector) if selector else None
    if matcher == "query":
        return _query(document, table, spoken, unit)
    if matcher == "function":
        trait = document.string(table, "function", one_of=sorted(LANGUAGES[spoken].extract.TRAITS))
        return Measure(matcher, unit, trait=trait) if trait else None
    if matcher == "manifest":
        entries = _entries(document, table, spoken)
        return Measure(matcher, unit, entries=entries) if entries else None
    if matcher == "assembly":
        return Measure(matcher, unit) if document.flag(table, "assembly") else None
    return _imports(document, table, unit, roles)


def _imports(document: Document, table: dict[str, Any], unit: Unit, roles: Roles) -> Measure | None:
    imports, wanted = document.strings(table, "import"), document.strings(table, "role")
    for number, path in enumerate(imports):
        if path.strip("*") == "" or any(letter.isspace() for letter in path):
            sentence = f"{shorten(path)} is no import path or crate; name one."
            document.error(sentence, _item(document, table, "import", number))
    for number, role in enumerate(wanted):
        if role not in roles:
            sentence = f"There is no role {shorten(role)} in rules/dependencies.{did_you_mean(role, roles)}"
            document.error(sentence, _item(document, table, "role", number))
    if not imports and not wanted:
        _nothing(document, table, "import")
        return None
    return Measure("import", unit, imports=imports, roles=wanted, using=document.strings(table, "using"))


def _query(document: Document, table: dict[str, Any], spoken: LanguageId, unit: Unit) -> Measure | None:
    text = document.string(table, "query")
    problem = problem_of(text, LANGUAGES[spoken]) if text else ""
    if problem:
        document.error(f"`query` {problem}.", document.line(table, "query"))
    selector = _where(document, table, ("query",), (name_of(text),))
    return Measure("query", unit, selector=selector, query=text) if text else None


def _item(document: Document, table: dict[str, Any], key: str, number: int) -> int:
    """Return the line of an item of a list, or of the key where its value is no list."""
    value = table[key]
    return document.line(value, number) if isinstance(value, list) else document.line(table, key)


def _nothing(document: Document, table: dict[str, Any], matcher: Matcher) -> None:
    if not table.get(matcher):  # a value of the wrong type has been reported already
        sentence = f"This `{matcher}` can match nothing; name at least one thing."
        document.error(sentence, document.line(table, matcher))


def _entries(document: Document, table: dict[str, Any], spoken: LanguageId) -> tuple[str, ...]:
    entries = document.strings(table, "manifest")
    reader = LANGUAGES[spoken].reader
    for number, entry in enumerate(entries):
        kind, _, name = entry.partition(":")
        line = _item(document, table, "manifest", number)
        if kind not in reader.ENTRIES:
            hint = did_you_mean(kind, reader.ENTRIES) or f" Known are {', '.join(sorted(reader.ENTRIES))}."
            document.error(f"{shorten(entry)} is no manifest entry of {spoken}.{hint}", line)
        elif kind in reader.NAMED and not name:
            document.error(f"{shorten(entry)} can match nothing; write {kind}:NAME.", line)
    if not entries:
        _nothing(document, table, "manifest")
    return entries


def _selector(document: Document, table: dict[str, Any], matcher: Matcher, spoken: LanguageId) -> Selector | None:
    known = kinds.sites(LANGUAGES[spoken])
    asked = document.strings(table, matcher)
    for number, kind in enumerate(asked):
        if kind not in known:
            sentence = f"{shorten(kind)} is no site kind of {spoken}.{did_you_mean(kind, known)}"
            document.error(sentence, _item(document, table, matcher, number))
    names = document.strings(table, "name", blank=True)
    for number, name in enumerate(names):
        problem = _name_problem(name, asked, spoken)
        if problem:
            document.error(f"{shorten(name)} {problem}", _item(document, table, "name", number))
    if not names and table.get("name") == []:
        sentence = "`name` can match nothing; leave it out to mean every name."
        document.error(sentence, document.line(table, "name"))
    found = _where(document, table, asked, names)
    if not asked:
        _nothing(document, table, matcher)
        return None
    return found if set(asked) <= known else None


def _where(document: Document, table: dict[str, Any], asked: tuple[str, ...], names: tuple[str, ...]) -> Selector:
    """Return the selector of such sites where the table wants them."""
    loops = int(document.number(table, "in-loop", 0, whole=True, most=MOST_LOOPS))
    return Selector(asked, names, loops, document.flag(table, "cold"), document.flag(table, "test"))


def _name_problem(name: str, asked: tuple[str, ...], spoken: LanguageId) -> str:
    """Return why no site of these kinds can have such a name, or why it would take long to find out; "" for none."""
    if name.count("*") > MANY_STARS:
        return f"has more than {MANY_STARS} `*`, which can take very long to match; name more of it."
    if name.strip("*") and asked and kinds.nameless(LANGUAGES[spoken]).issuperset(asked):
        return f"can match nothing: sites of kind {', '.join(asked)} have no name."
    if " " in name and asked and LANGUAGES[spoken].extract.BLANKS.isdisjoint(asked):
        return "can match nothing: resolved names hold no blanks."
    if name != name.strip() or any(ord(letter) < ord(" ") for letter in name):
        return "can match nothing: names neither start nor end with blanks and have no control characters."
    return ""
