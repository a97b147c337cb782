"""The formats of a trend that draw: one HTML page without network, and an SVG by itself."""

from __future__ import annotations

from importlib import resources

from msgspec import Struct

from langfit.formats import html, sanitize
from langfit.languages import LANGUAGES
from langfit.trend import chart
from langfit.trend.chart import Chart, Dot
from langfit.trend.schema import Change, Revision, Trend

WEB = resources.files("langfit.trend") / "web"
MOST_CHARTS = 100  # on one page; JSON has all
HEAD, GAP = 78.0, 34.0  # units above the charts of an SVG, and above each for its name
ANSWERS = {"stay": "stay", "move": "move", "split": "split", "unclear": "unclear"}


class ChangeRow(Struct, frozen=True):
    """A change, as a reader sees it."""

    number: int
    series: int
    name: str
    what: str
    when: str
    commit: str
    cause: str
    touches: str


class Line(Struct, frozen=True):
    """A revision in the table."""

    when: str
    said: str
    answers: list[str]


def render_html(trend: Trend) -> str:
    """Return the page. It is whole without its script, which adds what a point says, by keyboard and pointer."""
    style = html.asset(html.WEB, "page.css") + html.asset(WEB, "chart.css") + html.asset(WEB, "trend.css")
    script = html.asset(WEB, "trend.js")
    charts = chart.charts_of(trend)
    text = html.template(WEB, "trend.jinja").render(
        **_shared(trend, charts[:MOST_CHARTS]),
        policy=html.policy(script, style),
        style=style,
        script=script,
        changes=[_change_row(number, change) for number, change in enumerate(trend.changes)],
        lines=[_line(number, row, trend) for number, row in enumerate(trend.revisions)],
        names=[sanitize.clean(series.name) for series in trend.series],
        more=max(0, len(charts) - MOST_CHARTS),
        notices=[sanitize.clean(said) for said in trend.notices],
    )
    return sanitize.printable(text.replace("##[", "##&#91;"))


def render_svg(trend: Trend) -> str:
    """Return one drawing of all series, which is light or dark as the reader is."""
    charts = chart.charts_of(trend)
    shown = charts[:MOST_CHARTS]
    step = chart.HIGH + GAP
    text = html.template(WEB, "alone.jinja").render(
        **_shared(trend, shown),
        style=html.asset(WEB, "alone.css") + html.asset(WEB, "chart.css"),
        places=[HEAD + number * step for number in range(len(shown))],
        height=HEAD + len(shown) * step + 14 * len(trend.notices[:5]) + 10,
        more=len(charts) - len(shown),
        notices=[sanitize.clean(said)[:160] for said in trend.notices[:5]],
        foot=HEAD + len(shown) * step + 8,
    )
    return sanitize.printable(text.replace("##[", "##&#91;"))


def _shared(trend: Trend, charts: list[Chart]) -> dict[str, object]:
    return {
        "title": sanitize.clean(trend.source or trend.path),
        "version": trend.version,
        "sentence": sanitize.clean(trend.sentence),
        "whole": not trend.stopped,
        "charts": charts,
        "languages": list(LANGUAGES.values()),
        "wide": chart.WIDE,
        "high": chart.HIGH,
        "left": chart.LEFT,
        "right": chart.RIGHT,
        "top": chart.TOP,
        "bottom": chart.BOTTOM,
        "small_wide": chart.SMALL_WIDE,
        "small_high": chart.SMALL_HIGH,
        "keys": [Dot(9, 9, answer, False, words, 0) for answer, words in ANSWERS.items()],
        "hollow": Dot(9, 9, "stay", True, "a reason that structure gives, not the evidence", 0),
    }


def _change_row(number: int, change: Change) -> ChangeRow:
    return ChangeRow(
        number=number,
        series=change.series,
        name=sanitize.clean(change.name),
        what=chart.change_text(change),
        when=change.date,
        commit=change.commit[:12],
        cause=sanitize.clean(change.cause.sentence) if change.cause else "",
        touches=touches_text(change),
    )


def touches_text(change: Change) -> str:
    """Return whether the commit of a change touches its deliverable, or between which commits it happened."""
    if change.touches is None:
        return f"somewhere between {change.after[:12]} and {change.at[:12]}"
    if not change.touches:
        return "the commit touches no file of it"
    return (
        f"the commit touches {change.files:,} of its files" if change.files > 1 else "the commit touches a file of it"
    )


def _line(number: int, row: Revision, trend: Trend) -> Line:
    said = "" if row.state == "judged" else chart.hole_text(row).partition(": ")[2]
    answers = [chart.point_text(point) if (point := series.points[number]) else "" for series in trend.series]
    return Line(chart.when_of(row), said, answers[:MOST_CHARTS])
