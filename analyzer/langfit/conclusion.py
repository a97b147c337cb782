"""The conclusion of a report in one sentence, its notices, and the words of the rules that it names."""

from __future__ import annotations

from collections.abc import Iterable

from langfit.languages import LANGUAGES
from langfit.model.evidence import plural
from langfit.model.report import Component, Deliverable, RuleText
from langfit.model.rule import Rulebook
from langfit.suppressions import Applied

KINDS = {
    "program": "program",
    "library": "library",
    "native-library": "native library",
    "wasm-module": "WebAssembly module",
    "custom": "component",
}
MOST_NAMED = 3
MOST_NOTICES = 200
LONGEST_NOTICE = 1_000  # characters; the words of langfit's own take less, what they name may be of any length


def conclusion_of(items: Iterable[Deliverable]) -> str:
    """Return what a reader should take away: what ships, and what is advised."""
    rows = list(items)
    if not rows:
        return "Nothing here ships: no program and no library was found."
    asking = [item for item in rows if item.advice.answer in ("move", "split")]
    if asking:
        named = ", ".join(item.name for item in asking[:MOST_NAMED])
        more = f" and {len(asking) - MOST_NAMED} more" if len(asking) > MOST_NAMED else ""
        rest = len(rows) - len(asking)
        stays = f"; {plural(rest, 'other')} {'stay' if rest != 1 else 'stays'}" if rest else ""
        return f"Worth a look: {named}{more}{stays}."
    unclear = [item for item in rows if item.advice.answer == "unclear"]
    if len(unclear) == len(rows):
        return "No clear answer: " + ("too little was found." if _all_small(rows) else "both sides have a case.")
    stay = len(rows) - len(unclear)
    if unclear:
        named = ", ".join(item.name for item in unclear[:MOST_NAMED])
        more = f" and {len(unclear) - MOST_NAMED} more" if len(unclear) > MOST_NAMED else ""
        word = "stays where it is" if stay == 1 else "stay where they are"
        return f"{stay} of {len(rows)} {word}; no clear answer for {named}{more}."
    what = "It stays" if len(rows) == 1 else "Both stay" if len(rows) == 2 else f"All {len(rows)} stay"
    return f"{what} where {'it is' if stay == 1 else 'they are'}: nothing here asks for a rewrite."


def _all_small(rows: Iterable[Deliverable]) -> bool:
    return all(item.advice.reason == "too-little" for item in rows)


def ships(items: Iterable[Deliverable]) -> str:
    """Return what ships, by kind and language: `2 Go programs and 1 Rust library`."""
    counts: dict[tuple[str, str], int] = {}
    for item in items:
        key = (item.kind, item.language)
        counts[key] = counts.get(key, 0) + 1
    named = [plural(number, f"{LANGUAGES[spoken].name} {KINDS[kind]}") for (kind, spoken), number in counts.items()]
    return " and ".join(named) if len(named) < 3 else f"{', '.join(named[:-1])} and {named[-1]}"


def notices_of(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return each sentence once, none longer than a reader takes, and how many there are beyond what is shown."""
    rows = list(dict.fromkeys(sentences))
    shown = [row if len(row) <= LONGEST_NOTICE else f"{row[:LONGEST_NOTICE]}..." for row in rows[:MOST_NOTICES]]
    more = len(rows) - len(shown)
    return (*shown, *([f"{plural(more, 'more notice')} would have stood here."] if more else []))


def texts_of(book: Rulebook, kept: Applied, components: Iterable[Component]) -> tuple[RuleText, ...]:
    """Return the words of the rules that a report names."""
    used = {finding.rule for finding in kept.findings} | {row.finding.rule for row in kept.suppressed}
    judged: list[Deliverable | Component] = [*kept.deliverables, *components]
    for item in judged:
        used |= {row.rule for row in (*item.for_, *item.against)}
    return tuple(
        RuleText(
            id=rule.id,
            title=rule.title,
            suits=rule.suits,
            family=rule.family,
            weight=rule.weight,
            claims=rule.claims,
            why=rule.why,
            limits=rule.limits,
            first=rule.first,
            refute=rule.refute,
        )
        for rule in book.rules
        if rule.id in used
    )
