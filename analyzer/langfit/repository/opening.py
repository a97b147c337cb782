"""Finds what a path is: a work tree, a folder inside one, a bare repository, or a plain folder."""

from __future__ import annotations

import os
import shlex

import pygit2
from msgspec import Struct, structs
from pygit2.enums import RepositoryOpenFlag

from langfit.model.errors import LangfitError
from langfit.repository import packs
from langfit.repository.entries import Log
from langfit.repository.gitdir import (
    common_folder,
    holds_nothing_else,
    holds_repository,
    holds_source,
    is_git_folder,
    leads_to,
)
from langfit.repository.ignores import by_files
from langfit.repository.objects import guard
from langfit.repository.reading import Folders
from langfit.repository.survey import look_over


class Place(Struct, frozen=True):
    """What is open. `repo` is None for a plain folder.

    `root` is the folder that paths are relative to, `under` the scanned folder inside it ("" for all); `bare` means
    that there are no files but those of commits.
    """

    repo: pygit2.Repository | None
    root: str
    under: str
    bare: bool
    notices: tuple[str, ...] = ()


class _Unsupported(LangfitError):
    """A whole repository in a format that cannot be read."""


class _Forbidden(LangfitError):
    """A repository that leads out of its folder, where that is not allowed."""


def locate(path: str, *, follow: bool = True) -> Place:
    """Return what stands at `path`. Raises LangfitError when there is no folder or no repository that can be opened.

    `.git` is asked first. A folder that looks like a git directory itself is a bare repository only where it cannot be
    one that the files of a work tree make up: see `_is_named`. Without `follow`, a repository that leads out of its
    folder is refused.
    """
    if not os.path.lexists(path):
        raise LangfitError(f"There is nothing at {path}: name a folder or a repository that exists.")
    if not os.path.isdir(path):
        if os.path.islink(path) and not os.path.exists(path):
            raise LangfitError(f"{path} is a link to nowhere: name the folder itself.")
        raise LangfitError(f"{path} is a file: name the folder that holds it.")
    start = os.path.realpath(path)
    looks = is_git_folder(os.fsencode(start)) and not os.path.lexists(os.path.join(start, ".git"))
    if looks and _is_named(path, start):
        return _bare(start, follow)
    if looks and ".git" in start.split(os.sep):
        raise LangfitError(f"{path} is inside of a git directory: name it by a path with `.git`, or name a work tree.")
    place = _around(start, follow)
    if not looks:
        return place
    alone = holds_nothing_else(os.fsencode(start))
    if alone and place.repo is None and not place.notices:
        found = _bare(start, follow)
        if not holds_source(os.fsencode(start)):
            return found
        said = (
            "The folder was taken for a bare repository: its commits are read, and not the source files among its own."
        )
        return structs.replace(found, notices=(*found.notices, said))
    how = "it is read by its commits under a name that ends in `.git`" if alone else "it holds other files as well"
    said = f"{path} looks like a bare repository and was read as a folder of files: {how}."
    return structs.replace(place, notices=(*place.notices, said))


def _is_named(path: str, start: str) -> bool:
    """Whether the user has named a git directory as one, as git's `safe.bareRepository=explicit` asks for.

    The commits that a work tree is made of can bring any folder, but none with `.git` in its path. A name that ends so
    is as good where nothing else is in the folder. What counts is the name that the user gave, not where a link leads.
    """
    parts = os.path.normpath(path).split(os.sep)
    return ".git" in parts or (parts[-1].endswith(".git") and holds_nothing_else(os.fsencode(start)))


def _bare(start: str, follow: bool) -> Place:
    repo, notices = _opened(start, start, RepositoryOpenFlag.BARE, follow)
    return Place(repo, start, "", True, notices)


