"""Reports whose every word is that of somebody else."""

from __future__ import annotations

from typing import Any, get_args

from msgspec import Struct, structs

from golden.report import REPORT
from langfit.model.report import Answer, Change, CutStatus, Difference, Reason, Report, Way
from langfit.model.repository import ComponentKind, ComponentRole, DeliverableKind, FileRole
from langfit.model.rule import Weight

KEPT = ("language", "suits", "schema", "version", "until")


def taken_over(value: Any, text: str) -> Any:
    """Return a value of a report in which each string that comes from a repository is another one."""
    if isinstance(value, tuple):
        return tuple(taken_over(row, text) for row in value)
    if isinstance(value, Struct):
        own = {field.name: getattr(value, field.name) for field in structs.fields(value) if field.name not in KEPT}
        free = {field.name for field in structs.fields(value) if field.type is str}
        return structs.replace(value, **{n: text if n in free else taken_over(row, text) for n, row in own.items()})
    return text if isinstance(value, str) and value not in WORDS else value


WORDS = {
    word
    for kind in (Answer, Reason, Way, CutStatus, DeliverableKind, ComponentKind, ComponentRole, FileRole, Weight)
    for word in get_args(kind)
} | {"place", "component", "inSource", "external", "new", "gone", "changed", "deliverable", "cut", "join", "kernel"}


def report_of(text: str) -> Report:
    """Return a report in which every name and sentence is a text."""
    row = Difference(kind="deliverable", state="new", name=text, before=text, after=text, path=text, sentence=text)
    report = structs.replace(REPORT, change=Change(base="f" * 40, differences=(row,), new=(text,)))
    changed: Report = taken_over(report, text)
    return changed
