"""Sentences of which a tree may provoke any number: the first ones are shown, and the rest is counted."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 20


def few(sentences: Sequence[str], more: str, most: int = MOST) -> list[str]:
    """Return at most `most` sentences, the last one of them with the number of those left out.

    `more` says what these are about, as in "manifests that cannot be parsed".
    """
    left = len(sentences) - most
    if left <= 0:
        return list(sentences)
    return [*sentences[: most - 1], f"{sentences[most - 1]} ({left:,} {more})"]
