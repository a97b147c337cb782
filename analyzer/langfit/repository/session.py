"""The one object with state: an open tree of files, which wants closing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import pygit2

from langfit.filetree import Entry, Unreadable
from langfit.globs import Room
from langfit.model.errors import LangfitError
from langfit.model.repository import Skipped
from langfit.repository import commits, disk, revisions
from langfit.repository.attributes import LARGEST, Attributes, decide, left_out, parse
from langfit.repository.entries import Log, bytes_of, folders_above, text_of
from langfit.repository.gitdir import common_folder
from langfit.repository.history import History
from langfit.repository.ignores import by_files
from langfit.repository.index import IndexUnreadable, tracked_files
from langfit.repository.opening import Place, branch_of, locate
from langfit.repository.reading import Folders
from langfit.repository.remotes import remote_of

LEAST_ROOM = 4 << 20  # bytes that a file may have at any rate, however small it was when it was listed


def open_repository(
    path: str, revision: str | None = None, *, missing_folder: str = "refuse", follow: bool = True
) -> Repository:
    """Open the tree at `path`, as it is on disk or as it was at `revision`, which needs no checkout.

    `revision` is any name git has for a commit. A bare repository is read at HEAD unless told otherwise.

    With `missing_folder` "empty" a folder that the revision does not have is an empty tree, as it is for a base.
    Without `follow` a repository that leads out of its folder, by a `.git` file for instance, is refused.
    Raises LangfitError when there is nothing to open there or no such revision.
    """
    place = locate(path, follow=follow)
    try:
        return Repository(path, place, revision, missing_folder=missing_folder)
    except BaseException:
        if place.repo is not None:
            place.repo.free()
        raise


class Repository:
    """A tree of files and, where there is one, its repository. Use it as a context manager.

    `path` as the user named it; `under` the scanned folder, relative to the root of the repository ("" for all);
    `revision` the commit in 40 hex digits, None when the files come from disk; `remote` and `branch` are "" where
    unknown; `notices` and `skipped` grow while entries are listed.
    """

    def __init__(self, path: str, place: Place, revision: str | None, *, missing_folder: str = "refuse") -> None:
        self.path = path
        self._missing_folder = missing_folder
        self.under = place.under
        self._place = place
        self._folders = Folders(os.fsencode(place.root))
        self._log = Log(notices=list(place.notices))
        self._attributes: dict[bytes, Attributes] = {}
        self._room = Room()  # for the patterns of attribute files
        self._above: dict[bytes, tuple[bytes, ...]] = {}  # folder -> those above and itself that have attributes
        self._attribute_files: dict[str, Entry] | None = None  # of a commit
        self._entries: tuple[Entry, ...] | None = None
        self._commit: pygit2.Commit | None = None
        if revision is not None or place.bare:
            self._commit = self._find("HEAD" if revision is None else revision)
        self.revision = str(self._commit.id) if self._commit is not None else None
        self.remote = remote_of(place.repo) if place.repo is not None else ""
        self.branch = self._branch(revision)

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about what could not be looked at."""
        return self._log.sentences()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Folders that could not be entered."""
        return tuple(sorted(self._log.skipped))

    def entries(self) -> tuple[Entry, ...]:
        """Every path of the tree, sorted; beside those below `under` also go.mod, go.work and Cargo.toml above it.

        Raises LangfitError when the listing cannot be had at all.
        """
        if self._entries is None:
            self._entries = tuple(sorted(self._list(), key=lambda entry: entry.path))
        return self._entries

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of an entry. Raises Unreadable with a reason when there are none to be had."""
        if entry.mode != "file":
            raise Unreadable(entry.mode)
        if self._commit is not None:
            return commits.read_commit(self._repo(), entry)
        most = max(2 * entry.size, LEAST_ROOM)
        data = self._folders.read(bytes_of(entry.path), most + 1)
        if len(data) > most:
            raise Unreadable("too-big")  # it has grown since it was listed
        return data

    def attributes(self, path: str) -> tuple[bool | None, bool | None]:
        """Return what .gitattributes says of the file at `path`: (generated, vendored), None where it says nothing."""
        raw = bytes_of(path)
        return decide(raw, self._attributes_of, self._speaking(raw.rpartition(b"/")[0]))

    @property
    def name(self) -> str:
        """The name of the repository: by its remote, else by its folder."""
        named = re.sub(r"\.git/*$", "", self.remote.rstrip("/")).replace(":", "/").rpartition("/")[2]
        folder = os.path.basename(os.path.realpath(self._place.root))
        return named or folder.removesuffix(".git") or "repository"

    def history(self) -> History | None:
        """Return the history of the scanned commit, or of HEAD for files on disk; None without one."""
        if self._place.repo is None:
            return None
        commit = self._commit
        if commit is None:
            commit = revisions.peeled(self._place.repo, "HEAD")
        return History(self._place.repo, commit) if commit is not None else None

    def commit(self, paths: Iterable[str]) -> str:
        """Return the commit whose files stand at these paths, in 40 hex digits; "" where one of them differs from HEAD.

        Files on disk are compared by what the index knows of them, so one that was only touched counts as different.
        """
        if self._commit is not None:
            return str(self._commit.id)
        repo = self._place.repo
        head = revisions.peeled(repo, "HEAD") if repo is not None else None
        if repo is None or head is None:
            return ""
        blobs = {entry.path: entry.blob for entry in self.entries()}
        try:
            committed = commits.Lookup(repo, head.tree)
        except (KeyError, ValueError, pygit2.GitError):
            return ""
        same = all(blobs.get(path, "") == committed.blob(bytes_of(path)) != "" for path in paths)
        return str(head.id) if same else ""

    def commit_of(self, revision: str) -> str:
        """Return the commit that `revision` names, 40 hex digits. Raises LangfitError for one that is not there."""
        return str(self._find(revision).id)

    def merge_base(self, revision: str) -> str:
        """Return the commit where the scanned history and that of `revision` parted, 40 hex digits.

        Raises LangfitError with the command that brings what is missing, as in a shallow clone.
        """
        other = self._find(revision)
        mine = self._commit if self._commit is not None else self._find("HEAD")
        return revisions.merge_base(self._repo(), mine, other, revision, self.path)

    def close(self) -> None:
        """Let go of the repository; entries can no longer be read from it."""
        self._folders.close()
        if self._place.repo is not None:
            self._place.repo.free()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _list(self) -> Iterator[Entry]:
        if self._commit is not None:
            tree, empty = self._tree(self._commit), self._missing_folder == "empty"
            return commits.list_commit(self._repo(), tree, self.under, self._log, may_lack=empty)
        under, repo = bytes_of(self.under), self._place.repo
        if repo is None:
            return disk.list_disk(self._folders, under, by_files(self._folders, None, self._log), {}, self._log)
        exclude = common_folder(os.fsencode(repo.path)) + b"/info/exclude"
        try:
            tracked = tracked_files(repo)
        except IndexUnreadable as problem:  # a sparse or a split one, for instance: git reads it, libgit2 does not
            self._log.notices.append(
                f"The index of the repository cannot be read ({problem}): files are listed as they are on disk, without"
                " those that are tracked though ignored."
            )
            tracked = {}
        return self._with_absent(under, by_files(self._folders, exclude, self._log), tracked)

    def _with_absent(self, under: bytes, ignored: disk.Ignored, tracked: dict[bytes, disk.Tracked]) -> Iterator[Entry]:
        prefix = under + b"/" if under else b""
        absent = {path for path in tracked if path.startswith(prefix)}
        for entry in disk.list_disk(self._folders, under, ignored, tracked, self._log):
            absent.discard(bytes_of(entry.path))
            yield entry
        for path in sorted(absent):
            if tracked[path].submodule:
                yield Entry(path.decode("utf-8", "surrogateescape"), "", 0, "submodule")
        files = sum(not tracked[path].submodule for path in absent)
        if files:
            self._log.notices.append(
                f"{files} tracked file(s) are not on disk (deleted, or a sparse checkout) and were not looked at."
            )

    def _speaking(self, folder: bytes) -> tuple[bytes, ...]:
        """Return the folders with an attribute file that may speak of what is in a folder, the deepest one first."""
        waiting = []
        while folder and folder not in self._above:
            waiting.append(folder)
            folder = folder.rpartition(b"/")[0]
        if not folder and not self._above:
            self._above[b""] = (b"",) if self._attributes_of(b"") else ()
        found = self._above[folder]
        for below in reversed(waiting):
            found = self._above[below] = (below, *found) if self._attributes_of(below) else found
        return found

    def _attributes_of(self, folder: bytes) -> Attributes:
        if folder not in self._attributes:
            path = text_of(folder + b"/.gitattributes" if folder else b".gitattributes")
            data = self._bytes_at(path)
            found = self._attributes[folder] = parse(data, self._room) if data else {}
            left = left_out(found)
            if left:
                sentence = f"{path} holds more patterns than langfit takes in: {left:,} of them were left out."
                self._log.note("files with more patterns", sentence, 3)
        return self._attributes[folder]

    def _bytes_at(self, path: str) -> bytes | None:
        """Return the start of an attribute file, None where there is none."""
        try:
            if self._commit is None:
                return self._folders.read(bytes_of(path), LARGEST)
            if self._attribute_files is None:
                self._attribute_files = self._listed()
            entry = self._attribute_files.get(path)
            return self.read(entry) if entry is not None and entry.size <= LARGEST else None
        except Unreadable:
            return None

    def _listed(self) -> dict[str, Entry]:
        """Return the attribute files of a commit: those below `under` as they are listed, and those above it."""
        assert self._commit is not None
        above = [
            folder + b"/.gitattributes" if folder else b".gitattributes"
            for folder in folders_above(bytes_of(self.under))
        ]
        found = commits.list_paths(self._repo(), self._tree(self._commit), above)
        below = (entry for entry in self.entries() if entry.path.rpartition("/")[2] == ".gitattributes")
        return {entry.path: entry for entry in (*found, *below)}

    def _repo(self) -> pygit2.Repository:
        if self._place.repo is None:
            why = self._place.notices[0] if self._place.notices else f"{self.path} is not a git repository."
            raise LangfitError(f"{why} Leave out options that name a revision.")
        return self._place.repo

    def _tree(self, commit: pygit2.Commit) -> pygit2.Tree:
        return revisions.tree_of(self._repo(), commit, self.path)

    def _find(self, revision: str) -> pygit2.Commit:
        return revisions.find(self._repo(), revision, self.path)

    def _branch(self, revision: str | None) -> str:
        if self._place.repo is None:
            return ""
        if revision is None or revision == "HEAD":
            return branch_of(self._place.repo)
        try:
            return revision if self._place.repo.lookup_branch(revision) is not None else ""
        except (KeyError, ValueError, pygit2.GitError):
            return ""
