"""The command line: arguments in, exit status out, and the only place that prints."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from analyzer import __version__, formats
from analyzer.formats import door
from analyzer.model import LangfitError, Report

FOUND, BROKEN = 1, 2
DASHBOARDS = ("sarif", "github", "gitlab", "sonar")  # formats whose readers get an alert for each finding


class Sentences(click.ClickException):
    """What a LangfitError says, as the command line shows it."""

    exit_code = BROKEN

    def __init__(self, error: LangfitError) -> None:
        super().__init__("\n".join(error.sentences))
        self.sentences = error.sentences

    def show(self, file: Any = None) -> None:
        """Print the sentences through the door."""
        for sentence in self.sentences:
            click.echo(f"langfit: {door.defuse(door.clean(sentence))}", file=file or sys.stderr)


class Command(click.Command):
    """A command whose LangfitErrors become exit status 2 with their sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LangfitError as error:
            raise Sentences(error) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="langfit")
def main() -> None:
    """Say for each component of a Go or Rust repository whether it sits in the language that suits it.

    langfit reads source and manifests, at any git revision and without a checkout. It never runs the code it reads,
    never calls git, go or cargo, and never opens a network connection.

    Exit status: 0 done, 1 something at or above --fail-on was found, 2 langfit could not run.
    """


def _component(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        name, mark, paths = value.partition("=")
        parts = tuple(path.strip().strip("/") or "." for path in paths.split(",") if path.strip())
        if not (mark and name.strip() and parts):
            message = f"{value!r} is not NAME=PATH[,PATH...]"
            raise click.BadParameter(message)
        found[name.strip()] = found.get(name.strip(), ()) + parts
    return found


def _outputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        name, mark, path = value.partition("=")
        if not mark or not path or name not in formats.names():
            message = f"{value!r} is not FORMAT=FILE with a format of {', '.join(formats.names())}"
            raise click.BadParameter(message)
        found.append((name, path))
    return tuple(found)


@main.command(cls=Command)
@click.argument("path", default=".")
@click.option("--rev", metavar="REV", help="Scan a commit, tag or branch instead of the work tree.")
@click.option("--component", "components", multiple=True, metavar="NAME=PATH[,PATH...]", callback=_component,
              help="Judge these files and folders as one component instead of the found ones.")
@click.option("--format", "shown", type=click.Choice(formats.names()), default="text", show_default=True,
              help="Format of what is printed.")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=FILE", callback=_outputs,
              help="Also write a report to a file; may be given several times.")
@click.option("--base", metavar="REV", help="Report only what is new since the merge base with REV.")
@click.option("--fail-on", type=click.Choice(["move", "warning", "note", "never"]), default="never", show_default=True,
              help="Exit with 1 when something at or above this level is found.")
@click.option("--show", type=click.Choice(["verdicts", "evidence", "all"]), default="verdicts", show_default=True,
              help="How much the report shows.")
@click.option("--rules", "packs", multiple=True, type=click.Path(), metavar="DIR",
              help="Add a folder of rules; see docs/writing-rules.md.")
@click.option("--jobs", type=click.IntRange(0, 256), default=0, metavar="N",
              help="Worker processes; 0 for one per core.")
@click.option("--timeout", type=click.FloatRange(0.01), default=10.0, show_default=True, metavar="SECONDS",
              help="Wall clock for one file.")
@click.option("--max-size", type=click.IntRange(1), default=4 << 20, show_default=True, metavar="BYTES",
              help="Larger files are skipped.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the fact cache.")
@click.option("--timing", is_flag=True, help="Print what the stages took to stderr.")
@click.option("--quiet", is_flag=True, help="Print results only.")
def scan(**given: Any) -> None:
    """Scan a work tree, a bare repository or a plain folder (default: this one)."""
    import gc

    from analyzer import scan as route

    gc.set_threshold(200_000)  # a scan makes many values and hardly a cycle among them
    watch = route.Watch(_progress(quiet=given["quiet"]))
    options = route.Options(
        revision=given["rev"], base=given["base"], components=given["components"], packs=given["packs"],
        jobs=given["jobs"], timeout=given["timeout"], max_size=given["max_size"], cache=not given["no_cache"],
    )  # fmt: skip
    report = route.scan(given["path"], options, watch)
    short = report if given["show"] == "all" else route.accusing(report)

    def fitting(name: str) -> Report:
        return short if name in DASHBOARDS else report

    for name, path in given["outputs"]:
        _write(path, formats.render(name, fitting(name), show=given["show"]))
    watch.lap("formats")
    colour = sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = _width()
    text = formats.render(given["shown"], fitting(given["shown"]), width=width, colour=colour, show=given["show"])
    _print(text)
    if given["timing"]:
        _timing(watch)
    if route.failing(report, given["fail_on"]):
        sys.exit(FOUND)


