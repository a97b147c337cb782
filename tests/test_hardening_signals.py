"""Signals and clocks: how langfit ends when it is told to, and time that passes while nobody works."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from hostile import GO, invoked, needs_links, on_disk
from langfit.parsing import workers
from langfit.parsing.workers import Task
from trees import FIXTURES

SECONDS = 60
START = "; from langfit.process import run; run(lambda: __import__('langfit.cli').cli.main(sys.argv[1:], prog_name='langfit'))"
# A program that stays in one stage, and says when it is there.
WAITS = {
    "in a worker": (
        "import sys, time; from langfit.facts.job import Summarize\n"
        "Summarize.__call__ = lambda self, data, *rest: (print('there', flush=True), time.sleep(90)) and b'' if data else b''"
    ),
    "while listing": (
        "import sys, time; from langfit import scan\n"
        "scan.listing = lambda *rest: (print('there', flush=True), time.sleep(90))"
    ),
    "while writing": (
        "import sys, time; from langfit import writing\n"
        "writing.os.chmod = lambda *rest: (print('there', flush=True), time.sleep(90))"
    ),
}
TREE = {b"go.mod": b"module m\n", b"a.go": GO, b"b.go": GO + b"// b\n", b"c.go": GO + b"// c\n"}


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(path.parent.name))
    return found


def gone(processes: Iterable[int]) -> bool:
    """Wait until processes have ended, whoever takes their status."""
    waiting = set(processes)
    for _ in range(200):
        waiting = {pid for pid in waiting if Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in _status(pid)}
        if not waiting:
            return True
        time.sleep(0.05)
    return False


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        return "\nState:\tZ"


@needs_links
@pytest.mark.parametrize("group", [False, True], ids=["alone", "group"])
@pytest.mark.parametrize(
    ("number", "word", "status"), [(signal.SIGINT, "Interrupted.", 130), (signal.SIGTERM, "Terminated.", 143)]
)
@pytest.mark.parametrize("stage", WAITS)
def test_a_signal_ends_with_one_word_and_its_status(
    tmp_path: Path, stage: str, number: signal.Signals, word: str, status: int, *, group: bool
) -> None:
    """No traceback, no report, no half-written file, and no worker that goes on."""
    tree = on_disk(tmp_path / "tree", TREE)
    asked = ["scan", "--no-cache", "--jobs", "2", "--output", f"json={tree}/out.json", str(tree)]
    running = subprocess.Popen(
        [sys.executable, "-c", WAITS[stage] + START, *asked],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdout.readline() == "there\n", running.communicate()
    started = children(running.pid)
    (os.killpg if group else os.kill)(running.pid, number)
    out, errors = running.communicate(timeout=SECONDS)
    assert (running.returncode, errors) == (status, f"{word}\n")
    assert set(out.split()) <= {"there"} and gone(started)
    assert sorted(path.name for path in tree.iterdir()) == sorted(map(os.fsdecode, TREE))


@needs_links
def test_a_second_signal_ends_what_does_not_want_to(tmp_path: Path) -> None:
    """As where something waits for ever while it is being cleared away."""
    code = (
        "import sys, time; from langfit import scan\n"
        "def stubborn(*rest):\n"
        "    try: print('there', flush=True), time.sleep(90)\n"
        "    finally: print('still there', flush=True), time.sleep(90)\n"
        "scan.listing = stubborn"
    )
    command = [
        sys.executable,
        "-c",
        code.rstrip() + "\n" + START.removeprefix("; "),
        "scan",
        "--no-cache",
        str(tmp_path),
    ]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "there\n"
    running.send_signal(signal.SIGINT)
    assert running.stdout.readline() == "still there\n"
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=SECONDS)
    assert running.returncode == -signal.SIGINT and errors == ""


@needs_links
def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """As a shell has it for what runs in the background."""
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from langfit.process import run; import os\n"
        "run(lambda: (os.kill(os.getpid(), signal.SIGINT), print('done')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@needs_links
@pytest.mark.parametrize("ending", ["a mistake", "a signal"])
def test_the_bar_gives_the_cursor_back(tmp_path: Path, ending: str) -> None:
    """Whatever ends a scan."""
    tree = on_disk(tmp_path / "tree", TREE)
    end = "raise LangfitError('No.')" if ending == "a mistake" else "os.kill(os.getpid(), signal.SIGINT)"
    code = (
        "import os, signal, sys; from langfit import scan; from langfit.cli import terminal\n"
        "from langfit.model.errors import LangfitError\n"
        "terminal.PATIENCE = terminal.BETWEEN = 0.0\n"
        f"def ends(tree, found, measures, options, watch, cache):\n    watch.progress(1, 9); watch.progress(2, 9); {end}\n"
        "scan._summaries = ends\n" + START.removeprefix("; ")
    )
    shown, other = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1"}
    command = [sys.executable, "-c", code, "scan", "--no-cache", str(tree)]
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=other, env=environment, timeout=SECONDS, check=False
    )
    os.write(other, b"end")
    text = b""
    while not text.endswith(b"end"):
        text += os.read(shown, 4096)
    os.close(other)
    os.close(shown)
    assert done.returncode == (2 if ending == "a mistake" else 130), text
    assert b"\x1b[?25l" in text and text.rindex(b"\x1b[?25h") > text.rindex(b"\x1b[?25l")
    assert text.rindex(b"\x1b[?25h") < text.rindex(b"No." if ending == "a mistake" else b"Interrupted.")


def test_the_clock_of_a_file_stands_while_the_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between any two looks at the clock a thousand seconds have passed, as after Ctrl-Z and `fg`."""
    real, looks = time.monotonic, iter(range(1, 10**9))
    monkeypatch.setattr("langfit.parsing.workers.time.monotonic", lambda: real() + 1_000 * next(looks))
    answers = list(workers.run([Task(name, "go", True, name.encode()) for name in "abc"], _takes_a_while, 2, 30.0))
    assert sorted((answer.key, answer.reason) for answer in answers) == [("a", ""), ("b", ""), ("c", "")]


