"""SARIF against the OASIS schema and Microsoft's validator, and the proof that this gate can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import multitool
from golden.report import FINDINGS, REPORT, RULES
from langfit import formats
from test_formats_hostile import HOSTILE_REPORT

pytestmark = pytest.mark.skipif(bool(multitool.absent()), reason=multitool.absent() or "present")

REPORTS = {
    "golden": REPORT,
    "hostile": HOSTILE_REPORT,
    "large": structs.replace(
        REPORT, findings=tuple(structs.replace(FINDINGS[n % 3], path=f"dir/f{n}.go") for n in range(900)), skipped=()
    ),
    "bare": structs.replace(
        REPORT,
        findings=(),
        deliverables=(),
        skipped=(),
        notices=(),
        rules=RULES[:1],
        source=structs.replace(REPORT.source, remote=""),
    ),
}


@pytest.mark.parametrize("name", ["sarif", "sarif-full"])
@pytest.mark.parametrize("report", REPORTS)
def test_sarif_passes_the_gate(report: str, name: str, tmp_path: Path) -> None:
    """No error from the schema or from any of the three rule kinds, whatever the report holds."""
    path = tmp_path / "report.sarif"
    path.write_text(formats.render(name, REPORTS[report]), "utf-8")
    assert multitool.validate(path) == []


Log = dict[str, Any]


def place(run: Log) -> Log:
    """Return the place of the first result of a run."""
    found: Log = run["results"][0]["locations"][0]["physicalLocation"]
    return found


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        pytest.param(lambda run: place(run)["artifactLocation"].update(uri="file:///etc/passwd"), "GH1006", id="absolute"),
        pytest.param(lambda run: place(run)["artifactLocation"].update(uri="https://evil.example/a.go"), "GH1005", id="scheme"),
        pytest.param(lambda run: place(run).pop("region"), "GH1003", id="no region"),
        pytest.param(lambda run: run["results"][0].update(message={"id": "default"}), "GH1007", id="message by id"),
        pytest.param(lambda run: place(run)["region"].update(startColumn=0), "schema", id="column zero"),
        pytest.param(lambda run: run["results"][0].update(locations=[]), "GH1001", id="no location"),
    ],
)  # fmt: skip
def test_the_gate_can_fail(spoil: Callable[[Log], None], rule: str, tmp_path: Path) -> None:
    """Each mistake that a dashboard would refuse is named by the rule for it."""
    log = json.loads(formats.render("sarif", REPORT))
    spoil(log["runs"][0])
    path = tmp_path / "spoilt.sarif"
    path.write_text(json.dumps(log), "utf-8")
    assert any(mistake.startswith(rule) for mistake in multitool.validate(path))
