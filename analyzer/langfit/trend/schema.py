"""What a trend says: the structs whose fields are the keys of its JSON (`langfit/trend/1`)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SCHEMA = "langfit/trend/1"

Every = Literal["quarter", "month", "year", "tag", "rev"]
Ended = Literal["", "time", "interrupt", "terminate"]
State = Literal["judged", "holes", "unread", "waiting"]


class Point(Struct, frozen=True):
    """What was said of a deliverable in one revision. A component has a fit and no advice: its answer is ""."""

    answer: str
    reason: str  # of the advice; of a component the language that it suits, or why it suits neither
    lean: float  # -1 .. +1, see the poles of the series
    confidence: float  # 0..1
    lines: int


class Revision(Struct, frozen=True, kw_only=True):
    """A commit that was looked at."""

    commit: str  # 40 hex digits
    date: str  # YYYY-MM-DD, when it was committed, UTC
    tag: str = ""
    skipped: int = 0  # files that could not be read
    notices: tuple[str, ...] = ()
    state: State = "waiting"  # `holes`: objects are missing; `waiting`: time was up before it was looked at
    joined: bool = True  # whether the one before is among its first parents: others are not connected by a line


class Move(Struct, frozen=True):
    """When a root folder became another one; the commit is "" where the user has said so by --same."""

    before: str
    after: str
    commit: str
    date: str


class Sign(Struct, frozen=True, kw_only=True):
    """The strength of one rule over time, None where nothing was judged."""

    rule: str
    title: str
    suits: str
    strength: tuple[float | None, ...]


class Series(Struct, frozen=True, kw_only=True):
    """A deliverable or component over time. Its identity is its language, its kind and its root folder."""

    name: str  # the newest one
    kind: str
    language: str
    roots: tuple[str, ...]  # the oldest first
    points: tuple[Point | None, ...]  # one per revision
    moves: tuple[Move, ...] = ()
    signs: tuple[Sign, ...] = ()  # the strongest
    bands: tuple[float, float] = (-1.0, 1.0)  # up to the first and from the second lean on, code suits a language


class Shift(Struct, frozen=True):
    """A rule whose strength changed."""

    rule: str
    title: str
    suits: str
    before: float
    after: float
    aged: bool = False  # the code is the same, and a manifest names another version


class Cause(Struct, frozen=True, kw_only=True):
    """Why the answer changed at a commit: the difference of the evidence just before and after it."""

    sentence: str
    evidence: tuple[Shift, ...] = ()  # the three largest
    came: tuple[str, ...] = ()  # components that are linked since
    went: tuple[str, ...] = ()


class Change(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A change that lasted. Without `commit` only the two samples beside it are known."""

    name: str
    from_: Point  # of the sample before it
    to: Point  # of the sample after it
    commit: str  # the first one with the new answer, "" where it was not looked for or not found
    date: str  # of that commit, or of the sample
    cause: Cause | None
    touches: bool | None  # whether the commit changes files of the deliverable; None without a commit
    files: int = 0  # that it changes there
    after: str = ""  # the commit of the sample before
    at: str = ""  # the commit of the sample after
    series: int = 0  # number of its series


class Trend(Struct, frozen=True, kw_only=True):
    """The whole result."""

    schema: str = SCHEMA
    version: str
    path: str
    source: str  # name of the repository
    remote: str
    every: Every
    sentence: str
    stopped: Ended  # why it ended before everything was looked at, "" if it did not
    revisions: tuple[Revision, ...]
    series: tuple[Series, ...]
    changes: tuple[Change, ...]
    notices: tuple[str, ...] = ()
