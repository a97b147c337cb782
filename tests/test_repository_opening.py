"""What a path may be, which sentence answers one that cannot be scanned, and what a repository is called."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from hostile import needs_root
from langfit.model.errors import LangfitError
from langfit.repository import open_repository
from trees import WHO, commit, needs_git, paths_of, write


def nothing(folder: Path) -> str | None:
    shutil.rmtree(folder)
    return None


def a_file(folder: Path) -> str | None:
    shutil.rmtree(folder)
    folder.write_text("")
    return None


def a_link(folder: Path) -> str | None:
    shutil.rmtree(folder)
    folder.symlink_to("nowhere")
    return None


def damaged(folder: Path) -> str | None:
    commit(write(folder, {"a.go": ""}))
    write(folder, {".git/HEAD": "nonsense", ".git/config": "[core\n"})
    return None


def empty(folder: Path) -> str | None:
    pygit2.init_repository(str(folder))
    return "HEAD"


def empty_bare(folder: Path) -> str | None:
    pygit2.init_repository(str(folder), bare=True)
    return None


def unknown(folder: Path) -> str | None:
    commit(write(folder, {"a.go": ""}))
    return "no such; rev"


def not_a_commit(folder: Path) -> str | None:
    commit(write(folder, {"a.go": ""}))
    return "HEAD:a.go"


def plain(folder: Path) -> str | None:
    write(folder, {"a.go": ""})
    return "HEAD"


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (nothing, "There is nothing at"),
        (a_file, "is a file: name the folder that holds it"),
        (a_link, "is a link to nowhere"),
        (damaged, "cannot be opened .*: run `git fsck` in it"),
        (empty, "has no commits yet"),
        (empty_bare, "has no commits yet"),
        (unknown, "run `git fetch origin 'no such; rev'` to get it"),
        (not_a_commit, "There is no commit named HEAD:a.go"),
        (plain, "is not a git repository. Leave out options that name a revision"),
    ],
)
def test_what_cannot_be_scanned_is_answered_with_what_to_do(
    tmp_path: Path, prepare: Callable[[Path], str | None], sentence: str
) -> None:
    """Each is a LangfitError of one sentence, never another exception."""
    folder = tmp_path / "it"
    folder.mkdir()
    revision = prepare(folder)
    with pytest.raises(LangfitError, match=sentence) as error:
        paths_of(folder, revision)
    assert len(error.value.sentences) == 1


@needs_root
def test_a_repository_of_another_user_is_explained(tmp_path: Path) -> None:
    """The sentence names the command that marks it as safe."""
    commit(write(tmp_path / "it", {"a.go": ""}))
    for path in (tmp_path / "it", *(tmp_path / "it").rglob("*")):
        os.chown(path, 12345, 12345)
    with pytest.raises(LangfitError, match="git config --global --add safe.directory"):
        open_repository(str(tmp_path / "it"))


def of_another_format(folder: Path) -> None:
    """Make a repository with an extension that nobody knows."""
    commit(write(folder, {"a.go": ""}))
    config = (folder / ".git/config").read_text()
    (folder / ".git/config").write_text(config.replace("repositoryformatversion = 0", "repositoryformatversion = 1"))
    pygit2.Config(str(folder / ".git/config"))["extensions.odd"] = "yes"


def of_sha256(folder: Path) -> None:
    """Make a repository with the longer names of objects."""
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(folder)], check=True)
    write(folder, {"a.go": ""})


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        pytest.param(of_sha256, "uses SHA-256 object names", marks=needs_git),
        pytest.param(of_another_format, r"a format that cannot be read yet \(extensions.odd\)"),
    ],
)
def test_a_repository_of_an_unknown_format_is_a_plain_folder(
    tmp_path: Path, prepare: Callable[[Path], None], why: str
) -> None:
    """A notice says why; its revisions cannot be had."""
    prepare(tmp_path)
    with open_repository(str(tmp_path)) as tree:
        assert [entry.path for entry in tree.entries()] == ["a.go"]
        assert tree.revision is None
        assert tree.notices[0].endswith("Its files are read as those of a plain folder.")
    with pytest.raises(LangfitError, match=f"{why}.*Leave out options that name a revision"):
        open_repository(str(tmp_path), "HEAD")


def test_what_only_looks_like_a_repository_above_changes_nothing(tmp_path: Path) -> None:
    """A folder below a broken .git is read as a plain one, with a notice."""
    write(tmp_path, {".git": "gitdir: nowhere\n", "sub/a.go": ""})
    with open_repository(str(tmp_path / "sub")) as tree:
        assert [entry.path for entry in tree.entries()] == ["a.go"]
        assert tree.notices[0].endswith("The folder is read as a plain folder.")


@pytest.mark.parametrize(
    ("url", "shown", "name"),
    [
        ("https://user:secret@example.com/o/r.git", "https://example.com/o/r.git", "r"),
        ("https://example.com/o/r.git?token=secret", "https://example.com/o/r.git", "r"),
        ("https://example.com/o/r/", "https://example.com/o/r/", "r"),
        ("git@example.com:o/r.git", "example.com:o/r.git", "r"),
        ("git@example.com:r.git", "example.com:r.git", "r"),
        ("ssh://git@example.com:22/o/r.git", "ssh://example.com:22/o/r.git", "r"),
        ("/home/someone/r.git", "", "folder"),
        ("file:///home/someone/r.git", "", "folder"),
        ("../r.git", "", "folder"),
        ("https://[broken", "", "folder"),
    ],
)
def test_a_remote_names_the_repository_and_holds_no_credentials(
    tmp_path: Path, url: str, shown: str, name: str
) -> None:
    """Users, passwords, tokens and paths of this machine stay here; without a remote the folder gives the name."""
    commit(write(tmp_path / "folder", {"sub/a.go": ""}))
    config = pygit2.Repository(str(tmp_path / "folder")).config
    config["remote.origin.url"] = url
    config["remote.origin.fetch"] = "+refs/heads/*:refs/remotes/origin/*"
    with open_repository(str(tmp_path / "folder/sub")) as tree:
        assert (tree.remote, tree.name, tree.branch) == (shown, name, "main")


def test_a_bare_repository_is_named_without_its_suffix(tmp_path: Path) -> None:
    """As people name it."""
    repo = pygit2.init_repository(str(tmp_path / "r.git"), bare=True)
    repo.create_commit("HEAD", WHO, WHO, "one", repo.TreeBuilder().write(), [])
    with open_repository(str(tmp_path / "r.git")) as tree:
        assert tree.name == "r"


def test_a_plain_folder_has_a_name_and_nothing_else_of_a_repository(tmp_path: Path) -> None:
    """No revision, no remote, no branch, no ids, no history, no commit."""
    write(tmp_path / "folder", {"a.go": ""})
    with open_repository(str(tmp_path / "folder")) as tree:
        assert (tree.name, tree.revision, tree.remote, tree.branch) == ("folder", None, "", "")
        assert [entry.blob for entry in tree.entries()] == [""]
        assert tree.history() is None
        assert tree.commit(["a.go"]) == ""
