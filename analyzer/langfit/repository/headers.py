"""Asks libgit2 for type and size of an object without pygit2, whose own answer to a damaged one destroys memory.

It writes a byte at an offset that the damaged object names (Odb.read_header, last seen in 1.21.0).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pygit2

NOT_FOUND = -3  # GIT_ENOTFOUND

Header = Callable[[pygit2.Oid], tuple[int, int]]


def headers_of(repo: pygit2.Repository) -> Header:
    """Return what gives (type, size) of an object. It raises KeyError for one that is missing, GitError if damaged."""
    library = _library()
    if library is None:
        return lambda oid: _known(repo.odb, oid)
    from ctypes import addressof, byref, c_int, c_size_t, c_void_p

    handle, size, kind = c_void_p(), c_size_t(), c_int()
    if library.git_repository_odb(byref(handle), int.from_bytes(repo._pointer[:], sys.byteorder)):  # noqa: SLF001
        raise pygit2.GitError("the objects of the repository cannot be opened")
    library.git_odb_free(handle)  # it lives as long as the repository
    ask, to_size, to_kind = library.git_odb_read_header, addressof(size), addressof(kind)

    def header(oid: pygit2.Oid) -> tuple[int, int]:
        failed = ask(to_size, to_kind, handle, oid.raw)
        if failed == NOT_FOUND:
            raise KeyError(str(oid))
        if failed:
            raise pygit2.GitError(f"the object {oid} in {repo.path} is damaged")
        return kind.value, size.value

    return header


def _known(odb: pygit2.Odb, oid: pygit2.Oid) -> tuple[int, int]:
    kind, size = odb.read_header(oid)
    return int(kind), size


@cache
def _library() -> Any:
    """Return libgit2 as pygit2 has loaded it; None where its functions cannot be reached that way."""
    import ctypes

    from pygit2 import _pygit2

    try:
        library = ctypes.PyDLL(_pygit2.__file__)  # keeps the lock: loose objects are read by Python code
        library.git_odb_read_header.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p]
        library.git_repository_odb.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        library.git_odb_free.argtypes = [ctypes.c_void_p]
        library.git_odb_free.restype = None
    except (OSError, AttributeError):
        return None
    return library