def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((80, 24)).columns


def _progress(*, quiet: bool) -> Any:
    """A progress printer for terminals; scans shorter than two seconds show nothing."""
    if quiet or not sys.stderr.isatty():
        return lambda _done, _total: None
    from time import monotonic

    began, shown = monotonic(), [0.0]

    def show(done: int, total: int) -> None:
        now = monotonic()
        if now - began < 2 or (now - shown[0] < 0.1 and done < total):
            return
        shown[0] = now
        rate = done / (now - began)
        left = (total - done) / rate if rate else 0.0
        click.echo(f"\r{done}/{total} files, {rate:.0f}/s, {left:.0f} s left ", nl=done == total, err=True)

    return show


def _print(text: str) -> None:
    """Write a result. A reader that has gone away, or no stdout at all, is no mistake; a full disk is one."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        if not text.endswith("\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    except OSError as problem:
        # What is left in the buffer would be tried again at exit, and fail there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(problem, BrokenPipeError):
            reason = problem.strerror or "it is closed"
            message = f"The standard output cannot be written ({reason}); make room, or name a file by --output."
            raise LangfitError(message) from None


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_bytes(text.encode("utf-8", "replace"))
    except OSError as problem:
        reason = problem.strerror or "it cannot be written"
        message = f"{path} cannot be written ({reason}); name a file in an existing folder."
        raise LangfitError(message) from None


def _timing(watch: Any) -> None:
    for stage, seconds in watch.seconds.items():
        click.echo(f"{stage:10} {seconds:8.3f} s", err=True)
    for name, number in sorted(watch.counts.items()):
        click.echo(f"{name:12} {number:6} blobs", err=True)


@main.command(cls=Command)
@click.argument("path", default=".")
@click.option("--rev", metavar="REV", help="A commit, tag or branch instead of the work tree.")
def components(path: str, rev: str | None) -> None:
    """List what would be judged, and how it was found."""
    from analyzer import inventory, source

    with source.open_source(path, rev) as tree:
        taken = inventory.take(tree)
    lines = [
        f"{row.name}  {row.kind} of {row.language}, {row.files} files below {row.root},"
        f" from {row.manifest or row.anchor}"
        for row in taken.components
    ]
    if lines:
        _print("\n".join(door.defuse(door.clean(line)) for line in lines))
    for skipped in taken.skipped:
        click.echo(door.defuse(door.clean(f"langfit: skipped {skipped.path}: {skipped.reason}")), err=True)


@main.command(cls=Command)
@click.argument("saved", type=click.Path())
@click.option("--rules", "packs", multiple=True, type=click.Path(), metavar="DIR", help="A pack with other weights.")
@click.option("--format", "shown", type=click.Choice(formats.names()), default="text", show_default=True)
@click.option("--show", type=click.Choice(["verdicts", "evidence", "all"]), default="verdicts", show_default=True)
def judge(saved: str, packs: tuple[str, ...], shown: str, show: str) -> None:
    """Weigh a report saved with --format json again, with the present rules and weights, without a scan."""
    from analyzer.rejudge import rejudge
    from analyzer.rulebook import load
    from analyzer.rulefiles import root

    report = rejudge(Path(saved), load(root(), [Path(pack) for pack in packs]))
    _print(formats.render(shown, report, width=_width(), colour=sys.stdout.isatty(), show=show))


@main.command(cls=Command)
@click.option("--clear", is_flag=True, help="Remove it.")
def cache(*, clear: bool) -> None:
    """Show where the fact cache is and how large, or remove it."""
    from analyzer import cache as kept

    if clear:
        _print(f"{kept.clear()} removed")
        return
    path, rows, size = kept.facts_kept()
    _print(f"{path}: facts of {rows} files, {size:,} bytes")


@main.command(cls=Command)
@click.argument("rule")
def explain(rule: str) -> None:
    """Print the page of a rule (go/format-in-loop) or of a claim (claim:C5)."""
    from analyzer.pages import page_of

    _print(page_of(rule))


@main.command(cls=Command)
@click.option("--check", metavar="DIR", type=click.Path(), help="Validate a folder of rules and run its examples.")
def rules(check: str | None) -> None:
    """List all rules, or validate a pack."""
    from analyzer import pages, trial

    if check is not None:
        ran = trial.check_pack(Path(check))
        _print(f"{ran} examples hold")
        return
    _print(pages.catalogue())


if __name__ == "__main__":
    main()
