"""Trees from disk and from commits: what is listed, what is read, and what is refused with which sentence."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.model import SKIP_REASONS, LangfitError, Skipped
from langfit.source import Entry, Unreadable, blob_id, commits, open_source, refusal
from langfit.source.attributes import decide, parse

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="the git command is not installed")
needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
ODD_NAMES = (b"new\nline.go", b"esc\x1b[31m.go", b"100%.go", b"-rf.go", b"::error::x.go", b"bytes\xff.go", b"a,b.rs")


def write(folder: Path, files: dict[str, str]) -> None:
    """Write text files, with the folders they need."""
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def commit(repo: pygit2.Repository, message: str = "one", parents: list[str] | None = None) -> str:
    """Commit all that is in the work tree; HEAD moves on."""
    repo.index.add_all()
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    before = parents if parents is not None else [] if repo.head_is_unborn else [str(repo.head.target)]
    return str(repo.create_commit("HEAD", who, who, message, repo.index.write_tree(), list(before)))


def make(folder: Path, files: dict[str, str]) -> pygit2.Repository:
    """A repository with one commit of these files."""
    repo = pygit2.init_repository(str(folder), initial_head="main")
    write(folder, files)
    commit(repo)
    return repo


def paths(folder: Path, revision: str | None = None) -> list[str]:
    """The paths that a source lists, those of its modes other than files with the mode behind them."""
    with open_source(str(folder), revision) as source:
        return [row.path if row.mode == "file" else f"{row.path} {row.mode}" for row in source.entries()]


def age(folder: Path) -> None:
    """Make the index younger than the files, as it is some time after a checkout."""
    later = (folder / ".git/index").stat().st_mtime + 10
    os.utime(folder / ".git/index", (later, later))


def test_a_work_tree_holds_tracked_files_and_those_not_ignored(tmp_path: Path) -> None:
    """Nested .gitignore files and info/exclude hide untracked files, never tracked ones."""
    repo = make(tmp_path, {"a.go": "package a\n", "kept.log": "tracked\n"})
    write(
        tmp_path,
        {
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
    (Path(repo.path) / "info").mkdir(exist_ok=True)
    (Path(repo.path) / "info/exclude").write_text("private.go\n")
    assert paths(tmp_path) == [".gitignore", "a.go", "kept.log", "new.go", "sub/.gitignore", "sub/y.log"]


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
    with open_source(str(tmp_path)) as source:
        assert (source.revision, source.remote, source.branch) == (None, "", "")
        assert [row.blob for row in source.entries()] == [""] * 4
    assert paths(tmp_path) == [".gitignore", "sub/.gitignore", "sub/top.go", "sub/y.log"]


def test_a_subfolder_keeps_paths_from_the_root_and_the_manifests_above(tmp_path: Path) -> None:
    """Only the subtree is listed, beside the manifests that say how it is built; on disk and in a commit."""
    make(tmp_path, {"go.mod": "module a\n", "b.go": "", "sub/c.go": "", "sub/deep/d.go": "", "subtle/e.go": ""})
    expected = ["go.mod", "sub/c.go", "sub/deep/d.go"]
    assert paths(tmp_path / "sub") == expected
    assert paths(tmp_path / "sub", "HEAD") == expected
    with pytest.raises(LangfitError, match="no folder later in this revision"):
        (tmp_path / "later").mkdir()
        paths(tmp_path / "later", "HEAD")


def test_a_revision_is_read_without_touching_the_work_tree(tmp_path: Path) -> None:
    """Branches, tags, HEAD~1, full and short ids, and branches of the remote alone name the same commit."""
    repo = make(tmp_path, {"a.go": "old\n"})
    first = str(repo.head.target)
    repo.branches.local.create("side", repo[first])  # type: ignore[arg-type]
    repo.create_reference("refs/remotes/origin/far", first)
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_tag("v1", repo.head.target, pygit2.enums.ObjectType.COMMIT, who, "annotated")
    write(tmp_path, {"a.go": "new\n"})
    commit(repo)
    write(tmp_path, {"a.go": "newer\n"})
    for name in ("side", "v1", "HEAD~1", first, first[:8], "origin/far", "far"):
        with open_source(str(tmp_path), name) as source:
            assert source.revision == first
            assert source.branch == ("side" if name == "side" else "")
            (entry,) = source.entries()
            assert source.read(entry) == b"old\n"
            assert (entry.blob, entry.size) == (blob_id(b"old\n"), 4)
    assert (tmp_path / "a.go").read_text() == "newer\n"


def test_a_bare_repository_is_read_at_head(tmp_path: Path) -> None:
    """Also one without a config file, and the .git folder of a work tree."""
    make(tmp_path / "work", {"a.go": "package a\n", "sub/b.rs": ""})
    pygit2.clone_repository(str(tmp_path / "work"), str(tmp_path / "bare"), bare=True)
    for folder in (tmp_path / "bare", tmp_path / "work/.git"):
        with open_source(str(folder)) as source:
            assert source.revision is not None
            assert source.branch == "main"
        assert paths(folder) == ["a.go", "sub/b.rs"]
    (tmp_path / "bare/config").unlink()
    assert paths(tmp_path / "bare") == ["a.go", "sub/b.rs"]


def test_unchanged_files_have_their_id_before_they_are_read(tmp_path: Path) -> None:
    """A changed file has none, nor has one as young as the index, nor one that git would convert."""
    repo = make(tmp_path, {"same.go": "package a\n", "changed.go": "package a\n"})
    windows = tmp_path / "windows.go"
    windows.write_bytes(b"package a\r\n")
    repo.config["core.autocrlf"] = True
    commit(repo)
    age(tmp_path)
    (tmp_path / "changed.go").write_text("package b\n")
    os.utime(tmp_path / "changed.go", (1, 1))
    with open_source(str(tmp_path)) as source:
        ids = {row.path: row.blob for row in source.entries()}
    assert ids == {"same.go": blob_id(b"package a\n"), "changed.go": "", "windows.go": ""}
    os.utime(tmp_path / ".git/index", (1, 1))
    with open_source(str(tmp_path)) as source:
        assert {row.blob for row in source.entries()} == {""}


@needs_git
def test_blob_ids_are_those_of_git(tmp_path: Path) -> None:
    """`git hash-object` agrees, also on the empty file."""
    for data in (b"", b"package a\n", bytes(range(256))):
        run = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)
        assert blob_id(data) == run.stdout.decode().strip()


def test_nothing_is_written(tmp_path: Path) -> None:
    """Listing and reading leave every byte and time of the repository as they were."""
    make(tmp_path, {"a.go": "package a\n"})

    def state() -> list[tuple[str, int, int]]:
        return sorted((str(p), p.lstat().st_mtime_ns, p.lstat().st_size) for p in tmp_path.rglob("*"))

    before = state()
    for revision in (None, "HEAD"):
        with open_source(str(tmp_path), revision) as source:
            for entry in source.entries():
                source.read(entry)
                source.attributes(entry.path)
    assert state() == before


def test_other_repositories_are_not_entered(tmp_path: Path) -> None:
    """Nested repositories, bare ones and submodules are one row each; a hook-like config in them stays unread."""
    repo = make(tmp_path, {"a.go": "package a\n"})
    make(tmp_path / "nested", {"n.go": ""})
    pygit2.init_repository(str(tmp_path / "bare"), bare=True)
    write(tmp_path, {"bare/hooks/h.go": "", "bare/config": "[core]\n\tfsmonitor = touch /tmp/never\n"})
    repo.index.add(pygit2.IndexEntry("module", repo[repo.head.target].id, pygit2.enums.FileMode.COMMIT))
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "two", repo.index.write_tree(), [repo.head.target])
    assert paths(tmp_path) == ["a.go", "bare submodule", "module submodule", "nested submodule"]
    assert paths(tmp_path, "HEAD") == ["a.go", "module submodule"]
    with open_source(str(tmp_path)) as source:
        source.entries()
        assert "nested is a repository of its own: scan it by itself." in source.notices
    assert paths(tmp_path / "nested") == ["n.go"]


def test_a_folder_that_the_repository_around_it_ignores_is_a_plain_folder(tmp_path: Path) -> None:
    """Scratch folders inside a work tree are scanned for themselves."""
    make(tmp_path, {".gitignore": "scratch/\n", "a.go": ""})
    write(tmp_path, {"scratch/x.go": ""})
    assert paths(tmp_path / "scratch") == ["x.go"]


def test_links_and_pipes_are_listed_and_never_followed(tmp_path: Path) -> None:
    """A link out of the tree, a loop, a FIFO and a socket are rows without bytes, and do not block."""
    outside = tmp_path / "outside"
    write(outside, {"secret.go": "package secret\n"})
    tree = tmp_path / "tree"
    write(tree, {"a.go": "package a\n"})
    (tree / "file.go").symlink_to(outside / "secret.go")
    (tree / "folder").symlink_to(outside)
    (tree / "loop").symlink_to(".")
    (tree / "self.go").symlink_to("self.go")
    os.mkfifo(tree / "pipe.go")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(os.path.relpath(tree / "plug.go"))
    links = ["file.go symlink", "folder symlink", "loop symlink"]
    expected = ["a.go", *links, "pipe.go special", "plug.go special", "self.go symlink"]
    assert paths(tree) == expected
    pygit2.init_repository(str(tree))
    assert paths(tree) == expected
    with open_source(str(tree)) as source:
        for entry in source.entries()[1:]:
            with pytest.raises(Unreadable) as refused:
                source.read(entry)
            assert refused.value.reason == entry.mode
            with pytest.raises(Unreadable) as refused:  # as when it changed its nature after the listing
                source.read(Entry(entry.path, "", 1, "file"))
            assert refused.value.reason in ("symlink", "special")


def test_a_tracked_file_behind_a_link_is_not_read(tmp_path: Path) -> None:
    """A folder that became a link out of the tree hides the files that were tracked in it."""
    make(tmp_path / "tree", {"sub/a.go": "package a\n"})
    write(tmp_path / "outside", {"a.go": "package secret\n"})
    shutil.rmtree(tmp_path / "tree/sub")
    (tmp_path / "tree/sub").symlink_to(tmp_path / "outside")
    assert paths(tmp_path / "tree") == ["sub symlink"]
    with open_source(str(tmp_path / "tree")) as source:
        source.entries()
        assert "1 tracked file(s) are not on disk" in source.notices[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_any_name_survives(tmp_path: Path) -> None:
    """Names with line breaks, escapes, undecodable bytes and leading dashes are the same on disk and in a commit."""
    repo = pygit2.init_repository(str(tmp_path))
    blob = repo.create_blob(b"package a\n").raw
    for name in ODD_NAMES:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(b"package a\n")
    raw = b"".join(b"100644 " + name + b"\0" + blob for name in sorted(ODD_NAMES))
    tree = repo.odb.write(pygit2.enums.ObjectType.TREE, raw)
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "odd", tree, [])
    expected = sorted(name.decode("utf-8", "surrogateescape") for name in ODD_NAMES)
    for revision in (None, "HEAD"):
        with open_source(str(tmp_path), revision) as source:
            assert [entry.path for entry in source.entries()] == expected
            for entry in source.entries():
                assert source.read(entry) == b"package a\n"
                source.attributes(entry.path)


def loose(repo: pygit2.Repository, oid: object) -> Path:
    """The file of a loose object."""
    return Path(repo.path) / "objects" / str(oid)[:2] / str(oid)[2:]


def test_missing_objects_are_rows_and_not_the_end(tmp_path: Path) -> None:
    """A blob that is gone is refused when read; a folder whose tree is gone is one skipped row and a notice."""
    repo = make(tmp_path, {"a.go": "package a\n", "gone.go": "package gone\n", "sub/b.go": "package b\n"})
    root = repo[repo.head.target].peel(pygit2.Commit).tree
    loose(repo, root["gone.go"].id).unlink()
    loose(repo, root["sub"].id).unlink()
    with open_source(str(tmp_path), "HEAD") as source:
        entries = {entry.path: entry for entry in source.entries()}
        assert list(entries) == ["a.go", "gone.go"]
        with pytest.raises(Unreadable) as refused:
            source.read(entries["gone.go"])
        assert refused.value.reason == "missing-object"
        assert source.skipped == (Skipped("sub", "missing-object"),)
        assert source.notices[0].startswith("sub was not entered")
    loose(repo, root.id).unlink()
    with pytest.raises(LangfitError, match="run `git fetch --refetch origin"):
        paths(tmp_path, "HEAD")


def test_a_damaged_object_is_unreadable(tmp_path: Path) -> None:
    """Bytes that do not inflate are refused for that file alone."""
    repo = make(tmp_path, {"a.go": "package a\n"})
    target = loose(repo, blob_id(b"package a\n"))
    target.chmod(0o644)
    target.write_bytes(b"not zlib")
    with open_source(str(tmp_path), "HEAD") as source, pytest.raises(Unreadable) as refused:
        source.read(source.entries()[0])
    assert refused.value.reason == "unreadable"


def nothing(folder: Path) -> str | None:
    """A path where nothing is."""
    shutil.rmtree(folder)
    return None


def damaged(folder: Path) -> str | None:
    """A .git folder that is none."""
    make(folder, {"a.go": ""})
    (folder / ".git/HEAD").write_text("nonsense")
    (folder / ".git/config").write_text("[core\n")
    return None


def empty(folder: Path) -> str | None:
    """A repository without commits, asked for one."""
    pygit2.init_repository(str(folder))
    return "HEAD"


def empty_bare(folder: Path) -> str | None:
    """A bare repository without commits."""
    pygit2.init_repository(str(folder), bare=True)
    return None


def unknown(folder: Path) -> str | None:
    """A revision that is not there."""
    make(folder, {"a.go": ""})
    return "no such; rev"


def not_a_commit(folder: Path) -> str | None:
    """A revision that names a file."""
    make(folder, {"a.go": ""})
    return "HEAD:a.go"


def plain(folder: Path) -> str | None:
    """A revision of a folder without git."""
    write(folder, {"a.go": ""})
    return "HEAD"


def broken_index(folder: Path) -> str | None:
    """An index that is not one."""
    make(folder, {"a.go": ""})
    (folder / ".git/index").write_bytes(b"nonsense" * 10)
    return None


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (nothing, "There is nothing at"),
        (damaged, "cannot be opened"),
        (empty, "has no commits yet"),
        (empty_bare, "has no commits yet"),
        (unknown, r"git fetch origin 'no such; rev'`"),
        (not_a_commit, "There is no commit named HEAD:a.go"),
        (plain, "is not a git repository"),
        (broken_index, "--rev HEAD"),
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
        paths(folder, revision)
    assert len(error.value.sentences) == 1


def test_a_file_is_answered_with_its_folder(tmp_path: Path) -> None:
    """A file, and a link to nowhere, are no trees."""
    write(tmp_path, {"a.go": ""})
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(LangfitError, match="is a file: name the folder"):
        open_source(str(tmp_path / "a.go"))
    with pytest.raises(LangfitError, match="link to nowhere"):
        open_source(str(tmp_path / "link"))


@needs_root
def test_a_repository_of_another_user_is_explained(tmp_path: Path) -> None:
    """The sentence names the command that marks it as safe."""
    make(tmp_path / "it", {"a.go": ""})
    for path in (tmp_path / "it", *(tmp_path / "it").rglob("*")):
        os.chown(path, 12345, 12345)
    with pytest.raises(LangfitError, match="git config --global --add safe.directory"):
        open_source(str(tmp_path / "it"))


@needs_git
def test_a_sha256_repository_is_explained(tmp_path: Path) -> None:
    """libgit2 cannot read these, and the sentence says how to go on."""
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(tmp_path)], check=True)
    with pytest.raises(LangfitError, match="SHA-256"):
        open_source(str(tmp_path))


@needs_git
def test_a_shallow_clone_says_how_to_deepen_it(tmp_path: Path) -> None:
    """The tip can be scanned; the common ancestor cannot be had, nor can a branch that was not fetched."""
    repo = make(tmp_path / "full", {"a.go": "1\n"})
    base = str(repo.head.target)
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    tree = repo.index.write_tree()
    repo.create_commit("refs/heads/side", who, who, "side", tree, [base])
    write(tmp_path / "full", {"b.go": "2\n"})
    commit(repo)
    with open_source(str(tmp_path / "full")) as source:
        assert source.merge_base("side") == base
        assert source.commit_of("side") == str(repo.branches.local["side"].target)
    clone = ["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{tmp_path}/full", str(tmp_path / "thin")]
    subprocess.run(clone, check=True)
    assert paths(tmp_path / "thin", "HEAD") == ["a.go", "b.go"]
    with open_source(str(tmp_path / "thin")) as source:
        with pytest.raises(LangfitError, match="git fetch --unshallow origin"):
            source.merge_base("side")
        with pytest.raises(LangfitError, match="git fetch --unshallow origin .other:refs/remotes/origin/other`.*fetch-depth: 0"):
            source.merge_base("origin/other")
        with pytest.raises(LangfitError, match=f"git fetch --unshallow origin {base}`"):
            source.commit_of(base)


@needs_git
@pytest.mark.parametrize("wanted", ["side", "origin/side", "v1", "{base}"])
@pytest.mark.parametrize("options", [[], ["--no-single-branch"]])
def test_the_command_that_brings_a_missing_base_brings_it(tmp_path: Path, wanted: str, options: list[str]) -> None:
    """Branches, tags and commits, also in a clone that follows one branch: one command, and the base is there."""
    repo = make(tmp_path / "full", {"a.go": "1\n"})
    base = str(repo.head.target)
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("refs/heads/side", who, who, "side", repo.index.write_tree(), [base])
    repo.references.create("refs/tags/v1", base)
    repo.config["uploadpack.allowAnySHA1InWant"] = True
    write(tmp_path / "full", {"b.go": "2\n"})
    commit(repo)
    thin = tmp_path / "thin"
    subprocess.run(["git", "clone", "-q", "--depth=1", *options, f"file://{tmp_path}/full", str(thin)], check=True)
    with open_source(str(thin)) as source, pytest.raises(LangfitError) as refused:
        source.merge_base(wanted.format(base=base))
    command = re.search("run `(git fetch [^`]+)`", str(refused.value))
    assert command is not None
    subprocess.run(["sh", "-c", f"{command[1]} --quiet"], cwd=thin, check=True)
    with open_source(str(thin)) as source:
        assert source.merge_base(wanted.format(base=base)) == base


def test_histories_without_a_common_commit_are_explained(tmp_path: Path) -> None:
    """In a full clone there is nothing to deepen."""
    repo = make(tmp_path, {"a.go": ""})
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("refs/heads/orphan", who, who, "alone", repo.index.write_tree(), [])
    with open_source(str(tmp_path)) as source, pytest.raises(LangfitError, match="no common ancestor with orphan"):
        source.merge_base("orphan")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@example.com/o/r.git", "https://example.com/o/r.git"),
        ("https://example.com/o/r.git?token=secret", "https://example.com/o/r.git"),
        ("git@example.com:o/r.git", "example.com:o/r.git"),
        ("ssh://git@example.com:22/o/r.git", "ssh://example.com:22/o/r.git"),
        ("/home/someone/r.git", ""),
        ("file:///home/someone/r.git", ""),
        ("../r.git", ""),
        ("https://[broken", ""),
    ],
)
def test_the_remote_holds_no_credentials(tmp_path: Path, url: str, shown: str) -> None:
    """Users, passwords, tokens and paths of this machine stay here."""
    repo = make(tmp_path, {"a.go": ""})
    repo.config["remote.origin.url"] = url
    repo.config["remote.origin.fetch"] = "+refs/heads/*:refs/remotes/origin/*"
    with open_source(str(tmp_path)) as source:
        assert source.remote == shown
        assert source.branch == "main"


ATTRIBUTES = {
    ".gitattributes": "*.pb.go linguist-generated\n/gen/** linguist-generated=true\n"
    "vendored/* linguist-vendored\nfolder linguist-vendored\ndocs/ linguist-vendored\n"
    '"with space.go" linguist-generated\n*.x.go linguist-generated\n*.x.go -linguist-generated\n'
    "!*.rs linguist-generated\n# *.rs linguist-generated\n*.y.go text eol=lf linguist-generated=false\n",
    "gen/own/.gitattributes": "*.go linguist-generated=false\n*.u.go !linguist-generated\n",
}
ATTRIBUTE_CASES = {
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
    """Deeper files and later lines win; a pattern for a folder says nothing of what is inside."""
    make(tmp_path, {**ATTRIBUTES, **dict.fromkeys(ATTRIBUTE_CASES, "")})
    with open_source(str(tmp_path), revision) as source:
        assert {path: source.attributes(path) for path in ATTRIBUTE_CASES} == ATTRIBUTE_CASES


WORDS = ["linguist-generated", "-linguist-generated", "!linguist-generated", "linguist-generated=false", "text"]
PATTERNS = ["*.go", "a", "a/", "/a", "a/*", "a/**", "**/b", "**/b.go", "a/**/b.go", "b.go", "/b.go", "[ab].go", "?.go"]
FILES = ["b.go", "a/b.go", "a/b/b.go", "a/c/a.go", "c/a/b.go", "b/b"]


@needs_git
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATTERNS), st.sampled_from(WORDS)), min_size=1, max_size=4))
def test_attributes_are_those_of_git(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    """`git check-attr` decides the same for any few lines."""
    folder = tmp_path_factory.getbasetemp() / "attributes"
    if not folder.exists():
        pygit2.init_repository(str(folder))
    text = "".join(f"{pattern} {word}\n" for pattern, word in rows)
    (folder / ".gitattributes").write_text(text)
    ask = ["git", "check-attr", "linguist-generated", "--", *FILES]
    run = subprocess.run(ask, cwd=folder, capture_output=True, check=True, text=True)
    says = {"set": True, "unset": False, "unspecified": None, "false": False}
    theirs = [says[line.rpartition(": ")[2]] for line in run.stdout.splitlines()]
    lines = parse(text.encode())
    assert [decide(path, lambda at: () if at else lines)[0] for path in FILES] == theirs


IGNORES = ["*.go", "a", "a/", "/a", "a/*", "!a/b", "!*.go", "!b.go", "a/**", "**/b", "!/a/", "b/*.go", "\\#", "c "]


@needs_git
@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(IGNORES), max_size=4), st.lists(st.sampled_from(IGNORES), max_size=3))
def test_ignored_is_what_git_ignores(
    tmp_path_factory: pytest.TempPathFactory, top: list[str], deep: list[str]
) -> None:
    """`git ls-files --others` lists the same, in a repository and in the same folder without one."""
    folder = tmp_path_factory.getbasetemp() / "ignores"
    if not folder.exists():
        pygit2.init_repository(str(folder))
        write(folder, dict.fromkeys([*FILES, "a/b/c", "c/c", "#"], ""))
    (folder / ".gitignore").write_text("\n".join(top))
    (folder / "a/.gitignore").write_text("\n".join(deep))
    ask = ["git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard"]
    run = subprocess.run(ask, cwd=folder, capture_output=True, check=True, text=True)
    theirs = sorted(filter(None, run.stdout.split("\0")))
    assert paths(folder) == theirs
    (folder / ".git").rename(folder.parent / "set-aside")
    try:
        assert paths(folder) == theirs
    finally:
        (folder.parent / "set-aside").rename(folder / ".git")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"package a\n", None),
        (b"", None),
        (b"\xef\xbb\xbfpackage a\n", None),
        ("// \u00e9".encode(), None),
        ("// \u00e9".encode("latin-1"), "not-utf8"),
        ("package a".encode("utf-16"), "binary"),
        (b"a\0b", "binary"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "lfs-pointer"),
        (b"version https://git-lfs.github.com/spec/" + b"x" * 2000, None),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, reason: str | None) -> None:
    """A byte order mark is fine; pointers, NUL bytes and other encodings each have their reason."""
    assert refusal(data) == reason
    assert reason is None or reason in SKIP_REASONS


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
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "bomb", oid, [])
    with open_source(str(tmp_path)) as source, pytest.raises(LangfitError, match="more than"):
        source.entries()


def test_names_that_point_out_of_the_tree_are_left_out(tmp_path: Path) -> None:
    """A tree made by hand may say "..": no such path is listed."""
    repo = pygit2.init_repository(str(tmp_path), bare=True)
    blob = repo.create_blob(b"x").raw
    raw = b"".join(b"100644 " + name + b"\0" + blob for name in (b"..", b"a.go", b"x/../../y.go"))
    tree = repo.odb.write(pygit2.enums.ObjectType.TREE, raw)
    text = f"tree {tree}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nodd\n"
    oid = repo.odb.write(pygit2.enums.ObjectType.COMMIT, text.encode())
    with open_source(str(tmp_path), str(oid)) as source:
        assert [entry.path for entry in source.entries()] == ["a.go"]
        assert len(source.notices) == 2


@needs_git
@pytest.mark.parametrize("lines", ["*/", "*/\n!a/", "**/", "*/\n!*/", "/*/", "*", "**/*/**", "/**/*/**\n!a/b"])
def test_a_pattern_for_every_folder_means_every_folder(tmp_path: Path, lines: str) -> None:
    """As git has it, at any depth, also once one folder is taken back."""
    pygit2.init_repository(str(tmp_path))
    write(tmp_path, {".gitignore": lines, "x.go": "", "a/y.go": "", "a/b/z.go": "", "c/v.go": ""})
    listed = subprocess.run(["git", "ls-files", "--others", "--exclude-standard"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert paths(tmp_path) == sorted(listed.stdout.split())
