"""The one error that users see."""

from __future__ import annotations


class LangfitError(Exception):
    """Say why langfit cannot do what it was asked, in sentences that tell what to do (exit status 2)."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
