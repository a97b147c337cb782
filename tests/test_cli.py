"""The command line: what it takes, what it prints, and its three exit statuses."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pygit2
import pytest
from click.testing import CliRunner, Result

from langfit import __version__, cli, formats
from langfit.rulebook import load
from langfit.rulefiles import root

HERE = Path(__file__).resolve().parent.parent
KERNEL = HERE / "fixtures" / "go-kernel"
SERVICE = HERE / "fixtures" / "go-service"
MIXED = HERE / "fixtures" / "mixed"
RULE = "go/format-in-loop"  # holds in one line of filter.go
HOT = """package signal

import "fmt"

func Names(xs []int) (out []string) {
	for _, x := range xs {
		out = append(out, fmt.Sprintf("%d", x))
	}
	return out
}
"""


def invoked(*arguments: str) -> Result:
    """A command in this process."""
    done = CliRunner().invoke(cli.main, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def printed(*arguments: str) -> str:
    """What a command that succeeds prints."""
    done = invoked(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def report(*arguments: str) -> Any:
    """The JSON report of a scan."""
    return json.loads(printed("scan", "--no-cache", "--format", "json", "--show", "all", *arguments))


def places(found: Any) -> set[tuple[str, str, int]]:
    """(rule, file name, line) of all findings."""
    return {(row["rule"], row["path"].rpartition("/")[2], row["line"]) for row in found["findings"]}


def kernel(folder: Path, change: str = "") -> Path:
    """A copy of the Go kernel without marks; `change` is put at the end of the one line that formats."""
    shutil.copytree(KERNEL, folder)
    path = folder / "filter.go"
    text = re.sub(r"[ \t]*// want .*", "", path.read_text("utf-8"))
    path.write_text(text.replace('fmt.Sprintf("peak-%d-%.3f", i, block[i]))', f'fmt.Sprintf("peak-%d-%.3f", i, block[i])){change}'), "utf-8")
    return folder


def commit(repo: pygit2.Repository) -> str:
    """Commit the work tree."""
    repo.index.add_all()
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    before = [] if repo.head_is_unborn else [repo.head.target]
    return str(repo.create_commit("HEAD", who, who, "one", repo.index.write_tree(), before))


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, str, str]:
    """A repository with two commits, the second of which adds a file with a finding."""
    folder = kernel(tmp_path / "it")
    repo = pygit2.init_repository(str(folder), initial_head="main")
    first = commit(repo)
    (folder / "names.go").write_text(HOT)
    return folder, first, commit(repo)


@pytest.mark.parametrize("arguments", [(), ("scan",), ("components",), ("explain",), ("rules",), ("cache",)])
def test_every_command_explains_itself(arguments: tuple[str, ...]) -> None:
    """Both spellings of help say what the command does."""
    text = printed(*arguments, "--help")
    assert text == printed(*arguments, "-h")
    assert "Usage:" in text and len(text.splitlines()) > 4


def test_the_version_is_that_of_the_package() -> None:
    """As pip has it."""
    assert printed("--version").split()[-1] == __version__


@pytest.mark.parametrize(
    ("folder", "level", "status"),
    [
        (KERNEL, "never", 0), (KERNEL, "move", 1), (KERNEL, "warning", 1), (KERNEL, "note", 1),
        (SERVICE, "never", 0), (SERVICE, "move", 0), (SERVICE, "warning", 0), (SERVICE, "note", 1),
    ],
)  # fmt: skip
def test_fail_on_decides_the_status(folder: Path, level: str, status: int) -> None:
    """A component that should move fails from `move` on, one that should stay with `note` alone."""
    assert invoked("scan", "--no-cache", "--fail-on", level, str(folder)).exit_code == status


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scan", "--format", "pdf", "."), "pdf"),
        (("scan", "--output", "json", "."), "FORMAT=FILE"),
        (("scan", "--output", "pdf=x", "."), "pdf=x"),
        (("scan", "--component", "core", "."), "NAME=PATH"),
        (("scan", "--component", "=x", "."), "NAME=PATH"),
        (("scan", "--jobs", "-1", "."), "--jobs"),
        (("scan", "--timeout", "0", "."), "--timeout"),
        (("scan", "--max-size", "0", "."), "--max-size"),
        (("scan", "--no-such-option", "."), "--no-such-option"),
        (("scan", "a", "b"), "b"),
        (("explain", "go/format-in-lop"), "did you mean go/format-in-loop?"),
        (("explain", "claim:C999"), "claim:C1"),
        (("explain", "nonsense"), "langfit rules"),
        (("components", "no/such/folder"), "name a folder or a repository that exists"),
        (("rules", "--check", "no/such/folder"), "no such folder"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_use_ends_with_two(arguments: tuple[str, ...], said: str) -> None:
    """Nothing on stdout, and stderr names what was wrong."""
    done = invoked(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_several_outputs_hold_what_is_printed_in_their_format(tmp_path: Path) -> None:
    """One scan writes any number of files, and its own format besides."""
    asked = [f"--output={name}={tmp_path}/report.{name}" for name in formats.names()]
    text = printed("scan", "--no-cache", "--format", "text", "--quiet", *asked, str(KERNEL))
    for name in formats.names():
        written = (tmp_path / f"report.{name}").read_text("utf-8")
        alone = printed("scan", "--no-cache", "--format", name, "--quiet", str(KERNEL))
        assert written.strip() == alone.strip(), name
    assert text.strip() == (tmp_path / "report.text").read_text("utf-8").strip()


def test_a_base_leaves_what_is_new(history: tuple[Path, str, str]) -> None:
    """Findings of the base are left out, also when they have moved to other lines."""
    folder, first, second = history
    assert len(places(report(str(folder)))) > 1
    new = report("--base", first, "--rev", second, str(folder))
    assert new["base"] == first
    assert (RULE, "names.go", 7) in places(new)
    assert {row["path"] for row in new["findings"] if row["level"] == "site"} == {"names.go"}
    (folder / "filter.go").write_text("// A line more.\n" + (folder / "filter.go").read_text("utf-8"))
    assert places(report("--base", second, str(folder))) == set()


def test_what_holds_for_a_component_is_not_new_in_another_file(history: tuple[Path, str, str]) -> None:
    """A file that is renamed changes where a component is shown, not what is known of it."""
    folder, _, second = history
    (folder / "filter.go").rename(folder / "a_filter.go")
    repo = pygit2.Repository(str(folder))
    repo.index.remove("filter.go")
    commit(repo)
    assert any(row["level"] == "component" and row["path"] == "a_filter.go" for row in report(str(folder))["findings"])
    new = report("--base", second, "--rev", "HEAD", str(folder))
    assert [row for row in new["findings"] if row["level"] == "component"] == []


def test_a_revision_is_scanned_without_a_checkout(history: tuple[Path, str, str]) -> None:
    """Commits, short ids, branches and tags; the work tree may hold anything else."""
    folder, first, second = history
    pygit2.Repository(str(folder)).references.create("refs/tags/v1", first)
    (folder / "names.go").unlink()
    for name, commit_id, files in ((first, first, 2), ("v1", first, 2), ("main", second, 3), (second[:10], second, 3), ("HEAD~1", first, 2)):
        found = report("--rev", name, str(folder))
        assert (found["source"]["revision"], found["files"]["analysed"]) == (commit_id, files)
    assert report(str(folder))["source"]["revision"] is None
    assert "names.go" not in os.listdir(folder)


def test_components_can_be_cut_by_hand() -> None:
    """Several paths make one component, and the others are not judged."""
    found = report("--component", "edges=api,src", "--component", "core=resize", str(MIXED))
    assert [row["name"] for row in found["components"]] == ["core", "edges"]
    assert {row["component"] for row in found["verdicts"]} <= {"core", "edges"}


def test_components_are_listed() -> None:
    """One line each, with kind and language, the same as in the report."""
    lines = printed("components", str(MIXED)).splitlines()
    assert [line.split("  ")[0] for line in lines] == [row["name"] for row in report(str(MIXED))["components"]]
    assert any("module of go" in line for line in lines) and any("crate of rust" in line for line in lines)


def test_rules_and_claims_are_explained() -> None:
    """The page of a rule names its title, its claims and an example; that of a claim its rules."""
    book = load(root())
    listed = printed("rules")
    assert all(rule.id in listed for rule in book.rules)
    rule = next(rule for rule in book.rules if rule.id == RULE)
    page = printed("explain", RULE)
    assert rule.title in page and rule.claims[0] in page and "Example:" in page
    assert RULE in printed("explain", f"claim:{rule.claims[0]}")


def test_a_pack_is_checked_by_its_examples(tmp_path: Path) -> None:
    """A rule whose example does not hold is told with its place; one that holds can be used in a scan."""
    (tmp_path / "pack/go").mkdir(parents=True)
    text = (root() / "go" / "format-in-loop.toml").read_text("utf-8").replace(RULE, "go/mine")
    (tmp_path / "pack/go/mine.toml").write_text(text, "utf-8")
    assert re.match(r"\d+ examples? hold", printed("rules", "--check", str(tmp_path / "pack")))
    assert "go/mine" in {row[0] for row in places(report("--rules", str(tmp_path / "pack"), str(KERNEL)))}
    (tmp_path / "pack/go/mine.toml").write_text(text.replace("// want go/mine", "", 1), "utf-8")
    done = invoked("rules", "--check", str(tmp_path / "pack"))
    assert done.exit_code == 2
    assert re.search(r"go/mine\.toml:\d+: ", done.stderr)


def test_the_cache_is_shown_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan of committed files fills it, a second one recalls them, and `--clear` leaves nothing."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    folder = kernel(tmp_path / "it")
    commit(pygit2.init_repository(str(folder)))
    assert "facts of 0 files" in printed("cache")
    first = invoked("scan", "--rev", "HEAD", "--timing", "--format", "json", str(folder))
    assert re.search(r"parsed +2 blobs", first.stderr)
    assert "facts of 2 files" in printed("cache")
    second = invoked("scan", "--rev", "HEAD", "--timing", "--format", "json", str(folder))
    assert re.search(r"recalled +2 blobs", second.stderr) and "parsed" not in second.stderr
    assert second.stdout == first.stdout
    assert "removed" in printed("cache", "--clear")
    assert "facts of 0 files" in printed("cache")


def test_without_the_cache_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the folder."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    printed("scan", "--no-cache", str(KERNEL))
    assert not (tmp_path / "cache").exists()


def test_quiet_prints_results_only_and_timing_goes_to_stderr() -> None:
    """Without --timing stderr is empty; with it every stage has its line."""
    assert invoked("scan", "--no-cache", "--quiet", str(KERNEL)).stderr == ""
    done = invoked("scan", "--no-cache", "--timing", str(KERNEL))
    assert {"rulebook", "inventory", "facts", "findings", "verdicts", "formats"} <= {line.split()[0] for line in done.stderr.splitlines()}
    assert "rulebook" not in done.stdout


@pytest.mark.parametrize(
    ("remark", "found", "suppressed", "notice"),
    [
        ("", 1, 0, ""),
        (f" // langfit: ignore[{RULE}] labels are made once a day", 0, 1, ""),
        (f" // langfit: ignore[{RULE}]", 1, 0, "needs a reason"),
        (" // langfit: ignore[go/arena-allocator] there is none", 1, 0, "matches no finding; remove it"),
    ],
)
def test_a_line_can_be_ignored_with_a_reason(tmp_path: Path, remark: str, found: int, suppressed: int, notice: str) -> None:
    """With a reason it is suppressed and listed; without one, or where nothing is found, a notice says so."""
    result = report(str(kernel(tmp_path / "it", remark)))
    assert sum(row["rule"] == RULE for row in result["findings"]) == found
    assert [row["rule"] for row in result["suppressed"]] == [RULE] * suppressed
    assert all(row["reason"] == "labels are made once a day" for row in result["suppressed"])
    assert any(notice in text for text in result["notices"]) if notice else result["notices"] == []


def process(arguments: list[str], **settings: Any) -> subprocess.Popen[bytes]:
    """What langfit does as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "80", **settings.pop("env", {})}
    return subprocess.Popen([sys.executable, "-m", "langfit", *arguments], env=environment, **settings)


