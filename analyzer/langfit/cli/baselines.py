"""`langfit baseline`: what is known already, in a file."""

from __future__ import annotations

import os
from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import ENVIRONMENT, Command, epilog, put, shown, write
from langfit.cli.options import REV, settings, terms
from langfit.model.errors import LangfitError


@click.group(
    short_help="Keep what is known already in a file.",
    epilog=epilog(examples=[("langfit baseline write", "take the present findings as known")]),
)
def baseline() -> None:
    """Keep what is known already in a file, so that scans report only what is new."""


@baseline.command(
    "write",
    cls=Command,
    epilog=epilog(
        examples=[
            ("langfit baseline write", "langfit-baseline.json beside langfit.toml, or at the root"),
            ("langfit scan --baseline langfit-baseline.json", "report only what is not in it"),
        ],
        files=[("langfit-baseline.json", "rules, paths and fingerprints; meant to be committed")],
        environment=ENVIRONMENT,
    ),
)
@click.argument("path", default=".")
@REV
@click.option("--output", metavar="FILE", type=click.Path(), help="Where to write it.")
@settings(without=("base", "baseline", "fail-on", "fail-on-empty", "show"))
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.pass_context
def write_baseline(ctx: click.Context, /, **given: Any) -> None:
    """Scan PATH and write down its advice and findings.

    A baseline or base that langfit.toml sets is not subtracted first, so that the file always holds everything.
    """
    from msgspec import structs

    from langfit import baseline as known
    from langfit import scan as route
    from langfit.model.evidence import plural

    asked = terms(ctx, given)
    target = given["output"] or (os.path.join(asked.home, known.NAME) if asked.home else "")
    if not target:
        raise LangfitError("A bare repository has no place for a baseline: name a file by --output.")
    options = structs.replace(asked.options, base=None, baseline=None)
    report = route.scan(given["path"], options, route.Watch(terminal.progress(quiet=given["quiet"])), asked.book)
    found = known.known_of(report)
    # A place that the user did not name may be one that the repository has planted.
    write(target, known.text_of(found), asked.root, *([] if given["output"] else [asked.home]))
    if not given["quiet"]:
        numbers = (
            f"The advice of {plural(len(found.advice), 'deliverable')} and {plural(len(found.findings), 'finding')}"
        )
        put(shown(f"{numbers} written to {os.path.relpath(target)}; scan with --baseline, or set it in langfit.toml"))
