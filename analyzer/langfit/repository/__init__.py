"""Reads a tree of files, from disk or out of git, without ever writing, running or following anything in it.

`open_repository` is the only way in; the `Repository` it gives lists entries, reads their bytes, and answers what
`.gitattributes` and the history say. Everything from git goes through libgit2: the git command runs what it finds
in the configuration of a repository, libgit2 does not.
"""

from langfit.filetree import Entry, Mode, Unreadable, blob_id, refusal
from langfit.repository.opening import locate
from langfit.repository.session import Repository, open_repository

__all__ = ["Entry", "Mode", "Repository", "Unreadable", "blob_id", "locate", "open_repository", "refusal"]
