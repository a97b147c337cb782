"""Judges a saved JSON report again with the present rules and weights, without reading the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from langfit import __version__, verdicts
from langfit.model import (
    Component,
    Cost,
    Evidence,
    Finding,
    Judged,
    LangfitError,
    Report,
    Rulebook,
    Seam,
    Skipped,
    Span,
    Suppressed,
    Tally,
    Verdict,
)
from langfit.scan import texts

SCHEMA = "langfit/report/1"
LARGEST = 512 << 20  # bytes


def rejudge(path: Path, book: Rulebook) -> Report:
    """The report of a file written by `--format json`, with its verdicts weighed anew.

    Evidence keeps the strength that was measured; its weight and family are those of `book`, and evidence of rules
    that `book` does not have is left out. A seam that was found stays; a new split has none. Raises LangfitError.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise LangfitError(f"{path} is larger than any report; name a file written by langfit scan --format json.")
        saved = msgspec.json.decode(path.read_bytes())
        if not isinstance(saved, dict) or saved.get("schema") != SCHEMA:
            raise LangfitError(f"{path} is no {SCHEMA} report; name a file written by langfit scan --format json.")
        return _report(saved, book)
    except OSError as problem:
        raise LangfitError(f"{path} cannot be read ({problem.strerror}); name an existing report.") from None
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, TypeError, ValueError, RecursionError) as problem:
        raise LangfitError(f"{path} is not a whole report ({problem}); write it again with langfit scan.") from None


def _report(saved: dict[str, Any], book: Rulebook) -> Report:
    components = {row["name"]: _component(row) for row in saved["components"]}
    judged = [_judged(row, components[row["component"]], book) for row in saved["verdicts"]]
    seams = {row["component"]: msgspec.convert(row["seam"], Seam | None) for row in saved["verdicts"]}
    # Every saved verdict stood alone, so each is weighed alone: its parent may not be in the report.
    answers = [structs.replace(v, seam=seams[v.component]) for item in judged for v in verdicts.weigh([item], book)]
    ignored = {(row["component"], row["answer"]): row.get("ignored") or "" for row in saved["verdicts"]}
    return Report(
        version=__version__,
        path=saved["source"]["path"],
        revision=saved["source"]["revision"],
        remote=saved["source"].get("remote", ""),
        branch=saved["source"].get("branch", ""),
        analysed=saved["files"]["analysed"],
        components=tuple(components.values()),
        lines={row["name"]: row["lines"] for row in saved["components"]},
        rules=tuple(texts(book)),
        verdicts=tuple(_ignored(_kept(v), ignored) for v in answers),
        findings=tuple(_finding(row) for row in saved["findings"]),
        skipped=tuple(msgspec.convert(row, Skipped) for row in saved["skipped"]),
        notices=tuple(saved["notices"]),
        suppressed=tuple(_suppressed(row) for row in saved.get("suppressed", ())),
        base=saved.get("base"),
    )


def _kept(verdict: Verdict) -> Verdict:
    """A split without the seam of the scan is a move: where to cut was not looked for."""
    if verdict.answer == "split" and verdict.seam is None:
        return structs.replace(verdict, answer="move")
    return verdict if verdict.answer == "split" else structs.replace(verdict, seam=None)


def _ignored(verdict: Verdict, ignored: dict[tuple[str, str], str]) -> Verdict:
    """A verdict that was ignored, as long as its answer is the same."""
    return structs.replace(verdict, ignored=ignored.get((verdict.component, verdict.answer), ""))


def _suppressed(row: dict[str, Any]) -> Suppressed:
    found = {"finding": msgspec.to_builtins(_finding(row)), "reason": row["reason"]}
    return msgspec.convert(found | {"kind": row.get("kind", "inSource")}, Suppressed)


def _component(row: dict[str, Any]) -> Component:
    return msgspec.convert(row | {k: row.get(k) or "" for k in ("parent", "manifest", "anchor")}, Component)


def _judged(row: dict[str, Any], component: Component, book: Rulebook) -> Judged:
    rules = {rule.id: rule for rule in book.rules}
    evidence = tuple(
        msgspec.convert(e | {"weight": rules[e["rule"]].weight, "family": rules[e["rule"]].family}, Evidence)
        for e in (*row["for"], *row["against"])
        if e["rule"] in rules
    )
    tally = Tally(row["files"], row["lines"], 0, 0, {}, {}, {}, 0, 0, 0, ())
    return Judged(component, tally, evidence, msgspec.convert(row["cost"], Cost), tuple(row["linked_by"]))


def _finding(row: dict[str, Any]) -> Finding:
    span = Span(row["line"], row["column"], row["last_line"], row["last_column"])
    return msgspec.convert({**row, "span": msgspec.to_builtins(span)}, Finding)
