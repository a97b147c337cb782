"""`langfit scan` and `langfit judge`: everything that ends in a report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import COLOURS, ENVIRONMENT, EXITS, FOUND, Command, epilog, put, write
from langfit.cli.options import COLOUR, SHOWN, Format, settings, terms

DASHBOARDS = ("sarif", "github", "gitlab", "sonar")  # formats whose readers get an alert for each finding


def _outputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if not values:
        return ()
    from langfit import formats

    found = []
    for value in values:
        name, mark, path = value.partition("=")
        if not mark or not path or name not in formats.names():
            message = f"{value!r} is not FORMAT=FILE with a format of {', '.join(formats.names())}"
            raise click.BadParameter(message)
        found.append((name, path))
    return tuple(found)


@click.command(
    cls=Command,
    epilog=epilog(
        examples=[
            ("langfit scan", "this folder, as it is on disk"),
            ("langfit scan path --rev v1.2 --show all", "another revision, without a checkout"),
            ("langfit scan --base origin/main --fail-on move", "what is new in a pull request"),
            ("langfit scan --output sarif=out.sarif --output json=out.json", "several reports at once"),
            ("langfit scan --exclude 'third_party/**' --disable go/sql-access", "leave out what is no help"),
        ],
        exits=EXITS,
        files=[("langfit.toml", "the nearest one from PATH upwards, up to the root of the repository")],
        environment=ENVIRONMENT,
    ),
)
@click.argument("path", default=".")
@click.option("--rev", metavar="REV", help="Scan a commit, tag or branch instead of the work tree.")
@click.option("--format", "shown", type=Format(), default="text", show_default=True, help="Format of what is printed.")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=FILE", callback=_outputs,
              help="Also write a report to a file; may be given several times.")
@settings()
@COLOUR
@click.option("--timing", is_flag=True, help="Print what the stages took to stderr.")
@click.option("--quiet", is_flag=True, help="Print results only, no progress.")
@click.pass_context
def scan(ctx: click.Context, /, **given: Any) -> None:
    """Scan a work tree, a bare repository or a plain folder (default: this one).

    Each option that langfit.toml knows as well wins over it; `langfit config` shows what is in force.
    """
    import gc

    from langfit import formats
    from langfit import scan as route

    gc.set_threshold(200_000)  # a scan makes many values and hardly a cycle among them
    watch = route.Watch(terminal.progress(quiet=given["quiet"]))
    asked = terms(ctx, given)
    chosen = asked.settled.config
    watch.lap("rulebook")
    report = route.scan(given["path"], asked.options, watch, asked.book)
    short = report if chosen.show == "all" else route.accusing(report)

    def fitting(name: str) -> Any:
        return short if name in DASHBOARDS else report

    for name, path in given["outputs"]:
        write(path, formats.render(name, fitting(name), show=chosen.show))
    watch.lap("formats")
    links = asked.root if terminal.linked(given["colour"], sys.stdout) and report.revision is None else ""
    text = formats.render(
        given["shown"], fitting(given["shown"]), width=terminal.width(), show=chosen.show,
        colour=terminal.coloured(given["colour"], sys.stdout), links=links,
    )  # fmt: skip
    put(text)
    if given["timing"]:
        _timing(watch)
    if route.failing(report, chosen.fail_on):
        sys.exit(FOUND)


def _timing(watch: Any) -> None:
    for stage, seconds in watch.seconds.items():
        click.echo(f"{stage:10} {seconds:8.3f} s", err=True)
    for name, number in sorted(watch.counts.items()):
        click.echo(f"{name:12} {number:6} blobs", err=True)


@click.command(
    cls=Command,
    epilog=epilog(
        examples=[
            ("langfit scan --format json > report.json", "save a report"),
            ("langfit judge report.json --rules my-weights", "and see what other weights would say"),
        ],
        environment=COLOURS,
    ),
)
@click.argument("saved", type=click.Path())
@click.option("--rules", "packs", multiple=True, type=click.Path(), metavar="DIR", help="A pack with other weights.")
@click.option("--format", "shown", type=Format(), default="text", show_default=True, help="Format of what is printed.")
@click.option("--show", type=click.Choice(SHOWN), default="verdicts", show_default=True,
              help="How much the report shows.")
@COLOUR
def judge(saved: str, packs: tuple[str, ...], shown: str, show: str, colour: str) -> None:
    """Weigh a report saved with --format json again, with the present rules and weights, without a scan."""
    from langfit import formats
    from langfit.rejudge import rejudge
    from langfit.rulebook import load
    from langfit.rulefiles import root

    report = rejudge(Path(saved), load(root(), [Path(pack) for pack in packs]))
    wanted = terminal.coloured(colour, sys.stdout)
    put(formats.render(shown, report, width=terminal.width(), colour=wanted, show=show))
