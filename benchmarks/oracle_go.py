"""Asks the Go compiler about the places that langfit's allocation rules select.

The judge's own list of places comes from Go's parser (`judge/main.go`), the decision heap or stack from the compiler's
escape analysis. langfit is compared with both, so that it never judges itself.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from langfit.facts.measures import Measures
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.rule import Rule, Rulebook
from langfit.parsing.facts import Facts
from langfit.parsing.read import read
from langfit.parsing.regions import COLD_FLAG, DEPTH_MASK, TEST_FLAG
from langfit.parsing.sites import Row as Site

GO = LANGUAGES["go"]
HERE = Path(__file__).resolve().parent
PACKAGES = tuple(
    "archive/tar archive/zip bufio bytes compress/bzip2 compress/flate compress/gzip compress/lzw crypto/md5"
    " crypto/rc4 crypto/sha1 crypto/x509 database/sql debug/dwarf debug/elf debug/macho debug/pe encoding/asn1"
    " encoding/base64 encoding/binary encoding/csv encoding/gob encoding/hex encoding/json encoding/xml expvar fmt"
    " go/ast go/build go/constant go/doc go/doc/comment go/format go/parser go/printer go/scanner go/types"
    " hash/adler32 hash/crc32 hash/fnv html html/template image image/color/palette image/draw image/gif image/jpeg"
    " image/png index/suffixarray internal/byteorder internal/chacha8rand internal/profile internal/trace log"
    " log/slog math/big math/rand mime mime/multipart net net/http net/http/httptest net/mail net/rpc net/textproto"
    " net/url os os/exec path/filepath regexp regexp/syntax sort strconv strings testing text/tabwriter"
    " text/template text/template/parse time unicode/utf16 unicode/utf8".split()
)
RULES = {
    "go/allocation-in-loop": ("make", "new"),
    "go/heap-object-in-loop": ("literal",),
    "go/format-in-loop": ("text", "format"),
}
FMT = "fmt/print.go"  # where fmt.Sprint* copy what they wrote into a string
OPENS = {"make": "make(", "new": "new(", "literal": "&"}
_DECIDED = re.compile(r"^(\S+?):(\d+):(\d+): (\S.*?) (escapes to heap|does not escape)(?: in .*)?:?$")
_CHECK = re.compile(r"^(\S+?):(\d+):(\d+): Found (IsInBounds|IsSliceInBounds)$")
At = tuple[str, int, int]  # path, line, column in bytes


class Place(NamedTuple):
    """A place of the judge's list: where the compiler reports it, where it ends, and where it stands."""

    at: At
    end: tuple[int, int]
    kind: str
    loops: int
    cold: bool


class Decision(NamedTuple):
    """A decision of the escape analysis: byte column, what it is about, and whether that is on the heap."""

    column: int
    text: str
    heap: bool


class Printed(NamedTuple):
    """Output of the compiler: its escape decisions by path and line, and the bounds checks that it kept."""

    decisions: dict[tuple[str, int], list[Decision]]
    checks: tuple[At, ...]
    texts: bool  # what fmt.Sprint* return is on the heap


class Std(NamedTuple):
    """The packages under test: their root, files as relative paths, facts, places and what the compiler printed."""

    root: Path
    files: tuple[str, ...]
    facts: dict[str, Facts]
    places: tuple[Place, ...]
    printed: Printed
    version: str


class Row(NamedTuple):
    """Agreement of one rule with the compiler."""

    rule: str
    selected: int
    decided: int  # of these, the compiler says something
    wrong: tuple[At, ...]  # of these, not on the heap
    wanted: int  # heap places of these kinds at the rule's loop depth, cold paths out, by the judge's own list
    missed: tuple[At, ...]  # of these, not selected
    unseen: tuple[At, ...]  # of these, no site of langfit at all
    reported: int  # selected places that are findings, the component's conditions holding too
    reported_decided: int
    reported_wrong: int

    @property
    def precision(self) -> float:
        """Return the share of the decided places that are on the heap."""
        return 1 - len(self.wrong) / self.decided if self.decided else float("nan")

    @property
    def recall(self) -> float:
        """Return the share of the judge's heap places that the rule selects."""
        return 1 - len(self.missed) / self.wanted if self.wanted else float("nan")


def printed(lines: Iterable[str]) -> Printed:
    """Return the decisions and checks in the compiler's output; explanations and other diagnostics are passed over."""
    decisions: dict[tuple[str, int], list[Decision]] = defaultdict(list)
    checks = []
    for line in lines:
        if ":   " in line:
            continue  # an explanation of the line before
        if "InBounds" in line and (match := _CHECK.match(line)):
            checks.append((match[1].removeprefix("./"), int(match[2]), int(match[3])))
        elif "escape" in line and (match := _DECIDED.match(line)):
            decision = Decision(int(match[3]), match[4], match[5] == "escapes to heap")
            decisions[match[1].removeprefix("./"), int(match[2])].append(decision)
    inside = [one for (path, _), found in decisions.items() if path == FMT for one in found]
    texts = any(one.text == "string(p.buf)" and one.heap for one in inside)
    return Printed(dict(decisions), tuple(checks), texts)


def places(lines: Iterable[str], root: Path) -> tuple[Place, ...]:
    """Return the judge's list, paths made relative to `root`."""
    found = []
    for line in lines:
        path, row, column, end_row, end_column, kind, loops, cold = line.rstrip("\n").split("\t")
        at = (Path(path).relative_to(root).as_posix(), int(row), int(column))
        found.append(Place(at, (int(end_row), int(end_column)), kind, int(loops), cold == "1"))
    return tuple(found)


