"""Commands over hostile trees: whatever they hold, langfit answers, and nothing that it prints acts."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pygit2
import pytest
from click.testing import Result

import trees
from langfit.model.repository import SKIP_REASONS
from trees import write

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="the git command is not installed")
needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
needs_links = pytest.mark.skipif(os.name != "posix", reason="other systems refuse such names")
# C0 without tab and newline, DEL and C1, bidirectional marks.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
GO = b"package p\n\nfunc f() {}\n"
RUST = b"pub fn f() {}\n"

Bytes = dict[bytes, bytes]  # contents by path, neither of them UTF-8 by need


def harmless(text: str, *, own: bool = False) -> None:
    """Assert that a text holds no control character and no runner command; with `own` those of the github format."""
    assert not ACTIVE.search(text)
    assert "##[" not in text
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert all(own and re.match(r"::(notice|warning) [^:]*::", line) for line in commands)


def invoked(*arguments: str) -> Result:
    """Run a command in this process; whatever it does, it raises nothing and prints nothing that acts."""
    done = trees.invoked(*arguments)
    assert "Traceback" not in done.output
    harmless(done.stdout, own="github" in arguments)
    harmless(done.stderr)
    return done


def scanned(folder: Path, *options: str) -> Any:
    """Return the JSON report on a folder that must be scannable."""
    fixed = ("--format", "json", "--show", "all", "--jobs", "2", "--timeout", "5", "--no-cache")
    done = invoked("scan", *fixed, *options, "--", str(folder))
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert {row["reason"] for row in report["skipped"]} <= {*SKIP_REASONS}
    return report


def counts(report: Any) -> tuple[int, int]:
    """Return how many files were analysed and skipped."""
    return report["files"]["analysed"], report["files"]["skipped"]


def reasons(report: Any) -> dict[str, str]:
    """Return why files were skipped, by path."""
    return {row["path"]: row["reason"] for row in report["skipped"]}


def refused(*arguments: str) -> str:
    """Return the one sentence of a command that must end with status 2 and print no report."""
    done = invoked(*arguments)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("langfit: ") and lines[0].endswith("."), lines
    return lines[0]


def on_disk(folder: Path, files: Bytes) -> Path:
    """Write files whose names and contents may be any bytes."""
    return write(folder, {os.fsdecode(name): data.decode("utf-8", "surrogateescape") for name, data in files.items()})


def bare(folder: Path, files: Bytes) -> pygit2.Repository:
    """Return a bare repository with one commit of files whose names and contents may be any bytes."""
    repo = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    tree: dict[bytes, Any] = {}
    for name, data in files.items():
        *above, last = name.split(b"/")
        at = tree
        for part in above:
            at = at.setdefault(part, {})
        at[last] = repo.create_blob(data)
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "one", _tree(repo, tree), [])
    return repo


def _tree(repo: pygit2.Repository, names: dict[bytes, Any]) -> pygit2.Oid:
    # Written by hand: TreeBuilder takes no names that are not UTF-8.
    rows = []
    for name, what in names.items():
        folder = isinstance(what, dict)
        oid = _tree(repo, what) if folder else what
        rows.append((name + b"/" if folder else name, (b"40000 " if folder else b"100644 ") + name + b"\0" + oid.raw))
    return repo.odb.write(pygit2.enums.ObjectType.TREE, b"".join(row for _, row in sorted(rows)))


def loose(folder: Path, oid: pygit2.Oid) -> Path:
    """Return the file of an object in a bare repository."""
    return folder / "objects" / str(oid)[:2] / str(oid)[2:]
