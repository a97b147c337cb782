"""Reads files that are named from outside of a tree: regular ones alone, and never more of them than asked for."""

from __future__ import annotations

import errno
import os
import stat


def read(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the bytes of a regular file, at most one more than `most`. Raises OSError, without waiting on a pipe."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read(most + 1)
