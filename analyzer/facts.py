"""Facts of every source file: one extraction per distinct blob, in worker processes, with an optional cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from analyzer.languages import workers
from analyzer.languages.workers import Task
from analyzer.model import Facts, File
from analyzer.tree import Unreadable, blob_id, refusal


class Cache(Protocol):
    """Packed facts by key; a miss is None."""

    def get(self, keys: list[str]) -> dict[str, bytes]:
        """The packed facts of the keys that are known."""
        ...

    def put(self, key: str, packed: bytes) -> None:
        """Keep packed facts."""
        ...


class Outcome(NamedTuple):
    """A file with its facts, or with the reason (of model.SKIP_REASONS) why there are none."""

    file: File
    facts: Facts | None
    reason: str


class Limits(NamedTuple):
    """Bounds of the stage: worker processes, seconds of wall clock per file, bytes per file."""

    jobs: int
    timeout: float
    max_size: int


def extract(
    files: Iterable[File],
    read: Callable[[File], bytes],
    limits: Limits,
    cache: Cache | None = None,
    count: Callable[[str, int], None] = lambda _name, _number: None,
) -> Iterator[Outcome]:
    """Yield every source file exactly once, in no particular order; facts are not kept.

    `read` gives the bytes of a file or raises Unreadable. `count` is told how many blobs were parsed and recalled.
    """
    supply = _Supply(read, limits, count)
    small = []
    for file in sorted((f for f in files if f.language), key=lambda f: (-f.size, f.path)):
        if file.size > limits.max_size:
            yield Outcome(file, None, "too-big")
        else:
            small.append(file)
    yield from _recalled(small, supply.waiting, cache, count)
    for answer in workers.run(supply.tasks(), limits.jobs, limits.timeout):
        yield from supply.refused
        supply.refused.clear()
        if cache is not None and not answer.reason:
            cache.put(answer.key, answer.facts)
        facts = workers.unpack(answer.facts) if not answer.reason else None
        for file in supply.waiting.pop(answer.key, ()):
            yield Outcome(file, facts, answer.reason)
    yield from supply.refused


class _Supply:
    """Reads blobs one after the other as the workers ask for them, the largest first, each distinct blob once."""

    def __init__(self, read: Callable[[File], bytes], limits: Limits, count: Callable[[str, int], None]) -> None:
        self.read, self.limits, self.count = read, limits, count
        self.waiting: dict[str, list[File]] = {}  # key -> files that wait for the facts of this blob
        self.refused: list[Outcome] = []

    def tasks(self) -> Iterator[Task]:
        """The tasks for all files that wait."""
        pending = [group[0] for group in self.waiting.values()]
        unknown = {key for key in self.waiting if key.startswith("?")}
        for file in sorted(pending, key=lambda f: (-f.size, f.path)):
            key = _key(file)
            try:
                data = self.read(file)
                why = refusal(data) or ("too-big" if len(data) > self.limits.max_size else None)
            except Unreadable as problem:
                data, why = b"", problem.reason
            if why:
                self.refused.extend(Outcome(f, None, why) for f in self.waiting.pop(key))
                continue
            if key in unknown:
                # Only reading could tell which blob this is; another file may hold the same.
                del self.waiting[key]
                key = _key(file, blob_id(data))
                self.waiting.setdefault(key, []).append(file)
                if len(self.waiting[key]) > 1:
                    continue
            language = file.language or "go"
            self.count("parsed" if file.role == "code" else "looked-over", 1)
            yield Task(key, language, file.role == "code", data)


def _key(file: File, blob: str = "") -> str:
    known = blob or file.blob
    return f"{known}:{file.language}:{'full' if file.role == 'code' else 'light'}" if known else f"?{file.path}"


def _recalled(
    files: list[File], waiting: dict[str, list[File]], cache: Cache | None, count: Callable[[str, int], None]
) -> Iterator[Outcome]:
    """Yield what the cache knows; put the rest into `waiting`, files of one blob together."""
    for file in files:
        waiting.setdefault(_key(file), []).append(file)
    if cache is None:
        return
    for key, packed in cache.get([key for key in waiting if not key.startswith("?")]).items():
        facts = workers.unpack(packed)
        count("recalled", 1)
        for file in waiting.pop(key):
            yield Outcome(file, facts, "")
