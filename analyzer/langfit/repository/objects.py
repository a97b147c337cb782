"""Reads loose objects in the place of libgit2, which runs in circles for ever over one that ends too early."""

from __future__ import annotations

import os
import zlib

import pygit2
from pygit2.enums import ObjectType

from langfit.repository.entries import text_of

TYPES = {b"commit": ObjectType.COMMIT, b"tree": ObjectType.TREE, b"blob": ObjectType.BLOB, b"tag": ObjectType.TAG}
OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
HEAD = 64  # bytes of the longest header: type, size and a NUL
HEAD_PACKED = 512  # bytes on disk that such a header fits into, whatever compressed it
LARGEST = 64 << 20  # bytes of a commit, a tree or a tag
LARGEST_BLOB = 1 << 30  # as large as --max-size can be
PACKED, LOOSE = 2, 1  # the order in which objects are looked for


class Loose(pygit2.OdbBackend):
    """The loose objects of one folder. One that is damaged raises GitError; libgit2 checks that bytes fit their id."""

    def __init__(self, folder: bytes) -> None:
        super().__init__()
        self._folder = folder

    def read_cb(self, oid: pygit2.Oid) -> tuple[int, bytes]:
        """Return type and bytes of an object. Raises KeyError where there is none."""
        handle = self._opened(str(oid))
        try:
            start = os.read(handle, HEAD_PACKED)
            kind, size, _ = _header(start, oid)
            if size > (LARGEST_BLOB if kind == ObjectType.BLOB else LARGEST):
                raise _damaged(oid, f"it has {size:,} bytes")
            # What a size says is compressed to is bounded, too: zlib adds a few bytes to what it cannot shrink.
            most = min(os.fstat(handle).st_size, size + size // 8 + HEAD_PACKED)
            packed = start + (os.read(handle, most - len(start)) if most > len(start) else b"")
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(packed, size + HEAD).partition(b"\0")[2]
        except (OSError, zlib.error, MemoryError):
            raise _damaged(oid, "it cannot be unpacked") from None
        finally:
            os.close(handle)
        if len(data) != size or not unpacker.eof:
            raise _damaged(oid, "it ends too early, or too late")
        return kind, data

    def read_header_cb(self, oid: pygit2.Oid) -> tuple[int, int]:
        """Return type and size of an object. Raises KeyError where there is none."""
        handle = self._opened(str(oid))
        try:
            return _header(os.read(handle, HEAD_PACKED), oid)[:2]
        except OSError:
            raise _damaged(oid, "it cannot be read") from None
        finally:
            os.close(handle)

    def read_prefix_cb(self, prefix: str) -> tuple[int, bytes, pygit2.Oid]:
        """Return type, bytes and id of the one object whose id begins so. Raises KeyError or ValueError."""
        oid = pygit2.Oid(hex=self._named(str(prefix)))
        return (*self.read_cb(oid), oid)

    def exists_cb(self, oid: pygit2.Oid) -> bool:
        """Whether there is an object."""
        return os.path.exists(self._path(str(oid)))

    def exists_prefix_cb(self, prefix: str) -> pygit2.Oid:
        """Return the id of the one object whose id begins so. Raises KeyError or ValueError."""
        return pygit2.Oid(hex=self._named(str(prefix)))

    def refresh_cb(self) -> None:
        """Do nothing: every look is a new one."""

    def _path(self, name: str) -> bytes:
        return self._folder + f"/{name[:2]}/{name[2:]}".encode()

    def _opened(self, name: str) -> int:
        try:
            return os.open(self._path(name), OPEN)
        except OSError:
            raise KeyError(name) from None

    def _named(self, prefix: str) -> str:
        try:
            names = os.listdir(self._folder + f"/{prefix[:2]}".encode())
        except OSError:
            raise KeyError(prefix) from None
        found = [name for name in map(text_of, names) if len(name) == 38 and name.startswith(prefix[2:])]
        if len(found) != 1:
            raise (ValueError if found else KeyError)(prefix)
        return prefix[:2] + found[0]


def guard(repo: pygit2.Repository, folders: list[bytes]) -> None:
    """Have a repository read its objects from these folders: packs by libgit2, loose ones in Python."""
    odb = pygit2.Odb()
    for folder in folders:
        odb.add_backend(pygit2.OdbBackendPack(os.fsdecode(folder)), PACKED)
        odb.add_backend(Loose(folder), LOOSE)
    repo.set_odb(odb)


def _header(packed: bytes, oid: pygit2.Oid) -> tuple[int, int, int]:
    """Return type and size of an object by the start of its file, and the length of the header."""
    try:
        head, end, _ = zlib.decompressobj().decompress(packed, HEAD).partition(b"\0")
    except zlib.error:
        raise _damaged(oid, "it cannot be unpacked") from None
    name, _, size = head.partition(b" ")
    if not end or name not in TYPES or not size.isdigit():
        raise _damaged(oid, "it begins like no object")
    return int(TYPES[name]), int(size), len(head) + 1


def _damaged(oid: pygit2.Oid, why: str) -> pygit2.GitError:
    return pygit2.GitError(f"the object {oid} is damaged: {why}")
