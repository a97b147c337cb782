"""The shipped rules: they load, their examples hold, every claim is accounted for."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from langfit import marks, pages, trial
from langfit.languages import extract
from langfit.model import LangfitError, Rule
from langfit.rulebook import load
from langfit.rulebook.kinds import NAMELESS
from langfit.rulefiles import root
from benchmarks import catalogue

BOOK = load(root())
ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "rules/schema.json").read_text("utf-8"))
Draft202012Validator.check_schema(SCHEMA)
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_examples_hold(rule: Rule) -> None:
    """Every example reports what it marks, and nothing else."""
    assert list(trial.mistakes(rule, BOOK)) == []


def test_every_claim_has_a_rule_or_a_reason() -> None:
    """A claim without a rule says why source code cannot show it; a claim with one says no such thing."""
    ruled = {claim for rule in BOOK.rules for claim in rule.claims}
    assert [claim.id for claim in BOOK.claims if (claim.id in ruled) == bool(claim.unruled)] == []


@pytest.mark.parametrize(("language", "suits"), [("go", "go"), ("go", "rust"), ("rust", "go"), ("rust", "rust")])
def test_all_four_directions_are_covered(language: str, suits: str) -> None:
    """No direction has fewer than fourteen rules: evidence must be able to speak on both sides."""
    assert sum(rule.language == language and rule.suits == suits for rule in BOOK.rules) >= 14


def test_roles_name_existing_rules() -> None:
    """A role of the recommendation points at rules that exist."""
    known = {rule.id for rule in BOOK.rules}
    assert [(role.name, rule) for role in BOOK.roles for rule in role.rules if rule not in known] == []


def test_signs_of_a_role_speak_for_its_language() -> None:
    """A role that suits Go has no sign that speaks for Rust, nor the other way round."""
    suits = {rule.id: rule.suits for rule in BOOK.rules}
    assert [(role.name, rule) for role in BOOK.roles for rule in role.rules if suits.get(rule) != role.suits] == []


def test_every_role_of_the_recommendation_is_there() -> None:
    """Four roles suit Go and four suit Rust, and each can be seen in both languages."""
    assert {role.name: role.suits for role in BOOK.roles} == {
        "network service": "go",
        "API server": "go",
        "command-line tool": "go",
        "infrastructure": "go",
        "performance-critical": "rust",
        "embedded": "rust",
        "WebAssembly": "rust",
        "memory-safety-critical": "rust",
    }
    for role in BOOK.roles:
        assert {rule.partition("/")[0] for rule in role.rules} == {"go", "rust"}, role.name


def test_nameless_kinds_have_no_names() -> None:
    """A rule that names sites of such a kind is refused, so no example may hold a named one."""
    named = {
        (kind, name)
        for rule in BOOK.rules
        for example in rule.examples
        for kind, names in extract(marks.cut(example.code.encode())[0], rule.language).sites.items()
        for name in names
        if kind in NAMELESS and name
    }
    assert named == set()


def test_nothing_published_is_stale() -> None:
    """The catalogue and the schema are what benchmarks/catalogue.py writes now."""
    accuracy = ROOT / catalogue.ACCURACY
    text = accuracy.read_text("utf-8") if accuracy.is_file() else ""
    assert catalogue.stale(ROOT, catalogue.published(BOOK, text)) == []


def test_stale_pages_are_seen_and_repaired(tmp_path: Path) -> None:
    """A missing page, a changed one and one too many are named, and written or removed."""
    wanted = catalogue.published(BOOK)
    catalogue.write(tmp_path, wanted)
    assert catalogue.stale(tmp_path, wanted) == []
    folder = tmp_path / catalogue.DOCS
    (folder / "index.md").write_text("old", "utf-8")
    (folder / "go" / "format-in-loop.md").unlink()
    (folder / "go" / "gone.md").write_text("of a rule that is no more", "utf-8")
    assert catalogue.stale(tmp_path, wanted) == [
        "docs/rules/go/format-in-loop.md",
        "docs/rules/go/gone.md",
        "docs/rules/index.md",
    ]
    catalogue.write(tmp_path, wanted)
    assert catalogue.stale(tmp_path, wanted) == []
    assert not (folder / "go" / "gone.md").exists()


def test_pages_show_what_the_judges_measured() -> None:
    """A row of docs/accuracy.md whose first cell is a rule stands on the page of that rule, and on no other."""
    text = "# Accuracy\n\n| Rule | Sites | Confirmed |\n|---|---:|---|\n| `go/format-in-loop` | 120 | 0.98 |\n\n| a/b | c |\n"
    pages = catalogue.published(BOOK, text)
    assert "Measured: Sites: 120; Confirmed: 0.98" in pages[catalogue.DOCS / "go/format-in-loop.md"]
    assert sum("Measured:" in page for page in pages.values()) == 1


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_shipped_rules_fit_the_schema(rule: Rule) -> None:
    """What the loader accepts, editors with the published schema accept too."""
    table = tomllib.loads((ROOT / rule.path).read_text("utf-8"))
    assert [error.message for error in VALIDATOR.iter_errors(table)] == []


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "unknown key": lambda table: table.update(weigth="strong"),
    "missing key": lambda table: table.pop("refute"),
    "empty text": lambda table: table.update(why=" "),
    "weight": lambda table: table.update(weight="heavy"),
    "family": lambda table: table.update(family="memories"),
    "suits": lambda table: table.update(suits="zig"),
    "claim": lambda table: table.update(claims=["C99"]),
    "no claims": lambda table: table.update(claims=[]),
    "ageing": lambda table: table.update(ageing={"new": 0.5}),
    "half a scale": lambda table: table["scale"].pop("full"),
    "one example": lambda table: table.update(example=table["example"][:1]),
    "example key": lambda table: table["example"][0].update(text=""),
    "query": lambda table: table["match"].update(query="(call_expression)"),
    "two matchers": lambda table: table["match"].update(function="kernel"),
    "no matcher": lambda table: table["match"].pop("site"),
    "site kind": lambda table: table["match"].update(site="cal"),
    "empty list": lambda table: table["match"].update(name=[]),
    "condition": lambda table: table["match"].update({"with": [{"at-least": 1}]}),
    "role": lambda table: table["match"].update({"with": [{"role": "no such role"}]}),
    "entry": lambda table: table["match"].update({"with": [{"manifest": "dependency"}]}),
    "trait": lambda table: table["match"].update({"with": [{"function": "kernels"}]}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_schema_refuses_a_broken_rule(name: str) -> None:
    """Each mistake alone makes a right rule wrong."""
    table = tomllib.loads((ROOT / "rules/go/format-in-loop.toml").read_text("utf-8"))
    assert VALIDATOR.is_valid(table)
    BREAKS[name](table)
    assert not VALIDATOR.is_valid(table)


def test_explain_shows_rule_and_claim() -> None:
    """The page of a rule says what it counts; that of a claim has its text, qualification, source and rules."""
    shown = pages.page_of("go/format-in-loop")
    assert "Formatting inside loops" in shown
    assert "in full from 5" in " ".join(shown.split())
    claim = " ".join(pages.page_of("claim:C5").split())
    assert "GOGC=100" in claim
    assert "go/format-in-loop" in claim
    with pytest.raises(LangfitError, match="did you mean go/format-in-loop"):
        pages.page_of("go/format-in-lop")
