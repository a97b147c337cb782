"""Profiles that a tree itself holds: beside the root file of a program, under the name that its build looks for."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import NamedTuple

from langfit.filetree import LFS_HEAD, Entry, Tree, Unreadable
from langfit.languages import LANGUAGES
from langfit.model.repository import Inventory
from langfit.profiles.values import Source

LARGEST = 4 << 20  # bytes


class Committed(NamedTuple):
    """A profile of a program in the tree: `home` is the folder of the program, `blob` what the report names."""

    source: Source
    home: str
    blob: str


def committed(tree: Tree, inventory: Inventory) -> tuple[list[Committed], list[str]]:
    """Return the profiles of a tree, and a sentence for each one that is not read."""
    entries = {entry.path: entry for entry in tree.entries()}
    found, notices = [], []
    for home, path in sorted(_places(inventory)):
        entry = entries.get(path)
        if entry is None:
            continue
        data, why = _data(tree, entry)
        if why:
            notices.append(f"{path} is not read: {why}.")
        elif data:  # an empty one is allowed, and says nothing
            found.append(Committed(Source(path, partial(BytesIO, data)), home, entry.blob))
    return found, notices


def _places(inventory: Inventory) -> set[tuple[str, str]]:
    found = set()
    for item in inventory.deliverables:
        if item.kind != "library":
            home = "" if item.root == "." else item.root
            names = LANGUAGES[item.language].symbols.COMMITTED
            found |= {(home, f"{home}/{name}" if home else name) for name in names}
    return found


def _data(tree: Tree, entry: Entry) -> tuple[bytes, str]:
    if entry.mode != "file":
        return b"", "it is no regular file; keep the profile itself there"
    if entry.size > LARGEST:
        return b"", f"it has more than {LARGEST >> 20} MiB; give it by --profile"
    try:
        data = tree.read(entry)
    except Unreadable as problem:
        return b"", f"it cannot be had ({problem}); give it by --profile"
    if data.startswith(LFS_HEAD):
        return b"", "only a git-lfs pointer is stored here; give the profile by --profile"
    return data, ""
