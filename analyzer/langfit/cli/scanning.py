"""`langfit scan`, `langfit why` and `langfit judge`: everything that ends in a report."""

from __future__ import annotations

import sys
from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import COLOURS, ENVIRONMENT, EXITS, FOUND, Command, epilog, put, read, shown, write
from langfit.cli.options import COLOUR, REV, Format, settings, terms
from langfit.process import write_line


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
    if sum(path == "-" for _, path in found) > 1:
        raise click.BadParameter("only one report can go to the standard output")
    return tuple(found)


@click.command(
    cls=Command,
    short_help="Say what a repository suits, and what to do about it.",
    epilog=epilog(
        examples=[
            ("langfit scan", "this folder, as it is on disk"),
            ("langfit scan path --rev v1.2 --show all", "another revision, without a checkout"),
            ("langfit scan --base origin/main --fail-on move", "what is new in a pull request"),
            ("langfit scan --output sarif=out.sarif --output json=out.json", "several reports at once"),
            ("langfit scan --only NAME --show evidence", "one deliverable or component in full"),
        ],
        exits=EXITS,
        files=[("langfit.toml", "the nearest one from PATH upwards, up to the root of the repository")],
        environment=ENVIRONMENT,
    ),
)
@click.argument("path", default=".")
@REV
@click.option("--format", "shown", type=Format(), default="text", show_default=True, help="Format of what is printed.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=_outputs,
    help="Also write a report to FILE (- for the standard output).",
)
@click.option("--only", metavar="NAME", help="Show one deliverable or component.")
@settings()
@COLOUR
@click.option("--timing", is_flag=True, help="Print what the stages took to stderr.")
@click.option("--quiet", is_flag=True, help="Print results only, no progress.")
@click.pass_context
def scan(ctx: click.Context, /, **given: Any) -> None:
    """Say what each program and library of PATH suits, and what to do about it.

    PATH is a work tree, a bare repository or a plain folder, this one unless named. Options win over langfit.toml;
    `langfit config` shows what is in force.
    """
    import gc

    from langfit import formats
    from langfit import scan as route
    from langfit.alerts import is_failing

    gc.set_threshold(200_000)  # a scan makes many values and hardly a cycle among them
    watch = route.Watch(terminal.progress(quiet=given["quiet"]))
    asked = terms(ctx, given)
    chosen = asked.settled.config
    watch.lap("rules")
    whole = route.scan(given["path"], asked.options, watch, asked.book)
    report = whole
    if given["only"]:
        from langfit.only import narrowed

        report = narrowed(whole, given["only"])
    printed = ""
    for name, path in given["outputs"]:
        text = formats.render(name, report, show=chosen.show)
        if path == "-":
            printed = text
        else:
            write(path, text, asked.root)
    watch.lap("formats")
    links = asked.root if terminal.linked(given["colour"], sys.stdout) and report.source.revision is None else ""
    put(printed or formats.render(
        given["shown"], report, width=terminal.width(), show=chosen.show,
        colour=terminal.coloured(given["colour"], sys.stdout), links=links,
    ))  # fmt: skip
    if given["timing"]:
        _timing(watch)
    reasons = is_failing(whole, chosen.fail_on, empty=chosen.fail_on_empty)
    for reason in reasons:
        write_line(shown(f"langfit: fails: {reason}"))
    if reasons:
        sys.exit(FOUND)


def _timing(watch: Any) -> None:
    for stage, seconds in watch.seconds.items():
        write_line(f"{stage:12} {seconds:8.3f} s")
    for name, number in sorted(watch.counts.items()):
        write_line(f"{name:12} {number:6} blobs")


@click.command(
    cls=Command,
    short_help="Say what an answer hangs on.",
    epilog=epilog(
        examples=[
            ("langfit why prometheus", "a deliverable of this folder"),
            ("langfit why tsdb/chunkenc path", "a component of another one"),
        ],
        environment=ENVIRONMENT,
    ),
)
@click.argument("name")
@click.argument("path", default=".")
@REV
@settings(without=("base", "baseline", "fail-on", "fail-on-empty", "show"))
@click.option("--quiet", is_flag=True, help="Print results only, no progress.")
@click.pass_context
def why(ctx: click.Context, /, **given: Any) -> None:
    """Say what the answer for a deliverable or component hangs on, and what would change it."""
    from langfit import scan as route
    from langfit.formats import sanitize
    from langfit.why import text_of

    asked = terms(ctx, given)
    watch = route.Watch(terminal.progress(quiet=given["quiet"]))
    report = route.scan(given["path"], asked.options, watch, asked.book)
    put(sanitize.printable(text_of(report, given["name"], asked.book)))


@click.command(
    cls=Command,
    short_help="Judge a saved report again, without a scan.",
    epilog=epilog(
        examples=[
            ("langfit scan --format json > report.json", "save a report"),
            ("langfit judge report.json --weight go/sql-access=contextual", "what another weight would say"),
            ("langfit scan --format json | langfit judge -", "from the standard input"),
        ],
        files=[("langfit.toml", "the nearest one from this folder upwards, for rules and weights")],
        environment=COLOURS,
    ),
)
@click.argument("saved", metavar="FILE", default="-")
@click.option("--format", "shown", type=Format(), default="text", show_default=True, help="Format of what is printed.")
@settings(
    without=(
        "base",
        "baseline",
        "fail-on-empty",
        "jobs",
        "timeout",
        "max-size",
        "follow-git-links",
        "include",
        "exclude",
        "components",
    )
)
@COLOUR
@click.pass_context
def judge(ctx: click.Context, /, **given: Any) -> None:
    """Judge a report saved with --format json again, by the present rules and weights, without a scan.

    FILE is a regular file, or - for the standard input.
    """
    from langfit import formats
    from langfit.alerts import is_failing
    from langfit.formats.json import LARGEST, parse
    from langfit.rejudge import rejudge

    asked = terms(ctx, {**given, "path": "."})
    chosen = asked.settled.config
    report = rejudge(parse(read(given["saved"], LARGEST), given["saved"]), asked.book)
    wanted = terminal.coloured(given["colour"], sys.stdout)
    put(formats.render(given["shown"], report, width=terminal.width(), colour=wanted, show=chosen.show))
    reasons = is_failing(report, chosen.fail_on)
    for reason in reasons:
        write_line(shown(f"langfit: fails: {reason}"))
    if reasons:
        sys.exit(FOUND)
