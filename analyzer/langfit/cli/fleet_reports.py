"""`langfit fleet report` and `langfit fleet sarif`: what a run came to."""

from __future__ import annotations

import os

import click

from langfit.cli.frame import Command, epilog, put, shown

OUT = "langfit-fleet"
RUN = click.option("--run", "name", metavar="RUN", default="latest", show_default=True,
                   help="Which run: its name, `latest`, or `published` for the newest complete one.")  # fmt: skip


@click.command(
    "report",
    cls=Command,
    short_help="Show what a run came to.",
    epilog=epilog(
        examples=[
            ("langfit fleet report langfit-fleet", "coverage, ten deliverables worth a look, what changed"),
            ("langfit fleet report langfit-fleet --format html --output fleet.html", "the same as one page"),
            ("langfit fleet report langfit-fleet --format csv", "all deliverables, for a spreadsheet"),
        ]
    ),
)
@click.argument("folder", metavar="DIR", default=OUT)
@click.option("--format", "shown_as", type=click.Choice(["text", "json", "csv", "html"]), default="text",
              show_default=True, help="Format of the report.")  # fmt: skip
@click.option("--table", type=click.Choice(["deliverables", "repositories"]), default="deliverables", show_default=True,
              help="Which table, for csv.")  # fmt: skip
@click.option("--output", metavar="FILE", type=click.Path(), help="Write it to FILE instead of the standard output.")
@RUN
def report(folder: str, shown_as: str, table: str, output: str | None, name: str) -> None:
    """Show what the newest run in DIR came to: coverage first, then what is worth a look."""
    from langfit.cli.frame import write
    from langfit.fleet import place, summary
    from langfit.fleet import shown as words

    found = summary.summary_of(folder, place.chosen_run(folder, name))
    if shown_as == "html":
        from langfit.fleet import page

        text = page.render(found, str(place.run_path(folder, found.run.run)))
    elif shown_as == "csv":
        text = words.csv_text(found, table)
    else:
        text = words.json_text(found) if shown_as == "json" else words.text(found)
    if output is None:
        put(text)
    else:
        write(output, text)


@click.command(
    "sarif",
    cls=Command,
    short_help="Write SARIF for each repository of a run.",
    epilog=epilog(
        examples=[("langfit fleet sarif langfit-fleet", "files and their table, in langfit-fleet/sarif")],
        files=[("sarif.tsv", "repository, commit, ref, file, sha256, results")],
    ),
)
@click.argument("folder", metavar="DIR", default=OUT)
@click.option("--out", metavar="FOLDER", type=click.Path(), help="Where to write them.  [default: DIR/sarif]")
@RUN
def sarif(folder: str, out: str | None, name: str) -> None:
    """Write a SARIF file for each repository of a run, and a table of them. Nothing is uploaded."""
    from langfit.fleet import place
    from langfit.fleet import sarif as files
    from langfit.model.evidence import plural

    written = files.write(folder, place.chosen_run(folder, name), out or os.path.join(folder, "sarif"))
    put(shown(f"{plural(written.files, 'file')} with {plural(written.results, 'result')}: {written.table}"))
