"""One task: how its process ends decides its row, how often it is tried, and what the next run does about it."""

from __future__ import annotations

import stat
import sys
import time
from pathlib import Path

import pytest

import fleets
from langfit.fleet import keys, look, place, task
from langfit.fleet.members import members_of
from langfit.fleet.model import PASSING, REASONS, Failure, Limits, Task
from langfit.fleet.processes import attend
from langfit.scan import Options
from trees import BOOK


@pytest.fixture
def job(tmp_path: Path) -> Task:
    """A task whose repository and terms are there."""
    fleet = str(tmp_path / "fleet")
    place.prepare(fleet)
    (member,) = members_of([str(fleets.bare(tmp_path / "it.git", fleets.CRATE))])
    (seen,) = look.looks([member], fleet, Limits(), follow=False)
    digest = keys.keep(fleet, keys.terms_of(Options(), BOOK, with_code=False))
    return Task(
        keys.key_of(member, seen, digest), member.id, member.path, seen, fleet, digest, Limits(20, 20, 2048), 1, False
    )


def python(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a shell script in the place of Python; each run of it adds a line to a file, which is returned."""
    path, runs = folder / "python", folder / "runs"
    path.write_text(f"#!/bin/sh\necho >> '{runs}'\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(sys, "executable", str(path))
    return runs


def test_a_task_writes_its_result_and_returns_a_receipt(job: Task) -> None:
    """The result is a file with the report, without lines of code and words of rules; nothing else is left."""
    receipt = task.run_one(job)
    assert (receipt.state, receipt.reason, receipt.tries) == ("done", "", 1)
    assert receipt.seconds > 0 and receipt.cpu > 0 and receipt.peak > 10
    result = place.read_result(job.folder, job.key)
    assert result is not None and result.id == job.id
    assert result.report.deliverables and not result.report.rules
    assert result.report.source.path == job.id and result.report.source.branch == "main"
    assert list(Path(job.folder, ".said").iterdir()) == []


@pytest.mark.parametrize(
    ("script", "reason", "tries", "sentence"),
    [
        pytest.param("kill -SEGV $$", "crashed", 2, "died of signal 11", id="the process dies"),
        pytest.param("kill -KILL $$", "killed", 2, "short of memory", id="the process is killed"),
        pytest.param("exit 77", "crashed", 2, "status 77", id="an exit that means nothing"),
        pytest.param("exit 0", "no-room", 2, "not there", id="no result"),
        pytest.param("echo 'No space left' >&2; exit 5", "no-room", 2, "No space left", id="a full disk"),
        pytest.param("echo 'There is no commit.' >&2; exit 2", "refused", 1, "There is no commit.", id="a sentence"),
        pytest.param("exit 3", "memory", 1, "more than 2048 MB", id="memory"),
        pytest.param("echo 'langfit itself' >&2; exit 4", "mistake", 1, "langfit itself", id="a mistake of langfit"),
        pytest.param("kill -XCPU $$", "cpu", 1, "20 seconds of processor", id="processor time"),
        pytest.param("exec sleep 60", "timeout", 1, "longer than 0.3 seconds", id="wall clock"),
        pytest.param("trap '' TERM; sleep 60 & sleep 60", "timeout", 1, "longer than 0.3", id="with a process of its own"),
    ],
)  # fmt: skip
def test_how_a_process_ends_is_one_row(
    job: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str, tries: int, sentence: str
) -> None:
    """Two tries for what may be another time, one for the rest; what passes by itself is not written down."""
    monkeypatch.setattr(task, "PAUSE", 0.0)
    runs = python(tmp_path, monkeypatch, script)
    limits = Limits(0.3, 20, 2048) if reason == "timeout" else job.limits
    receipt = task.run_one(Task(**{**{f: getattr(job, f) for f in job.__struct_fields__}, "limits": limits}))
    assert (receipt.state, receipt.reason, receipt.tries) == ("failed", reason, tries)
    assert sentence in receipt.sentence and reason in REASONS
    assert len(runs.read_text().splitlines()) == tries
    known = place.read_failure(job.folder, job.key)
    assert (known is None) == (reason in PASSING)
    assert not [path for path in Path(job.folder).rglob("*") if job.key in path.name and "failures" not in path.parts]


def test_a_second_try_may_do(job: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash that does not come again costs nothing but time, and an earlier failure is forgotten."""
    place.put(place.failure_path(job.folder, job.key), place.packed(Failure("crashed", "", 2, Limits())))
    real = sys.executable
    runs = python(
        tmp_path,
        monkeypatch,
        f"test -e '{tmp_path}/once' && exec '{real}' \"$@\"; touch '{tmp_path}/once'; kill -SEGV $$",
    )
    assert (task.run_one(job).state, task.run_one(job).state) == ("done", "done")
    assert len(runs.read_text().splitlines()) == 3
    assert place.read_failure(job.folder, job.key) is None


def test_limits_hold_in_the_process(job: Task) -> None:
    """A process that may not write to more than a few megabytes says so, whatever it was doing."""
    small = Task(**{**{f: getattr(job, f) for f in job.__struct_fields__}, "limits": Limits(20, 20, 24)})
    assert task.run_one(small).reason == "memory"


def test_no_token_reaches_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is handed on by name, and the current folder brings no modules."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.chdir(tmp_path)
    ended = attend(["json.tool", "/proc/self/environ"], tmp_path / "said", lambda _: "")
    assert ended.status != 9
    python(tmp_path, monkeypatch, "env")
    ended = attend([], tmp_path / "said", lambda _: "")
    assert "PATH=" in ended.said and "secret" not in ended.said


def test_nothing_of_a_process_is_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it started ends with it, also when it ends well."""
    python(tmp_path, monkeypatch, f"sleep 60 & echo $! > '{tmp_path}/pid'")
    assert attend([], tmp_path / "said", lambda _: "").status == 0
    pid = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 30
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    """Whether there is such a process, other than one that waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("reason", "limits", "again"),
    [
        pytest.param("timeout", Limits(601, 600, 2048), True, id="more seconds"),
        pytest.param("timeout", Limits(600, 900, 4096), False, id="more of something else"),
        pytest.param("memory", Limits(600, 600, 4096), True, id="more memory"),
        pytest.param("cpu", Limits(600, 601, 2048), True, id="more processor time"),
        pytest.param("refused", Limits(900, 900, 4096), False, id="no limit was the reason"),
    ],
)
def test_wider_limits_are_worth_another_try(reason: str, limits: Limits, again: bool) -> None:
    """What failed for a limit is tried again under a wider one."""
    assert task.is_worth_another(Failure(reason, "", 1, Limits()), limits) == again
