"""Whole runs: exact rows whoever is in a fleet, whatever kills the driver, and however often it is run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fleets
from fleets import ran, report_of, results, states
from langfit.fleet import place, task
from trees import invoked

QUICK = ("--no-cache", "--quiet")


def test_a_run_twice_and_a_new_commit(tmp_path: Path) -> None:
    """What has a result is known; a new commit of one repository is scanned, and nothing else."""
    out = tmp_path / "fleet"
    members = fleets.small_fleet(tmp_path / "in", 3)
    (tmp_path / "list").write_text("".join(f"{path}\n" for path in members))
    ran(tmp_path / "list", "--out", out, *QUICK)
    first = report_of(out)
    assert {key: first[key] for key in ("repositories", "done", "known", "failed")} == {
        "repositories": 3, "done": 3, "known": 0, "failed": 0,
    }  # fmt: skip
    assert first["complete"] and first["deliverables"] == 3 and first["components"] >= 3
    before = [path.stat().st_mtime_ns for path in results(out)]
    ran(tmp_path / "in", "--out", out, *QUICK)
    assert states(out) == {"m0": "known", "m1": "known", "m2": "known"}
    assert [path.stat().st_mtime_ns for path in results(out)] == before
    fleets.bare(members[2], {"src/main.rs": "fn main() {}\n"})
    ran(tmp_path / "in", "--out", out, *QUICK)
    assert states(out) == {"m0": "known", "m1": "known", "m2": "done"}
    assert len(results(out)) == 4


def test_hostile_members_cost_one_row_each(tmp_path: Path) -> None:
    """Each with its reason, and the others are as they would be alone."""
    good = fleets.small_fleet(tmp_path / "in", 1)[0]
    (tmp_path / "folder").mkdir()
    members = {
        "good": good,
        "headless": fleets.headless(tmp_path / "in/headless.git"),
        "empty": fleets.empty(tmp_path / "in/empty.git"),
        "torn": fleets.torn(tmp_path / "in/torn.git"),
        "folder": tmp_path / "folder",
        "nothing": tmp_path / "nothing",
    }
    rows = "".join(f"{name}\t{path}\n" for name, path in members.items())
    (tmp_path / "list").write_text(f"{rows}no-revision\t{good}\tv9\n")
    done = invoked("fleet", tmp_path / "list", "--out", tmp_path / "fleet", *QUICK)
    assert done.exit_code == 0 and "incomplete" in done.stderr
    report = report_of(tmp_path / "fleet")
    assert states(tmp_path / "fleet") == {"good": "done"} | dict.fromkeys(
        ("headless", "empty", "torn", "folder", "nothing", "no-revision"), "failed refused"
    )
    said = {row["id"]: row["sentence"] for row in report["rows"]}
    for name, words in {
        "headless": "no commit", "empty": "no commits yet", "folder": "no git repository", "nothing": "There is nothing at",
        "no-revision": "no commit named v9", "torn": "not in this clone",
    }.items():  # fmt: skip
        assert words in said[name], said[name]
    assert not any(str(tmp_path) in sentence for name, sentence in said.items())
    assert (report["repositories"], report["done"], report["failed"], report["complete"]) == (7, 1, 6, False)


@pytest.mark.parametrize(
    ("missing", "state"), [("go.mod", "failed refused"), ("main.go", "failed refused"), ("README.md", "done")]
)
def test_a_partial_clone_is_told(tmp_path: Path, missing: str, state: str) -> None:
    """Where what is missing would change the report; what langfit does not read may be missing."""
    path = tmp_path / "in/partial.git"
    files = {**fleets.SERVICE, "README.md": "x"}
    fleets.partial(path, missing, files=files)
    ran(tmp_path / "in", "--out", tmp_path / "fleet", *QUICK)
    assert states(tmp_path / "fleet") == {"partial": state}
    if state != "done":
        assert "without `--filter`" in report_of(tmp_path / "fleet")["rows"][0]["sentence"]


def test_a_refusal_is_remembered_until_asked_again(tmp_path: Path) -> None:
    """A result that could not be written is tried again by itself; a plain failure only when asked to."""
    out = tmp_path / "fleet"
    fleets.torn(tmp_path / "in/torn.git")
    ran(tmp_path / "in", "--out", out, *QUICK)
    (known,) = out.glob("failures/*.json")
    stamp = known.stat().st_mtime_ns
    ran(tmp_path / "in", "--out", out, *QUICK)
    assert known.stat().st_mtime_ns == stamp
    ran(tmp_path / "in", "--out", out, "--retry-failed", *QUICK)
    assert known.stat().st_mtime_ns != stamp


def test_a_place_that_cannot_be_written_to_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a full disk does: the row says so, and the next run brings the result."""
    monkeypatch.setattr(task, "PAUSE", 0.0)
    out = tmp_path / "fleet"
    fleets.small_fleet(tmp_path / "in", 1)
    out.mkdir()
    place.prepare(str(out))
    (out / "results").rmdir()
    (out / "results").write_text("in the way")
    monkeypatch.setattr(place, "prepare", lambda _: None)
    ran(tmp_path / "in", "--out", out, *QUICK)
    assert states(out) == {"m0": "failed no-room"}
    (out / "results").unlink()
    ran(tmp_path / "in", "--out", out, *QUICK)
    assert states(out) == {"m0": "done"}


