"""Suppressions: by a comment for code or a file, and by langfit.toml for findings and advice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trees import fixture, invoked, printed, scanned

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
BOTH, FILTER = {"filter.go", "names.go"}, {"filter.go"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A library of kernels, one of which formats in a loop, with a second file that does so."""
    folder = fixture("go-kernel", tmp_path / "it")
    (folder / "names.go").write_text(HOT)
    (folder / "langfit.toml").write_text("")
    return folder


def ignore(folder: Path, rule: str, *paths: str) -> None:
    """Write the one [[ignore]] of a langfit.toml."""
    text = f"[[ignore]]\nrule = {json.dumps(rule)}\npaths = {json.dumps(paths)}\nreason = 'runs once a day'\n"
    (folder / "langfit.toml").write_text(text)


def of(report: Any, rule: str = RULE) -> set[str]:
    """Return the files with findings of a rule."""
    return {row["path"] for row in report["findings"] if row["rule"] == rule}


def told(row: Any) -> tuple[str, str, str]:
    """Return rule, kind and reason of a suppressed finding."""
    return row["finding"]["rule"], row["kind"], row["reason"]


MANY = 'out = append(out,\n\t\t\tfmt.Sprintf(\n\t\t\t\t"%d", x))'


@pytest.mark.parametrize(
    ("old", "new", "files"),
    [
        pytest.param("", "", BOTH, id="no comment"),
        pytest.param("x))", f"x)) // langfit: ignore[{RULE}] once", FILTER, id="behind the line"),
        pytest.param("\t\tout", f"\t\t// langfit: ignore[{RULE}] once\n\t\tout", FILTER, id="before the line"),
        pytest.param("\t\tout", f"\t\t// langfit: ignore[{RULE}] once\n\t\t// and again\n\n\t\tout", FILTER, id="above other comments"),
        pytest.param("\t\tout", f"\t\t// langfit: ignore[go/arena-allocator, {RULE}] once\n\t\tout", FILTER, id="two rules"),
        pytest.param('out = append(out, fmt.Sprintf("%d", x))', f"// langfit: ignore[{RULE}] once\n\t\t{MANY}", FILTER, id="a statement of many lines"),
        pytest.param("package", f"// langfit: ignore-file[{RULE}] once\npackage", FILTER, id="the file"),
        pytest.param("package", f"/* langfit: ignore-file[{RULE}] once */\npackage", FILTER, id="the file, in a block"),
        pytest.param("return out", f"return out // langfit: ignore-file[{RULE}] once", FILTER, id="the file, from its end"),
        pytest.param("\tfor", f"\t// langfit: ignore[{RULE}] once\n\tfor", BOTH, id="the head of a loop alone"),
        pytest.param("package", f"// langfit: ignore-file[{RULE}]\npackage", BOTH, id="no reason"),
        pytest.param("x))", f'x) + "// langfit: ignore[{RULE}] no")', BOTH, id="in a string"),
        pytest.param("package", "// langfit: ignore-file[go/*] once\npackage", BOTH, id="a glob"),
    ],
)  # fmt: skip
def test_what_a_comment_covers(tree: Path, old: str, new: str, files: set[str]) -> None:
    """The statement that it stands behind or before, or the whole file; what it takes away is listed with its reason."""
    (tree / "names.go").write_text(HOT.replace(old, new, 1))
    report = scanned(tree)
    assert of(report) == files
    assert [told(row)[:2] for row in report["suppressed"]] == [(RULE, "inSource")] * (files == FILTER)
    assert all(row["reason"].startswith("once") for row in report["suppressed"])


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        pytest.param(f"ignore-file[{RULE}]", f"names.go:1: the suppression of {RULE} needs a reason and was not applied", id="no reason"),
        pytest.param("ignore-file[go/arena-allocator] none", "names.go:1: the suppression of go/arena-allocator matches no finding in this file; remove it", id="an idle file"),
        pytest.param(f"ignore[{RULE}] no", f"names.go:1: the suppression of {RULE} covers line 2, where that rule finds nothing; move or remove it", id="an idle line"),
        pytest.param("ignore[go/format-in-lop] no", "names.go:1: the suppression of go/format-in-lop was not applied, since there is no such rule. Did you mean 'go/format-in-loop'?", id="a typo"),
        pytest.param("ignore[everything] no", "names.go:1: the suppression of everything was not applied, since there is no such rule. `langfit rules` lists them.", id="unlike any rule"),
        pytest.param("ignore-file[langfit/move] no", "names.go:1: a comment cannot suppress langfit/move; write an [[ignore]] into langfit.toml", id="advice"),
        pytest.param("ignore-file[go/sql-access] no", "names.go:1: the suppression of go/sql-access does nothing, since that rule is disabled; remove one of the two", id="a disabled rule"),
        pytest.param(f"ignore-files[{RULE}] no", "names.go:1: a comment speaks to langfit and is not understood; write `langfit: ignore[rule] reason`", id="another word"),
    ],
)  # fmt: skip
def test_a_comment_that_does_nothing_is_reported(tree: Path, comment: str, sentence: str) -> None:
    """With its line and what to do about it; nothing is suppressed."""
    (tree / "names.go").write_text(f"// langfit: {comment}\n{HOT}")
    report = scanned("--disable", "go/sql-access", tree)
    assert (report["notices"], report["suppressed"], of(report)) == ([sentence], [], BOTH)


