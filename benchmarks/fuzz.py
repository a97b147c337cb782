"""Mutates real input for every reader of langfit, and stops at what breaks a promise.

usage: fuzz.py [--seconds 60] [--target NAME ...] [--seed N] [--out DIR]

Promises: an extractor gives facts whose places lie in the file, or TooDeep; a manifest is read, or refused by
ValueError; patterns, rule packs, settings, saved reports and profiles are read, or refused by a sentence; every format
is printed from any names without a character that acts. What breaks one is written to DIR with the seed that made it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from langfit import config, formats, profiles
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.formats import json as saved
from langfit.globs import chooser
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.parsing.depth import TooDeep
from langfit.parsing.read import read
from langfit.profiles.values import Source
from langfit.rulebook import load
from langfit.rulebook import read as read_rules
from langfit.rulefiles import root
from langfit.scan import Options, scan

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "profiles"
LONGEST = 40_000  # bytes of a mutated input
PIECES = (b"\xff\xfe", b"\x00", b"((((", b"[[[[", b'"', b"'''", b"/*", b"\r\n", "é\U0001f600".encode())
HARMFUL = ("\x1b", "\u202e", "\u2066", "\x00")

BOOK = load(root())
JOB = Summarize({name: Measures(BOOK, name) for name in LANGUAGES})


class Target(NamedTuple):
    """What is fed, and what it starts from."""

    feed: Callable[[bytes], None]
    seeds: list[bytes]


def mutated(data: bytes, seeds: list[bytes], by: random.Random) -> bytes:
    """Return an input with some bytes changed, cut out, repeated, or taken from another input."""
    text = bytearray(data)
    for _ in range(by.randint(1, 8)):
        at = by.randint(0, len(text))
        match by.randrange(6):
            case 0 if text:
                text[at % len(text)] = by.randrange(256)
            case 1:
                del text[at : at + by.randint(1, 64)]
            case 2:
                text[at:at] = text[at : at + by.randint(1, 200)] * by.randint(1, 40)
            case 3:
                other = by.choice(seeds)
                start = by.randint(0, len(other))
                text[at:at] = other[start : start + by.randint(1, 400)]
            case 4:
                text[at:at] = by.choice(PIECES)
            case _:
                text[at:at] = bytes([by.randrange(256)]) * by.randint(1, 300)
    return bytes(text[:LONGEST])


def _said(problem: Exception) -> None:
    if not str(problem):
        raise AssertionError("a refusal without a sentence")


def _extract(name: str) -> Callable[[bytes], None]:
    def feed(data: bytes) -> None:
        spoken = LANGUAGES[name]
        try:
            facts = read(data, spoken)
            JOB.decode(JOB(data, name, True))
        except TooDeep:
            return
        spans = (row for _, names in facts.sites.kinds() for rows in names.values() for row in rows)
        assert all(0 <= row.start <= row.end <= len(data) for row in spans)
        JOB(data, name, False)

    return feed


def _manifest(name: str) -> Callable[[bytes], None]:
    def feed(data: bytes) -> None:
        try:
            LANGUAGES[name].reader.parse(LANGUAGES[name].manifests[0], data)
        except ValueError as problem:
            _said(problem)

    return feed


def _patterns(data: bytes) -> None:
    rows = data.decode("utf-8", "replace").splitlines()[:200]
    chosen = chooser(tuple(rows))
    for path in ("a", "a/b.go", "vendor/x/y.rs", "é/[z", "x" * 300):
        chosen(path)


def _settings(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "langfit.toml")
        path.write_bytes(data)
        found = config.read(config.located(str(path), "langfit.toml", folder))
        assert all(str(row).strip() for row in found.diagnostics)


def _rules(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "go").mkdir()
        Path(folder, "go", "mine.toml").write_bytes(data)
        _, diagnostics = read_rules(root(), [Path(folder)])
        assert all(str(row).strip() for row in diagnostics)


def _report(data: bytes) -> None:
    try:
        report = saved.parse(data, "it")
    except LangfitError as problem:
        _said(problem)
        return
    for name in ("text", "markdown", "sarif", "github"):
        formats.render(name, report)


def _profile(data: bytes) -> None:
    try:
        profiles.read(Source("it", lambda: BytesIO(data)))
    except LangfitError as problem:
        _said(problem)


def _formats(data: bytes) -> None:
    name = data.decode("utf-8", "surrogateescape")[:2_000]
    items = tuple(structs.replace(item, name=name, root=name, path=name) for item in REPORT.deliverables)
    report = structs.replace(REPORT, deliverables=items, sentence=name)
    for kind in formats.names():
        text = formats.render(kind, report)
        assert not any(mark in text for mark in HARMFUL), kind


REPORT = scan(str(ROOT / "fixtures" / "mixed"), Options(cache=False, jobs=1), book=BOOK)


def targets() -> dict[str, Target]:
    """Return all targets with their seeds: fixtures, rules, settings, profiles."""
    files = [path for path in (ROOT / "fixtures").rglob("*") if path.is_file() and path.stat().st_size < LONGEST]
    found = {}
    for name, spoken in LANGUAGES.items():
        found[f"extract-{name}"] = Target(_extract(name), [p.read_bytes() for p in files if p.suffix == spoken.suffix])
        manifests = [p.read_bytes() for p in files if p.name in spoken.manifests]
        found[f"manifest-{name}"] = Target(_manifest(name), manifests)
    rules = [path.read_bytes() for path in sorted((root() / "go").glob("*.toml"))[:20]]
    settings = b'exclude = ["a/**", "!b", "x[a-z]"]\njobs = 2\n[[ignore]]\nrule = "go/*"\npaths = ["a"]\nreason = "x"\n'
    found["patterns"] = Target(_patterns, [b"*.go\n!a/b\n/x[a-z]/**\n[[:alpha:]]?\n", b"a\\ b\n**/c/\n"])
    found["settings"] = Target(
        _settings, [settings, b'[weights]\n"go/sql-access" = "strong"\n[components]\na = ["b"]\n']
    )
    found["rules"] = Target(_rules, rules)
    found["report"] = Target(_report, [formats.render("json", REPORT).encode()])
    found["profile"] = Target(_profile, [path.read_bytes() for path in sorted(SAMPLES.iterdir())])
    found["formats"] = Target(
        _formats, ["a\x1b[31m\u202e::error::x##vso[a]".encode(), b"<script>alert(1)</script>|`*_\xff"]
    )
    return found


def run(target: Target, seconds: float, by: random.Random) -> tuple[int, bytes | None, str]:
    """Feed mutated input for a time; return how many, and the first that broke a promise with what happened."""
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = mutated(by.choice(target.seeds), target.seeds, by)
        number += 1
        try:
            target.feed(data)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is found
            return number, data, f"{type(problem).__name__}: {problem}"[:300]
    return number, None, ""


def main() -> int:
    """Run the targets, print how many inputs each took, and keep what breaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--target", action="append", default=[])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--out", type=Path, default=Path("fuzz-found"))
    given = parser.parse_args()
    broken = 0
    for name, target in targets().items():
        if given.target and name not in given.target:
            continue
        number, data, why = run(target, given.seconds, random.Random(given.seed))
        print(
            f"{name}: {number:,} inputs in {given.seconds:.0f} s, seed {given.seed}: {why or 'no finding'}", flush=True
        )
        if data is not None:
            broken += 1
            given.out.mkdir(exist_ok=True)
            (given.out / f"{name}-{given.seed}").write_bytes(data)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
