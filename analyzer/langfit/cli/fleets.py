"""`langfit fleet`: many repositories at once, and the report on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

import click

from langfit.cli import fleet_reports
from langfit.cli.frame import ENVIRONMENT, Command, epilog, put, shown
from langfit.cli.options import settings
from langfit.model.errors import LangfitError

SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")
EVERY = 10.0  # seconds between two lines of progress
KEPT = ("base", "baseline", "fail-on", "fail-on-empty", "show", "jobs", "components", "follow-git-links", "profiles")


class Fleet(click.Group):
    """A group whose first command may be left out: `langfit fleet PATHS` is `langfit fleet run PATHS`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of what is neither a command nor a question for help."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Fleet,
    short_help="Scan many repositories, and report on all of them.",
    epilog=epilog(
        examples=[
            ("langfit fleet mirrors", "scan each repository in a folder; the same as `langfit fleet run`"),
            ("langfit fleet report langfit-fleet", "what came of it"),
            ("langfit fleet run --help", "all options of a run"),
        ]
    ),
)
def fleet() -> None:
    """Scan many repositories, each in a process of its own, and report on all of them.

    `langfit fleet PATHS` is short for `langfit fleet run PATHS`.
    """


def _shard(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    found = SHARD.fullmatch(value)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        message = f"{value!r} is not I/N, such as 1/8 for the first of eight"
        raise click.BadParameter(message)
    return int(found[1]), int(found[2])


@fleet.command(
    "run",
    cls=Command,
    short_help="Scan many repositories.",
    epilog=epilog(
        examples=[
            ("langfit fleet run mirrors --out fleet", "each repository in the folder `mirrors`"),
            ("langfit fleet run list.tsv --jobs 8", "those of a table: id, path, revision, owner, tags"),
            ("langfit fleet run --resume --out fleet", "go on with a run that was stopped"),
            ("langfit fleet run list.tsv --shard 3/16", "one of sixteen parts, on any machine"),
            ("langfit fleet run list.tsv --scheduler tls://host:8786", "on the workers of a Dask scheduler"),
        ],
        files=[
            ("DIR/results", "a report per repository and commit, in compressed JSON"),
            ("DIR/runs/RUN", "the tables of a run in Parquet, and its manifest"),
            ("DIR/latest.json", "which run is the newest"),
        ],
        environment=ENVIRONMENT,
    ),
)
@click.argument("paths", nargs=-1, metavar="PATHS|LIST...")
@click.option(
    "--out", "folder", metavar="DIR", default=fleet_reports.OUT, show_default=True, help="Folder of the fleet."
)
@click.option("--jobs", type=click.IntRange(0, 256), default=0, metavar="N",
              help="Repositories at once; 0 for one per core.  [default: 0]")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", default="", help="Use the Dask scheduler at tls://HOST:PORT.")
@click.option("--insecure", is_flag=True, help="Allow a scheduler on another machine without encryption.")
@click.option("--shard", metavar="I/N", callback=_shard, help="Scan part I of N, from 1/N to N/N.")
@click.option("--run", "name", metavar="NAME", default="", help="Name of the run, the same for all its shards.")
@click.option("--resume", is_flag=True, help="Go on with the run that has not ended; needs no PATHS.")
@click.option("--retry-failed", is_flag=True, help="Also scan again what failed before.")
@click.option("--repo-timeout", type=click.FloatRange(0.1, 604_800), default=600.0, show_default=True, metavar="S",
              help="Seconds that one repository may take.")  # fmt: skip
@click.option("--repo-cpu", type=click.IntRange(1, 604_800), default=None, metavar="S",
              help="Processor seconds of each of its processes.  [default: as --repo-timeout]")  # fmt: skip
@click.option("--repo-memory", type=click.IntRange(1, 1 << 22), default=2048, show_default=True, metavar="MB",
              help="Memory that each of its processes may write to.")  # fmt: skip
@click.option("--publish-at", type=click.FloatRange(0, 1), default=0.99, show_default=True, metavar="SHARE",
              help="Share of repositories with a result from which a run is complete.")  # fmt: skip
@click.option("--with-code", is_flag=True, help="Keep lines of code in the results.")
@click.option("--follow-git-links/--no-follow-git-links", "follow", default=False, show_default=True,
              help="Read repositories that lead out of their folder.")  # fmt: skip
@settings(without=KEPT)
@click.option("--quiet", is_flag=True, help="Print results only, no progress.")
@click.pass_context
def run(ctx: click.Context, /, **given: Any) -> None:
    """Scan each repository at one commit in a process of its own; what has a result already is not scanned again.

    PATHS are repositories, folders that hold some, and lists: a text with a path a line, or a table with tabs and the
    columns id, path, revision, owner and tags. Nothing is fetched. All repositories are judged by one set of rules:
    settings come from --config and the options below, and no langfit.toml is searched for.
    """
    from threading import Event

    from langfit.fleet import keys, members
    from langfit.fleet import run as route
    from langfit.fleet.engine import check_address
    from langfit.fleet.model import Limits

    if given["scheduler"]:
        check_address(given["scheduler"], insecure=given["insecure"])
    if not given["paths"] and not given["resume"]:
        raise LangfitError("Name repositories, a folder that holds some, or a list of them.")
    if given["name"] and not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,80}", given["name"], re.ASCII):
        raise LangfitError("The name of a run is made of letters, digits, dots, dashes and underscores.")
    if given["shard"] and given["resume"]:
        raise LangfitError("A shard needs no --resume: run it again, and what has a result is not scanned again.")
    terms, cache = _terms(ctx, given)
    seconds = given["repo_timeout"]
    asked = route.Plan(
        folder=given["folder"],
        limits=Limits(seconds, given["repo_cpu"] or max(1, round(seconds + 0.5)), given["repo_memory"]),
        jobs=given["jobs"],
        cache=cache,
        scheduler=given["scheduler"],
        insecure=given["insecure"],
        shard=given["shard"],
        name=given["name"],
        resume=given["resume"],
        retry_failed=given["retry_failed"],
        publish_at=given["publish_at"],
    )
    found = members.members_of(given["paths"])
    judged = keys.terms_of(*terms, with_code=given["with_code"])
    try:
        done = route.run(found, judged, asked, _progress(given["quiet"]), Event())
    except OSError as problem:
        reason = problem.strerror or str(problem)
        message = f"{given['folder']} cannot be written ({reason}): make room, and go on with --resume."
        raise LangfitError(message) from None
    except BaseException as ended:
        if not isinstance(ended, Exception):  # a signal: what runs has been ended by now
            again = "the same shard" if given["shard"] else f"`langfit fleet --resume --out {given['folder']}`"
            click.echo(shown(f"langfit: stopped; {again} goes on from here"), err=True)
        raise
    _print(done, given)


