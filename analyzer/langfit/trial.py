"""Runs the examples of rules through the real route: what they mark must be reported, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from langfit import findings, inventory, marks
from langfit.languages import TooDeep
from langfit.model import SKIP_REASONS, Example, LangfitError, Rule, Rulebook
from langfit.rulebook import read
from langfit.rulefiles import root
from langfit.toml.mistakes import Mistake
from langfit.tree import Entry, blob_id

Places = set[tuple[str, int]]  # path and line

NAMES = {"go": "example.go", "rust": "src/lib.rs"}
MANIFESTS = {
    "go": ("go.mod", b"module example.test/p\n\ngo 1.21\n"),
    "rust": ("Cargo.toml", b'[package]\nname = "example"\nversion = "0.1.0"\nedition = "2021"\n'),
}


class Memory:
    """A tree of files held in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.skipped = ()
        self.notices = ()
        self.path, self.revision, self.remote, self.branch, self.under = "example", None, "", "", ""

    def entries(self) -> tuple[Entry, ...]:
        """All files, sorted."""
        return tuple(Entry(p, blob_id(d), len(d), "file") for p, d in sorted(self.files.items()))

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file."""
        return self.files[entry.path]

    def attributes(self, path: str) -> tuple[bool | None, bool | None]:
        """No attributes."""
        del path
        return None, None


def lenient(rule: Rule) -> Rule:
    """A rule without its floor of lines and with a scale on which any place counts: examples are small."""
    scale = structs.replace(rule.scale, start=0.0, full=1e-6) if rule.scale else None
    return structs.replace(rule, match=structs.replace(rule.match, lines=0), scale=scale)


def mistakes(rule: Rule, book: Rulebook) -> Iterator[Mistake]:
    """What is wrong with the examples of a rule, each at the line where the example starts."""
    alone = structs.replace(book, rules=(lenient(rule),), settings=book.settings | {"places": 1})
    for example in rule.examples:
        try:
            wanted, got, problems = _run(rule, alone, example)
        except TooDeep:
            yield Mistake(rule.path, example.line, "The example is nested too deeply to be read.")
            continue
        for sentence in problems:
            yield Mistake(rule.path, example.line, sentence)
        for path, line in sorted(wanted - got):
            sentence = f"The example wants {rule.id} at {path}:{line}, but it stays silent."
            yield Mistake(rule.path, example.line, sentence)
        for path, line in sorted(got - wanted):
            sentence = f"The example reports {rule.id} at {path}:{line} without a mark."
            yield Mistake(rule.path, example.line, sentence)


def _run(rule: Rule, book: Rulebook, example: Example) -> tuple[Places, Places, list[str]]:
    """The marked places, the reported ones, and sentences about what could not be read. Raises TooDeep."""
    files: dict[str, bytes] = {}
    wanted: Places = set()
    given = {NAMES[rule.language]: example.code, **example.files}
    manifest, default = MANIFESTS[rule.language]
    for path, text in given.items():
        data, marked = marks.cut(text.encode())
        files[path] = data
        wanted |= {(path, line) for line, name in marked if name == rule.id}
    files.setdefault(manifest, default)
    tree = Memory(files)
    taken = inventory.take(tree)
    problems = [f"{row.path} of the example was skipped: {SKIP_REASONS[row.reason]}." for row in taken.skipped]

    collector = findings.Collector(taken, book)
    for file in taken.files:
        if file.language and file.role == "code":
            share = collector.job.unpack(collector.job(files[file.path], file.language, True))
            if share.problems:
                problems.append(f"{file.path} of the example cannot be parsed; repair its code.")
            collector.add(file, share)
    found = collector.result()
    return wanted, {(f.path, f.span.line) for f in found.findings}, problems


def check_pack(folder: Path) -> int:
    """Load a pack on top of the shipped rules and run its examples; their number.

    The folder of the shipped rules is checked as itself. Rules without mistakes are tried also where others have some.
    Raises LangfitError with all mistakes as `path:line: sentence`.
    """
    shipped = root()
    if folder.resolve() == shipped.resolve():
        book, wrong = read(shipped)
        own = book.rules
    else:
        before = {f"{path.parent.name}/{path.stem}" for path in shipped.glob("*/*.toml")}
        book, wrong = read(shipped, [folder])
        own = tuple(rule for rule in book.rules if rule.id not in before)
    found = sorted([*wrong, *(mistake for rule in own for mistake in mistakes(rule, book))])
    if found:
        raise LangfitError(*map(str, found))
    return sum(len(rule.examples) for rule in own)
