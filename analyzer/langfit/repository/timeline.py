"""The commits of a repository in order: first parents, tags, and what a commit changed, read from trees alone.

One open repository serves all revisions that are looked at through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import pygit2
from pygit2.enums import DeltaStatus, DiffFind

from langfit.model.errors import LangfitError
from langfit.repository.entries import text_of
from langfit.repository.history import History
from langfit.repository.opening import Place, locate
from langfit.repository.session import Repository

MOST_COMMITS = 200_000  # first parents that are walked
MOST_TAGS = 20_000
MOST_CHANGES = 20_000  # files of one commit that are looked at
MOST_RENAMED = 2_000  # files that come and go in one commit, among which renames by likeness are looked for
MOST_BYTES = 128 << 20  # of those files
HALF = 50  # percent of a file that is the same, from which it was renamed and not replaced

Pair = tuple[str, str]  # a path before and after a commit


class Step(NamedTuple):
    """A commit, and when it was committed, in seconds of UTC; a hostile one may say any number."""

    commit: str
    when: int


class Line(NamedTuple):
    """First parents, the newest first. `ends` says why there are no more: root, missing or limit."""

    steps: tuple[Step, ...]
    ends: str


class Sample(Repository):
    """One revision of a repository that others share. Closing it leaves the repository open."""

    def __init__(self, path: str, place: Place, revision: str, line: Sequence[Step]) -> None:
        super().__init__(path, place, revision, missing_folder="empty")
        self._line = line

    def history(self) -> History | None:
        """Return the history of the commit, along the line where that is known."""
        if self._commit is None:
            return None
        return History(self._repo(), self._commit, [step.commit for step in self._line])

    def close(self) -> None:
        """Do nothing: whoever opened the timeline closes it."""


class Timeline:
    """A repository whose commits are walked. Use it as a context manager.

    `under` is the folder that is looked at, "" for all; `notices` are about the repository as a whole; `shallow` and
    `partial` tell that objects are missing.
    """

    def __init__(self, path: str, *, follow: bool = True) -> None:
        self.path = path
        self._place = locate(path, follow=follow)
        if self._place.repo is None:
            why = self._place.notices[0] if self._place.notices else f"{path} is not a git repository."
            raise LangfitError(f"{why} A trend needs commits: name a repository.")
        self._repo = self._place.repo
        self.under = self._place.under
        self.notices = self._place.notices
        self.shallow = bool(self._repo.is_shallow)
        self.partial = _is_partial(self._repo)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._repo.free()

    def at(self, revision: str, line: Sequence[Step] = ()) -> Sample:
        """Return the tree of a revision; `line` are its first parents, itself first, where they are known.

        Raises LangfitError for a revision that is not there.
        """
        return Sample(self.path, self._place, revision, line)

    def line(self, commit: str, until: str = "") -> Line:
        """Return the first parents of a commit, itself first, down to `until` or to the end of what can be had."""
        steps: list[Step] = []
        oid: str | pygit2.Oid = commit
        while len(steps) < MOST_COMMITS:
            try:
                found = self._repo[oid].peel(pygit2.Commit)
                steps.append(Step(str(found.id), found.commit_time))
                parents = found.parent_ids
            except (KeyError, ValueError, pygit2.GitError):
                return Line(tuple(steps), "missing")
            if not parents or steps[-1].commit == until:
                return Line(tuple(steps), "root" if not parents else "limit")
            oid = parents[0]
        return Line(tuple(steps), "limit")

    def tags(self) -> dict[str, list[str]]:
        """Return the names of tags by the commit that they name."""
        found: dict[str, list[str]] = {}
        try:
            names = [name for name in self._repo.references if name.startswith("refs/tags/")]
        except (UnicodeError, pygit2.GitError):
            return {}
        for name in sorted(names)[:MOST_TAGS]:
            try:
                commit = self._repo.references[name].peel(pygit2.Commit)
            except (KeyError, ValueError, pygit2.GitError):
                continue
            found.setdefault(str(commit.id), []).append(name.removeprefix("refs/tags/"))
        return found

    def holds(self, commit: str, path: str) -> bool:
        """Tell whether a commit has a file or folder ("." for the root); one that cannot be read has none."""
        tree = self._tree(commit)
        if tree is None:
            return False
        if path == ".":
            return True
        try:
            return isinstance(tree[path], pygit2.Object)
        except (KeyError, ValueError, pygit2.GitError):
            return False

    def changed(self, commit: str) -> list[str]:
        """Return the paths that a commit changed beside its first parent, old and new ones, sorted."""
        parent = self._parent(commit)
        diff = self._diff(parent, commit) if parent else None
        rows = (path for old, new, _ in _rows(diff) for path in (old, new)) if diff is not None else ()
        return sorted(set(rows))

    def renames(self, before: str, after: str) -> list[Pair]:
        """Return the files that were renamed between two commits, by likeness; where they are many, by equal bytes."""
        diff = self._diff(before, after)
        if diff is None:
            return []
        gone, new = [], []
        for old, now, delta in _rows(diff):
            if delta.status == DeltaStatus.DELETED:
                gone.append((old, str(delta.old_file.id)))
            elif delta.status == DeltaStatus.ADDED:
                new.append((now, str(delta.new_file.id)))
        if len(gone) + len(new) > MOST_RENAMED or self._bytes(blob for _, blob in (*gone, *new)) > MOST_BYTES:
            return _equal(gone, new)
        try:
            diff.find_similar(DiffFind.FIND_RENAMES, HALF, HALF, HALF, HALF, MOST_RENAMED)
        except (KeyError, pygit2.GitError):  # a blob that this clone does not have
            return _equal(gone, new)
        return sorted((old, now) for old, now, delta in _rows(diff) if delta.status == DeltaStatus.RENAMED)

    def when(self, commit: str) -> int:
        """Return when a commit was committed, in seconds of UTC; 0 for one that cannot be read."""
        try:
            return int(self._repo[commit].peel(pygit2.Commit).commit_time)
        except (KeyError, ValueError, pygit2.GitError):
            return 0

    def parent(self, commit: str) -> str:
        """Return the first parent of a commit, "" where there is none."""
        return self._parent(commit)

    def _parent(self, commit: str) -> str:
        try:
            return next((str(oid) for oid in self._repo[commit].peel(pygit2.Commit).parent_ids), "")
        except (KeyError, ValueError, pygit2.GitError):
            return ""

    def _tree(self, commit: str) -> pygit2.Tree | None:
        try:
            return self._repo[commit].peel(pygit2.Tree)
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def _diff(self, before: str, after: str) -> pygit2.Diff | None:
        old, new = self._tree(before), self._tree(after)
        if old is None or new is None:
            return None
        try:
            return old.diff_to_tree(new)
        except (KeyError, pygit2.GitError):
            return None

    def _bytes(self, blobs: Iterator[str]) -> int:
        total = 0
        for blob in blobs:
            try:
                total += self._repo.odb.read_header(blob)[1]
            except (KeyError, ValueError, pygit2.GitError):
                continue
        return total


def _rows(diff: pygit2.Diff) -> Iterator[tuple[str, str, pygit2.DiffDelta]]:
    """Yield the old and new path of each change; both are the same where nothing moved."""
    for number, delta in enumerate(diff.deltas):
        if number >= MOST_CHANGES:
            return
        yield text_of(delta.old_file.raw_path), text_of(delta.new_file.raw_path), delta


def _equal(gone: list[Pair], new: list[Pair]) -> list[Pair]:
    """Return the pairs of paths that hold the same blob, each path once."""
    places: dict[str, list[str]] = {}
    for path, blob in new:
        places.setdefault(blob, []).append(path)
    return [(path, places[blob].pop(0)) for path, blob in gone if places.get(blob)]


def _is_partial(repo: pygit2.Repository) -> bool:
    """Tell whether a remote keeps objects back, as for `git clone --filter`."""
    try:
        names = [row.name for row in repo.config]
    except (UnicodeError, pygit2.GitError, StopIteration):
        return False
    return any(
        name.endswith((".promisor", ".partialclonefilter")) or name == "extensions.partialclone" for name in names
    )
