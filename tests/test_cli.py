"""The command line: what it takes, what it prints, and its three exit statuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pygit2
import pytest
from click.testing import CliRunner

from langfit import __version__, cli, formats
from langfit.rulefiles import root
from trees import BOOK, FIXTURES, commit, fixture, invoked, printed, scanned, write

KERNEL = FIXTURES / "go-kernel"
MIXED = FIXTURES / "mixed"
RULE = "go/format-in-loop"  # holds in one line of the kernel


def test_the_version_is_that_of_the_package() -> None:
    """As pip has it."""
    assert printed("--version").split()[-1] == __version__


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        pytest.param("rust-operator", {"never": 0, "move": 1, "split": 1, "alert": 1}, id="move"),
        pytest.param("mixed", {"never": 0, "move": 0, "split": 1, "alert": 1}, id="split"),
        pytest.param("go-service", {"never": 0, "move": 0, "split": 0, "alert": 0}, id="stays where it is"),
        pytest.param("go-kernel", {"never": 0, "move": 0, "split": 0, "alert": 0}, id="stays whatever it suits"),
    ],
)
def test_fail_on_decides_the_status(name: str, statuses: dict[str, int]) -> None:
    """Advice to move or to split fails a scan that asks for it, and stderr names it; staying never does."""
    for level, status in statuses.items():
        done = invoked("scan", "--no-cache", "--fail-on", level, FIXTURES / name)
        assert done.exit_code == status, level
        assert ("langfit: fails: " in done.stderr) == bool(status), level


def test_an_empty_scan_may_fail(tmp_path: Path) -> None:
    """Where somebody asks for it: a path that is wrong should not pass unseen."""
    assert "Nothing here ships" in printed("scan", "--no-cache", tmp_path)
    done = invoked("scan", "--no-cache", "--fail-on-empty", tmp_path)
    assert (done.exit_code, done.stderr) == (1, "langfit: fails: No source file was judged.\n")
    assert invoked("scan", "--no-cache", "--fail-on-empty", KERNEL).exit_code == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("scan --format pdf .", "'pdf' is not one of ", id="format"),
        pytest.param("scan --output json .", "FORMAT=FILE", id="output without a file"),
        pytest.param("scan --output pdf=x .", "'pdf=x' is not FORMAT=FILE", id="output of no format"),
        pytest.param("scan --output json=- --output text=- .", "only one report can go", id="two on stdout"),
        pytest.param("scan --component core .", "NAME=PATH", id="component without a path"),
        pytest.param("scan --component =x .", "NAME=PATH", id="component without a name"),
        pytest.param("scan --exclude #x .", "no pattern that git could use", id="pattern"),
        pytest.param("scan --jobs -1 .", "--jobs", id="jobs"),
        pytest.param("scan --timeout 0 .", "--timeout", id="timeout"),
        pytest.param("scan --max-size 0 .", "--max-size", id="size"),
        pytest.param("scan --fail-on warn .", "'warn' is not one of never, move, split, alert.", id="level"),
        pytest.param("scan --no-such-option .", "--no-such-option", id="option"),
        pytest.param("scan a b", "b", id="two paths"),
        pytest.param(f"scan --only tsdb {MIXED}", "There is no deliverable or component tsdb.", id="only of nothing"),
        pytest.param(f"why apis {MIXED}", "Did you mean 'api'?", id="why of nothing"),
        pytest.param("explain go/format-in-lop", "Did you mean 'go/format-in-loop'?", id="rule"),
        pytest.param("explain claim:C999", "claim:C1", id="claim"),
        pytest.param("explain nonsense", "langfit rules", id="neither"),
        pytest.param("components no/such/folder", "name a folder or a repository that exists", id="folder"),
        pytest.param("rules --check no/such/folder", "There is no such folder", id="pack"),
        pytest.param("judge no/such/file", "name an existing file", id="report"),
        pytest.param("nonsense", "nonsense", id="command"),
    ],
)
def test_wrong_use_ends_with_two(line: str, sentence: str) -> None:
    """Nothing on stdout, and stderr names what was wrong."""
    done = invoked(*line.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in " ".join(done.stderr.split())


def test_several_outputs_hold_what_is_printed_in_their_format(tmp_path: Path) -> None:
    """One scan writes any number of files, and its own format besides."""
    asked = [f"--output={name}={tmp_path}/report.{name}" for name in formats.names()]
    text = printed("scan", "--no-cache", "--quiet", *asked, MIXED)
    for name in formats.names():
        written = (tmp_path / f"report.{name}").read_text("utf-8")
        assert written.strip() == printed("scan", "--no-cache", "--format", name, MIXED).strip(), name
    assert text.strip() == (tmp_path / "report.text").read_text("utf-8").strip()
    assert json.loads(printed("scan", "--no-cache", "--output", "json=-", MIXED))["deliverables"]


def test_a_revision_is_scanned_without_a_checkout(tmp_path: Path) -> None:
    """Commits, short ids, branches and tags; the work tree may hold anything else."""
    folder = fixture("go-kernel", tmp_path / "it")
    first = commit(folder)
    write(folder, {"names.go": 'package signal\n\nfunc Name() string { return "x" }\n'})
    second = commit(folder)
    pygit2.Repository(str(folder)).references.create("refs/tags/v1", first)
    (folder / "names.go").unlink()
    named = {first: (first, 2), "v1": (first, 2), "main": (second, 3), second[:10]: (second, 3), "HEAD~1": (first, 2)}
    for name, expected in named.items():
        report = scanned("--rev", name, folder)
        assert (report["source"]["revision"], report["files"]["analysed"]) == expected, name
    assert scanned(folder)["source"]["revision"] is None
    assert "names.go" not in os.listdir(folder)


def test_components_can_be_cut_by_hand() -> None:
    """Several paths make one component; each is a deliverable, and nothing else is judged."""
    report = scanned("--component", "edges=api,src", "--component", "core=resize", MIXED)
    assert [row["name"] for row in report["components"]] == ["core", "edges"]
    assert {row["name"]: row["kind"] for row in report["deliverables"]} == {"core": "custom", "edges": "custom"}


def test_what_ships_is_listed_with_what_it_links(tmp_path: Path) -> None:
    """Deliverables with their components, the largest first; then support code with the reason."""
    tree = fixture("mixed", tmp_path / "it")
    write(tree, {"resize/a_test.go": "package resize\n", "internal/tests/t.go": "package tests\n\nfunc T() {}\n"})
    lines = printed("components", "--no-cache", tree).splitlines()
    assert lines[:3] == [
        "api: program in Go, api",
        "  example.com/gallery/resize, package, 518 lines",
        "  example.com/gallery/api, package, 253 lines",
    ]
    assert "thumb-format: library in Rust, ." in lines
    assert lines[-5:] == [
        "Support code:",
        "  example.com/gallery/internal/tests: its folder is called tests",
        "",
        "1 file left out: test, such as resize/a_test.go",
        "1 file left out: support, such as internal/tests/t.go",
    ]
    listed = json.loads(printed("components", "--no-cache", "--format", "json", tree))
    report = scanned(tree)
    for kind in ("deliverables", "components"):
        assert [row["name"] for row in listed[kind]] == [row["name"] for row in report[kind]]


@pytest.mark.parametrize(
    ("name", "components", "sentence"),
    [
        pytest.param("api", 2, "Consider Rust for resize alone", id="a deliverable"),
        pytest.param("resize", 1, "example.com/gallery/resize alone", id="the end of a component's name"),
        pytest.param("thumb-format::varint", 1, "thumb-format::varint alone", id="a whole name"),
    ],
)
def test_only_one_thing_may_be_shown(tmp_path: Path, name: str, components: int, sentence: str) -> None:
    """A deliverable with its components, or a component; the status is that of the whole."""
    tree = fixture("mixed", tmp_path / "it")
    report = scanned("--only", name, tree)
    assert len(report["components"]) == components
    assert report["sentence"].startswith(sentence)
    assert {row["component"] for row in report["findings"]} <= {row["name"] for row in report["components"]}
    assert invoked("scan", "--no-cache", "--only", name, "--fail-on", "split", tree).exit_code == 1


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param("api", ["api: split, coarse-cut.", "Without go/sql-access the lean would be"], id="a deliverable"),
        pytest.param("resize", ["example.com/gallery/resize: suits Rust.", "No single rule would"], id="a component"),
    ],
)
def test_why_says_what_an_answer_hangs_on(name: str, lines: list[str]) -> None:
    """The answer, its evidence with points, and what would change it."""
    text = printed("why", "--no-cache", name, MIXED)
    assert [line for line in lines if line not in text] == []
    assert "1.00 points against: " in text


def test_a_saved_report_is_judged_again(tmp_path: Path) -> None:
    """The same by the same rules, another one by others; from a file or the standard input."""
    text = printed("scan", "--no-cache", "--format", "json", MIXED)
    (tmp_path / "report.json").write_text(text)
    judge = ("judge", "--no-config", "--format", "json")
    assert json.loads(printed(*judge, tmp_path / "report.json")) == json.loads(text)
    again = CliRunner().invoke(cli.main, [*judge, "--weight", "go/sql-access=contextual", "-"], input=text)
    api = json.loads(again.stdout)["deliverables"][0]
    assert (api["name"], api["fit"]["suits"]) == ("api", "rust")
    (tmp_path / "old.json").write_text('{"schema": "langfit/report/1"}')
    assert "scan again" in invoked(*judge, tmp_path / "old.json").stderr


def test_rules_and_claims_are_explained() -> None:
    """The page of a rule names its title, its claims and an example; that of a claim its rules."""
    listed = printed("rules")
    assert all(rule.id in listed for rule in BOOK.rules)
    rule = next(rule for rule in BOOK.rules if rule.id == RULE)
    page = printed("explain", RULE)
    assert all(part in page for part in (rule.title, rule.claims[0], "Example:"))
    assert RULE in printed("explain", f"claim:{rule.claims[0]}")
    assert printed("explain", "go/node-per-turn") == printed("explain", "go/heap-object-in-loop")


def test_a_pack_is_checked_by_its_examples(tmp_path: Path) -> None:
    """A rule whose example does not hold is told with its place; one that holds can be used in a scan."""
    text = (root() / "go" / "format-in-loop.toml").read_text("utf-8").replace(RULE, "go/mine")
    pack = write(tmp_path / "pack", {"go/mine.toml": text})
    assert re.match(r"\d+ examples hold", printed("rules", "--check", pack))
    assert "go/mine" in {row["rule"] for row in scanned("--rules", pack, KERNEL)["findings"]}
    write(pack, {"go/mine.toml": text.replace("// want go/mine", "", 1)})
    done = invoked("rules", "--check", pack)
    assert done.exit_code == 2
    assert re.search(r"go/mine\.toml:\d+: ", done.stderr)


def test_the_cache_is_shown_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan of committed files fills it, a second one recalls them, and `--clear` leaves nothing."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    folder = fixture("go-kernel", tmp_path / "it")
    commit(folder)
    assert "facts of 0 files" in printed("cache")
    scan = ("scan", "--rev", "HEAD", "--timing", "--format", "json", folder)
    first = invoked(*scan)
    assert re.search(r"parsed +2 blobs", first.stderr)
    assert "facts of 2 files" in printed("cache")
    second = invoked(*scan)
    assert re.search(r"recalled +2 blobs", second.stderr)
    assert "parsed" not in second.stderr
    assert second.stdout == first.stdout
    assert "removed" in printed("cache", "--clear")
    assert "facts of 0 files" in printed("cache")


def test_without_the_cache_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the folder."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    printed("scan", "--no-cache", KERNEL)
    assert not (tmp_path / "cache").exists()


def test_quiet_prints_results_only_and_timing_goes_to_stderr() -> None:
    """Without --timing stderr is empty; with it every stage has its line."""
    assert invoked("scan", "--no-cache", "--quiet", KERNEL).stderr == ""
    done = invoked("scan", "--no-cache", "--timing", KERNEL)
    stages = {line.split()[0] for line in done.stderr.splitlines()}
    assert stages >= {"rules", "repository", "inventory", "facts", "evidence", "briefing", "findings", "formats"}
    assert done.stdout == printed("scan", "--no-cache", KERNEL)


def test_help_comes_without_what_a_scan_needs() -> None:
    """Neither help nor completion waits for the parser, git, rich or SARIF."""
    slow = "rich pygit2 sarif_om tree_sitter tomli sqlite3 langfit.scan langfit.rulebook langfit.formats"
    code = f"import sys, langfit.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: print([m for m in '{slow}'.split() if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


@pytest.mark.parametrize("words", [words for words, _ in commands(cli.main)], ids=" ".join)
def test_help_is_a_page(words: tuple[str, ...]) -> None:
    """Examples that call this very command, exit statuses, and a sentence for every option."""
    text = printed(*words, "--help")
    assert text == printed(*words, "-h")
    assert all(part in text for part in ("Examples:", "Exit status:", f"langfit {' '.join(words)}"))
    assert f"\n  {words[0]} " in printed("--help")
    command = dict(commands(cli.main))[words]
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))
    assert max(map(len, text.splitlines())) <= 100


def test_a_mistake_of_its_own_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback reaches a user, unless asked for; the sentence says how to ask."""
    monkeypatch.setattr("langfit.scan.scan", lambda *_: 1 // 0)
    monkeypatch.delenv("LANGFIT_DEBUG")
    scan = ["scan", "--no-config", str(KERNEL)]
    done = CliRunner().invoke(cli.main, scan)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("langfit: langfit itself has failed (ZeroDivisionError: ")
    monkeypatch.setenv("LANGFIT_DEBUG", "1")
    assert isinstance(CliRunner().invoke(cli.main, scan).exception, ZeroDivisionError)