def _around(start: str, follow: bool) -> Place:
    """Return the repository whose work tree holds the folder `start`, or the folder as a plain one."""
    for folder in _upwards(start):
        dot_git = os.path.join(folder, ".git")
        if not os.path.lexists(dot_git):
            continue
        try:
            repo, notices = _opened(folder, dot_git, RepositoryOpenFlag.NO_SEARCH, follow)
        except _Forbidden:
            raise
        except _Unsupported as error:
            return Place(None, start, "", False, (f"{error} Its files are read as those of a plain folder.",))
        except LangfitError as error:
            if folder == start or is_git_folder(os.fsencode(dot_git)):
                raise
            return Place(None, start, "", False, (f"{error} The folder is read as a plain folder.",))
        under = os.path.relpath(start, folder).replace(os.sep, "/") if folder != start else ""
        if under and _foreign(repo, folder, under):
            repo.free()
            break
        bare = repo.is_bare and _holds_repositories_only(folder)
        if repo.is_bare and not bare:
            notices += ("`core.bare` is set, yet there are files beside `.git`: they are read, not the commits.",)
        return Place(repo, folder, under, bare, notices)
    return Place(None, start, "", False)


def _opened(
    folder: str, dot_git: str, flags: RepositoryOpenFlag, follow: bool
) -> tuple[pygit2.Repository, tuple[str, ...]]:
    """Open a repository that was surveyed before, and say where it leads out of its folder."""
    git = leads_to(os.fsencode(dot_git))
    if git is None:
        raise LangfitError(
            f"{dot_git} is no git directory and leads to none: remove it, or clone the repository again."
        )
    found = look_over(os.fsencode(folder), os.fsencode(dot_git), git)
    out = found.sentence()
    if out and not follow:
        raise _Forbidden(f"{out}. That is forbidden here; --follow-git-links allows it.")
    for objects in found.objects:
        packs.check(objects)
    repo = _open(folder, flags)
    guard(repo, found.objects)
    return repo, ((f"{out}. --no-follow-git-links forbids that.",) if out else ())


def _holds_repositories_only(folder: str) -> bool:
    """Whether a folder holds its `.git` and nothing else but repositories, as one does that linked work trees share."""
    try:
        names = [name for name in os.listdir(os.fsencode(folder)) if name != b".git"]
    except OSError:
        return False
    return all(holds_repository(os.path.join(os.fsencode(folder), name)) for name in names)


def branch_of(repo: pygit2.Repository) -> str:
    """Return the branch that HEAD names, also before its first commit; "" for a detached HEAD."""
    try:
        target = repo.lookup_reference("HEAD").raw_target
    except (KeyError, ValueError, pygit2.GitError):
        return ""
    if not isinstance(target, bytes):
        return ""
    return target.decode("utf-8", "replace").removeprefix("refs/heads/")


def _upwards(start: str) -> list[str]:
    """`start` and the folders above it on the same file system, as git searches."""
    device = os.stat(start).st_dev
    found = [start]
    while (above := os.path.dirname(found[-1])) != found[-1] and os.stat(above).st_dev == device:
        found.append(above)
    return found


def _foreign(repo: pygit2.Repository, folder: str, under: str) -> bool:
    """Whether the repository ignores the folder and tracks nothing in it: then the folder is none of its own."""
    exclude = common_folder(os.fsencode(repo.path)) + b"/info/exclude"
    folders = Folders(os.fsencode(folder))
    ignored = by_files(folders, exclude, Log())
    parts = os.fsencode(under).split(b"/")
    found = any(ignored(b"/".join(parts[: depth + 1]), True) for depth in range(len(parts)))
    folders.close()
    if not found:
        return False
    try:
        prefix = under + "/"
        return not any(entry.path.startswith(prefix) for entry in repo.index)
    except (UnicodeError, pygit2.GitError, OSError):
        return False


def _open(folder: str, flags: RepositoryOpenFlag) -> pygit2.Repository:
    try:
        return pygit2.Repository(folder, flags)
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        raise _sentence(folder, str(error)) from None


def _sentence(folder: str, message: str) -> LangfitError:
    if "not owned by" in message:
        return LangfitError(
            f"The repository at {folder} belongs to another user: if you trust it, run"
            f" `git config --global --add safe.directory {shlex.quote(folder)}` and try again."
        )
    if "sha256" in message:
        return _Unsupported(f"The repository at {folder} uses SHA-256 object names, which cannot be read yet.")
    if "unsupported extension" in message or "repository version" in message:
        what = message.rpartition("extension name ")[2] if "extension name" in message else message
        return _Unsupported(f"The repository at {folder} uses a format that cannot be read yet ({what}).")
    return LangfitError(
        f"The repository at {folder} cannot be opened ({message}): run `git fsck` in it, or clone it again."
    )
