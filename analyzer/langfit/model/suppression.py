"""What people ask to leave out: comments beside the code, and rows of langfit.toml."""

from __future__ import annotations

from msgspec import Struct


class ConfigSuppression(Struct, frozen=True):
    """An `[[ignore]]` of langfit.toml: for what the rules that `rule` (a name or a glob) means find below `paths`."""

    rule: str
    paths: tuple[str, ...]  # gitignore patterns
    reason: str
    where: str  # the file
    line: int
