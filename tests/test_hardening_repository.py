"""What is opened as a repository, what leads out of one, and what stands in the place of its files."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from hostile import bare, invoked, loose, needs_links, refused
from langfit.model.errors import LangfitError
from langfit.repository import Unreadable, open_repository, packs
from trees import commit, paths_of, scanned, write

GO = "package p\n\nfunc F() {}\n"
FILES = {"a.go": GO, "sub/b.go": GO}


def planted(folder: Path, *, code: bool = True) -> Path:
    """Make a folder look like a bare repository with one commit of other files, beside its own or in their place."""
    aside = folder.with_name(f"{folder.name}-aside")
    bare(aside, {b"innocent.go": b"package innocent\n"})
    if not code:
        shutil.rmtree(folder)
    folder.mkdir(exist_ok=True)
    for name in ("HEAD", "config", "objects", "refs"):
        shutil.move(aside / name, folder / name)
    shutil.rmtree(aside)
    return folder


def at_the_root(tree: Path) -> Path:
    commit(write(tree, FILES))
    return planted(tree)


def in_a_folder(tree: Path) -> Path:
    commit(write(tree, FILES))
    return planted(tree / "sub")


def in_the_place_of_a_folder(tree: Path) -> Path:
    commit(write(tree, FILES))
    return planted(tree / "sub", code=False)


def with_a_name_and_code(tree: Path) -> Path:
    commit(write(tree, {"a.go": GO, "lib.git/b.go": GO}))
    return planted(tree / "lib.git")


def behind_a_link(tree: Path) -> Path:
    commit(write(tree, FILES))
    planted(tree / "x.git", code=False) if (tree / "x.git").exists() else planted(tree / "x.git")
    shutil.rmtree(tree / "sub")
    (tree / "sub").symlink_to("x.git")
    return tree / "sub"


def of_an_archive(tree: Path) -> Path:
    return planted(write(tree, FILES))


def of_an_archive_with_a_folder(tree: Path) -> Path:
    planted(write(tree, {"src/a.go": GO}))
    return tree


@pytest.mark.parametrize(
    ("make", "listed"),
    [
        pytest.param(at_the_root, {"a.go", "sub/b.go"}, id="at the root of the work tree"),
        pytest.param(in_a_folder, {"sub/b.go"}, id="in a folder"),
        pytest.param(in_the_place_of_a_folder, set(), id="in the place of a folder"),
        pytest.param(with_a_name_and_code, {"lib.git/b.go"}, id="named like one, with code"),
        pytest.param(behind_a_link, set(), id="behind a link", marks=needs_links),
        pytest.param(of_an_archive, {"a.go", "sub/b.go"}, id="in an archive"),
        pytest.param(of_an_archive_with_a_folder, {"src/a.go"}, id="in an archive, beside folders"),
    ],
)
def test_files_that_look_like_a_repository_are_files(
    tmp_path: Path, make: Callable[[Path], Path], listed: set[str]
) -> None:
    """No commit that a tree brought along is read in the place of its files."""
    (tmp_path / "tree").mkdir()
    folder = make(tmp_path / "tree")
    with open_repository(str(folder)) as tree:
        assert tree.revision is None
        assert {entry.path for entry in tree.entries() if entry.path.endswith(".go")} == listed
        assert (folder / ".git").exists() or "looks like a bare repository" in tree.notices[0]


def in_an_ignored_folder(tree: Path) -> Path:
    commit(write(tree, {".gitignore": "scratch/\n", **FILES}))
    (tree / "scratch").mkdir()
    return planted(tree / "scratch/mirror")


def named(tree: Path) -> Path:
    commit(write(tree, FILES))
    return planted(tree / "mirror.git")


def alone(tree: Path) -> Path:
    return planted(tree / "mirror")


@pytest.mark.parametrize("make", [named, alone, in_an_ignored_folder])
def test_a_bare_repository_is_read_where_it_is_named_as_one(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """By a name that ends in .git, or where no work tree is around that could have brought it."""
    (tmp_path / "tree").mkdir()
    assert paths_of(make(tmp_path / "tree")) == ["innocent.go"]


@pytest.mark.parametrize("place", ["hooks/main.go", "info/deep/go.mod", "objects/src/lib.rs", "branches/x/Cargo.toml"])
def test_source_among_the_files_of_git_is_told(tmp_path: Path, place: str) -> None:
    """Where a folder is taken for a bare repository because it holds nothing but git's own names."""
    planted(tmp_path / "it")
    assert not any("source files" in notice for notice in scanned(tmp_path / "it")["notices"])
    write(tmp_path / "it", {place: ""})
    assert any("source files" in notice for notice in scanned(tmp_path / "it")["notices"])


