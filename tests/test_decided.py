"""What the trees of the history tell: what came from the other language, when and with which commit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest

from langfit.briefing.twins import takes_over
from langfit.model.report import Deliverable, Report
from langfit.model.repository import Deliverable as Shipped
from trees import GO_MOD, Files, commit, crate, report_on, write

DAY = 86_400
START = 1_600_000_000
GO: Files = {"go.mod": GO_MOD, "main.go": "package main\n\nfunc main() {}\n"}
RUST: Files = {"Cargo.toml": crate("m"), "src/main.rs": "fn main() {}\n"}
UNSEEN = "The history was not looked at: this clone is shallow, so what was decided before is not known."


def below(folder: str, files: Files) -> Files:
    """Return files in a folder."""
    return {f"{folder}/{path}": text for path, text in files.items()}


def recorded(folder: Path, trees: list[Files], message: str = "change") -> list[str]:
    """Commit one tree after the other, a day apart, and return the commits."""
    made = []
    for number, files in enumerate(trees):
        for path in folder.rglob("*"):
            if path.is_file() and ".git" not in path.relative_to(folder).parts:
                path.unlink()
        write(folder, files)
        made.append(commit(folder, message, when=START + number * DAY))
    return made


def day(number: int) -> str:
    """Return the date of a commit."""
    return datetime.fromtimestamp(START + number * DAY, UTC).strftime("%Y-%m-%d")


def item_in(report: Report, language: str) -> Deliverable:
    """Return the only deliverable of a language."""
    (item,) = (item for item in report.deliverables if item.language == language)
    return item


def notes(count: int, files: Files) -> list[Files]:
    """Return trees that differ in a text file alone."""
    return [files | {"notes.txt": f"{number}\n"} for number in range(count)]


@pytest.mark.parametrize(
    ("trees", "language", "was", "at"),
    [
        pytest.param([RUST, GO], "go", "rust", 1, id="from Rust"),
        pytest.param([GO, RUST], "rust", "go", 1, id="from Go"),
        pytest.param([RUST, RUST | GO, GO], "go", "rust", 1, id="with both for a while: the first commit of the new one"),
        pytest.param([GO, below("app", RUST)], "rust", "go", 1, id="into a folder of its own"),
        pytest.param([{**below("app", GO), **below("web", GO)}, {**below("app", RUST), **below("web", GO)}], "rust", "go", 1, id="one folder of two"),
        pytest.param([{"README.md": "an idea\n"}, RUST, GO], "go", "rust", 2, id="empty at first"),
        pytest.param([*notes(40, RUST), *notes(30, GO)], "go", "rust", 40, id="seventy commits"),
        pytest.param([*notes(3, RUST), *notes(60, GO)], "go", "rust", 3, id="near the beginning"),
        pytest.param([*notes(60, RUST), *notes(2, GO)], "go", "rust", 60, id="near the end"),
    ],
)  # fmt: skip
def test_a_rewrite_is_found_with_its_commit(trees: list[Files], language: str, was: str, at: int, tmp_path: Path) -> None:  # fmt: skip
    """The first commit without the other language alone, by halving; the advice is to let it stand."""
    made = recorded(tmp_path, trees)
    item = item_in(report_on(tmp_path), language)
    assert item.decided is not None
    assert (item.decided.language, item.decided.commit, item.decided.until) == (was, made[at], day(at))
    spoken = {"go": "Go", "rust": "Rust"}[was]
    assert item.advice.sentence == f"It was {spoken} until {day(at)} ({made[at][:7]}); that decision stands."
    assert (item.advice.answer, item.advice.reason) == ("stay", "decided")


@pytest.mark.parametrize(
    ("trees", "language"),
    [
        pytest.param([GO], "go", id="one commit"),
        pytest.param([GO, GO | {"more.go": "package main\n"}], "go", id="always Go"),
        pytest.param([GO | RUST, GO], "go", id="both at first"),
        pytest.param([GO, GO | below("agent", RUST)], "rust", id="a part in another language replaces nothing"),
        pytest.param([{"src/main.c": "int main() {}\n"}, GO], "go", id="from C"),
        pytest.param([below("vendor/x", RUST) | {"README.md": "x\n"}, GO], "go", id="code of others"),
        pytest.param([below("a/b/c/d", RUST), GO], "go", id="too deep to be what the repository is"),
    ],
)
def test_what_did_not_come_from_the_other_language(trees: list[Files], language: str, tmp_path: Path) -> None:
    """Additions, code of others and further languages decide nothing; nor does what a message claims."""
    recorded(tmp_path, trees, "Rewrite it in Go, rewrite it in Rust")
    item = item_in(report_on(tmp_path), language)
    assert item.decided is None
    assert item.advice.reason != "decided"


def test_a_merge_is_followed_into_its_branch(tmp_path: Path) -> None:
    """Where a merge brought the change, it is the commit of the branch that made it."""
    base = recorded(tmp_path, [RUST])[0]
    rewritten = recorded(tmp_path, [RUST | GO, GO])[0]
    repo = pygit2.Repository(str(tmp_path))
    tip = repo[repo.head.target].peel(pygit2.Commit)
    who = pygit2.Signature("A", "a@example.com", START + 9 * DAY, 0)
    merge = repo.create_commit(None, who, who, "merge", tip.tree_id, [pygit2.Oid(hex=base), tip.id])
    repo.reset(merge, pygit2.enums.ResetMode.HARD)
    item = item_in(report_on(tmp_path), "go")
    assert item.decided is not None
    assert item.decided.commit == rewritten


def test_a_shallow_clone_says_that_it_was_not_looked_at(tmp_path: Path) -> None:
    """Without a history nothing was decided as far as is known, and that is told."""
    made = recorded(tmp_path, [RUST, GO])
    assert UNSEEN not in report_on(tmp_path).notices
    (tmp_path / ".git/shallow").write_text(f"{made[-1]}\n")
    report = report_on(tmp_path)
    assert UNSEEN in report.notices
    assert item_in(report, "go").decided is None


def test_a_folder_without_git_has_no_history(tmp_path: Path) -> None:
    """There is nothing to look at, and nothing to excuse."""
    report = report_on(write(tmp_path, GO))
    assert report.notices == ()
    assert item_in(report, "go").decided is None


def test_an_older_revision_is_judged_by_its_own_past(tmp_path: Path) -> None:
    """What came later decides nothing for a revision that is asked for."""
    made = recorded(tmp_path, [RUST, GO])
    assert item_in(report_on(tmp_path, revision=made[0]), "rust").decided is None
    assert item_in(report_on(tmp_path, revision=made[1]), "go").decided is not None


OLD, NEW = below("old", GO), below("new", RUST)


@pytest.mark.parametrize(
    ("trees", "replaced"),
    [
        pytest.param([OLD, OLD | NEW], {"go": True, "rust": False}, id="the younger twin takes over"),
        pytest.param([NEW, OLD | NEW], {"go": False, "rust": True}, id="whichever it is"),
        pytest.param([OLD | NEW], {"go": False, "rust": False}, id="both from the beginning"),
        pytest.param([OLD, OLD | below("new", RUST | {"Cargo.toml": crate("other")})], {"go": False, "rust": False}, id="programs of other names"),
    ],
)  # fmt: skip
def test_the_younger_of_two_programs_takes_over(trees: list[Files], replaced: dict[str, bool], tmp_path: Path) -> None:
    """Two programs of one name in two languages are twins; the history says which is the younger one."""
    trees = [{path: text.replace("example.com/m", "example.com/m/old") for path, text in files.items()} for files in trees]  # fmt: skip
    trees = [{path: text.replace('name = "m"', 'name = "old"') for path, text in files.items()} for files in trees]
    recorded(tmp_path, trees)
    report = report_on(tmp_path)
    assert {item.language: item.replaced for item in report.deliverables} == replaced
    assert {item.language: item.advice.reason == "replaced" for item in report.deliverables} == replaced


@pytest.mark.parametrize(
    ("ages", "taken"),
    [
        pytest.param({"a": 0, "b": 5}, True, id="there later"),
        pytest.param({"a": 9, "b": 5}, True, id="both came, the twin later"),
        pytest.param({"a": 5, "b": 9}, False, id="both came, the twin earlier"),
        pytest.param({"a": 5, "b": 0}, False, id="the twin was always there"),
        pytest.param({"a": 0, "b": 0}, False, id="both were always there"),
        pytest.param({}, False, id="no history"),
    ],
)
def test_ages_of_folders_are_compared(ages: dict[str, int], taken: bool) -> None:
    """An age is how many commits back a folder was not there yet."""
    mine = Shipped(name="x", kind="program", language="go", root="a", path="a/main.go", own=(), components=(), line=1)
    theirs = Shipped(
        name="x", kind="program", language="rust", root="b", path="b/main.rs", own=(), components=(), line=1
    )
    assert takes_over(theirs, mine, ages) == taken
