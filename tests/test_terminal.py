"""langfit as a process: pipes that close, full disks, colour, links, the bar, and completion."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from trees import FIXTURES, commit, fixture, printed

KERNEL = FIXTURES / "go-kernel"
MIXED = FIXTURES / "mixed"
SCAN = ("scan", "--no-cache", "--no-config")
SECONDS = 120


def process(*arguments: str | Path, env: dict[str, str] | None = None, **settings: Any) -> subprocess.Popen[bytes]:
    """Start langfit as a process of its own."""
    environment = {**os.environ, "COLUMNS": "80", **(env or {})}
    command = [sys.executable, "-m", "langfit", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, **settings)


@pytest.mark.parametrize(
    "arguments", [("rules",), (*SCAN, "--timing", KERNEL), ("components", MIXED)], ids=["rules", "scan", "components"]
)
def test_a_reader_that_goes_away_is_no_mistake(arguments: tuple[str | Path, ...]) -> None:
    """As with `| head -1`: no traceback, no message."""
    reading, writing = os.pipe()
    os.close(reading)
    running = process(*arguments, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    _, errors = running.communicate(timeout=SECONDS)
    assert running.returncode == 0
    assert not re.search(rb"Traceback|Broken|Exception", errors)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="other systems refuse such names")
def test_a_full_disk_is_one_sentence() -> None:
    """Status 2, since the report is lost."""
    with open("/dev/full", "wb") as full:
        running = process("rules", stdout=full, stderr=subprocess.PIPE)
        _, errors = running.communicate(timeout=SECONDS)
    assert running.returncode == 2
    assert re.fullmatch(rb"langfit: The standard output cannot be written \(.+\); .+\.\n", errors)


def test_no_stdout_at_all_is_no_mistake(tmp_path: Path) -> None:
    """A scan for its files alone may close what it does not need."""
    asked = f"--output=json={tmp_path}/report.json"
    line = f'exec "{sys.executable}" -m langfit {" ".join(SCAN)} {asked} "{KERNEL}" >&-'
    done = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, check=False, timeout=SECONDS)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["files"]["analysed"] == 2


def on_a_terminal(*arguments: str | Path, env: dict[str, str]) -> bytes:
    """Return what langfit writes to a terminal."""
    shown, other = pty.openpty()
    running = process(*arguments, stdout=other, stderr=subprocess.DEVNULL, env=env)
    os.close(other)
    text = b""
    while True:
        try:
            part = os.read(shown, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        text += part
    os.close(shown)
    assert running.wait(SECONDS) == 0
    return text


PLAIN = {"NO_COLOR": "", "TERM": "xterm-256color", "FORCE_COLOR": "", "CLICOLOR_FORCE": "", "CLICOLOR": ""}


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        pytest.param({}, "auto", True, id="auto"),
        pytest.param({"NO_COLOR": "1"}, "auto", False, id="NO_COLOR"),
        pytest.param({"TERM": "dumb"}, "auto", False, id="dumb"),
        pytest.param({"NO_COLOR": "1"}, "always", True, id="always"),
        pytest.param({}, "never", False, id="never"),
    ],
)
def test_colour_is_for_terminals_that_want_it(environment: dict[str, str], option: str, *, coloured: bool) -> None:
    """A terminal gets colour and links unless somebody says no."""
    text = on_a_terminal(*SCAN, f"--color={option}", MIXED, env=PLAIN | environment)
    assert b"api" in text
    assert (b"\x1b[" in text) == coloured
    assert (f"\x1b]8;;file://{MIXED}/resize/filter.go\x1b\\".encode() in text) == coloured


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        pytest.param({}, "auto", False, id="auto"),
        pytest.param({}, "always", True, id="always"),
        pytest.param({"FORCE_COLOR": "1"}, "auto", True, id="FORCE_COLOR"),
        pytest.param({"CLICOLOR_FORCE": "1"}, "auto", True, id="CLICOLOR_FORCE"),
        pytest.param({"FORCE_COLOR": "0"}, "auto", False, id="FORCE_COLOR is 0"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False, id="both"),
        pytest.param({"FORCE_COLOR": "1"}, "never", False, id="never"),
    ],
)
def test_colour_in_a_pipe_must_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], option: str, *, coloured: bool
) -> None:
    """And there are no links in a pipe, whatever is asked for."""
    for name, value in (PLAIN | environment).items():
        monkeypatch.setenv(name, value)
    text = printed(*SCAN, "--color", option, MIXED)
    assert ("\x1b[" in text) == coloured
    assert "\x1b]" not in text


def test_a_revision_has_no_files_to_link_to(tmp_path: Path) -> None:
    """What is at that path on disk may be something else."""
    folder = fixture("mixed", tmp_path / "it")
    first = commit(folder)
    assert b"\x1b]8;" in on_a_terminal(*SCAN, folder, env=PLAIN)
    assert b"\x1b]8;" not in on_a_terminal(*SCAN, folder, "--rev", first, env=PLAIN)


def test_a_long_scan_shows_a_bar_on_a_terminal_alone() -> None:
    """With the files done, the rate and the time left; wiped away at the end, and never with --quiet."""
    impatient = "import sys; from langfit.cli import main, terminal; terminal.PATIENCE = terminal.BETWEEN = 0.0; main(sys.argv[1:])"

    def bar(*options: str) -> bytes:
        shown, other = pty.openpty()
        command = [sys.executable, "-c", impatient, *SCAN, *options, str(MIXED)]
        environment = {**os.environ, **PLAIN}
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=other, env=environment, check=True, timeout=SECONDS)
        os.write(other, b"end")
        text = b""
        while not text.endswith(b"end"):
            text += os.read(shown, 4096)
        os.close(other)
        os.close(shown)
        return text

    text = bar()
    assert re.search(rb"\d+/13.* files/s .*\d:\d\d:\d\d", text)
    assert text.endswith(b"\x1b[2Kend")
    assert bar("--quiet") == b"end"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_printed_without_starting_a_shell(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script names the variable that langfit listens to."""
    monkeypatch.setattr(subprocess, "run", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert "_LANGFIT_COMPLETE" in printed("completions", shell)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("langfit sc", "scan"),
        ("langfit explain go/format-", "go/format-in-loop"),
        ("langfit explain claim:C1", "claim:C1"),
        ("langfit scan --fail-on mo", "move"),
        ("langfit scan --show br", "briefing"),
        ("langfit scan --format sa", "sarif"),
        ("langfit scan --disable rust/", "rust/"),
        ("langfit baseline w", "write"),
        ("langfit completions f", "fish"),
    ],
)
def test_completion_knows_commands_formats_and_rules(line: str, found: str) -> None:
    """As the script of a shell asks for it."""
    asked = {"_LANGFIT_COMPLETE": "zsh_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    text, _ = process(env=asked, stdout=subprocess.PIPE).communicate(timeout=SECONDS)
    assert any(row.startswith(found) for row in text.decode().splitlines()), text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is absent")
def test_the_script_for_bash_is_bash() -> None:
    """It can be read in, and defines the completion."""
    command = ["bash", "-c", 'eval "$1"; complete -p langfit', "bash", printed("completions", "bash")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "_langfit" in done.stdout
