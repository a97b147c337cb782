"""The chart of one series as numbers: bands, segments of the line, points, ticks and small multiples.

Formats draw what is here; names are cleaned here, and escaped where they are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from langfit.conclusion import KINDS
from langfit.formats import sanitize
from langfit.languages import LANGUAGES, opposite
from langfit.trend.schema import Change, Point, Revision, Series, Sign, Trend

WIDE, HIGH = 760.0, 190.0  # units of a chart
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 10.0, 24.0  # of them, around the plot
SMALL_WIDE, SMALL_HIGH = 236.0, 44.0  # of a small multiple
STRUCTURAL = frozenset(
    ("users-of-its-language", "already-native", "decided", "not-cuttable", "replaced", "lacking-library", "coarse-cut")
)
LEAST_TICK = 46.0  # units between two years


class Band(Struct, frozen=True):
    """A shaded range of leans."""

    y: float
    high: float
    language: str  # id
    words: str


class Dot(Struct, frozen=True):
    """A point: where, of which shape, and in words. `hollow` for a reason that structure gives."""

    x: float
    y: float
    answer: str
    hollow: bool
    words: str
    number: int  # of the revision
    change: int = -1  # number of the change that it begins, -1 for none


class Hole(Struct, frozen=True):
    """A revision of which something could not be read."""

    x: float
    words: str
    whole: bool  # whether nothing of it could


class Tick(Struct, frozen=True):
    """A year on the axis."""

    x: float
    words: str


class Small(Struct, frozen=True):
    """The strength of one sign over time."""

    title: str
    rule: str
    language: str
    now: str
    lines: list[str]  # points of polylines
    areas: list[str]


class Chart(Struct, frozen=True):
    """One series, drawn."""

    number: int
    name: str
    what: str  # kind and language
    now: str
    until: list[str]  # where it was before
    middle: float
    top: str  # names of the ends of the axis
    bottom: str
    bands: list[Band]
    lines: list[str]
    dots: list[Dot]
    holes: list[Hole]
    ticks: list[Tick]
    smalls: list[Small]


class Axis(Struct, frozen=True):
    """Where dates stand: by time, between the first and the last revision."""

    first: int
    days: int

    def x(self, day: str, left: float, wide: float) -> float:
        """Return the place of a day."""
        return round(left + wide * (_ordinal(day) - self.first) / self.days, 1)


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def axis_of(revisions: Sequence[Revision]) -> Axis:
    """Return the axis of all charts."""
    days = [_ordinal(row.date) for row in revisions]
    return Axis(min(days, default=1), max(1, max(days, default=1) - min(days, default=1)))


def charts_of(trend: Trend) -> list[Chart]:
    """Return a chart for each series, in reading order: what is there to the end first, then by size."""
    axis = axis_of(trend.revisions)
    return [_chart(number, series, trend, axis) for number, series in ordered(trend.series)]


def ordered(series: Sequence[Series]) -> list[tuple[int, Series]]:
    """Return series with their numbers: those of the newest revision first, then by the lines that they came to."""

    def rank(row: tuple[int, Series]) -> tuple[bool, int, str]:
        points = row[1].points
        most = max((point.lines for point in points if point is not None), default=0)
        return not points or points[-1] is None, -most, row[1].name

    return sorted(enumerate(series), key=rank)


def height(lean: float) -> float:
    """Return where a lean stands: the language of pole +1 on top."""
    return round(TOP + (HIGH - TOP - BOTTOM) * (1 - max(-1.0, min(1.0, lean))) / 2, 1)


def _chart(number: int, series: Series, trend: Trend, axis: Axis) -> Chart:
    low, high = sorted(LANGUAGES.values(), key=lambda spoken: spoken.pole)
    plot = WIDE - LEFT - RIGHT
    places = [axis.x(row.date, LEFT, plot) for row in trend.revisions]
    begins = {change.at: at for at, change in enumerate(trend.changes) if change.series == number}
    bottom, top = series.bands
    last = next((point for point in reversed(series.points) if point is not None), None)
    return Chart(
        number=number,
        name=sanitize.clean(series.name),
        what=what_of(series),
        now=point_text(last) if last is not None else "",
        until=until_of(series),
        middle=height(0),
        top=high.name,
        bottom=low.name,
        bands=[
            Band(height(1), round(height(top) - height(1), 1), high.id, f"suits {high.name} from {top:+.2f}"),
            Band(height(bottom), round(height(-1) - height(bottom), 1), low.id,
                 f"suits {low.name} up to {bottom:+.2f}"),
        ],
        lines=_segments(series, trend.revisions, places),
        dots=[
            Dot(
                places[at], height(point.lean), _shape(point, series), point.reason in STRUCTURAL,
                f"{when_of(row)}: {point_text(point)}, {point.lines:,} lines", at, begins.get(row.commit, -1),
            )
            for at, (row, point) in enumerate(zip(trend.revisions, series.points, strict=True))
            if point is not None
        ],
        holes=[Hole(places[at], hole_text(row), row.state != "holes") for at, row in enumerate(trend.revisions)
               if row.state != "judged"],
        ticks=_ticks(trend.revisions, axis, plot),
        smalls=[_small(sign, trend.revisions, axis) for sign in series.signs],
    )  # fmt: skip


def _shape(point: Point, series: Series) -> str:
    """Return the answer by which a point is drawn; a component has none, so the language that it suits speaks."""
    if point.answer:
        return point.answer
    if point.reason == series.language:
        return "stay"
    return "move" if point.reason == opposite(series.language).id else "unclear"


def when_of(row: Revision) -> str:
    """Return a revision in words."""
    tag = f" {sanitize.clean(row.tag)}" if row.tag else ""
    return f"{row.date}{tag} ({row.commit[:10]})"


def what_of(series: Series) -> str:
    """Return the kind and the language of a series in words."""
    return f"{KINDS.get(series.kind, series.kind)} in {LANGUAGES[series.language].name}"


def until_of(series: Series) -> list[str]:
    """Return where a series was before, in words."""
    return [
        f"until {move.date[:7]} in {_folder(move.before)}" if move.date else f"before that in {_folder(move.before)}"
        for move in series.moves
    ]


def _folder(root: str) -> str:
    return "the root" if root == "." else sanitize.clean(root)


def point_text(point: Point) -> str:
    """Return an answer with its reason and lean; of a component, which has no answer, what it suits."""
    named = LANGUAGES[point.reason].name if point.reason in LANGUAGES else point.reason
    return f"{point.answer} ({point.reason}) {point.lean:+.2f}" if point.answer else f"{named} {point.lean:+.2f}"


def change_text(change: Change) -> str:
    """Return what a change was."""
    return f"{point_text(change.from_)} to {point_text(change.to)}"


def hole_text(row: Revision) -> str:
    """Return what is missing of a revision."""
    if row.state == "waiting":
        return f"{when_of(row)}: there was no time for it"
    said = row.notices[0] if row.notices else "it could not be read"
    return f"{when_of(row)}: {sanitize.clean(said)}"


def _segments(series: Series, revisions: Sequence[Revision], places: Sequence[float]) -> list[str]:
    """Return the pieces of the line: it ends at gaps, and before a revision that does not follow the one before."""
    found: list[list[str]] = [[]]
    for at, point in enumerate(series.points):
        if point is None:
            found.append([])
            continue
        if not revisions[at].joined:
            found.append([])
        found[-1].append(f"{places[at]:g},{height(point.lean):g}")
    return [" ".join(row) for row in found if len(row) > 1]


def _ticks(revisions: Sequence[Revision], axis: Axis, plot: float) -> list[Tick]:
    if not revisions:
        return []
    years = range(date.fromordinal(axis.first).year, date.fromordinal(axis.first + axis.days).year + 1)
    found: list[Tick] = []
    for year in years:
        place = axis.x(f"{year:04d}-01-01", LEFT, plot)
        if place >= LEFT - 1 and (not found or place - found[-1].x >= LEAST_TICK):
            found.append(Tick(place, str(year)))
    return found


def _small(sign: Sign, revisions: Sequence[Revision], axis: Axis) -> Small:
    runs: list[list[tuple[float, float]]] = [[]]
    for row, strength in zip(revisions, sign.strength, strict=True):
        if strength is None:
            runs.append([])
            continue
        if not row.joined:
            runs.append([])
        y = round(SMALL_HIGH - 2 - (SMALL_HIGH - 6) * max(0.0, min(1.0, strength)), 1)
        runs[-1].append((axis.x(row.date, 1, SMALL_WIDE - 2), y))
    runs = [run if len(run) > 1 else [run[0], (run[0][0] + 1.5, run[0][1])] for run in runs if run]
    last = next((value for value in reversed(sign.strength) if value is not None), 0.0)
    base = SMALL_HIGH - 2
    return Small(
        title=sanitize.clean(sign.title),
        rule=sanitize.clean(sign.rule),
        language=sign.suits,
        now=f"{last:.2f}",
        lines=[" ".join(f"{x:g},{y:g}" for x, y in run) for run in runs],
        areas=[" ".join([f"{run[0][0]:g},{base:g}", *(f"{x:g},{y:g}" for x, y in run), f"{run[-1][0]:g},{base:g}"])
               for run in runs],
    )  # fmt: skip
