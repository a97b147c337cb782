"""Finds what a path is: a work tree, a folder inside one, a bare repository, or a plain folder."""

from __future__ import annotations

import os
import shlex
from urllib.parse import urlsplit, urlunsplit

import pygit2
from msgspec import Struct
from pygit2.enums import RepositoryOpenFlag

from langfit.model.errors import LangfitError
from langfit.repository.disk import is_git_folder


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


def locate(path: str) -> Place:
    """Return what stands at `path`. Raises LangfitError when there is no folder or no repository that can be opened."""
    if not os.path.lexists(path):
        raise LangfitError(f"There is nothing at {path}: name a folder or a repository that exists.")
    if not os.path.isdir(path):
        if os.path.islink(path) and not os.path.exists(path):
            raise LangfitError(f"{path} is a link to nowhere: name the folder itself.")
        raise LangfitError(f"{path} is a file: name the folder that holds it.")
    start = os.path.realpath(path)
    if is_git_folder(os.fsencode(start)):
        return Place(_open(start, RepositoryOpenFlag.BARE), start, "", True)
    notices: tuple[str, ...] = ()
    for folder in _upwards(start):
        if not os.path.lexists(os.path.join(folder, ".git")):
            continue
        try:
            repo = _open(folder, RepositoryOpenFlag.NO_SEARCH)
        except _Unsupported as error:
            notices = (f"{error} Its files are read as those of a plain folder.",)
            break
        except LangfitError as error:
            if folder == start or is_git_folder(os.fsencode(os.path.join(folder, ".git"))):
                raise
            notices = (f"{error} The folder is read as a plain folder.",)
            break
        under = os.path.relpath(start, folder).replace(os.sep, "/") if folder != start else ""
        if under and not repo.is_bare and _foreign(repo, under):
            repo.free()
            break
        return Place(repo, folder, under, repo.is_bare)
    return Place(None, start, "", False, notices)


def remote_of(repo: pygit2.Repository) -> str:
    """Return the URL of the remote "origin" without user, password and query, "" when there is none.

    It is "" for paths of this machine as well, which say nothing to a reader elsewhere.
    """
    try:
        url = repo.remotes["origin"].url or ""
    except (KeyError, ValueError, pygit2.GitError):
        return ""
    if "://" in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        host = parts.netloc.rpartition("@")[2]
        return "" if parts.scheme == "file" or not host else urlunsplit((parts.scheme, host, parts.path, "", ""))
    host, colon, rest = url.partition(":")
    if not colon or "/" in host or len(host) < 2:
        return ""
    return f"{host.rpartition('@')[2]}:{rest}"


def branch_of(repo: pygit2.Repository) -> str:
    """Return the branch that HEAD names, also before its first commit; "" for a detached HEAD."""
    try:
        target = repo.lookup_reference("HEAD").raw_target
    except (KeyError, ValueError, pygit2.GitError):
        return ""
    if not isinstance(target, bytes):
        return ""
    return target.decode("utf-8", "replace").removeprefix("refs/heads/")


def common_folder(git: str) -> str:
    """Return the git directory that a linked work tree shares with its repository; `git` itself for any other."""
    try:
        with open(os.path.join(git, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.normpath(os.path.join(git, file.readline().strip()))
    except OSError:
        return git


def _upwards(start: str) -> list[str]:
    """`start` and the folders above it on the same file system, as git searches."""
    device = os.stat(start).st_dev
    found = [start]
    while (above := os.path.dirname(found[-1])) != found[-1] and os.stat(above).st_dev == device:
        found.append(above)
    return found


def _foreign(repo: pygit2.Repository, under: str) -> bool:
    """Whether the repository ignores the folder and tracks nothing in it: then the folder is none of its own."""
    try:
        if not repo.path_is_ignored(under + "/"):
            return False
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
