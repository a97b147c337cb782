"""A hostile repository gets a clear answer: each attack ends as a skipped row with a reason or in exit status 2."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pygit2
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from langfit import formats, scan, source
from langfit.cli import main
from langfit.facts import Cache
from langfit.globs import OTHER_THAN, UNANCHORED, tamed
from langfit.model import SKIP_REASONS, Rulebook
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.tree import Entry

HERE = Path(__file__).resolve().parent.parent
FIXTURES = HERE / "fixtures"
GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="the git command is not installed")
needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
needs_links = pytest.mark.skipif(os.name != "posix", reason="other systems refuse such names")
# C0 without tab and newline, DEL and C1, bidirectional marks.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
GO = b"package p\n\nfunc f() {}\n"
RUST = b"pub fn f() {}\n"


def invoked(*arguments: str) -> Result:
    """One command, in this process; whatever it does, it raises nothing and prints nothing that acts."""
    done = CliRunner().invoke(main, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    inert(done.stdout, own="github" in arguments)
    inert(done.stderr)
    return done


def inert(text: str, *, own: bool = False) -> None:
    """No control character, no runner command; with `own` those of the github format alone."""
    assert not ACTIVE.search(text)
    assert "##[" not in text
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert all(own and re.match(r"::(notice|warning|error|group|endgroup)\b(?!::PWNED)", line) for line in commands)


def scanned(folder: Path, *options: str, timeout: str = "5") -> Any:
    """The JSON report on a folder that must be scannable."""
    fixed = ("--format", "json", "--show", "all", "--jobs", "2", "--timeout", timeout, "--no-cache")
    done = invoked("scan", *fixed, *options, "--", str(folder))
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert {row["reason"] for row in report["skipped"]} <= set(SKIP_REASONS)
    return report


def reasons(report: Any) -> dict[str, str]:
    """Path -> reason."""
    return {row["path"]: row["reason"] for row in report["skipped"]}


def refused(*arguments: str) -> str:
    """The one sentence of a command that must end with status 2 and print no report."""
    done = invoked(*arguments)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("langfit: ") and lines[0].endswith("."), lines
    return lines[0]


def write(folder: Path, files: dict[bytes, bytes]) -> Path:
    """Files by the bytes of their paths."""
    for name, data in files.items():
        target = os.path.join(os.fsencode(folder), name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)
    return folder


def committed(folder: Path, files: dict[bytes, bytes], parent: str | None = None) -> pygit2.Repository:
    """A bare repository with a commit of these files, names of any bytes included."""
    repo = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    tree: dict[bytes, Any] = {}
    for name, data in files.items():
        *above, last = name.split(b"/")
        at = tree
        for part in above:
            at = at.setdefault(part, {})
        at[last] = repo.create_blob(data)
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "one", _tree(repo, tree), [parent] if parent else [])
    return repo


def _tree(repo: pygit2.Repository, names: dict[bytes, Any]) -> pygit2.Oid:
    # Written by hand: TreeBuilder takes no names that are not UTF-8.
    rows = []
    for name, what in names.items():
        folder = isinstance(what, dict)
        oid = _tree(repo, what) if folder else what
        rows.append((name + b"/" if folder else name, (b"40000 " if folder else b"100644 ") + name + b"\0" + oid.raw))
    return repo.odb.write(pygit2.enums.ObjectType.TREE, b"".join(row for _, row in sorted(rows)))


# Contents: path -> bytes, and the reason or "" for one that is analysed.
CONTENTS: dict[bytes, tuple[bytes, str]] = {
    b"empty.go": (b"", ""),
    b"blank.rs": (b"\n" * 100_000, ""),
    b"crlf.go": (GO.replace(b"\n", b"\r\n"), ""),
    b"cr.go": (GO.replace(b"\n", b"\r"), ""),
    b"bom.go": (b"\xef\xbb\xbf" + GO, ""),
    b"only-bom.rs": (b"\xef\xbb\xbf", ""),
    b"utf16.go": (GO.decode().encode("utf-16"), "binary"),
    b"nul.rs": (b"fn f() {\0}\n", "binary"),
    b"latin.go": (b"package p // caf\xe9\n", "not-utf8"),
    b"surrogate.go": (b"package p // \xed\xa0\x80\n", "not-utf8"),
    b"pointer.go": (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n", "lfs-pointer"),
    b"huge.go": (b"package p\n" + b"//\n" * 1_500_000, "too-big"),
    b"sum.go": (b"package p\nvar x = " + b"1+" * 100_000 + b"1\n", "too-deep"),
    b"sum.rs": (b"const X: u64 = " + b"1+" * 100_000 + b"1;\n", "too-deep"),
    b"types.rs": (b"type A = " + b"Vec<" * 20_000 + b"u8" + b">" * 20_000 + b";\n", "too-deep"),
    b"macro.rs": (b"m!" + b"(" * 100_000 + b")" * 100_000 + b";\n", "too-deep"),
    b"blocks.go": (b"package p\nfunc f() " + b"{" * 100_000 + b"}" * 100_000 + b"\n", "too-deep"),
    b"chain.go": (b"package p\nfunc f() { x" + b".y()" * 50_000 + b" }\n", "too-deep"),
    b"open.go": (b"package p\nvar x = " + b"(" * 100_000, "timeout"),
    b"open.rs": (b"fn f() { let x = " + b"(" * 100_000, "timeout"),
    b"small-nest.go": (b"package p\nvar x = " + b"(" * 15_000 + b"1" + b")" * 15_000 + b"\n", ""),
    b"not.go": (b"package p\nvar x = " + b"!" * 32_000 + b"y\n", ""),
    b"no-package.go": (b"package", ""),
    b"odd-import.go": (b'package p\nimport "a\\xff\\x1b\\n::error::PWNED"\nimport . "\x1b[31m"\n', ""),
    b"odd-ignore.go": (b"package p\n// langfit: ignore[" + b"a" * 9_000 + b"\n// langfit: ignore[go/\x1b[2J] ::error::PWNED\n", ""),
    b"quotes.rs": (b"const A: &str = r" + b"#" * 5_000 + b'"x"' + b"#" * 5_000 + b";\n", ""),
    b"comments.rs": (b"/*" * 20_000 + b"*/" * 20_000 + b"\n", ""),
    b"tags.go": (b"//go:build " + b"(" * 20_000 + b"!" * 20_000 + b"x\n\npackage p\n", ""),
}


@pytest.fixture(scope="module", params=["folder", "commit"])
def contents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report on all hostile contents, once from disk and once from a bare repository."""
    folder = tmp_path_factory.mktemp("contents")
    files = {name: data for name, (data, _) in CONTENTS.items()}
    if request.param == "folder":
        write(folder, files)
    else:
        committed(folder, files)
    return scanned(folder)