@pytest.mark.parametrize("arguments", [["rules"], ["scan", "--no-cache", "--timing", str(KERNEL)], ["components", str(MIXED)]])
def test_a_reader_that_goes_away_is_no_mistake(arguments: list[str]) -> None:
    """As with `| head -1`: no traceback, no message."""
    reading, writing = os.pipe()
    os.close(reading)
    running = process(arguments, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 0
    assert b"Traceback" not in said and b"Broken" not in said and b"Exception" not in said


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="other systems refuse such names")
def test_a_full_disk_is_one_sentence() -> None:
    """Status 2, since the report is lost."""
    with open("/dev/full", "wb") as full:
        running = process(["rules"], stdout=full, stderr=subprocess.PIPE)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 2
    assert re.fullmatch(rb"langfit: The standard output cannot be written \(.+\); .+\.\n", said)


def test_no_stdout_at_all_is_no_mistake(tmp_path: Path) -> None:
    """A scan for its files alone may close what it does not need."""
    asked = f"--output=json={tmp_path}/report.json"
    line = f'exec "{sys.executable}" -m langfit scan --no-cache {asked} "{KERNEL}" >&-'
    done = subprocess.run(["sh", "-c", line], cwd=HERE, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["files"]["analysed"] == 2


def on_a_terminal(arguments: list[str], environment: dict[str, str], *, errors: bool = False) -> bytes:
    """What langfit writes to a terminal: to stdout, or with `errors` to stderr."""
    shown, other = pty.openpty()
    streams: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": other} if errors else {"stdout": other, "stderr": subprocess.DEVNULL}
    running = process(arguments, **streams, env=environment)
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
    assert running.wait(60) == 0
    return text


PLAIN = {"NO_COLOR": "", "TERM": "xterm-256color", "FORCE_COLOR": "", "CLICOLOR_FORCE": "", "CLICOLOR": ""}


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [({}, "auto", True), ({"NO_COLOR": "1"}, "auto", False), ({"TERM": "dumb"}, "auto", False), ({"NO_COLOR": "1"}, "always", True), ({}, "never", False)],
)
def test_colour_is_for_terminals_that_want_it(environment: dict[str, str], option: str, coloured: bool) -> None:
    """A terminal gets colour and links unless somebody says no."""
    text = on_a_terminal(["scan", "--no-cache", f"--color={option}", str(KERNEL)], PLAIN | environment)
    assert b"go-kernel" in text and (b"\x1b[" in text) == coloured
    assert (f"\x1b]8;;file://{KERNEL.parent.parent}/fixtures/go-kernel/filter.go\x1b\\".encode() in text) == coloured


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        ({}, "auto", False), ({}, "always", True), ({"FORCE_COLOR": "1"}, "auto", True), ({"CLICOLOR_FORCE": "1"}, "auto", True), ({"FORCE_COLOR": "0"}, "auto", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False), ({"FORCE_COLOR": "1"}, "never", False),
    ],
)  # fmt: skip
def test_colour_in_a_pipe_must_be_asked_for(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], option: str, coloured: bool) -> None:
    """And there are no links in a pipe, whatever is asked for."""
    for name, value in (PLAIN | environment).items():
        monkeypatch.setenv(name, value)
    text = printed("scan", "--no-cache", "--color", option, str(KERNEL))
    assert ("\x1b[" in text) == coloured and "\x1b]" not in text


