"""The tables of docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.speed.corpora import BACK
from benchmarks.speed.goals import MEGABYTE, Goal, over
from benchmarks.speed.peers import PEERS, Peers
from benchmarks.speed.processes import Failed, Medians, ratio, run
from benchmarks.speed.rounds import Measured
from benchmarks.speed.single import FEW, FORMS, MANY, RESULTS, TIMES
from langfit import __version__

Cell = str | float | int | None


def table(head: str, rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table; seconds and ratios get two digits behind the point, what is missing a dash."""
    names = [name.strip() for name in head.split("|")]
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell.replace("|", "\\|").replace("\n", " ")


def setting(
    peers: Peers, rounds: int, remark: str, measured: Sequence[Measured], absent: Sequence[tuple[str, str]]
) -> str:
    """When, on what, with which versions and corpora; the `remark` is of who started the run."""
    try:
        go = run(["go", "env", "GOVERSION"]).out.strip()
    except Failed:
        go = "not installed"
    packages = ("tree-sitter", "tree-sitter-go", "tree-sitter-rust", "pygit2", "msgspec")
    versions = [("langfit", __version__), ("Python", platform.python_version())]
    versions += [(name, version(name)) for name in packages]
    versions += [(peer, peers.version(peer)) for peer in PEERS] + [("Go", go)]
    listed = ", ".join(f"{name} {number}" for name, number in versions)
    rows: list[Sequence[Cell]] = [
        (m.corpus.name, m.corpus.version, m.size.files, round(m.size.size / MEGABYTE, 1), m.size.parsed)
        for m in measured
    ]
    rows += [(name, f"not measured: {reason}", None, None, None) for name, reason in absent]
    day = datetime.now(UTC).date().isoformat()
    taken = f"Taken on {day}, on {os.cpu_count()} cores ({_processor()}), rounds: {rounds}. {remark}".strip()
    return f"{taken}\n\n{listed}\n\n" + table("corpus | revision | source files | MB | parsed by langfit", rows)


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("ascii", "replace")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def cold(measured: Sequence[Measured]) -> str:
    """Return the parse floor, cold and warm scans, and memory."""
    head = (
        "corpus | floor CPU s | floor of parsed files | cold CPU s | over floor | cold wall s | warm wall s"
        " | warm over cold | peak PSS MB"
    )
    rows = [
        (
            m.corpus.name, m.figures["floor"], m.figures["floor of parsed"], m.figures["cold cpu"],
            ratio(m.figures["cold cpu"], m.figures["floor"]), m.figures["cold"], m.figures["warm"],
            ratio(m.figures["warm"], m.figures["cold"]), ratio(m.figures["memory"], MEGABYTE),
        )
        for m in measured
    ]  # fmt: skip
    return table(head, rows)


def changes(measured: Sequence[Measured]) -> str:
    """Return scans after a change, beside the cold scan of what has changed."""
    head = "corpus | change | files changed | blobs read (parsed) | wall s | these files alone, cold s | over allowance"
    rows: list[Sequence[Cell]] = []
    for m in measured:
        pairs = (("one", "one file", 1), ("back", f"{BACK} commits back", m.counts.get("changed")))
        for key, words, number in pairs:
            read = f"{m.counts[key]} ({m.counts[f'{key} parsed']})" if key in m.counts else m.figures.missing.get(key)
            alone = m.figures[f"{key} alone"]
            rows.append((m.corpus.name, words, number, read, m.figures[key], alone, over(m.figures, key)))
    return table(head, rows)


def peers(measured: Sequence[Measured]) -> str:
    """Cold scans beside ast-grep and semgrep."""
    head = (
        "corpus | langfit wall s (CPU) | ast-grep | langfit over it | ast-grep, files that langfit parses"
        " | semgrep | langfit over it"
    )
    rows = [
        (
            m.corpus.name, _both(m, "cold"), _both(m, "ast-grep"), ratio(m.figures["cold"], m.figures["ast-grep"]),
            _both(m, "ast-grep parsed"), _both(m, "semgrep"), ratio(m.figures["cold"], m.figures["semgrep"]),
        )
        for m in measured
    ]  # fmt: skip
    return table(head, rows)


def _both(m: Measured, name: str) -> str:
    wall, cpu = m.figures[name], m.figures[f"{name} cpu"]
    return f"{wall:.2f} ({cpu:.2f})" if wall is not None and cpu is not None else m.figures.missing.get(name, "-")


def small(once: dict[str, Medians]) -> str:
    """Return what is measured once, whatever the corpora."""
    start, results, few, scale = once["starts"], once["results"], once["rules"], once["scaling"]
    rows = [
        ("--help, wall", start.least("help"), start["help"]),
        ("one-file repository, empty cache folder, wall", start.least("first"), start["first"]),
        ("one-file repository, its file changed, wall", start.least("again"), start["again"]),
    ]
    rows += [(f"{RESULTS:,} findings to {form}", results.least(form), results[form]) for form in FORMS]
    rows += [
        (f"{number} rules, cold {key}", few.least(f"{key} {number}"), few[f"{key} {number}"])
        for key in ("facts", "wall", "cpu")
        for number in (MANY, FEW)
    ]
    for number in (1, TIMES):
        files = scale[f"files {number}"]
        where = f"{files:,.0f} files of {TIMES} copies" if number > 1 and files else f"{files or 0:,.0f} files"
        for key in ("wall", "cpu"):
            rows.append((f"{where}, cold {key}", scale.least(f"{key} {number}"), scale[f"{key} {number}"]))
    text = table("what | least s | median s", rows)
    memory = [scale[f"memory {number}"] for number in (1, TIMES)]
    if memory[0] and memory[1]:
        text += f"\n\nPeak PSS of these: {memory[0] / MEGABYTE:.0f} MB and {memory[1] / MEGABYTE:.0f} MB."
    missing = [f"{name}: {why}" for part in once.values() for name, why in part.missing.items()]
    return "\n\n".join([text, *(f"Not measured: {row}" for row in missing)])


def goal_table(rows: Sequence[Goal]) -> str:
    """Every goal, its figure, and whether it is met."""

    def amount(number: float | None, unit: str) -> str:
        return "-" if number is None else f"{number:.3g} {unit}".strip()

    cells = [(g.words, amount(g.limit, g.unit), amount(g.figure, g.unit), g.where, g.outcome) for g in rows]
    return table("goal | at most | figure | on | outcome", cells)
