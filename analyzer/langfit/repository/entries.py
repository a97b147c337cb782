"""What a listing notes beside its entries, and paths as text and as bytes."""

from __future__ import annotations

from msgspec import Struct, field

from langfit.languages import LANGUAGES
from langfit.model.notices import MOST
from langfit.model.repository import SKIP_REASONS, Skipped
from langfit.toml.diagnostics import shorten

MOST_PATH = 4_096  # bytes; longer ones exist in trees that were made by hand
MOST_ENTRIES = 1_000_000  # a tree that names its own subtrees over and over can unfold to billions of paths

# What says how a scanned subfolder is built may stand above it.
ENCLOSING = tuple(name.encode() for spoken in LANGUAGES.values() for name in spoken.manifests)


class Kind(Struct):
    """Sentences of one kind, and how many things they and those that are not kept are about."""

    sentences: list[str] = field(default_factory=list)
    number: int = 0


class Log(Struct):
    """What a listing could not enter: rows for the report and sentences for people."""

    skipped: list[Skipped] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)

    def skip(self, path: str, reason: str) -> None:
        """Note that nothing below the folder `path` was listed, and why."""
        self.skipped.append(Skipped(path, reason))
        self.note("folders", f"{path or '.'} was not entered: {SKIP_REASONS[reason]}.")

    def note(self, kind: str, sentence: str, most: int = MOST, number: int = 1) -> None:
        """Add a sentence of which a tree may provoke any number; beyond `most` of a kind they are counted alone.

        `kind` is what they are about, in the plural; `number` is how many of these one sentence stands for.
        """
        known = self.kinds.setdefault(kind, Kind())
        known.number += number
        if len(known.sentences) < most:
            known.sentences.append(sentence)

    def leave_out(self, path: bytes) -> None:
        """Note that a path is too long to be looked at."""
        sentence = f"A path of more than {MOST_PATH:,} bytes was left out: {shorten(text_of(path))}."
        self.note("paths", sentence, 1)

    def sentences(self) -> tuple[str, ...]:
        """Return all sentences, the last one of a kind with the number of those that it stands for."""
        found = list(self.notices)
        for kind, known in self.kinds.items():
            found += known.sentences
            more = known.number - len(known.sentences)
            if more:
                found[-1] += f" ({more:,} more such {kind})"
        return tuple(found)


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
