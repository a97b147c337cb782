"""What is known already: in a file, or in an older revision; and that both are subtracted alike."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pygit2
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from langfit import baseline, cli, scan
from langfit.baseline import Known, known_of, stale, subtract, text_of
from langfit.model import Finding, LangfitError, Report, Span
from langfit.scan import Options, Watch

HERE = Path(__file__).resolve().parent.parent
MIXED = HERE / "fixtures" / "mixed"
RULE = "go/format-in-loop"
HOT = """package resize

import "fmt"

func Names(xs []int) (out []string) {
	for _, x := range xs {
		out = append(out, fmt.Sprintf("%d", x))
	}
	return out
}
"""


def invoked(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def report(*arguments: str | Path) -> Any:
    done = invoked("scan", "--no-cache", "--format", "json", "--show", "all", *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def commit(folder: Path) -> str:
    repo = pygit2.Repository(str(folder))
    repo.index.add_all()
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    before = [] if repo.head_is_unborn else [repo.head.target]
    return str(repo.create_commit("HEAD", who, who, "one", repo.index.write_tree(), before))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "it"
    shutil.copytree(MIXED, folder)
    pygit2.init_repository(str(folder))
    commit(folder)
    return folder


PATHS = st.text(st.characters(exclude_characters="\0"), max_size=6).filter(lambda p: not p.startswith("/") and ".." not in p.split("/"))
FINDINGS = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["go/a", "go/b"]), component=st.just("c"), path=PATHS, span=st.just(Span(1, 1, 1, 2)), function=st.just(""),
        message=st.just("m"), family=st.just("kernel"), weight=st.just("strong"), suits=st.just("rust"),
        fingerprint=st.sampled_from(["a:1", "a:2", "b:1"]), level=st.sampled_from(["site", "component"]),
    ),
    max_size=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def empty() -> Report:
    """A real report, whose findings the tests replace."""
    return scan.scan(str(MIXED), Options(cache=False))


@given(found=FINDINGS, new=FINDINGS)
def test_subtraction_is_idempotent_and_leaves_what_is_new(empty: Report, found: list[Finding], new: list[Finding]) -> None:
    """What a report says is nothing beyond itself; what is left is never known; order stays."""
    old = known_of(structs.replace(empty, findings=tuple(found)))
    whole = structs.replace(empty, findings=(*found, *new))
    left = subtract(whole, old)
    assert subtract(left, old) == left
    assert left.verdicts == ()
    assert list(left.findings) == [f for f in whole.findings if baseline.identity(f) not in old.findings]
    assert subtract(whole, known_of(whole)).findings == ()
    assert stale(whole, old, "") == 0


@given(found=FINDINGS, answers=st.dictionaries(PATHS, st.sampled_from(["move", "stay"]), max_size=3))
def test_a_written_baseline_is_read_back_whole(tmp_path_factory: pytest.TempPathFactory, found: list[Finding], answers: dict[str, str]) -> None:
    """Also paths that are not UTF-8, and those with control characters, none of which stands in the file as it is."""
    marks = frozenset(baseline.identity(f) for f in found) | {("go/a", "b\udcff\x1b.go", "c:1")}
    known = Known(marks, answers)
    file = tmp_path_factory.getbasetemp() / "known.json"
    text = text_of(known)
    assert text.isascii() and text.replace("\n", "").isprintable()
    file.write_text(text)
    assert baseline.read(str(file)) == known


def test_what_is_written_leaves_nothing_of_the_same_tree(tree: Path) -> None:
    """Findings and verdicts, on disk and at the commit, from a folder below as well."""
    done = invoked("baseline", "write", tree)
    assert done.exit_code == 0 and "findings and" in done.stdout
    file = tree / "langfit-baseline.json"
    assert text_of(baseline.read(str(file))) == file.read_text()
    before = report(tree)
    assert before["findings"] and before["verdicts"]
    for arguments in ([tree], ["--rev", "HEAD", tree], [tree / "resize"]):
        found = report("--baseline", file, *arguments)
        assert (found["findings"], found["verdicts"]) == ([], [])
        (notice,) = found["notices"]
        assert re.fullmatch(r".*langfit-baseline\.json knows [1-9]\d* finding\(s\) and [1-9]\d* verdict\(s\), which are left out", notice)
    assert "No verdict beyond what is known already." in invoked("scan", "--no-cache", "--baseline", file, tree).stdout


def test_a_new_finding_comes_through_and_lines_may_move(tree: Path) -> None:
    """A line above changes nothing; what is gone is counted."""
    invoked("baseline", "write", tree)
    (tree / "langfit.toml").write_text('baseline = "langfit-baseline.json"\n')
    path = tree / "resize/resize.go"
    path.write_text("// A line more.\n" + path.read_text("utf-8"), "utf-8")
    (tree / "resize/names.go").write_text(HOT)
    found = report(tree)
    assert {(row["rule"], row["path"]) for row in found["findings"] if row["level"] == "site"} == {(RULE, "resize/names.go")}
    (tree / "resize/names.go").unlink()
    path.write_text("package resize\n", "utf-8")
    found = report(tree)
    assert found["findings"] == []
    assert any("match nothing any more; `langfit baseline write` renews it" in notice for notice in found["notices"])


def test_another_answer_is_news(tree: Path) -> None:
    """A verdict is known by its answer."""
    file = tree / "langfit-baseline.json"
    invoked("baseline", "write", tree)
    rows = json.loads(file.read_text())
    name = next(iter(rows["verdicts"]))
    rows["verdicts"][name] = "unclear" if rows["verdicts"][name] != "unclear" else "stay"
    file.write_text(json.dumps(rows))
    assert [row["component"] for row in report("--baseline", file, tree)["verdicts"]] == [name]


def test_a_baseline_is_never_subtracted_from_itself(tree: Path) -> None:
    """Writing twice gives the same file, also when one is set, and --fail-on sees what is left alone."""
    file = tree / "langfit-baseline.json"
    invoked("baseline", "write", tree)
    text = file.read_text()
    (tree / "langfit.toml").write_text('baseline = "langfit-baseline.json"\nbase = "HEAD"\nfail-on = "note"\n')
    assert invoked("baseline", "write", tree).exit_code == 0
    assert file.read_text() == text
    assert invoked("scan", "--no-cache", tree).exit_code == 0
    assert invoked("scan", "--no-cache", "--no-config", "--fail-on", "note", tree).exit_code == 1


def test_where_a_baseline_is_written(tree: Path, tmp_path: Path) -> None:
    """At the root, beside the settings, or where one says; a bare repository has no such place."""
    invoked("baseline", "write", tree / "resize")
    assert (tree / "langfit-baseline.json").is_file()
    (tree / "resize/langfit.toml").write_text("")
    invoked("baseline", "write", tree / "resize")
    assert (tree / "resize/langfit-baseline.json").is_file()
    assert "name a file by --output" in invoked("baseline", "write", tree / ".git").stderr
    assert invoked("baseline", "write", "--quiet", "--output", tmp_path / "x.json", tree / ".git").output == ""
    assert (tmp_path / "x.json").is_file()
    assert invoked("baseline", "write", "--output", tmp_path / "no/x.json", tree).exit_code == 2


HOSTILE: dict[str, str | bytes] = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "another schema": '{"schema": "langfit/report/1"}',
    "no findings": '{"schema": "langfit/baseline/1", "verdicts": {}}',
    "a number for a mark": '{"schema": "langfit/baseline/1", "verdicts": {}, "findings": {"go/a": {"a.go": [1]}}}',
    "deep": "[" * 200_000,
    "long number": '{"schema": ' + "9" * 10_000 + "}",
    "absolute": '{"schema": "langfit/baseline/1", "verdicts": {}, "findings": {"go/a": {"/etc/passwd": ["a"]}}}',
    "upwards": '{"schema": "langfit/baseline/1", "verdicts": {}, "findings": {"go/a": {"a/../../b": ["a"]}}}',
    "not UTF-8": b"\xff\xfe\x00",
    "escape": '{"schema": "\x1b[2J::error::"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_baseline_is_one_sentence(name: str, tmp_path: Path) -> None:
    """Status 2, and what to do."""
    data = HOSTILE[name]
    (tmp_path / "x.json").write_bytes(data if isinstance(data, bytes) else data.encode())
    done = invoked("scan", "--no-config", "--baseline", tmp_path / "x.json", MIXED)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and "`langfit baseline write`" in done.stderr and "\x1b" not in done.stderr


def test_a_baseline_has_bounds(tmp_path: Path) -> None:
    """A huge, missing or special file is not read."""
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(baseline.LARGEST + 1)
    for path, said in ((tmp_path / "huge.json", "larger than 64 MiB"), (tmp_path / "no.json", "no baseline at"), (tmp_path, "no baseline at"), (Path("/dev/zero"), "no baseline at")):
        with pytest.raises(LangfitError, match=said):
            baseline.read(str(path))


def counted(folder: Path, **options: Any) -> dict[str, int]:
    watch = Watch()
    scan.scan(str(folder), Options(**options), watch)
    return watch.counts


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_with_a_base_only_changed_blobs_are_parsed_again(tree: Path, revision: str | None) -> None:
    """Without the user's cache, too: what both trees share is parsed once and recalled the second time."""
    alone = counted(tree, cache=False, revision="HEAD")
    (tree / "resize/names.go").write_text(HOT)
    path = tree / "resize/resize.go"
    path.write_text("// A line more.\n" + path.read_text("utf-8"), "utf-8")
    commit(tree)
    both = counted(tree, cache=False, revision=revision, base="HEAD~1")
    assert both["parsed"] == alone["parsed"] + 2  # names.go, and the other form of resize.go
    assert both["recalled"] == alone["parsed"] + alone.get("looked-over", 0) - 1  # all of the base but its resize.go


