"""Writes files that users name: whole or not at all, and never through what a scanned tree has planted."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress

from langfit.model.errors import LangfitError

MOST_LINKS = 40  # on the way to a file, as in Linux
STREAM = re.compile(r"(?:/dev/|/proc/self/)fd/(\d+)|/dev/std(?:(out)|err)")  # what is open, and only looks like a link


def replace(path: str, data: bytes, trees: Iterable[str] = (), *, private: bool = False) -> None:
    """Write a file beside its place and move it there. Raises LangfitError with one sentence.

    What is at the place must be a regular file, or one of the system such as a terminal or a pipe that lies outside of
    `trees`. Inside of these neither the file nor a folder on the way to it may be a link. A new file is for everybody
    whom the umask allows, or with `private` for its owner alone.
    """
    try:
        roots = [os.path.realpath(tree) for tree in trees if tree]
        stream = STREAM.fullmatch(os.path.abspath(path))
        if stream is not None:
            # Not opened anew: both would write to a place of their own in a file that stdout leads to.
            _into(os.dup(int(stream[1] or (1 if stream[2] else 2))), data)
            return
        target = _resolved(path, roots)
        known = os.stat(target) if os.path.lexists(target) else None
        if known is None or stat.S_ISREG(known.st_mode):
            mode = 0o600 if private else stat.S_IMODE(known.st_mode) if known is not None else _usual_mode()
            _beside(target, data, mode)
        elif any(_inside(target, root) for root in roots):
            raise LangfitError(f"{path} is no regular file; name another one.")
        else:
            _into(target, data)
    except (OSError, ValueError) as problem:
        reason = (isinstance(problem, OSError) and problem.strerror) or "it cannot be written"
        raise LangfitError(f"{path} cannot be written ({reason}); name a file in an existing folder.") from None


def _resolved(path: str, roots: list[str]) -> str:
    """Return a path without links, none of which lay inside of a root. Part by part: each may lead anywhere."""
    drive, rest = os.path.splitdrive(os.path.join(os.getcwd(), path))
    top = drive + os.sep
    at, parts, links = top, rest.split(os.sep)[::-1], 0
    while parts:
        part = parts.pop()
        if part in ("", os.curdir):
            continue
        if part == os.pardir:
            at = os.path.dirname(at)
            continue
        step = os.path.join(at, part)
        if not os.path.islink(step):
            at = step
            continue
        links += 1
        if links > MOST_LINKS or any(_inside(step, root) for root in roots):
            raise LangfitError(f"{path} leads through a link inside of the scanned folder; name another file.")
        to = os.readlink(step)
        parts += to.split(os.sep)[::-1]
        at = top if os.path.isabs(to) else at
    return at


def _inside(path: str, root: str) -> bool:
    return path.startswith(root.rstrip(os.sep) + os.sep)


def _into(target: str | int, data: bytes) -> None:
    """Write to what is no regular file and was named outside of the tree: /dev/stdout, a pipe."""
    with open(target, "wb") as file:
        file.write(data)


def _beside(target: str, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=".langfit-", dir=os.path.dirname(target))
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