@pytest.mark.parametrize("name", CONTENTS)
def test_hostile_contents_end_with_their_reason(contents: Any, name: bytes) -> None:
    """Each file is analysed, or skipped for the reason that fits it."""
    assert reasons(contents).get(name.decode(), "") == CONTENTS[name][1]


def test_hostile_contents_lose_nothing(contents: Any) -> None:
    """Every file is counted once, and a nest costs its own file alone."""
    skipped = sum(reason != "" for _, reason in CONTENTS.values())
    assert contents["files"] == {"analysed": len(CONTENTS) - skipped, "skipped": skipped}


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    """The size alone decides: on disk without opening the file, in git without unpacking it."""
    write(tmp_path / "disk", {b"a.go": GO})
    with open(tmp_path / "disk/big.rs", "wb") as file:
        file.truncate(50 << 20)
    committed(tmp_path / "bare", {b"a.go": GO, b"big.rs": b"\n" * (50 << 20)})
    for folder in ("disk", "bare"):
        report = scanned(tmp_path / folder)
        assert reasons(report) == {"big.rs": "too-big"}
        assert report["files"] == {"analysed": 1, "skipped": 1}


NAMES = (
    b"x\n::error::PWNED\n.go", b"\r::error::PWNED.go", b"\x1b]0;owned\x07\x1b[2J.go", b"100%0A::error::PWNED.go",
    b"::error::PWNED.go", b"##[error]PWNED.go", b"-rf.go", b"--format=text.rs", b"a,b=c.rs", b"caf\xff\xfe.go",
    b"\xe2\x80\xaegnp.go", b"\xc2\x9b31m.rs", b"[x](y)|`.go", b"</script>.rs", b" .go", b".go", b"~.rs", b"$(id).go",
)  # fmt: skip
MODULE = b'[package]\nname = "x\\u001b[31m\\n::error::PWNED"\nversion = "1.0.0"\nedition = "2021"\n'


