"""Finds commits by what people call them, and says what is wrong where there is none: missing, too shallow, damaged."""

from __future__ import annotations

import re
import shlex

import pygit2

from langfit.model.errors import LangfitError

IN_ACTIONS = "in GitHub Actions, give actions/checkout `fetch-depth: 0`"
REPAIR = "run `git fsck` in it, or clone it again"
_BRANCH = re.compile(r"[\w.][\w./-]*")  # what may be a branch or tag without asking git
_OBJECT = re.compile(r"[0-9a-f]{7,40}|HEAD|refs/.*")


def peeled(repo: pygit2.Repository, name: str) -> pygit2.Commit | None:
    """Return the commit of that name; None for what is no commit, missing or damaged."""
    try:
        return repo.revparse_single(name).peel(pygit2.Commit)
    except (KeyError, ValueError, TypeError, pygit2.GitError):
        return None


def find(repo: pygit2.Repository, revision: str, path: str) -> pygit2.Commit:
    """Return the commit that `revision` names in the repository at `path`. Raises LangfitError where there is none."""
    # In a checkout made by a CI service, other branches exist only as those of the remote.
    for name in (revision, f"origin/{revision}"):
        try:
            return repo.revparse_single(name).peel(pygit2.Commit)
        except (KeyError, ValueError, TypeError):
            continue
        except pygit2.GitError as error:  # what is there, and cannot be read
            why = str(error).removeprefix(f"{name}: ")
            raise LangfitError(f"The repository at {path} is damaged ({why}): {REPAIR}.") from None
    if repo.is_empty or (revision == "HEAD" and repo.head_is_unborn):
        raise LangfitError(f"The repository at {path} has no commits yet: make one, or scan a work tree.")
    lost = _points_to(repo, revision)
    if lost:
        raise LangfitError(f"The repository at {path} is damaged ({revision} is {lost}, which is not there): {REPAIR}.")
    sentence = f"There is no commit named {revision} in {path}: check the name"
    if repo.is_shallow:
        command = fetch(revision, "--unshallow")
        raise LangfitError(f"{sentence}, or run `{command}` to get it with its history; {IN_ACTIONS}.")
    raise LangfitError(f"{sentence}, or run `{fetch(revision)}` to get it.")


def tree_of(repo: pygit2.Repository, commit: pygit2.Commit, path: str) -> pygit2.Tree:
    """Return the files of a commit. Raises LangfitError where they are missing or damaged."""
    try:
        return commit.tree
    except (KeyError, ValueError, pygit2.GitError) as error:
        if commit.tree_id in repo.odb:
            raise LangfitError(f"The repository at {path} is damaged ({error}): {REPAIR}.") from None
        raise LangfitError(
            f"The files of commit {commit.id} are not in this clone: run `git fetch --refetch origin {commit.id}`."
        ) from None


def merge_base(repo: pygit2.Repository, mine: pygit2.Commit, other: pygit2.Commit, revision: str, path: str) -> str:
    """Return the commit where two histories parted, 40 hex digits. `revision` is what people call the other one.

    Raises LangfitError with the command that brings what is missing, as in a shallow clone.
    """
    try:
        found = repo.merge_base(mine.id, other.id)
    except KeyError:
        found = None
    except pygit2.GitError as error:
        raise LangfitError(f"The repository at {path} is damaged ({error}): {REPAIR}.") from None
    if found is not None:
        return str(found)
    if repo.is_shallow:
        raise LangfitError(
            f"This clone is too shallow to hold the common ancestor with {revision}:"
            f" run `{fetch(revision, '--unshallow')}` and try again; {IN_ACTIONS}."
        )
    raise LangfitError(
        f"There is no common ancestor with {revision}: name a base that shares history with the scanned"
        f" revision, or run `{fetch(revision)}` if parts of it are missing."
    )


def fetch(revision: str, *options: str) -> str:
    """Return the command that brings a revision, under its name also where a clone follows one branch."""
    name = revision.removeprefix("origin/")
    named = _BRANCH.fullmatch(name) and not _OBJECT.fullmatch(name)
    wanted = f"+{name}:refs/remotes/origin/{name}" if named else name
    return " ".join(["git fetch", *options, "origin", shlex.quote(wanted)])


def _points_to(repo: pygit2.Repository, name: str) -> str:
    """Return the object that a reference names though it is not there, "" for all others."""
    try:
        target = repo.lookup_reference_dwim(name).resolve().target
        return "" if target in repo.odb else str(target)
    except (KeyError, ValueError, TypeError, pygit2.GitError):
        return ""
