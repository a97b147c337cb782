"""Asks the Go compiler about bounds checks, and `go vet` about unsafe conversions."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from benchmarks.oracle_go import GO, Std, go
from langfit.parsing.facts import Facts
from langfit.parsing.read import read

MOST_INDEXED = 4  # index expressions from which a function is compared; below, one check more or less decides
VETTED = ("internal/abi", "os", "reflect", "runtime", "sync", "sync/atomic", "syscall")
UNSAFE = "unsafe.Pointer"
_VET = re.compile(r"^(?:vet: )?(?:\./)?(\S+?):(\d+):\d+: possible misuse of unsafe\.Pointer")


class Bounds(NamedTuple):
    """Functions with many indexes: those with a hint beside those without."""

    hinted: int
    hinted_indexes: int
    hinted_checks: int  # kept by the compiler, the hint's own left out
    plain: int
    plain_indexes: int
    plain_checks: int
    hints: int
    live: int  # hints on whose line the compiler keeps a check: they do it for the lines after


def bounds(std: Std) -> Bounds:
    """Compare the checks that functions keep, with and without hints."""
    checks: dict[str, set[tuple[int, int]]] = {}
    for path, line, column in std.printed.checks:
        checks.setdefault(path, set()).add((line, column))
    sums = {True: [0, 0, 0], False: [0, 0, 0]}
    hints = live = 0
    for path, facts in std.facts.items():
        kept = checks.get(path, set())
        at = _lines(facts, "bce-hint")
        hints += len(at)
        live += len(at & {line for line, _ in kept})
        indexes = _indexes(facts)
        for number, function in enumerate(facts.functions):
            first, last = facts.positions.line(function.start), facts.positions.line(function.end - 1)
            if indexes[number] >= MOST_INDEXED:
                row = sums[any(first <= line <= last for line in at)]
                row[0] += 1
                row[1] += indexes[number]
                row[2] += sum(first <= line <= last and line not in at for line, _ in kept)
    return Bounds(*sums[True], *sums[False], hints, live)  # type: ignore[call-arg]


def _lines(facts: Facts, kind: str, name: str = "") -> set[int]:
    return {facts.positions.line(row.start) for row in facts.sites.named(kind).get(name, ())}


def _indexes(facts: Facts) -> Counter[int]:
    """Return the number of index expressions by function."""
    return Counter(row.owner for row in facts.sites.named("index").get("", ()))


class Vetted(NamedTuple):
    """Lines that `go vet -unsafeptr` objects to, and those of them that langfit knows as conversions through unsafe."""

    objected: int
    known: int
    sites: int
    missed: tuple[tuple[str, int], ...]


def objected(lines: list[str]) -> set[tuple[str, int]]:
    """Return (path, line) of each objection in the output of `go vet -unsafeptr`, tests left out."""
    found = {(m[1], int(m[2])) for line in lines if (m := _VET.match(line))}
    return {(path, line) for path, line in found if not path.endswith("_test.go")}


def vetted(std: Std, cache: Path) -> Vetted:
    """Run `go vet -unsafeptr` over packages that convert much; its exit status says only that it objects."""
    objections = go("vet", "-unsafeptr", *VETTED, cwd=std.root, cache=cache)
    places = objected(objections.stderr.splitlines())
    listed = go("list", "-f", "{{range .GoFiles}}{{$.ImportPath}}/{{.}}\n{{end}}", *VETTED, cwd=std.root, cache=cache)
    sites = set()
    for path in listed.stdout.split():
        facts = read((std.root / path).read_bytes(), GO)
        sites |= {(path, line) for line in _lines(facts, "call", UNSAFE)}
    return Vetted(len(places), len(places & sites), len(sites), tuple(sorted(places - sites)))
