"""Why an answer changed at a commit: the difference of the evidence just before and after it."""

from __future__ import annotations

from langfit.formats.about import WHY_NOT
from langfit.languages import LANGUAGES
from langfit.model.evidence import percent, plural
from langfit.trend.judging import Row
from langfit.trend.schema import Cause, Shift
from langfit.trend.telling import is_structural

MOST_SHIFTS = 3
LEAST_SHIFT = 0.005  # of a strength; less is not shown with two digits
MOST_NAMES = 3
MAINLY = 0.5  # share of a move of the lean between two samples, from which a commit made it
LEAST_SHARE = 0.01  # of the code
LEAST_LEAN = 0.01
GROUNDS = {  # of structural reasons
    "decided": "a past in the other language",
    "replaced": "a younger twin in the same tree",
    "users-of-its-language": "a library or program that it follows",
    "already-native": "native code",
    "lacking-library": "a library that is fuller in the other language",
    "not-cuttable": "a kernel that is called per item",
    "coarse-cut": "a kernel behind a coarse boundary",
}


def cause_of(before: Row, after: Row, moved: float = 0.0) -> Cause:
    """Return the rules whose strength changed most, what is linked since, and a sentence about all of it.

    `moved` is by how much the lean changed between the two samples around the commit: a commit may only have tipped
    what others had moved.
    """
    shifts = _shifts(before, after)
    came, went = sorted(after.links - before.links), sorted(before.links - after.links)
    words = [_reason_text(before, after)]
    words += [_shift_text(row) for row in shifts]
    if came:
        words.append(f"it links {plural(len(came), 'component')} more ({_named(came)})")
    if went:
        words.append(f"it no longer links {plural(len(went), 'component')} ({_named(went)})")
    words += _parts_text(before, after)
    if before.point.lean != after.point.lean:
        words.append(f"the lean went from {before.point.lean:+.2f} to {after.point.lean:+.2f}")
    elif not shifts:
        words.append("the evidence is the same")
    if (before.suits, before.why) != (after.suits, after.why):
        words.append(f"its fit was {_fit_text(before)} and is {_fit_text(after)}")
    if abs(after.point.lean - before.point.lean) < MAINLY * abs(moved) and not is_structural(before, after):
        words.append(f"it only tipped the answer: of {moved:+.2f} most came with other commits between the samples")
    sentence = f"{'; '.join(word for word in words if word)}."
    return Cause(sentence=sentence, evidence=tuple(shifts), came=tuple(came), went=tuple(went))


def _reason_text(before: Row, after: Row) -> str:
    """Return which grounds of a structural reason came or went, "" for none."""
    if not is_structural(before, after):
        return ""
    named = {before.point.reason, after.point.reason}
    came = [f"{GROUNDS[word]} came" for word in sorted(named & (after.structure - before.structure))]
    went = [f"{GROUNDS[word]} went" for word in sorted(named & (before.structure - after.structure))]
    return " and ".join((*came, *went))


def _fit_text(row: Row) -> str:
    if row.suits:
        return LANGUAGES[row.suits].name
    return f"open ({WHY_NOT.get(row.why, row.why)})"


def _parts_text(before: Row, after: Row) -> list[str]:
    """Return how the parts lean, where that changed: what a large program comes to is said by them."""
    found = []
    for name, spoken in LANGUAGES.items():
        was, now = before.balance.get(name, 0.0), after.balance.get(name, 0.0)
        if abs(now - was) >= LEAST_SHARE:
            found.append(f"{percent(now)} of its code leans to {spoken.name}, {percent(was)} before")
    if abs(after.main - before.main) >= LEAST_LEAN:
        found.append(f"its main package went from {before.main:+.2f} to {after.main:+.2f}")
    return found


def _shifts(before: Row, after: Row) -> list[Shift]:
    """Return the rules whose strength changed, by how many points that is."""
    rows: list[tuple[float, Shift]] = []
    for rule in {**before.signs, **after.signs}:
        old, new = before.signs.get(rule), after.signs.get(rule)
        known = new or old
        assert known is not None
        was, now = old.strength if old else 0.0, new.strength if new else 0.0
        if abs(now - was) < LEAST_SHIFT:
            continue
        aged = old is not None and new is not None and old.value == new.value
        rows.append((abs(now - was) * known.points, Shift(rule, known.title, known.suits, was, now, aged)))
    rows.sort(key=lambda row: (-row[0], row[1].rule))
    return [shift for _, shift in rows[:MOST_SHIFTS]]


def _shift_text(row: Shift) -> str:
    aged = ", the code is the same, a manifest names another version" if row.aged else ""
    return f"{row.rule} went from {row.before:.2f} to {row.after:.2f} (for {LANGUAGES[row.suits].name}{aged})"


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
