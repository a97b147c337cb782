"""Commands about langfit itself: init, config, completions."""

from __future__ import annotations

import os
from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import Command, epilog, put, shown
from langfit.cli.options import settings, terms
from langfit.model.errors import LangfitError

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Command,
    short_help="Write a langfit.toml to start with.",
    epilog=epilog(
        examples=[("langfit init", "write langfit.toml here")],
        files=[("langfit.toml", "written into PATH")],
    ),
)
@click.argument("path", default=".")
@click.option("--force", is_flag=True, help="Replace a langfit.toml that is there.")
def init(path: str, *, force: bool) -> None:
    """Write a langfit.toml with every setting in a comment.

    PATH is scanned first, to name in it what ships there.
    """
    from langfit import scan as route
    from langfit.config import NAME, starter
    from langfit.writing import replace

    target = os.path.join(path, NAME)
    if os.path.lexists(target) and not force:
        raise LangfitError(f"{target} is there already: give --force to replace it.")
    report = route.scan(path, route.Options(cache=True), route.Watch(terminal.progress(quiet=False)))
    if report.source.revision is not None:
        raise LangfitError(f"{path} is a bare repository: write the file elsewhere and name it by --config.")
    replace(target, starter.text(report).encode("ascii"), [path])
    put(shown(f"{target} written; `langfit config` shows what is in force"))


@click.command(
    cls=Command,
    short_help="Show the settings in force.",
    epilog=epilog(
        examples=[
            ("langfit config", "every setting, its value and where it comes from"),
            ("langfit config --schema > langfit.schema.json", "the JSON schema of langfit.toml, for editors"),
        ],
        files=[("langfit.toml", "the nearest one from PATH upwards, up to the root of the repository")],
    ),
)
@click.argument("path", default=".")
@settings()
@click.option(
    "--format",
    "shown_as",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)
@click.option("--schema", is_flag=True, help="Print the JSON schema of langfit.toml instead.")
@click.pass_context
def config(ctx: click.Context, /, **given: Any) -> None:
    """Show every setting in force for a scan of PATH, or all mistakes in its langfit.toml.

    Takes the options of `langfit scan`, to see what they would change.
    """
    from langfit.config import schema, show
    from langfit.formats import sanitize

    if given["schema"]:
        put(sanitize.json_text(schema.schema()))
        return
    asked = terms(ctx, given)
    if given["shown_as"] == "json":
        put(sanitize.json_text(show.data(asked.settled, asked.file)))
    else:
        put(sanitize.printable(show.listing(asked.settled, asked.file)))


@click.command(
    cls=Command,
    short_help="Print the completions of a shell.",
    epilog=epilog(
        examples=[
            ('eval "$(langfit completions bash)"', "in ~/.bashrc"),
            ('eval "$(langfit completions zsh)"', "in ~/.zshrc, after compinit"),
            ("langfit completions fish | source", "in ~/.config/fish/config.fish"),
        ]
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
def completions(shell: str) -> None:
    """Print the script that completes commands, options, formats and rules in a shell."""
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, "click knows these shells"
    # The method of the base class: that of bash would start one to ask for its version.
    put(ShellComplete.source(kind(ctx_root(), {}, "langfit", "_LANGFIT_COMPLETE")))


def ctx_root() -> click.Command:
    """Return the command that all others belong to."""
    return click.get_current_context().find_root().command