@pytest.fixture(scope="module", params=["folder", "commit"])
def names(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree in which every name is hostile: of files with findings, folders, modules and crates."""
    folder = tmp_path_factory.mktemp("names")
    kernel = (FIXTURES / "go-kernel/filter.go").read_bytes()
    files = {name: RUST if name.endswith(b".rs") else kernel for name in NAMES}
    for name in NAMES[:6]:
        files[name + b".d/go.mod"] = b'module "m\\u001b[31m\\n::error::PWNED"\n\ngo 1.22\n'
        files[name + b".d/k.go"] = kernel
        files[name + b".r/Cargo.toml"] = MODULE
        files[name + b".r/src/lib.rs"] = (FIXTURES / "rust-kernel/src/lib.rs").read_bytes()
        files[name + b".l/a.go"] = b"package p // \xff\n"
        files[name + b".m/go.mod"] = b"module (\n"
    files[b".gitignore"] = b"\x1b[31m[\n::error::PWNED[\n"
    if request.param == "folder":
        write(folder, files)
    else:
        committed(folder, files)
    return folder


@needs_links
@pytest.mark.parametrize("shown", formats.names())
def test_hostile_names_do_not_act_in_any_format(names: Path, shown: str) -> None:
    """What is printed holds neither an escape nor the start of a runner's command."""
    done = invoked("scan", "--no-cache", "--format", shown, "--show", "all", "--timing", "--", str(names))
    assert done.exit_code == 0, done.output
    assert "PWNED" in done.stdout


@needs_links
def test_hostile_names_do_not_act_among_components(names: Path) -> None:
    """The list of components and the sentences about what was skipped are no way out either."""
    done = invoked("components", str(names))
    assert done.exit_code == 0 and "PWNED" in done.stdout and "bad-manifest" in done.stderr


@needs_links
def test_hostile_names_lose_nothing(names: Path) -> None:
    """Files with odd names are analysed like any other."""
    report = scanned(names)
    assert report["files"] == {"analysed": len(NAMES) + 12, "skipped": 6}
    assert sum(reason == "bad-manifest" for reason in reasons(report).values()) == 6


MANIFESTS: dict[str, tuple[bytes, bool]] = {  # name:case -> bytes, and whether it is broken
    "go.mod:block": (b"module m\nrequire (\n" * 50_000, True),
    "go.mod:nul": (b"module m\0\n", False),
    "go.mod:latin": (b"module caf\xe9\n", True),
    "go.mod:surrogate": (b'module "x\\ud800"\n', True),
    "go.mod:quotes": (b"module m\nrequire " + b'"' * 100_001 + b"\n", True),
    "go.mod:empty": (b"", False),
    "go.mod:bom": (b"\xef\xbb\xbfmodule m\r\n\r\ngo 1.22\r\n", False),
    "go.mod:version": (b"module m\ngo 1." + b"9" * 5_000 + b"\n", False),
    "go.mod:large": (b"module m\n" + b"".join(b"require e.example/x%d v1.0.0\n" % n for n in range(20_000)), False),
    "go.work:out": (b"go 1.22\nuse (\n\t../../..\n\t/etc\n\t.\n)\n", False),
    "Cargo.toml:syntax": (b"[package\n", True),
    "Cargo.toml:empty": (b"", True),
    "Cargo.toml:latin": (b"[package]\nname = 'caf\xe9'\n", True),
    "Cargo.toml:deep": (b"a = " + b"[" * 100_000, True),
    "Cargo.toml:digits": (b"[package]\nname = 'x'\nyear = " + b"9" * 100_000 + b"\n", True),
    "Cargo.toml:types": (b"package = 1\nworkspace = 2\n", True),
    "Cargo.toml:more-types": (
        b"[package]\nname='x'\nedition=[1]\nbuild={}\n[dependencies]\na=1\nb=[]\nc={features=1,path=2,package=3}\n"
        b"[workspace]\nmembers=1\nexclude={}\ndependencies=[1]\npackage=1\n[features]\na=1\n[lib]\npath=1\n"
        b"crate-type=1\n[[bin]]\nname=1\npath=[]\n[lints]\nclippy=1\n[profile.release]\npanic=1\n[target.x]\n"
        b"dependencies=1\n[patch]\na=1\n",
        False,
    ),
    "Cargo.toml:toml-1.1": (b'[package]\nname = "x\\e"\n[dependencies]\na = {\n  version = "1",\n}\n', False),
    "Cargo.toml:dots": (b"[package]\nname = 'x'\n[" + b".".join([b"a"] * 20_000) + b"]\nb = 1\n", True),
    "Cargo.toml:out": (b"[package]\nname='x'\n[lib]\npath='../../../etc/passwd'\n[workspace]\nmembers=['/etc','../..','[']\n", False),
    "Cargo.toml:stars": (
        b"[workspace]\nmembers = ['" + b"*a" * 40 + b"b', '" + b"**/a/" * 40 + b"b']\n", False,
    ),
}  # fmt: skip


def test_broken_manifests_are_rows_and_their_sources_are_still_read(tmp_path: Path) -> None:
    """Each manifest that cannot be parsed is one row with a notice; none takes its neighbours with it."""
    expected = set()
    for case, (data, broken) in MANIFESTS.items():
        name, _, folder = case.partition(":")
        beside = {b"a.go": GO} if name.startswith("go.") else {b"src/lib.rs": RUST}
        write(tmp_path / folder, {name.encode(): data, **beside})
        expected |= {f"{folder}/{name}"} if broken else set()
    report = scanned(tmp_path)
    assert reasons(report) == dict.fromkeys(expected, "bad-manifest")
    assert report["files"] == {"analysed": len(MANIFESTS), "skipped": 0}
    assert sum("cannot be parsed" in notice for notice in report["notices"]) == len(expected)


@pytest.mark.parametrize("name", [b".gitignore", b".gitattributes"])
@pytest.mark.parametrize(
    "pattern",
    [b"*a" * 30 + b"b", b"*[!x]" * 30 + b"b", b"*?" * 40 + b"b", b"**/" + b"a/**/" * 30 + b"b", b"**/" + b"*a*a/**/" * 30 + b"b"],
)  # fmt: skip
def test_no_pattern_explodes(tmp_path: Path, name: bytes, pattern: bytes) -> None:
    """A pattern that a backtracking matcher would try for years is decided at once."""
    files = {name: pattern + b" linguist-generated\n" + pattern + b"\n", b"a" * 200 + b".go": GO}
    write(tmp_path, {**files, b"/".join([b"aaaa"] * 100) + b"/c.go": GO, b"/".join([b"a"] * 100) + b"/c.go": GO})
    began = time.monotonic()
    assert scanned(tmp_path)["files"] == {"analysed": 3, "skipped": 0}
    assert time.monotonic() - began < 5


PIECES = ["a", "b", "*", "*", "/", "**/", "/**/", "?", "[ab]", "[!a]", ".", "**", "\\*", "[!-b]", "[]a]", "[!]a]"]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join),
    st.lists(st.text("ab.*", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join),
    st.booleans(),
)
def test_a_tamed_pattern_matches_the_same(pattern: str, path: str, folder: bool) -> None:
    """Nothing but the time is different, for any pattern and path."""
    try:
        plain = GitIgnoreSpecPattern(pattern).regex
    except (GitIgnorePatternError, ValueError):
        return
    if plain is None:
        return
    text = path + "/" * folder
    theirs = re.search(OTHER_THAN.sub("(?!/)[^", plain.pattern), text)
    ours = tamed(plain).match(text)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None and plain.pattern not in UNANCHORED:  # of these, ours ends further on
        assert (ours.end(), ours.groupdict()) == (theirs.end(), theirs.groupdict())


