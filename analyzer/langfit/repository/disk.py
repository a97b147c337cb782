"""Lists files on disk; follows no link, and enters no other repository."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter

from msgspec import Struct

from langfit.filetree import Entry, Mode
from langfit.model.errors import LangfitError
from langfit.repository.entries import ENCLOSING, MOST_ENTRIES, MOST_PATH, Log, folders_above, text_of
from langfit.repository.gitdir import holds_repository
from langfit.repository.reading import Folders, Row, joined

Ignored = Callable[[bytes, bool], bool]  # path from the root, is it a folder


class Tracked(Struct, frozen=True):
    """What the index says of a path: `blob` may be "" where it is not to be trusted."""

    blob: str
    size: int  # bytes on disk when git last looked, modulo 2**32
    modified: int  # nanoseconds; -1 where it says nothing
    submodule: bool


def list_disk(
    folders: Folders, under: bytes, ignored: Ignored, tracked: Mapping[bytes, Tracked], log: Log
) -> Iterator[Entry]:
    """Return what stands on disk below the folder `under` of a tree, and the manifests above it, in no set order.

    That is tracked paths as they are now, and others that are not ignored. Folders that cannot be read go to `log`.
    """
    yield from _enclosing(folders, under, tracked)
    parents = _parents(tracked)
    waiting, listed = [under], 0
    while waiting:
        folder = waiting.pop()
        try:
            with folders.rows(folder, MOST_ENTRIES - listed + 1) as rows:
                listed += len(rows)
                if listed > MOST_ENTRIES:
                    raise LangfitError(f"The folder has more than {MOST_ENTRIES:,} entries: scan one of its folders.")
                for path, row in _paths(folder, rows, log):
                    known = tracked.get(path)
                    if not row.is_dir(follow_symlinks=False):
                        if known is not None or not ignored(path, False):
                            yield from _file(path, row, known, log)
                    elif known is not None and known.submodule:
                        yield Entry(text_of(path), "", 0, "submodule")
                    elif path in parents:
                        waiting.append(path)
                    elif not ignored(path, True):
                        if holds_repository(joined(folders.root, path)):
                            log.note("repositories", f"{text_of(path)} is a repository of its own: scan it by itself.")
                            yield Entry(text_of(path), "", 0, "submodule")
                        else:
                            waiting.append(path)
        except NotADirectoryError:  # it became a link, or a file, after it was listed
            log.skip(text_of(folder), "symlink")
        except OSError:
            log.skip(text_of(folder), "unreadable")


def _enclosing(folders: Folders, under: bytes, tracked: Mapping[bytes, Tracked]) -> Iterator[Entry]:
    for folder in folders_above(under):
        for name in ENCLOSING:
            path = joined(folder, name)
            try:
                status = folders.status(path)
            except OSError:
                continue
            yield _entry(path, status, tracked.get(path))


def _paths(folder: bytes, rows: Sequence[Row], log: Log) -> Iterator[tuple[bytes, Row]]:
    """Yield the rows of a folder with their paths, in a fixed order.

    The last ones come first, so that the first folders are entered first, and a bound on all patterns meets the same
    ones always.
    """
    for name, row in sorted(((os.fsencode(row.name), row) for row in rows), key=itemgetter(0), reverse=True):
        path = joined(folder, name)
        if len(path) > MOST_PATH:
            log.leave_out(path)
        elif name != b".git":
            yield path, row


def _file(path: bytes, row: Row, known: Tracked | None, log: Log) -> Iterator[Entry]:
    try:
        yield _entry(path, row.stat(follow_symlinks=False), known)
    except OSError:
        log.skip(text_of(path), "unreadable")


def _entry(path: bytes, status: os.stat_result, row: Tracked | None) -> Entry:
    mode: Mode = "special"
    if stat.S_ISLNK(status.st_mode):
        mode = "symlink"
    elif stat.S_ISREG(status.st_mode):
        mode = "file"
    if mode != "file":
        return Entry(text_of(path), "", 0, mode)
    blob = ""
    if row is not None and row.modified == status.st_mtime_ns and row.size == status.st_size & 0xFFFFFFFF:
        blob = row.blob
    return Entry(text_of(path), blob, status.st_size, mode)


def _parents(tracked: Mapping[bytes, Tracked]) -> set[bytes]:
    parents: set[bytes] = set()
    for path in tracked:
        folder = path.rpartition(b"/")[0]
        while folder and folder not in parents:
            parents.add(folder)
            folder = folder.rpartition(b"/")[0]
    return parents
