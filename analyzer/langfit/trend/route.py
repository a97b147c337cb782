"""The route of a trend: revisions, a judgement of each, chains of roots, changes that are told, and their commits."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from msgspec import structs

from langfit import __version__
from langfit.cache import FactCache
from langfit.model.errors import LangfitError
from langfit.model.evidence import plural
from langfit.model.rule import Rulebook
from langfit.process import Stopped
from langfit.repository.timeline import Line, Timeline
from langfit.scan import Options
from langfit.trend import naming, sampling, telling
from langfit.trend.history import Records
from langfit.trend.identity import Chain, follow
from langfit.trend.judging import Assessment, Bench
from langfit.trend.request import Clock, Progress, Request, TimeIsUp
from langfit.trend.sampling import Chosen
from langfit.trend.schema import Change, Ended, Every, Revision, Trend
from langfit.trend.series import sentence_of, series_of
from langfit.trend.since import change_of

ENDS = (TimeIsUp, KeyboardInterrupt, Stopped)  # after which there is a partial result
MOST_CHANGES = 300  # whose commits are looked for
Show = Callable[[Progress], None]


class Stop(NamedTuple):
    """Why a trend ended before everything was looked at, "" if it did not."""

    why: Ended = ""
    sentence: str = ""


def trend_of(
    path: str,
    asked: Request,
    options: Options,
    book: Rulebook,
    show: Show = lambda _progress: None,
    *,
    follow_links: bool = True,
) -> Trend:
    """Return the trend of the repository at `path`, judged by the rules of `book`.

    What cannot be read, and what there was no time for, is said in the result. Raises LangfitError where there are no
    commits at all, or none that the options name.
    """
    clock = Clock(asked.seconds)
    with Timeline(path, follow=follow_links) as timeline, _facts_kept(options) as cache:
        newest = timeline.at(asked.revisions[0] if asked.revisions else "HEAD")
        line = timeline.line(newest.revision or "")
        chosen, notices = _chosen(timeline, line, asked)
        bench = Bench(timeline, book, options, clock, cache, inner=bool(asked.component))
        records = Records(bench, line, chosen)
        stop = _judge(records, clock, show)
        chains, told = _follow(records, asked)
        wanted = naming.chosen(chains, asked.component, partly=bool(stop.why))
        changes, late = _changes(wanted, records, clock if asked.bisect and not stop.why else None, show)
        stop = stop if stop.why else late
        said = [*timeline.notices, *options.notices, *told, *_limits(timeline, line, records)]
        said += cache.notices if cache is not None else []
        revisions = _revisions(records)
        series = tuple(series_of(chain, len(chosen), book) for chain in wanted)
        every: Every = "rev" if asked.revisions else asked.every
        return Trend(
            version=__version__,
            path=path,
            source=newest.name,
            remote=newest.remote,
            every=every,
            sentence=sentence_of(revisions, series, changes),
            stopped=stop.why,
            revisions=revisions,
            series=series,
            changes=tuple(changes),
            notices=tuple(dict.fromkeys(row for row in (stop.sentence, *notices, *said) if row)),
        )


@contextmanager
def _facts_kept(options: Options) -> Iterator[FactCache | None]:
    """Give the user's cache, or one for the length of this trend: revisions share most of their files."""
    with ExitStack() as stack:
        cache = FactCache() if options.cache else None
        if cache is None or not cache.usable:
            said = cache.notices if cache is not None else []
            with suppress(OSError):
                cache = FactCache(Path(stack.enter_context(TemporaryDirectory(prefix="langfit-"))))
                cache.notices[:0] = said
        if cache is not None:
            stack.callback(cache.close)
        yield cache


def _chosen(timeline: Timeline, line: Line, asked: Request) -> tuple[list[Chosen], list[str]]:
    """Return the revisions to look at, the oldest first, and what is to be said about the choice."""
    tags = timeline.tags()
    notices: list[str] = []
    if asked.revisions:
        commits = dict.fromkeys(timeline.at(name).revision or "" for name in asked.revisions)
        rows = [Chosen(c, sampling.day_of(w).isoformat(), when=w) for c in commits for w in (timeline.when(c),)]
        rows.sort(key=lambda row: row.when)
    elif asked.every == "tag":
        newest = line.steps[0]
        rows = [row for row in sampling.by_tag(tags, timeline.when, asked.since) if row.commit != newest.commit]
        if not rows:
            notices.append("No tag names a release (such as v1.2.0) there: use --every quarter, or fetch the tags.")
        rows.append(Chosen(newest.commit, sampling.day_of(newest.when).isoformat(), when=newest.when))
    else:
        rows, wrong = sampling.by_period(line.steps, asked.every, asked.since)
        if wrong:
            notices.append(f"{plural(wrong, 'commit')} with a date out of order stood for no {asked.every}.")
    found = sampling.thinned(rows)
    if len(found) < len(rows):
        notices.append(f"Of {len(rows):,} revisions {len(found)} were looked at, evenly spread.")
    return [row._replace(tag=row.tag or sampling.label_of(tags.get(row.commit, ()))) for row in found], notices