def test_other_rules_are_other_results(tmp_path: Path) -> None:
    """A weight changes the terms, and with them every key; what only changes the speed does not."""
    fleets.small_fleet(tmp_path / "in", 1)
    out = tmp_path / "fleet"
    ran(tmp_path / "in", "--out", out, *QUICK)
    ran(tmp_path / "in", "--out", out, "--quiet", "--jobs", "1")
    assert states(out) == {"m0": "known"}
    ran(tmp_path / "in", "--out", out, "--weight", "go/sql-access=contextual", *QUICK)
    assert states(out) == {"m0": "done"}
    assert "had other rules" in " ".join(report_of(out)["notices"])


def test_settings_of_members_have_no_say(tmp_path: Path) -> None:
    """One set of rules for all: a langfit.toml in a repository is a file like others."""
    fleets.bare(tmp_path / "in/m.git", {**fleets.CRATE, "langfit.toml": 'exclude = ["src/"]\n'})
    ran(tmp_path / "in", "--out", tmp_path / "fleet", *QUICK)
    assert report_of(tmp_path / "fleet")["rows"][0]["lines"] == 3


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start a driver of its own."""
    command = [sys.executable, "-m", "langfit", "fleet", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def left_over(folder: Path) -> list[str]:
    """Return the processes that work on a fleet and are not this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and "langfit.fleet.child" in words:
            found.append(words)
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_a_driver_that_is_stopped_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    """Results that were there stay as they are, every repository is counted once, and no process is left behind."""
    out = tmp_path / "fleet"
    fleets.small_fleet(tmp_path / "in", 8)
    driver = start("run", tmp_path / "in", "--out", out, "--jobs", "1", *QUICK)
    until = time.monotonic() + 60
    while len(results(out)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(driver.pid, number)
    driver.wait(60)
    known = len(results(out))
    while left_over(out) and time.monotonic() < until:
        time.sleep(0.05)
    assert left_over(out) == []
    assert 2 <= known < 8 and not list(out.glob("runs/*/manifest.json"))
    assert invoked("fleet", "report", out).exit_code == 2
    known = len(results(out))
    ran("run", "--resume", "--out", out, *QUICK)
    report = report_of(out)
    assert [report[key] for key in ("repositories", "done", "known", "failed")] == [8, 8 - known, known, 0]
    assert len(results(out)) == 8 and len(list(out.glob("runs/*"))) == 1
    assert report["deliverables"] == 8


def test_shards_make_one_run(tmp_path: Path) -> None:
    """In any order and each by itself; the last one to end collects, and nothing is counted twice."""
    out = tmp_path / "fleet"
    fleets.small_fleet(tmp_path / "in", 5)
    for shard in ("3/3", "1/3"):
        ran(tmp_path / "in", "--out", out, "--shard", shard, *QUICK)
        assert not (out / "latest.json").exists()
    ran(tmp_path / "in", "--out", out, "--shard", "2/3", *QUICK)
    assert report_of(out)["repositories"] == 5 and set(states(out).values()) == {"done"}
    assert list((out / "shards").iterdir()) == []
    ran(tmp_path / "in", "--out", tmp_path / "whole", *QUICK)
    one, other = report_of(out), report_of(tmp_path / "whole")
    assert [row["key"] for row in one["rows"]] == [row["key"] for row in other["rows"]]
    assert one["findings"] == other["findings"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("run", "Name repositories", id="nobody"),
        pytest.param("run --resume --out none", "no run to resume", id="nothing to resume"),
        pytest.param("run x --shard 0/4", "is not I/N", id="shards count from one"),
        pytest.param("run x --shard 5/4", "is not I/N", id="more than there are"),
        pytest.param("run x --scheduler tcp://10.0.0.1:8786", "neither encrypted", id="plain tcp elsewhere"),
        pytest.param("run x --scheduler here", "is no address", id="no address"),
        pytest.param("run x --run ../y", "made of letters", id="a name that leads out"),
        pytest.param("run no/such/list", "cannot be read", id="no list"),
        pytest.param("report none", "No run has ended", id="no fleet"),
        pytest.param("sarif none --run ../x", "is no name of a run", id="no run"),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, sentence: str) -> None:
    """Exit status 2, and nothing on stdout."""
    monkeypatch.chdir(tmp_path)
    done = invoked("fleet", *line.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in " ".join(done.stderr.split())


def test_a_run_is_published_from_a_share(tmp_path: Path) -> None:
    """Below it the newest run is shown as incomplete, and the one that was complete before stays published."""
    out = tmp_path / "fleet"
    fleets.small_fleet(tmp_path / "in", 1)
    ran(tmp_path / "in", "--out", out, *QUICK)
    complete = report_of(out)["run"]
    fleets.empty(tmp_path / "in/empty.git")
    ran(tmp_path / "in", "--out", out, *QUICK)
    newest = report_of(out)
    assert not newest["complete"] and "incomplete" in newest["notices"][0]
    latest = place.read_latest(str(out))
    assert (latest.run, latest.published) == (newest["run"], complete)
    ran(tmp_path / "in", "--out", out, "--publish-at", "0.5", *QUICK)
    assert place.read_latest(str(out)).published == report_of(out)["run"]
