"""The options that several commands share, above all those that langfit.toml may set as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from langfit.cli.frame import Command
from langfit.model import LangfitError

F = TypeVar("F", bound=Callable[..., Any])

FAIL_ON = ("move", "warning", "note", "never")
SHOWN = ("verdicts", "evidence", "all")
COLOURS = ("auto", "always", "never")


if TYPE_CHECKING:
    Type = click.ParamType[str]
else:
    Type = click.ParamType  # before click 8.3 it takes no argument


class Format(Type):
    """The name of a format. Formats are looked up only when somebody asks."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """All names, for help."""
        del param, ctx
        from langfit import formats

        return f"[{'|'.join(formats.names())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name as it is, if there is such a format."""
        from langfit import formats

        if value not in formats.names():
            self.fail(f"{value!r} is not one of {', '.join(formats.names())}.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The names that begin so."""
        del ctx, param
        from click.shell_completion import CompletionItem

        from langfit import formats

        return [CompletionItem(name) for name in formats.names() if name.startswith(incomplete)]


class Rule(Type):
    """The id of a rule, for completion alone: whether there is such a rule is said by who looks it up."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The shipped rules, and `claim:` for explain."""
        del param
        from click.shell_completion import CompletionItem

        from langfit.rulefiles import root

        names = sorted(f"{path.parent.name}/{path.stem}" for path in root().glob("*/*.toml"))
        rules = [name for name in names if name.startswith(("go/", "rust/"))]
        if incomplete.startswith("claim:") and ctx.info_name == "explain":
            import tomli

            rules = [f"claim:{name}" for name in tomli.loads((root() / "claims.toml").read_text("utf-8"))]
        return [CompletionItem(name) for name in rules if name.startswith(incomplete)]


def _component(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        name, mark, paths = value.partition("=")
        parts = tuple(path.strip().strip("/") or "." for path in paths.split(",") if path.strip())
        if not (mark and name.strip() and parts):
            message = f"{value!r} is not NAME=PATH[,PATH...]"
            raise click.BadParameter(message)
        found[name.strip()] = found.get(name.strip(), ()) + parts
    return found


def _weight(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str | float]:
    from langfit.toml.overrides import MOST_POINTS, WEIGHTS

    found: dict[str, str | float] = {}
    for value in values:
        name, _mark, weight = value.partition("=")
        points = float(weight) if name in WEIGHTS and weight.replace(".", "", 1).isdecimal() else -1.0
        if "/" in name and weight in WEIGHTS:
            found[name] = weight
        elif 0 <= points <= MOST_POINTS:
            found[name] = points
        else:
            message = f"{value!r} is neither RULE=WEIGHT nor WEIGHT=POINTS with a weight of {', '.join(WEIGHTS)}"
            raise click.BadParameter(message)
    return found


def _patterns(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    if values:
        from langfit.globs import pattern_of

        for value in values:
            if pattern_of(value) is None:
                message = f"{value!r} is no pattern that git could use; see gitignore(5)"
                raise click.BadParameter(message)
    return values


# Defaults stand in analyzer/config/settings.py; a test holds what help says of them against it.
SETTINGS = {
    "base": click.option("--base", metavar="REV", help="Report only what is new since the merge base with REV."),
    "baseline": click.option("--baseline", metavar="FILE", type=click.Path(),
        help="Leave out what FILE, written by `langfit baseline write`, knows."),
    "fail-on": click.option("--fail-on", type=click.Choice(FAIL_ON), show_default="never",
        help="Exit with 1 when something at or above this level is found."),
    "show": click.option("--show", type=click.Choice(SHOWN), show_default="verdicts",
        help="How much the report shows."),
    "rules": click.option("--rules", multiple=True, type=click.Path(), metavar="DIR",
        help="Add a folder of rules; see docs/writing-rules.md."),
    "jobs": click.option("--jobs", type=click.IntRange(0, 256), metavar="N", show_default="0",
        help="Worker processes; 0 for one per core."),
    "timeout": click.option("--timeout", type=click.FloatRange(0.01, 3600), metavar="SECONDS", show_default="10.0",
        help="Wall clock for one file."),
    "max-size": click.option("--max-size", type=click.IntRange(1, 1 << 30), metavar="BYTES", show_default="4194304",
        help="Larger files are skipped."),
    "cache": click.option("--cache/--no-cache", default=None, show_default="cache",
        help="Whether the fact cache is read and written."),
    "include": click.option("--include", multiple=True, metavar="PATTERN", callback=_patterns,
        help="Judge only files that a gitignore pattern means."),
    "exclude": click.option("--exclude", multiple=True, metavar="PATTERN", callback=_patterns,
        help="Judge no file that a gitignore pattern means."),
    "disable": click.option("--disable", multiple=True, metavar="RULE", type=Rule(), help="Switch a rule off."),
    "components": click.option("--component", "components", multiple=True, metavar="NAME=PATH[,PATH...]",
        callback=_component, help="Judge these files and folders as one component instead of the found ones."),
    "weights": click.option("--weight", "weights", multiple=True, metavar="RULE=WEIGHT", callback=_weight,
        help="Give a rule another weight, or a weight other points (strong=1.2)."),
}  # fmt: skip
FILE = (
    click.option("--config", "config_file", metavar="FILE", type=click.Path(),
                 help="Read settings from FILE instead of the nearest langfit.toml."),
    click.option("--no-config", is_flag=True, help="Read no langfit.toml."),
)  # fmt: skip
COLOUR = click.option("--color", "colour", type=click.Choice(COLOURS), default="auto", show_default=True,
                      help="Whether text is coloured.")  # fmt: skip
REV = click.option("--rev", metavar="REV", help="Look at a commit, tag or branch instead of the work tree.")


def settings(*, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Give a command the settings as flags, all but those of the keys `without`, and the two options about the file."""
    chosen = [option for name, option in SETTINGS.items() if name not in without]

    def decorate(command: F) -> F:
        for option in reversed((*chosen, *FILE)):
            command = option(command)
        return command

    return decorate


def flags(ctx: click.Context) -> dict[str, Any]:
    """What the command line says, by key of langfit.toml; what it does not say is not in it."""
    from langfit.config import SETTINGS as KNOWN

    return {setting.key: ctx.params[setting.field] for setting in KNOWN if setting.flag and _given(ctx, setting.field)}


def _given(ctx: click.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def terms(ctx: click.Context, given: Mapping[str, Any]) -> Any:
    """The terms of a scan: see `langfit.terms.settle`. `given` are the parameters of the command."""
    from langfit.terms import settle

    if given["config_file"] is not None and given["no_config"]:
        raise LangfitError("--config and --no-config contradict each other: leave one out.")
    return settle(given["path"], flags(ctx), given.get("rev"), given["config_file"], search=not given["no_config"])


__all__ = ["COLOUR", "REV", "Command", "Format", "Rule", "flags", "settings", "terms"]
