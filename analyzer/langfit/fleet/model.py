"""The nouns of a fleet: its members, what is asked about each, and what became of it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from langfit.model.report import Report

RESULT = "langfit/fleet-result/1"
RUN = "langfit/fleet-run/1"

State = Literal["done", "known", "failed"]

# Why a repository has no result. Those in PASSING are tried again by every run, the others when asked to.
REASONS: dict[str, str] = {
    "refused": "langfit says why",
    "timeout": "took longer than --repo-timeout",
    "cpu": "took more processor time than --repo-cpu",
    "memory": "needed more memory than --repo-memory",
    "killed": "its process was killed from outside, as the system does when memory is short",
    "crashed": "its process died",
    "mistake": "langfit itself has failed on it",
    "no-room": "the result could not be written",
    "lost": "the engine lost its worker again and again",
    "stopped": "the run was stopped before",
}
PASSING = frozenset(("no-room", "lost", "stopped"))


class Member(Struct, frozen=True):
    """A repository of the fleet, as the list has it."""

    id: str
    path: str
    revision: str = ""  # "" for HEAD
    owner: str = ""
    tags: tuple[str, ...] = ()


class Limits(Struct, frozen=True):
    """What one repository may take. Memory and processor time are those of each process."""

    seconds: float = 600.0
    cpu: int = 600  # seconds
    memory: int = 2048  # MB


class Seen(Struct, frozen=True):
    """What a look at a repository found, before anything in it is read."""

    commit: str = ""  # 40 hex digits; "" where there is none to scan
    time: int = 0  # of the commit, seconds since 1970
    branch: str = ""
    under: str = ""  # the folder inside the repository, "" for all of it
    size: int = 0  # bytes of its objects
    reason: str = ""  # why it cannot be scanned, a key of REASONS
    sentence: str = ""


class Task(Struct, frozen=True):
    """One repository at one commit, with all that a process needs to scan it."""

    key: str
    id: str
    path: str
    seen: Seen
    folder: str  # of the fleet
    terms: str  # digest
    limits: Limits
    jobs: int = 1
    cache: bool = True


class Receipt(Struct, frozen=True):
    """What became of a task, in a hundred bytes: the result itself is a file."""

    key: str
    state: State
    reason: str = ""
    sentence: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0  # MB
    tries: int = 1


class Failure(Struct, frozen=True):
    """Why a key has no result, kept until it has one."""

    reason: str
    sentence: str
    tries: int
    limits: Limits


class Cost(Struct, frozen=True):
    """What a scan took."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0  # MB


class Result(Struct, frozen=True, kw_only=True):
    """What a task writes: a report without the words of rules and, unless asked for, without lines of code."""

    schema: str = RESULT
    key: str
    id: str
    terms: str
    time: int
    branch: str
    cost: Cost
    report: Report


class Row(Struct, frozen=True):
    """A repository in a run."""

    id: str
    state: State
    key: str = ""
    commit: str = ""
    time: int = 0
    branch: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    reason: str = ""
    sentence: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    tries: int = 0


class Run(Struct, frozen=True, kw_only=True):
    """A run, as its manifest says. Times are seconds since 1970."""

    schema: str = RUN
    run: str
    version: str
    terms: str
    started: float
    ended: float
    publish_at: float
    complete: bool  # whether the share of repositories with a result is at least `publish_at`
    repositories: int
    done: int
    known: int
    failed: int
    deliverables: int = 0
    components: int = 0
    findings: int = 0
    files: dict[str, tuple[int, str]] = {}  # name -> bytes, sha256
    notices: tuple[str, ...] = ()


class Begun(Struct, frozen=True, kw_only=True):
    """What a run was to do, written before it does anything, so that it can be resumed without its list."""

    run: str
    started: float
    members: tuple[Member, ...]


class Latest(Struct, frozen=True):
    """Which runs to read: the newest one, and the newest one that is complete."""

    run: str
    published: str = ""
