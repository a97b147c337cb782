"""Every setting: its name, what it may be, its default. The file, the flags, the schema and the display ask here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from msgspec import Struct, structs

from langfit.model import Standing
from langfit.toml.overrides import Override

NAME = "langfit.toml"

Kind = Literal["text", "file", "files", "choice", "whole", "number", "flag", "patterns", "names", "components",
               "weights", "ignores"]  # fmt: skip

FAIL_ON = ("move", "warning", "note", "never")
SHOWN = ("verdicts", "evidence", "all")
MOST_JOBS = 256
MOST_SECONDS = 3600.0
MOST_BYTES = 1 << 30
MOST_PATTERNS = 1_000  # each is tried on every path


class Config(Struct, frozen=True, kw_only=True):
    """All settings of a scan. `rules` and `baseline` are paths as the operating system takes them."""

    base: str | None = None
    baseline: str | None = None
    fail_on: str = "never"
    show: str = "verdicts"
    rules: tuple[str, ...] = ()
    jobs: int = 0  # 0 for one per core
    timeout: float = 10.0  # seconds of wall clock per file
    max_size: int = 4 << 20  # bytes; the largest hand-written file seen in 122 repositories is below 1 MB
    cache: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    components: dict[str, tuple[str, ...]] = {}
    weights: dict[str, str | float] = {}
    ignore: tuple[Standing, ...] = ()


class Setting(NamedTuple):
    """One key of langfit.toml. `flag` is what says the same on the command line, "" for none."""

    key: str
    kind: Kind
    flag: str
    words: str
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 0

    @property
    def field(self) -> str:
        """The name of the field of Config."""
        return self.key.replace("-", "_")


SETTINGS = (
    Setting("base", "text", "--base", "Report only what is new since the merge base with this revision."),
    Setting("baseline", "file", "--baseline", "Leave out what this file, written by `langfit baseline write`, knows."),
    Setting("fail-on", "choice", "--fail-on", "Exit with 1 when something at or above this level is found.", FAIL_ON),
    Setting("show", "choice", "--show", "How much the report shows.", SHOWN),
    Setting("rules", "files", "--rules", "Folders of further rules."),
    Setting("jobs", "whole", "--jobs", "Worker processes; 0 for one per core.", (), 0, MOST_JOBS),
    Setting("timeout", "number", "--timeout", "Seconds of wall clock for one file.", (), 0.01, MOST_SECONDS),
    Setting("max-size", "whole", "--max-size", "Bytes; larger files are skipped.", (), 1, MOST_BYTES),
    Setting("cache", "flag", "--cache", "Whether the fact cache is read and written."),
    Setting("include", "patterns", "--include", "Judge only files that these gitignore patterns mean."),
    Setting("exclude", "patterns", "--exclude", "Judge no file that these gitignore patterns mean."),
    Setting("disable", "names", "--disable", "Rules to switch off."),
    Setting("components", "components", "--component", "Judge these files and folders instead of what was found."),
    Setting("weights", "weights", "--weight", "Another weight for a rule, or other points for a weight."),
    Setting("ignore", "ignores", "", "Findings to leave out, with the reason."),
)
KEYS = tuple(setting.key for setting in SETTINGS)


class Value(NamedTuple):
    """A value that somebody gave, and where: `langfit.toml:3` or a flag."""

    value: Any
    where: str


class Settled(Struct, frozen=True):
    """The settings in force, where each comes from, and what was asked of rules."""

    config: Config
    origins: dict[str, str]  # key -> "default", "langfit.toml:3" or a flag
    overrides: tuple[Override, ...]


def settled(flags: Mapping[str, Any], file: Mapping[str, Value], overrides: tuple[Override, ...]) -> Settled:
    """Flags win over the file, the file over defaults; a key is taken whole from one of them, nothing is merged.

    `flags` and `file` go by key. `overrides` are those of the file; flags replace them key by key as well.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        if setting.key in flags:
            values[setting.field], origins[setting.key] = flags[setting.key], setting.flag
        elif setting.key in file:
            values[setting.field], origins[setting.key] = file[setting.key]
        else:
            origins[setting.key] = "default"
    asked = [row for row in overrides if ("weights" if row.weight != "" else "disable") not in flags]
    asked += [Override(name, "", "--disable", 0) for name in flags.get("disable", ())]
    asked += [Override(name, weight, "--weight", 0) for name, weight in flags.get("weights", {}).items()]
    return Settled(structs.replace(Config(), **values), origins, tuple(asked))