@pytest.mark.parametrize("named_as", [".git", "sub/../.git"])
def test_the_git_folder_of_a_work_tree_is_named_by_git(tmp_path: Path, named_as: str) -> None:
    """No commit can bring a path with .git in it; one that only leads there is refused."""
    commit(write(tmp_path / "tree", FILES))
    assert paths_of(tmp_path / "tree" / named_as) == ["a.go", "sub/b.go"]
    (tmp_path / "tree/link").symlink_to(".git")
    assert "is inside of a git directory" in refused("scan", "--no-cache", str(tmp_path / "tree/link"))


def test_a_work_tree_that_calls_itself_bare_is_a_work_tree(tmp_path: Path) -> None:
    """As soon as there are files; without any, its commits are all there is."""
    commit(write(tmp_path, FILES))
    pygit2.Config(str(tmp_path / ".git/config"))["core.bare"] = True
    (tmp_path / "new.go").write_text(GO)
    with open_repository(str(tmp_path)) as tree:
        assert "new.go" in [entry.path for entry in tree.entries()]
        assert tree.notices[0].startswith("`core.bare` is set, yet")
    for path in ("a.go", "new.go", "sub/b.go"):
        (tmp_path / path).unlink()
    (tmp_path / "sub").rmdir()
    assert paths_of(tmp_path) == ["a.go", "sub/b.go"]


def test_what_only_looks_like_a_repository_inside_is_entered(tmp_path: Path) -> None:
    """In a plain folder, too, where no index says that the files are tracked."""
    planted(write(tmp_path / "tree", {"a.go": GO, "sub/b.go": GO, "empty/c.go": GO, "file/d.go": GO}) / "sub")
    (tmp_path / "tree/empty/.git").mkdir()
    (tmp_path / "tree/file/.git").write_text("gitdir: nowhere\n")
    found = [path for path in paths_of(tmp_path / "tree") if path.endswith("go")]
    assert found == ["a.go", "empty/c.go", "file/d.go", "sub/b.go"]


def other(folder: Path) -> Path:
    commit(write(folder.with_name("other"), FILES))
    return folder.with_name("other")


def by_file(tree: Path) -> str:
    shutil.rmtree(tree / ".git")
    (tree / ".git").write_text(f"gitdir: {other(tree)}/.git\n")
    return "`.git` leads to ../other/.git"


def by_link(tree: Path) -> str:
    shutil.rmtree(tree / ".git")
    (tree / ".git").symlink_to(other(tree) / ".git")
    return "`.git` leads to ../other/.git"


def by_alternates(tree: Path) -> str:
    write(tree, {".git/objects/info/alternates": f"{other(tree)}/.git/objects\n"})
    return "`alternates` leads to ../other/.git/objects"


def by_alternates_of_alternates(tree: Path) -> str:
    write(other(tree), {".git/objects/info/alternates": f"{tree.parent}/third/.git/objects\n"})
    commit(write(tree.with_name("third"), FILES))
    write(tree, {".git/objects/info/alternates": "../../../other/.git/objects\n"})
    return "`alternates` leads to ../third/.git/objects"


def by_a_linked_folder(tree: Path) -> str:
    shutil.rmtree(tree / ".git/objects")
    (tree / ".git/objects").symlink_to(other(tree) / ".git/objects")
    return "`objects` leads to ../other/.git/objects"


def by_a_linked_file(tree: Path) -> str:
    write(tree.with_name("elsewhere"), {"secret": "x"})
    (tree / ".git/refs/heads/secret").symlink_to(tree.with_name("elsewhere") / "secret")
    return "`secret` leads to ../elsewhere/secret"


def by_include(tree: Path) -> str:
    write(tree.with_name("elsewhere"), {"config": "[user]\n\tname = A\n"})
    with (tree / ".git/config").open("a") as file:
        file.write('[Include]\n\tpath = "../../else\\\nwhere/config"\n')
    return "an `include` of its configuration leads to ../elsewhere/config"


def by_work_tree(tree: Path) -> str:
    name = tree.with_name("linked")
    tree.rename(name)
    commit(write(tree.with_name("main"), FILES))
    pygit2.Repository(str(tree.with_name("main"))).add_worktree("linked", str(tree))
    return "`.git` leads to ../main/.git/worktrees/linked"


WAYS_OUT = (
    by_file, by_link, by_alternates, by_alternates_of_alternates, by_a_linked_folder, by_a_linked_file, by_include,
    by_work_tree,
)  # fmt: skip


