"""Patterns of .gitignore, .gitattributes and langfit.toml, with the meaning that git gives them.

Patterns and paths are bytes, as they are for git: a `?` is one byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from langfit.globs.patterns import (
    MOST_WILD,
    MOST_WILD_OF_FILE,
    NOTHING,
    Glob,
    Patterns,
    Room,
    hardness,
    parse,
    parse_body,
    patterns_of,
)
from langfit.globs.wildmatch import expression_of
from langfit.model.errors import LangfitError

__all__ = [
    "MOST_WILD_OF_FILE", "NOTHING", "Glob", "Patterns", "Room", "chooser", "is_usable", "parse", "parse_body",
    "patterns_of", "wild_bytes",
]  # fmt: skip


def is_usable(text: str) -> bool:
    """Tell whether a text is a pattern with which git could do something."""
    glob = parse(_bytes(text))
    return glob is not None and bool(glob.body) and expression_of(glob.body, named=glob.named) is not None


def wild_bytes(texts: Iterable[str]) -> int:
    """Return how much of `MOST_WILD_OF_FILE` patterns take."""
    return sum(hardness(glob) for glob in (parse(_bytes(text)) for text in texts) if glob is not None)


def chooser(texts: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether patterns mean the file at a path, or a folder above it; the last pattern that does decides.

    Raises LangfitError for more patterns than are taken in.
    """
    patterns = patterns_of((parse(_bytes(text)) for text in texts), None, MOST_WILD)
    if patterns.left:
        raise LangfitError("The patterns of include, exclude or [[ignore]] are too long in all; use fewer wildcards.")
    known: dict[bytes, int] = {b"": -1}

    def of_folder(path: bytes) -> int:
        """Return the last pattern that means a folder or one above it; each folder is asked about once."""
        waiting = []
        while path not in known:
            waiting.append(path)
            path = path.rpartition(b"/")[0]
        best = known[path]
        for folder in reversed(waiting):
            best = known[folder] = max(best, patterns.last(folder, folder=True))
        return best

    def chosen(path: str) -> bool:
        raw = _bytes(path)
        best = max(of_folder(raw.rpartition(b"/")[0]), patterns.last(raw))
        return best >= 0 and best not in patterns.negated

    return chosen


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
