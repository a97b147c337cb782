"""Where the rule files that ship with langfit are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from langfit.model.errors import LangfitError

_PACKAGE = Path(__file__).resolve().parent


@cache
def root() -> Path:
    """Return the folder with `go/`, `rust/`, `dependencies/`, `claims.toml` and `equivalents.toml`.

    A wheel holds it as `langfit/_rules`; a checkout, also one installed in editable mode, has it as `rules` at
    its root. Raises LangfitError when neither is there.
    """
    for folder in (_PACKAGE / "_rules", _PACKAGE.parents[1] / "rules"):
        if (folder / "claims.toml").is_file():
            return folder
    raise LangfitError("The rule files are missing from this installation: install langfit again.")
