"""What a tree lists and reads: every path once, in work trees, folders inside them, commits and plain folders."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pygit2
import pytest

from langfit.model.errors import LangfitError
from langfit.model.repository import SKIP_REASONS, Skipped
from langfit.repository import Entry, Unreadable, blob_id, commits, open_repository, refusal
from trees import WHO, commit, needs_git, paths_of, write

ODD_NAMES = (b"new\nline.go", b"esc\x1b[31m.go", b"100%.go", b"-rf.go", b"::error::x.go", b"bytes\xff.go", b"a,b.rs")


def test_a_subfolder_keeps_paths_from_the_root_and_the_manifests_above(tmp_path: Path) -> None:
    """Only the subtree is listed, beside the manifests that say how it is built; on disk and in a commit."""
    commit(
        write(tmp_path, {"go.mod": "module a\n", "b.go": "", "sub/c.go": "", "sub/deep/d.go": "", "subtle/e.go": ""})
    )
    (tmp_path / "later").mkdir()
    expected = ["go.mod", "sub/c.go", "sub/deep/d.go"]
    assert paths_of(tmp_path / "sub") == expected
    assert paths_of(tmp_path / "sub", "HEAD") == expected
    with pytest.raises(LangfitError, match="no folder later in this revision"):
        paths_of(tmp_path / "later", "HEAD")
    with open_repository(str(tmp_path / "later"), "HEAD", missing_folder="empty") as tree:
        assert [entry.path for entry in tree.entries()] == ["go.mod"]


def test_a_bare_repository_is_read_at_head(tmp_path: Path) -> None:
    """Also one without a config file, and the .git folder of a work tree."""
    commit(write(tmp_path / "work", {"a.go": "package a\n", "sub/b.rs": ""}))
    pygit2.clone_repository(str(tmp_path / "work"), str(tmp_path / "bare"), bare=True)
    for folder in (tmp_path / "bare", tmp_path / "work/.git"):
        with open_repository(str(folder)) as tree:
            assert tree.revision is not None
            assert tree.branch == "main"
        assert paths_of(folder) == ["a.go", "sub/b.rs"]
    (tmp_path / "bare/config").unlink()
    assert paths_of(tmp_path / "bare") == ["a.go", "sub/b.rs"]


def blobs_of(folder: Path) -> dict[str, str]:
    """Return the ids that files have before they are read, by path."""
    with open_repository(str(folder)) as tree:
        return {entry.path: entry.blob for entry in tree.entries()}


def test_unchanged_files_have_their_id_before_they_are_read(tmp_path: Path) -> None:
    """A changed file has none, nor has one as young as the index, nor one that git would convert."""
    pygit2.init_repository(str(tmp_path)).config["core.autocrlf"] = True
    commit(write(tmp_path, {"same.go": "package a\n", "changed.go": "package a\n", "windows.go": "package a\r\n"}))
    write(tmp_path, {"changed.go": "package b\n"})
    os.utime(tmp_path / "changed.go", (1, 1))
    assert blobs_of(tmp_path) == {"same.go": blob_id(b"package a\n"), "changed.go": "", "windows.go": ""}
    os.utime(tmp_path / ".git/index", (1, 1))
    assert set(blobs_of(tmp_path).values()) == {""}


def test_an_index_that_cannot_be_read_costs_what_only_it_knows(tmp_path: Path) -> None:
    """Files are listed as they are on disk, without ids and without those that are tracked though ignored."""
    commit(write(tmp_path, {"a.go": "", "kept.log": ""}))
    write(tmp_path, {".gitignore": "*.log\n"})
    (tmp_path / ".git/index").write_bytes(b"nonsense" * 10)
    with open_repository(str(tmp_path)) as tree:
        assert [(entry.path, entry.blob) for entry in tree.entries()] == [(".gitignore", ""), ("a.go", "")]
        assert tree.notices[0].startswith("The index of the repository cannot be read")
    assert paths_of(tmp_path, "HEAD") == ["a.go", "kept.log"]


@needs_git
@pytest.mark.parametrize("data", [b"", b"package a\n", bytes(range(256))], ids=["empty", "text", "bytes"])
def test_blob_ids_are_those_of_git(data: bytes) -> None:
    """`git hash-object` agrees."""
    run = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)
    assert blob_id(data) == run.stdout.decode().strip()


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_nothing_is_written(tmp_path: Path, revision: str | None) -> None:
    """Listing and reading leave every byte and time of the repository as they were."""
    commit(write(tmp_path, {"a.go": "package a\n", ".gitattributes": "*.go linguist-generated\n"}))

    def state() -> list[tuple[str, int, int]]:
        return sorted((str(p), p.lstat().st_mtime_ns, p.lstat().st_size) for p in tmp_path.rglob("*"))

    before = state()
    with open_repository(str(tmp_path), revision) as tree:
        for entry in tree.entries():
            tree.read(entry)
            tree.attributes(entry.path)
        assert tree.history() is not None
        assert tree.commit(["a.go"])
    assert state() == before


def test_other_repositories_are_not_entered(tmp_path: Path) -> None:
    """Nested repositories, bare ones and submodules are one row each."""
    commit(write(tmp_path, {"a.go": "package a\n"}))
    commit(write(tmp_path / "nested", {"n.go": ""}))
    pygit2.init_repository(str(tmp_path / "bare"), bare=True)
    write(tmp_path, {"bare/hooks/h.go": ""})
    repo = pygit2.Repository(str(tmp_path))
    repo.index.add(pygit2.IndexEntry("module", repo[repo.head.target].id, pygit2.enums.FileMode.COMMIT))
    repo.index.write()
    repo.create_commit("HEAD", WHO, WHO, "two", repo.index.write_tree(), [repo.head.target])
    assert paths_of(tmp_path) == ["a.go", "bare submodule", "module submodule", "nested submodule"]
    assert paths_of(tmp_path, "HEAD") == ["a.go", "module submodule"]
    with open_repository(str(tmp_path)) as tree:
        tree.entries()
        assert "nested is a repository of its own: scan it by itself." in tree.notices
    assert paths_of(tmp_path / "nested") == ["n.go"]


def test_a_folder_that_the_repository_around_it_ignores_is_a_plain_folder(tmp_path: Path) -> None:
    """Scratch folders inside a work tree are scanned for themselves."""
    commit(write(tmp_path, {".gitignore": "scratch/\n", "a.go": ""}))
    write(tmp_path, {"scratch/x.go": ""})
    assert paths_of(tmp_path / "scratch") == ["x.go"]


def test_links_and_pipes_are_listed_and_never_followed(tmp_path: Path) -> None:
    """A link out of the tree, a loop, a FIFO and a socket are rows without bytes, and do not block."""
    outside = write(tmp_path / "outside", {"secret.go": "package secret\n"})
    folder = write(tmp_path / "tree", {"a.go": "package a\n"})
    (folder / "file.go").symlink_to(outside / "secret.go")
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(".")
    (folder / "self.go").symlink_to("self.go")
    os.mkfifo(folder / "pipe.go")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(os.path.relpath(folder / "plug.go"))
    links = ["file.go symlink", "folder symlink", "loop symlink"]
    expected = ["a.go", *links, "pipe.go special", "plug.go special", "self.go symlink"]
    assert paths_of(folder) == expected
    pygit2.init_repository(str(folder))
    assert paths_of(folder) == expected
    with open_repository(str(folder)) as tree:
        for entry in tree.entries()[1:]:
            with pytest.raises(Unreadable) as refused:
                tree.read(entry)
            assert refused.value.reason == entry.mode
            with pytest.raises(Unreadable) as refused:  # as when it changed its nature after the listing
                tree.read(Entry(entry.path, "", 1, "file"))
            assert refused.value.reason in ("symlink", "special")


def test_a_tracked_file_behind_a_link_is_not_read(tmp_path: Path) -> None:
    """A folder that became a link out of the tree hides the files that were tracked in it."""
    commit(write(tmp_path / "tree", {"sub/a.go": "package a\n"}))
    write(tmp_path / "outside", {"a.go": "package secret\n"})
    shutil.rmtree(tmp_path / "tree/sub")
    (tmp_path / "tree/sub").symlink_to(tmp_path / "outside")
    assert paths_of(tmp_path / "tree") == ["sub symlink"]
    with open_repository(str(tmp_path / "tree")) as tree:
        tree.entries()
        assert "1 tracked file(s) are not on disk" in tree.notices[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_any_name_survives(tmp_path: Path) -> None:
    """Names with line breaks, escapes, undecodable bytes and leading dashes are the same on disk and in a commit."""
    repo = pygit2.init_repository(str(tmp_path))
    blob = repo.create_blob(b"package a\n").raw
    for name in ODD_NAMES:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(b"package a\n")
    raw = b"".join(b"100644 " + name + b"\0" + blob for name in sorted(ODD_NAMES))
    repo.create_commit("HEAD", WHO, WHO, "odd", repo.odb.write(pygit2.enums.ObjectType.TREE, raw), [])
    expected = sorted(name.decode("utf-8", "surrogateescape") for name in ODD_NAMES)
    for revision in (None, "HEAD"):
        with open_repository(str(tmp_path), revision) as tree:
            assert [entry.path for entry in tree.entries()] == expected
            for entry in tree.entries():
                assert tree.read(entry) == b"package a\n"
                tree.attributes(entry.path)


def test_names_that_point_out_of_the_tree_are_left_out(tmp_path: Path) -> None:
    """A tree made by hand may say "..": no such path is listed."""
    repo = pygit2.init_repository(str(tmp_path), bare=True)
    blob = repo.create_blob(b"x").raw
    raw = b"".join(b"100644 " + name + b"\0" + blob for name in (b"..", b"a.go", b"x/../../y.go"))
    root = repo.odb.write(pygit2.enums.ObjectType.TREE, raw)
    text = f"tree {root}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nodd\n"
    oid = repo.odb.write(pygit2.enums.ObjectType.COMMIT, text.encode())
    with open_repository(str(tmp_path), str(oid)) as tree:
        assert [entry.path for entry in tree.entries()] == ["a.go"]
        left_out = [notice.partition(" was left out: git forbids")[0] for notice in tree.notices if "forbids" in notice]
        assert left_out == ["..", "x/../../y.go"]


def test_a_tree_that_unfolds_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten levels of ten equal folders are ten objects and ten billion paths."""
    monkeypatch.setattr(commits, "MOST_ENTRIES", 10_000)
    repo = pygit2.init_repository(str(tmp_path), bare=True)
    oid, mode = repo.create_blob(b""), pygit2.enums.FileMode.BLOB
    for _ in range(10):
        builder = repo.TreeBuilder()
        for name in "abcdefghij":
            builder.insert(name, oid, mode)
        oid, mode = builder.write(), pygit2.enums.FileMode.TREE
    repo.create_commit("HEAD", WHO, WHO, "bomb", oid, [])
    with pytest.raises(LangfitError, match="more than 10,000 entries: scan one of its folders"):
        paths_of(tmp_path)


