"""Reading what is below a folder: never through a link, also one that came later, and in time and room for any path."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import FileMode, ObjectType

from hostile import needs_links
from langfit.model.repository import Skipped
from langfit.repository import Entry, Unreadable, beneath, commits, open_repository, reading
from langfit.repository.headers import Header
from langfit.repository.session import Repository
from trees import WHO, commit, paths_of, write

GO = "package p\n"
PLAIN = Callable[[pytest.MonkeyPatch], None]


def part_by_part(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "opener", lambda: None)


def at_once(patch: pytest.MonkeyPatch) -> None:
    if beneath.opener() is None:
        pytest.skip("other systems refuse such names")
    patch.setattr(reading, "FEW", 0)


def by_path_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "ABLE", False)
    patch.setattr(reading, "opener", lambda: None)


WAYS = pytest.mark.parametrize("way", [part_by_part, at_once], ids=["part by part", "at once"])


def swap(folder: Path, outside: Path) -> None:
    """Put a link in the place of a folder."""
    shutil.rmtree(folder)
    folder.symlink_to(outside)


@needs_links
@WAYS
@pytest.mark.parametrize("swapped", ["sub", "sub/deep"])
@pytest.mark.parametrize("known", [False, True], ids=["first read", "read before"])
def test_a_folder_that_becomes_a_link_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: PLAIN, swapped: str, known: bool
) -> None:
    """Between listing and reading, in any part of a path."""
    way(monkeypatch)
    tree = write(tmp_path / "tree", {"sub/deep/a.go": GO, "sub/deep/b.go": GO, "z.go": GO})
    write(tmp_path / "out", {"deep/a.go": "package secret\n", "a.go": "package secret\n"})
    with open_repository(str(tree)) as it:
        entries = {entry.path: entry for entry in it.entries()}
        if known:
            assert it.read(entries["sub/deep/b.go"]) == GO.encode()
        swap(tree / swapped, tmp_path / "out")
        try:
            assert it.read(entries["sub/deep/a.go"]) != b"package secret\n"  # of the folder that was opened before
        except Unreadable as refused:
            assert refused.reason in ("symlink", "unreadable")
        assert it.read(entries["z.go"]) == GO.encode()


@needs_links
def test_a_link_that_comes_while_files_are_listed_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listing itself looks into no folder that became a link a moment ago."""
    tree = write(tmp_path / "tree", {"a.go": GO, "sub/b.go": GO, "sub/c.go": GO})
    attributes = {".gitignore": "b.go\n", ".gitattributes": "*.go linguist-generated\n"}
    out = write(tmp_path / "out", {"secret.go": GO, **attributes})

    def holds(_: bytes) -> bool:  # asked of a folder before it is entered
        swap(tree / "sub", out)
        return False

    monkeypatch.setattr("langfit.repository.disk.holds_repository", holds)
    with open_repository(str(tree)) as it:
        assert "sub/secret.go" not in [entry.path for entry in it.entries()]
        assert it.skipped == (Skipped("sub", "symlink"),)
        assert it.attributes("sub/b.go") == (None, None)
        with pytest.raises(Unreadable):
            it.read(Entry("sub/secret.go", "", 1, "file"))


@needs_links
def test_all_ways_of_reading_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one call of the system, part by part, and on systems that can do neither."""
    files = {f"a{n}/b/c{n}.go": f"package p{n}\n" for n in range(60)}
    tree = write(tmp_path / "tree", files)
    (tree / "link.go").symlink_to("a1/b/c1.go")
    os.mkfifo(tree / "pipe.go")
    for way in (part_by_part, at_once, by_path_alone):
        with monkeypatch.context() as patch:
            way(patch)
            with open_repository(str(tree)) as it:
                found = {entry.path: it.read(entry).decode() for entry in it.entries() if entry.mode == "file"}
                assert found == files
                for name, why in (("link.go", "symlink"), ("pipe.go", "special"), ("gone.go", "unreadable")):
                    with pytest.raises(Unreadable) as refused:
                        it.read(Entry(name, "", 1, "file"))
                    assert refused.value.reason == why


@needs_links
def test_few_folders_stay_open(tmp_path: Path) -> None:
    """However many there are; none after the end."""
    tree = write(tmp_path / "tree", {f"a{n}/b/c.go": GO for n in range(300)})
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    with open_repository(str(tree)) as it:
        for entry in it.entries():
            it.read(entry)
        assert not before or len(os.listdir("/proc/self/fd")) < before + reading.KEPT + 5
    assert not before or len(os.listdir("/proc/self/fd")) == before


def test_a_file_that_grows_without_end_is_too_big(tmp_path: Path) -> None:
    """What is read is bounded by what was listed, with room for somebody who writes."""
    tree = write(tmp_path / "tree", {"a.go": GO})
    with open_repository(str(tree)) as it:
        (entry,) = it.entries()
        (tree / "a.go").write_text("package q\n" * 1_000)
        assert len(it.read(entry)) == 10_000
        with (tree / "a.go").open("ab") as file:
            file.truncate(1 << 40)
        with pytest.raises(Unreadable) as refused:
            it.read(entry)
        assert refused.value.reason == "too-big"


def nested(folder: Path, depth: int, name: bytes = b"n" * 200) -> None:
    """Make folders in folders, deeper than a path may say at once."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
        handle = os.open(b"a.go", os.O_WRONLY | os.O_CREAT, dir_fd=at)
        os.write(handle, GO.encode())
        os.close(handle)
    os.close(at)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@WAYS
