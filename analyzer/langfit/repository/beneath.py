"""Has Linux open a file below a folder without a link on the way, in one call where Python has none."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from functools import cache

OPENAT2 = 437  # the number of the call on every architecture with 64 bits but alpha, see openat2(2)
NO_MAGIC_LINKS, NO_LINKS, BENEATH = 0x02, 0x04, 0x08

Opener = Callable[[int, bytes, int], int]  # an open folder, a path below it, flags as for os.open


@cache
def opener() -> Opener | None:
    """Return what opens a file, or raises OSError; None where the system cannot do it."""
    if not sys.platform.startswith("linux") or sys.maxsize < 1 << 32 or os.uname().machine == "alpha":
        return None
    import ctypes

    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long

    def opened(folder: int, path: bytes, flags: int) -> int:
        how = struct.pack("=QQQ", flags, 0, NO_MAGIC_LINKS | NO_LINKS | BENEATH)
        handle = call(ctypes.c_long(OPENAT2), ctypes.c_long(folder), path, how, ctypes.c_long(len(how)))
        if handle < 0:
            raise OSError(ctypes.get_errno(), "openat2")
        return int(handle)

    top = os.open("/", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.close(opened(top, b".", os.O_RDONLY | os.O_CLOEXEC))
    except OSError:  # an older system, or one that forbids what it does not know
        return None
    finally:
        os.close(top)
    return opened
