"""Lays what rules say beside what the compilers say, and writes the tables into docs/accuracy.md.

usage: python -m benchmarks.oracle [--repos DIR] [--write]

Needs go and cargo with clippy, and no network once `cargo fetch --locked` ran in benchmarks/crates; what is absent is
named in the text. DIR holds clones, for the ranking of Rust kernels.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from math import isnan
from pathlib import Path

from benchmarks import oracle_bounds, oracle_go, oracle_kernels, oracle_rust
from benchmarks.clones import write_part
from langfit.model.errors import LangfitError
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan

GOAL, LEAST, RECALL = 0.97, 0.90, 0.90
GO_NOTE = f"""\
Goals: precision {GOAL} together and none below {LEAST}, recall {RECALL}. Conditions on the component are left aside in
the first eight columns. Loop depth and cold paths of the recall come from Go's own parser (`benchmarks/judge`).
`fmt.Errorf` counts as a cold path there, and what goes to the terminal (`fmt.Print*`, or `os.Stdout` and `os.Stderr` as
the first argument) is no matter of the rule. The text that `fmt.Sprint*` returns counts as on the heap, as the compiler
says inside of fmt. The compiler is silent about channels, which are always on the heap: they are not decided."""
RUST_NOTE = """\
Lines are compared by file and number, in files that the compiler read. langfit does not look into the arguments of
macros, which is where the judge is alone; code that is configured out is seen by langfit only. "One way": the judge
speaks of some of the sites only (locks of std and not those of a crate's own; attributes that could be `expect`), so
only what it says is a test. What is left: clippy takes a SAFETY comment only right above the block or its statement,
langfit up to six lines above, so both are alone about bare blocks at times, and no rule counts the two apart; calls of
`.clone()` that langfit names alone are methods of that name which are not those of `Clone`."""
SHOWN = 12  # disagreements that are listed one by one


def findings_of(std: oracle_go.Std, work: Path) -> set[tuple[str, str, int]]:
    """Return (rule, path, line) of the findings of a scan of exactly the files that the compiler judged."""
    for path in (*std.files, "go.mod"):
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(std.root / path, work / path)
    report = scan(str(work), Options(cache=False))
    return {(finding.rule, finding.path, finding.line) for finding in report.findings}


def ratio(part: int, whole: int) -> str:
    """Return a share with two digits, or a dash."""
    return f"{part / whole:.2f}" if whole else "-"


def escapes(rows: list[oracle_go.Row], std: oracle_go.Std) -> list[str]:
    """Return the table of allocation rules, and every disagreement."""
    out = [
        f"### Allocation rules and escape analysis ({std.version}, {len(oracle_go.PACKAGES)} packages, "
        f"{len(std.files)} files)", "",
        "| rule | places | decided | on the heap | precision | heap places by Go's parser | found | recall "
        "| reported once conditions hold | of these on the heap |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for r in rows:
        right = r.decided - len(r.wrong)
        shown = f"{r.reported_decided - r.reported_wrong} of {r.reported_decided}"
        out.append(
            f"| {r.rule} | {r.selected} | {r.decided} | {right} | {ratio(right, r.decided)} | {r.wanted} "
            f"| {r.wanted - len(r.missed)} | {ratio(r.wanted - len(r.missed), r.wanted)} | {r.reported} | {shown} |"
        )
    decided, wrong = sum(r.decided for r in rows), sum(len(r.wrong) for r in rows)
    wanted, missed = sum(r.wanted for r in rows), sum(len(r.missed) for r in rows)
    out.append(
        f"| together | {sum(r.selected for r in rows)} | {decided} | {decided - wrong} "
        f"| {ratio(decided - wrong, decided)} | {wanted} | {wanted - missed} | {ratio(wanted - missed, wanted)} "
        f"| {sum(r.reported for r in rows)} | |"
    )
    out += ["", GO_NOTE, ""]
    for r in rows:
        for name, places in (("stays on the stack", r.wrong), ("was not selected", r.missed)):
            out += [f"- {r.rule}: `{path}:{line}` {name}: `{_source(std.root / path, line)}`"
                    for path, line, _ in places[:SHOWN]]  # fmt: skip
    return out


def _digits(share: float) -> str:
    return "-" if isnan(share) else f"{share:.2f}"


def _source(path: Path, line: int) -> str:
    return path.read_text(errors="replace").splitlines()[line - 1].strip()[:100].replace("`", "'")


def checks(found: oracle_bounds.Bounds, vetted: oracle_bounds.Vetted) -> list[str]:
    """Return the text about bounds checks and go vet."""
    return [
        "", "### Bounds checks and unsafe conversions", "",
        "| functions with four indexes or more | functions | indexes | checks kept | per index |",
        "|---|---|---|---|---|",
        f"| with a hint (go/bce-hint) | {found.hinted} | {found.hinted_indexes} | {found.hinted_checks} "
        f"| {ratio(found.hinted_checks, found.hinted_indexes)} |",
        f"| without | {found.plain} | {found.plain_indexes} | {found.plain_checks} "
        f"| {ratio(found.plain_checks, found.plain_indexes)} |",
        "", f"{found.live} of {found.hints} hints keep a check on their line, which stands for those after.", "",
        f"`go vet -unsafeptr` objects to {vetted.objected} lines of {', '.join(oracle_bounds.VETTED)}; {vetted.known} "
        f"of them are sites of go/unsafe-conversion, which counts {vetted.sites} lines there: vet names misuse, the "
        "rule use, so only the first direction is a test.",
        *(f"- not a site: `{path}:{line}`" for path, line in vetted.missed[:SHOWN]),
    ]  # fmt: skip


def kernels(std: oracle_go.Std, repos: Path | None) -> list[str]:
    """Return the tables of kernel shares."""
    out = ["", "### Kernel functions", "", "| Go package | kernel share of the code in functions |", "|---|---|"]
    for names in (oracle_kernels.GO_HIGH, oracle_kernels.GO_LOW):
        shares = oracle_kernels.of_packages(std.facts, names)
        out += [f"| {s.name} | {s.share:.2f} |" for s in sorted(shares, key=lambda s: -s.share)]
    if repos is None:
        return [*out, "", "Rust kernels were not ranked: name a folder of clones with `--repos`."]
    high, low, missing = oracle_kernels.ranked(repos)
    out += ["", f"Rust: {len(high)} crates of {', '.join(oracle_kernels.RUST_HIGH)} against {len(low)} crates of "
            f"{', '.join(oracle_kernels.RUST_LOW)}, those with {oracle_kernels.LEAST:,} tokens in functions or more. "
            f"Area under the curve of the ranking by kernel share: **{oracle_kernels.area(high, low):.2f}**.", "",
            "| side | repository and crate | kernel share | tokens in functions |", "|---|---|---|---|"]  # fmt: skip
    for side, shares in (("kernel", high), ("application", low)):
        out += [f"| {side} | {s.name} | {s.share:.2f} | {s.tokens} |" for s in sorted(shares, key=lambda s: -s.share)]
    return out + ([f"\nNot there: {', '.join(missing)}."] if missing else [])


def lints(rows: list[oracle_rust.Agreement], files: int) -> list[str]:
    """Return the table of Rust rules with a lint as judge, and the disagreements."""
    out = [
        "", f"### Rust sites and lints ({', '.join(oracle_rust.CRATES)}; {files} files)", "",
        "| rule | judge | what | lines by langfit | by the judge | both | judge confirms | langfit finds "
        "| judge alone: in macros | langfit alone: under cfg or in macros |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for r in rows:
        confirmed = _digits(r.precision) if r.pair.both else "one way"
        out.append(
            f"| {r.pair.rule} | {r.pair.judge} | {r.pair.about} | {r.sites} | {r.judged} | {r.common} | {confirmed} "
            f"| {_digits(r.recall)} | {r.macro_only} | {r.guarded} |"
        )
    out += ["", RUST_NOTE, ""]
    for r in rows:
        sides = [("the judge", r.judge_only)] + ([("langfit", r.langfit_only)] if r.pair.both else [])
        for name, places in sides:
            for path, line in places[:SHOWN]:
                short = path.split("/src/", 2)[-1].split("/", 1)[-1]
                out.append(f"- {r.pair.about}, named by {name} alone: `{short}:{line}`: `{_source(Path(path), line)}`")
            if len(places) > SHOWN:
                out.append(f"- {r.pair.about}, named by {name} alone: {len(places) - SHOWN} more")
    return out


def judged(repos: Path | None) -> tuple[str, bool]:
    """Return the whole text, and whether the goals are met."""
    parts = ["## Compilers", "", "Written by `make oracle`."]
    good = True
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        work = Path(folder)
        linted = beside.submit(oracle_rust.lint, work / "rust")
        try:
            std = oracle_go.standard_library(work / "go")
            rows = oracle_go.compare(std, load(root()), findings_of(std, work / "std"))
            parts += ["", *escapes(rows, std)]
            parts += checks(oracle_bounds.bounds(std), oracle_bounds.vetted(std, work / "go"))
            parts += kernels(std, repos)
            good = met(rows)
        except LangfitError as problem:
            parts += ["", f"Go was not judged: {problem}"]
            good = False
        try:
            told, roots = linted.result()
            files = oracle_rust.compiled(work / "rust", roots)
            parts += lints(oracle_rust.agreements(told, files), len(files))
        except LangfitError as problem:
            parts += ["", f"Rust was not judged: {problem}"]
            good = False
    return "\n".join(parts), good


def met(rows: list[oracle_go.Row]) -> bool:
    """Tell whether the allocation rules reach their goals, together and one by one."""
    decided, wrong = sum(r.decided for r in rows), sum(len(r.wrong) for r in rows)
    together = decided > 0 and 1 - wrong / decided >= GOAL
    return together and all(not r.precision < LEAST and not r.recall < RECALL for r in rows)


def main() -> int:
    """Judge, print and write; the exit status is 1 when a goal is missed or a judge is absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path)
    parser.add_argument("--write", action="store_true", help="write the part of docs/accuracy.md")
    given = parser.parse_args()
    text, good = judged(given.repos)
    print(text)
    if given.write:
        write_part("compilers", text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