def test_a_cache_that_cannot_be_used_costs_no_second_parse(tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The report says that it is of no use, and the run keeps facts for itself."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "file/cache"))
    watch = Watch()
    found = scan.scan(str(tree), Options(revision="HEAD", base="HEAD"), watch)
    assert watch.counts["recalled"] == watch.counts["parsed"] + watch.counts.get("looked-over", 0)
    assert any("cannot be used" in notice for notice in found.notices)


def test_without_a_temporary_folder_facts_are_made_twice(tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Which costs time and nothing else."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    counts = counted(tree, cache=False, revision="HEAD", base="HEAD")
    assert "recalled" not in counts and counts["parsed"] > 0


def test_the_facts_of_a_run_are_gone_after_it(tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They are on disk, so that memory stays bounded, and neither there nor in the user's cache afterwards."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    counted(tree, cache=False, base="HEAD")
    assert not (tmp_path / "cache").exists() and list((tmp_path / "temporary").iterdir()) == []


def test_a_base_and_a_baseline_are_both_subtracted(tree: Path) -> None:
    """And the base is looked up before anything is scanned."""
    (tree / "resize/names.go").write_text(HOT)
    assert report("--base", "HEAD", tree)["findings"]
    invoked("baseline", "write", tree)
    assert report("--base", "HEAD", "--baseline", tree / "langfit-baseline.json", tree)["findings"] == []
    watch = Watch()
    with pytest.raises(LangfitError, match="no commit named nowhere"):
        scan.scan(str(tree), Options(base="nowhere", cache=False), watch)
    assert watch.counts == {}
