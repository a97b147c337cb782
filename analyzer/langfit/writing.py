"""Writes files that users name: whole or not at all, and never through what a scanned tree has planted."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress

from langfit.model.errors import LangfitError


def replace(path: str, data: bytes, tree: str = "") -> None:
    """Write a file beside its place and move it there. Raises LangfitError with one sentence.

    What is at the place must be a regular file, or one of the system such as a terminal or a pipe that lies outside of
    `tree`. Inside of `tree` neither the file nor a folder on the way to it may be a link.
    """
    try:
        _check(path, tree)
        target = os.path.realpath(path)
        known = os.stat(target) if os.path.exists(target) else None
        if known is not None and not stat.S_ISREG(known.st_mode):
            _into(target, data)
            return
        _beside(target, data, known)
    except (OSError, ValueError) as problem:
        reason = (isinstance(problem, OSError) and problem.strerror) or "it cannot be written"
        raise LangfitError(f"{path} cannot be written ({reason}); name a file in an existing folder.") from None


def _check(path: str, tree: str) -> None:
    if not tree:
        return
    root = os.path.realpath(tree)
    # The folder of the file, links above the tree resolved: /tmp may be one, and is not planted.
    plain = os.path.join(_above(os.path.dirname(os.path.abspath(path)), root), os.path.basename(path))
    if not _inside(plain, root):
        return
    at = plain
    while _inside(at, root) and at != root:
        if os.path.islink(at):
            raise LangfitError(f"{path} leads through a link inside of the scanned folder; name another file.")
        at = os.path.dirname(at)
    if os.path.lexists(plain) and not stat.S_ISREG(os.lstat(plain).st_mode):
        raise LangfitError(f"{path} is no regular file; name another one.")


def _above(folder: str, root: str) -> str:
    """Return a folder as a path below `root` where it is one by its name or by the links above the tree."""
    tail: list[str] = []
    at = folder
    while True:
        real = os.path.realpath(at)
        if real == root or at == os.path.dirname(at):
            return os.path.join(real, *reversed(tail))
        tail.append(os.path.basename(at))
        at = os.path.dirname(at)


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _into(target: str, data: bytes) -> None:
    """Write to what is no regular file and was named outside of the tree: /dev/stdout, a pipe."""
    with open(target, "wb") as file:
        file.write(data)


def _beside(target: str, data: bytes, known: os.stat_result | None) -> None:
    handle, name = tempfile.mkstemp(prefix=".langfit-", dir=os.path.dirname(target) or ".")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(name, stat.S_IMODE(known.st_mode) if known is not None else _usual_mode())
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
