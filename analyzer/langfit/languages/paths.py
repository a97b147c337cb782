"""Paths of a tree as text: "/" between names, "" for the root."""

from __future__ import annotations

import posixpath
from collections.abc import Container


def folder_of(path: str) -> str:
    """Return the folder of a path, "" for the root."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """Return the last name of a path."""
    return path.rpartition("/")[2]


def join(folder: str, path: str) -> str:
    """Return a relative path seen from a folder as one of the tree; one that climbs out of it begins with `..`."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined


def is_inside(path: str, folder: str) -> bool:
    """Tell whether a path is a folder or below it; everything is below the root."""
    return not folder or path == folder or path.startswith(folder + "/")


def below(path: str, folder: str) -> str:
    """Return a path as seen from a folder that holds it; one from elsewhere stays as it is."""
    if not folder or not path.startswith(folder):
        return path
    return path[len(folder) + 1 :] if path[len(folder) : len(folder) + 1] == "/" else "" if path == folder else path


def nearest(folder: str, roots: Container[str]) -> str | None:
    """Return the deepest of `roots` that is `folder` or above it ("" is the root of all); None for none."""
    while folder not in roots:
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
    return folder
