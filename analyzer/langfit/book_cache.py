"""The rule book as it was read last time, so that two hundred files need not be read and checked for each scan.

A stamp names everything that a book is made of by size and time, as make does. The copy is msgpack, decoded into the
types of the model; one that is missing, of another stamp or damaged costs a tenth of a second and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from langfit import __version__, regular
from langfit.model.errors import LangfitError
from langfit.model.rule import Rulebook
from langfit.writing import replace

KEPT = 8  # books: different packs and versions take turns
LARGEST = 64 << 20  # bytes of one; the shipped book has half a megabyte
CHECK = 32  # bytes of the digest in front of a copy


def stamp_of(folders: Iterable[Path], *further: str) -> str:
    """Return a name for the books that this code reads from these folders, with `further` settings."""
    digest = sha256(repr((__version__, further)).encode())
    for folder in (Path(__file__).parent, *folders):
        digest.update(os.fsencode(folder) + b"\0")
        for path, size, time in sorted(_files(os.fspath(folder), 2)):
            digest.update(f"{path}\0{size}\0{time}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def _files(folder: str, deeper: int) -> Iterable[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith((".toml", ".py", ".scm")):
            with suppress(OSError):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
        elif deeper and not entry.name.startswith((".", "__")) and entry.is_dir():
            yield from _files(entry.path, deeper - 1)


def recall(place: Path, stamp: str) -> Rulebook | None:
    """Return the copy of a book in the folder `place`; None when there is none that can be used."""
    with suppress(OSError, msgspec.MsgspecError, ValueError):
        data = regular.read(place / f"rules-{stamp}.msgpack", LARGEST)
        if len(data) <= LARGEST and sha256(data[CHECK:]).digest() == data[:CHECK]:
            return msgspec.msgpack.decode(data[CHECK:], type=Rulebook)
    return None


def keep(place: Path, stamp: str, book: Rulebook) -> None:
    """Copy a book into `place`, where at most KEPT stay; a folder that cannot be written to is left alone."""
    packed = msgspec.msgpack.encode(book)
    with suppress(OSError, LangfitError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = os.fspath(place / f"rules-{stamp}.msgpack")
        if not os.path.isfile(path) or os.path.islink(path):  # what could not be read is of no use to anybody
            with suppress(FileNotFoundError):
                os.unlink(path)
        replace(path, sha256(packed).digest() + packed, [os.fspath(place)], private=True)
        known = sorted(place.glob("rules-*"), key=lambda one: one.lstat().st_mtime_ns)
        for old in known[:-KEPT]:
            old.unlink(missing_ok=True)
