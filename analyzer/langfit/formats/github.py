"""Workflow commands for GitHub Actions: annotations on the files, as few as GitHub shows and no silent rest."""

from __future__ import annotations

from collections import Counter

from langfit.alerts import Alert, alerts_of
from langfit.formats import sanitize
from langfit.model.evidence import plural
from langfit.model.report import Report
from langfit.model.repository import SKIP_REASONS

PER_KIND = 10  # GitHub shows so many annotations of one kind per step and drops the others
LONGEST = 4_000  # characters of a message; the runner cuts at 4,096


def render(report: Report) -> str:
    """Return lines for the log of a step: a warning for each advice, a notice for each place inside.

    At most `PER_KIND` of each kind; the last notice counts what is left out, and the skipped files.
    """
    alerts = alerts_of(report)
    warnings = [row for row in alerts.rows if row.finding is None]
    places = [row for row in alerts.rows if row.finding is not None]
    shown = places if len(places) < PER_KIND else places[: PER_KIND - 1]
    lines = [_warning(row) for row in warnings[:PER_KIND]]
    lines += [_notice(row) for row in shown]
    rest = _rest(report, len(warnings) - PER_KIND, len(places) - len(shown) + alerts.more)
    if rest:
        lines.append(_command("notice", {"title": "langfit"}, rest))
    return "".join(f"{sanitize.neutralized(sanitize.clean(line), own=True)}\n" for line in lines)


def _warning(row: Alert) -> str:
    place = {"file": row.path, "line": str(row.line)} if row.path else {}
    item = row.deliverable
    first = f" Try first: {item.first[0]}" if item.first else ""
    refute = f" What would refute this: {item.refute}" if item.refute else ""
    title = sanitize.clean(f"{row.rule.partition('/')[2]}: {item.name}")
    return _command("warning", {**place, "title": title}, sanitize.clean(row.message + first + refute))


def _notice(row: Alert) -> str:
    found = row.finding
    assert found is not None, "only places are notices"
    place = {"file": found.path, "line": str(found.line), "endLine": str(found.end_line)}
    if found.line == found.end_line and found.end_column > found.column:  # columns are refused on more than one line
        place |= {"col": str(found.column), "endColumn": str(found.end_column)}
    return _command("notice", {**place, "title": sanitize.clean(found.rule)}, sanitize.clean(row.message))


def _rest(report: Report, warnings: int, places: int) -> str:
    """Return what has no annotation of its own, as one message; "" when that is nothing."""
    parts = []
    if warnings > 0 or places > 0:
        left = ((warnings, "more advice"), (places, "more place"))
        more = [
            f"{count:,} {noun}{'s' if noun == 'more place' and count > 1 else ''}" for count, noun in left if count > 0
        ]
        parts.append(f"{' and '.join(more)} without an annotation: see the report.")
    reasons = Counter(row.reason for row in report.skipped)
    if reasons:
        counted = (f"{count:,} {SKIP_REASONS.get(reason, reason)}" for reason, count in sorted(reasons.items()))
        parts.append(f"{plural(len(report.skipped), 'file')} skipped: {'; '.join(counted)}.")
    if report.syntax_errors:
        row = report.syntax_errors[0]
        parts.append(f"{plural(len(report.syntax_errors), 'file')} with syntax errors, first {row.path}:{row.line}.")
    return "\n".join([*parts, *report.notices])


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    """Return `::kind key=value,...::message`, escaped as the runner unescapes it (actions/toolkit, `command.ts`)."""
    if len(message) > LONGEST:
        message = f"{message[: LONGEST - 3]}..."
    keys = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {keys}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