def test_long_paths_on_disk_are_read_or_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: PLAIN) -> None:
    """Up to 4,096 bytes they are read; beyond, one notice has their number."""
    way(monkeypatch)
    (tmp_path / "tree").mkdir()
    nested(tmp_path / "tree", 40)
    try:
        with open_repository(str(tmp_path / "tree")) as it:
            entries = it.entries()
            assert max(len(entry.path) for entry in entries) <= 4_096 and len(entries) == 20
            assert all(it.read(entry) == GO.encode() for entry in entries)
            (said,) = [notice for notice in it.notices if "4,096 bytes" in notice]
            assert len(said) < 300
    finally:
        os.system(f"rm -rf {tmp_path}/tree")


def chain(folder: Path, depth: int, name: bytes, files: int = 1) -> str:
    """Return a commit with one folder in the other, each with some files."""
    repo = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    blob = repo.create_blob(GO.encode()).raw
    rows = b"".join(b"100644 a%05d.go\0" % n + blob for n in range(files))
    tree = repo.odb.write(ObjectType.TREE, rows)
    for _ in range(depth):
        tree = repo.odb.write(ObjectType.TREE, rows + b"40000 " + name + b"\0" + tree.raw)
    text = f"tree {tree}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nx\n"
    return str(repo.odb.write(ObjectType.COMMIT, text.encode()))


def test_long_names_in_a_tree_cost_nothing(tmp_path: Path) -> None:
    """Folders in folders with names of 60,000 bytes took gigabytes."""
    made = chain(tmp_path / "r.git", 60, b"n" * 60_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_repository(str(tmp_path / "r.git"), made) as it:
        assert [entry.path for entry in it.entries()] == ["a00000.go"]
        (said,) = [notice for notice in it.notices if "4,096 bytes" in notice]
        assert len(said) < 300
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 << 10


class Counted(Repository):
    """A repository that counts how often it is asked for an attribute file."""

    asked = 0

    def _attributes_of(self, folder: bytes):  # type: ignore[no-untyped-def] # noqa: ANN202
        type(self).asked += 1
        return super()._attributes_of(folder)


@pytest.mark.parametrize("depth", [200, 400])
def test_attributes_of_deep_paths_are_looked_up_once_for_each_folder(tmp_path: Path, depth: int) -> None:
    """Not once for each folder above each file."""
    made = chain(tmp_path / "r.git", depth, b"n", files=20)
    Counted.asked = 0
    with open_repository(str(tmp_path / "r.git"), made) as plain:
        place = plain._place
        it = Counted(str(tmp_path / "r.git"), place, made)
        for entry in it.entries():
            it.attributes(entry.path)
    assert Counted.asked <= 2 * (depth + 1)


def test_attribute_files_of_many_folders_are_found_in_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tree is read once, however many folders stand side by side."""
    repo = pygit2.init_repository(str(tmp_path), bare=True, initial_head="main")
    blob, said = repo.create_blob(GO.encode()), repo.create_blob(b"*.go linguist-generated\n")
    top = repo.TreeBuilder()
    for number in range(400):
        below = repo.TreeBuilder()
        below.insert("a.go", blob, FileMode.BLOB)
        if number % 2:
            below.insert(".gitattributes", said, FileMode.BLOB)
        top.insert(f"d{number}", below.write(), FileMode.TREE)
    repo.create_commit("HEAD", WHO, WHO, "one", top.write(), [])
    reads, rows_of = [], commits.rows_of

    def counted(repo: pygit2.Repository, oid: pygit2.Oid, header: Header) -> Iterator[commits.Row]:
        reads.append(oid)
        return rows_of(repo, oid, header)

    monkeypatch.setattr(commits, "rows_of", counted)
    with open_repository(str(tmp_path)) as it:
        found = [it.attributes(entry.path)[0] for entry in it.entries() if entry.path.endswith(".go")]
    assert found.count(True) == 200 and found.count(None) == 200
    assert len(reads) == 401


@pytest.mark.parametrize("under", ["", "sub", "sub/deep"])
def test_attributes_above_the_scanned_folder_hold(tmp_path: Path, under: str) -> None:
    """On disk and in a commit."""
    files = {".gitattributes": "*.go linguist-generated\n", "sub/.gitattributes": "b.go -linguist-generated\n"}
    commit(write(tmp_path, files | {"sub/deep/a.go": GO, "sub/deep/b.go": GO}))
    for revision in (None, "HEAD"):
        with open_repository(str(tmp_path / under), revision) as it:
            assert it.attributes("sub/deep/a.go")[0] is True
            assert it.attributes("sub/deep/b.go")[0] is False


def test_a_tree_of_head_that_unfolds_without_end_is_not_unfolded(tmp_path: Path) -> None:
    """Whether files on disk are those of HEAD is asked of their own folders alone."""
    commit(write(tmp_path, {"a.go": GO}))
    repo = pygit2.Repository(str(tmp_path))
    oid, mode = repo.create_blob(b""), FileMode.BLOB
    for _ in range(12):
        builder = repo.TreeBuilder()
        for name in "abcdefghij":
            builder.insert(name, oid, mode)
        oid, mode = builder.write(), FileMode.TREE
    builder = repo.TreeBuilder(repo.head.peel(pygit2.Commit).tree)
    builder.insert("bomb", oid, mode)
    made = repo.create_commit("HEAD", WHO, WHO, "bomb", builder.write(), [repo.head.target])
    with open_repository(str(tmp_path)) as it:
        assert it.commit(["a.go"]) == str(made)
        assert it.commit(["a.go", "b.go"]) == ""
    assert paths_of(tmp_path) == ["a.go"]
