"""What the index of a work tree knows, so that unchanged files need no reading to be told apart."""

from __future__ import annotations

import os
from typing import Any

import pygit2
from pygit2.ffi import C, ffi

from langfit.repository.disk import Tracked
from langfit.repository.headers import Header, headers_of

SUBMODULE = 0o160000
STAGE = 0x3000  # bits of `flags` that are set while a merge conflict waits


class IndexUnreadable(Exception):
    """Why libgit2 cannot read an index."""


def tracked_files(repo: pygit2.Repository) -> dict[bytes, Tracked]:
    """Return by tracked path what git saw when it last looked, by the index file.

    An id is given only when the object has as many bytes as the file on disk (filters such as line-ending
    conversion make them differ), and when the file is older than the index (else it may have been written within
    the same tick of the clock: "racy git"). Raises IndexUnreadable.
    """
    try:
        index = repo.index
        count = len(index)
    except (pygit2.GitError, OSError) as error:
        raise IndexUnreadable(str(error)) from None
    try:
        written = os.stat(os.path.join(repo.path, "index")).st_mtime_ns
    except OSError:
        written = 0
    header = headers_of(repo)
    # pygit2 shows no times or sizes of index entries; the C structure behind them is part of libgit2's stable API.
    handle = index._index  # noqa: SLF001
    found: dict[bytes, Tracked] = {}
    for position in range(count):
        row = C.git_index_get_byindex(handle, position)
        modified = row.mtime.seconds * 1_000_000_000 + row.mtime.nanoseconds
        blob = "" if row.flags & STAGE or modified >= written else _trusted(header, row)
        found[ffi.string(row.path)] = Tracked(blob, row.file_size, modified, row.mode == SUBMODULE)
    return found


def _trusted(header: Header, row: Any) -> str:
    oid = pygit2.Oid(raw=bytes(ffi.buffer(ffi.addressof(row, "id"))[:]))
    try:
        return str(oid) if header(oid)[1] == row.file_size else ""
    except (KeyError, pygit2.GitError):
        return ""
