"""What is a git directory, where a `.git` leads, and what such a directory holds when it holds nothing else."""

from __future__ import annotations

import os
import re
import stat

from langfit.languages import language_of
from langfit.repository.entries import ENCLOSING

LARGEST_POINTER = 1 << 16  # bytes of a `.git` file or of `commondir`, which hold one path
MOST_NAMES = 10_000  # names in folders that git itself puts a few into
OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)

# What git and the hosts of repositories put into a bare one. A folder with anything else is one of files.
OWN = frozenset(
    b"HEAD branches config config.worktree custom_hooks description git-daemon-export-ok hooks index info lfs logs"
    b" modules objects packed-refs refs reftable rr-cache shallow svn worktrees".split()
)
FURTHER = re.compile(rb"[A-Z_]*_(?:HEAD|MSG|MODE|AUTOSTASH)|[\w.-]+\.(?:lock|log|pid|cache|ipc)|gc\.\w+|\.DS_Store")

OBJECTS = re.compile(rb"[0-9a-f]{2}|info|pack")


def is_git_folder(path: bytes) -> bool:
    """Whether `path` is what git calls a git directory: a bare repository or the inside of a `.git`."""
    if not os.path.isfile(path + b"/HEAD"):
        return False
    common = common_folder(path)
    return os.path.isdir(common + b"/refs") and os.path.isdir(common + b"/objects")


def holds_nothing_else(path: bytes) -> bool:
    """Whether all that stands in the git directory `path` is git's own, so that no file of a project is among it."""
    try:
        return all(name in OWN or FURTHER.fullmatch(name) for name in os.listdir(path))
    except OSError:
        return False


def leads_to(dot_git: bytes) -> bytes | None:
    """Return the git directory that a `.git` is or leads to, by a link or as a file; None where there is none."""
    if os.path.isdir(dot_git):
        return dot_git if is_git_folder(dot_git) else None
    text = pointer(dot_git)
    if text is None or not text.startswith(b"gitdir: "):
        return None
    found = os.path.join(os.path.dirname(dot_git), text.removeprefix(b"gitdir: "))
    return found if is_git_folder(found) else None


def holds_repository(path: bytes) -> bool:
    """Whether the folder `path` is the root of a repository, with or without a work tree.

    As for git, a `.git` that leads nowhere makes none, and files beside those of a bare repository are files.
    """
    if os.path.lexists(path + b"/.git"):
        return leads_to(path + b"/.git") is not None
    return is_git_folder(path) and holds_nothing_else(path)


def common_folder(git: bytes) -> bytes:
    """Return the git directory that a linked work tree shares with its repository; `git` itself for any other."""
    text = pointer(git + b"/commondir")
    return os.path.normpath(os.path.join(git, text)) if text else git


def pointer(path: bytes) -> bytes | None:
    """Return the path that a regular file holds; None for anything else, without waiting on a pipe."""
    try:
        handle = os.open(path, OPEN)
    except (OSError, ValueError):
        return None
    with open(handle, "rb") as file:
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            text = file.read(LARGEST_POINTER).rstrip()
        except OSError:
            return None
    return None if b"\0" in text else text


def holds_source(path: bytes) -> bool:
    """Whether source files stand between those of the git directory `path`, where only its commits would be read."""
    seen = 0
    for folder, below, names in os.walk(path):
        seen += len(names)
        if seen > MOST_NAMES or any(name in ENCLOSING or language_of(os.fsdecode(name)) for name in names):
            return True
        inside = os.path.basename(folder)
        if inside == b"objects" and not all(OBJECTS.fullmatch(name) for name in below):
            return True
        # A branch may be called like a source file.
        below[:] = [
            name for name in below if name not in (b"refs", b"logs", b"lfs", b"reftable") and inside != b"objects"
        ]
    return False
