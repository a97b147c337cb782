"""Reads a tree of files, from disk or out of git, without ever writing, running or following anything in it.

`open_source` is the only way in; the `Source` it gives lists entries, reads their bytes, and answers what
`.gitattributes` and the history say. Everything from git goes through libgit2: the git command runs what it finds
in the configuration of a repository, libgit2 does not.
"""

from langfit.source.opening import locate
from langfit.source.session import Source, open_source
from langfit.tree import Entry, Mode, Unreadable, blob_id, refusal

__all__ = ["Entry", "Mode", "Source", "Unreadable", "blob_id", "locate", "open_source", "refusal"]
