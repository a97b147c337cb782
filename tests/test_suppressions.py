"""Ignores: by a comment for a line or a file, and by langfit.toml for findings and verdicts."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from langfit import cli

HERE = Path(__file__).resolve().parent.parent
KERNEL = HERE / "fixtures" / "go-kernel"
RUST = HERE / "fixtures" / "rust-service"
RULE = "go/format-in-loop"
HOT = """package signal

import "fmt"

func Names(xs []int) (out []string) {
	for _, x := range xs {
		out = append(out, fmt.Sprintf("%d", x))
	}
	return out
}
"""


def invoked(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def report(*arguments: str | Path) -> Any:
    done = invoked("scan", "--no-cache", "--format", "json", "--show", "all", *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The Go kernel with a second file that formats in a loop; without marks."""
    folder = tmp_path / "it"
    shutil.copytree(KERNEL, folder)
    for path in folder.glob("*.go"):
        path.write_text(re.sub(r"[ \\t]*// want .*", "", path.read_text("utf-8")), "utf-8")
    (folder / "names.go").write_text(HOT)
    (folder / "langfit.toml").write_text("")
    return folder


def ignore(folder: Path, rule: str, *paths: str) -> None:
    text = f"[[ignore]]\nrule = {json.dumps(rule)}\npaths = {json.dumps(paths)}\nreason = 'runs once a day'\n"
    (folder / "langfit.toml").write_text(text)


def of(found: Any, rule: str = RULE) -> set[str]:
    """Files with findings of a rule."""
    return {row["path"] for row in found["findings"] if row["rule"] == rule}


# comment at the top of names.go, comment behind its line -> files with the finding, kinds, what a notice says
COMMENTS = {
    "nothing": ("", "", {"filter.go", "names.go"}, [], None),
    "the line": ("", f" // langfit: ignore[{RULE}] once a day", {"filter.go"}, ["inSource"], None),
    "the file": (f"// langfit: ignore-file[{RULE}] once a day\n", "", {"filter.go"}, ["inSource"], None),
    "the file, in a block": (f"/* langfit: ignore-file[{RULE}] once a day */\n", "", {"filter.go"}, ["inSource"], None),
    "no reason": (f"// langfit: ignore-file[{RULE}]\n", "", {"filter.go", "names.go"}, [], "needs a reason and was not applied"),
    "both": (f"// langfit: ignore-file[{RULE}] once\n", f" // langfit: ignore[{RULE}] twice", {"filter.go"}, ["inSource"], f"names.go:1: the ignore of {RULE} matches no finding; remove it"),
    "idle": ("// langfit: ignore-file[go/arena-allocator] none\n", "", {"filter.go", "names.go"}, [], "names.go:1: the ignore of go/arena-allocator matches no finding; remove it"),
    "wrong": ("", " // langfit: ignore[go/format-in-lop] once", {"filter.go", "names.go"}, [], "no such rule. Did you mean 'go/format-in-loop'?"),
    "unlike": ("", " // langfit: ignore[everything] once", {"filter.go", "names.go"}, [], "no such rule. `langfit rules` lists them."),
    "a verdict": ("// langfit: ignore-file[langfit/move] no\n", "", {"filter.go", "names.go"}, [], "a comment cannot ignore langfit/move; write an [[ignore]]"),
    "in a string": ("", f' + "// langfit: ignore[{RULE}] no"', {"filter.go", "names.go"}, [], None),
    "another word": (f"// langfit: ignore-files[{RULE}] no\n", "", {"filter.go", "names.go"}, [], None),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMENTS)
def test_comments(name: str, tree: Path) -> None:
    """With a reason a finding is suppressed and listed with its kind; an ignore that does nothing is reported."""
    top, behind, files, kinds, notice = COMMENTS[name]
    (tree / "names.go").write_text(top + HOT.replace('fmt.Sprintf("%d", x))', f'fmt.Sprintf("%d", x){behind})' if "+" in behind else f'fmt.Sprintf("%d", x)){behind}'))
    found = report(tree)
    assert of(found) == files
    assert [row["kind"] for row in found["suppressed"]] == kinds
    assert len(found["notices"]) == (notice is not None) and all(notice in text for text in found["notices"])


def test_a_line_before_and_several_rules(tree: Path) -> None:
    """An ignore holds for its line and the next, for each rule that it names."""
    (tree / "names.go").write_text(HOT.replace("\t\tout =", f"\t\t// langfit: ignore[go/arena-allocator, {RULE}] once\n\t\tout ="))
    found = report(tree)
    assert of(found) == {"filter.go"}
    assert found["notices"] == ["names.go:7: the ignore of go/arena-allocator matches no finding; remove it"]


def test_an_ignore_of_a_disabled_rule_says_so(tree: Path) -> None:
    """It is not called unknown."""
    (tree / "names.go").write_text(f"// langfit: ignore-file[{RULE}] once\n" + HOT)
    assert any("is idle, since that rule is disabled" in notice for notice in report("--disable", RULE, tree)["notices"])