@needs_links
@pytest.mark.parametrize("lead", WAYS_OUT, ids=lambda lead: lead.__name__)
def test_a_way_out_of_the_repository_is_told_and_can_be_forbidden(tmp_path: Path, lead: Callable[[Path], str]) -> None:
    """By a notice of the report; and by a flag, which ends the scan."""
    commit(write(tmp_path / "tree", FILES))
    said = lead(tmp_path / "tree")
    report = scanned(tmp_path / "tree")
    assert report["files"]["analysed"] == 2
    assert any(said in notice and "--no-follow-git-links" in notice for notice in report["notices"])
    sentence = refused("scan", "--no-cache", "--no-follow-git-links", str(tmp_path / "tree"))
    assert said in sentence and "--follow-git-links" in sentence
    write(tmp_path / "tree", {"langfit.toml": "follow-git-links = false\n"})
    assert said in refused("scan", "--no-cache", str(tmp_path / "tree"))


def test_a_repository_of_its_own_leads_nowhere(tmp_path: Path) -> None:
    """No notice, with the flag or without it."""
    commit(write(tmp_path, FILES))
    for flags in ((), ("--no-follow-git-links",)):
        assert not any("outside" in notice for notice in scanned(tmp_path, *flags)["notices"])


PLACES = (
    "HEAD", "config", "commondir", "index", "info/exclude", "info/grafts", "objects/info/alternates", "packed-refs",
    "refs/heads/main", "refs/tags/x", "shallow", "config.worktree", "objects/pack/pack-1.idx", "logs/HEAD",
)  # fmt: skip


@needs_links
@pytest.mark.parametrize("kind", ["pipe", "link to a device", "link to a pipe"])
@pytest.mark.parametrize("place", PLACES)
def test_a_pipe_or_device_where_git_expects_a_file_is_one_sentence(tmp_path: Path, place: str, kind: str) -> None:
    """libgit2 would wait for it, or read it, without end."""
    commit(write(tmp_path / "tree", FILES))
    target = tmp_path / "tree/.git" / place
    target.parent.mkdir(exist_ok=True, parents=True)
    target.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "link to a device":
        target.symlink_to("/dev/zero")
    else:
        os.mkfifo(tmp_path / "pipe")
        target.symlink_to(tmp_path / "pipe")
    for revision in ((), ("--rev", "HEAD")):
        sentence = refused("scan", "--no-cache", *revision, str(tmp_path / "tree"))
        assert "is a pipe or a device" in sentence or "is no git directory" in sentence


@needs_links
def test_a_pipe_in_the_place_of_objects_is_one_sentence(tmp_path: Path) -> None:
    """Any loose object may be one."""
    commit(write(tmp_path, FILES))
    for path in (tmp_path / ".git/objects").glob("??/*"):
        path.unlink()
        os.mkfifo(path)
    assert "is a pipe or a device" in refused("scan", "--no-cache", str(tmp_path))


@needs_links
@pytest.mark.parametrize("value", ["/dev/zero", '"../pipe"', "../pi\\\npe", "inner"])
def test_an_included_configuration_is_looked_at_first(tmp_path: Path, value: str) -> None:
    """However its path is written, and through other included files."""
    commit(write(tmp_path, FILES))
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path, {".git/inner": '[includeIf "gitdir:/"] path = ../pipe # x\n'})
    with (tmp_path / ".git/config").open("a") as file:
        file.write(f"[core] x = 1\n[INCLUDE]\n\n path={value}\n")
    assert "is a pipe or a device" in refused("scan", "--no-cache", str(tmp_path))


@pytest.mark.parametrize("place", ["config", "packed-refs", "refs/heads/main", "HEAD", "index"])
def test_a_file_beyond_all_sizes_is_one_sentence(tmp_path: Path, place: str) -> None:
    """Those that libgit2 takes in whole."""
    commit(write(tmp_path, FILES))
    with (tmp_path / ".git" / place).open("ab") as file:
        file.truncate(1 << 40)
    assert "more than any that git writes" in refused("scan", "--no-cache", str(tmp_path))


def spoilt(path: Path, how: str) -> None:
    """Damage a loose object."""
    path.chmod(0o644)
    packed, data = path.read_bytes(), zlib.decompress(path.read_bytes())
    made = {
        "garbage": b"not zlib",
        "nothing": b"",
        "cut early": packed[:2],
        "cut late": packed[:-8],
        "of other bytes": zlib.compress(data.replace(b"one", b"two").replace(b"a.go", b"b.go")),
        "without an end": zlib.compress(b"commit 99999999\0" + data),
        "too long": zlib.compress(data + b"x"),
    }
    path.write_bytes(made[how])