def test_huge_attribute_and_ignore_files_are_cut(tmp_path: Path) -> None:
    """Twenty megabytes of patterns cost no more than the first one, from disk and from git."""
    lines = b"x linguist-generated\n" * 1_000_000
    write(tmp_path / "disk", {b"a.go": GO, b".gitignore": lines, b".gitattributes": lines})
    committed(tmp_path / "bare", {b"a.go": GO, b".gitattributes": lines})
    began = time.monotonic()
    report = scanned(tmp_path / "disk")
    assert report["files"]["analysed"] == scanned(tmp_path / "bare")["files"]["analysed"] == 1
    assert any(".gitignore is larger than" in notice for notice in report["notices"])
    assert time.monotonic() - began < 20


@needs_links
def test_links_pipes_and_folders_are_not_followed(tmp_path: Path) -> None:
    """Loops, ways out, dangling links, pipes and folders named like sources each end as a row, or as nothing."""
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", {b"secret.go": GO})
    tree = write(tmp_path / "tree", {b"a.go": GO, b"dir.go/b.go": GO, b"go.mod/x.rs": RUST})
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
    assert report["files"] == {"analysed": 3, "skipped": 6}


@needs_root
def test_a_folder_and_a_file_without_permission_are_rows(tmp_path: Path) -> None:
    """Another user sees `unreadable` for what only its owner may read."""
    tree = write(tmp_path, {b"a.go": GO, b"closed.go": GO, b"shut/b.go": GO})
    (tree / "closed.go").chmod(0)
    (tree / "shut").chmod(0)
    code = (
        f"import os, sys; sys.path.insert(0, {str(HERE / 'analyzer')!r})\n"
        "from langfit.rulebook import load; from langfit.rulefiles import root; from langfit import scan, source\n"
        # What is imported late must be there before the rights are gone.
        f"scan.scan({str(FIXTURES / 'mixed')!r}, scan.Options(jobs=1, cache=False))\n"
        "from langfit.languages import extract; extract(b'package p', 'go')\n"
        "book = load(root()); os.setuid(65534)\n"
        f"with source.open_source({str(tree)!r}) as it:\n"
        "    report = scan.judge_tree(it, book, scan.Options(jobs=1), scan.Watch())\n"
        "print(sorted((row.path, row.reason) for row in report.skipped), report.analysed)\n"
    )
    for above in (tmp_path, *tmp_path.parents[:3]):
        if "pytest" in above.name or above == tmp_path or "pytest" in above.parent.name:
            above.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[('closed.go', 'unreadable'), ('shut', 'unreadable')] 1", done.stderr


