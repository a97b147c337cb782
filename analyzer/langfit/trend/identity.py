"""Follows deliverables over time: by language, kind and root folder, and where a folder moved, by what git can see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from langfit.languages.paths import folder_of, join
from langfit.trend.judging import Key, Row
from langfit.trend.schema import Move

MOST_LOOKED_FOR = 500  # deliverables that went, for which the history is asked where to
MOST_HINTS = 3  # of one revision
MORE_THAN = 0.5  # share of the renamed files of a folder that went to one other folder


class Chain(NamedTuple):
    """One deliverable or component over time: its rows by number of the revision."""

    rows: dict[int, Row]
    moves: tuple[Move, ...] = ()

    @property
    def last(self) -> Row:
        """Return the newest row."""
        return self.rows[max(self.rows)]

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the root folders, the oldest first."""
        return (*(move.before for move in self.moves), self.last.key.root)


class Went(NamedTuple):
    """Where a root folder or a root file went, with the commit that moved it."""

    root: str
    path: str
    commit: str
    date: str


Find = Callable[[Row, int, int], Went | None]  # a row that went, the revisions before and after


def follow(
    samples: Mapping[int, Sequence[Row]], same: Sequence[tuple[str, str]], find: Find
) -> tuple[list[Chain], list[str]]:
    """Return the chains of all rows, in order of appearance, and sentences about what was not followed.

    `samples` are the rows of the revisions that could be read, by their numbers in order of time; `same` are pairs of
    roots that the user says are one.
    """
    chains: list[Chain] = []
    notices: list[str] = []
    used: set[tuple[str, str]] = set()
    looked = 0
    previous = -1
    for number, rows in samples.items():
        fresh, present = _continued(chains, number, rows)
        went = [at for at, chain in enumerate(chains) if at not in present and previous in chain.rows] if fresh else []
        for at in went:
            if not fresh or looked >= MOST_LOOKED_FOR:
                break
            looked += 1
            found = find(chains[at].last, previous, number)
            row = _arrived(chains[at].last.key, found, fresh) if found is not None else None
            if found is not None and row is not None:
                move = Move(chains[at].last.key.root, row.key.root, found.commit, found.date)
                chains[at] = _extended(chains[at], number, row, move)
                present.add(at)
                fresh.remove(row)
        for row in list(fresh):
            joined = _by_user(chains, row, present, same)
            if joined is not None:
                at, pair = joined
                used.add(pair)
                chains[at] = _extended(chains[at], number, row, Move(*pair, "", ""))
                present.add(at)
                fresh.remove(row)
        notices += _hints([chains[at] for at in went if at not in present], fresh)
        chains += [Chain({number: row}) for row in fresh]
        previous = number
    if looked >= MOST_LOOKED_FOR:
        notices.append(f"More than {MOST_LOOKED_FOR} deliverables went: not all were looked for under other folders.")
    notices += [
        f"--same {old}={new} joined nothing: no deliverable went from the first folder to the second one."
        for old, new in same
        if (old, new) not in used
    ]
    return chains, notices


def _hints(gone: Iterable[Chain], fresh: Iterable[Row]) -> list[str]:
    """Return sentences about what went as another one of its name came: the user may know that both are one."""
    rows = list(fresh)
    return [
        f"{row.name} went from {chain.last.key.root} as another one of that name came to {row.key.root}; if both are"
        f" one, add --same {chain.last.key.root}={row.key.root}."
        for chain in gone
        for row in rows
        if (row.name, row.key.language, row.key.kind) == (chain.last.name, chain.last.key.language, chain.last.key.kind)
    ][:MOST_HINTS]


def _continued(chains: list[Chain], number: int, rows: Iterable[Row]) -> tuple[list[Row], set[int]]:
    """Add rows to the chains that have their key; return those without one, and the chains that go on.

    Several deliverables may share a key, as the programs of one crate do: then names tell them apart, then paths.
    """
    known: dict[Key, list[int]] = {}
    for at, chain in enumerate(chains):
        known.setdefault(chain.last.key, []).append(at)
    now: dict[Key, list[Row]] = {}
    for row in rows:
        now.setdefault(row.key, []).append(row)
    fresh: list[Row] = []
    present: set[int] = set()
    for key, group in now.items():
        waiting = known.get(key, [])
        for tell in (_name, _path, _only if len(group) == len(waiting) == 1 else _nothing):
            for row in list(group):
                match = [at for at in waiting if at not in present and tell(chains[at].last) == tell(row) is not None]
                if match:
                    chains[match[0]].rows[number] = row
                    present.add(match[0])
                    group.remove(row)
        fresh += group
    return fresh, present


def _name(row: Row) -> object:
    return row.name


def _path(row: Row) -> object:
    return row.path


def _only(row: Row) -> object:
    return row.key


def _nothing(row: Row) -> object:
    del row
    return None


def _extended(chain: Chain, number: int, row: Row, move: Move) -> Chain:
    return Chain({**chain.rows, number: row}, (*chain.moves, move))


def _arrived(key: Key, went: Went, fresh: Iterable[Row]) -> Row | None:
    """Return the new row that stands where a deliverable went: its root file, or else its folder."""
    rows = [row for row in fresh if (row.key.language, row.key.kind) == (key.language, key.kind)]
    by_path = [row for row in rows if went.path and row.path == went.path]
    by_root = [row for row in rows if went.root and row.key.root == went.root]
    found = by_path or by_root
    return found[0] if found and (by_path or len(by_root) == 1) else None


def _by_user(
    chains: Sequence[Chain], row: Row, present: set[int], same: Sequence[tuple[str, str]]
) -> tuple[int, tuple[str, str]] | None:
    for old, new in same:
        for at, chain in enumerate(chains):
            key = chain.last.key
            if at not in present and new == row.key.root and key == Key(row.key.language, row.key.kind, old):
                return at, (old, new)
    return None


def went_to(root: str, path: str, renames: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Return the folder and the root file to which renamed files point, "" for each that is not to be seen.

    More than half of the renamed files of a folder have to go to one other folder.
    """
    pairs = list(renames)
    file = next((new for old, new in pairs if old == path), "")
    if root == ".":  # of what is below, only that counts which moved without another change of its path
        held = [(old, new) for old, new in pairs if "/" not in old or new.endswith(f"/{old}")]
        targets = Counter(new.removesuffix(old).rstrip("/") if new.endswith(old) else "" for old, new in held)
        del targets[""]
    else:
        targets = Counter(_moved(root, old, new) for old, new in pairs if old.startswith(f"{root}/"))
    targets.pop(root, None)
    if not targets:
        return "", file
    target, count = max(targets.items(), key=lambda item: (item[1], item[0]))
    return (target if count > MORE_THAN * targets.total() else ""), file


def _moved(root: str, old: str, new: str) -> str:
    """Return the folder that has taken the place of a root, by one of its files."""
    tail = old[len(root) + 1 :]
    if new == tail:
        return "."
    if new.endswith(f"/{tail}"):
        return new[: -len(tail) - 1]
    depth = tail.count("/")
    return join(folder_of(new), "/".join([".."] * depth)) or "." if depth else folder_of(new) or "."
