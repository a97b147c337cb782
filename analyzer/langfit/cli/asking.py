"""Commands that answer a question and judge nothing: components, rules, explain, cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from langfit.cli import terminal
from langfit.cli.frame import ENVIRONMENT, Command, epilog, put, shown
from langfit.cli.options import REV, Rule, settings, terms

KEPT = ("base", "baseline", "fail-on", "fail-on-empty", "show")
OF_SCANS = ("jobs", "timeout", "max-size", "follow-git-links", "include", "exclude", "components")


@click.command(
    cls=Command,
    short_help="List what ships and what it links.",
    epilog=epilog(
        examples=[("langfit components --rev v1.2", "what shipped then, and what was linked into it")],
        environment=ENVIRONMENT,
    ),
)
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
@settings(without=KEPT)
@click.pass_context
def components(ctx: click.Context, /, **given: Any) -> None:
    """List what ships, what each of it links, and what is support code."""
    from langfit import inventory_text
    from langfit import scan as route
    from langfit.formats import sanitize

    asked = terms(ctx, given)
    report = route.scan(given["path"], asked.options, route.Watch(terminal.progress(quiet=False)), asked.book)
    if given["shown_as"] == "json":
        put(sanitize.json_text(inventory_text.data(report)))
    else:
        put(sanitize.printable(inventory_text.listing(report)))


@click.command(
    cls=Command,
    short_help="Show or remove the cache.",
    epilog=epilog(
        examples=[("langfit cache --clear", "remove it; the next scan parses everything")],
        files=[("facts.sqlite3, rules-*", "in LANGFIT_CACHE_DIR, or in the cache folder of the user")],
        environment=[("LANGFIT_CACHE_DIR", "folder of the cache")],
    ),
)
@click.option("--clear", is_flag=True, help="Remove it.")
def cache(*, clear: bool) -> None:
    """Show where the cache is and how large, or remove it."""
    from langfit import cache as kept
    from langfit.model.evidence import plural

    if clear:
        put(shown(f"{kept.clear()}: everything that langfit kept is removed"))
        return
    place, rows, size = kept.kept()
    put(shown(f"{place}: facts of {plural(rows, 'file')}, {plural(size, 'byte')} in all"))


@click.command(
    cls=Command,
    short_help="Print the page of a rule or claim.",
    epilog=epilog(
        examples=[
            ("langfit explain go/format-in-loop", "what it finds, why, and what would refute it"),
            ("langfit explain claim:C5", "a claim, what corrects it, and the rules that rest on it"),
        ],
        files=[("langfit.toml", "the nearest one from this folder upwards, for packs of rules")],
    ),
)
@click.argument("rule", type=Rule())
@settings(without=(*KEPT, *OF_SCANS))
@click.pass_context
def explain(ctx: click.Context, /, **given: Any) -> None:
    """Print the page of a rule (go/format-in-loop) or of a claim (claim:C5)."""
    from langfit.explain import page_of
    from langfit.formats import sanitize

    put(sanitize.printable(page_of(given["rule"], terms(ctx, {**given, "path": "."}).book)))


@click.command(
    cls=Command,
    short_help="List the rules, or validate a pack.",
    epilog=epilog(
        examples=[
            ("langfit rules", "every rule in force here, grouped by what it speaks for"),
            ("langfit rules --check my-rules", "validate a pack and run its examples"),
        ],
        files=[("langfit.toml", "the nearest one from this folder upwards, for packs of rules")],
    ),
)
@click.option("--check", metavar="DIR", help="Validate a folder of rules and run its examples.")
@settings(without=(*KEPT, *OF_SCANS))
@click.pass_context
def rules(ctx: click.Context, /, **given: Any) -> None:
    """List all rules in force, or validate a pack."""
    from langfit.explain import listing
    from langfit.formats import sanitize
    from langfit.model.evidence import plural

    if given["check"] is not None:
        from langfit import trial

        put(shown(f"{plural(trial.check_pack(Path(given['check'])), 'example')} hold"))
        return
    put(sanitize.printable(listing(terms(ctx, {**given, "path": "."}).book)))