@needs_git
def test_configuration_of_a_repository_runs_nothing(tmp_path: Path) -> None:
    """A file monitor, filters, hooks, a pager and an embedded bare repository leave no trace."""
    tree = write(tmp_path / "tree", {b"a.go": GO, b".gitattributes": b"*.go filter=evil diff=evil\n"})
    repo = pygit2.init_repository(str(tree))
    inner = pygit2.init_repository(str(tree / "inner"), bare=True)
    for config in (repo.config, inner.config):
        for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "core.pager", "core.sshCommand", "diff.evil.textconv"):
            config[key] = f"touch {tmp_path}/ran"
    before = {path: path.lstat().st_mtime_ns for path in tree.rglob("*")}
    assert scanned(tree)["files"] == {"analysed": 1, "skipped": 0}
    assert not (tmp_path / "ran").exists()
    assert {path: path.lstat().st_mtime_ns for path in tree.rglob("*")} == before


def _nothing(folder: Path) -> list[str]:
    return [str(folder / "nowhere")]


def _file(folder: Path) -> list[str]:
    return [str(write(folder, {b"a.go": GO}) / "a.go")]


def _revision_of_a_folder(folder: Path) -> list[str]:
    return ["--rev", "HEAD", str(write(folder, {b"a.go": GO}))]


def _unknown_revision(folder: Path) -> list[str]:
    committed(folder, {b"a.go": GO})
    return ["--rev", "no\x1b[31m\n::error::PWNED", str(folder)]


def _dash_revision(folder: Path) -> list[str]:
    committed(folder, {b"a.go": GO})
    return ["--rev", "--output=x", str(folder)]


def _no_commits(folder: Path) -> list[str]:
    pygit2.init_repository(str(folder), bare=True)
    return [str(folder)]


def _damaged(folder: Path) -> list[str]:
    pygit2.init_repository(str(folder))
    (folder / ".git/config").write_text("[core\n")
    return [str(folder)]


def _missing_tree(folder: Path) -> list[str]:
    repo = committed(folder, {b"a.go": GO})
    _loose(folder, repo.head.peel(pygit2.Commit).tree.id).unlink()
    return [str(folder)]


def _sha256(folder: Path) -> list[str]:
    if GIT is None:
        pytest.skip("the git command is not installed")
    subprocess.run([GIT, "init", "-q", "--object-format=sha256", str(folder)], check=True)
    return [str(folder)]


def _foreign(folder: Path) -> list[str]:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    committed(folder, {b"a.go": GO})
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 12345, 12345)
    return [str(folder)]