def _takes_a_while(data: bytes, _language: str, _full: bool) -> bytes:
    time.sleep(0.6 if data else 0)
    return data


@pytest.mark.parametrize(
    "value", ["nan", "NaN", "-nan", "inf", "-inf", "0", "-1", "1e400", "1e-300", "3601", "", "1,5", "ten"]
)
def test_a_time_limit_is_a_number_in_its_bounds(tmp_path: Path, value: str) -> None:
    """By flag and in langfit.toml: one sentence, status 2."""
    on_disk(tmp_path, TREE)
    done = invoked("scan", "--no-cache", "--no-config", f"--timeout={value}", str(tmp_path))
    assert done.exit_code == 2 and "--timeout" in done.stderr and not done.stdout
    (tmp_path / "langfit.toml").write_text(f"timeout = {value}\n", "utf-8")
    done = invoked("scan", "--no-cache", str(tmp_path))
    assert done.exit_code == 2 and done.stderr.count("\n") == 1 and "langfit.toml:1: " in done.stderr


@pytest.mark.parametrize("value", ["0.01", "3600", "1e1"])
def test_a_time_limit_at_its_bounds_is_one(tmp_path: Path, value: str) -> None:
    """The smallest may cost files, and nothing else."""
    on_disk(tmp_path, TREE)
    options: list[Any] = ["scan", "--no-cache", "--no-config", "--format", "json", "--show", "all"]
    done = invoked(*options, f"--timeout={value}", str(tmp_path))
    report = json.loads(done.stdout)
    assert done.exit_code == 0 and report["files"]["analysed"] + report["files"]["skipped"] == 3


def test_a_scan_as_a_program_prints_no_warning_of_a_library() -> None:
    """Whatever Python is asked to warn of."""
    for words in (["scan", "--no-cache", "--quiet", str(FIXTURES / "mixed")], ["rules"], ["--help"]):
        command = [sys.executable, "-W", "default", "-m", "langfit", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
        assert done.stderr == ""