def loose(repo: pygit2.Repository, oid: object) -> Path:
    """Return the file of a loose object."""
    return Path(repo.path) / "objects" / str(oid)[:2] / str(oid)[2:]


def test_missing_objects_are_rows_and_not_the_end(tmp_path: Path) -> None:
    """A blob that is gone is refused when read; a folder whose tree is gone is one skipped row and a notice."""
    commit(write(tmp_path, {"a.go": "package a\n", "gone.go": "package gone\n", "sub/b.go": "package b\n"}))
    repo = pygit2.Repository(str(tmp_path))
    root = repo[repo.head.target].peel(pygit2.Commit).tree
    loose(repo, root["gone.go"].id).unlink()
    loose(repo, root["sub"].id).unlink()
    with open_repository(str(tmp_path), "HEAD") as tree:
        entries = {entry.path: entry for entry in tree.entries()}
        assert list(entries) == ["a.go", "gone.go"]
        with pytest.raises(Unreadable) as refused:
            tree.read(entries["gone.go"])
        assert refused.value.reason == "missing-object"
        assert tree.skipped == (Skipped("sub", "missing-object"),)
        assert tree.notices[0].startswith("sub was not entered")
    loose(repo, root.id).unlink()
    with pytest.raises(LangfitError, match="run `git fetch --refetch origin"):
        paths_of(tmp_path, "HEAD")


