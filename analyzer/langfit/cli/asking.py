"""Commands that answer a question and scan nothing: components, rules, explain, cache."""

from __future__ import annotations

from pathlib import Path

import click

from langfit.cli.frame import Command, epilog, put, shown
from langfit.cli.options import REV, Rule


@click.command(cls=Command, epilog=epilog(examples=[("langfit components --rev v1.2", "what there was to judge then")]))
@click.argument("path", default=".")
@REV
def components(path: str, rev: str | None) -> None:
    """List what would be judged, and how it was found.

    langfit.toml is not read: this is what its [components] and `exclude` start from.
    """
    from langfit import inventory, source

    with source.open_source(path, rev) as tree:
        taken = inventory.take(tree)
    lines = [
        f"{row.name}  {row.kind} of {row.language}, {row.files} files below {row.root},"
        f" from {row.manifest or row.anchor}"
        for row in taken.components
    ]
    if lines:
        put("\n".join(shown(line) for line in lines))
    for skipped in taken.skipped:
        click.echo(shown(f"langfit: skipped {skipped.path}: {skipped.reason}"), err=True)


@click.command(
    cls=Command,
    epilog=epilog(
        examples=[("langfit cache --clear", "remove it; the next scan parses everything")],
        files=[("facts.sqlite3", "in LANGFIT_CACHE_DIR, or in the cache folder of the user")],
        environment=[("LANGFIT_CACHE_DIR", "folder of the fact cache")],
    ),
)
@click.option("--clear", is_flag=True, help="Remove it.")
def cache(*, clear: bool) -> None:
    """Show where the fact cache is and how large, or remove it."""
    from langfit import cache as kept

    if clear:
        put(f"{kept.clear()} removed")
        return
    path, rows, size = kept.facts_kept()
    put(f"{path}: facts of {rows} files, {size:,} bytes")


@click.command(
    cls=Command,
    epilog=epilog(
        examples=[
            ("langfit explain go/format-in-loop", "what it finds, why, and what would refute it"),
            ("langfit explain claim:C5", "a claim, what corrects it, and the rules that rest on it"),
        ]
    ),
)
@click.argument("rule", type=Rule())
def explain(rule: str) -> None:
    """Print the page of a rule (go/format-in-loop) or of a claim (claim:C5)."""
    from langfit.pages import page_of

    put(page_of(rule))


@click.command(
    cls=Command,
    epilog=epilog(
        examples=[
            ("langfit rules", "every rule, grouped by what it speaks about"),
            ("langfit rules --check my-rules", "validate a pack and run its examples"),
        ]
    ),
)
@click.option("--check", metavar="DIR", type=click.Path(), help="Validate a folder of rules and run its examples.")
def rules(check: str | None) -> None:
    """List all rules, or validate a pack."""
    from langfit import pages, trial

    if check is not None:
        ran = trial.check_pack(Path(check))
        put(f"{ran} examples hold")
        return
    put(pages.catalogue())
