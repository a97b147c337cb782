"""What .gitignore hides and .gitattributes says: the same as in git, on disk, in commits and without git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.repository import open_repository
from langfit.repository.attributes import decide, parse
from trees import commit, needs_git, paths_of, write

FILES = ["b.go", "a/b.go", "a/b/b.go", "a/c/a.go", "c/a/b.go", "b/b"]


def test_a_work_tree_holds_tracked_files_and_those_not_ignored(tmp_path: Path) -> None:
    """Nested .gitignore files and info/exclude hide untracked files, never tracked ones."""
    commit(write(tmp_path, {"a.go": "package a\n", "kept.log": "tracked\n"}))
    write(
        tmp_path,
        {
            ".git/info/exclude": "private.go\n",
            ".gitignore": "*.log\nout/\n",
            "sub/.gitignore": "x.go\n!y.log\n",
            "sub/x.go": "",
            "sub/y.log": "",
            "sub/z.log": "",
            "out/o.go": "",
            "private.go": "",
            "new.go": "",
        },
    )
    assert paths_of(tmp_path) == [".gitignore", "a.go", "kept.log", "new.go", "sub/.gitignore", "sub/y.log"]


def test_a_linked_work_tree_has_the_excludes_of_its_repository(tmp_path: Path) -> None:
    """They stand in the folder that all work trees share."""
    commit(write(tmp_path / "main", {"a.go": ""}))
    pygit2.Repository(str(tmp_path / "main")).add_worktree("side", str(tmp_path / "side"))
    write(tmp_path / "main", {".git/info/exclude": "private.go\n"})
    write(tmp_path / "side", {"private.go": "", "new.go": ""})
    assert paths_of(tmp_path / "side") == ["a.go", "new.go"]


def test_a_plain_folder_honours_its_ignore_files(tmp_path: Path) -> None:
    """Without git the same rules hold: deeper files and later lines win, ignored folders are closed."""
    write(
        tmp_path,
        {
            ".gitignore": "*.log\nout/\n/top.go\n",
            "sub/.gitignore": "!y.log\n",
            "sub/y.log": "",
            "z.log": "",
            "out/o.go": "",
            "top.go": "",
            "sub/top.go": "",
        },
    )
    assert paths_of(tmp_path) == [".gitignore", "sub/.gitignore", "sub/top.go", "sub/y.log"]


def test_a_pattern_that_git_cannot_use_is_a_notice(tmp_path: Path) -> None:
    """The lines around it hold."""
    write(tmp_path, {".gitignore": "*.log\n!\nout/\n", "z.log": "", "out/o.go": "", "a.go": ""})
    with open_repository(str(tmp_path)) as tree:
        assert [entry.path for entry in tree.entries()] == [".gitignore", "a.go"]
        assert tree.notices == (".gitignore holds a pattern that git cannot use: '!'",)


def others(folder: Path) -> list[str]:
    """Return the untracked files that git does not ignore."""
    ask = ["git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard"]
    run = subprocess.run(ask, cwd=folder, capture_output=True, check=True, text=True)
    return sorted(filter(None, run.stdout.split("\0")))


IGNORES = ["*.go", "a", "a/", "/a", "a/*", "!a/b", "!*.go", "!b.go", "a/**", "**/b", "!/a/", "b/*.go", "\\#", "c "]


@needs_git
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(IGNORES), max_size=4), st.lists(st.sampled_from(IGNORES), max_size=3))
def test_ignored_is_what_git_ignores(tmp_path_factory: pytest.TempPathFactory, top: list[str], deep: list[str]) -> None:
    """`git ls-files --others` lists the same, in a repository and in the same folder without one."""
    folder = tmp_path_factory.getbasetemp() / "ignores"
    if not folder.exists():
        pygit2.init_repository(str(folder))
        write(folder, dict.fromkeys([*FILES, "a/b/c", "c/c", "#"], ""))
    write(folder, {".gitignore": "\n".join(top), "a/.gitignore": "\n".join(deep)})
    theirs = others(folder)
    assert paths_of(folder) == theirs
    (folder / ".git").rename(folder.parent / "set-aside")
    try:
        assert paths_of(folder) == theirs
    finally:
        (folder.parent / "set-aside").rename(folder / ".git")


@needs_git
@pytest.mark.parametrize("lines", ["*/", "*/\n!a/", "**/", "*/\n!*/", "/*/", "*", "**/*/**", "/**/*/**\n!a/b"])
def test_a_pattern_for_every_folder_means_every_folder(tmp_path: Path, lines: str) -> None:
    """At any depth, also once one folder is taken back."""
    pygit2.init_repository(str(tmp_path))
    write(tmp_path, {".gitignore": lines, "x.go": "", "a/y.go": "", "a/b/z.go": "", "c/v.go": ""})
    assert paths_of(tmp_path) == others(tmp_path)


ATTRIBUTES = {
    ".gitattributes": "*.pb.go linguist-generated\n/gen/** linguist-generated=true\n"
    "vendored/* linguist-vendored\nfolder linguist-vendored\ndocs/ linguist-vendored\n"
    '"with space.go" linguist-generated\n*.x.go linguist-generated\n*.x.go -linguist-generated\n'
    "!*.rs linguist-generated\n# *.rs linguist-generated\n*.y.go text eol=lf linguist-generated=false\n",
    "gen/own/.gitattributes": "*.go linguist-generated=false\n*.u.go !linguist-generated\n",
}
SAID = {
    "a.pb.go": (True, None),
    "deep/er/a.pb.go": (True, None),
    "gen/a/b.go": (True, None),
    "other/gen/b.go": (None, None),
    "gen/own/b.go": (False, None),
    "gen/own/b.u.go": (None, None),
    "gen/own/b.rs": (True, None),
    "vendored/a.go": (None, True),
    "vendored/b/a.go": (None, None),
    "folder/a.go": (None, None),
    "docs/a.go": (None, None),
    "with space.go": (True, None),
    "a.x.go": (False, None),
    "a.y.go": (False, None),
    "a.rs": (None, None),
}


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_attributes_hold_on_disk_and_in_commits(tmp_path: Path, revision: str | None) -> None:
    """(generated, vendored): deeper files and later lines win; a pattern for a folder says nothing of what is inside."""
    commit(write(tmp_path, {**ATTRIBUTES, **dict.fromkeys(SAID, "")}))
    with open_repository(str(tmp_path), revision) as tree:
        assert {path: tree.attributes(path) for path in SAID} == SAID


WORDS = ["linguist-generated", "-linguist-generated", "!linguist-generated", "linguist-generated=false", "text"]
PATTERNS = ["*.go", "a", "a/", "/a", "a/*", "a/**", "**/b", "**/b.go", "a/**/b.go", "b.go", "/b.go", "[ab].go", "?.go"]


@needs_git
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATTERNS), st.sampled_from(WORDS)), min_size=1, max_size=4))
def test_attributes_are_those_of_git(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    """`git check-attr` decides the same for any few lines."""
    folder = tmp_path_factory.getbasetemp() / "attributes"
    if not folder.exists():
        pygit2.init_repository(str(folder))
    text = "".join(f"{pattern} {word}\n" for pattern, word in rows)
    write(folder, {".gitattributes": text})
    ask = ["git", "check-attr", "linguist-generated", "--", *FILES]
    run = subprocess.run(ask, cwd=folder, capture_output=True, check=True, text=True)
    states = {"set": True, "unset": False, "unspecified": None, "false": False}
    theirs = [states[line.rpartition(": ")[2]] for line in run.stdout.splitlines()]
    lines = parse(text.encode())
    assert [decide(path.encode(), lambda at: {} if at else lines)[0] for path in FILES] == theirs
