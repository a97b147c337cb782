"""What `langfit profile` prints: what a file is, what of it maps to a tree, and why it would or would not be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, to_builtins

from langfit.model.evidence import percent, plural
from langfit.model.measured import Measured, MeasuredFunction, ProfileRow, Share
from langfit.profiles.classes import CLASSES
from langfit.profiles.values import Profile, Read, Remarks, Result, Results

SCHEMA = "langfit/profile/1"
MOST_COMPONENTS = 12
MOST_RESULTS = 20
MOST_CODES = 12
BAR = 20  # characters of a whole
WHAT = {
    "cpu": "a CPU profile",
    "heap": "a heap profile, of what is live",
    "allocs": "a heap profile, of all that was allocated",
    "mutex": "a profile of contended locks",
    "block": "a profile of blocking",
    "goroutine": "a profile of goroutines",
    "threadcreate": "a profile of threads",
    "stacks": "stacks of unknown origin",
    "other": "a profile of another kind",
    "go-benchmarks": "results of Go benchmarks",
    "criterion": "the result of a criterion benchmark",
    "cargo-criterion": "results of criterion benchmarks",
    "go-compiler-text": "remarks of the Go compiler",
    "go-compiler-json": "remarks of the Go compiler",
    "cargo-messages": "messages of rustc and clippy",
}
JOINED = "used: what is said of a line joins the evidence of that line"
RESULTS = "used to refute and not to confirm: benchmarks run what they were written for"


class About(Struct, frozen=True):
    """What of a profile maps to a tree."""

    row: ProfileRow
    classes: dict[str, Share]
    components: dict[str, Measured]
    deliverables: dict[str, Measured]
    functions: tuple[MeasuredFunction, ...]
    rest: dict[str, Share]  # what samples without code of the tree are


class Answer(Struct, frozen=True):
    """What a file is, and for a profile what of it maps."""

    found: Read
    about: About | None


def share_text(share: Share) -> str:
    """Return a share with its interval: `9.1% (7.3-11.2)`."""
    if not share.n:
        return percent(share.share)
    return f"{share.share:.1%} ({100 * share.low:.1f}-{100 * share.high:.1f})"


def text(answer: Answer) -> str:
    """Return the answer as text."""
    found, about = answer.found, answer.about
    if isinstance(found, Results):
        return "\n".join(_results(found))
    if isinstance(found, Remarks):
        return "\n".join(_diagnostics(found))
    assert about is not None
    lines = [f"{found.path}: {WHAT[found.kind]}", *_facts(found, about.row)]
    lines.append(_use(about.row))
    lines += [f"  {note}" for note in about.row.notes]
    if about.row.user is not None and about.row.known is not None and about.row.found is not None:
        lines += [
            "",
            "Shares of the samples:",
            f"  user   {share_text(about.row.user)}, with a function of this repository",
            f"  known  {share_text(about.row.known)}, in functions that anybody knows",
            f"  found  {share_text(about.row.found)} of user, in functions that this revision has",
        ]
    if found.negative:
        return "\n".join(lines)
    lines += _classes(about.classes)
    lines += _measured("Components", about.components)
    lines += _measured("Deliverables", about.deliverables)
    lines += _functions(about.functions)
    if about.rest:
        lines += ["", "Without code of this repository:"]
        lines += [f"  {share_text(share):22} {name}" for name, share in about.rest.items()]
    return "\n".join(lines)


def _use(row: ProfileRow) -> str:
    return f"  {row.why}" if row.used else f"  not used: {row.why}"


def _facts(found: Profile, row: ProfileRow) -> Iterable[str]:
    said = [plural(found.samples, "sample")] if found.samples is not None else [plural(found.rows, "stack")]
    if found.duration:
        said.append(f"in {found.duration:.1f} s")
    if found.cores is not None:
        said.append(f"{found.cores:.2f} cores used")
    if row.taken:
        said.append(f"taken {row.taken}")
    if found.binary:
        said.append(f"of {found.binary}")
    if row.benchmark:
        said.append("a benchmark")
    yield f"  {', '.join(said)}"


def _classes(classes: Mapping[str, Share]) -> list[str]:
    if not classes:
        return []
    rows = sorted(classes.items(), key=lambda row: -row[1].share)
    return ["", "What the time is for:", *(f"  {share_text(share):22} {CLASSES[name]}" for name, share in rows)]


def _measured(title: str, rows: Mapping[str, Measured]) -> list[str]:
    if not rows:
        return []
    ranked = sorted(rows.items(), key=lambda row: (-row[1].exclusive.share, -row[1].any.share, row[0]))
    lines = ["", f"{title}, by the share whose innermost function of the repository is theirs:"]
    for name, row in ranked[:MOST_COMPONENTS]:
        bar = "#" * round(BAR * row.exclusive.share)
        bound = f", at most {row.bound:.2f} times as fast without it" if row.bound is not None else ""
        lines.append(f"  {bar:{BAR}} {share_text(row.exclusive)} {name}")
        lines.append(f"  {'':{BAR}} own {share_text(row.own)}, any {share_text(row.any)}{bound}")
    if len(ranked) > MOST_COMPONENTS:
        lines.append(f"  and {len(ranked) - MOST_COMPONENTS:,} more (--format json has all)")
    return lines


def _functions(rows: Iterable[MeasuredFunction]) -> list[str]:
    lines = [
        f"  {share_text(row.exclusive):22} {row.name} in {row.component or 'no component'}"
        + (f", {row.path}:{row.line}" if row.path else ", which this revision does not have")
        for row in rows
    ]
    return ["", "Hottest functions of the repository:", *lines] if lines else []


def _results(found: Results) -> Iterable[str]:
    yield f"{found.path}: {WHAT[found.kind]}, {plural(len(found.results), 'benchmark')}"
    yield f"  {RESULTS}"
    yield from (f"  {note}" for note in found.notes)
    for row in found.results[:MOST_RESULTS]:
        values = ", ".join(f"{middle:g} {unit}" for unit, (middle, _, _) in row.values.items())
        yield f"  {row.name or 'a benchmark'}: {values}{f', {row.package}' if row.package else ''}"
    if len(found.results) > MOST_RESULTS:
        yield f"  and {len(found.results) - MOST_RESULTS:,} more (--format json has all)"


def _diagnostics(found: Remarks) -> Iterable[str]:
    version = f" ({found.version})" if found.version else ""
    yield f"{found.path}: {WHAT[found.kind]}{version}, {plural(len(found.remarks), 'remark')}"
    yield f"  {JOINED}"
    yield from (f"  {note}" for note in found.notes)
    codes = Counter(row.code or row.level or "no code" for row in found.remarks)
    for code, count in codes.most_common(MOST_CODES):
        yield f"  {count:6,} {code}"


def data(answer: Answer) -> dict[str, Any]:
    """Return the answer as data, schema `langfit/profile/1`."""
    found, about = answer.found, answer.about
    head = {"schema": SCHEMA, "path": found.path, "kind": found.kind, "what": WHAT[found.kind]}
    if isinstance(found, Results):
        return head | {"results": [_result(row) for row in found.results], "notes": list(found.notes)}
    if isinstance(found, Remarks):
        rows = [row._asdict() for row in found.remarks]
        return head | {"version": found.version, "remarks": rows, "notes": list(found.notes)}
    assert about is not None
    return head | {
        "profile": to_builtins(about.row),
        "classes": to_builtins(about.classes),
        "components": to_builtins(about.components),
        "deliverables": to_builtins(about.deliverables),
        "functions": to_builtins(about.functions),
        "rest": to_builtins(about.rest),
    }


def _result(row: Result) -> dict[str, Any]:
    values = {unit: {"middle": a, "least": b, "greatest": c} for unit, (a, b, c) in row.values.items()}
    return {"package": row.package, "name": row.name, "runs": row.runs, "values": values}