@pytest.mark.parametrize(
    ("rule", "paths", "files"),
    [
        (RULE, ("names.go",), {"filter.go"}), (RULE, ("*.go",), set()), ("go/format-*", ("**",), set()), ("*", ("**",), set()),
        (RULE, ("*.go", "!filter.go"), {"filter.go"}), (RULE, ("/sub/",), {"filter.go", "names.go"}), ("rust/*", ("**",), {"filter.go", "names.go"}),
    ],
)  # fmt: skip
def test_findings_are_ignored_from_outside(tree: Path, rule: str, paths: tuple[str, ...], files: set[str]) -> None:
    """By rule or glob and by patterns; kind `external`, and idle ones are reported with their line."""
    ignore(tree, rule, *paths)
    found = report(tree)
    assert of(found) == files
    assert {row["kind"] for row in found["suppressed"]} == ({"external"} if len(files) < 2 else set())
    assert {row["reason"] for row in found["suppressed"]} <= {"runs once a day"}
    idle = [notice for notice in found["notices"] if "matches nothing; remove it" in notice]
    assert len(idle) == (len(files) == 2) and all("langfit.toml:1: the ignore of " in notice for notice in idle)


def test_a_comment_goes_before_an_ignore_from_outside(tree: Path) -> None:
    """One finding is listed once, and neither is called idle."""
    ignore(tree, RULE, "names.go")
    (tree / "names.go").write_text(f"// langfit: ignore-file[{RULE}] in the source\n" + HOT)
    found = report(tree)
    assert [(row["kind"], row["reason"]) for row in found["suppressed"]] == [("inSource", "in the source")]
    assert found["notices"] == []


def test_what_holds_for_a_component_is_ignored_by_its_manifest_or_place(tree: Path) -> None:
    """Where it is shown may change; the manifest does not."""
    rows = [row for row in report("--no-config", tree)["findings"] if row["level"] == "component"]
    assert rows
    for path in ("go.mod", rows[0]["path"]):
        ignore(tree, rows[0]["rule"], path)
        assert rows[0]["rule"] not in {row["rule"] for row in report(tree)["findings"]}


def test_a_verdict_is_ignored_and_still_shown(tree: Path) -> None:
    """It fails no build and opens no alert, keeps its row in the table, and the reason is told."""
    assert invoked("scan", "--no-cache", "--fail-on", "move", tree).exit_code == 1
    ignore(tree, "langfit/move", "go.mod")
    assert invoked("scan", "--no-cache", "--fail-on", "move", tree).exit_code == 0
    found = report(tree)
    assert [(row["answer"], row["ignored"]) for row in found["verdicts"]] == [("move", "runs once a day")]
    assert found["notices"] == []
    text = invoked("scan", "--no-cache", tree).stdout
    assert "move (ignored)" in text and "by configuration: runs once a day" in text
    assert "move (ignored)" in invoked("scan", "--no-cache", "--format", "markdown", tree).stdout
    for form, alert in (("sarif", '"ruleId": "langfit/move"'), ("github", "::warning"), ("gitlab", '"langfit/move"')):
        assert alert not in invoked("scan", "--no-cache", "--format", form, tree).stdout
        assert alert in invoked("scan", "--no-cache", "--no-config", "--format", form, tree).stdout


def test_an_ignored_verdict_stays_ignored_when_it_is_judged_again(tree: Path, tmp_path: Path) -> None:
    """As long as the answer is the same."""
    ignore(tree, "langfit/*", "go.mod")
    saved = tmp_path / "report.json"
    saved.write_text(invoked("scan", "--no-cache", "--format", "json", tree).stdout)
    again = json.loads(invoked("judge", "--format", "json", saved).stdout)
    assert [row["ignored"] for row in again["verdicts"]] == ["runs once a day"]


def test_staying_is_nothing_to_ignore(tmp_path: Path) -> None:
    """A glob over all verdicts meets moves and splits alone."""
    shutil.copytree(RUST, tmp_path / "it")
    ignore(tmp_path / "it", "langfit/*", "**")
    found = report(tmp_path / "it")
    answers = {row["answer"]: row["ignored"] for row in found["verdicts"]}
    assert answers and all((reason is None) == (answer in ("stay", "unclear")) for answer, reason in answers.items())


def test_an_ignore_that_goes_away_makes_its_finding_new(tree: Path, tmp_path: Path) -> None:
    """What is suppressed is not in a baseline."""
    ignore(tree, RULE, "names.go")
    assert invoked("baseline", "write", "--output", tmp_path / "known.json", tree).exit_code == 0
    assert report("--baseline", tmp_path / "known.json", tree)["findings"] == []
    assert of(report("--no-config", "--baseline", tmp_path / "known.json", tree)) == {"names.go"}
