"""The shipped rules: they load, their examples hold, every claim is accounted for."""

from __future__ import annotations

import pytest

from analyzer import trial
from analyzer.model import Rule
from analyzer.rulebook import load
from analyzer.rulefiles import root

BOOK = load(root())


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