def go(*arguments: str, cwd: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run the go command with a build cache of its own. Raises LangfitError when it is not there."""
    environment = os.environ | {"GOCACHE": str(cache), "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOPROXY": "off"}
    try:
        return subprocess.run(["go", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LangfitError("go is not on the PATH: install a Go toolchain to run the oracle.") from None


def _checked(run: subprocess.CompletedProcess[str]) -> str:
    if run.returncode:
        raise LangfitError(f"`{' '.join(run.args[:3])}` failed: {run.stderr.strip().splitlines()[-1:]}")
    return run.stdout


def standard_library(cache: Path) -> Std:
    """Build the packages and read what the compiler prints. Raises LangfitError."""
    root = Path(_checked(go("env", "GOROOT", cwd=HERE, cache=cache)).strip()) / "src"
    version = _checked(go("env", "GOVERSION", cwd=HERE, cache=cache)).strip()
    form = "{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}"
    listed = _checked(go("list", "-f", form, *PACKAGES, cwd=root, cache=cache)).split()
    flags = "-gcflags=-m=2 -d=ssa/check_bce/debug=1"
    built = go("build", flags, *PACKAGES, cwd=root, cache=cache)
    _checked(built)
    judge = cache / "judge"
    _checked(go("build", "-o", str(judge), str(HERE / "judge" / "main.go"), cwd=root, cache=cache))
    # What a tool wrote is no matter of any rule: langfit looks it over and no more.
    listed = [path for path in listed if not GO.extract.mark_of(Path(path).read_bytes())]
    run = subprocess.run([str(judge), *listed], capture_output=True, text=True, check=True)
    files = tuple(sorted(Path(path).relative_to(root).as_posix() for path in listed))
    facts = {path: read((root / path).read_bytes(), GO) for path in files}
    listed_places = places(run.stdout.splitlines(), root)
    return Std(root, files, facts, listed_places, printed(built.stderr.splitlines()), version)


def on_heap(place: Place, output: Printed) -> bool | None:
    """Tell whether the compiler puts a place on the heap; None when it is silent, as about code that it never compiles.

    For a call of fmt the question is whether any argument is boxed on the heap; constants live in read-only data.
    Those that return a string (kind `text`) put that on the heap as well, which the compiler reports inside of fmt.
    """
    path, row, column = place.at
    if place.kind in OPENS:
        here = output.decisions.get((path, row), ())
        own = [one.heap for one in here if one.column == column and one.text.startswith(OPENS[place.kind])]
        return any(own) if own else None
    if place.kind == "text" and output.texts:
        return True
    inside = [
        decision
        for line in range(row, place.end[0] + 1)
        for decision in output.decisions.get((path, line), ())
        if (row, column) <= (line, decision.column) < place.end
    ]
    return any(one.heap and not one.text.startswith(('"', "`")) for one in inside) if inside else None


def selected(rule: Rule, measures: Measures, facts: Facts, path: str) -> set[At]:
    """Return the places that a rule's selector picks in one file, conditions of the component left aside."""
    selector = rule.match.measure.selector
    number = measures.of_rule[measures.rules.index(rule)]
    found = set()
    for kind, names in facts.sites.kinds():
        for name, rows in names.items():
            if selector and any(wanted.number == number for wanted in measures.selecting(kind, name)):
                sites = placed(facts, path, kind, rows)
                found |= {at for at, depth, cold in sites if depth >= selector.in_loop and not cold}
    return found


def placed(facts: Facts, path: str, kind: str, rows: Iterable[Site]) -> Iterable[tuple[At, int, bool]]:
    """Yield sites as the compiler names them, with their loop depth, and whether they are cold or a test.

    It names the parenthesis of a call and the sign of an address.
    """
    for row in rows:
        byte = row.start - 1 if kind == "address-literal" else row.end
        line = facts.positions.line(byte)
        at = (path, line, byte - facts.positions.start_of(line) + 1)
        yield at, row.state & DEPTH_MASK, bool(row.state & (COLD_FLAG | TEST_FLAG))


def compare(std: Std, book: Rulebook, findings: set[tuple[str, str, int]]) -> list[Row]:
    """Return one row for each allocation rule; `findings` are (rule, path, line) of a scan of the same files."""
    measures = Measures(book, "go")
    heap = {place.at: on_heap(place, std.printed) for place in std.places}
    known = {at for path, facts in std.facts.items() for at in _all_sites(facts, path)}
    rows = []
    for rule in measures.rules:
        if rule.id not in RULES:
            continue
        chosen = {at for path, facts in std.facts.items() for at in selected(rule, measures, facts, path)}
        depth = rule.match.measure.selector.in_loop if rule.match.measure.selector else 0
        asked = [p.at for p in std.places if p.kind in RULES[rule.id] and p.loops >= depth and not p.cold]
        wanted = {at for at in asked if heap[at]}
        decided = {at for at in chosen if heap.get(at) is not None}
        wrong = {at for at in decided if not heap[at]}
        shown = {at for at in chosen if (rule.id, *at[:2]) in findings}
        rows.append(
            Row(rule.id, len(chosen), len(decided), tuple(sorted(wrong)), len(wanted), tuple(sorted(wanted - chosen)),
                tuple(sorted(wanted - known)), len(shown), len(shown & decided), len(shown & wrong))
        )  # fmt: skip
    return rows


def _all_sites(facts: Facts, path: str) -> Iterable[At]:
    for kind in ("call", "address-literal"):
        for rows in facts.sites.named(kind).values():
            yield from (at for at, _, _ in placed(facts, path, kind, rows))
