"""Looks at the trees of earlier commits along first parents: tree objects alone, no blobs and no messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pygit2

FIRST = 16  # commits back to the first look; every further one is FACTOR times as far
FACTOR = 2
MOST_ROWS = 4_000  # entries of one tree that are looked at
GITLINK = 0o160000


class Past(NamedTuple):
    """An earlier commit: how far back it is, its id and its date."""

    back: int
    commit: str
    date: str  # YYYY-MM-DD, of the author
    tree: pygit2.Tree


class History:
    """The first-parent history of one commit. Objects that a clone does not have end it.

    `line` are the ids of these commits, the newest first, where somebody has walked them already.
    """

    def __init__(self, repo: pygit2.Repository, commit: pygit2.Commit, line: Sequence[str] = ()) -> None:
        self._repo = repo
        self._line = line
        self._known: dict[int, Past | None] = {}
        self._ids = {0: str(commit.id)}  # commits back -> id: what is further back is looked for from the nearest one
        self.shallow = bool(repo.is_shallow)

    def at(self, back: int) -> Past | None:
        """Return the commit so many first parents back, None where there is none."""
        if back not in self._known:
            self._known[back] = self._look(back)
        return self._known[back]

    def _look(self, back: int) -> Past | None:
        near = max(known for known in self._ids if known <= back)
        if back < len(self._line):
            near, self._ids[back] = back, self._line[back]
        try:
            commit = self._repo.revparse_single(f"{self._ids[near]}~{back - near}").peel(pygit2.Commit)
            self._ids[back] = str(commit.id)
            day = datetime.fromtimestamp(commit.author.time, UTC).strftime("%Y-%m-%d")
            return Past(back, str(commit.id), day, commit.tree)
        except (KeyError, ValueError, OverflowError, OSError, pygit2.GitError):
            return None

    def merged(self, back: int) -> History | None:
        """Return the history of the branch that a commit merged, None where it is no merge."""
        found = self.at(back)
        try:
            if found is None:
                return None
            parents = self._repo[found.commit].peel(pygit2.Commit).parents
            return History(self._repo, parents[1]) if len(parents) > 1 else None
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def samples(self) -> Iterator[Past]:
        """Yield commits further and further back, and last the oldest one that can be had.

        A history that is shorter than the first look is looked at from its end on.
        """
        back, last = FIRST if self.at(FIRST) is not None else 1, 0
        while (found := self.at(back)) is not None:
            yield found
            last, back = back, back * FACTOR
        low, high = last, back  # the oldest one is at or after `low`, and before `high`
        while high - low > 1:
            middle = (low + high) // 2
            if self.at(middle) is not None:
                low = middle
            else:
                high = middle
        oldest = self.at(low)
        if oldest is not None and low > last:
            yield oldest


def names_in(tree: pygit2.Tree) -> Iterator[tuple[str, pygit2.Tree | None]]:
    """Yield the names in a tree, with the subtree of a folder; one that is missing is passed over."""
    try:
        for number, row in enumerate(tree):
            if number >= MOST_ROWS:
                return
            name = (row.raw_name or b"").decode("utf-8", "surrogateescape")
            yield name, row if isinstance(row, pygit2.Tree) else None
    except (KeyError, pygit2.GitError):
        return


def subtree(tree: pygit2.Tree, folder: str) -> pygit2.Tree | None:
    """Return the tree of a folder ("." for the root), None where there is none."""
    if folder == ".":
        return tree
    try:
        found = tree[folder]
    except (KeyError, ValueError, pygit2.GitError):
        return None
    return found if isinstance(found, pygit2.Tree) else None
