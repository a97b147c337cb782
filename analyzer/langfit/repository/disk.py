"""Lists and reads files on disk.

Follows no link, opens nothing but regular files, and enters no other repository.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from langfit.filetree import Entry, Mode, Unreadable
from langfit.model.errors import LangfitError
from langfit.repository.entries import ENCLOSING, MOST_ENTRIES, Log, folders_above, text_of

Ignored = Callable[[bytes, bool], bool]  # path from the root, is it a folder

OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Tracked(Struct, frozen=True):
    """What the index says of a path: `blob` may be "" where it is not to be trusted."""

    blob: str
    size: int  # bytes on disk when git last looked, modulo 2**32
    modified: int  # nanoseconds; -1 where it says nothing
    submodule: bool


def list_disk(
    root: bytes, under: bytes, ignored: Ignored, tracked: Mapping[bytes, Tracked], log: Log
) -> Iterator[Entry]:
    """Return what stands on disk below the folder `under` of `root`, and the manifests above it, in no set order.

    That is tracked paths as they are now, and others that are not ignored. Folders that cannot be read go to `log`.
    """
    parents = _parents(tracked)
    for folder in folders_above(under):
        for name in ENCLOSING:
            path = _join(folder, name)
            try:
                status = os.lstat(_join(root, path))
            except OSError:
                continue
            yield _entry(path, status, tracked.get(path))
    waiting, listed = [under], 0
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(_join(root, folder)) as found:
                children = list(found)
        except OSError:
            log.skip(text_of(folder), "unreadable")
            continue
        listed += len(children)
        if listed > MOST_ENTRIES:
            raise LangfitError(f"The folder has more than {MOST_ENTRIES:,} entries: scan one of its folders.")
        for child in children:
            if child.name == b".git":
                continue
            path = _join(folder, child.name)
            row = tracked.get(path)
            if child.is_dir(follow_symlinks=False):
                if row is not None and row.submodule:
                    yield Entry(text_of(path), "", 0, "submodule")
                elif path in parents:
                    waiting.append(path)
                elif not ignored(path, True):
                    if holds_repository(child.path):
                        log.notices.append(f"{text_of(path)} is a repository of its own: scan it by itself.")
                        yield Entry(text_of(path), "", 0, "submodule")
                    else:
                        waiting.append(path)
            elif row is not None or not ignored(path, False):
                try:
                    yield _entry(path, child.stat(follow_symlinks=False), row)
                except OSError:
                    log.skip(text_of(path), "unreadable")


def read_disk(path: bytes, most: int = -1) -> bytes:
    """Return the bytes of the regular file at `path`, or the first `most` of them.

    Raises Unreadable for anything else, without waiting on a pipe.
    """
    try:
        handle = os.open(path, OPEN)
    except OSError:
        raise Unreadable(_why_closed(path)) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable("special")
        with open(handle, "rb", closefd=False) as file:
            return file.read(most)
    except (OSError, MemoryError):
        raise Unreadable("unreadable") from None
    finally:
        os.close(handle)


def is_git_folder(path: bytes) -> bool:
    """Whether `path` is what git calls a git directory: a bare repository or the inside of a `.git`."""
    return (
        os.path.isfile(_join(path, b"HEAD"))
        and os.path.isdir(_join(path, b"refs"))
        and (os.path.isdir(_join(path, b"objects")) or os.path.isfile(_join(path, b"commondir")))
    )


def holds_repository(path: bytes) -> bool:
    """Whether the folder `path` is the root of a repository, with or without a work tree."""
    return os.path.lexists(_join(path, b".git")) or is_git_folder(path)


def _why_closed(path: bytes) -> str:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return "unreadable"
    if stat.S_ISLNK(mode):
        return "symlink"
    return "unreadable" if stat.S_ISREG(mode) else "special"


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


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name
