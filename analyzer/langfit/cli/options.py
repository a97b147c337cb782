"""The options that several commands share, above all those that langfit.toml may set as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from langfit.cli.frame import Command
from langfit.config.settings import SETTINGS, Config, Setting
from langfit.model.errors import LangfitError

F = TypeVar("F", bound=Callable[..., Any])

COLOURS = ("auto", "always", "never")


if TYPE_CHECKING:
    Type = click.ParamType[str]
    OneOf = click.Choice[str]
else:  # before click 8.3 they take no argument
    Type = click.ParamType
    OneOf = click.Choice


class Format(Type):
    """The name of a format. Formats are looked up only when somebody asks."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """All names, for help."""
        del param, ctx
        from langfit import formats

        return f"[{'|'.join(formats.names())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name as it is, if there is such a format."""
        from langfit import formats

        if value not in formats.names():
            self.fail(f"{value!r} is not one of {', '.join(formats.names())}.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Return the names that begin so."""
        del ctx, param
        from click.shell_completion import CompletionItem

        from langfit import formats

        return [CompletionItem(name) for name in formats.names() if name.startswith(incomplete)]


class Rule(Type):
    """The id of a rule, for completion alone: whether there is such a rule is said by who looks it up."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Return the shipped rules, and `claim:` for explain."""
        del param
        from click.shell_completion import CompletionItem

        from langfit.rulefiles import root

        names = sorted(f"{path.parent.name}/{path.stem}" for path in root().glob("*/*.toml"))
        rules = [name for name in names if not name.startswith("dependencies/")]
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
        from langfit.config.settings import MOST_PATTERNS
        from langfit.globs import MOST_WILD_OF_FILE, is_usable, wild_bytes

        if len(values) > MOST_PATTERNS or wild_bytes(values) > MOST_WILD_OF_FILE:
            raise click.BadParameter(f"more than {MOST_PATTERNS:,}, or too long ones; name folders instead of files")
        for value in values:
            if not is_usable(value):
                message = f"{value!r} is no pattern that git could use; see gitignore(5)"
                raise click.BadParameter(message)
    return values


class Choice(OneOf):
    """One of several words; those that a choice was called before are taken, and not shown."""

    def __init__(self, setting: Setting) -> None:
        super().__init__((*setting.choices, *setting.aliases))
        self.setting = setting

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return the present words, for help."""
        del param, ctx
        return f"[{'|'.join(self.setting.choices)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the present word for a value."""
        if value not in self.choices:
            self.fail(f"{value!r} is not one of {', '.join(self.setting.choices)}.", param, ctx)
        return self.setting.aliases.get(value, value)


class Number(click.FloatRange):
    """A number between two others, which nan, comparing with nothing, would pass for."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if number != number:  # noqa: PLR0124 - that is what nan is
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def _option(setting: Setting) -> Callable[[F], F]:
    """Return the flag of a setting, with what is checked of it on the command line."""
    default = getattr(Config(), setting.field)
    # Said here and not by click: an option that is not given has no value, so that langfit.toml can speak.
    shown = "" if default in (None, ()) or isinstance(default, dict) else f"  [default: {_shown(default)}]"
    about: dict[str, Any] = {"help": setting.words + shown}
    names = [setting.flag, setting.field]
    match setting.kind:
        case "choice":
            about["type"] = Choice(setting)
        case "flag":
            names = [f"{setting.flag}/--no-{setting.flag.removeprefix('--')}", setting.field]
            about["default"] = None
        case "whole":
            about |= {"type": click.IntRange(int(setting.least), int(setting.most)), "metavar": setting.metavar}
        case "number":
            about |= {"type": Number(setting.least, setting.most), "metavar": setting.metavar}
        case "text" | "file":
            about |= {"metavar": setting.metavar}
        case _:
            about |= {"metavar": setting.metavar, "multiple": True, "callback": CALLBACKS.get(setting.kind)}
            about |= {"type": Rule()} if setting.kind == "names" else {}
    return click.option(*names, **about)


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return f"{default:g}" if isinstance(default, float) else str(default)


CALLBACKS: dict[str, Callable[..., Any]] = {"components": _component, "weights": _weight, "patterns": _patterns}
FILE = (
    click.option("--config", "config_file", metavar="FILE", type=click.Path(),
                 help="Read settings from FILE instead of the nearest langfit.toml."),
    click.option("--no-config", is_flag=True, help="Read no langfit.toml."),
)  # fmt: skip
SHOW = next(_option(setting) for setting in SETTINGS if setting.key == "show")
COLOUR = click.option("--color", "colour", type=click.Choice(COLOURS), default="auto", show_default=True,
                      help="Whether text is coloured.")  # fmt: skip
REV = click.option("--rev", metavar="REV", help="Look at a commit, tag or branch instead of the work tree.")


def settings(*, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Give a command the settings as flags, all but those of the keys `without`, and the two options about the file."""
    chosen = [_option(setting) for setting in SETTINGS if setting.flag and setting.key not in without]

    def decorate(command: F) -> F:
        for option in reversed((*chosen, *FILE)):
            command = option(command)
        return command

    return decorate


def flags(ctx: click.Context) -> dict[str, Any]:
    """Return what the command line says, by key of langfit.toml; what it does not say is not in it."""
    return {s.key: ctx.params[s.field] for s in SETTINGS if s.flag and s.field in ctx.params and _given(ctx, s.field)}


def _given(ctx: click.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def terms(ctx: click.Context, given: Mapping[str, Any]) -> Any:
    """Return the terms of a scan: see `langfit.terms.settle`. `given` are the parameters of the command."""
    from langfit.terms import settle

    if given["config_file"] is not None and given["no_config"]:
        raise LangfitError("--config and --no-config contradict each other: leave one out.")
    return settle(given["path"], flags(ctx), given.get("rev"), given["config_file"], search=not given["no_config"])


__all__ = ["COLOUR", "REV", "SHOW", "Command", "Format", "Rule", "flags", "settings", "terms"]
