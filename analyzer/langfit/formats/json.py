"""JSON for dashboards and scripts: `langfit/report/2`, the report as it is; keys are added, never changed.

`langfit judge` reads what is written here: `render` and `parse` are each other's inverse.
"""

from __future__ import annotations

from typing import Any

import msgspec

from langfit.formats import door
from langfit.model.errors import LangfitError
from langfit.model.report import SCHEMA, Report

LARGEST = 512 << 20  # bytes
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
    return door.json_text(msgspec.to_builtins(report))


def parse(data: bytes, shown: str) -> Report:
    """Return the report in the bytes of `render`. Raises LangfitError with one sentence for anything else.

    `shown` is the name of the file, for that sentence.
    """
    if len(data) > LARGEST:
        raise LangfitError(f"{shown} is larger than any report; {REMEDY}.")
    try:
        schema = msgspec.json.decode(data, type=_Head).schema
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise LangfitError(f"{shown} is no {SCHEMA}; {REMEDY}.") from None
    if schema == BEFORE:
        raise LangfitError(f"{shown} is a {BEFORE} of langfit 0.1.0, which judged packages; scan again and {REMEDY}.")
    if schema != SCHEMA:
        raise LangfitError(f"{shown} is no {SCHEMA}; {REMEDY}.")
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as problem:
        raise LangfitError(f"{shown} is no whole {SCHEMA} ({str(problem)[:200]}); {REMEDY}.") from None
