"""What changed between two revisions: deliverables, advice, cuts, joins, kernels and findings.

A base is read as honestly as the head: what could not be read there is never new, a folder that it lacks is an empty
tree, and a file that only moved brings nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import structs

from langfit.baseline import Identity, identity
from langfit.briefing.brief import advised
from langfit.evidence.findings import stable_name
from langfit.filetree import Entry, Unreadable, blob_id
from langfit.languages import LANGUAGES, language_of
from langfit.languages.paths import folder_of
from langfit.model.errors import LangfitError
from langfit.model.evidence import plural
from langfit.model.report import Change, Component, Deliverable, Difference, Finding, Kernel, Report
from langfit.model.rule import Rulebook
from langfit.repository import Repository

MARGIN = 0.05  # of the lean, beyond a threshold, before an answer changes between two revisions
MOST_KERNELS = 5  # new kernels that are named one by one


class _Pair(NamedTuple):
    """A deliverable in both revisions."""

    old: Deliverable
    new: Deliverable


def blobs_of(tree: Repository) -> dict[str, str]:
    """Return the blob of each source file of a tree, "" for one that cannot be read.

    Files on disk are hashed where only that can tell, so that one that moved is known before anybody commits it.
    """
    entries = [entry for entry in tree.entries() if entry.mode == "file" and language_of(entry.path) is not None]
    return {entry.path: entry.blob or _hashed(tree, entry) for entry in entries}


def _hashed(tree: Repository, entry: Entry) -> str:
    try:
        return blob_id(tree.read(entry))
    except Unreadable:
        return ""


def since(
    head: Report, old: Report, base: str, blobs: Mapping[str, str], old_blobs: Mapping[str, str], book: Rulebook
) -> Report:
    """Return a report with what changed since another one; findings that the base has are left out.

    `blobs` and `old_blobs` are those of the source files of both trees. Raises LangfitError where objects of the base
    are not in this clone.
    """
    missing = [row.path for row in old.skipped if row.reason == "missing-object"]
    if missing:
        raise LangfitError(
            f"{plural(len(missing), 'file')} of the base {base[:12]} are not in this clone ({missing[0]} for one):"
            f" run `git fetch --refetch --no-filter origin {base}`; in GitHub Actions, leave out `filter` of"
            " actions/checkout."
        )
    kept = tuple(settled(item, old, book) for item in head.deliverables)
    moved = _moved(blobs, old_blobs)
    untold = {row.path for row in old.skipped if language_of(row.path) is not None or row.reason == "bad-manifest"}
    unlike = _unlike(head, untold)
    known = {mark for f in (*old.findings, *(row.finding for row in old.suppressed)) for mark in _marks(f, f.path)}
    fresh = [
        f
        for f in head.findings
        if not known.intersection(_then(f, moved))
        and moved.get(f.path, f.path) not in untold
        and not (f.level == "component" and f.component in unlike)
    ]
    now = {mark for f in (*head.findings, *(row.finding for row in head.suppressed)) for mark in _then(f, moved)}
    gone = tuple(f for f in old.findings if not now.intersection(_marks(f, f.path)) and f.component not in unlike)
    comparable = [item for item in kept if unlike.isdisjoint((*item.components, *item.own))]
    passed = {item.fingerprint for item in kept} - {item.fingerprint for item in comparable}
    before = [item for item in old.deliverables if item.fingerprint not in passed]
    differences = (
        *_deliverables(comparable, before),
        *_kernels([c for c in head.components if c.name not in unlike], old.components, untold, moved),
    )
    change = Change(
        base=base,
        differences=differences,
        new=tuple(_news(comparable, before)),
        gone=gone,
        untold=tuple(sorted(untold)),
    )
    notices = head.notices
    if untold:
        said = f"{plural(len(untold), 'file')} of the base could not be read ({min(untold)} for one)"
        notices = (*notices, f"{said}: nothing in them is new.")
    return structs.replace(head, deliverables=kept, findings=tuple(fresh), change=change, notices=notices)


def _moved(blobs: Mapping[str, str], old_blobs: Mapping[str, str]) -> dict[str, str]:
    """Return where files that only moved were before: the same bytes at a path that is gone or holds others now."""
    gone: dict[str, list[str]] = {}
    for path, blob in sorted(old_blobs.items()):
        if blobs.get(path) != blob:
            gone.setdefault(blob, []).append(path)
    found = {}
    for path, blob in sorted(blobs.items()):
        if old_blobs.get(path) != blob and gone.get(blob):
            found[path] = gone[blob].pop(0)
    return found


def _marks(finding: Finding, path: str) -> Iterable[Identity]:
    """Yield what a finding is known by when its file is at a path.

    What holds for a component goes by its place as well: where the folder of a package moves, its name changes.
    """
    finding = structs.replace(finding, path=path)
    yield identity(finding)
    if finding.level == "component":
        yield finding.rule, path, "component"


def _then(finding: Finding, moved: Mapping[str, str]) -> Iterable[Identity]:
    """Yield what a finding is known by where its file was in the base."""
    return _marks(finding, moved[finding.path]) if finding.path in moved else (identity(finding),)


def _unlike(head: Report, untold: Iterable[str]) -> set[str]:
    """Return the components with files that could be read in the head alone: a base says nothing about those."""
    found: set[str] = set()
    for path in {*untold} - {row.path for row in head.skipped}:
        if language_of(path) is None:  # a manifest, which names all that is below it
            folder = folder_of(path)
            found |= {c.name for c in head.components if not folder or f"{c.root}/".startswith(f"{folder}/")}
            continue
        holders = [c for c in head.components if c.root == "." or path.startswith((f"{c.root}/", f"{c.root}."))]
        if holders:
            found.add(max(holders, key=lambda c: len(c.root) if c.root != "." else 0).name)
    return found


def settled(item: Deliverable, old: Report, book: Rulebook) -> Deliverable:
    """Return a deliverable whose answer only changes beyond a margin."""
    before = next((other for other in old.deliverables if other.fingerprint == item.fingerprint), None)
    if before is None or before.fit.suits == item.fit.suits:
        return item
    suits = before.fit.suits or item.fit.suits
    if suits is None:
        return item
    least = book.thresholds.suits if suits == item.language else book.thresholds.leave
    if abs(item.fit.lean * LANGUAGES[suits].pole - least) > MARGIN:
        return item
    why = "" if before.fit.suits is not None else before.fit.why
    fit = structs.replace(item.fit, suits=before.fit.suits, why=why)
    return advised(structs.replace(item, fit=fit), book)


def _news(items: Iterable[Deliverable], old: Iterable[Deliverable]) -> Iterable[str]:
    """Yield the fingerprints of deliverables and cuts whose advice is new."""
    before = {item.fingerprint: item for item in old}
    for item in items:
        known = before.get(item.fingerprint)
        if known is None or known.advice.answer != item.advice.answer:
            yield item.fingerprint
        cuts = {cut.fingerprint for cut in known.cuts if cut.status == "coarse"} if known is not None else set()
        yield from (cut.fingerprint for cut in item.cuts if cut.status == "coarse" and cut.fingerprint not in cuts)


def _deliverables(items: Iterable[Deliverable], old: Iterable[Deliverable]) -> Iterable[Difference]:
    before = {item.fingerprint: item for item in old}
    now = {item.fingerprint: item for item in items}
    for mark, item in now.items():
        if mark not in before:
            yield Difference(
                kind="deliverable", state="new", name=item.name, after=answer_text(item), path=item.path,
                line=item.line, sentence=item.advice.sentence,
            )  # fmt: skip
        else:
            yield from _changed(_Pair(before[mark], item))
    for mark, item in before.items():
        if mark not in now:
            yield Difference(kind="deliverable", state="gone", name=item.name, before=answer_text(item), path=item.path)


def _changed(pair: _Pair) -> Iterable[Difference]:
    old, new = pair
    if (old.advice.answer, old.advice.reason) != (new.advice.answer, new.advice.reason):
        yield Difference(
            kind="deliverable", state="changed", name=new.name, before=answer_text(old), after=answer_text(new),
            path=new.path, line=new.line, sentence=new.advice.sentence,
        )  # fmt: skip
    cuts, joins = {c.root: c for c in old.cuts}, {(j.to, j.by): j for j in old.joins if j.internal}
    for cut in new.cuts:
        known = cuts.pop(cut.root, None)
        if known is None or known.status != cut.status:
            yield Difference(
                kind="cut", state="new" if known is None else "changed", name=f"{new.name}: {cut.root}",
                before=known.status if known is not None else "", after=cut.status, path=cut.path, line=cut.line,
            )  # fmt: skip
    for cut in cuts.values():
        yield Difference(kind="cut", state="gone", name=f"{new.name}: {cut.root}", before=cut.status, path=cut.path)
    for join in new.joins:
        if join.internal and joins.pop((join.to, join.by), None) is None:
            yield Difference(
                kind="join", state="new", name=f"{new.name} to {join.to}", after=join.by, path=join.path, line=join.line
            )
    for join in joins.values():
        yield Difference(kind="join", state="gone", name=f"{new.name} to {join.to}", before=join.by, path=join.path)


def answer_text(item: Deliverable) -> str:
    """Return an advice with its lean, as it is shown beside another one: `stay -0.70`."""
    return f"{item.advice.answer} {item.fit.lean:+.2f} ({item.advice.reason})"


def _kernels(
    components: Iterable[Component], old: Iterable[Component], untold: set[str], moved: Mapping[str, str]
) -> Iterable[Difference]:
    """Yield the kernels that the base does not have, the largest first."""
    before = {(stable_name(c.name), k.name) for c in old for k in c.kernels}
    places = {(k.path, k.name) for c in old for k in c.kernels}
    found: list[tuple[Kernel, Component]] = []
    for component in components:
        for kernel in component.kernels if component.role == "code" else ():
            path = moved.get(kernel.path, kernel.path)
            known = (stable_name(component.name), kernel.name) in before or (path, kernel.name) in places
            if not known and path not in untold:
                found.append((kernel, component))
    found.sort(key=lambda row: (-row[0].lines, row[0].path, row[0].line))
    for kernel, component in found[:MOST_KERNELS]:
        inside = component.deliverables[0] if component.deliverables else component.name
        yield Difference(
            kind="kernel",
            state="new",
            name=kernel.name,
            after=plural(kernel.lines, "line"),
            path=kernel.path,
            line=kernel.line,
            sentence=f"{kernel.name} computes in {plural(kernel.lines, 'line')}, linked into {inside}.",
        )
    if len(found) > MOST_KERNELS:
        yield Difference(kind="kernel", state="new", name=f"{len(found) - MOST_KERNELS} more functions that compute")
