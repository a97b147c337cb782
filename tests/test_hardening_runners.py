"""Commands for the runners of CI services: none of them reaches a log, whatever prints it and whoever reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from golden.report import REPORT
from hostile import GO, invoked, on_disk
from langfit import formats
from langfit.formats import sanitize
from packs import RIGHT
from taken_over import report_of
from trees import write

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def _begins(*marks: str) -> Callable[[str], bool]:
    return lambda line: ANSI.sub("", line).lstrip().startswith(marks)


def _holds(pattern: str) -> Callable[[str], bool]:
    return lambda line: re.search(pattern, line, re.IGNORECASE) is not None


# What the runner of each service obeys, line by line.
OBEYS: dict[str, Callable[[str], bool]] = {
    "GitHub": lambda line: _begins("::")(line) or "##[" in line,
    "Azure Pipelines": _holds(r"##vso\[|##\["),
    "TeamCity": _holds(r"##teamcity\["),
    "GitLab": _holds(r"section_(start|end):\d+:"),
    "Jenkins": _holds("\x1b\\[8m|\x1b\\[[0-9;]*;8[;m]"),
    "Buildkite": lambda line: _begins("--- ", "+++ ", "~~~ ", "^^^ +++")(line) or "\x1b]13" in line,
}
COMMANDS = (
    "::error file=a.go::PWNED",
    "\u00a0 ::set-output name=a::b",
    "::add-mask::x",
    "##[group]PWNED",
    "##vso[task.setvariable variable=LD_PRELOAD]/tmp/x.so",
    "##VSO[task.complete result=Succeeded;]",
    "###vso[task.logissue type=error]x",
    "##teamcity[buildStatus status='SUCCESS']",
    "##teamcity[setParameter name='env.PATH' value='/tmp']",
    "section_start:1700000000:pwned[collapsed=true]\r\x1b[0KPWNED",
    "section_end:1700000000:pwned\r\x1b[0K",
    "section_start:1:pwned",
    "\x1b[8mha:////4AAA\x1b[0mPWNED",
    "--- PWNED",
    "+++ :boom: PWNED",
    "~~~ PWNED",
    "^^^ +++",
    "\x1b]1338;url='https://example.com/x.png'\x07",
)
ALL = "\n".join(COMMANDS)


def obeyed(text: str, *, own: bool = False) -> list[tuple[str, str]]:
    """Return the lines that a runner would obey, without those that the github format means."""
    lines = re.split(r"[\n\r\x0b\x0c\x85\u2028\u2029]", text)
    lines = [line for line in lines if not (own and re.match(r"::(warning|notice) [^:]*::(?!.*##\w*\[)", line))]
    return [(name, line) for name, obeys in OBEYS.items() for line in lines if obeys(line)]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_would_be_obeyed(command: str) -> None:
    """As it is; once it is made harmless no runner does so, and a reader still sees what it was."""
    assert obeyed(command)
    for colour in (False, True):
        shown = sanitize.printable(f"a\n{command}\n  {command}\n{command}", colour=colour)
        assert obeyed(shown) == []
        assert "PWNED" not in command or "PWNED" in shown


LINES = st.text(st.sampled_from(":#[]-+~^ \n\tvsoteamcity\x1bm018;\r_1")) | st.lists(
    st.sampled_from([*COMMANDS, "##", "[", "\\", "\n", " ", "\x1b[31m", "section_", "start:", "1:", "--", "- ", "a"])
).map("".join)


@given(LINES)
def test_no_text_is_a_command_behind_the_door(text: str) -> None:
    """However it is put together, with colour and without, and in JSON, which comes back as it was."""
    for colour in (False, True):
        assert obeyed(sanitize.printable(text, colour=colour)) == []
    written = sanitize.json_text({"a": [text], text: 1})
    assert obeyed(written) == [] and json.loads(written) == {"a": [text], text: 1}


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("text", [*COMMANDS[::2], ALL, f"see\n\n{ALL}"], ids=lambda text: repr(text[:20]))
def test_no_format_holds_a_command(name: str, text: str) -> None:
    """In the middle of a line as at its start; wrapped where a line would be too long."""
    for width, show in ((40, "all"), (80, "briefing")):
        options = {"show": show, "width": width}
        assert obeyed(formats.render(name, report_of(text), **options), own=name == "github") == []
        for before in ("a " * 13, "a " * 30) if name in ("text", "markdown") else ():
            report = structs.replace(REPORT, sentence=before + text, notices=(before + text,))
            assert obeyed(formats.render(name, report, **options), own=name == "github") == []
    if name == "text":
        coloured = formats.render(name, report_of(text), show="all", colour=True, links="/root")
        assert obeyed(coloured) == []


@pytest.mark.parametrize("text", COMMANDS[::3], ids=lambda text: repr(text[:20]))
def test_no_command_of_the_command_line_prints_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Names of branches and of packs are those of a repository as well."""
    shown = json.dumps(text)
    pack = RIGHT.replace('"Sleeps in a loop"', shown).replace('"A test."', shown).replace('"Tests."', shown)
    write(tmp_path, {"pack/go/sleep.toml": pack, "langfit.toml": 'rules = ["pack"]\n'})
    on_disk(tmp_path, {b"a.go": GO, b"go.mod": b"module m\n"})
    monkeypatch.chdir(tmp_path)
    for words in (
        ["rules"], ["explain", "go/sleep"], ["explain", text], ["why", text], ["scan", "--only", text], ["scan", text],
        ["scan", "--rev", text], ["scan", "--base", text], ["scan", "--include", text], ["scan", "--format", text],
        ["scan", "--show", text], ["scan", f"--{text}"], ["scan", "--weight", text], ["scan", "--component", text],
        ["scan", "a", "b", text], [text], ["judge", text], ["config", "--config", text], ["scan", "--output", text],
        ["scan", "--output", f"json=no/{text}"], ["baseline", "write", "--output", f"no/{text}"], ["scan", "--jobs", text],
        ["scan", "--baseline", text], ["completions", text], ["rules", "--check", text], ["scan", "--disable", text],
    ):  # fmt: skip
        done = invoked(*words)
        assert obeyed(done.stdout) == [] and obeyed(done.stderr) == [], words
    for setting in ("fail-on", "baseline", "exclude", "disable", "nothing", text):
        (tmp_path / "langfit.toml").write_text(f"{json.dumps(setting)} = {shown}\n", "utf-8")
        for words in (["config"], ["scan"], ["config", "--format", "json"]):
            done = invoked(*words)
            assert obeyed(done.stdout) == [] and obeyed(done.stderr) == [], words