def test_a_revision_has_no_files_to_link_to(history: tuple[Path, str, str]) -> None:
    """What is at that path on disk may be something else."""
    folder, first, _ = history
    arguments = ["scan", "--no-cache", str(folder)]
    assert b"\x1b]8;" in on_a_terminal(arguments, PLAIN)
    assert b"\x1b]8;" not in on_a_terminal([*arguments, "--rev", first], PLAIN)


def test_a_long_scan_shows_a_bar_on_a_terminal_alone() -> None:
    """With the files done, the rate and the time left; wiped away at the end, and never with --quiet."""
    impatient = "import sys; from langfit.cli import main, terminal; terminal.PATIENCE = terminal.BETWEEN = 0.0; main(sys.argv[1:])"

    def bar(*options: str) -> bytes:
        shown, other = pty.openpty()
        environment = {**os.environ, **PLAIN, "PYTHONPATH": str(HERE)}
        command = [sys.executable, "-c", impatient, "scan", "--no-cache", *options, str(MIXED)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=other, env=environment, check=True, timeout=60)
        assert done.returncode == 0
        os.write(other, b"end")
        text = b""
        while not text.endswith(b"end"):
            text += os.read(shown, 4096)
        os.close(other)
        os.close(shown)
        return text

    text = bar()
    assert b"/10" in text and b"files/s" in text and text.endswith(b"\x1b[2Kend")
    assert bar("--quiet") == b"end"


