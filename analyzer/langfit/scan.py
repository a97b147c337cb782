"""The route: from a path and a revision to a report, one call per stage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from langfit import __version__, baseline, compare, suppressions
from langfit.baseline import Known
from langfit.briefing.brief import Context, deliverables_of
from langfit.briefing.cuts import Kernels
from langfit.cache import FactCache
from langfit.conclusion import conclusion_of, notices_of, texts_of
from langfit.config.settings import Config
from langfit.evidence.findings import MOST, Reporting, findings_of
from langfit.evidence.gather import Gathered
from langfit.facts import store
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.facts.store import Limits, Request
from langfit.fit.assess import Assessed, Assessor, reported, sides
from langfit.globs import chooser
from langfit.inventory.files import Listing, listing
from langfit.inventory.settle import settle
from langfit.languages import LANGUAGES
from langfit.languages.paths import folder_of, name_of, nearest
from langfit.model import report
from langfit.model.evidence import plural
from langfit.model.notices import few
from langfit.model.report import Finding, Report
from langfit.model.repository import File, Inventory, Skipped
from langfit.model.rule import Rulebook
from langfit.model.summary import PREPROCESSOR, FileSummary, SyntaxErrors
from langfit.model.suppression import ConfigSuppression
from langfit.repository import Repository, open_repository
from langfit.repository.history import History
from langfit.rulefiles import root

if TYPE_CHECKING:  # not loaded where there is no profile
    from langfit.measuring import Measurements
    from langfit.profiles.place import Functions

DEFAULTS = Config()
MOST_BROKEN = 0.5  # share of a file inside errors, from which its suffix is taken for that of another language


class Options(Struct, frozen=True, kw_only=True):
    """What a scan is asked to do. Gitignore patterns see a path with `above` before it."""

    revision: str | None = None
    base: str | None = None
    baseline: str | None = None  # path of the file
    components: dict[str, tuple[str, ...]] = {}
    packs: tuple[str, ...] = ()
    jobs: int = DEFAULTS.jobs
    timeout: float = DEFAULTS.timeout
    max_size: int = DEFAULTS.max_size
    cache: bool = True
    profiles: tuple[str, ...] = ()  # FILE or FILE:kind
    committed_profiles: bool = True  # whether those that the tree holds are read
    follow_git_links: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignores: tuple[ConfigSuppression, ...] = ()
    above: str = ""
    notices: tuple[str, ...] = ()  # sentences about the settings, for the report

    def seen(self, path: str) -> str:
        """Return a path of the tree as patterns see it."""
        return f"{self.above}/{path}" if self.above else path


class Watch:
    """Told what happens on the way: stage times and counts for --timing, progress for a bar."""

    def __init__(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.progress = progress
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Book the time since the last lap to a stage."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now

    def count(self, name: str, number: int) -> None:
        """Count an event."""
        self.counts[name] = self.counts.get(name, 0) + number


def scan(path: str, options: Options, watch: Watch | None = None, book: Rulebook | None = None) -> Report:
    """Scan a work tree, a bare repository or a folder. Raises LangfitError with what to do.

    `book` are the rules, if they are loaded already; otherwise the shipped ones with `options.packs`.
    """
    watch = watch or Watch()
    known = baseline.read(options.baseline) if options.baseline is not None else None
    book = book or _loaded(options)
    watch.lap("rules")
    with _facts_kept(options) as cache:
        found = _scan(path, book, options, watch, cache, known)
    extra = (*options.notices, *(cache.notices if cache is not None else ()))
    return structs.replace(found, notices=(*found.notices, *extra)) if extra else found


def _loaded(options: Options) -> Rulebook:
    from langfit.rulebook import load  # whoever brings a book needs none of it

    return load(root(), [Path(pack) for pack in options.packs])


@contextmanager
def _facts_kept(options: Options) -> Iterator[FactCache | None]:
    """Give the user's cache, or one for the length of a scan of two revisions.

    Most files are the same in two revisions, so facts are worth keeping even where there is no cache to be used.
    """
    with ExitStack() as stack:
        cache = FactCache() if options.cache else None
        if options.base is not None and (cache is None or not cache.usable):
            said = cache.notices if cache is not None else []
            with suppress(OSError):  # without a place for them, facts are made twice: slower, and nothing else
                cache = FactCache(Path(stack.enter_context(TemporaryDirectory(prefix="langfit-"))))
                cache.notices[:0] = said
        if cache is not None:
            stack.callback(cache.close)
        yield cache


def _scan(
    path: str, book: Rulebook, options: Options, watch: Watch, cache: FactCache | None, known: Known | None
) -> Report:
    with open_repository(path, options.revision, follow=options.follow_git_links) as tree:
        watch.lap("repository")
        # Before anything slow, and never a full report instead: a base that is missing ends the scan.
        base = tree.merge_base(options.base) if options.base is not None else None
        head = judge_tree(tree, book, options, watch, cache)
        found = head
        if base is not None:
            if cache is not None:
                cache.flush()
            with open_repository(path, base, missing_folder="empty", follow=options.follow_git_links) as before:
                old = judge_tree(before, book, options, watch, cache)
                old_blobs = compare.blobs_of(before)
            found = compare.since(head, old, base, compare.blobs_of(tree), old_blobs, book)
        if known is not None:
            found = baseline.apply(found, known, options.baseline or "", tree.under, whole=head)
        return found


def judge_tree(
    tree: Repository, book: Rulebook, options: Options, watch: Watch, cache: FactCache | None = None
) -> Report:
    """Return the report on one tree, as it is."""
    found = listing(tree, _judged(options))
    watch.lap("inventory")
    measures = {name: Measures(book, name) for name in LANGUAGES}
    summaries, skipped, errors, notices = _summaries(tree, found, measures, options, watch, cache)
    foreign = {row.path for row in skipped if row.reason == "other-language"}
    found = found._replace(files=[file for file in found.files if file.path not in foreign])
    watch.lap("facts")
    inventory = settle(found, summaries, options.components)
    watch.lap("inventory")
    gathered = Gathered(inventory, summaries, book, measures)
    gathered.add(inventory, summaries)
    assessor = Assessor(inventory, gathered, book)
    assessed = assessor.components()
    watch.lap("evidence")
    history = tree.history()
    kernels = Kernels(inventory, summaries)
    findings, left = findings_of(_asked(assessed), gathered, book.thresholds)
    watch.lap("findings")
    measured = _measured(tree, inventory, kernels, findings, book, options, cache)
    watch.lap("profiles")
    context = Context(inventory, summaries, assessor, assessed, book, kernels, tree.remote, history, measured)
    deliverables = deliverables_of(context)
    watch.lap("briefing")
    components = _components(inventory, assessed, assessor, kernels, book)
    if measured is not None:
        components = tuple(map(measured.of_component, components))
    asked = suppressions.requests_of(inventory, summaries, options.ignores, options.seen)
    kept = suppressions.apply(findings, deliverables, asked, {c.name: c.path for c in components}, book)
    watch.lap("findings")
    told = measured.notices if measured is not None else ()
    said = [*inventory.notices, *tree.notices, *notices, *told, *kept.notices, *_untold(history)]
    if left:
        said.append(f"{plural(left, 'place')} beyond the first {MOST:,} that rules found are left out of this report.")
    return Report(
        version=__version__,
        source=report.Source(
            path=str(tree.path),
            revision=tree.revision,
            name=tree.name,
            remote=tree.remote,
            branch=tree.branch,
            commit=tree.commit(file.path for file in found.files),
        ),
        files=report.Files(len(summaries), len(skipped), len(errors)),
        sentence=conclusion_of(kept.deliverables),
        deliverables=kept.deliverables,
        components=components,
        findings=kept.findings,
        skipped=tuple(sorted(skipped)),
        notices=notices_of(said),
        syntax_errors=tuple(errors),
        left_out=inventory.left_out,
        unseen=_unseen(inventory, measured),
        rules=texts_of(book, kept, components),
        suppressed=kept.suppressed,
        decisions=int(book.thresholds.confidence_rows),
        profiles=measured.rows if measured is not None else (),
        hottest=measured.functions if measured is not None else (),
        rest=dict(measured.rest) if measured is not None else {},
    )


def _judged(options: Options) -> Callable[[str], bool] | None:
    """Return whether a file is to be judged by `include` and `exclude`; None where all are."""
    if not options.include and not options.exclude:
        return None
    included, excluded = chooser(options.include), chooser(options.exclude)

    def judged(path: str) -> bool:
        seen = options.seen(path)
        return (not options.include or included(seen)) and not excluded(seen)

    return judged


def _summaries(
    tree: Repository,
    found: Listing,
    measures: Mapping[str, Measures],
    options: Options,
    watch: Watch,
    cache: FactCache | None,
) -> tuple[dict[str, FileSummary], list[Skipped], list[report.SyntaxError], list[str]]:
    """Read every file that may be code, and say what could not be read and what does not parse."""
    entries = {entry.path: entry for entry in tree.entries()}
    reading = found.reading()
    requests = [
        Request(file, reading[file.path] == "full") for file in found.files if reading.get(file.path, "none") != "none"
    ]
    limits = Limits(options.jobs or os.cpu_count() or 1, options.timeout, options.max_size)

    def read(file: File) -> bytes:
        return tree.read(entries[file.path])

    homes = {
        name: {folder_of(path) for path in found.manifests if name_of(path) in spoken.manifests}
        for name, spoken in LANGUAGES.items()
    }
    summaries: dict[str, FileSummary] = {}
    skipped = list(found.skipped)
    errors: list[report.SyntaxError] = []
    notices = []
    outcomes = store.summaries(requests, read, Summarize(measures), limits, cache, watch.count)
    for seen, outcome in enumerate(outcomes, 1):
        watch.progress(seen, len(requests))
        path, summary = outcome.file.path, outcome.summary
        if summary is None:
            skipped.append(Skipped(path, outcome.reason))
        elif summary.errors is not None and _is_foreign(outcome.file, summary.errors, homes):
            skipped.append(Skipped(path, "other-language"))
        else:
            summaries[path] = summary
            if summary.errors is not None:
                errors.append(report.SyntaxError(path, summary.errors.line, summary.errors.share, summary.errors.gap))
            if summary.overflowed:
                notices.append(f"{path}: too many matches, some places in it were lost")
    return summaries, skipped, sorted(errors, key=lambda row: row.path), few(sorted(notices), "more such files")


def _is_foreign(file: File, errors: SyntaxErrors, homes: Mapping[str, Collection[str]]) -> bool:
    """Tell whether a file is one of another language that has the same suffix.

    It begins as no file of this one can, or most of it does not parse and no manifest is above it: a crate may hold a
    file that is in the middle of a merge. `homes` are the folders with a manifest, by language.
    """
    spoken = LANGUAGES[file.language or ""]
    if not spoken.shared_suffix or errors.share < MOST_BROKEN:
        return False
    return errors.gap == PREPROCESSOR or nearest(folder_of(file.path), homes[spoken.id]) is None


def _asked(assessed: list[Assessed]) -> list[Reporting]:
    """Return who may report what: components that are large enough, or all where none is, as in a small repository."""
    code = [one for one in assessed if one.component.role == "code"]
    small = not any(one.alone for one in code)
    wanted = {one.component.name for one in code if one.alone or (small and not one.component.parent)}
    return [Reporting(one.component, one.rows, one.version, one.component.name in wanted) for one in assessed]


def _components(
    inventory: Inventory, assessed: list[Assessed], assessor: Assessor, kernels: Kernels, book: Rulebook
) -> tuple[report.Component, ...]:
    known = {one.component.name: one for one in assessed}
    users: dict[str, int] = {}
    for used in inventory.uses.values():
        for name in used:
            users[name] = users.get(name, 0) + 1
    inside: dict[str, list[str]] = {}
    for item in inventory.deliverables:
        for name in item.components:
            inside.setdefault(name, []).append(item.name)
    rows = []
    for component in inventory.components:
        one = known.get(component.name)
        for_, against = sides((row for _, row in one.rows), component.language, book) if one else ((), ())
        rows.append(
            report.Component(
                name=component.name,
                kind=component.kind,
                language=component.language,
                root=component.root,
                role=component.role,
                lines=one.tally.size.lines if one else 0,
                deliverables=tuple(inside.get(component.name, ())),
                fit=reported(one.fit) if one else report.Fit(None, 0.0, 0.0, "too-little"),
                for_=for_,
                against=against,
                tokens=assessor.tokens(component.name),
                own_lean=assessor.own_lean(component.name),
                files=component.files,
                parent=component.parent,
                why=component.why,
                path=component.anchor,
                used_by=users.get(component.name, 0),
                kernels=kernels.functions(component.name),
            )
        )
    return tuple(rows)


def _measured(
    tree: Repository,
    inventory: Inventory,
    kernels: Kernels,
    findings: list[Finding],
    book: Rulebook,
    options: Options,
    cache: FactCache | None,
) -> Measurements | None:
    """Return what profiles say, None where there are none: then nothing that reads them is loaded."""
    entries = {entry.path: entry for entry in tree.entries()}
    own = options.committed_profiles and any(path in entries for path in _committed(inventory))
    if not options.profiles and not own:
        return None
    from langfit import measuring
    from langfit.profiles.functions import functions_of

    named, notices = measuring.profiles_of(tree, inventory, options.profiles, own=own)
    limits = Limits(options.jobs or os.cpu_count() or 1, options.timeout, options.max_size)

    def names(components: Collection[str]) -> Functions:
        return functions_of(inventory, components, lambda file: tree.read(entries[file.path]), limits, cache)

    def computing(component: str) -> list[str]:
        return [kernel.name for kernel in kernels.functions(component)]

    now = int(time.time()) if tree.revision is None else 0
    found = measuring.measured(named, inventory, names, computing, findings, book, now)
    return found._replace(notices=(*notices, *found.notices))


def _committed(inventory: Inventory) -> Iterator[str]:
    """Yield where a tree may hold profiles of its programs."""
    for item in inventory.deliverables:
        if item.kind != "library":
            folder = "" if item.root == "." else f"{item.root}/"
            yield from (f"{folder}{name}" for name in LANGUAGES[item.language].symbols.COMMITTED)


def _unseen(inventory: Inventory, measured: Measurements | None) -> tuple[str, ...]:
    """Return what was not looked at and could matter."""
    languages = {component.language for component in inventory.components}
    used = measured is not None and any(row.used for row in measured.rows)
    profile = () if used else ("no profile was read" if measured is None else "no profile was used",)
    return (*profile, *(LANGUAGES[name].unseen for name in sorted(languages)))


def _untold(history: History | None) -> list[str]:
    if history is not None and history.shallow:
        return ["The history was not looked at: this clone is shallow, so what was decided before is not known."]
    return []
