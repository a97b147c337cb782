"""What a tree of files is to those who read one: its entries, their bytes, and why bytes are refused."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha1
from typing import Literal, Protocol

from msgspec import Struct

from langfit.model.repository import SKIP_REASONS, Skipped

Mode = Literal["file", "symlink", "submodule", "special"]

LFS_HEAD = b"version https://git-lfs.github.com/spec/"
LFS_LARGEST = 1024  # bytes; the git-lfs specification keeps pointers below this


class Entry(Struct, frozen=True, gc=False):
    """One path of the tree: `path` with "/" from the root of the repository, undecodable bytes as surrogates.

    `blob` is the git blob id in 40 hex digits, or "" where only reading can tell; `size` is in bytes, 0 for
    anything but files and for blobs that are missing.
    """

    path: str
    blob: str
    size: int
    mode: Mode


class Unreadable(Exception):
    """The bytes of an entry cannot be had; `reason` is one of SKIP_REASONS."""

    def __init__(self, reason: str) -> None:
        assert reason in SKIP_REASONS
        super().__init__(SKIP_REASONS[reason])
        self.reason = reason


class Tree(Protocol):
    """Anything that lists and reads files; `repository.Repository` is the one that people use."""

    @property
    def path(self) -> str:
        """The tree as the user named it."""

    @property
    def under(self) -> str:
        """The scanned folder, relative to the root that paths start from; "" for all."""

    @property
    def revision(self) -> str | None:
        """The commit in 40 hex digits, None for files on disk."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about what could not be looked at."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Folders that could not be entered."""

    def entries(self) -> Iterable[Entry]:
        """Every path of the tree."""

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of an entry. Raises Unreadable."""

    def attributes(self, path: str) -> tuple[bool | None, bool | None]:
        """Return what .gitattributes says of a file: (generated, vendored), None where it says nothing."""


def blob_id(data: bytes) -> str:
    """Return the id of these bytes as a blob of git, as 40 hex digits (gitformat-pack: "blob <size>\\0<bytes>")."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def refusal(data: bytes) -> str | None:
    """Return why these bytes are no source text, as one of SKIP_REASONS, or None for text in UTF-8."""
    if len(data) < LFS_LARGEST and data.startswith(LFS_HEAD):
        return "lfs-pointer"
    if b"\0" in data:
        return "binary"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "not-utf8"
    return None
