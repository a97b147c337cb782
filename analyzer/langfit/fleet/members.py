"""Who belongs to a fleet: paths of repositories, folders that hold some, and lists."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256

from langfit.fleet.model import Member
from langfit.model.errors import LangfitError
from langfit.repository.gitdir import holds_repository, is_git_folder

MOST = 1_000_000  # members
LARGEST_LIST = 256 << 20  # bytes
LONGEST = 300  # characters of an id, an owner or a tag
MOST_TAGS = 20
DEEPEST = 4  # folders between the one that was named and a repository in it
COLUMNS = ("id", "path", "revision", "owner", "tags")
SECRET = re.compile(r"://[^/@]*@|^[^/@\s]+:[^/@\s]+@")


def members_of(named: Iterable[str]) -> tuple[Member, ...]:
    """Return the members that paths, folders and lists name, each once and sorted by id.

    A file is a list: a path a line, or a table with tabs. Raises LangfitError for what is not there, for an id that two
    repositories share, and for one that holds a password.
    """
    rows: list[Member] = []
    for name in named:
        rows += _of(name)
        if len(rows) > MOST:
            raise LangfitError(f"There are more than {MOST:,} repositories: give them in several lists, or by --shard.")
    named_ones = [row for row in rows if row.id]
    found = [*named_ones, *_with_ids([row for row in rows if not row.id])]
    return _distinct(found)


def shard_of(members: Iterable[Member], index: int, count: int) -> tuple[Member, ...]:
    """Return the members of shard `index` of `count`, counted from 1. Other members change nothing about it."""
    return tuple(m for m in members if int.from_bytes(sha256(_bytes(m.id)).digest()[:8]) % count == index - 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _of(name: str) -> list[Member]:
    if name == "-":
        return list(_listed(sys.stdin.buffer.read(LARGEST_LIST + 1), "the standard input", ""))
    if os.path.isdir(name):
        if _is_repository(name):
            return [Member("", os.path.abspath(name))]
        found = [Member("", path) for path in _below(os.path.abspath(name))]
        if not found:
            raise LangfitError(f"{name} holds no repository: name one, a folder with some in it, or a list.")
        return found
    try:
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:
            data = file.read(LARGEST_LIST + 1)
    except OSError as problem:
        reason = problem.strerror or "it cannot be read"
        raise LangfitError(f"{name} cannot be read ({reason}): name a repository, a folder or a list.") from None
    return list(_listed(data, name, os.path.dirname(os.path.abspath(name))))


def _is_repository(path: str) -> bool:
    name = os.fsencode(path)
    return holds_repository(name) or (is_git_folder(name) and os.path.basename(path.rstrip("/")).endswith(".git"))


def _below(folder: str) -> Iterator[str]:
    """Yield the repositories in a folder, and none that lies inside of another one. Links are not followed."""
    level = [folder]
    for _ in range(DEEPEST):
        deeper: list[str] = []
        for path in level:
            try:
                inside = sorted(entry.path for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False))
            except OSError:
                continue
            for child in inside:
                if _is_repository(child):
                    yield child
                elif not os.path.basename(child).startswith("."):
                    deeper.append(child)
        level = deeper


def _listed(data: bytes, shown: str, home: str) -> Iterator[Member]:
    """Yield the rows of a list. A path that is not absolute starts here, or else where the list is."""
    if len(data) > LARGEST_LIST:
        raise LangfitError(f"{shown} is larger than any list of repositories: name a text with a path a line.")
    lines = data.decode("utf-8", "surrogateescape").lstrip("\ufeff").splitlines()
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    table = any("\t" in line for _, line in kept)
    columns: tuple[str, ...] = COLUMNS if table else ("path",)
    if table and kept:
        first = tuple(cell.strip().lower() for cell in kept[0][1].split("\t"))
        if "path" in first and set(first) <= set(COLUMNS):
            columns, kept = first, kept[1:]
    for number, line in kept:
        yield _member(columns, line, f"{shown}:{number}", home)


def _member(columns: tuple[str, ...], line: str, where: str, home: str) -> Member:
    cells = [cell.strip() for cell in line.split("\t")] if len(columns) > 1 else [line.strip()]
    if len(cells) > len(columns):
        raise LangfitError(f"{where}: a row has the columns {', '.join(columns)}, separated by tabs, and no more.")
    row = dict(zip(columns, cells, strict=False))
    path = row.get("path", "")
    if not path or "\0" in line:
        raise LangfitError(f"{where}: the row has no path.")
    tags = tuple(dict.fromkeys(tag.strip() for tag in row.get("tags", "").split(",") if tag.strip()))
    for text in (row.get("id", ""), row.get("revision", ""), row.get("owner", ""), *tags):
        if len(text) > LONGEST or not text.isprintable():
            raise LangfitError(f"{where}: each cell is one line of at most {LONGEST} characters.")
        if SECRET.search(text):
            raise LangfitError(f"{where}: a user or a password stands in the row; leave it out, langfit needs none.")
    if len(tags) > MOST_TAGS:
        raise LangfitError(f"{where}: a repository has at most {MOST_TAGS} tags.")
    if row.get("revision", "").startswith("-"):
        raise LangfitError(f"{where}: a revision does not begin with a dash.")
    return Member(row.get("id", ""), _resolved(path, home), row.get("revision", ""), row.get("owner", ""), tags)


def _resolved(path: str, home: str) -> str:
    if os.path.isabs(path) or not home or os.path.lexists(path):
        return os.path.abspath(path)
    return os.path.normpath(os.path.join(home, path))


def _with_ids(rows: list[Member]) -> list[Member]:
    """Name repositories by the end of their path: as much of it as tells them apart."""
    waiting = {row.path: row for row in rows}
    parts = {path: _parts(path) for path in waiting}
    named: dict[str, Member] = {}
    length = 1
    while waiting:
        groups: dict[str, list[str]] = {}
        for path in waiting:
            groups.setdefault("/".join(parts[path][-length:]), []).append(path)
        for name, paths in groups.items():
            if len(paths) == 1 or length >= max(len(parts[path]) for path in paths):
                # Two paths that differ in `.git` alone have the same parts: then the path itself is the name.
                for path in paths:
                    named[path] = _called(waiting.pop(path), name if len(paths) == 1 else path.lstrip("/"))
        length += 1
    return [named[row.path] for row in rows]


def _parts(path: str) -> list[str]:
    """Return what a repository may be called by: its path without the `.git` that ends it."""
    shown = path.removesuffix("/.git").removesuffix(".git").rstrip("/")
    return [part for part in shown.split("/") if part] or ["repository"]


def _called(row: Member, name: str) -> Member:
    name = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)
    return Member(name[-LONGEST:], row.path, row.revision, row.owner, row.tags)


def _distinct(rows: Iterable[Member]) -> tuple[Member, ...]:
    """Return each member once. Raises LangfitError where one id stands for two repositories."""
    known: dict[str, Member] = {}
    for row in rows:
        other = known.setdefault(row.id, row)
        if (other.path, other.revision) != (row.path, row.revision):
            raise LangfitError(f"Two repositories have the id {row.id!r}: give each its own in the first column.")
    return tuple(known[name] for name in sorted(known))
