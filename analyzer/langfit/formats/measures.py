"""What profiles say, in words: which were used, where the time goes, and the functions that take the most."""

from __future__ import annotations

from langfit.formats.about import Section, limited, suits_text
from langfit.formats.words import Name, Words, place
from langfit.languages import LANGUAGES
from langfit.model.evidence import percent
from langfit.model.measured import Measured, MeasuredFunction, ProfileRow, Share
from langfit.model.report import Deliverable, Report

BAR = 20  # characters of a whole
MOST_COMPONENTS = 10
MOST_CLASSES = 4
TELLING = 10.0  # times as fast, beyond which a bound tells nobody anything
LEAST = 0.005  # share of the time below which a component has no bar


def measured(report: Report) -> list[Section]:
    """Return the sections about profiles, in order; none without a profile."""
    if not report.profiles:
        return []
    return [
        limited("Profiles", [_profile(row) for row in report.profiles]),
        limited("Where the time goes", [*_deliverables(report), *_components(report), *_rest(report)], most=30),
        limited("The hottest functions", [_function(row, report) for row in report.hottest]),
    ]


def share_text(share: Share) -> str:
    """Return a share with the ends of its interval, `9.1% (7.3 to 11.2)`."""
    if not share.n:
        return percent(share.share)
    return f"{share.share:.1%} ({100 * share.low:.1f} to {100 * share.high:.1f})"


def _profile(row: ProfileRow) -> Words:
    facts = [f"{row.samples:,} samples" if row.samples is not None else "an unknown number of samples"]
    if row.duration:
        facts.append(f"{row.duration:.0f} s")
    if row.cores is not None:
        facts.append(f"{row.cores:.1f} cores busy")
    if row.taken:
        facts.append(f"taken on {row.taken}")
    shares = ""
    if row.user is not None and row.known is not None and row.found is not None:
        shares = (
            f" {percent(row.user.share)} of them in code of this repository, {percent(row.known.share)} in functions"
            f" that are known; this revision has {percent(row.found.share)} of the former."
        )
    use = "Used" if row.used else "Not used"
    why = "" if row.why == "used" else f": {row.why.removeprefix('used ')}"
    return (
        Name(row.path),
        f", {row.kind}: {', '.join(facts)}.{shares} {use}{why}.",
        *(f" {note}" for note in row.notes),
    )


def _deliverables(report: Report) -> list[Words]:
    rows = [(item, item.measured) for item in report.deliverables if item.measured is not None]
    rows.sort(key=lambda row: -row[1].any.share)
    return [_deliverable(item, found) for item, found in rows[:MOST_COMPONENTS]]


def _deliverable(item: Deliverable, found: Measured) -> Words:
    text = f": {share_text(found.exclusive)} in its own code and what that calls"
    if found.bound is not None and found.bound <= TELLING:
        text += f"; a rewrite can make it at most {found.bound:.2f} times as fast"
    classes = sorted(found.classes.items(), key=lambda row: -row[1])[:MOST_CLASSES]
    if classes:
        text += f". Of that time: {', '.join(f'{name} {percent(share)}' for name, share in classes)}"
    if found.background_gc is not None:
        low, high = found.background_gc
        text += f". The collector adds {percent(low)} to {percent(high)} of all time in the background"
        if high > found.exclusive.share / 5:
            text += ": try GOGC, GOMEMLIMIT and pools first" if LANGUAGES[item.language].versioned else ""
    return (Name(item.name), f"{text}.")


def _components(report: Report) -> list[Words]:
    rows = [(item, item.measured) for item in report.components if item.measured is not None and not item.parent]
    rows = [row for row in rows if row[1].exclusive.share >= LEAST]
    rows.sort(key=lambda row: (-row[1].exclusive.share, row[0].name))
    found: list[Words] = []
    for item, value in rows[:MOST_COMPONENTS]:
        suits = suits_text(item.fit)
        fit = f", suits {suits}" if suits else ""
        found.append((f"{_bar(value.exclusive.share)} {share_text(value.exclusive)} ", Name(item.name), fit))
    return found


def _bar(share: float) -> str:
    full = round(share * BAR)
    return f"[{'#' * full}{'.' * (BAR - full)}]"


def _rest(report: Report) -> list[Words]:
    parts = [f"{name} {percent(share.share)}" for name, share in report.rest.items() if share.share >= LEAST]
    return [(f"Without code of this repository: {', '.join(parts)}.",)] if parts else []


def _function(row: MeasuredFunction, report: Report) -> Words:
    fits = {item.name: suits_text(item.fit) for item in report.components}
    where: Words = (", at ", place(row.path, row.line)) if row.path else (", which this revision has not",)
    fit = f"; its component suits {fits[row.component]}" if fits.get(row.component) else ""
    return (f"{share_text(row.exclusive)} ", Name(row.name), " of ", Name(row.component), *where, fit)