def test_a_damaged_object_is_unreadable(tmp_path: Path) -> None:
    """Bytes that do not inflate are refused for that file alone."""
    commit(write(tmp_path, {"a.go": "package a\n"}))
    target = loose(pygit2.Repository(str(tmp_path)), blob_id(b"package a\n"))
    target.chmod(0o644)
    target.write_bytes(b"not zlib")
    with open_repository(str(tmp_path), "HEAD") as tree, pytest.raises(Unreadable) as refused:
        tree.read(tree.entries()[0])
    assert refused.value.reason == "unreadable"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"package a\n", None, id="text"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\xef\xbb\xbfpackage a\n", None, id="byte order mark"),
        pytest.param("// \u00e9".encode(), None, id="UTF-8"),
        pytest.param("// \u00e9".encode("latin-1"), "not-utf8", id="Latin 1"),
        pytest.param("package a".encode("utf-16"), "binary", id="UTF-16"),
        pytest.param(b"a\0b", "binary", id="NUL"),
        pytest.param(
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "lfs-pointer", id="pointer"
        ),
        pytest.param(b"version https://git-lfs.github.com/spec/" + b"x" * 2000, None, id="too long for a pointer"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, reason: str | None) -> None:
    """Each with a reason that the report knows."""
    assert refusal(data) == reason
    assert reason is None or reason in SKIP_REASONS
