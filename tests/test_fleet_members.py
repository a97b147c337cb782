"""Who belongs to a fleet: paths, folders and lists, each member once, and shards that share nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fleets
from langfit.fleet.members import members_of, shard_of
from langfit.fleet.model import Member
from langfit.model.errors import LangfitError
from trees import commit, write


@pytest.fixture
def mirrors(tmp_path: Path) -> Path:
    """Three repositories: two bare ones, one of them deeper, and a work tree with another one inside."""
    fleets.empty(tmp_path / "mirrors/a.git")
    fleets.empty(tmp_path / "mirrors/org/b.git")
    for name in ("mirrors/c", "mirrors/c/inside"):
        write(tmp_path / name, {"x": "x"})
        commit(tmp_path / name)
    return tmp_path / "mirrors"


def ids(*named: str | Path) -> list[str]:
    return [member.id for member in members_of(map(str, named))]


def test_a_folder_stands_for_the_repositories_in_it(mirrors: Path) -> None:
    """At any depth that people use, and none inside of another."""
    assert ids(mirrors) == ["a", "b", "c"]


def test_paths_of_repositories_are_members(mirrors: Path) -> None:
    """Bare ones and work trees, named by the end of their path."""
    assert ids(mirrors / "c", mirrors / "org/b.git", mirrors / "org/b.git") == ["b", "c"]


def test_names_are_as_long_as_it_takes(tmp_path: Path) -> None:
    """Two repositories of one name have the folder before it."""
    for name in ("x/one.git", "y/one.git", "y/two.git"):
        fleets.empty(tmp_path / name)
    assert ids(tmp_path / "x", tmp_path / "y") == ["two", "x/one", "y/one"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("mirrors/a.git\nmirrors/org/b.git\n", [Member("a", "mirrors/a.git"), Member("b", "mirrors/org/b.git")], id="paths"),
        pytest.param("# all\n\nmirrors/a.git\r\nmirrors/a.git\n", [Member("a", "mirrors/a.git")], id="comments, blanks, twice"),
        pytest.param("one\tmirrors/a.git\n", [Member("one", "mirrors/a.git")], id="id and path"),
        pytest.param("one\tmirrors/a.git\tv1\tteam\tx, y,x\n", [Member("one", "mirrors/a.git", "v1", "team", ("x", "y"))], id="all columns"),
        pytest.param("path\towner\nmirrors/a.git\tteam\n", [Member("a", "mirrors/a.git", "", "team")], id="a head"),
        pytest.param("id\tpath\nnot/there\tmirrors/none\n", [Member("not/there", "mirrors/none")], id="what is not there is a row"),
        pytest.param("\ufeffmirrors/a.git\n", [Member("a", "mirrors/a.git")], id="a mark of bytes"),
    ],
)  # fmt: skip
def test_lists_are_read(mirrors: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[Member]) -> None:
    """A path a line, or a table; paths start in the present folder, or else where the list is."""
    (mirrors.parent / "list").write_text(text, "utf-8")
    wanted = tuple(Member(m.id, str(mirrors.parent / m.path), m.revision, m.owner, m.tags) for m in expected)
    assert members_of([str(mirrors.parent / "list")]) == wanted
    monkeypatch.chdir(mirrors.parent)
    assert members_of(["list"]) == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("a\tx\na\ty\n", "Two repositories have the id 'a'", id="one id for two"),
        pytest.param("a\tx\t\t\t\tmore\n", "list:1: a row has the columns", id="too many cells"),
        pytest.param("a\t\n", "list:1: the row has no path", id="no path"),
        pytest.param("https://u:secret@host/a\tx\n", "a password stands in the row", id="a token in an id"),
        pytest.param("a\tx\t--help\n", "does not begin with a dash", id="an option for a revision"),
        pytest.param("a\x1b[1m\tx\n", "one line of at most", id="an escape"),
        pytest.param(f"{'a' * 301}\tx\n", "one line of at most", id="a long id"),
        pytest.param(f"a\tx\t\t\t{','.join(map(str, range(30)))}\n", "at most 20 tags", id="tags"),
    ],
)  # fmt: skip
def test_mistakes_in_lists_are_told(tmp_path: Path, text: str, sentence: str) -> None:
    """With the line, and without repeating what may be a secret."""
    (tmp_path / "list").write_text(text, "utf-8")
    with pytest.raises(LangfitError, match="list|Two") as told:
        members_of([str(tmp_path / "list")])
    assert sentence in str(told.value)
    assert "secret" not in str(told.value)


def test_what_holds_no_repository_is_told(tmp_path: Path) -> None:
    """An empty folder, a pipe without an end, and nothing."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, sentence in (("folder", "holds no repository"), ("none", "cannot be read")):
        with pytest.raises(LangfitError, match=sentence):
            members_of([str(tmp_path / name)])
    assert members_of([str(tmp_path / "pipe")]) == ()


@given(st.sets(st.text(min_size=1), max_size=60), st.integers(1, 9))
def test_every_member_is_in_one_shard(names: set[str], count: int) -> None:
    """Whatever the ids and the number of shards; and who else is there changes nothing."""
    members = [Member(name, name) for name in sorted(names)]
    parts = [shard_of(members, index, count) for index in range(1, count + 1)]
    assert sorted((m for part in parts for m in part), key=lambda m: m.id) == members
    assert all(
        shard_of(members[::2], n, count) == tuple(m for m in members[::2] if m in part)
        for n, part in enumerate(parts, 1)
    )
