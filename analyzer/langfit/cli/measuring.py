"""`langfit profile`: what a file of measurements is, and what of it maps to a tree."""

from __future__ import annotations

from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import ENVIRONMENT, Command, epilog, put
from langfit.cli.options import REV, settings, terms


@click.command(
    cls=Command,
    short_help="Say what a profile is, and what of it maps.",
    epilog=epilog(
        examples=[
            ("langfit profile cpu.pprof", "what it is, and what of it is code of this folder"),
            ("langfit profile default.pgo path --rev v1.2", "the same for another tree and revision"),
            ("langfit profile out.folded:cpu", "stacks that do not say themselves that they are of CPU time"),
        ],
        environment=ENVIRONMENT,
    ),
)
@click.argument("file")
@click.argument("path", default=".")
@REV
@click.option(
    "--format",
    "shown_as",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)
@settings(without=("base", "baseline", "fail-on", "fail-on-empty", "show"))
@click.pass_context
def profile(ctx: click.Context, /, **given: Any) -> None:
    """Say what FILE is, what of it maps to PATH, and why it would or would not be used.

    FILE is recognised by what it holds: a profile of pprof, perf script, folded stacks, a flame graph, dhat, results of
    benchmarks, or what a compiler said. For stacks of unknown origin, FILE:cpu says what they are of.
    """
    from langfit import profile_text, profiling
    from langfit.formats import sanitize
    from langfit.scan import Watch

    asked = terms(ctx, given)
    watch = Watch(terminal.progress(quiet=False))
    answer = profiling.answer(given["file"], given["path"], asked.options, asked.book, watch)
    if given["shown_as"] == "json":
        put(sanitize.json_text(profile_text.data(answer)))
    else:
        put(sanitize.printable(profile_text.text(answer)))
