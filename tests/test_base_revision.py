"""What changed since a base: only what it brought asks for attention, and the base is read as honestly as the head."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from langfit import compare, scan
from langfit.alerts import alerts_of
from langfit.model.errors import LangfitError
from langfit.model.report import Report
from langfit.model.repository import Skipped
from langfit.scan import Options, Watch
from trees import BOOK, commit, fixture, report_on, write

MIX = """package resize

func Mix(in, out []byte) {
	for i := 0; i+1 < len(in); i++ {
		for j := 0; j+1 < len(out); j++ {
			out[j] = byte((int(in[i])*3+int(out[j+1])*5+int(in[i+1])*7)>>4) ^ out[j]
		}
	}
}
"""
UNREADABLE = b"\xff\xfe\x00module ("


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit: a program with a kernel that could be cut out, and a library."""
    folder = fixture("mixed", tmp_path / "it")
    commit(folder)
    return folder


def since(folder: Path, base: str = "HEAD", **options: Any) -> Report:
    """Return what is new on disk."""
    return report_on(folder, base=base, **options)


def told(report: Report) -> list[str]:
    """Return the lines of what changed."""
    assert report.change is not None
    rows = report.change.differences
    return [" ".join(part for part in (row.state, row.kind, row.name) if part) for row in rows]


def add_line(folder: Path) -> None:
    """Put a line above the code of every file of a package."""
    for path in folder.glob("resize/*.go"):
        path.write_text("// A line more.\n\n" + path.read_text())


def rename_files(folder: Path) -> None:
    """Give files of both languages other names, those with entry points included."""
    (folder / "resize/mark.go").rename(folder / "resize/a_mark.go")
    (folder / "resize/filter.go").rename(folder / "resize/z_filter.go")
    (folder / "api/main.go").rename(folder / "api/start.go")


def rename_folder(folder: Path) -> None:
    """Move a package; its importers say so."""
    (folder / "inner").mkdir()
    (folder / "resize").rename(folder / "inner/resize")
    for path in folder.glob("api/*.go"):
        path.write_text(path.read_text().replace("gallery/resize", "gallery/inner/resize"))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: None, id="nothing"),
        pytest.param(add_line, id="new lines above"),
        pytest.param(rename_files, id="files renamed"),
        pytest.param(rename_folder, id="a package moved"),
        pytest.param(
            lambda folder: write(folder, {"README.md": "More.\n", "api/api_test.go": "package main\n"}), id="no code"
        ),
    ],
)
@pytest.mark.parametrize("committed", [False, True], ids=["on disk", "at a commit"])
def test_what_stays_the_same_is_no_news(tree: Path, change: Callable[[Path], object], *, committed: bool) -> None:
    """Neither findings nor advice nor kernels, and deliverables keep their fingerprints."""
    before = {item.name: item.fingerprint for item in report_on(tree).deliverables}
    change(tree)
    if committed:
        commit(tree)
    report = since(tree, "HEAD~1", revision="HEAD") if committed else since(tree)
    assert {item.name: item.fingerprint for item in report.deliverables} == before
    assert [(f.rule, f.path) for f in report.findings] == []
    assert alerts_of(report).rows == []
    assert report.change is not None
    assert report.change.gone == ()
    assert not {item.fingerprint for item in report.deliverables} & {*report.change.new}
    assert [row for row in told(report) if " cut api: " not in row] == []  # a cut goes by its folder


def test_a_new_finding_is_all_that_is_left(tree: Path) -> None:
    """It is no alert, since the advice is known."""
    (tree / "resize/mix.go").write_text(MIX)
    report = since(tree)
    assert [(f.rule, f.path, f.line) for f in report.findings] == [("go/numeric-kernel", "resize/mix.go", 3)]
    assert (told(report), alerts_of(report).rows) == (["new kernel Mix"], [])


def test_what_went_away_is_told(tree: Path) -> None:
    """With the findings that are gone."""
    shutil.rmtree(tree / "src")
    (tree / "Cargo.toml").unlink()
    report = since(tree)
    assert told(report) == ["gone deliverable thumb-format"]
    assert report.change is not None
    assert {f.rule for f in report.change.gone} == {"rust/no-std-optional"}


def test_a_kernel_that_is_new_brings_an_alert(tree: Path, tmp_path: Path) -> None:
    """The advice, the cut and its functions, the largest first and the rest counted."""
    shutil.move(tree / "resize", tmp_path / "kept")
    base = commit(tree)
    shutil.move(tmp_path / "kept", tree / "resize")
    report = since(tree, base)
    assert told(report) == [
        "changed deliverable api",
        "new cut api: resize",
        *(f"new kernel {name}" for name in ("stretch", "blur", "balance", "rows", "Planes")),
        "new kernel 19 more functions that compute",
    ]
    first = report.change.differences[0] if report.change else None
    assert first is not None
    assert (first.before[:5], first.after[:5]) == ("stay ", "split")
    assert alerts_of(report).rows[0].rule == "langfit/split"


