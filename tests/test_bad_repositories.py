"""Hostile repositories and requests: nothing is followed or run, and what cannot be done is one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from hostile import (
    GIT,
    GO,
    RUST,
    bare,
    counts,
    invoked,
    loose,
    needs_git,
    needs_links,
    needs_root,
    on_disk,
    reasons,
    refused,
    scanned,
)
from langfit.rulefiles import root
from trees import FIXTURES

ANALYZER = FIXTURES.parent / "analyzer"


@needs_links
def test_links_pipes_and_folders_are_not_followed(tmp_path: Path) -> None:
    """Loops, ways out, dangling links, pipes and folders named like sources each end as a row, or as nothing."""
    on_disk(tmp_path / "out", {b"secret.go": GO})
    tree = on_disk(tmp_path / "tree", {b"a.go": GO, b"dir.go/b.go": GO, b"go.mod/x.rs": RUST})
    for name, target in {
        "loop.go": "loop.go", "self": ".", "up": "..", "out.go": "../out/secret.go", "etc.rs": "/etc/passwd",
        "gone.go": "nowhere", "Cargo.toml": "/etc/passwd", ".gitignore": "/dev/zero", ".gitattributes": "/dev/zero",
    }.items():  # fmt: skip
        (tree / name).symlink_to(target)
    os.mkfifo(tree / "pipe.go")
    os.mkfifo(tree / "out.d.rs")
    links = dict.fromkeys(("loop.go", "out.go", "etc.rs", "gone.go", "Cargo.toml"), "symlink")
    report = scanned(tree)
    assert reasons(report) == links | {"pipe.go": "special", "out.d.rs": "special"}
    assert counts(report)[0] == 3


@needs_root
def test_a_folder_and_a_file_without_permission_are_rows(tmp_path: Path) -> None:
    """Another user sees `unreadable` for what only its owner may read."""
    tree = on_disk(tmp_path, {b"a.go": GO, b"closed.go": GO, b"shut/b.go": GO})
    (tree / "closed.go").chmod(0)
    (tree / "shut").chmod(0)
    code = (
        f"import ctypes, os, sys; sys.path.insert(0, {str(ANALYZER)!r})\n"
        "from langfit.rulebook import load; from langfit.rulefiles import root\n"
        "from langfit.repository import open_repository; from langfit.scan import Options, Watch, judge_tree, scan\n"
        # What is imported late must be there before the rights are gone.
        f"scan({str(FIXTURES / 'mixed')!r}, Options(jobs=1, cache=False))\n"
        "book = load(root()); os.setuid(65534)\n"
        f"with open_repository({str(tree)!r}) as it:\n"
        "    report = judge_tree(it, book, Options(jobs=1), Watch())\n"
        "print(sorted((row.path, row.reason) for row in report.skipped), report.files.analysed)\n"
    )
    for above in (tmp_path, *tmp_path.parents[:3]):
        if "pytest" in above.name or above == tmp_path or "pytest" in above.parent.name:
            above.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[('closed.go', 'unreadable'), ('shut', 'unreadable')] 1", done.stderr


@needs_git
def test_configuration_of_a_repository_runs_nothing(tmp_path: Path) -> None:
    """A file monitor, filters, hooks, a pager and an embedded bare repository leave no trace."""
    tree = on_disk(tmp_path / "tree", {b"a.go": GO, b".gitattributes": b"*.go filter=evil diff=evil\n"})
    repo = pygit2.init_repository(str(tree))
    inner = pygit2.init_repository(str(tree / "inner"), bare=True)
    run = f"touch {tmp_path}/ran"
    for config in (repo.config, inner.config):
        for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "core.pager", "diff.evil.textconv"):
            config[key] = run
    before = {path: path.lstat().st_mtime_ns for path in tree.rglob("*")}
    report = scanned(tree)
    assert counts(report)[0] == 1 and reasons(report) == {"inner": "submodule"}
    assert not (tmp_path / "ran").exists()
    assert {path: path.lstat().st_mtime_ns for path in tree.rglob("*")} == before


def test_missing_objects_are_rows(tmp_path: Path) -> None:
    """A partial clone is scanned as far as it goes: blobs, manifests and folders that are gone are rows."""
    files = {
        b"a.go": GO,
        b"gone.go": RUST,
        b"go.mod": b"module m\n",
        b"sub/b.go": b"package b\n",
        b"Cargo.toml": b"[workspace]\n",
    }
    tree = bare(tmp_path, files).head.peel(pygit2.Commit).tree
    gone = ("gone.go", "go.mod", "sub", "Cargo.toml")
    for name in gone:
        loose(tmp_path, tree[name].id).unlink()
    report = scanned(tmp_path)
    assert reasons(report) == dict.fromkeys(gone, "missing-object")
    assert counts(report)[0] == 1


def plain(folder: Path) -> str:
    """Return a folder with one source file."""
    return str(on_disk(folder, {b"a.go": GO}))


def committed(folder: Path) -> str:
    """Return a bare repository with one source file."""
    bare(folder, {b"a.go": GO})
    return str(folder)


def empty(folder: Path) -> str:
    """Return a repository without commits."""
    pygit2.init_repository(str(folder), bare=True)
    return str(folder)


def damaged(folder: Path) -> str:
    """Return a repository whose configuration is broken."""
    pygit2.init_repository(str(folder))
    (folder / ".git/config").write_text("[core\n")
    return str(folder)


def without_tree(folder: Path) -> str:
    """Return a repository that lacks the tree of its commit."""
    loose(folder, bare(folder, {b"a.go": GO}).head.peel(pygit2.Commit).tree.id).unlink()
    return str(folder)


def of_another(folder: Path) -> str:
    """Return a repository of another user."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    bare(folder, {b"a.go": GO})
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 12345, 12345)
    return str(folder)


