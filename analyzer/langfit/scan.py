"""The route: from a path and a revision to a report, one call per stage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, structs

from langfit import (
    __version__,
    baseline,
    facts,
    findings,
    inventory,
    source,
    suppressions,
    verdicts,
)
from langfit.baseline import Known
from langfit.cache import FactCache
from langfit.config import Config
from langfit.facts import Limits
from langfit.globs import chooser
from langfit.model import (
    File,
    Inventory,
    LangfitError,
    Report,
    Rulebook,
    RuleText,
    Seam,
    Skipped,
    Standing,
    Verdict,
)
from langfit.rulefiles import root
from langfit.source import Source, Unreadable

DEFAULTS = Config()


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
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignores: tuple[Standing, ...] = ()
    above: str = ""
    notices: tuple[str, ...] = ()  # sentences about the settings, for the report

    def seen(self, path: str) -> str:
        """A path of the tree as patterns see it."""
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
    watch.lap("rulebook")
    with _facts_kept(options) as cache:
        report = _scan(path, book, options, watch, cache, known)
    extra = (*options.notices, *(cache.notices if cache is not None else ()))
    return structs.replace(report, notices=(*report.notices, *extra)) if extra else report


def _loaded(options: Options) -> Rulebook:
    from langfit.rulebook import load  # whoever brings a book needs none of it

    return load(root(), [Path(pack) for pack in options.packs])


@contextmanager
def _facts_kept(options: Options) -> Iterator[FactCache | None]:
    """The user's cache; without one that can be used, a scan of two revisions keeps facts on disk for as long as it
    runs, since most files are the same in both."""
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
    with source.open_source(path, options.revision) as tree:
        watch.lap("source")
        # Before anything slow, and never a full report instead: a base that is missing ends the scan.
        base = tree.merge_base(options.base) if options.base is not None else None
        report = judge_tree(tree, book, options, watch, cache)
        if known is not None:
            report = _beyond(report, known, options, tree.under)
    if base is None:
        return report
    if cache is not None:
        cache.flush()
    with source.open_source(path, base) as tree:
        return since(report, judge_tree(tree, book, options, watch, cache), base)


def _beyond(report: Report, known: Known, options: Options, under: str) -> Report:
    """What a report says beyond a baseline file, with how much the file kept back and how much of it is idle."""
    new = baseline.subtract(report, known)
    findings, answers = (len(report.findings) - len(new.findings), len(report.verdicts) - len(new.verdicts))
    said = [f"{options.baseline} knows {findings:,} finding(s) and {answers:,} verdict(s), which are left out"]
    idle = baseline.stale(report, known, under)
    if idle:
        what = f"{idle:,} entries of {options.baseline} match nothing any more"
        said.append(f"{what}; `langfit baseline write` renews it")
    return structs.replace(new, notices=(*report.notices, *said))


def judge_tree(
    tree: Source, book: Rulebook, options: Options, watch: Watch, cache: FactCache | None = None
) -> Report:
    """The report on one tree."""
    taken = inventory.take(tree, options.components, _judged(options))
    watch.lap("inventory")
    entries = {entry.path: entry for entry in tree.entries()}

    def read(file: File) -> bytes:
        return tree.read(entries[file.path])

    collector = findings.Collector(taken, book)
    skipped: list[Skipped] = list(taken.skipped)
    total = sum(1 for file in taken.files if file.language)
    analysed = seen = 0
    notices = [*taken.notices]
    limits = Limits(options.jobs or os.cpu_count() or 1, options.timeout, options.max_size)
    for file, share, reason in facts.extract(taken.files, read, collector.job, limits, cache, watch.count):
        seen += 1
        watch.progress(seen, total)
        if share is None:
            skipped.append(Skipped(file.path, reason))
            continue
        analysed += 1
        collector.add(file, share)
        if "match-limit" in share.problems:
            notices.append(f"{file.path}: too many matches, some places in it were lost")
    watch.lap("facts")
    found = collector.result()
    watch.lap("findings")
    answers = tuple(
        verdicts.with_seam(verdict, *_seam(verdict, taken, read, limits, cache, book))
        if verdict.answer == "split"
        else verdict
        for verdict in verdicts.weigh(found.judged, book)
    )
    watch.lap("verdicts")
    asked = suppressions.Asked(found.ignores, options.ignores, options.seen)
    kept = suppressions.apply(found.findings, answers, asked, {c.name: c.anchor for c in taken.components}, book)
    return Report(
        version=__version__,
        path=str(tree.path),
        revision=tree.revision,
        remote=tree.remote,
        branch=tree.branch,
        analysed=analysed,
        components=taken.components,
        lines={item.component.name: item.tally.lines for item in found.judged},
        rules=tuple(texts(book)),
        verdicts=kept.verdicts,
        findings=kept.findings,
        skipped=tuple(sorted(skipped)),
        notices=tuple(sorted({*notices, *tree.notices, *kept.notices})),
        suppressed=kept.suppressed,
    )


def _judged(options: Options) -> Callable[[str], bool] | None:
    """Whether a file is to be judged by `include` and `exclude`; None where all are."""
    if not options.include and not options.exclude:
        return None
    included, excluded = chooser(options.include), chooser(options.exclude)

    def judged(path: str) -> bool:
        seen = options.seen(path)
        return (not options.include or included(seen)) and not excluded(seen)

    return judged


def _seam(
    verdict: Verdict, taken: Inventory, read: Callable[[File], bytes], limits: Limits, cache: FactCache | None,
    book: Rulebook,
) -> tuple[Seam | None, str]:
    """The seam of a split, or why there is none: facts are not kept, so those of this component are asked for again."""
    parts = {verdict.component}
    grown = True
    while grown:
        more = {c.name for c in taken.components if c.parent in parts} - parts
        parts |= more
        grown = bool(more)
    own = [f for f in taken.files if f.component in parts and f.role == "code" and f.language == verdict.language]
    outcomes = facts.extract(own, read, facts.Whole(), limits, cache)

    def head(file: File, line: int) -> str:
        try:
            return b"".join(read(file).splitlines(keepends=True)[line - 1 :]).decode("utf-8", "replace")
        except Unreadable:
            return ""

    return verdicts.seam_of([(o.file, o.made) for o in outcomes if o.made and not o.made.generated], head, book)


def texts(book: Rulebook) -> list[RuleText]:
    """The words of all rules."""
    return [
        RuleText(r.id, r.title, r.suits, r.family, r.weight, r.claims, r.why, r.first, r.refute) for r in book.rules
    ]


def since(report: Report, old: Report, base: str) -> Report:
    """What is new in a report since an older one: findings by fingerprint, verdicts by answer."""
    return structs.replace(baseline.subtract(report, baseline.known_of(old)), base=base)


def accusing(report: Report) -> Report:
    """A report for dashboards: without findings that speak for the present language or weigh nothing, and their number.

    People who get alerts want to know what may be wrong; the evidence for staying belongs to the pages of the verdicts.
    """
    kept = tuple(f for f in report.findings if f.suits != f.rule.partition("/")[0] and f.weight != "contextual")
    left = len(report.findings) - len(kept)
    said = f"{left} findings that speak for the present language or weigh nothing are left out; --show all keeps them"
    return structs.replace(report, findings=kept, notices=(*report.notices, said) if left else report.notices)


def failing(report: Report, level: str) -> bool:
    """Whether a report holds something at or above `level`: move (a move or split), warning (the same), note, never."""
    if level == "never":
        return False
    moving = any(v.answer in ("move", "split") and not v.ignored for v in report.verdicts)
    return moving or (level == "note" and bool(report.findings))


__all__ = ["LangfitError", "Options", "Watch", "failing", "scan"]
