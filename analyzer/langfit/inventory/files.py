"""The files of a tree that matter, with the role that their names give them, and what its manifests say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from langfit.filetree import Entry, Tree, Unreadable, blob_id
from langfit.inventory.roles import MANIFESTS, matters, role_of, vendored_folder
from langfit.languages import LANGUAGES, language_of
from langfit.languages.paths import folder_of, name_of
from langfit.model.errors import LangfitError
from langfit.model.layout import Reading
from langfit.model.notices import few
from langfit.model.repository import File, Manifest, Skipped

MOST_FILES = 150_000  # that have a role; twice as many as the largest repositories of one language have
LARGEST_MANIFEST = 4 << 20  # bytes; the largest manifests of real repositories have a tenth of a megabyte


class Listing(NamedTuple):
    """What a tree holds before its source files are read."""

    files: list[File]  # sorted by path; their components are not known yet
    manifests: dict[str, Manifest | None]  # by path; None for one that cannot be read: its folder still counts
    skipped: list[Skipped]
    notices: list[str]
    under: str  # the scanned folder, "" for all

    def reading(self) -> dict[str, Reading]:
        """Return how each source file is to be read, by path."""
        found: dict[str, Reading] = {}
        for spoken in LANGUAGES.values():
            found |= spoken.layout.reading(self.files, self.manifests, self.under)
        return found


def listing(tree: Tree, judged: Callable[[str], bool] | None = None) -> Listing:
    """List what a tree holds: every source file once, in `files` or in `skipped`.

    Files for which `judged` says no are left out and counted in a notice; manifests stay. The result is the same for
    any order of entries.
    """
    regular: dict[str, Entry] = {}
    vendored = set()
    entries = tree.entries()
    skipped = set(tree.skipped)  # known only now: folders are entered while entries are listed
    for entry in entries:
        if entry.mode == "submodule":
            skipped.add(Skipped(entry.path, "submodule"))
            continue
        mark = vendored_folder(entry.path)
        if mark is not None:
            vendored.add(mark)
        elif not matters(entry.path):
            continue
        elif entry.mode == "file":
            regular[entry.path] = entry
            if len(regular) > MOST_FILES:
                sentence = f"The tree has more than {MOST_FILES:,} source files and manifests: scan one of its folders."
                raise LangfitError(sentence)
        elif language_of(entry.path) is not None or name_of(entry.path) in MANIFESTS:
            skipped.add(Skipped(entry.path, entry.mode))
    files = {path: _file(tree, regular[path], vendored) for path in sorted(regular)}
    left = [path for path, file in files.items() if judged and file.role != "manifest" and not judged(path)]
    for path in left:
        del files[path]
    manifests, notices = _manifests(tree, files, regular, skipped)
    if left:
        notices.append(f"{len(left):,} file{'s were' if len(left) > 1 else ' was'} left out by include and exclude.")
    return Listing(_with_assembly_of_packages(files), manifests, sorted(skipped), notices, tree.under)


def _file(tree: Tree, entry: Entry, vendored: set[str]) -> File:
    spoken = language_of(entry.path)
    role = role_of(entry.path, vendored, *tree.attributes(entry.path))
    return File(entry.path, entry.blob, entry.size, spoken.id if spoken is not None else None, role)


def _with_assembly_of_packages(files: Mapping[str, File]) -> list[File]:
    """Leave out assembly files that stand beside no source file of a language that takes them for its own."""
    folders = {
        (suffix, folder_of(path))
        for path in files
        if (spoken := language_of(path)) is not None
        for suffix in spoken.assembly
    }
    suffixes = tuple(suffix for spoken in LANGUAGES.values() for suffix in spoken.assembly)
    return [
        file
        for path, file in files.items()
        if not path.endswith(suffixes) or any(path.endswith(s) and (s, folder_of(path)) in folders for s in suffixes)
    ]


def _manifests(
    tree: Tree, files: dict[str, File], entries: Mapping[str, Entry], skipped: set[Skipped]
) -> tuple[dict[str, Manifest | None], list[str]]:
    """Return what each manifest says, and a notice for each one that cannot be parsed."""
    found: dict[str, Manifest | None] = {}
    notices = []
    for path, file in files.items():
        if file.role != "manifest":
            continue
        found[path] = None
        spoken = next(spoken for spoken in LANGUAGES.values() if name_of(path) in spoken.manifests)
        try:
            if file.size > LARGEST_MANIFEST:
                raise ValueError(f"it is larger than {LARGEST_MANIFEST:,} bytes")
            data = tree.read(entries[path])
            if not file.blob:
                files[path] = msgspec.structs.replace(file, blob=blob_id(data), size=len(data))
            found[path] = spoken.reader.parse(path, data)
        except Unreadable as refused:
            skipped.add(Skipped(path, refused.reason))
        except ValueError as broken:
            skipped.add(Skipped(path, "bad-manifest"))
            notices.append(f"{path} cannot be parsed: {broken}.")
    return found, few(notices, "more such manifests")


def known(manifests: Iterable[Manifest | None]) -> list[Manifest]:
    """Return the manifests that could be read."""
    return [manifest for manifest in manifests if manifest is not None]
