"""The route: from a path and a revision to a report, one call per stage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, structs

from analyzer import __version__, book_cache, facts, findings, inventory, source, verdicts
from analyzer.cache import FactCache, folder
from analyzer.facts import Limits
from analyzer.model import (
    File,
    Finding,
    Inventory,
    LangfitError,
    Report,
    Rulebook,
    RuleText,
    Seam,
    Skipped,
    Verdict,
)
from analyzer.rulefiles import root
from analyzer.source import Source

DEFAULT_TIMEOUT = 10.0  # seconds of wall clock per file
DEFAULT_MAX_SIZE = 4 << 20  # bytes; the largest hand-written file seen in 122 repositories is below 1 MB


class Options(Struct, frozen=True, kw_only=True):
    """What a scan is asked to do."""

    revision: str | None = None
    base: str | None = None
    components: dict[str, tuple[str, ...]] = {}
    packs: tuple[str, ...] = ()
    jobs: int = 0  # 0 for one per core
    timeout: float = DEFAULT_TIMEOUT
    max_size: int = DEFAULT_MAX_SIZE
    cache: bool = True


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


def scan(path: str, options: Options, watch: Watch | None = None) -> Report:
    """Scan a work tree, a bare repository or a folder. Raises LangfitError with what to do."""
    watch = watch or Watch()
    book = _book(options)
    watch.lap("rulebook")
    cache = FactCache() if options.cache else None
    try:
        report = _scan(path, book, options, watch, cache)
    finally:
        if cache is not None:
            cache.close()
    extra = tuple(cache.notices) if cache is not None else ()
    return structs.replace(report, notices=(*report.notices, *extra)) if extra else report


def _book(options: Options) -> Rulebook:
    """The rules, shipped and of packs; read and checked anew only when one of their files has changed."""
    packs = [Path(pack) for pack in options.packs]

    def read() -> Rulebook:
        from analyzer.rulebook import load

        return load(root(), packs)

    return book_cache.kept(folder(), book_cache.stamp_of([root(), *packs]), read) if options.cache else read()


def _scan(path: str, book: Rulebook, options: Options, watch: Watch, cache: FactCache | None) -> Report:
    with source.open_source(path, options.revision) as tree:
        watch.lap("source")
        report = judge_tree(tree, book, options, watch, cache)
        if options.base is None:
            return report
        base = tree.merge_base(options.base)
    with source.open_source(path, base) as tree:
        return since(report, judge_tree(tree, book, options, watch, cache), base)


def judge_tree(
    tree: Source, book: Rulebook, options: Options, watch: Watch, cache: FactCache | None = None
) -> Report:
    """The report on one tree."""
    taken = inventory.take(tree, options.components)
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
        verdicts.with_seam(verdict, _seam(verdict, taken, read, limits, cache, book), book)
        if verdict.answer == "split"
        else verdict
        for verdict in verdicts.weigh(found.judged, book)
    )
    watch.lap("verdicts")
    kept, suppressed, unused = apply_ignores(found)
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
        verdicts=answers,
        findings=kept,
        skipped=tuple(sorted(skipped)),
        notices=tuple(sorted({*notices, *tree.notices, *unused})),
        suppressed=suppressed,
    )


def _seam(
    verdict: Verdict, taken: Inventory, read: Callable[[File], bytes], limits: Limits, cache: FactCache | None,
    book: Rulebook,
) -> Seam | None:
    """The seam of a split: facts are not kept, so those of this one component are asked for again."""
    parts = {verdict.component}
    grown = True
    while grown:
        more = {c.name for c in taken.components if c.parent in parts} - parts
        parts |= more
        grown = bool(more)
    own = [f for f in taken.files if f.component in parts and f.role == "code" and f.language == verdict.language]
    outcomes = facts.extract(own, read, facts.Whole(), limits, cache)
    return verdicts.seam_of([(o.file, o.made) for o in outcomes if o.made and not o.made.generated], book)


def texts(book: Rulebook) -> list[RuleText]:
    """The words of all rules."""
    return [
        RuleText(r.id, r.title, r.suits, r.family, r.weight, r.claims, r.why, r.first, r.refute) for r in book.rules
    ]


def apply_ignores(
    found: findings.Findings,
) -> tuple[tuple[Finding, ...], tuple[tuple[Finding, str], ...], list[str]]:
    """Findings kept, findings suppressed with reasons, and a notice for each ignore that is idle or has no reason."""
    asked = {(i.path, i.line + step, i.rule): i for i in found.ignores for step in (0, 1)}
    used: set[tuple[str, int, str]] = set()
    kept, suppressed = [], []
    for finding in found.findings:
        ignore = asked.get((finding.path, finding.span.line, finding.rule))
        if ignore is not None and ignore.reason:
            used.add((ignore.path, ignore.line, ignore.rule))
            suppressed.append((finding, ignore.reason))
        else:
            kept.append(finding)
    notices = [
        f"{i.path}:{i.line}: the ignore of {i.rule} needs a reason and was not applied"
        if not i.reason
        else f"{i.path}:{i.line}: the ignore of {i.rule} matches no finding; remove it"
        for i in found.ignores
        if (i.path, i.line, i.rule) not in used
    ]
    return tuple(kept), tuple(suppressed), notices


def since(report: Report, old: Report, base: str) -> Report:
    """What is new in a report since an older one: findings by fingerprint, verdicts by answer."""

    def identity(finding: Finding) -> tuple[str, str, str]:
        # What holds for a component is the same finding wherever it is shown.
        return finding.rule, finding.path if finding.level == "site" else "", finding.fingerprint

    known = {identity(finding) for finding in old.findings}
    answers: Mapping[str, Verdict] = {v.component: v for v in old.verdicts}
    return structs.replace(
        report,
        findings=tuple(f for f in report.findings if identity(f) not in known),
        verdicts=tuple(
            v for v in report.verdicts if v.component not in answers or answers[v.component].answer != v.answer
        ),
        base=base,
    )


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
    moving = any(v.answer in ("move", "split") for v in report.verdicts)
    return moving or (level == "note" and bool(report.findings))


__all__ = ["LangfitError", "Options", "Watch", "failing", "scan"]