def test_a_file_full_of_idle_comments_is_summed_up(tree: Path) -> None:
    """The first are named, the rest is counted."""
    (tree / "names.go").write_text(HOT + f"// langfit: ignore-file[{RULE}]\n" * 70)
    notices = scanned(tree)["notices"]
    assert notices[-1] == "20 more comments with `langfit: ignore` do nothing; the first are named above."
    assert "names.go:60: " in notices[-2]


@pytest.mark.parametrize(
    ("rule", "paths", "files"),
    [
        pytest.param(RULE, ("names.go",), FILTER, id="a file"),
        pytest.param(RULE, ("*.go",), set(), id="a glob of files"),
        pytest.param("go/format-*", ("**",), set(), id="a glob of rules"),
        pytest.param("*", ("**",), set(), id="everything"),
        pytest.param(RULE, ("*.go", "!filter.go"), FILTER, id="all but one"),
        pytest.param(RULE, ("/sub/",), BOTH, id="another folder"),
        pytest.param("rust/*", ("**",), BOTH, id="another language"),
    ],
)
def test_findings_are_ignored_from_outside(tree: Path, rule: str, paths: tuple[str, ...], files: set[str]) -> None:
    """By a rule or a glob, and by patterns of paths; what matches nothing is reported with its line."""
    ignore(tree, rule, *paths)
    report = scanned(tree)
    assert of(report) == files
    assert {told(row)[1:] for row in report["suppressed"]} == (
        {("external", "runs once a day")} if files != BOTH else set()
    )
    idle = f"{tree}/langfit.toml:1: the suppression of {rule} matches nothing; remove it"
    assert report["notices"] == ([idle] if files == BOTH else [])


def test_a_comment_goes_before_an_ignore_from_outside(tree: Path) -> None:
    """One finding is listed once, and neither is called idle."""
    ignore(tree, RULE, "names.go")
    (tree / "names.go").write_text(f"// langfit: ignore-file[{RULE}] in the source\n" + HOT)
    report = scanned(tree)
    assert [told(row) for row in report["suppressed"]] == [(RULE, "inSource", "in the source")]
    assert report["notices"] == []


@pytest.mark.parametrize(
    ("path", "met"),
    [
        pytest.param("pack.go", True, id="where it is shown"),
        pytest.param("filter.go", True, id="the first file"),
        pytest.param("names.go", False, id="any other file"),
    ],
)
def test_what_holds_for_a_component_is_met_by_its_place_or_first_file(tree: Path, path: str, *, met: bool) -> None:
    """Where it is shown may change with the code; the first file of a component seldom does."""
    ignore(tree, "go/bit-twiddling", path)
    assert of(scanned(tree), "go/bit-twiddling") == (set() if met else {"pack.go"})


ASKING = [
    pytest.param("rust-operator", "move", "backup-operator", "src/main.rs", "move", id="move"),
    pytest.param("mixed", "split", "api", "api/**", "split", id="split"),
]


