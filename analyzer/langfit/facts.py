"""What is asked about every source file: one answer per distinct blob, by worker processes, with an optional cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from langfit.languages import extract as facts_of
from langfit.languages import workers
from langfit.languages.light import light_facts
from langfit.languages.workers import Task
from langfit.model import Facts, File, Language
from langfit.tree import Unreadable, blob_id, refusal

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

    def hashed(self, file: File) -> str:
        """The key of a file by its bytes; the one without a blob when it cannot be read, which `tasks` will say."""
        try:
            data = self.read(file)
        except Unreadable:
            return self.key(file)
        return self.key(file, blob_id(data)) if refusal(data) is None else self.key(file)

    def tasks(self) -> Iterator[Task]:
        """The tasks for all files that wait."""
        pending = [(group[0], key) for key, group in self.waiting.items()]
        for file, key in sorted(pending, key=lambda row: (-row[0].size, row[0].path)):
            try:
                data = self.read(file)
                why = refusal(data) or ("too-big" if len(data) > self.limits.max_size else None)
            except Unreadable as problem:
                data, why = b"", problem.reason
            if why:
                self.refused.extend(Outcome(f, None, why) for f in self.waiting.pop(key))
                continue
            if not file.blob:
                # Only these bytes tell which blob this is (it may have changed since it was hashed); another file
                # may hold the same.
                group = self.waiting.pop(key)
                key = self.key(file, blob_id(data))
                known = key in self.waiting
                self.waiting.setdefault(key, []).extend(group)
                if known:
                    continue
            language = file.language or "go"
            self.count("parsed" if file.role == "code" else "looked-over", 1)
            yield Task(key, language, file.role == "code", data)


def _recalled(files: list[File], supply: _Supply[T], cache: Cache | None) -> Iterator[Outcome[T]]:
    """Yield what the cache knows; leave the rest waiting, files of one blob together.

    A file of which nobody knows which blob it is (outside git, or changed) is read once more for that: hashing takes a
    hundredth of what parsing takes.
    """
    if cache is None:
        for file in files:
            supply.waiting.setdefault(supply.key(file), []).append(file)
        return
    for at in range(0, len(files), RECALLED):
        keys: dict[str, list[File]] = {}
        for file in files[at : at + RECALLED]:
            keys.setdefault(supply.key(file) if file.blob else supply.hashed(file), []).append(file)
        known = cache.get([key for key in keys if not key.startswith("?")])
        for key, group in keys.items():
            try:
                made = supply.job.unpack(known[key])
            except (KeyError, msgspec.MsgspecError):  # unknown, or of another form, whoever wrote it
                supply.waiting.setdefault(key, []).extend(group)
                continue
            supply.count("recalled", 1)
            for file in group:
                yield Outcome(file, made, "")
