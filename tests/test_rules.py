"""The shipped rules: their examples hold, every claim and role is accounted for, and what is published is theirs."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from benchmarks import catalogue
from langfit import expectations, explain, trial
from langfit.language import Language
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.rule import RoleDefinition, Rule
from langfit.parsing.read import read
from langfit.rulebook.kinds import nameless
from langfit.rulefiles import root
from trees import BOOK

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((root() / "schema.json").read_text("utf-8"))
Draft202012Validator.check_schema(SCHEMA)
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_examples_hold(rule: Rule) -> None:
    """Every example reports what it marks, and nothing else."""
    assert list(trial.diagnostics(rule, BOOK)) == []


def test_every_claim_has_a_rule_or_a_reason() -> None:
    """A claim without a rule says why source code cannot show it; a claim with one says no such thing."""
    ruled = {claim for rule in BOOK.rules for claim in rule.claims}
    assert [claim.id for claim in BOOK.claims if (claim.id in ruled) == bool(claim.unruled)] == []


@pytest.mark.parametrize(("language", "suits"), [("go", "go"), ("go", "rust"), ("rust", "go"), ("rust", "rust")])
def test_all_four_directions_are_covered(language: str, suits: str) -> None:
    """No direction has fewer than fourteen rules: evidence must be able to speak on both sides."""
    assert sum(rule.language == language and rule.suits == suits for rule in BOOK.rules) >= 14


def test_every_role_of_the_recommendation_is_there() -> None:
    """Four roles suit Go and four suit Rust."""
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


@pytest.mark.parametrize("role", BOOK.roles, ids=lambda role: role.name)
def test_a_role_has_signs_in_both_languages_that_speak_for_its_own(role: RoleDefinition) -> None:
    """A rule that is a sign of a role speaks for the language that the role suits."""
    signs = [rule for rule in BOOK.rules if role.name in rule.roles]
    assert {rule.language for rule in signs} == set(LANGUAGES)
    assert [rule.id for rule in signs if rule.suits != role.suits] == []


def test_the_runtime_is_in_the_way_in_go_alone() -> None:
    """A conflict with the runtime speaks against Go: Rust has none."""
    conflicts = [rule for rule in BOOK.rules if rule.conflict]
    assert conflicts
    assert {(rule.language, rule.suits) for rule in conflicts} == {("go", "rust")}


@pytest.mark.parametrize("spoken", LANGUAGES.values(), ids=LANGUAGES)
def test_nameless_kinds_have_no_names(spoken: Language) -> None:
    """A rule that names sites of such a kind is refused, so no example may hold a named one."""
    kinds = nameless(spoken)
    codes = [example.code for rule in BOOK.rules if rule.language == spoken.id for example in rule.examples]
    named = {
        (kind, name)
        for code in codes
        for kind in kinds
        for name in read(expectations.strip(code.encode())[0], spoken).sites.named(kind)
        if name
    }
    assert kinds
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
    """A row of docs/accuracy.md whose first cell is a rule is on the page of that rule, and on no other."""
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
    "missing key": lambda table: table.pop("why"),
    "empty text": lambda table: table.update(why=" "),
    "weight": lambda table: table.update(weight="huge"),
    "family": lambda table: table.update(family="memories"),
    "suits": lambda table: table.update(suits="zig"),
    "claim": lambda table: table.update(claims=["C99"]),
    "no claims": lambda table: table.update(claims=[]),
    "role": lambda table: table.update(roles=["no such role"]),
    "conflict": lambda table: table.update(conflict="yes"),
    "ageing": lambda table: table.update(ageing={"new": 0.5}),
    "half a scale": lambda table: table["scale"].pop("full"),
    "one example": lambda table: table.update(example=table["example"][:1]),
    "example key": lambda table: table["example"][0].update(text=""),
    "query": lambda table: table["match"].update(query="(call_expression)"),
    "two matchers": lambda table: table["match"].update(function="kernel"),
    "no matcher": lambda table: table["match"].pop("site"),
    "site kind": lambda table: table["match"].update(site="cal"),
    "unit": lambda table: table["match"].update(per="kloc"),
    "size in lines": lambda table: table["match"].update(lines=200),
    "empty list": lambda table: table["match"].update(name=[]),
    "condition": lambda table: table["match"].update({"with": [{"at-least": 1}]}),
    "role of a dependency": lambda table: table["match"].update({"with": [{"role": "no such role"}]}),
    "entry": lambda table: table["match"].update({"with": [{"manifest": "dependency"}]}),
    "trait": lambda table: table["match"].update({"with": [{"function": "kernels"}]}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_schema_refuses_a_broken_rule(name: str) -> None:
    """Each mistake alone makes a right rule wrong."""
    table = tomllib.loads((root() / "go/format-in-loop.toml").read_text("utf-8"))
    assert VALIDATOR.is_valid(table)
    BREAKS[name](table)
    assert not VALIDATOR.is_valid(table)


def test_the_schema_takes_a_named_condition() -> None:
    """As the loader does."""
    table = tomllib.loads((root() / "go/format-in-loop.toml").read_text("utf-8"))
    table["match"]["with"] = ["computes"]
    assert VALIDATOR.is_valid(table)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        pytest.param("go/format-in-loop", "Formatting inside loops", id="title"),
        pytest.param("go/format-in-loop", "Counts from 0.14 per 1,000 tokens on, and in full from 1.4.", id="scale"),
        pytest.param("go/format-in-loop", "From Go 1.26 on it counts 70%", id="ageing"),
        pytest.param("go/format-in-loop", "claims C5, C18", id="claims of a rule"),
        pytest.param("claim:C5", "GOGC=100", id="text of a claim"),
        pytest.param("claim:C5", "go/format-in-loop", id="rules of a claim"),
    ],
)
def test_explain_shows_rule_and_claim(name: str, part: str) -> None:
    """The page of a rule says what it counts and what it rests on; that of a claim has its text and its rules."""
    assert part in " ".join(explain.page_of(name, BOOK).split())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("go/format-in-lop", "Did you mean 'go/format-in-loop'"),
        ("claim:C999", "There is no claim 'claim:C999'; claims are"),
    ],
)
def test_explain_knows_no_such_thing(name: str, sentence: str) -> None:
    """A mistyped name is answered with the nearest one, or with what there is."""
    with pytest.raises(LangfitError, match=sentence):
        explain.page_of(name, BOOK)
