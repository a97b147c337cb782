"""The loader of rules: shipped rules and packs, overrides, and a pack with mistakes refused with all of them at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from langfit import trial
from langfit.cli import main
from langfit.model.rule import Condition, Rule
from langfit.parsing import workers
from langfit.rulebook import load, query_check, read
from langfit.rulefiles import root
from langfit.toml.overrides import Disable, Origin, Override, SetPoints, SetWeight
from packs import FEW, RIGHT, SITE, few_rules, line_of, refused
from trees import BOOK, report_on, write

TREE = {
    "go.mod": "module example.com/p\n\ngo 1.24\n",
    "p.go": 'package p\n\nimport "time"\n\nfunc f() {\n\tfor {\n\t\ttime.Sleep(1)\n\t\ttime.Sleep(2)\n\t}\n}\n',
}


@pytest.fixture(autouse=True, scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of the two shipped rules that packs are checked on top of."""
    with few_rules(tmp_path_factory.mktemp("few")) as folder:
        yield folder


def rule_of(folder: Path, text: str, name: str = "go/sleep") -> Rule:
    """Return the rule of a pack with this text."""
    return next(rule for rule in load(root(), [write(folder, {f"{name}.toml": text})]).rules if rule.id == name)


def test_a_right_pack_is_taken(tmp_path: Path) -> None:
    """Its rule is added to the shipped ones, and its examples are run."""
    folder = write(tmp_path, {"go/sleep.toml": RIGHT, "README.md": "Ours."})
    assert trial.check_pack(folder) == 2
    assert {rule.id for rule in load(root(), [folder]).rules} - {rule.id for rule in BOOK.rules} == {"go/sleep"}


