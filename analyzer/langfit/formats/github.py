"""Workflow commands for GitHub Actions: annotations on the files, as few as GitHub shows and no silent rest."""

from __future__ import annotations

from collections import Counter

from langfit.formats import door, page
from langfit.model import SKIP_REASONS, Finding, Report, Verdict

PER_KIND = 10  # GitHub shows so many annotations of one kind per step and drops the others
LONGEST = 4_000  # characters of a message; the runner cuts at 4,096


def render(report: Report) -> str:
    """Lines for the log of a step: a warning for each move and split, a notice for each finding.

    At most `PER_KIND` of each kind; the last notice counts what is left out, and the skipped files.
    """
    verdicts = [verdict for verdict in page.ranked(report.verdicts) if page.calls_for_action(verdict)]
    findings = page.ranked_findings(report.findings)
    shown = findings if _all_shown(report, verdicts, findings) else findings[: PER_KIND - 1]
    lines = [_warning(verdict) for verdict in verdicts[:PER_KIND]]
    lines += [_notice(finding) for finding in shown]
    rest = _rest(report, len(verdicts) - PER_KIND, len(findings) - len(shown))
    if rest:
        lines.append(_command("notice", {"title": "langfit"}, rest))
    return "".join(f"{door.defuse(door.clean(line), own=True)}\n" for line in lines)


def _all_shown(report: Report, verdicts: list[Verdict], findings: list[Finding]) -> bool:
    last_is_free = not (report.skipped or report.notices or len(verdicts) > PER_KIND)
    return len(findings) <= (PER_KIND if last_is_free else PER_KIND - 1)


def _warning(verdict: Verdict) -> str:
    place = {"file": verdict.path, "line": str(verdict.span.line)} if verdict.path else {}
    first = f" Consider first: {verdict.first[0]}" if verdict.first else ""
    refute = f" What would refute this: {verdict.refute}" if verdict.refute else ""
    title = door.clean(f"{verdict.answer}: {verdict.component}")
    return _command("warning", {**place, "title": title}, door.clean(verdict.sentence + first + refute))


def _notice(finding: Finding) -> str:
    span = finding.span
    place = {"file": finding.path, "line": str(span.line), "endLine": str(span.last_line)}
    if span.line == span.last_line and span.last_column > span.column:  # columns are refused on more than one line
        place |= {"col": str(span.column), "endColumn": str(span.last_column)}
    return _command("notice", {**place, "title": door.clean(finding.rule)}, door.clean(finding.message))


def _rest(report: Report, verdicts: int, findings: int) -> str:
    """What has no annotation of its own, as one message; "" when that is nothing."""
    parts = []
    if verdicts > 0 or findings > 0:
        left = ((verdicts, "more verdict"), (findings, "more finding"))
        more = [page.plural(count, noun) for count, noun in left if count > 0]
        parts.append(f"{' and '.join(more)} without an annotation: see the text or SARIF report.")
    reasons = Counter(row.reason for row in report.skipped)
    if reasons:
        counted = (f"{count:,} {SKIP_REASONS.get(reason, reason)}" for reason, count in sorted(reasons.items()))
        parts.append(f"{page.plural(len(report.skipped), 'file')} skipped: {'; '.join(counted)}.")
    return "\n".join([*parts, *report.notices])


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    """`::kind key=value,...::message`, escaped as the runner unescapes it (actions/toolkit, `command.ts`)."""
    if len(message) > LONGEST:
        message = f"{message[: LONGEST - 3]}..."
    keys = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{kind} {keys}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
