"""A trend of a repository: moved folders, the commit of a change, clones with holes, and an end before its time."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pygit2
import pytest
from click.testing import CliRunner, Result

from langfit import cli
from langfit.model.errors import LangfitError
from langfit.process import Stopped
from langfit.scan import Options, judge_tree
from langfit.trend import judging, route
from langfit.trend.request import Request
from langfit.trend.schema import Trend
from trees import BOOK, GO_MOD, WHO, commit, kernel, needs_git, service, write

OPTIONS = Options(jobs=1)


def at(day: str) -> int:
    """Return a day in seconds."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400 + 3_600


def trend(folder: Path, **asked: Any) -> Trend:
    return route.trend_of(str(folder), Request(**asked), OPTIONS, BOOK)


MAIN = service()
COMPUTES = kernel("main", steps=80, more="\nfunc main() { step0(nil, nil) }\n")
OTHER = kernel("lib", "Sum", steps=3)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A program that moves in 2020-06 and becomes a kernel in 2021-02, between two quarters, with commits beside it."""
    folder = tmp_path_factory.mktemp("years")
    ids: dict[str, Any] = {"folder": folder}
    write(folder, {"go.mod": GO_MOD, "tools/app/main.go": MAIN, "README.md": "one\n"})
    ids["first"] = commit(folder, when=at("2020-01-10"))
    write(folder, {"README.md": "two\n"})
    ids["second"] = commit(folder, when=at("2020-05-10"))
    (folder / "cmd").mkdir()
    (folder / "tools/app").rename(folder / "cmd/app")
    ids["moved"] = commit(folder, when=at("2020-06-10"))
    for day in ("2020-07-05", "2020-11-05", "2021-01-20"):
        write(folder, {"README.md": day})
        commit(folder, when=at(day))
    write(folder, {"cmd/app/main.go": COMPUTES})
    ids["turned"] = commit(folder, when=at("2021-02-20"))
    for day in ("2021-03-05", "2021-06-05", "2021-09-05"):
        write(folder, {"README.md": day})
        ids["last"] = commit(folder, when=at(day))
    repo = pygit2.Repository(str(folder))
    for name, wanted in (("v1.0.0", "first"), ("v1.0.1", "second"), ("v2.0.0", "turned"), ("v2.0.0-rc.1", "moved")):
        repo.references.create(f"refs/tags/{name}", ids[wanted])
    return ids


def test_a_program_over_the_years(made: dict[str, Any]) -> None:
    """One series across its move, and one change with the commit, the cause, and what it touches."""
    found = trend(made["folder"])
    (series,) = found.series
    assert (series.name, series.kind, series.roots) == ("app", "program", ("tools/app", "cmd/app"))
    assert [(move.commit, move.date) for move in series.moves] == [(made["moved"], "2020-06-10")]
    assert [row.date for row in found.revisions] == [
        "2020-01-10", "2020-06-10", "2020-07-05", "2020-11-05", "2021-03-05", "2021-06-05", "2021-09-05"
    ]  # fmt: skip
    assert all(point is not None for point in series.points)
    (change,) = found.changes
    assert (change.commit, change.date, change.touches, change.files) == (made["turned"], "2021-02-20", True, 1)
    assert (change.from_.answer, change.to.answer) == ("stay", "move")
    assert change.cause is not None and change.cause.evidence
    assert not found.stopped and found.notices == ()


def test_json_has_the_keys_of_the_format(made: dict[str, Any]) -> None:
    """As docs/trend.md lists them."""
    data = json.loads(run(made, "--format", "json").stdout)
    assert data["schema"] == "langfit/trend/1"
    assert {"commit", "date", "tag", "skipped", "notices"} <= set(data["revisions"][0])
    (series,) = data["series"]
    assert {"roots", "name", "kind", "language", "points"} <= set(series)
    assert set(series["points"][0]) == {"answer", "reason", "lean", "confidence", "lines"}
    assert len(series["points"]) == len(data["revisions"])
    (change,) = data["changes"]
    assert {"name", "from", "to", "commit", "date", "cause", "touches"} <= set(change)


@pytest.mark.parametrize(
    ("asked", "dates"),
    [
        pytest.param({"every": "year"}, ["2020-11-05", "2021-09-05"], id="years"),
        pytest.param({"every": "tag"}, ["2020-01-10", "2021-02-20", "2021-09-05"], id="releases and the newest"),
        pytest.param({"every": "tag", "since": date(2021, 1, 1)}, ["2021-02-20", "2021-09-05"], id="releases since"),
        pytest.param({"since": date(2021, 4, 1)}, ["2021-06-05", "2021-09-05"], id="since"),
        pytest.param({"revisions": ("HEAD", "v1.0.0", "v1.0.0")}, ["2020-01-10", "2021-09-05"], id="a list, each once"),
    ],
)  # fmt: skip
def test_which_revisions(made: dict[str, Any], asked: dict[str, Any], dates: list[str]) -> None:
    """By period, by release, or those that a user names."""
    found = trend(made["folder"], **asked)
    assert [row.date for row in found.revisions] == dates
    assert len(found.series) == 1


def test_without_bisection_a_change_is_between_samples(made: dict[str, Any]) -> None:
    """No commit, no cause, and the two samples."""
    (change,) = trend(made["folder"], bisect=False).changes
    assert (change.commit, change.cause, change.touches, change.date) == ("", None, None, "2021-03-05")
    assert change.after and change.at


def test_a_component_is_followed(made: dict[str, Any]) -> None:
    """By its name; its points have a fit and no answer."""
    (series,) = trend(made["folder"], component="example.com/m/cmd/app").series
    assert series.kind == "package"
    assert {point.answer for point in series.points if point} == {""}
    with pytest.raises(LangfitError, match="Nothing was called nobody"):
        trend(made["folder"], component="nobody")


def test_a_side_branch_is_not_joined(tmp_path: Path) -> None:
    """A release of a branch is no first parent of the next one: no line between them, and the commit is found all the same."""
    base = commit(write(tmp_path, {"go.mod": GO_MOD, "main.go": MAIN}), when=at("2020-01-01"))
    repo = pygit2.Repository(str(tmp_path))
    side = repo.create_commit(
        "refs/heads/side", _who("2020-02-01"), WHO, "fix", repo[base].peel(pygit2.Tree).id, [base]
    )
    repo.references.create("refs/tags/v1.0.0", side)
    commit(write(tmp_path, {"notes": "1"}), when=at("2020-02-15"))
    turned = commit(write(tmp_path, {"main.go": COMPUTES}), when=at("2020-03-01"))
    repo.references.create("refs/tags/v1.1.0", commit(write(tmp_path, {"notes": "2"}), when=at("2020-04-01")))
    commit(write(tmp_path, {"notes": "3"}), when=at("2020-05-01"))
    found = trend(tmp_path, every="tag")
    assert [row.joined for row in found.revisions] == [True, False, True]
    assert [change.commit for change in found.changes] == [turned]


def _who(day: str) -> pygit2.Signature:
    return pygit2.Signature("A", "a@example.com", at(day), 0)


def test_unrelated_histories_are_compared_without_a_commit(tmp_path: Path) -> None:
    """Samples that share no history are judged; where one became the other cannot be found."""
    commit(write(tmp_path, {"go.mod": GO_MOD, "main.go": MAIN}), when=at("2020-01-01"))
    repo = pygit2.Repository(str(tmp_path))
    names = ["HEAD"]
    write(tmp_path, {"main.go": COMPUTES})
    tree = repo.index
    tree.add_all()
    for number in range(2):
        day = f"2021-0{number + 1}-01"
        made = repo.create_commit(None, _who(day), _who(day), "root", tree.write_tree(), [])
        repo.references.create(f"refs/heads/root{number}", made)
        names.append(f"root{number}")
    found = trend(tmp_path, revisions=tuple(names))
    assert [row.joined for row in found.revisions] == [True, False, False]
    (change,) = found.changes
    assert (change.commit, change.touches) == ("", None)


def test_no_releases_is_said(tmp_path: Path) -> None:
    """The newest commit alone, and what to do."""
    commit(write(tmp_path, {"go.mod": GO_MOD, "main.go": MAIN}))
    found = trend(tmp_path, every="tag")
    assert len(found.revisions) == 1
    assert found.notices[0].startswith("No tag names a release")


@needs_git
def test_a_shallow_clone_says_what_is_missing(made: dict[str, Any], tmp_path: Path) -> None:
    """What is there is judged."""
    thin = tmp_path / "thin"
    subprocess.run(["git", "clone", "-q", "--depth=2", f"file://{made['folder']}", str(thin)], check=True)
    found = trend(thin)
    assert [row.date for row in found.revisions] == ["2021-06-05", "2021-09-05"]
    assert any("shallow" in said and "--unshallow" in said for said in found.notices)
    assert len(found.series) == 1


def test_a_revision_that_cannot_be_read_is_a_hole(made: dict[str, Any], tmp_path: Path) -> None:
    """Its points are null, its reason is said, and the others are whole; a lost file is said with its count."""
    broken = tmp_path / "broken"
    shutil.copytree(made["folder"], broken)
    repo = pygit2.Repository(str(broken))
    before = trend(broken)
    tree = str(repo[before.revisions[2].commit].peel(pygit2.Tree).id)
    blob = str(repo[before.revisions[0].commit].peel(pygit2.Tree)["tools/app/main.go"].id)
    for name in (tree, blob):
        (broken / ".git/objects" / name[:2] / name[2:]).unlink()
    found = route.trend_of(str(broken), Request(), Options(jobs=1, cache=False), BOOK)
    assert [row.state for row in found.revisions][:4] == ["holes", "holes", "unread", "holes"]
    assert "are not in this clone" in found.revisions[2].notices[0]
    assert found.revisions[0].skipped == 1 and "missing" in found.revisions[0].notices[0]
    assert all(series.points[2] is None for series in found.series)


@pytest.mark.parametrize(
    ("ending", "why"),
    [(KeyboardInterrupt(), "interrupt"), (Stopped(2), "interrupt"), (Stopped(15), "terminate")],
)
def test_an_interrupt_leaves_a_partial_result(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch, ending: BaseException, why: str
) -> None:
    """The ends of the history come first; what there was no time for waits, and the result says so."""
    seen = iter(range(100))

    def judge(*args: Any) -> Any:
        if next(seen) == 3:
            raise ending
        return judge_tree(*args)

    monkeypatch.setattr(judging, "judge_tree", judge)
    found = trend(made["folder"])
    assert found.stopped == why
    assert [row.state for row in found.revisions].count("waiting") == 4
    assert {found.revisions[0].state, found.revisions[-1].state} == {"judged"}
    assert found.notices[0].startswith("It was interrupted after 3 of 7 revisions")
    assert all(change.commit == "" for change in found.changes)


def test_an_interrupt_while_commits_are_looked_for(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is told, without its commit."""
    seen = iter(range(100))

    def judge(*args: Any) -> Any:
        if next(seen) == 7:
            raise KeyboardInterrupt
        return judge_tree(*args)

    monkeypatch.setattr(judging, "judge_tree", judge)
    found = trend(made["folder"])
    assert [(change.commit, change.cause) for change in found.changes] == [("", None)]
    assert found.notices[0].startswith("It was interrupted after the commits of 0 of 1 change")


