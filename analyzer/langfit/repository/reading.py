"""Opens folders and files of one tree part by part, each below the one before, so that no link is ever followed.

A path that was a folder may be a link out of the tree by now; only what is asked of an open folder is sure.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from langfit.filetree import Unreadable
from langfit.repository.beneath import opener

FEW = 200  # files
LONG = 4_000  # bytes of a path; the system takes none of 4,096 at once
KEPT = 48  # folders that stay open; many systems allow 256 files at a time
SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
FILE = os.O_RDONLY | getattr(os, "O_BINARY", 0) | SAFE
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | SAFE
# A folder may be entered that may not be listed.
ENTERED = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | SAFE
ROOT = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
ABLE = {os.open, os.stat} <= os.supports_dir_fd and os.scandir in os.supports_fd

Row = os.DirEntry[str] | os.DirEntry[bytes]


class Folders:
    """The folders below `root`, of which a few stay open. Close it after use."""

    def __init__(self, root: bytes) -> None:
        self.root = root
        self._reads = 0
        self._open: dict[bytes, int] = {}  # by path from the root, the one used longest ago first

    def close(self) -> None:
        """Close all folders; they are opened again when asked for."""
        while self._open:
            os.close(self._open.popitem()[1])

    def read(self, path: bytes, most: int = -1) -> bytes:
        """Return the bytes of the regular file at `path`, or the first `most` of them.

        Raises Unreadable for anything else, without waiting on a pipe.
        """
        try:
            handle = self._direct(path)
            if handle is None:
                handle = self._at(path, FILE)
        except OSError:
            raise Unreadable(self._why_closed(path)) from None
        return taken(handle, most)

    def status(self, path: bytes) -> os.stat_result:
        """Return what `lstat` says of a path. Raises OSError."""
        if not ABLE:
            return os.lstat(joined(self.root, path))
        above, _, name = path.rpartition(b"/")
        return os.stat(name, dir_fd=self._folder(above), follow_symlinks=False)

    @contextmanager
    def rows(self, folder: bytes, most: int) -> Iterator[Sequence[Row]]:
        """Give at most `most` rows of a folder; they may be asked for their status inside. Raises OSError."""
        if not ABLE:
            with os.scandir(joined(self.root, folder)) as found:
                yield [row for row, _ in zip(found, range(most), strict=False)]
            return
        handle = self._at(folder, FOLDER) if folder else os.open(self.root, ROOT)
        try:
            with os.scandir(handle) as rows:
                listed = [row for row, _ in zip(rows, range(most), strict=False)]
            yield listed
        finally:
            os.close(handle)

    def _direct(self, path: bytes) -> int | None:
        """Open a file by its whole path where the system can do so without following a link; None where it cannot.

        Part by part takes three times as long where files come from many folders; for few files it is not worth it.
        """
        self._reads += 1
        opened = opener() if self._reads > FEW and len(path) < LONG else None
        return opened(self._folder(b""), path, FILE) if opened is not None else None

    def _at(self, path: bytes, flags: int) -> int:
        if not ABLE:
            return os.open(joined(self.root, path), flags)
        above, _, name = path.rpartition(b"/")
        return os.open(name, flags, dir_fd=self._folder(above))

    def _folder(self, path: bytes) -> int:
        """Return an open folder. Raises OSError where a part of its path is a link, or no folder."""
        handle = self._open.pop(path, None)
        if handle is None:
            near, parts = path, []
            while near and near not in self._open:
                near, _, name = near.rpartition(b"/")
                parts.append(name)
            handle = self._keep(near, self._open.pop(near) if near in self._open else os.open(self.root, ROOT))
            for name in reversed(parts):
                handle = os.open(name, ENTERED, dir_fd=handle)
                near = joined(near, name)
                self._keep(near, handle)
            self._open.pop(path)
        return self._keep(path, handle)

    def _keep(self, path: bytes, handle: int) -> int:
        self._open[path] = handle
        if len(self._open) > KEPT:
            os.close(self._open.pop(next(iter(self._open))))
        return handle

    def _why_closed(self, path: bytes) -> str:
        try:
            mode = self.status(path).st_mode
        except NotADirectoryError:
            return "symlink"  # a folder on the way is no folder any more
        except OSError:
            return "unreadable"
        if stat.S_ISLNK(mode):
            return "symlink"
        return "unreadable" if stat.S_ISREG(mode) else "special"


def read_file(path: bytes, most: int = -1) -> bytes:
    """Return the bytes of a regular file that is not part of a tree. Raises Unreadable."""
    folder, _, name = path.rpartition(b"/")
    folders = Folders(folder)
    try:
        return folders.read(name, most)
    finally:
        folders.close()


def taken(handle: int, most: int = -1) -> bytes:
    """Return the bytes of an open file, at most `most` of them, and close it. Raises Unreadable for other things."""
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("special")
        wanted = status.st_size + 1 if most < 0 else min(most, status.st_size + 1)
        data = os.read(handle, wanted)
        if len(data) in (status.st_size, most):
            return data
        with open(handle, "rb", closefd=False) as file:  # it is growing, or shrinking, or does not know its size
            return data + file.read(most - len(data) if most >= 0 else -1)
    except (OSError, MemoryError):
        raise Unreadable("unreadable") from None
    finally:
        os.close(handle)


def joined(folder: bytes, name: bytes) -> bytes:
    """Return the path of a name in a folder, b"" for the root."""
    return folder + b"/" + name if folder else name
