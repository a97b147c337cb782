"""The route of a run: members, a look at each, what is known, tasks, tables, manifest, and latest.json last."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

from msgspec import Struct

from langfit import __version__
from langfit.fleet import engine, keys, place
from langfit.fleet.counts import counts_of
from langfit.fleet.look import looks
from langfit.fleet.members import shard_of
from langfit.fleet.model import Begun, Cost, Latest, Limits, Member, Receipt, Row, Run, Seen, Task
from langfit.fleet.task import is_worth_another
from langfit.model.errors import LangfitError

Progress = Callable[[int, int, int], None]  # repositories that are settled, all of them, those that failed


class Plan(Struct, frozen=True, kw_only=True):
    """What a run is asked to do."""

    folder: str
    limits: Limits = Limits()
    jobs: int = 0  # 0 for one per core
    cache: bool = True
    scheduler: str = ""
    insecure: bool = False
    shard: tuple[int, int] | None = None
    name: str = ""  # of the run, which shards share
    resume: bool = False
    retry_failed: bool = False
    publish_at: float = 0.99


class Done(NamedTuple):
    """What a run came to. `run` is None for a shard that others have to complete."""

    rows: list[Row]
    run: Run | None


def run(members: Sequence[Member], terms: keys.Basis, asked: Plan, told: Progress, stop: Event) -> Done:
    """Scan what has no result yet, and write down what became of every member.

    Without members and with `resume`, they are those of the run that has not ended. Raises LangfitError.
    """
    folder = asked.folder
    place.prepare(folder)
    place.sweep(folder)
    begun = _begin(members, asked)
    mine = begun.members if asked.shard is None else shard_of(begun.members, *asked.shard)
    digest = keys.keep(folder, terms)
    seen = looks(mine, folder, asked.limits, follow=terms.options.follow_git_links)
    rows, tasks = _sorted_out(mine, seen, digest, asked)
    failed = sum(row.state == "failed" for row in rows.values())
    told(len(rows), len(mine), failed)
    known = {task.key: (member, task.seen) for task, member in tasks}
    for receipt in _receipts([task for task, _ in tasks], asked, stop) if tasks else ():
        member, look = known[receipt.key]
        rows[member.id] = _row(member, look, receipt)
        failed += receipt.state == "failed"
        told(len(rows), len(mine), failed)
    ordered = [rows[member.id] for member in mine]
    if asked.shard is not None:
        return _shard_done(ordered, begun, digest, asked)
    return Done(ordered, finish(folder, begun, ordered, digest, asked.publish_at))


def _begin(members: Sequence[Member], asked: Plan) -> Begun:
    if asked.shard is not None:
        return Begun(run=_shard_name(members, asked), started=time.time(), members=tuple(members))
    left = place.unfinished(asked.folder) if asked.resume else None
    if left is not None and (not members or tuple(members) == left.members):
        return left
    if not members:
        raise LangfitError(f"There is no run to resume in {asked.folder}: name the repositories, or a list of them.")
    begun = Begun(run=asked.name or _run_name(), started=time.time(), members=tuple(members))
    place.put(place.run_path(asked.folder, begun.run, place.BEGUN), place.packed(begun))
    return begun


def _run_name() -> str:
    now = time.time_ns()
    day = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now // 10**9))
    return f"{day}.{now // 1000 % 10**6:06}Z-{secrets.token_hex(2)}"  # names sort by time, also within a second


def _sorted_out(
    members: Sequence[Member], seen: Sequence[Seen], digest: str, asked: Plan
) -> tuple[dict[str, Row], list[tuple[Task, Member]]]:
    """Return the rows of members that need no scan, and the tasks of the others, the largest first."""
    rows: dict[str, Row] = {}
    tasks: list[tuple[Task, Member]] = []
    threads = _threads(asked)
    inner = max(1, (os.cpu_count() or 1) // threads) if not asked.scheduler else 1
    for member, look in zip(members, seen, strict=True):
        key = keys.key_of(member, look, digest) if look.commit else ""
        if not key:
            rows[member.id] = _row(member, look, Receipt("", "failed", look.reason, look.sentence))
            continue
        known = place.read_as(asked.folder, key, _Known)
        if known is not None:
            cost = known.cost
            rows[member.id] = _row(member, look, Receipt(key, "known", "", "", cost.seconds, cost.cpu, cost.peak, 0))
            continue
        failure = place.read_failure(asked.folder, key)
        if failure is not None and not asked.retry_failed and not is_worth_another(failure, asked.limits):
            receipt = Receipt(key, "failed", failure.reason, failure.sentence, tries=failure.tries)
            rows[member.id] = _row(member, look, receipt)
            continue
        task = Task(
            key, member.id, member.path, look, os.path.abspath(asked.folder), digest, asked.limits, inner, asked.cache
        )
        tasks.append((task, member))
    tasks.sort(key=lambda pair: (-pair[0].seen.size, pair[0].id))
    return rows, tasks


class _Known(Struct, frozen=True):
    """The part of a result that tells what it took."""

    cost: Cost


def _threads(asked: Plan) -> int:
    return asked.jobs or os.cpu_count() or 1


def _receipts(tasks: list[Task], asked: Plan, stop: Event) -> Iterable[Receipt]:
    chosen = (
        engine.scheduler(asked.scheduler, insecure=asked.insecure)
        if asked.scheduler
        else engine.threads(min(_threads(asked), len(tasks)), stop)
    )
    with chosen as running:
        yield from engine.receipts(running, tasks)


def _row(member: Member, look: Seen, receipt: Receipt) -> Row:
    return Row(
        member.id, receipt.state, receipt.key, look.commit, look.time, look.branch, member.owner, member.tags,
        receipt.reason, receipt.sentence, receipt.seconds, receipt.cpu, receipt.peak, receipt.tries,
    )  # fmt: skip


def finish(folder: str, begun: Begun, rows: Sequence[Row], digest: str, publish_at: float) -> Run:
    """Write the tables and the manifest of a run, and then name it in latest.json."""
    from langfit.fleet import collect

    home = place.run_path(folder, begun.run)
    place.put_rows(home / place.ROWS, rows)
    notices = collect.tables(folder, begun, rows, digest)
    counts: dict[str, Any] = counts_of(folder, rows)
    reached = counts["done"] + counts["known"]
    made = Run(
        run=begun.run,
        version=__version__,
        terms=digest,
        started=begun.started,
        ended=time.time(),
        publish_at=publish_at,
        complete=reached >= publish_at * len(rows),
        files={path.name: _sized(path) for path in sorted(home.iterdir()) if _is_ours(path)},
        notices=tuple(notices),
        **counts,
    )
    place.put(home / place.MANIFEST, place.packed(made))
    _publish(folder, made)
    return made


def _is_ours(path: Path) -> bool:
    return path.is_file() and path.name not in (place.BEGUN, place.MANIFEST) and not path.name.startswith(".")


def _sized(path: Path) -> tuple[int, str]:
    data = path.read_bytes()
    return len(data), sha256(data).hexdigest()


def _publish(folder: str, made: Run) -> None:
    try:
        before = place.read_latest(folder).published
    except LangfitError:
        before = ""
    latest = Latest(made.run, made.run if made.complete else before)
    place.put(Path(folder, "latest.json"), place.packed(latest))


def _shard_name(members: Sequence[Member], asked: Plan) -> str:
    """Return the name that all shards of one list have in common."""
    return asked.name or sha256(place.packed(members)).hexdigest()[: keys.LENGTH]


def _shard_done(rows: list[Row], begun: Begun, digest: str, asked: Plan) -> Done:
    """Leave the rows of a shard for the others; the last one to end makes the run of all of them."""
    assert asked.shard is not None
    index, count = asked.shard
    home = Path(asked.folder, "shards", f"{begun.run}-{digest[:8]}")
    place.put_rows(home / f"{index}-of-{count}.json.gz", rows)
    names = [home / f"{number}-of-{count}.json.gz" for number in range(1, count + 1)]
    if not all(name.is_file() for name in names):
        return Done(rows, None)
    every = sorted((row for name in names for row in place.read_rows(name)), key=lambda row: row.id)
    started = min(name.stat().st_mtime for name in names)
    whole = Begun(run=asked.name or _run_name(), started=started, members=begun.members)
    place.put(place.run_path(asked.folder, whole.run, place.BEGUN), place.packed(whole))
    made = finish(asked.folder, whole, every, digest, asked.publish_at)
    shutil.rmtree(home, ignore_errors=True)
    return Done(rows, made)