DAMAGES = ("garbage", "nothing", "cut early", "cut late", "of other bytes", "without an end", "too long")


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("what", ["commit", "tree"])
def test_a_damaged_object_is_called_so(tmp_path: Path, what: str, how: str) -> None:
    """Nobody is sent to fetch what is there; libgit2 itself never comes back from one that ends too early."""
    repo = bare(tmp_path, {b"a.go": GO.encode()})
    head = repo.head.peel(pygit2.Commit)
    spoilt(loose(tmp_path, head.id if what == "commit" else head.tree.id), how)
    sentence = refused("scan", "--no-cache", str(tmp_path))
    assert "is damaged" in sentence and "git fsck" in sentence and "git fetch" not in sentence


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_files_and_folders_are_rows(tmp_path: Path, how: str) -> None:
    """The rest is read."""
    repo = bare(tmp_path, {b"a.go": GO.encode(), b"sub/a.go": b"package sub\n", b"one/a.go": b"package one\n"})
    tree = repo.head.peel(pygit2.Commit).tree
    spoilt(loose(tmp_path, tree["one/a.go"].id), how)
    spoilt(loose(tmp_path, tree["sub"].id), how)
    report = scanned(tmp_path)
    why = {row["path"]: row["reason"] for row in report["skipped"]}
    assert why == {"one/a.go": "too-big" if how == "without an end" else "unreadable", "sub": "unreadable"}


def test_a_reference_to_nothing_is_damage(tmp_path: Path) -> None:
    """A commit that a branch names and that is not there cannot be had by its name."""
    bare(tmp_path, {b"a.go": GO.encode()})
    (tmp_path / "refs/heads/main").write_text("1" * 40 + "\n")
    assert "git fetch" not in refused("scan", "--no-cache", str(tmp_path))


def test_an_object_is_found_by_the_start_of_its_name(tmp_path: Path) -> None:
    """Loose objects are read here, and not by libgit2."""
    repo = bare(tmp_path, {b"a.go": GO.encode()})
    for length in (40, 12, 7):
        with open_repository(str(tmp_path), str(repo.head.target)[:length]) as tree:
            assert tree.revision == str(repo.head.target)
    with pytest.raises(LangfitError, match="There is no commit named"):
        open_repository(str(tmp_path), "0123456")


def packed(folder: Path) -> Path:
    """Return the index of a pack that holds all objects of a bare repository."""
    repo = bare(folder, {b"a.go": GO.encode(), b"sub/b.go": b"package b\n"})
    repo.pack()
    for path in (folder / "objects").glob("[0-9a-f][0-9a-f]"):
        shutil.rmtree(path)
    (index,) = (folder / "objects/pack").glob("*.idx")
    index.chmod(0o644)
    return index


@pytest.mark.parametrize("at", [-44, -48], ids=["last offset", "another offset"])
def test_an_index_that_points_out_of_its_pack_is_refused(tmp_path: Path, at: int) -> None:
    """libgit2 reads there, and the process is gone."""
    index = packed(tmp_path)
    assert paths_of(tmp_path) == ["a.go", "sub/b.go"]
    data = bytearray(index.read_bytes())
    data[at] |= 0x70
    index.write_bytes(data)
    packs._is_sound.cache_clear()
    assert "is damaged" in refused("scan", "--no-cache", str(tmp_path))


def test_one_path_has_one_entry(tmp_path: Path) -> None:
    """A tree made by hand may name a file, or a folder, twice: the first counts, in lists and in look-ups."""
    repo = pygit2.init_repository(str(tmp_path), bare=True, initial_head="main")
    one, two = (repo.create_blob(text).raw for text in (b"package one\n", b"package two\n"))
    first = repo.odb.write(pygit2.enums.ObjectType.TREE, b"100644 x.go\0" + one).raw
    second = repo.odb.write(pygit2.enums.ObjectType.TREE, b"100644 x.go\0" + two + b"100644 y.go\0" + two).raw
    raw = b"100644 a.go\0" + one + b"100644 a.go\0" + two + b"40000 sub\0" + first + b"40000 sub\0" + second
    root = repo.odb.write(pygit2.enums.ObjectType.TREE, raw)
    text = f"tree {root}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nx\n"
    oid = repo.odb.write(pygit2.enums.ObjectType.COMMIT, text.encode())
    with open_repository(str(tmp_path), str(oid)) as tree:
        found = {entry.path: tree.read(entry) for entry in tree.entries()}
        assert len(tree.entries()) == 2
        assert found == {"a.go": b"package one\n", "sub/x.go": b"package one\n"}
        assert sum("stands twice in its tree" in notice for notice in tree.notices) == 2


def test_an_unreadable_entry_is_refused_one_by_one(tmp_path: Path) -> None:
    """A header that says another size than there are bytes is no size."""
    repo = bare(tmp_path, {b"a.go": GO.encode()})
    path = loose(tmp_path, repo.head.peel(pygit2.Commit).tree["a.go"].id)
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob 2000000000\0x"))
    with open_repository(str(tmp_path)) as tree, pytest.raises(Unreadable):
        tree.read(tree.entries()[0])


def test_the_flag_is_known_everywhere(tmp_path: Path) -> None:
    """Commands that open repositories take it."""
    commit(write(tmp_path, FILES))
    for command in ("scan", "components", "config"):
        assert invoked(command, "--no-follow-git-links", str(tmp_path)).exit_code == 0
