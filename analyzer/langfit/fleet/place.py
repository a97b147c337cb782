"""The folder of a fleet: where everything is, and how it is written so that no half of a file is ever seen."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from langfit.fleet.model import Begun, Failure, Latest, Result, Row, Run
from langfit.model.errors import LangfitError

T = TypeVar("T")

LARGEST = 1 << 30  # bytes of a result, unpacked
STALE = 86_400  # seconds after which what a killed process left half-written goes
MANIFEST, BEGUN, ROWS = "manifest.json", "begun.json", "repositories.json.gz"


def result_path(folder: str, key: str) -> Path:
    """Return where the result of a key is."""
    return Path(folder, "results", key[:2], f"{key}.json.gz")


def failure_path(folder: str, key: str) -> Path:
    """Return where it says why a key has no result."""
    return Path(folder, "failures", f"{key}.json")


def run_path(folder: str, run: str, name: str = "") -> Path:
    """Return the folder of a run, or a file in it."""
    return Path(folder, "runs", run, name)


def put(path: Path, data: bytes) -> None:
    """Write a file beside its place, and move it there once it is on the disk. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def packed(value: object) -> bytes:
    """Return a struct as JSON in ASCII. Bytes of paths that are no text survive, as surrogates."""
    return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode()


def unpacked(data: bytes, kind: type[T]) -> T:
    """Return the struct in the bytes of `packed`. Raises LangfitError for others."""
    try:
        return msgspec.convert(json.loads(data), kind, strict=False)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise LangfitError("A file of this fleet is damaged: run the fleet again.") from None


def squeezed(data: bytes) -> bytes:
    """Return bytes compressed, the same for the same bytes."""
    return gzip.compress(data, 6, mtime=0)


def put_result(folder: str, result: Result) -> None:
    """Write a result. Raises OSError."""
    from langfit.formats import sanitize

    text = sanitize.json_text(msgspec.to_builtins(result), indent=-1)
    put(result_path(folder, result.key), squeezed(text.encode()))


_RESULT = msgspec.json.Decoder(Result)


def read_result(folder: str, key: str) -> Result | None:
    """Return the result of a key; None where there is none that can be read."""
    return _decoded(folder, key, _RESULT)


def read_as(folder: str, key: str, kind: type[T]) -> T | None:
    """Return parts of the result of a key, as a struct that names them."""
    return _decoded(folder, key, msgspec.json.Decoder(kind))


def _decoded(folder: str, key: str, decoder: msgspec.json.Decoder[T]) -> T | None:
    try:
        data = result_path(folder, key).read_bytes()
        return decoder.decode(_unsqueezed(data))
    except (OSError, ValueError, RecursionError, zlib.error, msgspec.MsgspecError):
        return None


def _unsqueezed(data: bytes) -> bytes:
    """Unpack at most LARGEST bytes."""
    unpacker = zlib.decompressobj(wbits=31)
    found = unpacker.decompress(data, LARGEST)
    if not unpacker.eof:
        raise ValueError("larger than any result")
    return found


def read_failure(folder: str, key: str) -> Failure | None:
    """Return why a key has no result, None where nothing is known."""
    try:
        return unpacked(failure_path(folder, key).read_bytes(), Failure)
    except (OSError, LangfitError):
        return None


def put_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the repositories of a run or of a shard, one a line."""
    put(path, squeezed(b"".join(packed(row) + b"\n" for row in rows)))


def read_rows(path: Path) -> list[Row]:
    """Return the repositories of a run or of a shard. Raises LangfitError."""
    try:
        lines = _unsqueezed(path.read_bytes()).splitlines()
    except (OSError, ValueError, zlib.error):
        raise LangfitError(f"{path} cannot be read: run the fleet again.") from None
    return [unpacked(line, Row) for line in lines]


def read_run(folder: str, run: str) -> Run:
    """Return the manifest of a run. Raises LangfitError where there is no such run, or none that has ended."""
    if "/" in run or run.startswith("."):
        raise LangfitError(f"{run!r} is no name of a run: `ls {folder}/runs` lists them.")
    try:
        return unpacked(run_path(folder, run, MANIFEST).read_bytes(), Run)
    except OSError:
        raise LangfitError(f"There is no run {run} in {folder}: `ls {folder}/runs` lists them.") from None


def read_latest(folder: str) -> Latest:
    """Return which runs to read. Raises LangfitError where none has ended yet."""
    try:
        return unpacked(Path(folder, "latest.json").read_bytes(), Latest)
    except OSError:
        message = f"No run has ended in {folder} yet: `langfit fleet LIST --out {folder}` makes one, --resume ends it."
        raise LangfitError(message) from None


def chosen_run(folder: str, name: str = "latest") -> Run:
    """Return the run of a name; `latest` and `published` are those that latest.json names."""
    if name not in ("latest", "published"):
        return read_run(folder, name)
    latest = read_latest(folder)
    wanted = latest.run if name == "latest" else latest.published
    if not wanted:
        raise LangfitError(f"No run in {folder} is complete yet: `langfit fleet report {folder}` shows the newest one.")
    return read_run(folder, wanted)


def runs_of(folder: str) -> Iterator[Run]:
    """Yield the runs that have ended, the newest first."""
    for name in _run_names(folder):
        if run_path(folder, name, MANIFEST).is_file():
            yield read_run(folder, name)


def unfinished(folder: str) -> Begun | None:
    """Return the newest run that has begun and not ended."""
    for name in _run_names(folder):
        if run_path(folder, name, MANIFEST).is_file():
            return None
        with suppress(OSError, LangfitError):
            return unpacked(run_path(folder, name, BEGUN).read_bytes(), Begun)
    return None


def _run_names(folder: str) -> list[str]:
    try:
        return sorted((entry.name for entry in os.scandir(Path(folder, "runs")) if entry.is_dir()), reverse=True)
    except OSError:
        return []


def sweep(folder: str) -> None:
    """Remove what processes that were killed have left half-written, once it is a day old."""
    before = time.time() - STALE
    for pattern in (".said/*", "results/*/.*", "failures/.*", "shards/*/.*"):
        for path in Path(folder).glob(pattern):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()


def prepare(folder: str) -> None:
    """Make the folder of a fleet, or raise LangfitError where that cannot be done."""
    try:
        for name in ("results", "failures", "runs", ".said"):
            Path(folder, name).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        reason = problem.strerror or "it cannot be written"
        raise LangfitError(f"{folder} cannot hold a fleet ({reason}): name another folder by --out.") from None
