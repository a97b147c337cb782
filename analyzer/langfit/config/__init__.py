"""langfit.toml: found above the scanned folder, read with all its mistakes, settled with flags and defaults.

Nothing here opens a repository or a rule file; `langfit.terms` brings those together.
"""

from langfit.config.read import Found, Read, find, located, read, rebased
from langfit.config.settings import KEYS, NAME, SETTINGS, Config, ResolvedConfig, settled

__all__ = [
    "KEYS",
    "NAME",
    "SETTINGS",
    "Config",
    "Found",
    "Read",
    "ResolvedConfig",
    "find",
    "located",
    "read",
    "rebased",
    "settled",
]  # fmt: skip
