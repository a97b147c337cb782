"""One summary per distinct blob: recalled from the cache, or made by worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

import msgspec

from langfit.facts.job import Summarize
from langfit.filetree import Unreadable, blob_id, refusal
from langfit.model.repository import File
from langfit.model.summary import FileSummary
from langfit.parsing import workers
from langfit.parsing.workers import Task

RECALLED = 500  # summaries recalled at once: memory does not grow with the number of files


class Cache(Protocol):
    """Encoded summaries by key; a miss is None."""

    def get(self, keys: list[str]) -> dict[str, bytes]:
        """Return the bytes of the keys that are known."""

    def put(self, key: str, packed: bytes) -> None:
        """Keep bytes under a key."""

    def drop(self, key: str) -> None:
        """Forget a key whose bytes are of no use."""


class Request(NamedTuple):
    """A source file, and whether it is to be parsed; otherwise it is skimmed."""

    file: File
    full: bool


class Outcome(NamedTuple):
    """A file with its summary, or with the reason (of SKIP_REASONS) why there is none."""

    file: File
    summary: FileSummary | None
    reason: str


class Limits(NamedTuple):
    """Bounds of the stage: worker processes, seconds of wall clock per file, bytes per file."""

    jobs: int
    timeout: float
    max_size: int


def summaries(
    requests: Iterable[Request],
    read: Callable[[File], bytes],
    job: Summarize,
    limits: Limits,
    cache: Cache | None = None,
    count: Callable[[str, int], None] = lambda _name, _number: None,
) -> Iterator[Outcome]:
    """Yield every requested file exactly once, in no particular order.

    `read` gives the bytes of a file or raises Unreadable. `count` is told how many blobs were parsed, skimmed and
    recalled.
    """
    queue = _Queue(read, job, limits, count)
    small = []
    for request in sorted(requests, key=lambda row: (-row.file.size, row.file.path)):
        if request.file.size > limits.max_size:
            yield Outcome(request.file, None, "too-big")
        else:
            small.append(request)
    yield from _recalled(small, queue, cache)
    for answer in workers.run(queue.tasks(), job, limits.jobs, limits.timeout):
        yield from queue.refused
        queue.refused.clear()
        made = job.decode(answer.packed) if not answer.reason else None
        if cache is not None and made is not None:
            cache.put(answer.key, answer.packed)
        for request in queue.waiting.pop(answer.key, ()):
            yield Outcome(request.file, made, answer.reason)
    yield from queue.refused


class _Queue:
    """Reads blobs one after the other as the workers ask for them, the largest first, each distinct blob once."""

    def __init__(
        self, read: Callable[[File], bytes], job: Summarize, limits: Limits, count: Callable[[str, int], None]
    ) -> None:
        self.read, self.job, self.limits, self.count = read, job, limits, count
        self.waiting: dict[str, list[Request]] = {}  # key -> requests that wait for the summary of this blob
        self.refused: list[Outcome] = []

    def key(self, request: Request, blob: str = "") -> str:
        """Return the key of a summary; it starts with `?` while nobody has computed which blob the file is."""
        known = blob or request.file.blob
        kind = self.job.digest if request.full else self.job.skimmed
        return f"{known}:{request.file.language}:{kind}" if known else f"?{request.file.path}"

    def hashed(self, request: Request) -> str:
        """Return the key of a file by its bytes; one without a blob where it cannot be read, which `tasks` will say."""
        try:
            data = self.read(request.file)
        except Unreadable:
            return self.key(request)
        return self.key(request, blob_id(data)) if refusal(data) is None else self.key(request)

    def tasks(self) -> Iterator[Task]:
        """Yield the tasks for all files that wait.

        What is cached later is keyed by the bytes that were read: an index or a tree may name another blob than the one
        whose bytes it gives. So where a file is not what its group is taken for, only that is known of this file, and
        the others of the group are looked at one by one.
        """
        pending = [(group[0], key) for key, group in self.waiting.items()]
        pending.sort(key=lambda row: (-row[0].file.size, row[0].file.path))
        at = 0
        while at < len(pending):
            request, key = pending[at]
            at += 1
            if key not in self.waiting:
                continue
            data, why = self._data(request)
            actual = self.key(request, blob_id(data))
            if why or actual != key:
                for row in self.waiting.pop(key):
                    if row.file.path != request.file.path:
                        own = f"?{row.file.path}"
                        self.waiting[own] = [row]
                        pending.append((row, own))
            if why:
                self.refused.append(Outcome(request.file, None, why))
                continue
            if actual != key:
                known = actual in self.waiting
                self.waiting.setdefault(actual, []).append(request)
                if known:
                    continue
            self.count("parsed" if request.full else "skimmed", 1)
            yield Task(actual, request.file.language or "", request.full, data)

    def _data(self, request: Request) -> tuple[bytes, str]:
        """Return the bytes of a file, or the reason why there are none to be had."""
        try:
            data = self.read(request.file)
        except Unreadable as problem:
            return b"", problem.reason
        return data, refusal(data) or ("too-big" if len(data) > self.limits.max_size else "")


def _recalled(requests: list[Request], queue: _Queue, cache: Cache | None) -> Iterator[Outcome]:
    """Yield what the cache knows; leave the rest waiting, files of one blob together.

    A file of which nobody knows which blob it is (outside git, or changed) is read once more for that: hashing takes a
    hundredth of what parsing takes.
    """
    if cache is None:
        for request in requests:
            queue.waiting.setdefault(queue.key(request), []).append(request)
        return
    for at in range(0, len(requests), RECALLED):
        keys: dict[str, list[Request]] = {}
        for request in requests[at : at + RECALLED]:
            keys.setdefault(queue.key(request) if request.file.blob else queue.hashed(request), []).append(request)
        known = cache.get([key for key in keys if not key.startswith("?")])
        for key, group in keys.items():
            packed = known.get(key)
            if packed is None:
                queue.waiting.setdefault(key, []).extend(group)
                continue
            try:
                made = queue.job.recalled(packed, group[0].file.language or "")
            except msgspec.MsgspecError:  # of another form, whoever wrote it
                cache.drop(key)
                queue.waiting.setdefault(key, []).extend(group)
                continue
            queue.count("recalled", 1)
            for request in group:
                yield Outcome(request.file, made, "")