def _shallow_base(folder: Path) -> list[str]:
    if GIT is None:
        pytest.skip("the git command is not installed")
    repo = committed(folder / "full", {b"a.go": GO})
    first = repo.head.peel(pygit2.Commit)
    repo.branches.local.create("side", first)
    who = pygit2.Signature("A", "a@example.com", 2, 0)
    for branch in ("refs/heads/main", "refs/heads/side"):
        repo.create_commit(branch, who, who, branch, first.tree.id, [first.id])
    clone = [GIT, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{folder}/full", str(folder / "thin")]
    subprocess.run(clone, check=True)
    return ["--base", "origin/side", str(folder / "thin")]


def _base_not_fetched(folder: Path) -> list[str]:
    committed(folder, {b"a.go": GO})
    return ["--base", "origin/other", str(folder)]


def _component(folder: Path) -> list[str]:
    return ["--component", "core=nowhere", str(write(folder, {b"a.go": GO}))]


def _component_out(folder: Path) -> list[str]:
    return ["--component", "core=../..", str(write(folder, {b"a.go": GO}))]


def _rules_nowhere(folder: Path) -> list[str]:
    return ["--rules", str(folder / "nowhere"), str(write(folder, {b"a.go": GO}))]


def _output_in_no_folder(folder: Path) -> list[str]:
    return ["--output", f"json={folder}/nowhere/x.json", str(write(folder, {b"a.go": GO}))]


def _output_is_a_folder(folder: Path) -> list[str]:
    return ["--output", f"sarif={folder}", str(write(folder, {b"a.go": GO}))]


def _output_is_full(folder: Path) -> list[str]:
    if not os.path.exists("/dev/full"):
        pytest.skip("other systems refuse such names")
    return ["--output", "sarif=/dev/full", str(write(folder, {b"a.go": GO}))]


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (_nothing, "name a folder or a repository that exists"),
        (_file, "name the folder that holds it"),
        (_revision_of_a_folder, "leave out options that name a revision"),
        (_unknown_revision, "check the name, or run `git fetch origin"),
        (_dash_revision, "check the name, or run `git fetch origin"),
        (_no_commits, "has no commits yet: make one"),
        (_damaged, "run `git fsck` in it, or clone it again"),
        (_missing_tree, "run `git fetch --refetch origin"),
        (_sha256, "scan a copy of its files without the .git folder"),
        (_foreign, "git config --global --add safe.directory"),
        (_shallow_base, "run `git fetch --unshallow origin +side:refs/remotes/origin/side`"),
        (_base_not_fetched, "run `git fetch origin +other:refs/remotes/origin/other`"),
        (_component, "`langfit components` lists the folders"),
        (_component_out, "`langfit components` lists the folders"),
        (_rules_nowhere, "There is no such folder"),
        (_output_in_no_folder, "name a file in an existing folder"),
        (_output_is_a_folder, "cannot be written"),
        (_output_is_full, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, prepare: Callable[[Path], list[str]], sentence: str) -> None:
    """Status 2, nothing on stdout, and a sentence that says what to do."""
    assert sentence in refused("scan", "--no-cache", *prepare(tmp_path))


def test_an_empty_folder_is_a_report_of_nothing(tmp_path: Path) -> None:
    """No Go or Rust at all is an answer, too."""
    report = scanned(write(tmp_path, {b"README.md": b"hello\n"}))
    assert report["files"] == {"analysed": 0, "skipped": 0}
    assert report["components"] == report["verdicts"] == report["findings"] == []


def _loose(folder: Path, oid: pygit2.Oid) -> Path:
    return folder / "objects" / str(oid)[:2] / str(oid)[2:]


def test_missing_objects_are_rows(tmp_path: Path) -> None:
    """A partial clone is scanned as far as it goes: blobs, manifests and folders that are gone are rows."""
    files = {b"a.go": GO, b"gone.go": RUST, b"go.mod": b"module m\n", b"sub/b.go": b"package b\n", b"Cargo.toml": b"[workspace]\n"}
    repo = committed(tmp_path, files)
    tree = repo.head.peel(pygit2.Commit).tree
    for name in ("gone.go", "go.mod", "sub", "Cargo.toml"):
        _loose(tmp_path, tree[name].id).unlink()
    report = scanned(tmp_path)
    assert reasons(report) == dict.fromkeys(("gone.go", "go.mod", "sub", "Cargo.toml"), "missing-object")
    assert report["files"] == {"analysed": 1, "skipped": 1}


RULE = (root() / "go" / "format-in-loop.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda text: text.replace("title =", "titel =", 1), "Unknown key `titel`"),
        (lambda text: text.replace("[match]\n", "[match]\npredicate = 'x'\n", 1), "Unknown key `predicate`"),
        (lambda text: re.sub("(?m)^site = .*$", 'site = "#match?"', text, count=1), "#match?"),
        (lambda text: text.replace('suits = "rust"', 'suits = "zig"', 1), "zig"),
        (lambda text: "a = " + "[" * 50_000, "nested too"),
        (lambda text: "\x1b[31m\n::error::PWNED", "not TOML"),
        (lambda text: text + "\n[scale]\n", "not TOML"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_place(tmp_path: Path, spoil: Callable[[str], str], sentence: str) -> None:
    """Each mistake names file and line; nothing is scanned."""
    (tmp_path / "go").mkdir()
    (tmp_path / "go/mine.toml").write_text(spoil(RULE.replace("go/format-in-loop", "go/mine")), "utf-8")
    for arguments in (["scan", "--rules", str(tmp_path), str(tmp_path)], ["rules", "--check", str(tmp_path)]):
        done = invoked(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert sentence in done.stderr
        assert re.search(r"go/mine\.toml:\d+: ", done.stderr)


def command(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    """What langfit does as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    return subprocess.run(
        [sys.executable, "-m", "langfit", *arguments], env=environment, check=False, timeout=60, **settings
    )


@needs_links
def test_the_process_itself_keeps_the_rules(tmp_path: Path) -> None:
    """Exit statuses and both streams of a real process, with bytes that are no UTF-8 among its arguments."""
    folder = write(tmp_path / "caf\udce9", {NAMES[0]: GO, b"caf\xe9.rs": RUST, b"bad\x1b[31m.go": b"\xff"})
    done = command("scan", "--no-cache", "--", str(folder), capture_output=True)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    inert(done.stdout.decode())
    inert(done.stderr.decode())
    gone = command("scan", str(folder / "\x1b[31m\udcff"), capture_output=True)
    assert gone.returncode == 2 and gone.stdout == b""
    inert(gone.stderr.decode())


class Shuffled:
    """A source that lists its entries in another order."""

    def __init__(self, inner: source.Source, seed: int) -> None:
        self._inner = inner
        self._order = list(inner.entries())
        random.Random(seed).shuffle(self._order)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._order)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Remembering(dict[str, bytes]):
    """A fact cache in memory that answers for some keys only."""

    def __init__(self, rows: dict[str, bytes], share: int) -> None:
        super().__init__(rows)
        self._share = share

    def get(self, keys: list[str]) -> dict[str, bytes]:  # type: ignore[override]
        return {key: self[key] for key in keys if key in self and int(key[:2], 16) % 4 < self._share}

    def put(self, key: str, packed: bytes) -> None:
        self[key] = packed


class Mixed:
    """A tree, the rules, the facts of all its files, and its report as JSON."""

    def __init__(self, tree: source.Source) -> None:
        self.tree = tree
        self.book = load(root())
        self.facts = Remembering({}, 0)
        self.report = _rendered(tree, self.book, 1, self.facts)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mixed]:
    """A commit of the fixtures with copies and hostile files, all facts of it, and its report."""
    files = {
        os.fsencode(path.relative_to(FIXTURES)): path.read_bytes()
        for folder in ("go-kernel", "go-service", "rust-kernel")
        for path in sorted((FIXTURES / folder).rglob("*"))
        if path.is_file()
    }
    files |= {b"copy/" + name: data for name, data in files.items() if b"kernel" in name}
    files |= {name: data for name, (data, reason) in CONTENTS.items() if reason in ("", "binary", "not-utf8") and len(data) < 9_999}
    folder = tmp_path_factory.mktemp("mixed")
    committed(folder, files)
    with source.open_source(str(folder)) as tree:
        yield Mixed(tree)


def _rendered(tree: Any, book: Rulebook, jobs: int, cache: Cache | None) -> str:
    report = scan.judge_tree(tree, book, scan.Options(jobs=jobs), scan.Watch(), cache)  # type: ignore[arg-type]
    return formats.render("json", report, show="all")


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1 << 30), jobs=st.integers(1, 3), share=st.none() | st.integers(0, 4))
def test_neither_order_nor_workers_nor_cache_change_the_report(
    mixed: Mixed, seed: int, jobs: int, share: int | None
) -> None:
    """The same bytes of JSON for any order of files, 1 to 3 workers, and any part of the facts from a cache."""
    cache = None if share is None else Remembering(dict(mixed.facts), share)
    assert _rendered(Shuffled(mixed.tree, seed), mixed.book, jobs, cache) == mixed.report
