"""The words of an advice: one sentence for the answer, what to try first, what a move costs, what would refute it."""

from __future__ import annotations

from collections.abc import Iterable

from langfit.briefing.advice import KERNELS, Choice
from langfit.languages import LANGUAGES, opposite
from langfit.model.evidence import Evidence, percent, plural
from langfit.model.measured import bound_of
from langfit.model.report import Cut, Deliverable
from langfit.model.rule import Rulebook

MOST_STEPS = 3
NAMED_FROM = 0.3  # strength from which evidence beside the first is a reason to name
MOST_NAMED = 2  # titles of evidence in one sentence


def sentence_of(item: Deliverable, choice: Choice) -> str:  # noqa: PLR0911 - one return per reason
    """Return the answer in one sentence."""
    here, there = LANGUAGES[item.language].name, opposite(item.language).name
    match choice.reason:
        case "fits":
            return f"{here} suits it{_because(item.for_)}."
        case "users-of-its-language":
            if item.follows:
                return f"Most of its code is that of {item.follows}: it goes where that goes."
            kernels = any(row.family in KERNELS for row in item.against)
            return (
                f"A library for {here} programs: it stays with its users{', whatever its kernels' if kernels else ''}."
            )
        case "no-gain":
            return _no_gain(item, choice)
        case "already-native":
            return f"It stays: {' and '.join(item.native) or 'it is native code that others load'}."
        case "decided" if item.decided is not None:
            before = LANGUAGES[item.decided.language].name
            return f"It was {before} until {item.decided.until} ({item.decided.commit[:7]}); that decision stands."
        case "replaced" if item.twin is not None:
            return f"{item.twin.name} in {item.twin.source} is its younger twin in {there} and takes over."
        case "not-cuttable" if choice.cut is not None:
            return f"Its kernel, {choice.cut.root}, is called for each item: it cannot leave the program alone."
        case "whole-program-kernel":
            share = percent(item.balance.get(opposite(item.language).id, 0.0))
            twin = f" {item.twin.name} is a twin in {there} to measure against." if item.twin is not None else ""
            return f"Consider {there} for all of it: {share} of its code leans there{_because(item.against)}.{twin}"
        case "runtime-conflict" if choice.evidence is not None:
            row = choice.evidence
            return f"Consider {there}: the {here} runtime is in the way ({_lower(row.title)}, {row.path}:{row.line})."
        case "lacking-library" if item.lacking:
            lacks = item.lacking[0]
            return (
                f"Consider {there}: it is built on {lacks.library} ({lacks.path}:{lacks.line}), and {lacks.fuller} is"
                " the library that has all of it."
            )
        case "coarse-cut" if choice.cut is not None:
            return f"Consider {there} for {choice.cut.root} alone: {choice.cut.why}. {_measured(choice.cut)}"
        case "too-little":
            broken = "Too much of its code does not parse to say anything."
            return broken if item.fit.why == "broken" else "Too little was found to say anything."
    return f"Both sides have a case: {_named(item.for_) or here} beside {_named(item.against) or there}."


def _no_gain(item: Deliverable, choice: Choice) -> str:
    if item.cold:
        return item.cold
    if choice.cut is not None:
        return f"{choice.cut.root} could be cut out, and is not worth it. {_measured(choice.cut)}"
    if item.fit.lean * LANGUAGES[item.language].pole < 0 and item.fit.suits is not None:
        there = opposite(item.language).name
        return f"{there} would do as well{_because(item.against)}; nothing speaks for a rewrite."
    return "Either language would do; nothing speaks for a rewrite."


def _measured(cut: Cut) -> str:
    """Return what a profile says of a kernel, or that one is to be taken."""
    if cut.measured is None or not cut.measured.n:
        return "Measure its share first."
    bound = bound_of(min(1.0, cut.measured.high))
    gain = f": without it the program would be at most {bound:.2f} times as fast" if bound is not None else ""
    return f"A profile gives it {percent(cut.measured.share)} of the time{gain}."


def _because(rows: Iterable[Evidence]) -> str:
    named = _named(rows)
    return f" ({named})" if named else ""


def _named(rows: Iterable[Evidence]) -> str:
    """Return the titles of the strongest evidence, one for each family."""
    titles: dict[str, str] = {}
    for row in rows:
        if row.weight == "contextual" or row.measured == "refuted" or (titles and row.strength < NAMED_FROM):
            continue
        titles.setdefault(row.family, _lower(row.title))
    return ", ".join(list(titles.values())[:MOST_NAMED])


def _lower(title: str) -> str:
    """Return a title as it stands inside a sentence: names and abbreviations keep their capitals."""
    first, _, rest = title.partition(" ")
    if len(first) < 2 or first[1:] != first[1:].lower() or first in NAMES:
        return title
    return f"{first[0].lower()}{first[1:]} {rest}".rstrip()


NAMES = frozenset(("Go", "Rust", "Kubernetes", "Terraform", "WebAssembly", "Docker", "Goroutine", "Tokio"))


def first_steps(item: Deliverable, choice: Choice, book: Rulebook) -> tuple[str, ...]:
    """Return what to try inside the language first, by the strongest rules that speak against it."""
    if choice.answer in ("stay", "unclear") and choice.reason not in ("not-cuttable", "close"):
        return ()
    advice = {rule.id: rule.first for rule in book.rules}
    steps: list[str] = []
    for row in item.against:
        step = advice.get(row.rule, "")
        if step and step not in steps:
            steps.append(step)
    return tuple(steps[:MOST_STEPS])


def refutation(item: Deliverable, choice: Choice, book: Rulebook) -> str:
    """Return the one measurement that would prove the advice wrong."""
    known = {rule.id: rule.refute for rule in book.rules}
    if choice.cut is not None and choice.answer == "split":
        return f"A CPU profile in which {choice.cut.root} takes less than a fifth of the time."
    if choice.reason == "not-cuttable" and choice.cut is not None:
        return f"A trace that shows few calls into {choice.cut.root}, each with much work."
    if choice.reason == "lacking-library":
        return f"A list of what it needs of {item.lacking[0].fuller} that {item.lacking[0].library} has as well."
    if choice.evidence is not None and known.get(choice.evidence.rule):
        return known[choice.evidence.rule]
    leading = item.for_ if choice.answer == "stay" else item.against or item.for_
    found = (known[row.rule] for row in leading if known.get(row.rule))
    return next(found, "A CPU and a heap profile under real load.")


def cost_of(item: Deliverable, choice: Choice) -> tuple[str, ...]:
    """Return what a move would cost, in sentences; nothing where none is advised."""
    if choice.answer not in ("move", "split"):
        return ()
    there = opposite(item.language).name
    if choice.cut is not None:
        cut = choice.cut
        rows = [
            f"{plural(cut.lines, 'line')} of {cut.root} to rewrite, behind {plural(len(cut.functions), 'function')}."
        ]
        if cut.types:
            rows.append(f"{', '.join(cut.types[:3])} would have to cross as plain data.")
        return tuple(rows)
    rows = [f"{plural(item.lines, 'line')} in {plural(len(item.components), 'component')} to write again."]
    if item.missing:
        rows.append(f"{there} has no equivalent of {', '.join(item.missing[:3])}.")
    if item.own_share < 1:
        rows.append(f"{percent(1 - item.own_share)} of its code is linked by other deliverables as well.")
    return tuple(rows)
