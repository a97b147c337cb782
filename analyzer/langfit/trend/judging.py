"""Judges one revision and keeps of its report what a trend needs, which is little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pygit2
from msgspec import Struct

from langfit.briefing.advice import coarse_cut
from langfit.cache import FactCache
from langfit.languages import LANGUAGES, language_of
from langfit.languages.paths import folder_of, name_of
from langfit.model.errors import LangfitError
from langfit.model.evidence import Evidence
from langfit.model.report import Component, Deliverable, Report
from langfit.model.rule import Rulebook
from langfit.repository.timeline import Step, Timeline
from langfit.scan import Options, Watch, judge_tree
from langfit.trend.schema import Point

MOST_SIGNS = 24  # rules of one deliverable that are kept, the strongest
MOST_SAID = 8  # notices of one revision
GONE = "missing-object"


class Key(NamedTuple):
    """What a deliverable or component is recognised by over time."""

    language: str
    kind: str
    root: str


class Strength(NamedTuple):
    """What one rule came to."""

    title: str
    suits: str
    strength: float
    value: float
    points: float  # of its weight


class Row(Struct, frozen=True, kw_only=True):
    """A deliverable or component of one revision."""

    key: Key
    name: str
    path: str  # its root file or manifest
    point: Point
    suits: str  # the language that its fit names, "" for neither
    why: str = ""  # why it names neither
    signs: dict[str, Strength]  # by rule
    links: frozenset[str]  # names of components
    structure: frozenset[str] = frozenset()  # reasons whose grounds hold, whatever the fit
    balance: dict[str, float] = {}  # language -> share of the code in components that lean so
    main: float = 0.0  # the lean of the main package by itself


class Assessment(Struct, frozen=True, kw_only=True):
    """What one revision says. `roots` has the folder of each component by its name."""

    rows: tuple[Row, ...]
    roots: dict[str, str]
    skipped: int = 0
    missing: int = 0  # of the skipped files, those whose objects are not there
    notices: tuple[str, ...] = ()


class Bench(NamedTuple):
    """All that judging needs beside a commit: one rule book and one cache for all of them."""

    timeline: Timeline
    book: Rulebook
    options: Options
    watch: Watch
    cache: FactCache | None
    inner: bool  # whether components are wanted as well as deliverables


def judge(commit: str, line: Iterable[Step], bench: Bench) -> Assessment | LangfitError:
    """Return what a revision says, or why it could not be read."""
    try:
        with bench.timeline.at(commit, tuple(line)) as tree:
            return kept(judge_tree(tree, bench.book, bench.options, bench.watch, bench.cache), bench)
    except LangfitError as problem:
        return problem
    except (pygit2.GitError, KeyError, OSError) as problem:  # a damaged object where none was expected
        return LangfitError(f"The commit {commit[:12]} cannot be read ({type(problem).__name__}): run `git fsck`.")


def kept(report: Report, bench: Bench) -> Assessment:
    """Return what is kept of a report."""
    leans = {component.name: component.own_lean for component in report.components}
    rows = [_deliverable(item, leans, bench.book) for item in report.deliverables]
    if bench.inner:
        rows += [_component(c, bench.book) for c in report.components if c.role == "code" and c.fit.why != "small"]
    notices = tuple(said for said in report.notices if said not in bench.timeline.notices)
    said = notices[:MOST_SAID]
    if len(notices) > len(said):
        said = (*said, f"and {len(notices) - len(said):,} notices more.")
    return Assessment(
        rows=tuple(rows),
        roots={component.name: component.root for component in report.components},
        skipped=len(report.skipped),
        missing=sum(row.reason == GONE for row in report.skipped),
        notices=said,
    )


def _deliverable(item: Deliverable, leans: Mapping[str, float], book: Rulebook) -> Row:
    return Row(
        key=Key(item.language, item.kind, item.root),
        name=item.name,
        path=item.path,
        point=Point(item.advice.answer, item.advice.reason, item.fit.lean, item.fit.confidence, item.lines),
        suits=item.fit.suits or "",
        why=item.fit.why,
        signs=_signs((*item.for_, *item.against), book),
        links=frozenset(item.components),
        structure=frozenset(_structure(item)),
        balance={name: share for name, share in item.balance.items() if name in LANGUAGES},
        main=leans.get(item.own[0], 0.0) if len(item.own) == 1 else 0.0,
    )


def _structure(item: Deliverable) -> Iterator[str]:
    """Yield what holds of a deliverable whatever its fit, in the words of the reasons that rest on it."""
    if item.decided is not None:
        yield "decided"
    if item.replaced:
        yield "replaced"
    if item.follows:
        yield "users-of-its-language"
    if item.native:
        yield "already-native"
    if item.lacking:
        yield "lacking-library"
    if any(cut.status == "chatty" for cut in item.cuts):
        yield "not-cuttable"
    if coarse_cut(item) is not None:
        yield "coarse-cut"


def _component(item: Component, book: Rulebook) -> Row:
    return Row(
        key=Key(item.language, item.kind, item.root),
        name=item.name,
        path=item.path,
        point=Point("", item.fit.suits or item.fit.why, item.fit.lean, item.fit.confidence, item.lines),
        suits=item.fit.suits or "",
        why=item.fit.why,
        signs=_signs((*item.for_, *item.against), book),
        links=frozenset((item.name,)),
    )


def _signs(evidence: Iterable[Evidence], book: Rulebook) -> dict[str, Strength]:
    """Return the rules that weigh something, the strongest first."""
    rows = [(row, book.weights.get(row.weight, 0.0)) for row in evidence]
    rows = [(row, points) for row, points in rows if points * row.strength > 0]
    rows.sort(key=lambda pair: (-pair[0].strength * pair[1], pair[0].rule))
    return {
        row.rule: Strength(row.title, row.suits, round(row.strength, 4), row.value, points)
        for row, points in rows[:MOST_SIGNS]
    }


def touched(paths: Iterable[str], row: Row, judged: Assessment) -> int:
    """Count the source files and manifests among paths that belong to a deliverable.

    A file belongs to the component with the nearest root above it; where there is none, to what has the root folder.
    """
    folders: dict[str, bool] = {row.key.root: True}  # root -> whether a component of the deliverable has it
    for name, root in judged.roots.items():
        folders[root] = folders.get(root, False) or name in row.links
    return sum(_belongs(path, folders) for path in paths if _matters(path))


def _matters(path: str) -> bool:
    spoken = LANGUAGES.values()
    return language_of(path) is not None or any(name_of(path) in (*s.manifests, *s.locks) for s in spoken)


def _belongs(path: str, folders: dict[str, bool]) -> bool:
    at = path.rpartition(".")[0]  # a module may be a file beside its folder
    while at and at not in folders:
        at = folder_of(at)
    return folders.get(at or ".", False)
