"""SARIF on its way into GitHub code scanning: ours is taken, and each way of spoiling it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import github_upload
import msgspec
import multitool
import pytest
from github_upload import upload
from golden.report import FINDINGS, REPORT, RULES
from test_formats_hostile import HOSTILE_REPORT

from langfit import formats, scan
from langfit.model import Report

pytestmark = pytest.mark.skipif(bool(multitool.absent()), reason=multitool.absent() or "present")

FIXTURE = Path(__file__).parent.parent / "fixtures" / "mixed"
MANY = tuple(msgspec.structs.replace(FINDINGS[n % 3], path=f"dir/f{n}.go", fingerprint="") for n in range(30_000))
REPORTS = {
    "golden": REPORT,
    "hostile": HOSTILE_REPORT,
    "many": msgspec.structs.replace(REPORT, findings=MANY),
    "bare": msgspec.structs.replace(REPORT, findings=(), verdicts=(), skipped=(), notices=(), rules=RULES[:1]),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_sarif_is_taken(report: Report, tmp_path: Path) -> None:
    """Whatever a report holds, its SARIF is taken, and GitHub shows all of it."""
    done = upload(formats.render("sarif", report), tmp_path)
    assert done.refused == () and done.warned == ()
    assert done.results <= github_upload.SHOWN
    assert done.results or report is REPORTS["bare"]


def test_a_scan_is_taken_with_the_fingerprints_of_its_lines() -> None:
    """Of a scan, only what stands for a whole component has a fingerprint that is not that of its line."""
    report = scan.accusing(scan.scan(str(FIXTURE), scan.Options(cache=False, jobs=1)))
    done = upload(formats.render("sarif", report), FIXTURE)
    assert done.refused == () and done.results
    whole = {f.rule for f in report.findings if f.level == "component"}
    assert {warning.split(":")[0] for warning in done.warned} <= whole | {"langfit/move", "langfit/split"}
    assert any(f.level == "site" for f in report.findings)


def _two_runs(log: dict[str, Any]) -> None:
    log["runs"] *= 2


def _many_runs(log: dict[str, Any]) -> None:
    texts = [json.dumps(log["runs"][0]) for _ in range(21)]
    log["runs"] = [json.loads(text.replace('"langfit/"', f'"langfit-{n}/"')) for n, text in enumerate(texts)]


def _no_results(log: dict[str, Any]) -> None:
    del log["runs"][0]["results"]


def _null(log: dict[str, Any]) -> None:
    log["runs"][0]["results"][0]["fixes"] = None


def _column_zero(log: dict[str, Any]) -> None:
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0


def _too_large(log: dict[str, Any]) -> None:
    import random

    log["runs"][0]["results"][0]["message"]["text"] = random.Random(0).randbytes(6_000_000).hex() * 2


def _no_place(log: dict[str, Any]) -> None:
    log["runs"][0]["results"][0]["locations"] = []


def _uri(uri: str) -> Callable[[dict[str, Any]], None]:
    def spoil(log: dict[str, Any]) -> None:
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = uri

    return spoil


def _tags(log: dict[str, Any]) -> None:
    log["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["tags"] = [f"t{n}" for n in range(21)]


def _help(log: dict[str, Any]) -> None:
    del log["runs"][0]["tool"]["driver"]["rules"][0]["help"]


def _severity(log: dict[str, Any]) -> None:
    log["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["security-severity"] = "high"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_two_runs, "two runs of one category"),
        (_many_runs, "21 runs"),
        (_no_results, "a run without results"),
        (_null, "schema: "),
        (_column_zero, "schema: "),
        (_too_large, "bytes compressed"),
        (_no_place, "a result without a location"),
        (_uri(""), "a location without a URI"),
        (_uri("a%zz.go"), "an invalid URI"),
        (_uri("https://example.com/a.go"), "another scheme"),
        (_tags, "too many tags"),
        (_help, "no help"),
        (_severity, "security-severity is no number"),
    ],
)
def test_what_is_spoilt_is_refused(spoil: Callable[[dict[str, Any]], None], reason: str, tmp_path: Path) -> None:
    """Each mistake is the only one that is found, and under its own name."""
    log = json.loads(formats.render("sarif", REPORT))
    spoil(log)
    done = upload(json.dumps(log), tmp_path)
    assert done.refused and all(reason in refusal for refusal in done.refused)


def test_too_many_results_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One more than the limit, here a small one, is too many."""
    monkeypatch.setitem(github_upload.MAX_OF_RUN, "results", 4)
    assert upload(formats.render("sarif", REPORT), tmp_path).refused == ("5 results",)


def test_a_job_uploads_a_category_once(tmp_path: Path) -> None:
    """A second upload of one category in a job is refused: that is what several categories are for."""
    text, earlier = formats.render("sarif", REPORT), set[str]()
    assert upload(text, tmp_path, earlier).refused == ()
    assert upload(text, tmp_path, earlier).refused == ("a category that this job has uploaded before",)
    other = text.replace('"langfit/"', '"langfit-api/"')
    assert upload(other, tmp_path, earlier).refused == ()


def test_no_json_is_refused(tmp_path: Path) -> None:
    """Half a file is no file."""
    assert upload(formats.render("sarif", REPORT)[:-20], tmp_path).refused[0].startswith("no JSON")
