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

    def get(self, keys: list[str]) -> dict[str, bytes]: ...
    def put(self, key: str, packed: bytes) -> None: ...


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
    count: Callable[[str, int], None] = lambda name, number: None,
) -> Iterator[Outcome]:
    """Yield every source file exactly once, in no particular order; facts are not kept.

    `read` gives the bytes of a file or raises Unreadable. `count` is told how many blobs were parsed and recalled.
    """
    waiting: dict[str, list[File]] = {}
    refused: list[Outcome] = []
    chosen = sorted((f for f in files if f.language), key=lambda f: (-f.size, f.path))
    small = []
    for file in chosen:
        if file.size > limits.max_size:
            yield Outcome(file, None, "too-big")
        else:
            small.append(file)
    yield from _recalled(small, waiting, cache, count)
    known = {file.path for group in waiting.values() for file in group}

    def tasks() -> Iterator[Task]:
        for group in list(waiting.values()):
            for file in list(group):
                if not file.blob:
                    group.remove(file)
        pending = [group[0] for group in waiting.values() if group]
        pending += [file for file in small if file.path in known and not file.blob]
        pending.sort(key=lambda f: (-f.size, f.path))
        for file in pending:
            try:
                data = read(file)
            except Unreadable as problem:
                refused.extend(Outcome(f, None, problem.reason) for f in _group(waiting, file))
                continue
            why = refusal(data) or ("too-big" if len(data) > limits.max_size else None)
            if why:
                refused.extend(Outcome(f, None, why) for f in _group(waiting, file))
                continue
            key = _key(file, blob_id(data)) if not file.blob else _key(file, file.blob)
            if not file.blob:
                group = waiting.setdefault(key, [])
                group.append(file)
                if len(group) > 1:
                    continue
            assert file.language is not None  # noqa: S101 - chosen above
            count("parsed" if file.role == "code" else "looked-over", 1)
            yield Task(key, file.language, file.role == "code", data)

    for answer in workers.run(tasks(), limits.jobs, limits.timeout):
        yield from refused
        refused.clear()
        if cache is not None and not answer.reason:
            cache.put(answer.key, answer.facts)
        facts = workers.unpack(answer.facts) if not answer.reason else None
        for file in waiting.pop(answer.key, ()):
            yield Outcome(file, facts, answer.reason)
    yield from refused


def _group(waiting: dict[str, list[File]], file: File) -> list[File]:
    return waiting.pop(_key(file, file.blob), [file]) if file.blob else [file]


def _key(file: File, blob: str) -> str:
    return f"{blob}:{file.language}:{'full' if file.role == 'code' else 'light'}"


def _recalled(
    files: list[File], waiting: dict[str, list[File]], cache: Cache | None, count: Callable[[str, int], None]
) -> Iterator[Outcome]:
    """Yield what the cache knows; put the rest into `waiting`, files of one blob together."""
    for file in files:
        waiting.setdefault(_key(file, file.blob) if file.blob else f"?{file.path}", []).append(file)
    if cache is None:
        return
    for key, packed in cache.get([key for key in waiting if not key.startswith("?")]).items():
        facts = workers.unpack(packed)
        count("recalled", 1)
        for file in waiting.pop(key):
            yield Outcome(file, facts, "")
