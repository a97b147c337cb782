"""Lists and reads the tree of a commit, straight from the object database."""

from __future__ import annotations

from collections.abc import Iterator

import pygit2
from pygit2.enums import FileMode

from langfit.filetree import Entry, Mode, Unreadable
from langfit.model.errors import LangfitError
from langfit.repository.entries import ENCLOSING, MOST_ENTRIES, Log, bytes_of, folders_above, text_of

FOLDER = int(FileMode.TREE)
MODES: dict[int, Mode] = {int(FileMode.LINK): "symlink", int(FileMode.COMMIT): "submodule"}

# git refuses to write such names; a tree made by hand may hold them, and they would point out of the repository.
HOSTILE = frozenset((b"", b".", b"..", b".git"))


def list_commit(
    repo: pygit2.Repository, tree: pygit2.Tree, under: str, log: Log, *, may_lack: bool = False
) -> Iterator[Entry]:
    """Every path of `tree` below the folder `under` ("" for all), and the manifests above it, in no set order.

    A folder whose tree object is missing goes to `log`. Raises LangfitError when there is no such folder, or for a
    tree that unfolds to more than MOST_ENTRIES paths.
    """
    top = bytes_of(under)
    odb = repo.odb
    for folder in folders_above(top):
        for name in ENCLOSING:
            row = _lookup(tree, folder + b"/" + name if folder else name)
            if row is not None and row.filemode != FOLDER:
                yield _entry(odb, folder + b"/" + name if folder else name, row, row.filemode)
    start = _lookup(tree, top) if top else tree
    if start is None or (start is not tree and start.filemode != FOLDER):
        if may_lack:
            return
        raise LangfitError(f"There is no folder {under} in this revision: name a folder that it has.")
    waiting = [(start.id, top + b"/" if top else b"")]
    listed = 0
    while waiting:
        oid, prefix = waiting.pop()
        rows = _subtree(repo, oid)
        if rows is None:
            log.skip(text_of(prefix[:-1]), "missing-object")
            continue
        for row in rows:
            name = row.raw_name or b""
            if name in HOSTILE or b"/" in name:
                log.note("names", f"{text_of(prefix)}{text_of(name)} was left out: git forbids this name.")
                continue
            listed += 1
            mode = row.filemode
            if mode == FOLDER:
                waiting.append((row.id, prefix + name + b"/"))
            else:
                yield _entry(odb, prefix + name, row, mode)
        if listed > MOST_ENTRIES:
            raise LangfitError(f"The tree has more than {MOST_ENTRIES:,} entries: scan one of its folders.")


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


def read_path(odb: pygit2.Odb, tree: pygit2.Tree, path: str, most: int) -> bytes | None:
    """Return the bytes of the regular file at `path` in the tree, None where there is none of at most `most` bytes.

    Objects are unpacked whole, and a small pack can hold a huge one.
    """
    row = _lookup(tree, bytes_of(path))
    if row is None or row.filemode in MODES or not isinstance(row, pygit2.Blob):
        return None
    try:
        return bytes(row.data) if odb.read_header(row.id)[1] <= most else None
    except (KeyError, pygit2.GitError):
        return None


def _lookup(tree: pygit2.Tree, path: bytes) -> pygit2.Object | None:
    current: pygit2.Object = tree
    for part in path.split(b"/"):
        if not isinstance(current, pygit2.Tree):
            return None
        try:
            # Names are compared one by one: lookups by text would refuse names that are not UTF-8.
            current = next(row for row in current if row.raw_name == part)
        except (StopIteration, KeyError, pygit2.GitError):
            return None
    return current


def _subtree(repo: pygit2.Repository, oid: pygit2.Oid) -> list[pygit2.Object] | None:
    try:
        found = repo[oid]
        return list(found) if isinstance(found, pygit2.Tree) else None
    except (KeyError, pygit2.GitError):
        return None


def _entry(odb: pygit2.Odb, path: bytes, row: pygit2.Object, filemode: int) -> Entry:
    mode = MODES.get(filemode, "file")
    size = 0
    if mode == "file":
        try:
            size = odb.read_header(row.id)[1]
        except (KeyError, pygit2.GitError):
            pass  # reading it gives the reason
    return Entry(text_of(path), str(row.id) if mode != "submodule" else "", size, mode)