@pytest.mark.parametrize(("name", "answer", "deliverable", "path", "level"), ASKING)
def test_advice_is_ignored_and_still_shown(
    tmp_path: Path, name: str, answer: str, deliverable: str, path: str, level: str
) -> None:
    """It fails no build and opens no alert, keeps its row in the table, and the reason is told."""
    tree = fixture(name, tmp_path / "it")
    assert invoked("scan", "--no-cache", "--fail-on", level, tree).exit_code == 1
    ignore(tree, f"langfit/{answer}", path)
    assert invoked("scan", "--no-cache", "--fail-on", level, tree).exit_code == 0
    report = scanned(tree)
    rows = {row["name"]: (row["advice"]["answer"], row["suppressed"]) for row in report["deliverables"]}
    assert rows[deliverable] == (answer, "runs once a day")
    assert report["notices"] == []
    for form in ("text", "markdown", "html"):
        text = printed("scan", "--no-cache", "--format", form, tree)
        assert deliverable in text and "runs once a day" in text, form
    alerts = {
        "sarif": f'"ruleId": "langfit/{answer}"',
        "github": "::warning",
        "gitlab": f'"langfit/{answer}"',
        "sonar": f'"langfit/{answer}"',
    }
    for form, alert in alerts.items():
        assert alert not in printed("scan", "--no-cache", "--format", form, tree), form
        assert alert in printed("scan", "--no-cache", "--no-config", "--format", form, tree), form


def test_advice_stays_ignored_when_it_is_judged_again(tmp_path: Path) -> None:
    """From a saved report, whose deliverables carry the reason."""
    tree = fixture("rust-operator", tmp_path / "it")
    ignore(tree, "langfit/*", "src/**")
    saved = tmp_path / "report.json"
    saved.write_text(printed("scan", "--no-cache", "--format", "json", tree))
    assert invoked("judge", "--no-config", "--fail-on", "move", saved).exit_code == 0
    again = json.loads(printed("judge", "--no-config", "--format", "json", saved))
    assert [row["suppressed"] for row in again["deliverables"]] == ["runs once a day"]


def test_staying_is_nothing_to_ignore(tmp_path: Path) -> None:
    """A glob over all advice meets moves and splits alone."""
    tree = fixture("mixed", tmp_path / "it")
    ignore(tree, "langfit/*", "**")
    rows = {row["name"]: (row["advice"]["answer"], row["suppressed"]) for row in scanned(tree)["deliverables"]}
    assert rows == {"api": ("split", "runs once a day"), "thumb-format": ("stay", "")}


def test_a_suppression_by_the_former_name_of_a_rule_holds(tree: Path) -> None:
    """In a comment and in langfit.toml, also as a glob."""
    code = "package signal\n\ntype node struct{ next *node }\n\nfunc List(n int) (out []*node) {\n\tfor i := 0; i < n; i++ {\n\t\tout = append(out, &node{})\n\t}\n\treturn out\n}\n"
    (tree / "names.go").write_text(code)
    assert "go/heap-object-in-loop" in {row["rule"] for row in scanned(tree)["findings"]}
    (tree / "names.go").write_text("// langfit: ignore-file[go/node-per-turn] short lists\n" + code)
    assert [told(row) for row in scanned(tree)["suppressed"]] == [("go/heap-object-in-loop", "inSource", "short lists")]
    (tree / "names.go").write_text(code)
    ignore(tree, "go/node-*", "**")
    assert [told(row)[:2] for row in scanned(tree)["suppressed"]] == [("go/heap-object-in-loop", "external")]


def test_a_suppression_that_goes_away_makes_its_finding_new(tree: Path, tmp_path: Path) -> None:
    """What is suppressed is not in a baseline."""
    ignore(tree, RULE, "names.go")
    printed("baseline", "write", "--output", tmp_path / "known.json", tree)
    assert scanned("--baseline", tmp_path / "known.json", tree)["findings"] == []
    assert of(scanned("--no-config", "--baseline", tmp_path / "known.json", tree)) == {"names.go"}
