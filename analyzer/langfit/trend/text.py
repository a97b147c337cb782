"""A trend for a terminal: a sparkline for each deliverable, what changed, and what is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from langfit.formats import sanitize
from langfit.formats.text import NARROWEST, STYLES
from langfit.languages import LANGUAGES
from langfit.trend import chart
from langfit.trend.page import touches_text
from langfit.trend.schema import Change, Point, Revision, Series, Trend

BARS = "▁▂▃▄▅▆▇█"
GAP, HOLE = " ", "·"
LETTERS = {"stay": "s", "move": "M", "split": "P", "unclear": "?", "": " "}
MOST_SERIES = 40
CODES = {"bold yellow": "1;33", "bold cyan": "1;36", "green": "32", "dim": "2"}


def render(trend: Trend, width: int = 80, *, colour: bool = False) -> str:
    """Return the text; without `colour` it holds no escape sequence at all."""
    width = max(width, NARROWEST)
    lines = _wrapped(f"{sanitize.clean(trend.source or trend.path)}: {trend.sentence}", width)
    lines += _wrapped("Today's rules on the code of then: each revision was judged anew.", width)
    rows = chart.ordered(trend.series)
    if rows:
        low, high = sorted(LANGUAGES.values(), key=lambda spoken: spoken.pole)
        lines += [
            "",
            *_wrapped(
                f"{BARS[0]} {low.name}  {BARS[-1]} {high.name}; below: s stay, M move, P split, ? unclear", width
            ),
        ]
    for _, series in rows[:MOST_SERIES]:
        lines += _series(series, trend.revisions, width, colour=colour)
    if len(rows) > MOST_SERIES:
        lines += ["", f"and {len(rows) - MOST_SERIES:,} more (--format json has all)"]
    lines += _changes(trend.changes, width)
    holes = [chart.hole_text(row) for row in trend.revisions if row.state not in ("judged", "waiting")]
    lines += _listed("Could not be read in full", holes, width)
    lines += _listed("What is missing" if trend.stopped else "What to know", trend.notices, width)
    return sanitize.printable("\n".join(line.rstrip() for line in lines), colour=colour) + "\n"


def _series(series: Series, revisions: Sequence[Revision], width: int, *, colour: bool) -> list[str]:
    last = next((point for point in reversed(series.points) if point is not None), None)
    head = f"{sanitize.clean(series.name)} ({chart.what_of(series)})"
    now = f": {chart.point_text(last)}" if last is not None else ""
    ended = ", no longer there" if series.points and series.points[-1] is None else ""
    until = f"; {', '.join(chart.until_of(series))}" if series.moves else ""
    found = ["", *_wrapped(f"{head}{now}{ended}{until}", width)]
    wide = width - 2
    for at in range(0, len(series.points), wide):
        part = list(zip(revisions[at : at + wide], series.points[at : at + wide], strict=True))
        found.append("  " + "".join(_bar(row, point, colour=colour) for row, point in part))
        found.append("  " + "".join(LETTERS.get(point.answer, " ") if point else " " for _, point in part))
        found.append("  " + _dates([row for row, _ in part]))
    return found


def _bar(row: Revision, point: Point | None, *, colour: bool) -> str:
    if point is None:
        return HOLE if row.state in ("unread", "waiting") else GAP
    step = (max(-1.0, min(1.0, point.lean)) + 1) / 2
    bar = BARS[min(len(BARS) - 1, int(step * len(BARS)))]
    code = CODES.get(STYLES.get(point.answer, "dim"), "2") if colour else ""  # type: ignore[call-overload]
    return f"\x1b[{code}m{bar}\x1b[0m" if code else bar


def _dates(rows: Sequence[Revision]) -> str:
    if not rows:
        return ""
    first, last = rows[0].date[:7], rows[-1].date[:7]
    return f"{first}{last:>{len(rows) - len(first)}}" if len(rows) > len(first) + len(last) else first


def _changes(changes: Sequence[Change], width: int) -> list[str]:
    rows = []
    for change in changes:
        since = f"since {change.commit[:12]}, " if change.commit else ""
        cause = f" {change.cause.sentence}" if change.cause else ""
        what = f"{change.date} {change.name}: {chart.change_text(change)}"
        rows.append(f"{what} ({since}{touches_text(change)}).{cause}")
    return _listed("What changed for good", rows or ["nothing"], width)


def _listed(title: str, rows: Sequence[str], width: int) -> list[str]:
    if not rows:
        return []
    return ["", title, *(line for row in rows for line in _wrapped(row, width, "  - ", "    "))]


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        sanitize.clean(text), width, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
