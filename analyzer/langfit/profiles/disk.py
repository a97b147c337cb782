"""Files on disk that people name: regular ones alone, so that no pipe or device keeps a scan waiting."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from langfit.profiles.values import BadProfile

SMALL = 1 << 20  # bytes


def opened(path: str) -> BinaryIO:
    """Return a regular file, open. Raises BadProfile for anything else, and OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise BadProfile("it is a folder; name a file in it")
        if not stat.S_ISREG(mode):
            raise BadProfile("it is no regular file; name one")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def small(path: str) -> bytes | None:
    """Return the bytes of a small regular file, None where there is none."""
    try:
        with opened(path) as file:
            return file.read(SMALL)
    except (OSError, BadProfile):
        return None
