"""Runs langfit as a user does, each time with a cache folder that the caller chooses."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed.processes import Memory, Run, run

PROGRAM = Path(sys.executable).parent / "langfit"
_LINE = re.compile(r"^(\S+) +([\d.]+) (s|blobs)$", re.MULTILINE)


class Scan(NamedTuple):
    """What a scan took and what `--timing` said: stage -> seconds, and what was done to how many blobs."""

    run: Run
    stages: dict[str, float]
    blobs: dict[str, int]


def scan(
    arguments: tuple[str, ...], cache: Path, *more: str | Path, watch: Callable[[int], None] | None = None
) -> Scan:
    """Scan with a SARIF file written. Raises Failed."""
    cache.mkdir(parents=True, exist_ok=True)
    words = [
        PROGRAM,
        "scan",
        "--no-config",
        "--quiet",
        "--timing",
        "--output",
        f"sarif={cache / 'out.sarif'}",
        *more,
        *arguments,
    ]
    done = run(words, {"LANGFIT_CACHE_DIR": str(cache)}, watch=watch)
    said = _LINE.findall(done.err)
    stages = {name: float(number) for name, number, unit in said if unit == "s"}
    return Scan(done, stages, {name: int(number) for name, number, unit in said if unit == "blobs"})


def peak(arguments: tuple[str, ...], cache: Path) -> int:
    """Return the most bytes that the processes of a scan held at once, see `Memory`. Raises Failed."""
    memory = Memory()
    scan(arguments, cache, watch=memory)
    return memory.peak


def help_seconds() -> float:
    """Return the seconds until `langfit --help` has ended. Raises Failed."""
    return run([PROGRAM, "--help"]).wall


def render_seconds(form: str, results: int) -> float:
    """Return the seconds of `formats.render` for a made-up report of so many findings."""
    from langfit import __version__, formats
    from langfit.model.report import Files, Finding, Report, RuleText, Source
    from langfit.rulebook import load
    from langfit.rulefiles import root

    rules = load(root()).rules
    findings = tuple(
        Finding(
            rule=rule.id, component="example.com/made-up", path=f"folder{n % 97}/file{n % 991}.go",
            line=n, column=2, end_line=n, end_column=40, function=f"function{n % 313}",
            message=f"{rule.title}, for the {n}th time", family=rule.family, weight=rule.weight, suits=rule.suits,
            fingerprint=f"{n:032x}",
        )
        for n, rule in ((n, rules[n % len(rules)]) for n in range(1, results + 1))
    )  # fmt: skip
    texts = tuple(RuleText(**{name: getattr(rule, name) for name in RuleText.__struct_fields__}) for rule in rules)
    report = Report(
        version=__version__, source=Source(path="made-up", revision=None), files=Files(991, 0, 0), sentence="",
        deliverables=(), components=(), findings=findings, skipped=(), notices=(), rules=texts,
    )  # fmt: skip
    began = time.perf_counter()
    text = formats.render(form, report, show="all")
    took = time.perf_counter() - began
    assert text.count("for the ") >= results, "the format leaves findings out"
    return took
