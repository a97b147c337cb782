"""JSON for dashboards and scripts: `langfit/report/2`, the report as it is; keys are added, never changed.

`langfit judge` reads what is written here: `render` and `parse` are each other's inverse.
"""

from __future__ import annotations

from typing import Any

import msgspec

from langfit.formats import sanitize
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.report import SCHEMA, Component, Deliverable, Report
from langfit.toml.diagnostics import shorten

LARGEST = 128 << 20  # bytes; those of the largest repositories have a tenth of it
BEFORE = "langfit/report/1"  # of version 0.1.0: verdicts of packages, which say nothing about what ships
REMEDY = "write one with `langfit scan --format json`"

_DECODER = msgspec.json.Decoder(Report)


class _Head(msgspec.Struct):
    schema: str = ""


def schema() -> dict[str, Any]:
    """Return the JSON schema of a report, Draft 2020-12: the structs of `langfit.model.report`."""
    made = msgspec.json.schema(Report)
    titled = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA}
    return {**titled, "description": "What `langfit scan --format json` writes.", **made}


def render(report: Report) -> str:
    """Return the whole report. Rows are sorted by name or place, so that two reports of one revision are equal.

    Strings are as they are in the repository, except that bytes which are not UTF-8 become U+FFFD: whoever prints them
    must do the escaping.
    """
    return sanitize.json_text(msgspec.to_builtins(report))


def parse(data: bytes, shown: str) -> Report:
    """Return the report in the bytes of `render`. Raises LangfitError with one sentence for anything else.

    `shown` is the name of the file, for that sentence.
    """
    if len(data) > LARGEST:
        raise LangfitError(f"{shown} is larger than any report; {REMEDY}.")
    try:
        schema = msgspec.json.decode(data, type=_Head).schema
        if schema == BEFORE:
            why = "which judged packages; scan again and"
            raise LangfitError(f"{shown} is a {BEFORE} of langfit 0.1.0, {why} {REMEDY}.")
        if schema != SCHEMA:
            raise LangfitError(f"{shown} is no {SCHEMA}; {REMEDY}.")
        report = _DECODER.decode(data)
        _check_languages(report)
    except RecursionError:
        raise LangfitError(f"{shown} is nested too deeply for a {SCHEMA}; {REMEDY}.") from None
    except (msgspec.MsgspecError, ValueError) as problem:
        raise LangfitError(f"{shown} is no whole {SCHEMA} ({str(problem)[:200]}); {REMEDY}.") from None
    return report


def _check_languages(report: Report) -> None:
    """Raise ValueError for a name that is none of a language; all else that may be named wrongly is only shown."""
    findings = (*report.findings, *(row.finding for row in report.suppressed))
    gone = report.change.gone if report.change is not None else ()
    named: set[str | None] = {*(row.suits for row in report.rules), *(row.suits for row in (*findings, *gone))}
    judged: tuple[Deliverable | Component, ...] = (*report.deliverables, *report.components)
    for row in judged:
        named |= {row.language, row.fit.suits, *(one.suits for one in (*row.for_, *row.against))}
    for item in report.deliverables:
        named |= {*item.balance} - {"neither"}
        named |= {one.language for one in (item.twin, item.decided) if one is not None}
    wrong = sorted(name for name in named - {*LANGUAGES, None} if name is not None)
    if wrong:
        raise ValueError(f"{shorten(wrong[0])} is no language")
