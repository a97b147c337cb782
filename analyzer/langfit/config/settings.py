"""Every setting: its name, what it may be, its default. The file, the flags, the schema and the display ask here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from msgspec import Struct, structs

from langfit.model.suppression import ConfigSuppression
from langfit.toml.overrides import Disable, Origin, Override, weighted

NAME = "langfit.toml"

Kind = Literal["text", "file", "files", "choice", "whole", "number", "flag", "patterns", "names", "components",
               "weights", "ignores"]  # fmt: skip

FAIL_ON = ("never", "move", "split", "alert")
SHOWN = ("summary", "briefing", "evidence", "all")
MOST_JOBS = 256
MOST_SECONDS = 3600.0
MOST_BYTES = 1 << 30
MOST_PATTERNS = 1_000  # each is tried on every path


class Config(Struct, frozen=True, kw_only=True):
    """All settings of a scan. `rules` and `baseline` are paths as the operating system takes them."""

    base: str | None = None
    baseline: str | None = None
    fail_on: str = "never"
    fail_on_empty: bool = False
    show: str = "briefing"
    rules: tuple[str, ...] = ()
    jobs: int = 0  # 0 for one per core
    timeout: float = 10.0  # seconds of wall clock per file
    max_size: int = 4 << 20  # bytes; the largest hand-written file seen in 122 repositories is below 1 MB
    cache: bool = True
    follow_git_links: bool = True
    profiles: tuple[str, ...] = ()
    committed_profiles: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    components: dict[str, tuple[str, ...]] = {}
    weights: dict[str, str | float] = {}
    ignore: tuple[ConfigSuppression, ...] = ()


class Setting(NamedTuple):
    """One key of langfit.toml. `flag` is what says the same on the command line, "" for none."""

    key: str
    kind: Kind
    flag: str
    words: str
    metavar: str = ""  # of the flag
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 0
    aliases: Mapping[str, str] = MappingProxyType({})  # what the choices were called before

    @property
    def field(self) -> str:
        """The name of the field of Config."""
        return self.key.replace("-", "_")


SETTINGS = (
    Setting("base", "text", "--base", "Report only what is new since the merge base with REV.", "REV"),
    Setting(
        "baseline", "file", "--baseline", "Leave out what FILE knows, as `langfit baseline write` wrote it.", "FILE"
    ),
    Setting(
        "fail-on",
        "choice",
        "--fail-on",
        "Exit with 1 for an advised move, a move or split, or any alert.",
        choices=FAIL_ON,
        aliases={"warning": "split", "note": "alert"},
    ),
    Setting("fail-on-empty", "flag", "--fail-on-empty", "Exit with 1 when no source file was judged."),
    Setting("show", "choice", "--show", "How much the report shows.", choices=SHOWN, aliases={"verdicts": "briefing"}),
    Setting("rules", "files", "--rules", "Add a folder of rules, see docs/writing-rules.md.", "DIR"),
    Setting("jobs", "whole", "--jobs", "Worker processes; 0 for one per core.", "N", most=MOST_JOBS),
    Setting("timeout", "number", "--timeout", "Wall clock for one file.", "SECONDS", least=0.01, most=MOST_SECONDS),
    Setting("max-size", "whole", "--max-size", "Skip larger files.", "BYTES", least=1, most=MOST_BYTES),
    Setting("cache", "flag", "--cache", "Keep the facts of files for the next scan."),
    Setting("follow-git-links", "flag", "--follow-git-links", "Read a repository that leads out of its folder."),
    Setting("profiles", "files", "--profile", "Take measured shares from FILE, a profile.", "FILE"),
    Setting("committed-profiles", "flag", "--committed-profiles", "Read profiles that the repository holds."),
    Setting("include", "patterns", "--include", "Judge only files that gitignore patterns name.", "PATTERN"),
    Setting("exclude", "patterns", "--exclude", "Judge no file that gitignore patterns name.", "PATTERN"),
    Setting("disable", "names", "--disable", "Switch off a rule, a glob of rules, or family:NAME.", "RULE"),
    Setting("components", "components", "--component", "Judge these paths as one deliverable.", "NAME=PATH[,PATH]"),
    Setting("weights", "weights", "--weight", "Give a rule another weight, or a weight other points.", "RULE=WEIGHT"),
    Setting("ignore", "ignores", "", "Findings and advice to leave out, with the reason."),
)
KEYS = tuple(setting.key for setting in SETTINGS)


class Value(NamedTuple):
    """A value that somebody gave, and where: `langfit.toml:3` or a flag."""

    value: Any
    where: str


class ResolvedConfig(Struct, frozen=True):
    """The settings in force, where each comes from, and what was asked of rules."""

    config: Config
    origins: dict[str, str]  # key -> "default", "langfit.toml:3" or a flag
    overrides: tuple[Override, ...]


def settled(flags: Mapping[str, Any], file: Mapping[str, Value], overrides: tuple[Override, ...]) -> ResolvedConfig:
    """Settle every key: flags win over the file, the file over defaults, and nothing is merged.

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
    asked = [row for row in overrides if ("disable" if isinstance(row, Disable) else "weights") not in flags]
    asked += [Disable(name, Origin("--disable", 0)) for name in flags.get("disable", ())]
    asked += [weighted(name, weight, Origin("--weight", 0)) for name, weight in flags.get("weights", {}).items()]
    return ResolvedConfig(structs.replace(Config(), **values), origins, tuple(asked))
