"""The `[match]` table of a rule file: five matchers, and conditions that use the same five."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from langfit.languages.queries import name_of
from langfit.languages.query_trial import problem_of
from langfit.model import Condition, Language, Match, Matcher, Measure, Selector
from langfit.rulebook.kinds import BLANKS, ENTRIES, NAMED_ENTRIES, NAMELESS, SITES, TRAITS
from langfit.toml.mistakes import Page, nearest, quoted

MATCHERS: tuple[Matcher, ...] = get_args(Matcher)
FURTHER: dict[Matcher, tuple[str, ...]] = {  # the keys that go with each matcher
    "site": ("name", "in-loop", "cold", "test", "per"),
    "density": ("name", "in-loop", "cold", "test", "per"),
    "query": ("in-loop", "cold", "test", "per"),
    "function": ("per",),
    "import": ("role", "per"),
    "manifest": ("per",),
}
PER: dict[Matcher, tuple[str, ...]] = {
    "site": ("kloc", "component"),
    "density": ("kloc", "function", "file"),
    "query": ("kloc", "component"),
    "function": ("line", "function"),
    "import": ("file",),
    "manifest": ("component",),
}
REPORTS = ("component", "place")
MATCH_KEYS = ("lines", "report", "with", "without")  # keys of [match] that go with every matcher
SHARES: tuple[Matcher, ...] = ("function", "import")  # matchers whose value never exceeds 1
MANY_STARS = 4  # a name with more runs of any characters than this could take very long to match
MOST_LOOPS = 16  # deeper nests of loops do not occur
ANY = 1e-9  # the least value above zero

Roles = Mapping[str, tuple[str, ...]]  # role -> import paths or crates


def keys_of(extra: tuple[str, ...]) -> set[str]:
    """All keys that a table with a matcher may have."""
    return {*MATCHERS, *extra, *(key for keys in FURTHER.values() for key in keys)}


def match_of(page: Page, top: dict[str, Any], language: Language, roles: Roles) -> Match | None:
    """The match of a rule; None, and mistakes on the page, when it is none."""
    table = top.get("match")
    if not isinstance(table, dict):
        page.say("`[match]` is missing or no table; it says when the rule holds.", page.line(top, "match"))
        return None
    page.known(table, keys_of(MATCH_KEYS), " in [match]")
    measure = _measure(page, table, language, roles)
    having = _conditions(page, table, "with", language, roles)
    lacking = _conditions(page, table, "without", language, roles)
    report = page.string(table, "report", needed=False, one_of=REPORTS)
    lines = int(page.number(table, "lines", 0, whole=True))
    limits = {condition.measure: condition.at_least for condition in lacking}
    if any(limits.get(condition.measure, 2e9) <= condition.at_least for condition in having):
        page.say("This rule can match nothing: `with` asks for what `without` forbids.", page.line(table, "with"))
    return Match(measure, lines, report, having, lacking) if measure is not None else None


def _conditions(page: Page, table: dict[str, Any], key: str, language: Language, roles: Roles) -> tuple[Condition, ...]:
    found = []
    for row in page.tables(table, key):
        page.known(row, keys_of(("at-least",)), f" in `{key}`")
        measure = _measure(page, row, language, roles)
        if measure is None:
            continue
        most = 1.0 if measure.matcher in SHARES else 1e9
        found.append(Condition(measure, page.number(row, "at-least", ANY, most=most) or ANY))
    return tuple(found)


def _measure(page: Page, table: dict[str, Any], language: Language, roles: Roles) -> Measure | None:
    named: list[Matcher] = [matcher for matcher in MATCHERS if matcher in table]
    if "role" in table and not named:
        named = ["import"]
    if len(named) != 1:
        found = " and ".join(f"`{name}`" for name in named) or "none"
        page.say(f"Exactly one matcher of {', '.join(MATCHERS)} is needed here, found {found}.", page.line(table))
        return None
    matcher = named[0]
    for key in table:
        if key in keys_of(()) and key not in (matcher, *FURTHER[matcher]):
            page.say(f"`{key}` says nothing beside `{matcher}`; remove it.", page.line(table, key))
    per = page.string(table, "per", needed=False, one_of=PER[matcher])
    if matcher in ("site", "density"):
        selector = _selector(page, table, matcher, language)
        return Measure(matcher, selector=selector, per=per) if selector else None
    if matcher == "query":
        return _query(page, table, language, per)
    if matcher == "function":
        trait = page.string(table, "function", one_of=sorted(TRAITS[language]))
        return Measure(matcher, trait=trait, per=per) if trait else None
    if matcher == "manifest":
        entries = _entries(page, table, language)
        return Measure(matcher, entries=entries, per=per) if entries else None
    imports, wanted = page.strings(table, "import"), page.strings(table, "role")
    for number, path in enumerate(imports):
        if path.strip("*") == "" or any(letter.isspace() for letter in path):
            page.say(f"{quoted(path)} is no import path or crate; name one.", _item(page, table, "import", number))
    for number, role in enumerate(wanted):
        if role not in roles:
            sentence = f"There is no role {quoted(role)} in rules/dependencies.{nearest(role, roles)}"
            page.say(sentence, _item(page, table, "role", number))
    if not imports and not wanted:
        _nothing(page, table, matcher)
        return None
    return Measure(matcher, imports=imports, roles=wanted, per=per)


def _query(page: Page, table: dict[str, Any], language: Language, per: str) -> Measure | None:
    text = page.string(table, "query")
    problem = problem_of(text, language) if text else ""
    if problem:
        page.say(f"`query` {problem}.", page.line(table, "query"))
    selector = _where(page, table, ("query",), (name_of(text),))
    return Measure("query", selector=selector, query=text, per=per) if text else None


def _item(page: Page, table: dict[str, Any], key: str, number: int) -> int:
    """The line of an item of a list, or of the key when its value is no list."""
    value = table[key]
    return page.line(value, number) if isinstance(value, list) else page.line(table, key)


def _nothing(page: Page, table: dict[str, Any], matcher: Matcher) -> None:
    if not table.get(matcher):  # a value of the wrong type has been reported already
        page.say(f"This `{matcher}` can match nothing; name at least one thing.", page.line(table, matcher))


def _entries(page: Page, table: dict[str, Any], language: Language) -> tuple[str, ...]:
    entries = page.strings(table, "manifest")
    known = ENTRIES[language]
    for number, entry in enumerate(entries):
        kind, _, name = entry.partition(":")
        line = _item(page, table, "manifest", number)
        if kind not in known:
            hint = nearest(kind, known) or f" Known are {', '.join(sorted(known))}."
            page.say(f"{quoted(entry)} is no manifest entry of {language}.{hint}", line)
        elif kind in NAMED_ENTRIES and not name:
            page.say(f"{quoted(entry)} can match nothing; write {kind}:NAME.", line)
    if not entries:
        _nothing(page, table, "manifest")
    return entries


def _selector(page: Page, table: dict[str, Any], matcher: Matcher, language: Language) -> Selector | None:
    kinds = page.strings(table, matcher)
    for number, kind in enumerate(kinds):
        if kind not in SITES[language]:
            hint = nearest(kind, SITES[language])
            page.say(f"{quoted(kind)} is no site kind of {language}.{hint}", _item(page, table, matcher, number))
    names = page.strings(table, "name", blank=True)
    for number, name in enumerate(names):
        problem = _name_problem(name, kinds, language)
        if problem:
            page.say(f"{quoted(name)} {problem}", _item(page, table, "name", number))
    if not names and table.get("name") == []:
        page.say("`name` can match nothing; leave it out to mean every name.", page.line(table, "name"))
    found = _where(page, table, kinds, names)
    if not kinds:
        _nothing(page, table, matcher)
        return None
    return found if set(kinds) <= SITES[language] else None


def _where(page: Page, table: dict[str, Any], kinds: tuple[str, ...], names: tuple[str, ...]) -> Selector:
    """The selector of such sites where the table wants them."""
    loops = int(page.number(table, "in-loop", 0, whole=True, most=MOST_LOOPS))
    return Selector(kinds, names, loops, page.flag(table, "cold"), page.flag(table, "test"))


def _name_problem(name: str, kinds: tuple[str, ...], language: Language) -> str:
    """Why no site of these kinds can have such a name, or why it would take long to find out; "" when all is well."""
    if name.count("*") > MANY_STARS:
        return f"has more than {MANY_STARS} `*`, which can take very long to match; name more of it."
    if name.strip("*") and kinds and NAMELESS.issuperset(kinds):
        return f"can match nothing: sites of kind {', '.join(kinds)} have no name."
    spoken = language == "rust" or not BLANKS.isdisjoint(kinds)
    if " " in name and kinds and not spoken:
        return "can match nothing: resolved names hold no blanks."
    if name != name.strip() or any(ord(letter) < ord(" ") for letter in name):
        return "can match nothing: names neither start nor end with blanks and have no control characters."
    return ""
