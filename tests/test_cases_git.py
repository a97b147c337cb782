"""Situations that people reported of tools of this kind: repositories that are odd, and what changed in them.

Each row begins with the number of its situation, as in test_cases.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from langfit.model.errors import LangfitError
from trees import commit, report_on, write

GO = "module example.com/m\n\ngo 1.24\n"
LABEL = 'func Label{0}(rows []int) (out []string) {{\n\tfor _, row := range rows {{\n\t\tout = append(out, fmt.Sprintf("%d-%d", row, {0}))\n\t}}\n\treturn out\n}}\n\n'
LABELS = 'package p\n\nimport "fmt"\n\n' + "".join(LABEL.format(number) for number in range(12))
CHANGED = LABELS.replace('%d", row, 11', '%d!", row, 11')
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="the git command is not installed")
pytestmark = needs_git


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b", "-c", "protocol.file.allow=always", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def pull_request(folder: Path) -> Path:
    """Return a repository whose branch changes one of twelve places with findings."""
    write(folder, {"go.mod": GO, "p.go": LABELS})
    commit(folder)
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "checkout", "-qb", "feature")
    write(folder, {"p.go": CHANGED})
    commit(folder, "two")
    return folder


@pytest.mark.parametrize(
    ("options", "part"),
    [
        pytest.param(["--filter=blob:none"], "1 file of the base", id="14 without blobs"),
        pytest.param(["--filter=blob:limit=100"], "1 file of the base", id="14 without large blobs"),
        pytest.param(["--filter=tree:0"], "The files of commit", id="14 without trees"),
        pytest.param(["--depth=1"], "git fetch", id="14 without history"),
    ],
)
def test_a_base_that_is_not_in_the_clone_ends_the_scan(options: list[str], part: str, tmp_path: Path) -> None:
    """With the command that fetches it, and never with a full report."""
    origin = pull_request(tmp_path / "origin")
    git(tmp_path, "clone", "-q", *options, f"file://{origin}", "clone")
    with pytest.raises(LangfitError, match="git fetch") as refused:
        report_on(tmp_path / "clone", base="origin/main")
    assert part in str(refused.value)


def test_14_a_whole_clone_shows_what_is_new(tmp_path: Path) -> None:
    """One place, in the line that changed."""
    origin = pull_request(tmp_path / "origin")
    git(tmp_path, "clone", "-q", f"file://{origin}", "clone")
    report = report_on(tmp_path / "clone", base="origin/main")
    assert [(row.rule, row.function) for row in report.findings] == [("go/format-in-loop", "Label11")]


def mono(folder: Path) -> Path:
    """Return a repository with three packages."""
    files = {f"{name}/f.go": f"package {name}\n\nfunc F() int {{ return 1 }}\n" for name in ("a", "b", "c")}
    write(folder, {"go.mod": GO} | files)
    commit(folder)
    return folder


def sparse(folder: Path) -> None:
    """Check out one folder, with an index that holds the others as trees."""
    git(folder, "sparse-checkout", "init", "--cone", "--sparse-index")
    git(folder, "sparse-checkout", "set", "a")


def scattered(folder: Path) -> None:
    """Check out one folder by a pattern."""
    git(folder, "sparse-checkout", "init", "--no-cone")
    git(folder, "sparse-checkout", "set", "/a/", "/go.mod")


def split(folder: Path) -> None:
    """Keep a part of the index in another file."""
    git(folder, "update-index", "--split-index")
    write(folder, {"d/d.go": "package d\n\nfunc F() int { return 1 }\n"})
    git(folder, "add", ".")


def garbled(folder: Path) -> None:
    """Write an index that nobody can read."""
    (folder / ".git/index").write_bytes(b"DIRC\0\0\0\x09" + bytes(50))


def unknown(folder: Path, line: str = "somethingNew = yes") -> None:
    """Ask for an extension that is not known."""
    git(folder, "config", "core.repositoryformatversion", "1")
    with (folder / ".git/config").open("a") as file:
        file.write(f"[extensions]\n\t{line}\n")


def reftable(folder: Path) -> None:
    """Keep references as git 3.0 does."""
    unknown(folder, "refStorage = reftable")
    shutil.rmtree(folder / ".git/refs")
    write(folder, {".git/reftable/tables.list": "", ".git/refs/heads": "", ".git/HEAD": "ref: refs/heads/.invalid\n"})


def sha256(folder: Path) -> None:
    """Name objects by SHA-256."""
    shutil.rmtree(folder / ".git")
    git(folder, "init", "-q", "--object-format=sha256", ".")


ALL = {"a", "b", "c"}
STATES: dict[str, tuple[Callable[[Path], None], set[str], str]] = {
    "15 a sparse index": (sparse, {"a"}, "The index of the repository cannot be read"),
    "15 a sparse checkout by patterns": (scattered, {"a"}, "2 tracked file(s) are not on disk"),
    "15 a split index": (split, ALL | {"d"}, "The index of the repository cannot be read"),
    "15 an index that is garbled": (garbled, ALL, "The index of the repository cannot be read"),
    "15 no index": (lambda folder: os.remove(folder / ".git/index"), ALL, ""),
    "36 reftable": (reftable, ALL, "uses a format that cannot be read yet (extensions.refstorage)"),
    "36 an extension to come": (unknown, ALL, "uses a format that cannot be read yet (extensions.somethingnew)"),
    "36 SHA-256": (sha256, ALL, "uses SHA-256 object names, which cannot be read yet"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_repository_that_is_not_understood_is_read_as_a_folder(name: str, tmp_path: Path) -> None:
    """What is on disk is judged, and a notice says what was not looked at."""
    change, folders, notice = STATES[name]
    change(mono(tmp_path))
    report = report_on(tmp_path)
    assert {row.root for row in report.components} == folders
    assert any(notice in row for row in report.notices) if notice else report.notices == ()


@pytest.mark.parametrize(
    ("change", "options"),
    [
        pytest.param(reftable, {"revision": "HEAD"}, id="36 a revision"),
        pytest.param(reftable, {"base": "main"}, id="36 a base"),
        pytest.param(sha256, {"revision": "HEAD"}, id="36 a revision by SHA-256"),
    ],
)
def test_revisions_of_a_format_that_is_not_known_are_refused(
    change: Callable[[Path], None], options: dict[str, str], tmp_path: Path
) -> None:
    """With the way out that works: to leave the option away."""
    change(mono(tmp_path))
    with pytest.raises(LangfitError, match="Leave out options that name a revision"):
        report_on(tmp_path, **options)


NEW = {  # the scanned folder, and the files that the branch adds
    "17 a folder that the base has not": ("billing", {"billing/b.go": LABELS.replace("package p", "package billing")}),
    "17 deep in one": ("x/y/z", {"x/y/z/z.go": LABELS.replace("package p", "package z")}),
    "17 a module of its own": ("svc", {"svc/go.mod": "module example.com/svc\n\ngo 1.24\n", "svc/s.go": LABELS}),
}


@pytest.mark.parametrize("name", NEW)
def test_a_folder_that_the_base_does_not_have_is_all_new(name: str, tmp_path: Path) -> None:
    """There it is empty; a revision that the user names must have the folder."""
    folder, files = NEW[name]
    mono(tmp_path)
    git(tmp_path, "checkout", "-qb", "feature")
    commit(write(tmp_path, files), "two")
    report = report_on(tmp_path / folder, base="main")
    assert len(report.findings) == 12
    assert report.change is not None
    with pytest.raises(LangfitError, match=f"There is no folder {folder} in this revision"):
        report_on(tmp_path / folder, revision="main")


MOVES = {  # where the file with twelve findings is afterwards, and how many are new
    "38 renamed": ({"names.go": LABELS}, 0),
    "38 moved into a folder": ({"deep/in/p.go": LABELS}, 0),
    "38 renamed and copied": ({"a.go": LABELS, "copy/b.go": LABELS}, 12),
    "38 swapped with another": ({"p.go": LABELS.replace("Label", "Name"), "q.go": LABELS}, 0),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_file_that_only_moved_brings_nothing_new(name: str, tmp_path: Path) -> None:
    """The same bytes at a path that is gone are the same file; a copy is new."""
    files, new = MOVES[name]
    before = {"go.mod": GO, "p.go": LABELS}
    if "swapped" in name:
        before["q.go"] = LABELS.replace("Label", "Name")
    commit(write(tmp_path, before))
    git(tmp_path, "checkout", "-qb", "feature")
    (tmp_path / "p.go").unlink()
    commit(write(tmp_path, files), "two")
    assert len(report_on(tmp_path, base="main").findings) == new
