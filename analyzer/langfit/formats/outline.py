"""What a report says to a person, in order and in words, before a format gives it a shape.

First the briefing: what ships and what is advised; then cuts and joins; then the map of components; then evidence.
Text and Markdown show the same outline; they differ in how they escape and lay it out.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from langfit.conclusion import ships
from langfit.formats.about import ASKING, WHY_NOT, Section, Show, deliverable_sections, limited, ranked, suits_text
from langfit.formats.measures import measured
from langfit.formats.meetings import meetings
from langfit.formats.words import Name, Words, listed, place
from langfit.languages import LANGUAGES
from langfit.model.evidence import percent, plural
from langfit.model.report import Deliverable, Difference, Report
from langfit.model.repository import ROLES, SKIP_REASONS

TOP = 5  # deliverables of a summary
TABLE_ROWS = 20  # more rows than this hide what matters
HANDFUL = 5  # published crates of one workspace; more are one row
MOST_LINES = 10  # of what changed
MOST_ITEMS = 8  # rows of which the same is said


class Row(NamedTuple):
    """A line of the table of deliverables, or several that say the same."""

    items: tuple[Deliverable, ...]
    name: str

    @property
    def first(self) -> Deliverable:
        """The deliverable that speaks for the row."""
        return self.items[0]


def rows_of(report: Report, show: Show) -> tuple[list[Row], int]:
    """Return the rows of the table, and how many deliverables have none. Many crates of one workspace are one row."""
    groups: dict[tuple[str, str], list[Deliverable]] = {}
    rows: list[Row] = []
    for item in ranked(report.deliverables):
        if item.kind == "library" and item.group and item.advice.answer == "stay":
            groups.setdefault((item.group, item.language), []).append(item)
        else:
            rows.append(Row((item,), item.name))
    for (group, _), found in groups.items():
        if len(found) > HANDFUL and show != "all":
            rows.append(Row(tuple(found), f"{len(found)} published crates of {group}"))
        else:
            rows += [Row((item,), item.name) for item in found]
    most = TOP if show == "summary" else TABLE_ROWS if show != "all" else len(rows)
    hidden = sum(len(row.items) for row in rows[most:])
    return rows[:most], hidden


def headline(report: Report) -> Words:
    """Return what was looked at: the repository, its revision, what ships."""
    source = report.source
    words: list[str | Name] = [Name(source.name or source.path)]
    if source.revision:
        words += [" at ", Name(source.revision[:12])]
    if report.change is not None:
        words += [" since ", Name(report.change.base[:12])]
    what = ships(report.deliverables) if report.deliverables else "nothing that ships"
    return (*words, f": {what}.")


def sizes(report: Report) -> str:
    """Return what was read, in numbers."""
    lines = sum(component.lines for component in report.components if not component.parent)
    parts = [f"{plural(report.files.analysed, 'file')} read, {plural(lines, 'line')} of code"]
    if report.left_out:
        parts.append(f"{sum(row.files for row in report.left_out):,} not judged")
    if report.files.with_syntax_errors:
        parts.append(f"{report.files.with_syntax_errors:,} with syntax errors")
    if report.files.skipped:
        parts.append(f"{report.files.skipped:,} skipped")
    figures = ""
    if report.decisions and any(item.fit.suits is not None for item in report.deliverables):
        agreed = f"how often such a fit agreed with {report.decisions} decisions of engineers"
        figures = f" Figures beside a language: {agreed}."
    return ", ".join(parts) + "." + figures


def briefing(report: Report, show: Show) -> list[Section]:
    """Return the sections below the table, in order."""
    if show == "summary":
        return [section for section in (_changed(report),) if section.items]
    items = ranked(report.deliverables)
    full = [item for item in items if item.advice.answer in ASKING or show != "briefing" or len(items) == 1]
    found = [_changed(report), *_sentences(report, show)]
    for item in full:
        found += deliverable_sections(item, report, show)
    found += [*measured(report), *meetings(report), _map(report)]
    if show == "all":
        found.append(_components(report))
    found += tail(report, show)
    return [section for section in found if section.items]


def _sentences(report: Report, show: Show) -> list[Section]:
    """Return one sentence for each row that has no section of its own; rows of which the same is said share it."""
    rows, _ = rows_of(report, show)
    if len(report.deliverables) == 1:
        return []
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.first.advice.answer not in ASKING:
            names.setdefault(row.first.advice.sentence, []).append(row.name)
    said = tuple((*listed(found, limit=MOST_ITEMS), f": {sentence}") for sentence, found in names.items())
    return [Section(("In one sentence each",), said)]


def _map(report: Report) -> Section:
    """Return how the components lean, in numbers."""
    code = [c for c in report.components if c.role == "code" and c.lines and not c.parent]
    if not code:
        return Section(("The map",), ())
    total = sum(component.lines for component in code)
    counts: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for component in code:
        key = component.fit.suits or ("small" if component.fit.why == "small" else "neither")
        counts[key] += 1
        lines[key] += component.lines
    said = {name: f"{spoken.name} suits {counts[name]:,}" for name, spoken in LANGUAGES.items()}
    are = "is" if counts["small"] == 1 else "are"
    said |= {
        "neither": f"either would do for {counts['neither']:,}",
        "small": f"{counts['small']:,} {are} too small to be judged alone",
    }
    parts = [f"{words} ({percent(lines[key] / total)} of the lines)" for key, words in said.items() if counts[key]]
    support = sum(component.role == "support" for component in report.components)
    rows: list[Words] = [(f"{plural(len(code), 'component')}: {', '.join(parts)}.",)]
    if support:
        rows.append((f"{plural(support, 'component')} of support code {'is' if support == 1 else 'are'} not judged.",))
    return Section(("The map",), tuple(rows))


def _components(report: Report) -> Section:
    rows = sorted((c for c in report.components if c.lines), key=lambda c: (-c.lines, c.name))
    found = []
    for component in rows:
        what = suits_text(component.fit) or WHY_NOT.get(component.fit.why, "")
        role = f", support: {component.why}" if component.role == "support" else ""
        found.append(
            (Name(component.name), f": {plural(component.lines, 'line')}, lean {component.fit.lean:+.2f}, {what}{role}")
        )
    return Section(("Components",), tuple(found))


def _changed(report: Report) -> Section:
    change = report.change
    if change is None:
        return Section(("What changed",), ())
    rows = [difference_words(row) for row in change.differences[:MOST_LINES]]
    if len(change.differences) > MOST_LINES:
        rows.append((f"{len(change.differences) - MOST_LINES:,} more (`--format json` has all)",))
    if not rows:
        rows.append(("No deliverable, advice, cut or join changed.",))
    new, gone = len(report.findings), len(change.gone)
    if new or gone:
        rows.append((f"{plural(new, 'finding')} new, {gone:,} gone.",))
    return Section(("What changed since ", Name(change.base[:12])), tuple(rows))


def difference_words(row: Difference) -> Words:
    """Return a difference as one line, before and after side by side."""
    where = (" at ", place(row.path, row.line)) if row.path and row.kind in ("cut", "join", "kernel") else ()
    if row.state == "changed":
        said: Words = (f"{row.before} -> {row.after}",)
    elif row.state == "new":
        said = (f"new: {row.after}" if row.after else "new",)
    else:
        said = (f"gone: {row.before}" if row.before else "gone",)
    kind = {"deliverable": "", "cut": "cut ", "join": "join ", "kernel": "kernel "}[row.kind]
    return (kind, Name(row.name), ": ", *said, *where)


def tail(report: Report, show: Show) -> list[Section]:
    """Return what could not be looked at, and what was left out."""
    limit = None if show == "all" else 3
    errors = [
        (
            place(row.path, row.line),
            f": {row.gap} is not known to the grammar" if row.gap else f": {percent(row.share)} of it does not parse",
        )
        for row in report.syntax_errors
    ]
    out = [
        (f"{ROLES[row.role]}: {plural(row.files, 'file')}, such as ", *listed(row.first, limit=2))
        for row in report.left_out
    ]
    return [
        limited("Syntax errors", errors, limit or len(errors)),
        Section(("Not judged",), tuple(out)),
        Section(("Skipped",), tuple(skipped(report, limit))),
        Section(("Left out on request",), tuple(suppressed(report))),
        Section(("Not looked at",), tuple((line,) for line in report.unseen) if show != "briefing" else ()),
        Section(("Notices",), tuple((notice,) for notice in report.notices)),
    ]


def skipped(report: Report, limit: int | None = 3) -> list[Words]:
    """Return one entry per reason: how many files, why, and the first of them."""
    by_reason: dict[str, list[str]] = {}
    for row in sorted(report.skipped):
        by_reason.setdefault(row.reason, []).append(row.path)
    return [
        (f"{plural(len(paths), 'file')}, {SKIP_REASONS.get(reason, reason)}: ", *listed(paths, "", limit))
        for reason, paths in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def suppressed(report: Report) -> list[Words]:
    """Return one entry per rule, reason and way of asking: how many findings were left out."""
    ways = {"inSource": "a comment", "external": "langfit.toml"}
    found = Counter((row.finding.rule, row.reason, row.kind) for row in report.suppressed)
    return [
        (Name(rule), f", {plural(count, 'place')}, by {ways[kind]}: {reason}")
        for (rule, reason, kind), count in sorted(found.items())
    ]


def next_step(report: Report) -> Words:
    """Return the command to go on with."""
    items = ranked(report.deliverables)
    if not items:
        return ("Next: ", Name("langfit components"), " lists what was found.")
    return ("Next: ", Name(f"langfit why {_quoted(items[0].name)}"), " says what an answer hangs on.")


def _quoted(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").replace("/", "").replace(".", "").isalnum() else f'"{name}"'
