"""Revisions and what came before them: names of commits, common ancestors, samples of the first parents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.model.errors import LangfitError
from langfit.repository import blob_id, open_repository
from langfit.repository import history as past
from langfit.repository.history import History, names_in, subtree
from trees import WHO, commit, needs_git, paths_of, write


@pytest.mark.parametrize("name", ["side", "v1", "HEAD~1", "{first}", "{short}", "origin/far", "far"])
def test_a_revision_is_read_without_touching_the_work_tree(tmp_path: Path, name: str) -> None:
    """Branches, tags, full and short ids, and branches of the remote alone name the same commit."""
    first = commit(write(tmp_path, {"a.go": "old\n"}))
    repo = pygit2.Repository(str(tmp_path))
    repo.create_reference("refs/heads/side", first)
    repo.create_reference("refs/remotes/origin/far", first)
    repo.create_tag("v1", repo.head.target, pygit2.enums.ObjectType.COMMIT, WHO, "annotated")
    commit(write(tmp_path, {"a.go": "new\n"}), "two")
    write(tmp_path, {"a.go": "newer\n"})
    with open_repository(str(tmp_path), name.format(first=first, short=first[:8])) as tree:
        assert tree.revision == first
        assert tree.branch == ("side" if name == "side" else "")
        (entry,) = tree.entries()
        assert tree.read(entry) == b"old\n"
        assert (entry.blob, entry.size) == (blob_id(b"old\n"), 4)
        assert tree.commit(["a.go"]) == first
    assert (tmp_path / "a.go").read_text() == "newer\n"


def test_files_on_disk_are_those_of_a_commit_while_they_are_the_same(tmp_path: Path) -> None:
    """A changed file, and one that no commit has, are of none."""
    head = commit(write(tmp_path, {"a.go": "old\n", "b.go": "same\n"}))
    write(tmp_path, {"new.go": ""})

    def of(*paths: str) -> str:
        with open_repository(str(tmp_path)) as tree:
            return tree.commit(paths)

    assert of("a.go", "b.go") == head
    assert of("b.go", "new.go") == ""
    write(tmp_path, {"a.go": "newer\n"})
    assert of("a.go", "b.go") == ""
    assert of("b.go") == head


@needs_git
def test_a_shallow_clone_says_how_to_deepen_it(tmp_path: Path) -> None:
    """The tip can be scanned; the common ancestor cannot be had, nor can a branch that was not fetched."""
    full, thin = tmp_path / "full", tmp_path / "thin"
    base = commit(write(full, {"a.go": "1\n"}))
    repo = pygit2.Repository(str(full))
    repo.create_commit("refs/heads/side", WHO, WHO, "side", repo.index.write_tree(), [base])
    commit(write(full, {"b.go": "2\n"}), "two")
    with open_repository(str(full)) as tree:
        assert tree.merge_base("side") == base
        assert tree.commit_of("side") == str(repo.branches.local["side"].target)
    subprocess.run(["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{full}", str(thin)], check=True)
    assert paths_of(thin, "HEAD") == ["a.go", "b.go"]
    with open_repository(str(thin)) as tree:
        with pytest.raises(LangfitError, match="too shallow .* `git fetch --unshallow origin"):
            tree.merge_base("side")
        with pytest.raises(
            LangfitError, match="git fetch --unshallow origin .other:refs/remotes/origin/other`.*fetch-depth: 0"
        ):
            tree.merge_base("origin/other")
        with pytest.raises(LangfitError, match=f"git fetch --unshallow origin {base}`"):
            tree.commit_of(base)
        history = tree.history()
        assert history is not None and history.shallow and history.at(1) is None


@needs_git
@pytest.mark.parametrize("wanted", ["side", "origin/side", "v1", "{base}"])
@pytest.mark.parametrize("options", [[], ["--no-single-branch"]], ids=["one branch", "all branches"])
def test_the_command_that_brings_a_missing_base_brings_it(tmp_path: Path, wanted: str, options: list[str]) -> None:
    """Branches, tags and commits, also in a clone that follows one branch: one command, and the base is there."""
    full, thin = tmp_path / "full", tmp_path / "thin"
    base = commit(write(full, {"a.go": "1\n"}))
    repo = pygit2.Repository(str(full))
    repo.create_commit("refs/heads/side", WHO, WHO, "side", repo.index.write_tree(), [base])
    repo.references.create("refs/tags/v1", base)
    repo.config["uploadpack.allowAnySHA1InWant"] = True
    commit(write(full, {"b.go": "2\n"}), "two")
    subprocess.run(["git", "clone", "-q", "--depth=1", *options, f"file://{full}", str(thin)], check=True)
    with open_repository(str(thin)) as tree, pytest.raises(LangfitError) as refused:
        tree.merge_base(wanted.format(base=base))
    command = re.search("run `(git fetch [^`]+)`", str(refused.value))
    assert command is not None
    subprocess.run(["sh", "-c", f"{command[1]} --quiet"], cwd=thin, check=True)
    with open_repository(str(thin)) as tree:
        assert tree.merge_base(wanted.format(base=base)) == base


def test_histories_without_a_common_commit_are_explained(tmp_path: Path) -> None:
    """In a full clone there is nothing to deepen."""
    commit(write(tmp_path, {"a.go": ""}))
    repo = pygit2.Repository(str(tmp_path))
    repo.create_commit("refs/heads/orphan", WHO, WHO, "alone", repo.index.write_tree(), [])
    with open_repository(str(tmp_path)) as tree, pytest.raises(LangfitError, match="no common ancestor with orphan"):
        tree.merge_base("orphan")


def line(repo: pygit2.Repository, number: int) -> History:
    """Return the history of the last of so many commits, the first of which is of 2001-09-09."""
    made: list[pygit2.Oid] = []
    empty = repo.TreeBuilder().write()
    for back in range(number):
        who = pygit2.Signature("A", "a@example.com", 1_000_000_000 + back * 86_400, 0)
        made = [repo.create_commit(None, who, who, str(back), empty, made)]
    return History(repo, repo[made[0]].peel(pygit2.Commit))


@pytest.mark.parametrize(
    ("number", "looked"),
    [
        pytest.param(1, [], id="one commit"),
        pytest.param(2, [1], id="two"),
        pytest.param(17, [16], id="the oldest is a sample"),
        pytest.param(18, [16, 17], id="one more"),
        pytest.param(100, [16, 32, 64, 99], id="a hundred"),
    ],
)
def test_samples_lie_further_and_further_back(tmp_path: Path, number: int, looked: list[int]) -> None:
    """The last one is the first commit of all."""
    found = list(line(pygit2.init_repository(str(tmp_path), bare=True), number).samples())
    assert [one.back for one in found] == looked
    assert not found or found[-1].date == "2001-09-09"


@settings(deadline=None, max_examples=20)
@given(number=st.integers(1, 80), asked=st.lists(st.integers(0, 90), max_size=6))
def test_any_commit_is_found_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, number: int, asked: list[int]
) -> None:
    """What was looked at before only makes it faster."""
    history = line(pygit2.init_repository(str(tmp_path_factory.mktemp("line")), bare=True), number)
    for back in asked:
        found = history.at(back)
        assert (found is not None) == (back < number)
        assert found is None or found.tree.id == history.at(0).tree.id  # type: ignore[union-attr]


def test_a_merge_has_the_history_of_its_branch(tmp_path: Path) -> None:
    """First parents alone do not show it."""
    repo = pygit2.init_repository(str(tmp_path), bare=True)
    empty = repo.TreeBuilder().write()
    base = repo.create_commit(None, WHO, WHO, "base", empty, [])
    side = repo.create_commit(None, WHO, WHO, "side", empty, [base])
    main = repo.create_commit(None, WHO, WHO, "main", empty, [base])
    merge = repo.create_commit(None, WHO, WHO, "merge", empty, [main, side])
    history = History(repo, repo[merge].peel(pygit2.Commit))
    branch = history.merged(0)
    assert branch is not None
    assert [getattr(branch.at(back), "commit", None) for back in range(3)] == [str(side), str(base), None]
    assert history.merged(1) is None
    assert history.merged(7) is None


def test_trees_of_the_past_are_looked_at_without_their_blobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names with the trees of folders, at most so many; a folder by its path."""
    commit(write(tmp_path, {"a.go": "1\n", "sub/deep/b.go": "2\n", "z.go": "3\n"}))
    repo = pygit2.Repository(str(tmp_path))
    root = repo[repo.head.target].peel(pygit2.Commit).tree
    for path in ("a.go", "sub/deep/b.go", "z.go"):
        oid = str(root[path].id)
        (tmp_path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    again = pygit2.Repository(str(tmp_path))
    root = again[again.head.target].peel(pygit2.Commit).tree
    assert [(name, below is not None) for name, below in names_in(root)] == [
        ("a.go", False),
        ("sub", True),
        ("z.go", False),
    ]
    deep = subtree(root, "sub/deep")
    assert deep is not None and [name for name, _ in names_in(deep)] == ["b.go"]
    assert subtree(root, ".") is root
    assert subtree(root, "a.go") is None
    assert subtree(root, "gone") is None
    monkeypatch.setattr(past, "MOST_ROWS", 2)
    assert [name for name, _ in names_in(root)] == ["a.go", "sub"]