def test_help_comes_without_what_a_scan_needs() -> None:
    """Neither help nor completion waits for the parser, git, rich or SARIF."""
    slow = "rich pygit2 sarif_om tree_sitter pathspec tomli sqlite3 langfit.scan langfit.rulebook langfit.formats"
    code = f"import sys, langfit.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: print([m for m in '{slow}'.split() if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stderr == "[]\n"


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


@pytest.mark.parametrize("words", [words for words, _ in commands(cli.main)], ids=" ".join)
def test_help_is_a_page(words: tuple[str, ...]) -> None:
    """Examples that call this very command, exit statuses, and a sentence for every option."""
    text = printed(*words, "--help")
    assert "Examples:" in text and "Exit status:" in text and f"langfit {' '.join(words)}" in text
    command = dict(commands(cli.main))[words]
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_printed_without_starting_a_shell(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script names the variable that langfit listens to."""
    monkeypatch.setattr(subprocess, "run", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert "_LANGFIT_COMPLETE" in printed("completions", shell)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("langfit sc", "scan"), ("langfit explain go/format-", RULE), ("langfit explain claim:C1", "claim:C1"), ("langfit scan --fail-on mo", "move"),
        ("langfit scan --format sa", "sarif"), ("langfit scan --disable rust/", "rust/"), ("langfit baseline w", "write"), ("langfit completions f", "fish"),
    ],
)  # fmt: skip
def test_completion_knows_commands_formats_and_rules(line: str, found: str) -> None:
    """As the script of a shell asks for it."""
    environment = {**os.environ, "_LANGFIT_COMPLETE": "zsh_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1), "PYTHONPATH": str(HERE)}
    done = subprocess.run([sys.executable, "-m", "langfit"], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert any(row.startswith(found) for row in done.stdout.splitlines()), done


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is absent")
def test_the_script_for_bash_is_bash() -> None:
    """It can be read in, and defines the completion."""
    done = subprocess.run(["bash", "-c", 'eval "$1"; complete -p langfit', "bash", printed("completions", "bash")], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "_langfit" in done.stdout, done


def test_a_mistake_of_its_own_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback reaches a user, unless asked for; the sentence says how to ask."""
    monkeypatch.setattr("langfit.scan.scan", lambda *_: 1 // 0)
    monkeypatch.delenv("LANGFIT_DEBUG")
    done = CliRunner().invoke(cli.main, ["scan", "--no-config", str(HERE / "fixtures" / "go-kernel")])
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.startswith("langfit: langfit itself has failed (ZeroDivisionError: ") and done.stderr.count("\n") == 1
    monkeypatch.setenv("LANGFIT_DEBUG", "1")
    assert isinstance(CliRunner().invoke(cli.main, ["scan", "--no-config", str(HERE / "fixtures" / "go-kernel")]).exception, ZeroDivisionError)