def _terms(ctx: click.Context, given: dict[str, Any]) -> tuple[tuple[Any, Any], bool]:
    """Return options and rules, and whether facts are cached."""
    from msgspec import structs

    from langfit.cli.options import flags
    from langfit.terms import settle

    if given["config_file"] is not None and given["no_config"]:
        raise LangfitError("--config and --no-config contradict each other: leave one out.")
    said = {key: value for key, value in flags(ctx).items() if key not in KEPT}
    # The root folder is no repository: nothing of the present folder has a say in a fleet.
    settled = settle("/", said, None, given["config_file"], search=False)
    options = structs.replace(
        settled.options, base=None, baseline=None, components={}, follow_git_links=given["follow"]
    )
    return (options, settled.book), bool(options.cache)


def _progress(quiet: bool) -> Callable[[int, int, int], None]:
    """Return what prints how far a run is, every ten seconds."""
    last = monotonic()

    def show(settled: int, total: int, failed: int) -> None:
        nonlocal last
        now = monotonic()
        if not quiet and now - last >= EVERY:
            last = now
            click.echo(f"langfit: {settled:,} of {total:,} repositories, {failed:,} failed", err=True)

    return show


def _print(done: Any, given: dict[str, Any]) -> None:
    """Print what a run came to, and end with the status of it."""
    from langfit.model.evidence import plural

    folder = given["folder"]
    states = [row.state for row in done.rows]
    counts = f"{states.count('done'):,} done, {states.count('known'):,} known, {states.count('failed'):,} failed"
    if not given["quiet"]:
        put(shown(f"{plural(len(states), 'repository')}: {counts}"))
    if done.run is None:
        click.echo(
            shown(f"langfit: shard {given['shard'][0]} of {given['shard'][1]} has ended; the last one makes the run"),
            err=True,
        )
        return
    for notice in done.run.notices:
        click.echo(shown(f"langfit: {notice}"), err=True)
    if not done.run.complete:
        click.echo(
            shown(f"langfit: the run is incomplete: less than {done.run.publish_at:.0%} have a result"), err=True
        )
    if not given["quiet"]:
        put(shown(f"langfit fleet report {folder} shows what came of it"))


for _command in (fleet_reports.report, fleet_reports.sarif):
    fleet.add_command(_command)
