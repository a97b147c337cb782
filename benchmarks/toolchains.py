"""Compares what langfit lists in a tree with what `go list` and `cargo metadata` list there.

usage: toolchains.py --repos DIR [NAME ...]

DIR holds clones, bare or not; each is checked out at HEAD into a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pygit2

from langfit.facts import store
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.filetree import Entry
from langfit.inventory.files import listing
from langfit.languages import LANGUAGES
from langfit.model.layout import Layout
from langfit.model.repository import File
from langfit.model.rule import Rulebook
from langfit.model.summary import FileSummary
from langfit.repository import open_repository
from langfit.rulebook import load
from langfit.rulefiles import root

# A package counts when some platform builds it; these are the ones that packages are most often written for alone.
PLATFORMS = (
    "linux/amd64",
    "linux/arm64",
    "windows/amd64",
    "darwin/arm64",
    "freebsd/amd64",
    "js/wasm",
    "plan9/amd64",
    "android/arm64",
    "ios/arm64",
)
SHOWN = 8  # differences of one kind

Row = tuple[str, ...]


class Listed(NamedTuple):
    """What there is: Go packages and programs by folder, Rust crates and targets by folder or root file."""

    packages: set[Row]
    programs: set[Row]
    crates: set[Row]
    targets: set[Row]


def of_toolchains(folder: Path) -> Listed:
    """Return what the go command and cargo list below a folder, for all platforms together."""
    packages: set[Row] = set()
    programs: set[Row] = set()
    for module in _folders(folder, "go.mod"):
        for row in _go_list(module):
            where = _below(row.get("Dir", ""), folder)
            code = row.get("GoFiles", []) + row.get("CgoFiles", [])
            if where is not None and code + row.get("TestGoFiles", []) + row.get("XTestGoFiles", []):
                packages.add((where,))
                if row.get("Name") == "main" and code:
                    programs.add((where,))
    crates: set[Row] = set()
    targets: set[Row] = set()
    seen: set[str] = set()
    for home in _folders(folder, "Cargo.toml"):
        for package in _cargo_metadata(home):
            where = _below(str(Path(package["manifest_path"]).parent), folder)
            if where is None or where in seen:
                continue
            seen.add(where)
            crates.add((package["name"], where))
            for target in package["targets"]:
                kinds = {*target["kind"]}
                kind = "bin" if "bin" in kinds else "lib" if kinds & LIBRARIES else ""
                path = _below(target["src_path"], folder)
                if kind and path is not None:
                    targets.add((kind, target["name"].replace("-", "_") if kind == "lib" else target["name"], path))
    return Listed(packages, programs, crates, targets)


LIBRARIES = frozenset(("lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"))


def of_langfit(folder: Path) -> Listed:
    """Return what langfit lists there, support code included."""
    go, rust = (_layout(folder, name) for name in ("go", "rust"))
    packages: set[Row] = {(part.root or ".",) for part in go.parts.values() if not _is_passed_over(part.root)}
    programs: set[Row] = {
        (row.root or ".",) for row in go.shipped if row.kind != "library" and not _is_passed_over(row.root)
    }
    crates: set[Row] = set()
    targets: set[Row] = set()
    refused = {key[1] for key, why in rust.support.items() if "cargo refuses" in why}
    for manifest in rust.manifests:
        home = manifest.path.rpartition("/")[0]
        if manifest.language == "rust" and manifest.name and home not in refused:
            crates.add((manifest.name, home or "."))
            targets |= {(t.kind, t.name, t.path) for t in manifest.targets if t.kind in ("lib", "bin")}
    return Listed(packages, programs, crates, targets)


def _layout(folder: Path, language: str) -> Layout:
    book: Rulebook = load(root())
    with open_repository(str(folder)) as tree:
        found = listing(tree)
        reading = found.reading()
        requests = [
            store.Request(f, reading[f.path] == "full") for f in found.files if reading.get(f.path, "none") != "none"
        ]
        job = Summarize({name: Measures(book, name) for name in LANGUAGES})

        def read(file: File) -> bytes:
            return tree.read(Entry(file.path, file.blob, file.size, "file"))

        wanted = [row for row in requests if row.file.language == language]
        outcomes = store.summaries(wanted, read, job, store.Limits(os.cpu_count() or 1, 30.0, 4 << 20))
        summaries: dict[str, FileSummary] = {o.file.path: o.summary for o in outcomes if o.summary is not None}
        layout: Layout = LANGUAGES[language].layout.lay_out(found.files, found.manifests, summaries, found.under)
        return layout


def _folders(folder: Path, name: str) -> list[Path]:
    """Return the folders with a manifest that the tools look at."""
    found = sorted(path.parent for path in folder.rglob(name) if path.is_file())
    return [home for home in found if not _is_passed_over(str(home.relative_to(folder)))]


def _is_passed_over(folder: str) -> bool:
    """Tell whether nobody asks the tools about a folder: modules inside of it are there for tests or from elsewhere."""
    passed = {"vendor", "testdata", "node_modules", "target", "third_party"}
    return any(name in passed or (name != "." and name.startswith(("_", "."))) for name in folder.split("/"))


def _go_list(module: Path) -> Iterator[dict[str, Any]]:
    _without_requirements(module / "go.mod")
    seen = set()
    for platform in PLATFORMS:
        system, processor = platform.split("/")
        done = subprocess.run(
            ["go", "list", "-e", "-find", "-json=Dir,Name,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles", "./..."],
            cwd=module,
            env=os.environ
            | {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off", "GOOS": system}
            | {"GOARCH": processor, "CGO_ENABLED": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        decoder, at, text = json.JSONDecoder(), 0, done.stdout
        while at < len(text):
            row, end = decoder.raw_decode(text, at)
            at = end + 1
            key = json.dumps(row, sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield row


def _without_requirements(path: Path) -> None:
    """Leave out what a module requires: nothing is resolved here, and it would be asked for over the network."""
    text = re.sub(r"(?ms)^(?:require|replace|exclude|tool|retract|toolchain)\s*\(.*?^\)", "", path.read_text("utf-8"))
    path.write_text(re.sub(r"(?m)^(?:require|replace|exclude|tool|retract|toolchain)\s.*$", "", text), "utf-8")


def _cargo_metadata(home: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [
            "cargo",
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
            "--manifest-path",
            home / "Cargo.toml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    packages: list[dict[str, Any]] = json.loads(done.stdout)["packages"] if done.returncode == 0 else []
    return packages


def _below(path: object, folder: Path) -> str | None:
    try:
        return str(Path(str(path)).resolve().relative_to(folder.resolve()))
    except ValueError:
        return None


def differences(folder: Path) -> list[str]:
    """Return a sentence for each kind of thing that only one side lists; none where both agree."""
    ours = of_langfit(folder)  # first: for the tools, go.mod loses its requirements
    theirs = of_toolchains(folder)
    refused = {home for _, home in ours.crates - theirs.crates if not _cargo_metadata(folder / home)}
    ours = ours._replace(
        crates={row for row in ours.crates if row[1] not in refused},
        targets={row for row in ours.targets if not any(_is_inside(row[2], home) for home in refused)},
    )
    found = []
    for kind in Listed._fields:
        here, there = getattr(ours, kind), getattr(theirs, kind)
        found += _told(f"{kind} of langfit alone", here - there) + _told(f"{kind} of the tools alone", there - here)
    return found


def _is_inside(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")


def _told(what: str, rows: set[Row]) -> list[str]:
    if not rows:
        return []
    first = ", ".join(" ".join(row) for row in sorted(rows)[:SHOWN])
    return [f"{len(rows)} {what}: {first}{' ...' if len(rows) > SHOWN else ''}"]


# Sources and manifests alone: clones may lack large files, and rust-toolchain.toml would ask for another cargo.
KEPT = (".go", ".rs", ".s", "Cargo.toml", "Cargo.lock", "go.mod", "go.work")


def checked_out(clone: Path, folder: Path) -> Path:
    """Write the sources and manifests of HEAD of a clone, bare or not, into a folder."""
    repo = pygit2.Repository(str(clone))
    index = pygit2.Index()
    index.read_tree(repo.head.peel(pygit2.Tree))
    for entry in index:
        if entry.path.endswith(KEPT) and entry.mode in (0o100644, 0o100755) and entry.id in repo:
            target = folder / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(repo[entry.id].peel(pygit2.Blob).data)
    return folder


def clones(repos: Path, names: Iterable[str]) -> list[tuple[str, Path]]:
    """Return the clones below a folder, by their names: `owner+name`, or the name of the folder."""
    wanted = [*names]
    rows = [(path.name, path / "repo" if (path / "repo").is_dir() else path) for path in sorted(repos.iterdir())]
    return [
        (name, path)
        for name, path in rows
        if path.is_dir() and not name.startswith(".") and (not wanted or any(w in name for w in wanted))
    ]


def main() -> int:
    """Compare all clones and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--repos", type=Path, required=True)
    given = parser.parse_args()
    alike = total = 0
    for name, clone in clones(given.repos, given.names):
        with tempfile.TemporaryDirectory(prefix="langfit-") as folder:
            tree = checked_out(clone, Path(folder))
            found = differences(tree)
            counts = of_toolchains(tree)
        total += 1
        alike += not found
        sizes = ", ".join(f"{len(rows)} {kind}" for kind, rows in zip(Listed._fields, counts, strict=True) if rows)
        print(f"{name}: {sizes}; {'equal' if not found else ''}", flush=True)
        for line in found:
            print(f"  {line}")
    print(f"{alike} of {total} repositories equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