def _judge(records: Records, clock: Clock, show: Show) -> Stop:
    """Judge the samples from coarse to fine, as long as there is time."""
    total = len(records.chosen)
    try:
        for done, number in enumerate(sampling.spread(total)):
            clock.check()
            show(Progress("revisions", done, total))
            records.look(number)
        show(Progress("revisions", total, total))
    except ENDS as problem:
        return _stop(
            problem,
            f"after {len(records.judged)} of {plural(total, 'revision')}: the others are missing, and the commits of"
            " changes were not looked for",
        )
    return Stop()


def _stop(problem: BaseException, where: str) -> Stop:
    sentence = f"{where}. What was read is cached; run it again to go on from there."
    if isinstance(problem, TimeIsUp):
        return Stop("time", f"Time was up {sentence}")
    terminated = isinstance(problem, Stopped) and problem.number == signal.SIGTERM
    return Stop("terminate" if terminated else "interrupt", f"It was interrupted {sentence}")


def _follow(records: Records, asked: Request) -> tuple[list[Chain], list[str]]:
    """Return the chains, and what is to be said about them. Raises LangfitError where no revision could be read."""
    samples = {number: seen.rows for number, seen in sorted(records.judged.items()) if isinstance(seen, Assessment)}
    problems = [seen for seen in records.judged.values() if isinstance(seen, LangfitError)]
    if problems and not samples:
        raise problems[0]
    return follow(samples, asked.same, records.went)


def _changes(chains: Sequence[Chain], records: Records, clock: Clock | None, show: Show) -> tuple[list[Change], Stop]:
    """Return the changes that are told, with their commits as long as there is time (never without a clock)."""
    transitions = [
        (number, transition) for number, chain in enumerate(chains) for transition in telling.transitions(chain.rows)
    ]
    found: list[Change] = []
    stop = Stop()
    for done, (number, transition) in enumerate(transitions):
        if done == MOST_CHANGES and clock is not None:
            stop, clock = (
                Stop("", f"Commits were looked for of the first {done} of {len(transitions):,} changes."),
                None,
            )
        try:
            if clock is not None:
                clock.check()
                show(Progress("changes", done, len(transitions)))
            found.append(change_of(number, chains[number], transition, records, bisect=clock is not None))
        except ENDS as problem:
            stop, clock = _stop(problem, f"after the commits of {done} of {plural(len(transitions), 'change')}"), None
            found.append(change_of(number, chains[number], transition, records, bisect=False))
    if transitions:
        show(Progress("changes", len(transitions), len(transitions)))
    return sorted(found, key=lambda change: (change.date, change.series)), stop


def _revisions(records: Records) -> tuple[Revision, ...]:
    rows = []
    for number, row in enumerate(records.chosen):
        known = Revision(commit=row.commit, date=row.day, tag=row.tag, joined=records.joined(number))
        seen = records.judged.get(number)
        rows.append(_revision(known, seen))
    return tuple(rows)


def _revision(row: Revision, seen: Assessment | LangfitError | None) -> Revision:
    if seen is None:
        return row
    if isinstance(seen, LangfitError):
        return structs.replace(row, state="unread", notices=tuple(seen.sentences))
    said = seen.notices
    if seen.missing:
        said = (f"The objects of {plural(seen.missing, 'file')} are missing: lines and leans are too low here.", *said)
    state = "holes" if seen.missing else "judged"
    return structs.replace(row, state=state, skipped=seen.skipped, notices=said)


def _limits(timeline: Timeline, line: Line, records: Records) -> list[str]:
    """Return sentences about history that is not there."""
    said = []
    if timeline.shallow:
        said.append(
            "This clone is shallow: what is older than its first commit is missing. Run `git fetch --unshallow`; in"
            " GitHub Actions, give actions/checkout `fetch-depth: 0`."
        )
    elif line.ends == "missing":
        said.append("The history ends at a commit whose parent is missing: run `git fetch --refetch` for the rest.")
    elif line.ends == "limit":
        said.append(f"The first {len(line.steps):,} first parents were looked at: what is older is missing.")
    holes = any(isinstance(seen, LangfitError) or seen.missing for seen in records.judged.values())
    if timeline.partial and holes:
        said.append(
            "This is a partial clone: files whose objects are missing were not judged. Run `git fetch --refetch"
            " --no-filter` to have them all."
        )
    return said
