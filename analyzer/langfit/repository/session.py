"""The one object with state: an open tree of files, which wants closing."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self

import pygit2

from langfit.filetree import Entry, Unreadable
from langfit.globs import Room
from langfit.model.errors import LangfitError
from langfit.model.repository import Skipped
from langfit.repository import commits, disk
from langfit.repository.attributes import LARGEST, Attributes, decide, left_out, parse
from langfit.repository.entries import Log, bytes_of, text_of
from langfit.repository.gitdir import common_folder
from langfit.repository.history import History
from langfit.repository.ignores import by_files
from langfit.repository.index import IndexUnreadable, tracked_files
from langfit.repository.opening import Place, branch_of, locate
from langfit.repository.reading import Folders
from langfit.repository.remotes import remote_of

IN_ACTIONS = "in GitHub Actions, give actions/checkout `fetch-depth: 0`"
LEAST_ROOM = 4 << 20  # bytes that a file may have at any rate, however small it was when it was listed
_BRANCH = re.compile(r"[\w.][\w./-]*")  # what may be a branch or tag without asking git
_OBJECT = re.compile(r"[0-9a-f]{7,40}|HEAD|refs/.*")


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
        return self._log.said()

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
        return decide(bytes_of(path), self._attributes_of)

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
            commit = _peel(self._place.repo.revparse_single, "HEAD")
        return History(self._place.repo, commit) if commit is not None else None

    def commit(self, paths: Iterable[str]) -> str:
        """Return the commit whose files stand at these paths, in 40 hex digits; "" where one of them differs from HEAD.

        Files on disk are compared by what the index knows of them, so one that was only touched counts as different.
        """
        if self._commit is not None:
            return str(self._commit.id)
        repo = self._place.repo
        head = _peel(repo.revparse_single, "HEAD") if repo is not None else None
        if head is None:
            return ""
        try:
            committed = pygit2.Index()
            committed.read_tree(head.tree)
            blobs = {entry.path: entry.blob for entry in self.entries()}
            same = all(str(committed[path].id) == blobs[path] for path in paths)
        except (KeyError, ValueError, pygit2.GitError):  # a file that HEAD has not, or a path that is not UTF-8
            return ""
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
        repo = self._repo()
        try:
            found = repo.merge_base(mine.id, other.id)
        except (KeyError, pygit2.GitError):
            found = None
        if found is not None:
            return str(found)
        if repo.is_shallow:
            raise LangfitError(
                f"This clone is too shallow to hold the common ancestor with {revision}:"
                f" run `{_fetch(revision, '--unshallow')}` and try again; {IN_ACTIONS}."
            )
        raise LangfitError(
            f"There is no common ancestor with {revision}: name a base that shares history with the scanned"
            f" revision, or run `{_fetch(revision)}` if parts of it are missing."
        )

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
        seen = set()
        for entry in disk.list_disk(self._folders, under, ignored, tracked, self._log):
            seen.add(bytes_of(entry.path))
            yield entry
        prefix = under + b"/" if under else b""
        absent = [path for path in tracked if path not in seen and path.startswith(prefix)]
        for path in absent:
            if tracked[path].submodule:
                yield Entry(path.decode("utf-8", "surrogateescape"), "", 0, "submodule")
        files = sum(not tracked[path].submodule for path in absent)
        if files:
            self._log.notices.append(
                f"{files} tracked file(s) are not on disk (deleted, or a sparse checkout) and were not looked at."
            )

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
        if self._commit is not None:
            return commits.read_path(self._repo().odb, self._tree(self._commit), path, LARGEST)
        try:
            return self._folders.read(bytes_of(path), LARGEST)
        except Unreadable:
            return None

    def _repo(self) -> pygit2.Repository:
        if self._place.repo is None:
            why = self._place.notices[0] if self._place.notices else f"{self.path} is not a git repository."
            raise LangfitError(f"{why} Leave out options that name a revision.")
        return self._place.repo

    def _tree(self, commit: pygit2.Commit) -> pygit2.Tree:
        try:
            return commit.tree
        except (KeyError, pygit2.GitError):
            raise LangfitError(
                f"The files of commit {commit.id} are not in this clone: run `git fetch --refetch origin {commit.id}`."
            ) from None

    def _find(self, revision: str) -> pygit2.Commit:
        repo = self._repo()
        # In a checkout made by a CI service, other branches exist only as those of the remote.
        for name in (revision, f"origin/{revision}"):
            found = _peel(repo.revparse_single, name)
            if found is not None:
                return found
        if repo.is_empty or (revision == "HEAD" and repo.head_is_unborn):
            raise LangfitError(f"The repository at {self.path} has no commits yet: make one, or scan a work tree.")
        sentence = f"There is no commit named {revision} in {self.path}: check the name"
        if repo.is_shallow:
            command = _fetch(revision, "--unshallow")
            raise LangfitError(f"{sentence}, or run `{command}` to get it with its history; {IN_ACTIONS}.")
        raise LangfitError(f"{sentence}, or run `{_fetch(revision)}` to get it.")

    def _branch(self, revision: str | None) -> str:
        if self._place.repo is None:
            return ""
        if revision is None or revision == "HEAD":
            return branch_of(self._place.repo)
        try:
            return revision if self._place.repo.lookup_branch(revision) is not None else ""
        except (KeyError, ValueError, pygit2.GitError):
            return ""


def _peel(parse: Callable[[str], pygit2.Object], name: str) -> pygit2.Commit | None:
    try:
        return parse(name).peel(pygit2.Commit)
    except (KeyError, ValueError, TypeError, pygit2.GitError):
        return None


def _fetch(revision: str, *options: str) -> str:
    """Return the command that brings a revision, under its name also where a clone follows one branch."""
    name = revision.removeprefix("origin/")
    named = _BRANCH.fullmatch(name) and not _OBJECT.fullmatch(name)
    wanted = f"+{name}:refs/remotes/origin/{name}" if named else name
    return " ".join(["git fetch", *options, "origin", shlex.quote(wanted)])
