"""SARIF of a run, a file for each repository, and a table of them for the script that uploads what is new.

Code scanning takes an upload per repository and commit, so one file for the whole fleet would be of no use to it.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from langfit.alerts import alerts_of
from langfit.fleet import keys, place
from langfit.fleet.model import Result, Run
from langfit.formats import render, sanitize
from langfit.model.errors import LangfitError
from langfit.model.report import Report, RuleText
from langfit.model.rule import Rulebook

TABLE = "sarif.tsv"
HEAD = ("repository", "commit", "ref", "file", "sha256", "results")


class Written(NamedTuple):
    """What was written, and where the table of it is."""

    files: int
    results: int
    table: Path


def write(folder: str, run: Run, out: str) -> Written:
    """Write a file for each repository with a result, also where it has no alert: an upload then closes the old ones.

    Raises LangfitError.
    """
    home = Path(out)
    texts = _texts(keys.read(folder, run.terms).book)
    rows = place.read_rows(place.run_path(folder, run.run, place.ROWS))
    lines = ["\t".join(HEAD)]
    results = 0
    try:
        home.mkdir(parents=True, exist_ok=True)
        for row in rows:
            result = place.read_result(folder, row.key) if row.state != "failed" else None
            if result is None:
                continue
            report = _whole(result, texts)
            data = render("sarif", report).encode("utf-8", "replace")
            name = f"{row.key}.sarif"
            place.put(home / name, data)
            count = len(json.loads(data)["runs"][0]["results"]) if alerts_of(report).rows else 0
            results += count
            ref = f"refs/heads/{row.branch}" if row.branch else ""
            cells = (row.id, row.commit, ref, name, sha256(data).hexdigest(), str(count))
            lines.append("\t".join(map(sanitize.clean, cells)))
        place.put(home / TABLE, ("\n".join(lines) + "\n").encode("utf-8", "replace"))
    except OSError as problem:
        reason = problem.strerror or "it cannot be written"
        raise LangfitError(f"{out} cannot be written ({reason}): name another folder by --out.") from None
    return Written(len(lines) - 1, results, home / TABLE)


def _texts(book: Rulebook) -> dict[str, RuleText]:
    return {
        rule.id: RuleText(
            id=rule.id, title=rule.title, suits=rule.suits, family=rule.family, weight=rule.weight, claims=rule.claims,
            why=rule.why, limits=rule.limits, first=rule.first, refute=rule.refute,
        )
        for rule in book.rules
    }  # fmt: skip


def _whole(result: Result, texts: dict[str, RuleText]) -> Report:
    """Return the report of a result with the words of its rules."""
    report = result.report
    used = {finding.rule for finding in report.findings}
    return structs.replace(report, rules=tuple(texts[name] for name in sorted(used) if name in texts))
