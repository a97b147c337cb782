"""SARIF against the OASIS schema and Microsoft's validator, and the proof that this gate can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import multitool
import pytest
from golden.report import FINDINGS, REPORT, RULES
from test_formats_hostile import HOSTILE_REPORT

from langfit import formats

pytestmark = pytest.mark.skipif(bool(multitool.absent()), reason=multitool.absent() or "present")

LARGE = msgspec.structs.replace(
    REPORT,
    findings=tuple(msgspec.structs.replace(FINDINGS[n % 3], path=f"dir/f{n}.go") for n in range(900)),
    skipped=(),
)
BARE = msgspec.structs.replace(REPORT, findings=(), verdicts=(), skipped=(), notices=(), rules=RULES[:1], remote="")


@pytest.mark.parametrize("name", ["sarif", "sarif-full"])
@pytest.mark.parametrize("report", [REPORT, HOSTILE_REPORT, LARGE, BARE], ids=["golden", "hostile", "large", "bare"])
def test_sarif_passes_the_gate(report: Any, name: str, tmp_path: Path) -> None:
    """No error from the schema or from any of the three rule kinds, whatever the report holds."""
    path = tmp_path / "report.sarif"
    path.write_text(formats.render(name, report), "utf-8")
    assert multitool.validate(path) == []


def _absolute(run: dict[str, Any]) -> None:
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "file:///etc/passwd"


def _no_region(run: dict[str, Any]) -> None:
    del run["results"][0]["locations"][0]["physicalLocation"]["region"]


def _message_id(run: dict[str, Any]) -> None:
    run["results"][0]["message"] = {"id": "default"}


def _other_scheme(run: dict[str, Any]) -> None:
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "https://evil.example/a.go"


def _column_zero(run: dict[str, Any]) -> None:
    run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0


def _no_location(run: dict[str, Any]) -> None:
    run["results"][0]["locations"] = []


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (_absolute, "GH1006"),
        (_other_scheme, "GH1005"),
        (_no_region, "GH1003"),
        (_message_id, "GH1007"),
        (_column_zero, "schema"),
        (_no_location, "GH1001"),
    ],
)
def test_the_gate_can_fail(spoil: Callable[[dict[str, Any]], None], rule: str, tmp_path: Path) -> None:
    """Each mistake that a dashboard would refuse is named by the rule that stands for it."""
    log = json.loads(formats.render("sarif", REPORT))
    spoil(log["runs"][0])
    path = tmp_path / "spoilt.sarif"
    path.write_text(json.dumps(log), "utf-8")
    assert any(mistake.startswith(rule) for mistake in multitool.validate(path))
