"""Hostile patterns in .gitignore and .gitattributes: their cost grows with the path alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hostile import GO, bare, counts, on_disk, scanned


@pytest.mark.parametrize("name", [b".gitignore", b".gitattributes"], ids=bytes.decode)
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(b"*a" * 30 + b"b", id="stars"),
        pytest.param(b"*[!x]" * 30 + b"b", id="stars and classes"),
        pytest.param(b"*?" * 40 + b"b", id="stars and question marks"),
        pytest.param(b"**/" + b"a/**/" * 30 + b"b", id="folders"),
        pytest.param(b"**/" + b"*a*a/**/" * 30 + b"b", id="folders and stars"),
    ],
)
def test_no_pattern_explodes(tmp_path: Path, name: bytes, pattern: bytes) -> None:
    """A pattern that a backtracking matcher would try for years ends; the process is stopped if it does not."""
    paths = (b"a" * 200, b"/".join([b"aaaa"] * 100) + b"/c", b"/".join([b"a"] * 100) + b"/c")
    on_disk(tmp_path, {name: pattern + b" linguist-generated\n" + pattern + b"\n"} | {p + b".go": GO for p in paths})
    command = [sys.executable, "-m", "langfit", "scan", "--no-cache", "--format", "json", "--jobs", "1", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert counts(json.loads(done.stdout)) == (len(paths), 0)


@pytest.mark.parametrize(
    ("before", "obeyed"),
    [pytest.param(b"", True, id="small"), pytest.param(b"x linguist-generated\n" * 100_000, False, id="two megabytes")],
)
def test_huge_attribute_and_ignore_files_are_cut(tmp_path: Path, before: bytes, obeyed: bool) -> None:
    """A line is obeyed unless it stands behind the first megabyte, from disk and from git; a notice says so."""
    ignores, attributes = before + b"a.go\n", before + b"a.go linguist-generated\n"
    ignored = scanned(on_disk(tmp_path / "ignored", {b"a.go": GO, b".gitignore": ignores}))
    assert counts(ignored) == (0 if obeyed else 1, 0)
    assert any(".gitignore is larger than" in notice for notice in ignored["notices"]) is not obeyed
    generated = scanned(on_disk(tmp_path / "generated", {b"a.go": GO, b".gitattributes": attributes}))
    bare(tmp_path / "bare", {b"a.go": GO, b".gitattributes": attributes})
    for report in (generated, scanned(tmp_path / "bare")):
        assert [row["role"] for row in report["left_out"]] == (["generated"] if obeyed else [])
