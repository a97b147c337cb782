"""`langfit trend`: one repository over the years."""

from __future__ import annotations

import sys
from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import ENVIRONMENT, Command, epilog, put, write
from langfit.cli.options import COLOUR, settings, terms

FORMATS = ("text", "json", "html", "svg")
STATUS = {"interrupt": 130, "terminate": 143}  # as shells have it


def _outputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        name, mark, path = value.partition("=")
        if not mark or not path or name not in FORMATS:
            raise click.BadParameter(f"{value!r} is not FORMAT=FILE with a format of {', '.join(FORMATS)}")
        found.append((name, path))
    if sum(path == "-" for _, path in found) > 1:
        raise click.BadParameter("only one of them can go to the standard output")
    return tuple(found)


def _same(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        old, mark, new = (part.strip() for part in value.partition("="))
        if not (mark and old and new):
            raise click.BadParameter(f"{value!r} is not OLD=NEW with two folders")
        found.append((old.strip("/") or ".", new.strip("/") or "."))
    return tuple(found)


@click.command(
    cls=Command,
    short_help="Show how a repository leans over the years.",
    epilog=epilog(
        examples=[
            ("langfit trend", "the last commit of each quarter, and since when each answer holds"),
            ("langfit trend --every tag --output html=trend.html", "releases, on a page"),
            ("langfit trend --component NAME --every month", "one deliverable or component, finely"),
            ("langfit trend --rev v1.2 --rev HEAD", "two revisions"),
        ],
        exits=[
            ("0", "done, or the time of --timeout was up: the result says what is missing"),
            ("2", "langfit could not run; each sentence on stderr says what to do"),
            ("130, 143", "interrupted or terminated: what was looked at until then is printed"),
        ],
        files=[("langfit.toml", "the nearest one from PATH upwards, up to the root of the repository")],
        environment=ENVIRONMENT,
    ),
)
@click.argument("path", default=".")
@click.option(
    "--every",
    type=click.Choice(["quarter", "month", "year", "tag"]),
    default="quarter",
    show_default=True,
    help="Look at the last commit of each, or at releases.",
)
@click.option("--since", metavar="DATE", help="Leave out what is older: 2020, 2020-06 or 2020-06-30.")
@click.option("--rev", "revisions", metavar="REV", multiple=True, help="Look at these revisions instead.")
@click.option("--component", "component", metavar="NAME", default="", help="Follow one deliverable or component.")
@click.option(
    "--same",
    metavar="OLD=NEW",
    multiple=True,
    callback=_same,
    help="What went from folder OLD is what came to folder NEW.",
)
@click.option("--bisect/--no-bisect", default=True, show_default=True, help="Look for the commit of each change.")
@click.option(
    "--timeout",
    "seconds",
    metavar="SECONDS",
    type=click.FloatRange(0, 86400 * 7),
    default=0.0,
    help="End after so long, with what there is then; 0 for no limit.  [default: 0]",
)
@click.option(
    "--format",
    "shown",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=_outputs,
    help="Also write a result to FILE (- for the standard output).",
)
@settings(without=("base", "baseline", "fail-on", "fail-on-empty", "show", "timeout", "components"))
@COLOUR
@click.option("--quiet", is_flag=True, help="Print results only, no progress.")
@click.pass_context
def trend(ctx: click.Context, /, **given: Any) -> None:
    """Show how the deliverables of PATH lean over time, judged by today's rules, and since which commit.

    PATH is a work tree or a bare repository. Commits alone are read, along first parents, at most 60 of them; nothing
    is checked out.
    """  # fmt: skip
    import gc

    from langfit.trend.render import render
    from langfit.trend.request import Request
    from langfit.trend.route import trend_of
    from langfit.trend.sampling import since_of

    gc.set_threshold(200_000)
    asked = Request(
        every=given["every"],
        since=since_of(given["since"]) if given["since"] else None,
        revisions=given["revisions"],
        component=given["component"],
        same=given["same"],
        bisect=given["bisect"],
        seconds=given["seconds"],
    )
    known = terms(ctx, given)
    follow = known.settled.config.follow_git_links
    bar = terminal.progress(quiet=given["quiet"], unit="revisions")
    result = trend_of(given["path"], asked, known.options, known.book,
                      lambda step: bar(step.done, step.total), follow_links=follow)  # fmt: skip
    printed = ""
    for name, path in given["outputs"]:
        text = render(name, result)
        if path == "-":
            printed = text
        else:
            write(path, text, known.root)
    colour = terminal.coloured(given["colour"], sys.stdout)
    put(printed or render(given["shown"], result, width=terminal.width(), colour=colour))
    if result.stopped in STATUS:
        sys.exit(STATUS[result.stopped])
