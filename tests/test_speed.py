"""The benchmark's own parts: what it runs, counts and says, without any timing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from langfit.model import LANGUAGES
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.source import blob_id
from benchmarks.speed import corpora, peers, single, tables
from benchmarks.speed.goals import Goal, goals
from benchmarks.speed.processes import Failed, Medians, Memory, run

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_children_count_towards_memory() -> None:
    """Of a shell that waits for two children, both are looked at."""
    child = f"{sys.executable} -c 'import time; b = bytearray(b\"x\") * 30_000_000; time.sleep(1)'"
    memory = Memory()
    run(["sh", "-c", f"{child} & {child} & wait"], watch=memory)
    assert memory.peak > 60_000_000


@pytest.mark.parametrize(
    ("command", "limit", "said"),
    [
        (["no-such-program-here"], 0, "No such file"),
        (["sh", "-c", "echo why >&2; exit 7"], 0, "sh ended with 7: why"),
        (["sleep", "60"], 0.1, "sleep takes longer than 0 s"),
    ],
)
def test_a_command_that_fails_says_why(command: list[str], limit: float, said: str) -> None:
    with pytest.raises(Failed, match=said):
        run(command, limit=limit)


def test_a_figure_that_failed_once_is_none() -> None:
    """The reason stays; other figures are the medians of their rounds."""
    figures = Medians()
    for number in (3.0, 1.0, 2.0):
        figures.add("cold", number)
        figures.add("semgrep", number)
    figures.fail("semgrep", "no room")
    assert (figures["cold"], figures.least("cold"), figures["semgrep"], figures["none"]) == (2.0, 1.0, None, None)


@pytest.mark.parametrize("layout", ["a+b/repo", "a+b", "a/b"])
def test_clones_are_found_in_each_layout(tmp_path: Path, layout: str) -> None:
    (tmp_path / layout).mkdir(parents=True)
    assert corpora.found(tmp_path, "a/b") == tmp_path / layout
    assert corpora.found(tmp_path, "a/c") is None


def test_copies_are_no_two_alike(tmp_path: Path) -> None:
    """As many source files as asked for, each a blob of its own; manifests come along."""
    files, size = corpora.copies(FIXTURES / "mixed", tmp_path, 3)
    made = [p for p in tmp_path.rglob("*") if p.suffix in (".go", ".rs")]
    assert (files, size) == (len(made), sum(p.stat().st_size for p in made))
    assert len({blob_id(p.read_bytes()) for p in made}) == files
    assert len(list(tmp_path.glob("copy*/go.mod"))) == 3
    assert corpora.copies(FIXTURES / "mixed", tmp_path / "few", 3, most=4)[0] == 4


def test_ast_grep_has_as_many_rules_as_langfit(tmp_path: Path) -> None:
    peers.with_rules(tmp_path, tmp_path, 1.0)
    rules = load(root()).rules
    for language in LANGUAGES:
        made = list((tmp_path / "ast-grep/rules").glob(f"{language}-*.yml"))
        assert len(made) == sum(rule.language == language for rule in rules)


@pytest.mark.parametrize("number", [single.FEW, single.MANY])
def test_a_reduced_book_has_so_many_rules(tmp_path: Path, number: int) -> None:
    assert len(load(root(), [single._pack(number, tmp_path / "pack")]).rules) == number


def test_goals_without_figures_are_not_measured() -> None:
    """No corpus and no peer is no failure; the reason stands in the table."""
    absent = Medians()
    absent.fail("starts", "langfit is not installed")
    rows = goals([], {name: absent for name in ("starts", "results", "rules", "scaling")})
    assert {row.outcome for row in rows} == {"not measured"}
    assert "langfit is not installed" in tables.goal_table(rows)


@pytest.mark.parametrize(("figure", "outcome"), [(1.0, "met"), (1.01, "missed"), (0.0, "met"), (None, "not measured")])
def test_a_goal_is_met_up_to_its_limit(figure: float | None, outcome: str) -> None:
    assert Goal("x", 1.0, figure, "").outcome == outcome


def test_tables_are_aligned_and_escaped() -> None:
    rows = tables.table("a | b", [("x|y", 1.234), (1234, None)]).splitlines()
    assert rows == ["| a | b |", "|---|---|", "| x\\|y | 1.23 |", "| 1,234 | - |"]
