"""The baseline file: findings and advice that are known already, and what is news beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from langfit import baseline
from langfit.alerts import alerts_of
from langfit.baseline import Known, apply, identity, known_of, stale, text_of
from langfit.model.errors import LangfitError
from langfit.model.report import Finding, Report
from trees import FIXTURES, commit, fixture, invoked, printed, report_on, scanned, write

KERNEL = """package resize

func Mix(in, out []byte) {
	for i := 0; i+1 < len(in); i++ {
		for j := 0; j+1 < len(out); j++ {
			out[j] = byte((int(in[i])*3+int(out[j+1])*5+int(in[i+1])*7)>>4) ^ out[j]
		}
	}
}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit: a program with a kernel that could be cut out, and a library."""
    folder = fixture("mixed", tmp_path / "it")
    commit(folder)
    return folder


@pytest.fixture
def file(tree: Path) -> Path:
    """Return the baseline of the tree."""
    printed("baseline", "write", tree)
    return tree / "langfit-baseline.json"


PATHS = st.text(st.characters(exclude_characters="\0"), max_size=6).filter(
    lambda p: not p.startswith("/") and ".." not in p.split("/")
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["go/a", "go/b"]), component=st.just("c"), path=PATHS, line=st.just(1), column=st.just(1), end_line=st.just(1),
        end_column=st.just(2), message=st.just("m"), fingerprint=st.sampled_from(["a:1", "a:2", "b:1"]), family=st.just("kernel"),
        weight=st.just("strong"), suits=st.just("rust"), level=st.sampled_from(["place", "component"]),
    ),
    max_size=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def real() -> Report:
    """Return a report whose findings the tests replace."""
    return report_on(FIXTURES / "mixed")


@given(found=FINDINGS, new=FINDINGS)
def test_what_is_known_is_left_out_and_nothing_else(real: Report, found: list[Finding], new: list[Finding]) -> None:
    """What a report says is no news to itself; what is left is unknown, in its order; twice is as once."""
    known = known_of(structs.replace(real, findings=tuple(found)))
    whole = structs.replace(real, findings=(*found, *new))
    left = apply(whole, known, "known.json")
    assert list(left.findings) == [f for f in whole.findings if identity(f) not in known.findings]
    assert apply(left, known, "known.json").findings == left.findings
    assert apply(whole, known_of(whole), "known.json").findings == ()
    assert stale(whole, known) == 0
    assert left.deliverables == whole.deliverables


@given(found=FINDINGS, advice=st.dictionaries(PATHS, st.sampled_from(["move", "split"]), max_size=3))
def test_a_written_baseline_is_read_back_whole(
    tmp_path_factory: pytest.TempPathFactory, found: list[Finding], advice: dict[str, str]
) -> None:
    """Also paths that are not UTF-8, and those with control characters, none of which stands in the file as it is."""
    known = Known(frozenset(map(identity, found)) | {("go/a", "b\udcff\x1b.go", "c:1")}, advice)
    file = tmp_path_factory.getbasetemp() / "known.json"
    text = text_of(known)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    file.write_text(text)
    assert baseline.read(str(file)) == known


def test_only_advice_that_asks_for_something_is_written(real: Report) -> None:
    """By the fingerprint of its deliverable; what stays needs no row."""
    asking = {item.fingerprint: "split" for item in real.deliverables if item.name == "api"}
    assert known_of(real).advice == asking
    assert json.loads(text_of(known_of(real)))["schema"] == "langfit/baseline/2"


def test_a_baseline_of_the_first_version_keeps_its_findings(tmp_path: Path) -> None:
    """By the present names of their rules. Its verdicts were about packages, and are left."""
    rows = {
        "schema": "langfit/baseline/1",
        "findings": {"go/node-per-turn": {"a.go": ["a:1"]}, "go/sql-access": {"": ["b:1"]}},
        "verdicts": {"example.com/m": "move"},
    }
    (tmp_path / "known.json").write_text(json.dumps(rows))
    found = {("go/heap-object-in-loop", "a.go", "a:1"), ("go/sql-access", "", "b:1")}
    assert baseline.read(str(tmp_path / "known.json")) == Known(frozenset(found), {})


@pytest.mark.parametrize(
    "where",
    [
        pytest.param([], id="on disk"),
        pytest.param(["--rev", "HEAD"], id="at the commit"),
        pytest.param(["--base", "HEAD"], id="with a base, too"),
    ],
)
def test_nothing_is_left_of_the_same_tree(tree: Path, file: Path, where: list[str]) -> None:
    """No finding and no alert; deliverables keep their rows, and the report says how much is held back."""
    report = scanned("--baseline", file, *where, tree)
    assert report["findings"] == []
    assert [row["advice"]["answer"] for row in report["deliverables"]] == ["split", "stay"]
    held = 0 if "--base" in where else len(scanned(tree)["findings"])
    assert report["notices"] == [f"{file} knows {held} findings and the advice of 1 deliverable: left out."]
    assert invoked("scan", "--no-cache", "--baseline", file, "--fail-on", "alert", *where, tree).exit_code == 0
    assert invoked("scan", "--no-cache", "--fail-on", "alert", tree).exit_code == 1


def test_a_folder_below_knows_what_is_said_of_it(tree: Path, file: Path) -> None:
    """What is known of other folders is not called gone."""
    report = scanned("--baseline", file, tree / "resize")
    assert report["findings"] == []
    assert [notice for notice in report["notices"] if "match nothing" in notice] == []
    (tree / "resize/mark.go").unlink()
    notices = scanned("--baseline", file, tree / "resize")["notices"]
    gone = sum(
        row["path"] == "resize/mark.go" and row["level"] == "place"
        for row in scanned("--rev", "HEAD", tree)["findings"]
    )
    assert f"{gone} rows of {file} match nothing any more; `langfit baseline write` renews it." in notices


def test_a_new_finding_comes_through_and_lines_may_move(tree: Path, file: Path) -> None:
    """A line above changes nothing; what is gone is counted."""
    (tree / "langfit.toml").write_text('baseline = "langfit-baseline.json"\n')
    path = tree / "resize/mark.go"
    path.write_text("// A line more.\n" + path.read_text())
    write(tree, {"resize/mix.go": KERNEL})
    rows = scanned(tree)["findings"]
    assert [(row["rule"], row["path"]) for row in rows] == [("go/numeric-kernel", "resize/mix.go")]
    (tree / "resize/mix.go").unlink()
    (tree / "resize/scale.go").unlink()
    report = scanned(tree)
    assert report["findings"] == []
    assert any("match nothing any more" in notice for notice in report["notices"])


@pytest.mark.parametrize(
    ("advice", "rules"),
    [
        pytest.param({}, ["langfit/split"], id="unknown"),
        pytest.param({"answer": "split"}, [], id="known"),
        pytest.param({"answer": "move"}, ["langfit/split"], id="another answer"),
        pytest.param({"answer": "split", "of": "another"}, ["langfit/split"], id="of another deliverable"),
    ],
)
def test_advice_is_known_by_its_deliverable_and_answer(real: Report, advice: dict[str, str], rules: list[str]) -> None:
    """Anything else is news, with the places inside of it."""
    mark = advice.get("of") or next(item.fingerprint for item in real.deliverables if item.name == "api")
    known = Known(frozenset(), {mark: advice["answer"]} if advice else {})
    assert [row.rule for row in alerts_of(apply(real, known, "known.json")).rows][:1] == rules


def test_a_baseline_is_never_subtracted_from_itself(tree: Path, file: Path) -> None:
    """Writing twice gives the same file, also where one is set."""
    text = file.read_text()
    (tree / "langfit.toml").write_text('baseline = "langfit-baseline.json"\nbase = "HEAD"\nfail-on = "alert"\n')
    assert "The advice of 1 deliverable and 29 findings written to" in printed("baseline", "write", tree)
    assert file.read_text() == text
    assert invoked("scan", "--no-cache", tree).exit_code == 0


def test_where_a_baseline_is_written(tree: Path, tmp_path: Path) -> None:
    """At the root, beside the settings, or where one says; a bare repository has no such place."""
    printed("baseline", "write", tree / "resize")
    assert (tree / "langfit-baseline.json").is_file()
    (tree / "resize/langfit.toml").write_text("")
    printed("baseline", "write", tree / "resize")
    assert (tree / "resize/langfit-baseline.json").is_file()
    assert "name a file by --output" in invoked("baseline", "write", tree / ".git").stderr
    assert printed("baseline", "write", "--quiet", "--output", tmp_path / "x.json", tree / ".git") == ""
    assert (tmp_path / "x.json").is_file()
    assert invoked("baseline", "write", "--output", tmp_path / "no/x.json", tree).exit_code == 2


HEAD = '{"schema": "langfit/baseline/2", "advice": {}'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"schema": "langfit/report/2"}', id="another schema"),
        pytest.param(f"{HEAD}}}".encode(), id="no findings"),
        pytest.param(b'{"schema": "langfit/baseline/2", "findings": {}}', id="no advice"),
        pytest.param(f'{HEAD}, "findings": {{"go/a": {{"a.go": [1]}}}}}}'.encode(), id="a number for a mark"),
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b'{"schema": ' + b"9" * 10_000 + b"}", id="a long number"),
        pytest.param(f'{HEAD}, "findings": {{"go/a": {{"/etc/passwd": ["a"]}}}}}}'.encode(), id="absolute"),
        pytest.param(f'{HEAD}, "findings": {{"go/a": {{"a/../../b": ["a"]}}}}}}'.encode(), id="upwards"),
        pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
        pytest.param(b'{"schema": "\x1b[2J::error::"}', id="an escape"),
    ],
)
def test_what_is_no_baseline_is_one_sentence(data: bytes, tmp_path: Path) -> None:
    """Status 2, and what to do."""
    (tmp_path / "x.json").write_bytes(data)
    done = invoked("scan", "--no-config", "--baseline", tmp_path / "x.json", FIXTURES / "mixed")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "`langfit baseline write`" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("huge.json", "larger than 64 MiB", id="huge"),
        pytest.param("no.json", "no baseline at", id="missing"),
        pytest.param(".", "no baseline at", id="a folder"),
        pytest.param("/dev/zero", "no baseline at", id="a device"),
    ],
)
def test_a_baseline_has_bounds(tmp_path: Path, name: str, sentence: str) -> None:
    """A huge, missing or special file is not read."""
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(baseline.LARGEST + 1)
    with pytest.raises(LangfitError, match=sentence):
        baseline.read(str(tmp_path / name))
