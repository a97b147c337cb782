"""Rules and the data they rest on, read from TOML: every mistake of every file is reported at once."""

from langfit.rulebook.load import load, read

__all__ = ["load", "read"]