def test_the_shipped_rules_can_be_checked_as_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not clash with themselves."""
    monkeypatch.setattr(trial, "root", root)
    assert trial.check_pack(root()) == sum(len(rule.examples) for rule in BOOK.rules)


@pytest.mark.parametrize(
    ("new", "unit"),
    [
        pytest.param(SITE, "tokens", id="a site"),
        pytest.param(f'{SITE}\nper = "places"', "places", id="places of a site"),
        pytest.param('density = "call"', "tokens", id="a density"),
        pytest.param('density = "call"\nper = "functions"', "functions", id="a density in functions"),
        pytest.param('function = "kernel"', "code", id="a trait"),
        pytest.param('function = "kernel"\nper = "functions"', "functions", id="a trait in functions"),
        pytest.param('import = "os"', "files", id="an import"),
        pytest.param('role = "web framework"', "files", id="a role"),
        pytest.param('manifest = "toolchain"', "places", id="a manifest"),
        pytest.param("assembly = true", "places", id="assembly"),
    ],
)
def test_the_unit_follows_the_matcher(new: str, unit: str, tmp_path: Path) -> None:
    """What a value is related to goes without saying, unless `per` says something else."""
    text = RIGHT.replace(f"{SITE}\nin-loop = 1", new, 1).replace("start = 0.5\nfull = 5", "start = 0.1\nfull = 0.5")
    assert rule_of(tmp_path, text).match.measure.unit == unit


def test_a_condition_may_be_a_name(tmp_path: Path) -> None:
    """It means what families.toml says of the language of the rule, and stands beside those that are written out."""
    given = RIGHT.replace("in-loop = 1", 'with = ["computes", {import = "os", at-least = 0.5}]', 1)
    found = rule_of(tmp_path, given).match.requires
    assert [(row.measure.matcher, row.at_least) for row in found] == [("function", 0.05), ("import", 0.5)]
    written = RIGHT.replace("in-loop = 1", 'with = [{function = "kernel", at-least = 0.05}]', 1)
    (alone,) = rule_of(tmp_path, written).match.requires
    assert alone == found[0]
    assert isinstance(alone, Condition)


def test_what_a_rule_of_a_team_may_leave_out(few: Path, tmp_path: Path) -> None:
    """It may have reasons of its own, and need not say more than why; a shipped one must name its claims."""
    text = RIGHT
    for row in ('claims = ["C5", "C18"]\n', 'limits = "Tests."\n', 'roles = ["performance-critical"]\n'):
        text = text.replace(row, "")
    rule = rule_of(tmp_path / "pack", text)
    assert (rule.claims, rule.roles, rule.limits, rule.first, rule.refute, rule.conflict) == ((), (), "", "", "", False)
    shipped = {path.relative_to(few).as_posix(): path.read_text("utf-8") for path in few.rglob("*.toml")}
    _, wrong = read(write(tmp_path / "shipped", {**shipped, "go/sleep.toml": text}))
    assert [str(row) for row in wrong] == [
        "rules/go/sleep.toml:1: `claims` must name at least one row of rules/claims.toml."
    ]


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """Of all files, of all kinds, also examples that fail beside rules that cannot be read, sorted by place."""
    several = RIGHT.replace('"supporting"', '"huge"').replace('"compute"', '"oven"').replace("full = 5", "full = 0")
    shipped = FEW[1]
    files = {
        "go/a.toml": several,
        "go/b.toml": "this is no TOML",
        "go/c.toml": "title = '\udcff'",
        "go/sleep.toml": RIGHT.replace("time.Sleep(1)", "time.Tick(1)"),
        f"{shipped}.toml": RIGHT,
        "rust/sleep.toml": RIGHT,
        "overrides.toml": 'disable = ["go/none"]\n[weight]\n"go/format-in-loop" = "huge"\n',
    }
    found = refused(write(tmp_path, files))
    example = line_of(RIGHT, "[[example]]")
    for part in (
        "go/a.toml:3: `family` is 'oven'",
        "go/a.toml:4: `weight` is 'huge'",
        f"go/a.toml:{line_of(several, 'full')}: `full` must be larger",
        "go/b.toml:1: This is not TOML",
        "go/c.toml:1: This line is not UTF-8",
        f"go/sleep.toml:{example}: The example wants go/sleep at example.go:7",
        f"{shipped}.toml:1: Rule {shipped} exists already in rules/{shipped}.toml",
        f"rust/sleep.toml:{example}: The mark `want go/sleep` asks for another rule; only rust/sleep is tried here.",
        "overrides.toml:1: There is no rule 'go/none'.",
        "overrides.toml:3: `go/format-in-loop` is 'huge'",
    ):
        assert any(part in row for row in found), (part, found)
    told = [(row.split(":")[0], int(row.split(":")[1])) for row in found]
    assert told == sorted(told)


def test_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    """A folder named like a rule, a pipe and a broken link are told, and nothing waits for input."""
    for name in ("go/folder.toml", "overrides.toml"):
        (tmp_path / name).mkdir(parents=True)
    os.mkfifo(tmp_path / "go" / "pipe.toml")
    (tmp_path / "go" / "link.toml").symlink_to("nowhere")
    (tmp_path / "rust").write_text("no folder", "utf-8")
    assert [row.partition(";")[0] for row in refused(tmp_path)] == [
        "go/folder.toml:1: This is not a regular file",
        "go/link.toml:1: This file cannot be read (No such file or directory)",
        "go/pipe.toml:1: This is not a regular file",
        "overrides.toml:1: This is not a regular file",
        "rust:1: This folder cannot be read (Not a directory)",
    ]


def test_empty_missing_and_misplaced(tmp_path: Path) -> None:
    """A pack must have something in it, and rules that are elsewhere are not passed over in silence."""
    assert "This folder holds neither rules in go/ or rust/ nor overrides.toml" in refused(tmp_path)[0]
    assert "There is no such folder" in refused(tmp_path / "none")[0]
    write(tmp_path, {"file": "", "p/sleep.toml": RIGHT, "p/golang/sleep.toml": RIGHT, "p/go/deep/sleep.toml": RIGHT})
    assert "This is not a folder" in refused(tmp_path / "file")[0]
    assert [row.partition(":1: ")[0] for row in refused(tmp_path / "p") if "This rule is not read here" in row] == [
        "go/deep/sleep.toml",
        "golang/sleep.toml",
        "sleep.toml",
    ]


OVERRIDES = {  # id: overrides.toml, line, what the sentence says
    "unknown rule": ('disable = [\n"go/sql-access",\n"go/sql-acces"]', 3, "There is no rule 'go/sql-acces'. Did you mean 'go/sql-access'?"),
    "unlike rule": ('disable = "zzz"', 1, "There is no rule 'zzz'. `langfit rules` lists them."),
    "weight of an unknown rule": ('[weight]\n\n"go/nothing-at-all" = "strong"', 3, "There is no rule 'go/nothing-at-all'."),
    "bad weight": ('[weight]\n"go/sql-access" = "strnog"', 2, "Did you mean 'strong'?"),
    "weight of a wrong type": ('[weight]\n"go/sql-access" = 2', 2, "must be a non-empty string"),
    "weight without quotes": ('[weight]\ngo.sql = "strong"', 2, "'go' has no weight"),
    "points of a wrong type": ('[weight]\nstrong = "1"', 2, "`strong` must be a number between 0 and 100."),
    "disabled and weighted": ('disable = "go/sql-access"\n[weight]\n"go/sql-access" = "strong"', 3, "is disabled above"),
    "no table of weights": ('disable = []\nweight = "strong"', 2, "`[weight]` must be a table"),
    "disable of a wrong type": ("disable = 3", 1, "`disable` must be a string or a list of strings."),
    "unknown key": ('disabled = ["go/sql-access"]', 1, "Unknown key `disabled`. Did you mean 'disable'?"),
    "own rule": ('disable = ["go/sleep"]', 1, "Rule go/sleep is of this pack; remove its file"),
    "not TOML": ("disable", 1, "This is not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("name", OVERRIDES)
def test_wrong_overrides_are_refused(name: str, tmp_path: Path) -> None:
    """Each at its line."""
    text, line, sentence = OVERRIDES[name]
    found = refused(write(tmp_path, {"overrides.toml": text, "go/sleep.toml": RIGHT}))
    assert len(found) == 1
    assert found[0].startswith(f"overrides.toml:{line}: ") and sentence in found[0], found


def test_overrides_change_and_disable(tmp_path: Path) -> None:
    """A weight is replaced, a rule goes, a later pack wins, settings win over all, and the digest follows."""
    one = write(tmp_path / "1", {"overrides.toml": 'disable = "go/sql-*"\n[weight]\n"go/format-in-loop" = "strong"'})
    two = write(tmp_path / "2", {"overrides.toml": '[weight]\nstrong = 1.5\n"go/sql-access" = "contextual"'})
    here = Origin("langfit.toml", 1)
    last: list[Override] = [
        SetPoints("strong", 2.0, here),
        SetWeight("go/sql-access", "decisive", here),
        Disable("family:graph", here),
    ]
    books = [BOOK, load(root(), [one]), load(root(), [one, two]), load(root(), [one, two], last)]
    weights = [{rule.id: rule.weight for rule in book.rules} for book in books]
    assert [row.get("go/sql-access") for row in weights] == ["strong", None, "contextual", "decisive"]
    assert [row["go/format-in-loop"] for row in weights] == ["supporting", "strong", "strong", "strong"]
    assert [book.weights["strong"] for book in books] == [1.0, 1.0, 1.5, 2.0]
    assert [rule.id for rule in books[3].rules if rule.family == "graph"] == []
    assert books[1].disabled == ("go/sql-access",)
    assert len({book.digest for book in books}) == 4
    assert trial.check_pack(one) == 0


def test_overrides_of_a_broken_rule_are_not_called_unknown(tmp_path: Path) -> None:
    """The rule is there; only its own mistakes are told."""
    broken = RIGHT.replace('"compute"', '"oven"')
    found = refused(write(tmp_path, {"go/sleep.toml": broken, "overrides.toml": '[weight]\n"go/sleep" = "strong"'}))
    assert len(found) == 1
    assert "oven" in found[0]


def test_ageing_is_sorted_by_version(tmp_path: Path) -> None:
    """The last factor reached holds, so 1.9 comes before 1.26 however they are written; Rust has no such versions."""
    text = RIGHT.replace("[match]", 'ageing = {"1.26" = 0.5, "1.9" = 0.7}\n[match]')
    assert rule_of(tmp_path / "go", text).ageing == (("1.9", 0.7), ("1.26", 0.5))
    found = refused(write(tmp_path / "rust", {"rust/sleep.toml": text}))
    assert any("`ageing` depends on the `go` directive" in row for row in found)


def test_the_command_tells_everything(tmp_path: Path) -> None:
    """`rules --check` prints the number of examples or all mistakes, and exits with 2; no traceback reaches the user."""
    run = CliRunner()
    done = run.invoke(main, ["rules", "--check", str(write(tmp_path / "a", {"go/sleep.toml": RIGHT}))])
    assert (done.exit_code, done.output) == (0, "2 examples hold\n")
    bad = write(tmp_path / "b", {"go/sleep.toml": RIGHT.replace('"compute"', '"oven"').replace('"A test."', "1")})
    done = run.invoke(main, ["rules", "--check", str(bad)])
    assert done.exit_code == 2
    rows = done.output.splitlines()
    assert [re.sub(r".*/(go/sleep.toml:\d+): .*", r"\1", row) for row in rows] == ["go/sleep.toml:3", "go/sleep.toml:7"]
    done = run.invoke(main, ["scan", "--quiet", "--no-cache", "--rules", str(bad), str(tmp_path)])
    assert done.exit_code == 2
    assert "oven" in done.output


def test_a_scan_takes_rules_of_a_pack(tmp_path: Path) -> None:
    """Their findings carry the message with the name; without the pack they are not there."""
    tree = write(tmp_path / "tree", TREE)
    folder = write(tmp_path / "rules", {"go/sleep.toml": RIGHT})
    found = report_on(tree, packs=(str(folder),)).findings
    assert [(row.rule, row.line) for row in found] == [("go/sleep", 7), ("go/sleep", 8)]
    assert found[0].message.startswith("time.Sleep waits ")
    assert report_on(tree).findings == ()


QUERY = "query = '((call_expression function: (_) @_called) @hit (#match? @_called \"Sleep$\"))'"


def test_a_rule_may_bring_its_own_query(tmp_path: Path) -> None:
    """Its hits are in loops and functions like any other place, and other rules see nothing of it."""
    folder = write(tmp_path / "rules", {"go/sleep.toml": RIGHT.replace(SITE, QUERY, 1)})
    assert trial.check_pack(folder) == 2
    found = report_on(write(tmp_path / "tree", TREE), packs=(str(folder),)).findings
    assert [(row.rule, row.line, row.function) for row in found] == [("go/sleep", 7, "f"), ("go/sleep", 8, "f")]


def test_a_slow_query_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that tries every pair of children of every node takes longer on the samples than the limit."""
    monkeypatch.setattr(query_check, "SECONDS", 0.01)
    monkeypatch.setattr(workers, "GRACE", 0.0)
    slow = "query = '(_ (_)* @_x (_)* @_y) @hit'"
    found = refused(write(tmp_path, {"go/sleep.toml": RIGHT.replace(SITE, slow, 1)}))
    assert any("`query` takes longer than 0.01 s" in row for row in found), found
