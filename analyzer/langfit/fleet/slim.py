"""A report as a fleet keeps it: without the words of rules, which are the same for all, and without lines of code."""

from __future__ import annotations

import os
from collections.abc import Iterable

from msgspec import structs

from langfit.languages import LANGUAGES
from langfit.languages.paths import name_of
from langfit.model.errors import LangfitError
from langfit.model.evidence import Evidence, plural
from langfit.model.report import Component, Deliverable, Report
from langfit.repository.gitdir import common_folder, leads_to

MOST_MISSING = 0.5  # share of the source files of a partial clone


def slim(report: Report, *, with_code: bool, path: str) -> Report:
    """Return what is kept of a report on the repository at `path`.

    Raises LangfitError where a partial clone lacks so many files that the report would mislead.
    """
    missing = [row.path for row in report.skipped if row.reason == "missing-object"]
    if missing and is_partial(path) and _misleads(missing, report.files.analysed):
        raise LangfitError(
            f"This is a partial clone without {plural(len(missing), 'file')} of its source, such as {missing[0]}: clone"
            " it with `--depth 1` and without `--filter`."
        )
    report = structs.replace(report, rules=())
    if with_code:
        return report
    return structs.replace(
        report,
        deliverables=tuple(_bare(item) for item in report.deliverables),
        components=tuple(_bare_component(item) for item in report.components),
        findings=tuple(structs.replace(row, code="") for row in report.findings),
        suppressed=tuple(
            structs.replace(row, finding=structs.replace(row.finding, code="")) for row in report.suppressed
        ),
    )


def _misleads(missing: list[str], analysed: int) -> bool:
    """Whether so much is missing that a report would say something else: a manifest, or most of the source."""
    manifests = {name for spoken in LANGUAGES.values() for name in spoken.manifests}
    return len(missing) > MOST_MISSING * (analysed + len(missing)) or any(
        name_of(path) in manifests for path in missing
    )


def _bare(item: Deliverable) -> Deliverable:
    return structs.replace(item, for_=_without_code(item.for_), against=_without_code(item.against))


def _bare_component(item: Component) -> Component:
    return structs.replace(item, for_=_without_code(item.for_), against=_without_code(item.against))


def _without_code(rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(structs.replace(row, code="") for row in rows)


def is_partial(path: str) -> bool:
    """Whether git left blobs out of a clone, to fetch them when they are asked for."""
    start = os.fsencode(path)
    git = leads_to(start + b"/.git") or start
    try:
        names = os.listdir(common_folder(git) + b"/objects/pack")
    except OSError:
        return False
    return any(name.endswith(b".promisor") for name in names)
