"""The code that is measured: where it comes from, written out as plain files, and as a work tree."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pygit2
from msgspec import Struct

from benchmarks.clones import clone_of
from benchmarks.speed.processes import Failed, note, run
from langfit.filetree import Unreadable, refusal
from langfit.inventory.files import listing
from langfit.languages import LANGUAGES
from langfit.model.repository import LanguageId
from langfit.repository import open_repository

NAMES = ("prometheus/prometheus", "hashicorp/terraform", "tikv/tikv", "tokio-rs/tokio")
CRATES = Path(__file__).resolve().parent.parent / "crates" / "Cargo.toml"
BACK = 50  # commits


class Corpus(Struct, frozen=True):
    """A corpus: what langfit scans, the same as plain files in a folder, and where it comes from."""

    name: str
    scanned: tuple[str, ...]  # arguments of `langfit scan`
    folder: Path
    version: str
    repo: Path | None = None
    back: str = ""  # the revision BACK commits before, "" where there is no such history


class SourceFile(NamedTuple):
    """A source file that langfit can read, and whether langfit parses it, as opposed to skimming it."""

    path: str
    language: LanguageId
    data: bytes
    parsed: bool


class Size(NamedTuple):
    """How much there is in a corpus: source files, their bytes, and the files among them that langfit parses."""

    files: int
    size: int
    parsed: int


def corpora(repos: Path | None, chosen: Iterable[str], place: Path) -> Iterator[Corpus | tuple[str, str]]:
    """Yield every corpus, or its name with the reason why it cannot be had. `place` receives the files."""
    for made in (_standard_library, _crates):
        try:
            yield made(place)
        except Failed as problem:
            yield made.__name__.strip("_").replace("_", " "), str(problem)
    for name in chosen:
        path = clone_of(repos, name) if repos else None
        if path is None:
            yield name, f"no clone of it in {repos.name}" if repos else "no REPOS given"
            continue
        try:
            yield clone(name, path, place)
        except (pygit2.GitError, KeyError, OSError) as problem:
            yield name, f"its clone cannot be read ({type(problem).__name__})"


def _standard_library(place: Path) -> Corpus:
    said = run(["go", "env", "GOROOT", "GOVERSION"]).out.split()
    if len(said) != 2:
        raise Failed("go does not say where its standard library is")
    folder = place / "go"
    shutil.copytree(Path(said[0]) / "src", folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return Corpus("Go standard library", (str(folder),), folder, said[1])


def _crates(place: Path) -> Corpus:
    given: list[object] = ["--locked", "--manifest-path", CRATES]
    run(["cargo", "fetch", *given], {"CARGO_TERM_COLOR": "never"})
    told = json.loads(run(["cargo", "metadata", "--offline", "--format-version", "1", *given]).out)
    folder = place / "crates"
    packages = [package for package in told["packages"] if package["source"]]
    for package in packages:
        shutil.copytree(
            Path(package["manifest_path"]).parent, folder / f"{package['name']}-{package['version']}", symlinks=True
        )
    return Corpus("sources of crates", (str(folder),), folder, f"{len(packages)} crates of benchmarks/crates")


def clone(name: str, path: Path, place: Path) -> Corpus:
    """Return the corpus of a clone at its HEAD, its files written below `place`."""
    repo = pygit2.Repository(str(path))
    head = repo.revparse_single("HEAD").peel(pygit2.Commit)
    folder = place / name.replace("/", "+")
    write_out(repo, head, folder)
    back = head
    for _ in range(BACK):
        if not back.parent_ids or back.parent_ids[0] not in repo:
            break
        back = back.parents[0]
    else:
        return Corpus(name, (str(path), "--rev", str(head.id)), folder, str(head.id)[:12], path, str(back.id))
    return Corpus(name, (str(path), "--rev", str(head.id)), folder, str(head.id)[:12], path)


def blobs(tree: pygit2.Tree, under: str = "") -> Iterator[tuple[str, pygit2.Blob]]:
    """Every regular file of a tree, with its path."""
    for entry in tree:
        path = f"{under}{entry.name}"
        if isinstance(entry, pygit2.Tree):
            yield from blobs(entry, f"{path}/")
        elif isinstance(entry, pygit2.Blob) and entry.filemode != pygit2.enums.FileMode.LINK:
            yield path, entry


def write_out(repo: pygit2.Repository, commit: pygit2.Commit, folder: Path) -> None:
    """Write the files of a commit to a folder as they are stored."""
    note(f"writing {str(commit.id)[:12]} out to {folder.name}")
    _write(blobs(commit.tree), folder)


def _write(rows: Iterable[tuple[str, pygit2.Blob]], folder: Path) -> int:
    """Write blobs to a folder, but for those that a partial clone lacks; how many there were."""
    written = 0
    for path, blob in rows:
        try:
            data = blob.data
        except KeyError:
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        written += 1
    return written


def changed(corpus: Corpus, folder: Path) -> int:
    """Write to `folder` the source files that BACK commits before were other ones; how many they are."""
    repo = pygit2.Repository(str(corpus.repo))
    newer = {str(blob.id) for _, blob in blobs(repo[corpus.scanned[-1]].peel(pygit2.Tree))}
    older = {str(blob.id): (path, blob) for path, blob in blobs(repo[corpus.back].peel(pygit2.Tree))}
    folder.mkdir(parents=True)
    return _write((row for key, row in older.items() if key not in newer and row[0].endswith((".go", ".rs"))), folder)


def work_tree(folder: Path) -> None:
    """Turn a folder of files into a git work tree in which nothing is changed."""
    repo = pygit2.init_repository(str(folder))
    repo.index.add_all()
    repo.index.write()
    who = pygit2.Signature("bench", "bench@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "all", repo.index.write_tree(), [])


def sources(folder: Path) -> Iterator[SourceFile]:
    """Every source file of a folder that langfit can read, with its bytes."""
    with open_repository(str(folder)) as tree:
        entries = {entry.path: entry for entry in tree.entries()}
        found = listing(tree)
        reading = found.reading()
        for file in found.files:
            if file.language is None:
                continue
            try:
                data = tree.read(entries[file.path])
            except Unreadable:
                continue
            if refusal(data) is None:
                full = reading.get(file.path) == "full"
                marked = full and LANGUAGES[file.language].extract.mark_of(data)
                yield SourceFile(file.path, file.language, data, full and not marked)


def parsed_only(folder: Path, target: Path) -> tuple[Size, Path | None]:
    """Write the files that langfit parses to `target`; the size of all, and a parsed file of middling length."""
    files = size = 0
    kept: list[tuple[int, str]] = []
    for file in sources(folder):
        files, size = files + 1, size + len(file.data)
        if file.parsed:
            kept.append((len(file.data), file.path))
            place = target / os.fsdecode(file.path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
    middle = folder / sorted(kept)[len(kept) // 2][1] if kept else None
    return Size(files, size, len(kept)), middle


def copies(folder: Path, target: Path, number: int, most: int = 0, mark: str = "") -> tuple[int, int]:
    """Write `number` copies of a tree below `target`; stop at `most` source files (0 for no end).

    Each source file gets a comment with `mark` and the number of its copy, so that no two are one blob. What comes
    out is the number of source files and of their bytes.
    """
    files = size = 0
    for copy in range(number):
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file() or ".git" in path.parts:
                continue
            ours = path.suffix in (".go", ".rs")
            if not ours and path.name not in ("go.mod", "Cargo.toml"):
                continue
            place = target / f"copy{copy}" / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes() + (f"\n// copy {mark}.{copy}\n".encode() if ours else b"")
            place.write_bytes(data)
            files, size = files + ours, size + (len(data) if ours else 0)
            if most and files >= most:
                return files, size
    return files, size
