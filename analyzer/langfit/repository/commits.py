"""Lists and reads the tree of a commit, straight from the object database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

import pygit2
from pygit2.enums import FileMode, ObjectType

from langfit.filetree import Entry, Mode, Unreadable
from langfit.model.errors import LangfitError
from langfit.repository.entries import ENCLOSING, MOST_ENTRIES, MOST_PATH, Log, bytes_of, folders_above, text_of
from langfit.repository.headers import Header, headers_of

FOLDER = int(FileMode.TREE)
MODES: dict[int, Mode] = {int(FileMode.LINK): "symlink", int(FileMode.COMMIT): "submodule"}

LARGEST_TREE = 32 << 20  # bytes of one tree object; half a million names in one folder
MOST_KNOWN = 256  # trees that a look-up remembers


class Row(NamedTuple):
    """A row of a tree object."""

    name: bytes
    id: pygit2.Oid
    mode: int


Rows = dict[bytes, Row]  # by name

# git refuses to write such names; a tree made by hand may hold them, and they would point out of the repository.
HOSTILE = frozenset((b"", b".", b"..", b".git"))


class Lookup:
    """Finds the rows of one tree by path; the trees on the way are read once, and a few of them remembered."""

    def __init__(self, repo: pygit2.Repository, tree: pygit2.Tree) -> None:
        self._repo, self._root = repo, tree.id
        self._header = headers_of(repo)
        self._known: dict[bytes, Rows] = {}

    def row(self, path: bytes) -> Row | None:
        """Return what stands at a path, None where nothing does or where a tree on the way cannot be read."""
        folder, _, name = path.rpartition(b"/")
        return self._rows(folder).get(name)

    def blob(self, path: bytes) -> str:
        """Return the id of the file at a path, "" where there is none."""
        row = self.row(path)
        return str(row.id) if row is not None and row.mode != FOLDER and row.mode not in MODES else ""

    def _rows(self, folder: bytes) -> Rows:
        waiting = []
        while folder and folder not in self._known:
            waiting.append(folder)
            folder = folder.rpartition(b"/")[0]
        found = self._known[folder] if folder in self._known else self._keep(b"", self._root)
        for below in reversed(waiting):
            row = found.get(below.rpartition(b"/")[2])
            found = self._keep(below, row.id if row is not None and row.mode == FOLDER else None)
        return found

    def _keep(self, folder: bytes, oid: pygit2.Oid | None) -> Rows:
        rows: Rows = {}
        with suppress(KeyError, ValueError, pygit2.GitError):
            for row in rows_of(self._repo, oid, self._header) if oid is not None else ():
                rows.setdefault(row.name, row)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[folder] = rows
        return rows


def list_commit(
    repo: pygit2.Repository, tree: pygit2.Tree, under: str, log: Log, *, may_lack: bool = False
) -> Iterator[Entry]:
    """Every path of `tree` below the folder `under` ("" for all), and the manifests above it, in no set order.

    A folder whose tree object is missing or damaged goes to `log`. Raises LangfitError when there is no such folder,
    or for a tree that unfolds to more than MOST_ENTRIES paths.
    """
    top = bytes_of(under)
    above = [folder + b"/" + name if folder else name for folder in folders_above(top) for name in ENCLOSING]
    yield from list_paths(repo, tree, above)
    start = Lookup(repo, tree).row(top) if top else Row(b"", tree.id, FOLDER)
    if start is None or start.mode != FOLDER:
        if may_lack:
            return
        raise LangfitError(f"There is no folder {under} in this revision: name a folder that it has.")
    header = headers_of(repo)
    waiting = [(start.id, top + b"/" if top else b"")]
    listed = 0
    while waiting:
        oid, prefix = waiting.pop()
        try:
            for row in _named(rows_of(repo, oid, header), prefix, log):
                listed += 1
                if listed > MOST_ENTRIES:
                    raise LangfitError(f"The tree has more than {MOST_ENTRIES:,} entries: scan one of its folders.")
                if row.mode == FOLDER:
                    waiting.append((row.id, prefix + row.name + b"/"))
                else:
                    yield _entry(header, prefix + row.name, row)
        except KeyError:
            log.skip(text_of(prefix[:-1]), "missing-object")
        except (ValueError, pygit2.GitError):
            log.skip(text_of(prefix[:-1]), "unreadable")


def list_paths(repo: pygit2.Repository, tree: pygit2.Tree, paths: Iterable[bytes]) -> Iterator[Entry]:
    """Yield what stands at some paths of a tree, folders left out."""
    lookup, header = Lookup(repo, tree), headers_of(repo)
    for path in paths:
        row = lookup.row(path)
        if row is not None and row.mode != FOLDER:
            yield _entry(header, path, row)


def rows_of(repo: pygit2.Repository, oid: pygit2.Oid, header: Header) -> Iterator[Row]:
    """Yield the rows of a tree object. Raises KeyError where it is missing, GitError or ValueError where damaged."""
    kind, size = header(oid)
    if size > LARGEST_TREE:
        raise ValueError("a tree of that size was made to hurt")
    tree = repo[oid]
    if kind != ObjectType.TREE or not isinstance(tree, pygit2.Tree):
        raise ValueError("no tree")
    for row in tree:
        yield Row(row.raw_name or b"", row.id, row.filemode)


def _named(rows: Iterable[Row], prefix: bytes, log: Log) -> Iterator[Row]:
    """Yield the rows of a tree that may be listed, each name once: the first one, as in every other look-up."""
    seen = set()
    for row in rows:
        path = prefix + row.name
        if row.name in HOSTILE or b"/" in row.name:
            log.note("names", f"{text_of(path)} was left out: git forbids this name.")
        elif len(path) > MOST_PATH:
            log.leave_out(path)
        elif row.name in seen:
            log.note("names", f"{text_of(path)} stands twice in its tree; the first one counts.")
        else:
            seen.add(row.name)
            yield row


def read_commit(repo: pygit2.Repository, entry: Entry) -> bytes:
    """Return the bytes of a file of the tree. Raises Unreadable."""
    if entry.mode != "file":
        raise Unreadable(entry.mode)
    try:
        return bytes(repo.odb.read(entry.blob)[1])
    except KeyError:
        raise Unreadable("missing-object") from None
    except (pygit2.GitError, ValueError):
        raise Unreadable("unreadable") from None


def _entry(header: Header, path: bytes, row: Row) -> Entry:
    mode = MODES.get(row.mode, "file")
    size = 0
    if mode == "file":
        with suppress(KeyError, ValueError, pygit2.GitError):  # reading it gives the reason
            size = header(row.id)[1]
    return Entry(text_of(path), str(row.id) if mode != "submodule" else "", size, mode)
