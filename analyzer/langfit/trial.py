"""Runs the examples of rules through the real route: what they mark must be reported, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from langfit import expectations
from langfit.evidence.findings import Reporting, findings_of
from langfit.evidence.gather import Gathered
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.filetree import Entry, blob_id
from langfit.fit.assess import Assessor
from langfit.inventory.files import listing
from langfit.inventory.settle import settle
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.repository import SKIP_REASONS, Skipped
from langfit.model.rule import Example, Rule, Rulebook
from langfit.model.summary import FileSummary
from langfit.parsing.depth import TooDeep
from langfit.rulebook import read
from langfit.rulefiles import root
from langfit.toml.diagnostics import Diagnostic

Places = set[tuple[str, int]]  # path and line


class Memory:
    """A tree of files held in memory."""

    path = "example"
    under = remote = branch = ""
    revision = None
    notices: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def entries(self) -> tuple[Entry, ...]:
        """Return all files, sorted."""
        return tuple(Entry(p, blob_id(d), len(d), "file") for p, d in sorted(self.files.items()))

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of a file."""
        return self.files[entry.path]

    def attributes(self, path: str) -> tuple[bool | None, bool | None]:
        """Return no attributes."""
        del path
        return None, None


def relaxed(rule: Rule) -> Rule:
    """Return a rule without its floor of size and with a scale on which any place counts: examples are small."""
    scale = structs.replace(rule.scale, start=0.0, full=1e-6) if rule.scale else None
    return structs.replace(rule, match=structs.replace(rule.match, tokens=0), scale=scale)


def diagnostics(rule: Rule, book: Rulebook) -> Iterator[Diagnostic]:
    """Yield what is wrong with the examples of a rule, each at the line where the example starts."""
    few = structs.replace(book.thresholds, min_places=1, small_tokens=0)
    alone = structs.replace(book, rules=(relaxed(rule),), thresholds=few)
    for example in rule.examples:
        try:
            wanted, got, problems = _run(rule, alone, example)
        except TooDeep:
            yield Diagnostic(rule.path, example.line, "The example is nested too deeply to be read.")
            continue
        for sentence in problems:
            yield Diagnostic(rule.path, example.line, sentence)
        for path, line in sorted(wanted - got):
            sentence = f"The example wants {rule.id} at {path}:{line}, but it stays silent."
            yield Diagnostic(rule.path, example.line, sentence)
        for path, line in sorted(got - wanted):
            sentence = f"The example reports {rule.id} at {path}:{line} without a mark."
            yield Diagnostic(rule.path, example.line, sentence)


def _run(rule: Rule, book: Rulebook, example: Example) -> tuple[Places, Places, list[str]]:
    """Return the marked places, the reported ones, and sentences about what could not be read. Raises TooDeep."""
    files: dict[str, bytes] = {}
    wanted: Places = set()
    spoken = LANGUAGES[rule.language]
    source, manifest = spoken.sample
    given = {source: example.code, **example.files}
    for path, text in given.items():
        data, marked = expectations.strip(text.encode())
        files[path] = data
        wanted |= {(path, line) for line, name in marked if name == rule.id}
    files.setdefault(spoken.manifests[0], manifest.encode())
    found = listing(Memory(files))
    problems = [f"{row.path} of the example was skipped: {SKIP_REASONS[row.reason]}." for row in found.skipped]
    measures = {name: Measures(book, name) for name in LANGUAGES}
    job = Summarize(measures)
    summaries: dict[str, FileSummary] = {}
    for path, reading in found.reading().items():
        if reading != "none":
            written_in = next(file.language for file in found.files if file.path == path)
            summaries[path] = job.decode(job(files[path], written_in or "", reading == "full"))
            if summaries[path].errors is not None:
                problems.append(f"{path} of the example does not parse; repair its code.")
    inventory = settle(found, summaries)
    gathered = Gathered(inventory, summaries, book, measures)
    gathered.add(inventory, summaries)
    asked = [Reporting(o.component, o.rows, o.version, True) for o in Assessor(inventory, gathered, book).components()]
    places = {(f.path, f.line) for f in findings_of(asked, gathered, book.thresholds).rows}
    return wanted, places, problems


def check_pack(folder: Path) -> int:
    """Load a pack on top of the shipped rules and run its examples; return their number.

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
    found = sorted([*wrong, *(row for rule in own for row in diagnostics(rule, book))])
    if found:
        raise LangfitError(*map(str, found))
    return sum(len(rule.examples) for rule in own)
