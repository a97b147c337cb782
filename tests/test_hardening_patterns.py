"""Patterns of a repository: what git makes of them, no more of them than a scan can hold, and never a word of a library."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import GO, bare, counts, invoked, on_disk, scanned
from langfit.globs import Patterns, chooser, is_usable, parse, parse_body, patterns
from langfit.repository.attributes import decide
from langfit.repository.attributes import parse as attributes_of
from trees import needs_git, paths_of, write

PIECES = [
    b"a", b"b", b"1", b".", b"*", b"*", b"**", b"/", b"/", b"/**/", b"?", b"\\", b"\\/", b"\\*", b"-", b"!", b"^", b"]", b":]",
    b"[", b"[a", b"[ab]", b"[!a]", b"[^ab]", b"[a-c]", b"[c-a]", b"[!b-]", b"[]a]", b"[!]a]", b"[!]-]", b"[--0]", b"[\\]]",
    b"[a-\\c]", b"[/]", b"[[:", b"[:digit:]", b"[[:alpha:]]", b"[[:upper:][:digit:]b]", b"[[:graph:]]", b"[![:punct:]]",
    b"[[=a=]]", b"[[.a.]]", b"[[:no:]]", b"[a&&b]", b"[a||b]", b"[~~]", b"[[a]", b"{", b"$", b"(", b"+", b"|", b"\xc3\xa9",
]  # fmt: skip
PARTS = [b"a", b"b", b"c", b"A", b"ab", b"1", b".", b"-", b"]", b"[", b"!", b"^", b":", b"&", b"*", b"\\", b"\xc3\xa9"]


def of_git(folder: Path, rows: list[bytes], paths: list[bytes]) -> set[tuple[bytes, int]]:
    """Return which patterns mean which paths, by `git check-attr`."""
    folder.mkdir(exist_ok=True)
    if not (folder / ".git").exists():
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / ".gitattributes").write_bytes(b"".join(row + b" n%d\n" % number for number, row in enumerate(rows)))
    ask = ["git", "check-attr", "-z", "--stdin", "-a"]
    done = subprocess.run(ask, cwd=folder, input=b"\0".join(paths) + b"\0", capture_output=True, check=True)
    words = done.stdout.split(b"\0")
    return {(words[at], int(words[at + 1][1:])) for at in range(0, len(words) - 2, 3)}


ROWS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map(b"".join)
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map(b"".join).filter(lambda row: row.strip(b"."))


@needs_git
@settings(max_examples=60, deadline=None)
@given(
    st.lists(ROWS.filter(lambda row: not row.startswith(b"!")), min_size=1, max_size=40),
    st.lists(st.lists(NAMES, min_size=1, max_size=4).map(b"/".join), min_size=1, max_size=30),
)
def test_a_pattern_means_what_it_means_to_git(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes], paths: list[bytes]
) -> None:
    """Whatever is in its classes; alone and as one of many, of which the last one counts."""
    theirs = of_git(tmp_path_factory.getbasetemp() / "meaning", rows, paths)
    globs = [parse_body(row) for row in rows]
    ours = {(path, n) for n, glob in enumerate(globs) for path in paths if patterns.patterns_of([glob]).last(path) == 0}
    assert ours == theirs
    together = patterns.patterns_of(globs)
    for path in paths:
        assert together.last(path) == max((number for one, number in theirs if one == path), default=-1)


CLASSES = {
    "x[z-a]": ["x[z-a]", "xz", "xa", "x-"],
    "[[:alpha:]]": ["a", "Z", ":", "[", "1"],
    "[[:space:]x]": [" ", "x", "s"],
    "[!a]": ["b", "a"],
    "[^a]": ["b", "a", "^"],
    "x[": ["x[", "x"],
    "x[!": ["x[!", "xa"],
    "x[[:alpha:]": ["x[[:alpha:]", "xa"],
    "x[[:nothing:]]": ["xn", "x[:nothing:]]"],
    "x\\": ["x\\", "x"],
    "[a-]": ["a", "-", "b"],
    "[]-a]": ["]", "^", "a", "b"],
    "[a&&b]": ["a", "&", "b"],
    "[--/]x": ["-x", ".x"],
    "?": ["a", "\u00e9"],
    "[\u00e9]": ["\u00e9"],
    "foo**/bar": ["foobar", "foox/bar", "foo/x/bar"],
    "a\\ ": ["a ", "a"],
    "a ": ["a ", "a"],
}


@needs_git
@pytest.mark.parametrize("pattern", CLASSES)
def test_an_ignore_file_hides_what_git_ignores(tmp_path: Path, pattern: str) -> None:
    """The same files are left, in a repository and in a plain folder, and no library has a word to say."""
    files = dict.fromkeys([*CLASSES[pattern], "kept"], "")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(tmp_path, {".gitignore": f"{pattern}\n", **files})
    ask = ["git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard"]
    done = subprocess.run(ask, cwd=tmp_path, capture_output=True, check=True)
    theirs = sorted(name.decode() for name in done.stdout.split(b"\0") if name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert paths_of(tmp_path) == theirs
        (tmp_path / ".git").rename(tmp_path.parent / f"{tmp_path.name}-aside")
        assert paths_of(tmp_path) == theirs


UNUSABLE = ["x[", "x[!", "[[:alpha:]", "[[:no:]]", "x\\", "!", "/", "# a"]


@pytest.mark.parametrize("pattern", [*UNUSABLE, "x[z-a]", "[[:alpha:]]", "[!a]", "[[a]", "[a--b]", "[a~~b]", "[a||b]"])
def test_a_pattern_by_flag_or_file_is_used_or_refused(tmp_path: Path, pattern: str) -> None:
    """No exception and no warning: one sentence for what git could not use, and a report for the rest."""
    on_disk(tmp_path, {b"a.go": GO, b"go.mod": b"module m\n"})
    unusable = pattern in UNUSABLE
    assert is_usable(pattern) is not unusable
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for flag in ("--include", "--exclude"):
            done = invoked("scan", "--no-cache", "--jobs", "1", flag, pattern, "--", str(tmp_path))
            assert (done.exit_code, bool(done.stderr)) == ((2, True) if unusable else (0, False)), done.output
        written = pattern.replace("\\", "\\\\")
        for text in (f'exclude = ["{written}"]\n', IGNORE.format(written)):
            (tmp_path / "langfit.toml").write_text(text, "utf-8")
            done = invoked("scan", "--no-cache", "--jobs", "1", "--", str(tmp_path))
            assert done.exit_code == (2 if unusable else 0), done.output
            assert done.stderr.count("\n") == unusable


IGNORE = '[[ignore]]\nrule = "go/*"\npaths = ["{}"]\nreason = "x"\n'


@pytest.mark.parametrize("text", ["x[\n", "!\n", "x\\\n", "[[:no:]]\n", "x[z\n" * 2], ids=repr)
def test_unusable_patterns_are_one_notice(tmp_path: Path, text: str) -> None:
    """With their number, however many there are and in how many files."""
    for folder in ("", "a/", "b/c/"):
        write(
            tmp_path,
            {f"{folder}.gitignore": text * 2_000 + "hidden.go\n", f"{folder}a.go": "", f"{folder}hidden.go": ""},
        )
    report = scanned(tmp_path)
    (said,) = [notice for notice in report["notices"] if "git cannot use" in notice]
    assert f"({text.count(chr(10)) * 2_000 * 3 - 1:,} more such patterns)" in said
    assert len(said) < 200
    assert counts(report) == (3, 0)


@pytest.mark.parametrize("size", [10, 100_000])
def test_an_unusable_pattern_is_shown_in_short(tmp_path: Path, size: int) -> None:
    """However long it is."""
    report = scanned(write(tmp_path, {".gitignore": "x[" + "y" * size, "a.go": ""}))
    assert max(map(len, report["notices"])) < 200


MANY: dict[str, Any] = {
    "names": "secret{}.key",
    "paths": "/a/b{}/c",
    "ends": "*.x{}",
    "starts": "core{}*",
    "folders": "build{}/",
    "escaped": "\\#name{}",
    "taken back": "!x{}",
}


@pytest.mark.parametrize("pattern", MANY.values(), ids=MANY)
def test_plain_patterns_are_looked_up(pattern: str) -> None:
    """A path is compared with no more of them when there are twice as many."""
    few, many = (made(pattern.format(number) for number in range(count)) for count in (2_000, 4_000))
    for held in (few, many):
        assert not [table for table in (held.every, held.folders) if table.wild_names or table.wild_paths]
        assert held.left == 0 and not held.unusable
    assert tables(many) <= tables(few) + 1


def made(rows: Any) -> Patterns:
    """Return the patterns of lines of text."""
    return patterns.patterns_of(parse(row.encode()) for row in rows)


def tables(held: Patterns) -> int:
    """Count the tables that each path is looked up in."""
    return sum(2 + len(table.ends) + len(table.starts) for table in (held.every, held.folders))


def wild(number: int) -> list[str]:
    """Return as many patterns that must be tried, each of which counts for 32 bytes."""
    return [f"a*b{count:06}?*ccccc" for count in range(number)]


def test_wild_patterns_have_bounds(tmp_path: Path) -> None:
    """Those of one file and those of a scan; what is left out is counted in a notice, and what fits holds."""
    rows = "".join(f"{row}\n" for row in wild(patterns.MOST_WILD_OF_FILE // 32 + 7))
    for number in range(12):
        write(tmp_path, {f"d{number:02}/.gitignore": f"x?{number}.go\n{rows}", f"d{number:02}/xy{number}.go": ""})
    report = scanned(tmp_path)
    said = [notice for notice in report["notices"] if "more patterns than langfit takes in" in notice]
    assert len(said) == 3 and said[-1].endswith("(9 more such files with more patterns)")
    assert said[0] == "d00/.gitignore holds more patterns than langfit takes in: 8 of them were left out."
    assert counts(report)[0] in (7, 8)  # what is left in the end may do for one more first line


def test_all_patterns_of_a_scan_have_a_bound() -> None:
    """Plain ones as well, since each takes memory; in .gitignore and in .gitattributes."""
    room = patterns.Room(5, 5)
    held = patterns.patterns_of((parse(b"a%d" % number) for number in range(9)), room)
    assert (held.left, room.patterns, held.last(b"a4"), held.last(b"a5")) == (4, 0, 4, -1)
    said = attributes_of(b"".join(b"b%d linguist-generated\n" % number for number in range(9)), patterns.Room(5, 5))
    assert decide(b"b4", lambda _: said) == (True, None) and decide(b"b5", lambda _: said) == (None, None)


def test_many_attribute_lines_are_looked_up_and_counted(tmp_path: Path) -> None:
    """From disk and from a commit; a notice tells of those that were left out."""
    count = patterns.MOST_WILD_OF_FILE // 32 + 5
    rows = "".join(f"{row} linguist-vendored\n" for row in wild(count)).encode()
    files = {b".gitattributes": b"a.go linguist-generated\n" + rows, b"a.go": GO}
    bare(tmp_path / "bare", files)
    for report in (scanned(on_disk(tmp_path / "disk", files)), scanned(tmp_path / "bare")):
        assert [row["role"] for row in report["left_out"]] == ["generated"]
        assert ".gitattributes holds more patterns than langfit takes in: 5 of them were left out." in report["notices"]


ATTRIBUTES = {
    b"a.go linguist-generated": True,
    b'"a.go" linguist-generated': True,
    b'"\\141.go" linguist-generated': True,
    b'"a.go linguist-generated': None,
    b'"a\\q.go" linguist-generated': None,
    b"a.go\tlinguist-generated\r": True,
    b"a.go linguist-generated=x": True,
    b"a.go linguist-generated=false": False,
    b"a.go -linguist-generated=x": False,
    b"a.go linguist-generated $": None,
    b"a.go linguist-generated --x": None,
    b"!a.go linguist-generated": None,
    b"[attr]a.go linguist-generated": None,
    b"a.go\x0blinguist-generated": None,
    b"a.go linguist-generated\x85b.go -linguist-generated": None,
    b"a.go linguist-generated\0 -linguist-generated": True,
    b"a.go " + b" " * 2_100 + b"linguist-generated": None,
    b"\xef\xbb\xbfa.go linguist-generated": True,
}


@needs_git
@pytest.mark.parametrize("line", ATTRIBUTES, ids=lambda line: repr(line[:40]))
def test_a_line_of_attributes_is_read_as_git_reads_it(tmp_path: Path, line: bytes) -> None:
    """Quotes, blanks, bad words and overlong lines."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitattributes").write_bytes(line + b"\n")
    ask = ["git", "check-attr", "linguist-generated", "--", "a.go"]
    done = subprocess.run(ask, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    states = {"set": True, "unset": False, "unspecified": None, "false": False}
    assert states.get(done.stdout.split()[-1], True) == ATTRIBUTES[line]
    held = attributes_of(line + b"\n")
    assert decide(b"a.go", lambda _: held)[0] == ATTRIBUTES[line]


@pytest.mark.parametrize(
    ("rows", "path", "meant"),
    [
        pytest.param(["a"], "a/b/c.go", True, id="a folder above"),
        pytest.param(["a/"], "a", False, id="a file where a folder is meant"),
        pytest.param(["a/b"], "x/a/b/c.go", False, id="anchored"),
        pytest.param(["*", "!a/"], "a/b.go", False, id="taken back by a folder"),
        pytest.param(["!a/", "*"], "a/b.go", True, id="the last one decides"),
        pytest.param(["a/**"], "a/b/c.go", True, id="all inside"),
        pytest.param(["[!a]*.go"], "x/b.go", True, id="a class"),
        pytest.param([], "a", False, id="none"),
    ],
)
def test_a_choice_by_patterns(rows: list[str], path: str, *, meant: bool) -> None:
    """A file is meant by itself or by a folder above."""
    assert chooser(rows)(path) is meant