def sha256(folder: Path) -> str:
    """Return a repository whose objects have SHA-256 names."""
    subprocess.run([git(), "init", "-q", "--object-format=sha256", str(folder)], check=True)
    return str(folder)


def shallow(folder: Path) -> str:
    """Return a clone that lacks what its branches have in common."""
    repo = bare(folder / "full", {b"a.go": GO})
    first = repo.head.peel(pygit2.Commit)
    repo.branches.local.create("side", first)
    who = pygit2.Signature("A", "a@example.com", 2, 0)
    for branch in ("refs/heads/main", "refs/heads/side"):
        repo.create_commit(branch, who, who, branch, first.tree.id, [first.id])
    thin = str(folder / "thin")
    clone = [git(), "clone", "-q", "--depth=1", "--no-single-branch", f"file://{folder}/full", thin]
    subprocess.run(clone, check=True)
    return thin


def git() -> str:
    """Return the git command."""
    if GIT is None:
        pytest.skip("the git command is not installed")
    return GIT


@pytest.mark.parametrize(
    ("make", "options", "sentence"),
    [
        pytest.param(lambda at: f"{at}/nowhere", (), "name a folder or a repository that exists", id="nothing there"),
        pytest.param(lambda at: f"{plain(at)}/a.go", (), "name the folder that holds it", id="a file"),
        pytest.param(plain, ("--rev", "HEAD"), "eave out options that name a revision", id="revision of a folder"),
        pytest.param(committed, ("--rev", "no\x1b[31m\n::error::PWNED"), "check the name, or run `git fetch origin", id="unknown revision"),
        pytest.param(committed, ("--rev", "--output=x"), "check the name, or run `git fetch origin", id="revision like an option"),
        pytest.param(empty, (), "has no commits yet: make one", id="no commits"),
        pytest.param(damaged, (), "run `git fsck` in it, or clone it again", id="damaged"),
        pytest.param(without_tree, (), "run `git fetch --refetch origin", id="missing tree"),
        pytest.param(of_another, (), "git config --global --add safe.directory", id="of another user"),
        pytest.param(sha256, ("--rev", "HEAD"), "uses SHA-256 object names, which cannot be read yet", id="SHA-256"),
        pytest.param(shallow, ("--base", "origin/side"), "run `git fetch --unshallow origin +side:refs/remotes/origin/side`", id="shallow"),
        pytest.param(committed, ("--base", "origin/other"), "run `git fetch origin +other:refs/remotes/origin/other`", id="base not fetched"),
        pytest.param(plain, ("--component", "core=nowhere"), "`langfit components` lists the folders", id="component of nothing"),
        pytest.param(plain, ("--component", "core=../.."), "`langfit components` lists the folders", id="component outside"),
        pytest.param(plain, ("--rules", "/nowhere/rules"), "There is no such folder", id="rules of nowhere"),
        pytest.param(plain, ("--output", "json=/nowhere/x.json"), "name a file in an existing folder", id="output in no folder"),
        pytest.param(plain, ("--output", "sarif=/"), "cannot be written", id="output is a folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, make: Callable[[Path], str], options: tuple[str, ...], sentence: str
) -> None:
    """Status 2, nothing on stdout, and a sentence that says what to do."""
    assert sentence in refused("scan", "--no-cache", *options, make(tmp_path / "it"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="other systems refuse such names")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """A report that cannot be written is no report."""
    assert "cannot be written" in refused("scan", "--no-cache", "--output", "sarif=/dev/full", plain(tmp_path))


RULE = (root() / "go" / "format-in-loop.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(lambda text: text.replace("title =", "titel =", 1), "Unknown key `titel`", id="key"),
        pytest.param(lambda text: text.replace("[match]\n", "[match]\npredicate = 'x'\n", 1), "Unknown key `predicate`", id="key of a table"),
        pytest.param(lambda text: re.sub("(?m)^site = .*$", 'site = "#match?"', text, count=1), "#match?", id="site"),
        pytest.param(lambda text: text.replace('suits = "rust"', 'suits = "zig"', 1), "zig", id="language"),
        pytest.param(lambda text: "a = " + "[" * 50_000, "nested too", id="nest"),
        pytest.param(lambda text: "\x1b[31m\n::error::PWNED", "not TOML", id="no TOML"),
        pytest.param(lambda text: text + "\n[scale]\n", "not TOML", id="a table twice"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule_is_named_with_its_place(
    tmp_path: Path, spoil: Callable[[str], str], sentence: str
) -> None:
    """Each mistake names file and line; nothing is scanned."""
    (tmp_path / "go").mkdir()
    (tmp_path / "go/mine.toml").write_text(spoil(RULE.replace("go/format-in-loop", "go/mine")), "utf-8")
    for arguments in (["scan", "--rules", str(tmp_path), str(tmp_path)], ["rules", "--check", str(tmp_path)]):
        done = invoked(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert sentence in done.stderr
        assert re.search(r"go/mine\.toml:\d+: ", done.stderr)
