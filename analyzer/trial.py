"""Runs the examples of rules through the real route: what they mark must be reported, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from analyzer import findings, inventory, marks
from analyzer.languages import extract
from analyzer.model import Example, File, LangfitError, Rule, Rulebook
from analyzer.rulebook import load
from analyzer.rulefiles import root
from analyzer.tree import Entry, blob_id

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


def mistakes(rule: Rule, book: Rulebook) -> Iterator[str]:
    """`path:line: sentence` for each example of a rule that does not hold."""
    alone = structs.replace(book, rules=(lenient(rule),))
    for example in rule.examples:
        wanted, got = _run(rule, alone, example)
        for place in sorted(wanted - got):
            yield f"{rule.path}:{example.line}: The example wants {rule.id} at {place[0]}:{place[1]}, but it stays silent."
        for place in sorted(got - wanted):
            yield f"{rule.path}:{example.line}: The example reports {rule.id} at {place[0]}:{place[1]} without a mark."


def _run(rule: Rule, book: Rulebook, example: Example) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    files: dict[str, bytes] = {}
    wanted: set[tuple[str, int]] = set()
    given = {NAMES[rule.language]: example.code, **example.files}
    manifest, default = MANIFESTS[rule.language]
    for path, text in given.items():
        data, marked = marks.cut(text.encode())
        files[path] = data
        wanted |= {(path, line) for line, name in marked if name == rule.id}
    files.setdefault(manifest, default)
    tree = Memory(files)
    taken = inventory.take(tree)

    def read(file: File) -> bytes:
        return files[file.path]

    collector = findings.Collector(taken, book, read)
    for file in taken.files:
        if file.language and file.role == "code":
            collector.add(file, extract(files[file.path], file.language))
    found = collector.result()
    return wanted, {(f.path, f.span.line) for f in found.findings}


def check_pack(folder: Path) -> int:
    """Load a pack on top of the shipped rules and run its examples; their number. Raises LangfitError with all mistakes."""
    book = load(root(), [folder])
    own = [rule for rule in book.rules if rule.path.startswith(str(folder))]
    wrong = [mistake for rule in own for mistake in mistakes(rule, book)]
    if wrong:
        raise LangfitError(*wrong)
    return sum(len(rule.examples) for rule in own)
