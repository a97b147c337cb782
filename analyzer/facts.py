"""What is asked about every source file: one answer per distinct blob, by worker processes, with an optional cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from analyzer.languages import extract as facts_of
from analyzer.languages import workers
from analyzer.languages.light import light_facts
from analyzer.languages.workers import Task
from analyzer.model import Facts, File, Language
from analyzer.tree import Unreadable, blob_id, refusal

T = TypeVar("T")
Made = TypeVar("Made", covariant=True)  # noqa: PLC0105 - the noun reads better than the rule


RECALLED = 500  # answers recalled at once: memory does not grow with the number of files


class Cache(Protocol):
    """Packed answers by key; a miss is None."""

    def get(self, keys: list[str]) -> dict[str, bytes]:
        """The packed answers of the keys that are known."""
        ...

    def put(self, key: str, packed: bytes) -> None:
        """Keep a packed answer."""
        ...


class Job(Protocol[Made]):
    """What is made of the bytes of a file; a call runs in a worker.

    `digest` and, for files that are looked over only, `light` tell jobs apart whose answers differ.
    """

    digest: str
    light: str

    def __call__(self, data: bytes, language: Language, full: bool, /) -> bytes:
        """The packed answer for a file; one that is not `full` is looked over, not parsed. Raises TooDeep."""
        ...

    def unpack(self, packed: bytes) -> Made:
        """The answer that a call has packed."""
        ...


class Whole:
    """The job that keeps all facts of a file: for the few files of which more than sums is asked."""

    digest, light = "facts", "light-facts"

    def __call__(self, data: bytes, language: Language, full: bool) -> bytes:
        """The packed facts of a file. Raises TooDeep."""
        return msgspec.msgpack.encode(facts_of(data, language) if full else light_facts(data, language))

    def unpack(self, packed: bytes) -> Facts:
        """The facts that a call has packed."""
        return msgspec.msgpack.decode(packed, type=Facts)


class Outcome(NamedTuple, Generic[T]):
    """A file with what the job made of it, or with the reason (of model.SKIP_REASONS) why there is nothing."""

    file: File
    made: T | None
    reason: str


class Limits(NamedTuple):
    """Bounds of the stage: worker processes, seconds of wall clock per file, bytes per file."""

    jobs: int
    timeout: float
    max_size: int


def extract(
    files: Iterable[File],
    read: Callable[[File], bytes],
    job: Job[T],
    limits: Limits,
    cache: Cache | None = None,
    count: Callable[[str, int], None] = lambda _name, _number: None,
) -> Iterator[Outcome[T]]:
    """Yield every source file exactly once, in no particular order; answers are not kept.

    `read` gives the bytes of a file or raises Unreadable. `count` is told how many blobs were parsed and recalled.
    """
    supply = _Supply(read, job, limits, count)
    small = []
    for file in sorted((f for f in files if f.language), key=lambda f: (-f.size, f.path)):
        if file.size > limits.max_size:
            yield Outcome(file, None, "too-big")
        else:
            small.append(file)
    yield from _recalled(small, supply, cache)
    for answer in workers.run(supply.tasks(), job, limits.jobs, limits.timeout):
        yield from supply.refused
        supply.refused.clear()
        if cache is not None and not answer.reason:
            cache.put(answer.key, answer.packed)
        made = job.unpack(answer.packed) if not answer.reason else None
        for file in supply.waiting.pop(answer.key, ()):
            yield Outcome(file, made, answer.reason)
    yield from supply.refused


class _Supply(Generic[T]):
    """Reads blobs one after the other as the workers ask for them, the largest first, each distinct blob once."""

    def __init__(
        self, read: Callable[[File], bytes], job: Job[T], limits: Limits, count: Callable[[str, int], None]
    ) -> None:
        self.read, self.job, self.limits, self.count = read, job, limits, count
        self.waiting: dict[str, list[File]] = {}  # key -> files that wait for the answer about this blob
        self.refused: list[Outcome[T]] = []

    def key(self, file: File, blob: str = "") -> str:
        """The key of a file's answer; it starts with `?` while nobody has computed which blob the file is."""
        known = blob or file.blob
        kind = self.job.digest if file.role == "code" else self.job.light
        return f"{known}:{file.language}:{kind}" if known else f"?{file.path}"

    def tasks(self) -> Iterator[Task]:
        """The tasks for all files that wait."""
        pending = [group[0] for group in self.waiting.values()]
        unknown = {key for key in self.waiting if key.startswith("?")}
        for file in sorted(pending, key=lambda f: (-f.size, f.path)):
            key = self.key(file)
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
                key = self.key(file, blob_id(data))
                self.waiting.setdefault(key, []).append(file)
                if len(self.waiting[key]) > 1:
                    continue
            language = file.language or "go"
            self.count("parsed" if file.role == "code" else "looked-over", 1)
            yield Task(key, language, file.role == "code", data)


def _recalled(files: list[File], supply: _Supply[T], cache: Cache | None) -> Iterator[Outcome[T]]:
    """Yield what the cache knows; leave the rest waiting, files of one blob together."""
    for file in files:
        supply.waiting.setdefault(supply.key(file), []).append(file)
    if cache is None:
        return
    keys = [key for key in supply.waiting if not key.startswith("?")]
    for at in range(0, len(keys), RECALLED):
        for key, packed in cache.get(keys[at : at + RECALLED]).items():
            try:
                made = supply.job.unpack(packed)
            except msgspec.MsgspecError:
                continue  # of another form, whoever wrote it: it is made again
            supply.count("recalled", 1)
            for file in supply.waiting.pop(key):
                yield Outcome(file, made, "")