def test_time_is_up_before_it_begins(made: dict[str, Any]) -> None:
    """No point is known then, and all of it is said; the status is 0."""
    done = run(made, "--timeout", "0.000001", "--format", "json")
    data = json.loads(done.stdout)
    assert done.exit_code == 0
    assert data["stopped"] == "time"
    assert {row["state"] for row in data["revisions"]} == {"waiting"}
    assert data["notices"][0].startswith("Time was up after 0 of 7 revisions")


def run(made: dict[str, Any], *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["trend", str(made["folder"]), "--jobs", "1", *arguments])


def test_an_interrupted_command_prints_and_says_so(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as shells have it, with the result on stdout."""

    def judge(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(judging, "judge_tree", judge)
    done = run(made)
    assert done.exit_code == 130
    assert "after 0 of 7 revisions" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--since", "soon"], "is no date", id="a date"),
        pytest.param(["--same", "a"], "is not OLD=NEW", id="half a pair"),
        pytest.param(["--output", "pdf=x"], "is not FORMAT=FILE", id="a format"),
        pytest.param(["--output", "html=-", "--output", "svg=-"], "only one of them", id="two for stdout"),
        pytest.param(["--rev", "nowhere"], "There is no commit named nowhere", id="a revision"),
        pytest.param(["--component", "zzz"], "Nothing was called zzz", id="a name"),
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence(made: dict[str, Any], arguments: list[str], words: str) -> None:
    """With status 2, and nothing on stdout."""
    done = run(made, *arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_a_plain_folder_has_no_trend(tmp_path: Path) -> None:
    """Commits are what it needs."""
    with pytest.raises(LangfitError, match="A trend needs commits"):
        trend(write(tmp_path, {"main.go": MAIN}))


def test_a_repository_without_commits_has_none(tmp_path: Path) -> None:
    """It says what to do."""
    pygit2.init_repository(str(tmp_path))
    with pytest.raises(LangfitError, match="has no commits yet"):
        trend(tmp_path)


def test_a_folder_that_came_later(made: dict[str, Any]) -> None:
    """A folder of the repository is an empty tree in revisions that do not have it."""
    (series,) = trend(made["folder"] / "cmd").series
    assert [point is None for point in series.points] == [True, False, False, False, False, False, False]
