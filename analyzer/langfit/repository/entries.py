"""What a listing notes beside its entries, and paths as text and as bytes."""

from __future__ import annotations

from msgspec import Struct, field

from langfit.model.repository import SKIP_REASONS, Skipped

MOST_ENTRIES = 1_000_000  # a tree that names its own subtrees over and over can unfold to billions of paths

# What says how a scanned subfolder is built may stand above it.
ENCLOSING = (b"go.mod", b"go.work", b"Cargo.toml")


class Log(Struct):
    """What a listing could not enter: rows for the report and sentences for people."""

    skipped: list[Skipped] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def skip(self, path: str, reason: str) -> None:
        """Note that nothing below the folder `path` was listed, and why."""
        self.skipped.append(Skipped(path, reason))
        self.notices.append(f"{path or '.'} was not entered: {SKIP_REASONS[reason]}.")


def text_of(name: bytes) -> str:
    """Return a path as text: UTF-8, whatever the locale, with undecodable bytes as surrogates."""
    return name.decode("utf-8", "surrogateescape")


def bytes_of(path: str) -> bytes:
    """Return the inverse of `text_of`."""
    return path.encode("utf-8", "surrogateescape")


def folders_above(under: bytes) -> list[bytes]:
    """Return the folders that hold `under`, the root ("") first; empty for the root itself."""
    parts = under.split(b"/") if under else []
    return [b"/".join(parts[:depth]) for depth in range(len(parts))]
