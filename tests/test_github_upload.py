"""SARIF on its way into GitHub code scanning: that of langfit is taken, and each way of spoiling it is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import github_upload
import multitool
from github_upload import upload
from golden.report import FINDINGS, REPORT, RULES
from langfit import formats
from langfit.alerts import alerts_of
from test_formats_hostile import HOSTILE_REPORT
from trees import fixture, report_on

pytestmark = pytest.mark.skipif(bool(multitool.absent()), reason=multitool.absent() or "present")

MANY = tuple(structs.replace(FINDINGS[n % 3], path=f"dir/f{n}.go", fingerprint="") for n in range(30_000))
REPORTS = {
    "golden": REPORT,
    "hostile": HOSTILE_REPORT,
    "many": structs.replace(REPORT, findings=MANY),
    "bare": structs.replace(REPORT, findings=(), deliverables=(), skipped=(), notices=(), rules=RULES[:1]),
}


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_taken(name: str, tmp_path: Path) -> None:
    """Whatever a report holds, its SARIF is taken, and GitHub shows all of it."""
    done = upload(formats.render("sarif", REPORTS[name]), tmp_path)
    assert done.refused == () and done.warned == ()
    assert done.results <= github_upload.SHOWN
    assert (done.results > 0) is (name != "bare")


def test_a_scan_is_taken_with_the_fingerprints_of_its_lines(tmp_path: Path) -> None:
    """Of a scan, only advice has a fingerprint that is not that of its line: it stays while its line moves."""
    report = report_on(fixture("mixed", tmp_path))
    alerts = alerts_of(report).rows
    done = upload(formats.render("sarif", report), tmp_path)
    assert done.refused == () and done.results == len(alerts)
    assert len(done.warned) == sum(row.finding is None for row in alerts) > 0
    assert all(warning.startswith("langfit/") for warning in done.warned)
    assert any(row.finding is not None for row in alerts)


Log = dict[str, Any]


def two_runs(log: Log) -> None:
    """Give a file the same run twice."""
    log["runs"] *= 2


def many_runs(log: Log) -> None:
    """Give a file runs of 21 categories."""
    texts = [json.dumps(log["runs"][0]) for _ in range(21)]
    log["runs"] = [json.loads(text.replace('"langfit/"', f'"langfit-{n}/"')) for n, text in enumerate(texts)]


def result(log: Log) -> Log:
    """Return the first result of a file."""
    found: Log = log["runs"][0]["results"][0]
    return found


def place(log: Log) -> Log:
    """Return the place of the first result of a file."""
    found: Log = result(log)["locations"][0]["physicalLocation"]
    return found


def rule(log: Log) -> Log:
    """Return the first rule of a file."""
    found: Log = log["runs"][0]["tool"]["driver"]["rules"][0]
    return found


def noise() -> str:
    """Return text that does not compress below the limit."""
    return random.Random(0).randbytes(6_000_000).hex() * 2


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(two_runs, "two runs of one category", id="a run twice"),
        pytest.param(many_runs, "21 runs", id="many runs"),
        pytest.param(lambda log: log["runs"][0].pop("results"), "a run without results", id="no results"),
        pytest.param(lambda log: result(log).update(fixes=None), "schema: ", id="null"),
        pytest.param(lambda log: place(log)["region"].update(startColumn=0), "schema: ", id="column zero"),
        pytest.param(lambda log: result(log)["message"].update(text=noise()), "bytes compressed", id="too large"),
        pytest.param(lambda log: result(log)["message"].update(text=""), "a result without a text", id="no text"),
        pytest.param(lambda log: result(log).update(locations=[]), "a result without a location", id="no location"),
        pytest.param(lambda log: place(log)["artifactLocation"].update(uri=""), "a location without a URI", id="no URI"),
        pytest.param(lambda log: place(log)["artifactLocation"].update(uri="a%zz.go"), "an invalid URI", id="invalid URI"),
        pytest.param(lambda log: place(log)["artifactLocation"].update(uri="https://example.com/a.go"), "another scheme", id="scheme"),
        pytest.param(lambda log: rule(log)["properties"].update(tags=[f"t{n}" for n in range(21)]), "too many tags", id="tags"),
        pytest.param(lambda log: rule(log).pop("help"), "no help", id="no help"),
        pytest.param(lambda log: rule(log)["shortDescription"].update(text="x" * 1_025), "too long", id="long text"),
        pytest.param(lambda log: rule(log)["properties"].update({"security-severity": "high"}), "security-severity is no number", id="severity"),
    ],
)  # fmt: skip
def test_what_is_spoilt_is_refused(spoil: Callable[[Log], None], reason: str, tmp_path: Path) -> None:
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