@pytest.mark.parametrize("path", ["api/main.go", "api/server.go", "resize/image.go", "resize/mark.go", "go.mod"])
def test_what_could_not_be_read_in_the_base_is_never_new(tree: Path, path: str) -> None:
    """Nor what follows from it: the advice for what it belongs to, cuts, kernels, findings of its component."""
    whole = (tree / path).read_bytes()
    (tree / path).write_bytes(UNREADABLE)
    base = commit(tree)
    (tree / path).write_bytes(whole)
    report = since(tree, base)
    assert report.change is not None
    assert report.change.untold == (path,)
    assert f"1 file of the base could not be read ({path} for one): nothing in them is new." in report.notices
    assert ([f.path for f in report.findings], told(report), alerts_of(report).rows) == ([], [], [])


def test_what_cannot_be_read_in_both_hides_nothing(tree: Path, tmp_path: Path) -> None:
    """A file that stays unreadable is no reason to pass over new advice."""
    (tree / "api/data.go").write_bytes(UNREADABLE)
    shutil.move(tree / "resize", tmp_path / "kept")
    base = commit(tree)
    shutil.move(tmp_path / "kept", tree / "resize")
    assert alerts_of(since(tree, base)).rows[0].rule == "langfit/split"


def test_a_folder_that_the_base_lacks_is_an_empty_tree(tree: Path, tmp_path: Path) -> None:
    """All of it is new."""
    shutil.copytree(tree / "resize", tmp_path / "kept")
    shutil.rmtree(tree / "resize")
    base = commit(tree)
    shutil.move(tmp_path / "kept", tree / "resize")
    report = since(tree / "resize", base)
    assert {f.path for f in report.findings} == {f.path for f in report_on(tree / "resize").findings} != set()
    assert "new deliverable" in told(report)[0]


def test_objects_that_are_missing_end_the_scan(tree: Path) -> None:
    """Anything else would call all of them new; the sentence says how to get them."""
    report = report_on(tree)
    bare = structs.replace(report, skipped=(Skipped("api/main.go", "missing-object"),))
    with pytest.raises(LangfitError, match=r"1 file of the base 1234567 are not in this clone.*git fetch --refetch"):
        compare.since(report, bare, "1234567", {}, {}, BOOK)


@pytest.mark.parametrize(
    ("lean", "answer"),
    [
        pytest.param(0.0, "stay", id="at the threshold"),
        pytest.param(0.04, "stay", id="within the margin"),
        pytest.param(0.06, "unclear", id="beyond it"),
    ],
)
def test_an_answer_changes_beyond_a_margin_only(tree: Path, lean: float, answer: str) -> None:
    """A commit that shifts the lean a little does not turn the advice."""
    old = report_on(tree / "src")
    (item,) = old.deliverables
    assert (item.fit.suits, item.advice.answer) == ("rust", "stay")
    fit = structs.replace(item.fit, suits=None, lean=BOOK.thresholds.suits - lean, why="close")
    advice = structs.replace(item.advice, answer="unclear", reason="close")
    head = structs.replace(old, deliverables=(structs.replace(item, fit=fit, advice=advice),))
    report = compare.since(head, old, "base", {}, {}, BOOK)
    assert report.deliverables[0].advice.answer == answer
    assert bool(told(report)) == (answer != "stay")


def test_a_base_is_looked_up_before_anything_is_scanned(tree: Path) -> None:
    """And there is never a full report instead."""
    watch = Watch()
    with pytest.raises(LangfitError, match="no commit named nowhere"):
        scan.scan(str(tree), Options(base="nowhere", cache=False), watch)
    assert watch.counts == {}


def counted(folder: Path, **options: Any) -> dict[str, int]:
    """Return what a scan counts."""
    watch = Watch()
    scan.scan(str(folder), Options(**options), watch)
    return watch.counts


@pytest.mark.parametrize("revision", [None, "HEAD"], ids=["on disk", "at a commit"])
def test_only_what_differs_is_parsed_twice(tree: Path, revision: str | None) -> None:
    """Without the user's cache, too: what both trees share is recalled the second time."""
    alone = counted(tree, cache=False, revision="HEAD")
    (tree / "resize/mix.go").write_text(MIX)
    path = tree / "resize/image.go"
    path.write_text("// A line more.\n" + path.read_text())
    commit(tree)
    both = counted(tree, cache=False, revision=revision, base="HEAD~1")
    assert both["parsed"] == alone["parsed"] + 2  # mix.go, and the other form of image.go
    assert both["recalled"] == alone["parsed"] + alone.get("looked-over", 0) - 1  # all of the base but its image.go


def test_a_cache_that_cannot_be_used_costs_no_second_parse(
    tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The report says that it is of no use, and the run keeps facts for itself."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "file/cache"))
    watch = Watch()
    found = scan.scan(str(tree), Options(revision="HEAD", base="HEAD"), watch)
    assert watch.counts["recalled"] == watch.counts["parsed"] + watch.counts.get("looked-over", 0)
    assert any("cannot be used" in notice for notice in found.notices)


def test_without_a_temporary_folder_facts_are_made_twice(
    tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Which costs time and nothing else."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    counts = counted(tree, cache=False, revision="HEAD", base="HEAD")
    assert "recalled" not in counts
    assert counts["parsed"] > 0


def test_the_facts_of_a_run_are_gone_after_it(tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They are on disk, so that memory stays bounded, and neither there nor in the user's cache afterwards."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    counted(tree, cache=False, base="HEAD")
    assert not (tmp_path / "cache").exists()
    assert list((tmp_path / "temporary").iterdir()) == []
