"""What all commands share: errors as sentences, results on stdout, and pages of help."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from langfit.model.errors import LangfitError
from langfit.process import silence, write_line

FOUND, BROKEN = 1, 2
WIDEST = 40  # columns of a name in a page of help; beside wider ones there is no room for words

Rows = Sequence[tuple[str, str]]
EXITS: Rows = (
    ("0", "done"),
    ("1", "something at or above --fail-on was found"),
    ("2", "langfit could not run; each sentence on stderr says what to do"),
    ("130, 143", "a signal ended it: Ctrl-C, SIGTERM"),
)
PLAIN_EXITS: Rows = (EXITS[0], *EXITS[2:])
COLOURS: Rows = (
    ("NO_COLOR", "no colour, if it is not empty"),
    ("FORCE_COLOR, CLICOLOR_FORCE", "colour also in a pipe, unless 0 or NO_COLOR"),
    ("COLUMNS", "width of the text, where stdout is no terminal"),
)
ENVIRONMENT: Rows = (
    ("LANGFIT_CACHE_DIR", "folder of the fact cache"),
    ("LANGFIT_DEBUG", "set, a mistake of langfit's own shows where it was made"),
    *COLOURS,
)


def epilog(*, examples: Rows, exits: Rows = PLAIN_EXITS, files: Rows = (), environment: Rows = ()) -> str:
    """Return the end of a page of help: examples, exit statuses, files and environment."""
    parts = (("Examples", examples), ("Exit status", exits), ("Files", files), ("Environment", environment))
    return "\n\n".join(_block(title, rows) for title, rows in parts if rows)


def _block(title: str, rows: Rows) -> str:
    wide = max(len(name) for name, _ in rows)
    if wide > WIDEST:
        return "\n".join(["\b", f"{title}:", *(f"  {name}\n      {words}" for name, words in rows)])
    return "\n".join(["\b", f"{title}:", *(f"  {name:{wide}}  {words}" for name, words in rows)])


DEBUG = "LANGFIT_DEBUG"  # set, a mistake of langfit's own shows where it was made
MOST_SENTENCES = 100  # of one ending
MOST_SAID = 200  # characters of such a mistake


class Sentences(click.ClickException):
    """What a LangfitError says, as the command line shows it."""

    exit_code = BROKEN

    def __init__(self, error: LangfitError) -> None:
        super().__init__("\n".join(error.sentences))
        self.sentences = error.sentences

    def show(self, file: Any = None) -> None:
        """Print the sentences, made harmless."""
        del file
        for sentence in self.sentences[:MOST_SENTENCES]:
            write_line(shown(f"langfit: {sentence}"))
        more = len(self.sentences) - MOST_SENTENCES
        if more > 0:
            write_line(f"langfit: {more:,} more mistakes are not shown; repair these first.")


class Program(click.Group):
    """All commands. What click itself prints, help and the mistakes of a command line, may meet a full disk as well."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options that stand before the command."""
        with _printing():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _printing():
            return super().invoke(ctx)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and end with its status."""
        try:
            return super().main(*args, **extra)
        except OSError:  # of a sentence about a mistake in the command line
            silence(sys.stderr)
            sys.exit(BROKEN)


@contextmanager
def _printing() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        # It may repeat the name of a branch, or another word of a repository.
        raise click.UsageError(shown(error.format_message()), error.ctx) from None
    except OSError as problem:
        silence(sys.stdout)
        if problem.errno == errno.EPIPE:
            raise click.exceptions.Exit(0) from None
        raise Sentences(_unwritten(problem)) from None


def _unwritten(problem: OSError) -> LangfitError:
    reason = problem.strerror or "it is closed"
    return LangfitError(f"The standard output cannot be written ({reason}); make room, or name a file by --output.")


class Command(click.Command):
    """A command whose LangfitErrors become exit status 2 with their sentences; a mistake of langfit's own as well."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LangfitError as error:
            raise Sentences(error) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            what = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_SAID]
            sentence = f"langfit itself has failed ({what}): set {DEBUG}=1 to see where, and report it."
            raise Sentences(LangfitError(sentence)) from None


def shown(line: str) -> str:
    """Return one line, made harmless."""
    from langfit.formats import sanitize

    return sanitize.neutralized(sanitize.clean(line))


def put(text: str) -> None:
    """Write a result. A reader that has gone away, or no stdout at all, is no mistake; a full disk is one."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        if not text.endswith("\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    except OSError as problem:
        silence(sys.stdout)
        if not isinstance(problem, BrokenPipeError):
            raise _unwritten(problem) from None


def read(path: str, most: int) -> bytes:
    """Return the bytes of a regular file, or of the standard input for "-", at most one more than `most`."""
    from langfit import regular

    try:
        return sys.stdin.buffer.read(most + 1) if path == "-" else regular.read(path, most)
    except (OSError, ValueError) as problem:
        reason = (isinstance(problem, OSError) and problem.strerror) or "it cannot be read"
        raise LangfitError(f"{path} cannot be read ({reason}); name an existing file.") from None


def write(path: str, text: str, *trees: str) -> None:
    """Write a file that the user named: beside its place, and then moved there, so that no half of one is left.

    Below one of `trees`, such as the scanned folder, nothing is written through a link: what is there may be planted.
    """
    from langfit.writing import replace

    replace(path, text.encode("utf-8", "replace"), trees)
