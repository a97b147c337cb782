"""The `[match]` table of a rule file: five matchers, and conditions that use the same five."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from analyzer.model import Condition, Language, Match, Matcher, Measure, Selector
from analyzer.rulebook.kinds import ENTRIES, SITES, TRAITS
from analyzer.rulebook.mistakes import Page

MATCHERS: tuple[Matcher, ...] = get_args(Matcher)
SHARED = {"name", "in-loop", "cold", "test", "per", "role"}
PER: dict[str, tuple[str, ...]] = {
    "site": ("kloc", "component"),
    "density": ("kloc", "function", "file"),
    "function": ("line", "function"),
    "import": ("file",),
    "manifest": ("component",),
}
MANY_STARS = 4  # a name with more runs of any characters than this could take exponential time to match

Roles = Mapping[str, tuple[str, ...]]  # role -> import paths or crates


def match_of(page: Page, table: Any, language: Language, roles: Roles) -> Match | None:
    """The match of a rule; None, and mistakes on the page, when it is none."""
    if not isinstance(table, dict):
        page.say("`[match]` is missing; it says when the rule holds.", 1)
        return None
    page.known(table, {*MATCHERS, *SHARED, "lines", "report", "with", "without"}, " in [match]")
    measure = _measure(page, table, language, roles)
    having = _conditions(page, table, "with", language, roles)
    lacking = _conditions(page, table, "without", language, roles)
    report = page.string(table, "report", needed=False, one_of=("component", "place"))
    if measure is None:
        return None
    return Match(measure, int(page.number(table, "lines", 0)), report, having, lacking)


def _conditions(page: Page, table: dict[str, Any], key: str, language: Language, roles: Roles) -> tuple[Condition, ...]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        page.say(f"`{key}` must be a list of inline tables, each with one matcher.", page.line_of(key))
        return ()
    found = []
    for row in rows:
        page.known(row, {*MATCHERS, *SHARED, "at-least"}, f" in `{key}`")
        measure = _measure(page, row, language, roles, page.line_of(key))
        if measure is not None:
            found.append(Condition(measure, page.number(row, "at-least", 1e-9, page.line_of(key))))
    return tuple(found)


def _measure(
    page: Page, table: dict[str, Any], language: Language, roles: Roles, line: int | None = None
) -> Measure | None:
    line = line or page.line_of("match")
    named: list[Matcher] = [matcher for matcher in MATCHERS if matcher in table]
    if "role" in table and not named:
        named = ["import"]
    if len(named) != 1:
        found = " and ".join(f"`{name}`" for name in named) or "none"
        page.say(f"Exactly one matcher of {', '.join(MATCHERS)} is needed here, found {found}.", line)
        return None
    matcher = named[0]
    per = page.string(table, "per", needed=False, one_of=PER[matcher])
    if matcher in ("site", "density"):
        selector = _selector(page, table, page.strings(table, matcher), language)
        return Measure(matcher, selector=selector, per=per) if selector else None
    if matcher == "function":
        trait = page.string(table, "function", one_of=tuple(sorted(TRAITS[language])))
        return Measure(matcher, trait=trait, per=per) if trait else None
    if matcher == "manifest":
        entries = page.strings(table, "manifest")
        for entry in entries:
            if entry.partition(":")[0] not in ENTRIES:
                page.say(f"{entry!r} is no manifest entry; known are {', '.join(sorted(ENTRIES))}.", line)
        return Measure(matcher, entries=entries, per=per) if entries else _nothing(page, matcher, line)
    imports, wanted = page.strings(table, "import"), page.strings(table, "role")
    for role in wanted:
        if role not in roles:
            near = get_close_matches(role, roles, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            page.say(f"There is no role {role!r} in rules/dependencies.{hint}", page.line_of("role"))
    if not imports and not wanted:
        return _nothing(page, matcher, line)
    return Measure(matcher, imports=imports, roles=wanted, per=per)


def _nothing(page: Page, matcher: str, line: int) -> None:
    page.say(f"This `{matcher}` can match nothing; name at least one thing.", line)


def _selector(page: Page, table: dict[str, Any], kinds: tuple[str, ...], language: Language) -> Selector | None:
    known = SITES[language]
    for kind in kinds:
        if kind not in known:
            near = get_close_matches(kind, known, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            page.say(f"{kind!r} is no site kind of {language}.{hint}", page.line_of("match"))
    if not kinds or not set(kinds) <= known:
        return None
    names = page.strings(table, "name")
    for name in names:
        if name.count("*") > MANY_STARS:
            page.say(f"{name!r} has more than {MANY_STARS} `*`, which can take very long to match.", page.line_of("name"))
        if language == "go" and name.startswith("*") is False and " " in name and "directive" not in kinds and "remark" not in kinds:
            page.say(f"{name!r} can match nothing: resolved names hold no blanks.", page.line_of("name"))
    if "name" in table and not names:
        page.say("`name` can match nothing; leave it out to mean every name.", page.line_of("name"))
    loops = page.number(table, "in-loop", 0)
    return Selector(kinds, names, int(loops), page.flag(table, "cold"), page.flag(table, "test"))
