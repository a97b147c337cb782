"""The roles of the document's recommendation that a component plays, each with the evidence for it."""

from __future__ import annotations

from langfit.model import Judged, Rulebook


def roles_of(item: Judged, book: Rulebook) -> tuple[tuple[str, str], ...]:
    """(role, evidence) for each role of rules/roles.toml whose signs are strong enough, strongest first."""
    strengths = {row.rule: row for row in item.evidence}
    found = []
    for role in book.roles:
        rows = [strengths[rule] for rule in role.rules if rule in strengths and strengths[rule].strength >= role.least]
        if rows:
            rows.sort(key=lambda row: (-row.strength, row.rule))
            shown = ", ".join(f"{row.title} ({row.path}:{row.line})" for row in rows[:2])
            found.append((-rows[0].strength, role.name, shown))
    return tuple((name, shown) for _, name, shown in sorted(found))
