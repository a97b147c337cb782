"""GitLab, SonarQube and annotations on GitHub: each report against the rules that its reader documents."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec import structs

from golden.report import DELIVERABLES, FINDINGS, REPORT
from langfit import formats
from langfit.formats import sanitize
from langfit.model.report import Report, Utf16
from langfit.model.repository import Skipped
from test_formats_hostile import HOSTILE_REPORT

ENC, FFT, _, _ = FINDINGS  # one line each, of which the second is the first of many
TWICE = structs.replace(ENC, column=40, end_column=62)  # the same rule again on the same line
EMPTY = structs.replace(ENC, column=5, end_column=5)
HOMELESS = tuple(structs.replace(item, path="", against=(), cuts=(), lacking=()) for item in DELIVERABLES)
REPORTS: dict[str, Report] = {
    "golden": REPORT,
    "hostile": HOSTILE_REPORT,
    "twice on a line": structs.replace(REPORT, findings=(*FINDINGS, TWICE)),
    "skipped twice": structs.replace(REPORT, skipped=(Skipped("a.go", "timeout"), Skipped("a.go", "timeout"))),
    "empty range": structs.replace(REPORT, findings=(EMPTY,)),
    "nothing": structs.replace(REPORT, findings=(), deliverables=(), skipped=(), rules=()),
    "no file": structs.replace(REPORT, deliverables=HOMELESS),
    "findings without rules": structs.replace(REPORT, rules=()),
}
every_report = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)

# Relative to the root of the repository, without "./" and never out of it.
PATH = {"type": "string", "minLength": 1, "pattern": r"^(?!/|\./|\.\./|[A-Za-z]:\\)(?!.*/\.\./)"}
TEXT = {"type": "string", "minLength": 1}


def exactly(**properties: object) -> dict[str, object]:
    """Return the schema of an object with these properties and no others; one that says "maybe" may be absent."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, schema in properties.items() if "maybe" not in schema],  # type: ignore[operator]
        "additionalProperties": False,
    }


GITLAB = {
    "type": "array",
    "items": exactly(
        description=TEXT,
        check_name=TEXT,
        fingerprint={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=exactly(path=PATH, lines=exactly(begin={"type": "integer", "minimum": 1})),
    ),
}
LINE, COLUMN = {"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}
SONAR = exactly(
    rules={
        "type": "array",
        "items": exactly(
            id={"type": "string", "minLength": 1, "maxLength": 200},
            name={"type": "string", "minLength": 1, "maxLength": 200},
            description=TEXT,
            engineId={"const": "langfit"},
            cleanCodeAttribute={"const": "CONVENTIONAL"},
            type={"const": "CODE_SMELL"},  # neither BUG nor VULNERABILITY nor SECURITY_HOTSPOT
            severity={"enum": ["INFO", "MINOR", "MAJOR", "CRITICAL", "BLOCKER"]},
            impacts={
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": exactly(
                    softwareQuality={"const": "MAINTAINABILITY"},
                    severity={"enum": ["LOW", "MEDIUM", "HIGH"]},  # what scanners from 10.3 to 10.7 know
                ),
            },
        ),
    },
    issues={
        "type": "array",
        "items": exactly(  # `severity` and `type` are refused here since 10.3
            ruleId=TEXT,
            primaryLocation=exactly(
                message=TEXT,
                filePath=PATH,
                textRange={
                    "maybe": True,
                    "oneOf": [
                        exactly(startLine=LINE),
                        exactly(startLine=LINE, endLine=LINE, startColumn=COLUMN, endColumn=COLUMN),
                    ],
                },
            ),
        ),
    },
)


def mistakes(schema: dict[str, Any], report: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(report)]


@every_report
def test_gitlab_takes_the_report(report: Report) -> None:
    """Shape, severities, paths and fingerprints are as GitLab documents them, and nothing else is in there."""
    text = formats.render("gitlab", report)
    entries = json.loads(text)
    assert mistakes(GITLAB, entries) == [] and not text.startswith("\ufeff")
    assert max(Counter(entry["fingerprint"] for entry in entries).values(), default=1) == 1
    advice = ("langfit/move", "langfit/split", "langfit/coarse-cut")
    for entry in entries:
        assert entry["severity"] == ("minor" if entry["check_name"] in advice else "info")


def test_gitlab_fingerprints_stay_when_lines_move() -> None:
    """A finding that slides down its file is no new one for GitLab, nor is an advice whose words change."""

    def marks(report: Report) -> set[str]:
        return {entry["fingerprint"] for entry in json.loads(formats.render("gitlab", report))}

    slid = tuple(structs.replace(f, line=90, end_line=90, message="Other words") for f in FINDINGS)
    other = tuple(
        structs.replace(item, advice=structs.replace(item.advice, sentence="Other words."), line=9)
        for item in DELIVERABLES
    )
    assert marks(REPORT) == marks(structs.replace(REPORT, findings=slid, deliverables=other))


@every_report
def test_sonar_takes_the_report(report: Report) -> None:
    """Shape and values are those that the scanner reads, each issue names a rule of the file, and none is security."""
    text = formats.render("sonar", report)
    read = json.loads(text)
    assert mistakes(SONAR, read) == []
    ids = [rule["id"] for rule in read["rules"]]
    assert len(ids) == len(set(ids)) and {issue["ruleId"] for issue in read["issues"]} == {*ids}
    for issue in read["issues"]:
        place = issue["primaryLocation"].get("textRange", {})
        assert place.get("startColumn", 0) < place.get("endColumn", 1), "the scanner aborts on an empty range"
    assert "SECURITY" not in text and "VULNERABILITY" not in text


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        pytest.param(ENC, {"startLine": 7, "endLine": 7, "startColumn": 8, "endColumn": 30}, id="from zero"),
        pytest.param(FFT, {"startLine": 20}, id="the first of several lines"),
        pytest.param(EMPTY, {"startLine": 7}, id="an empty range"),
        pytest.param(
            structs.replace(ENC, utf16=Utf16(11, 33)),
            {"startLine": 7, "endLine": 7, "startColumn": 10, "endColumn": 32},
            id="in UTF-16 units",
        ),
    ],
)
def test_sonar_counts_columns_its_own_way(finding: Any, place: dict[str, int]) -> None:
    """From zero and in UTF-16 units, and only where a range marks something."""
    issues = json.loads(formats.render("sonar", structs.replace(REPORT, findings=(finding,))))["issues"]
    assert next(row["primaryLocation"]["textRange"] for row in issues if row["ruleId"] == finding.rule) == place


@pytest.mark.parametrize(
    ("schema", "spoil"),
    [
        pytest.param(SONAR, lambda read: read["issues"][0].update(severity="MAJOR"), id="sonar: severity of an issue"),
        pytest.param(SONAR, lambda read: read["rules"][0]["impacts"][0].update(softwareQuality="SECURITY"), id="sonar: security"),
        pytest.param(SONAR, lambda read: read["rules"][0].update(impacts=[]), id="sonar: no impact"),
        pytest.param(SONAR, lambda read: read["issues"][0]["primaryLocation"].update(filePath="/a.go"), id="sonar: absolute"),
        pytest.param(SONAR, lambda read: read["issues"][0]["primaryLocation"]["textRange"].update(startLine=0), id="sonar: line zero"),
        pytest.param(GITLAB, lambda read: read[0].update(severity="warning"), id="gitlab: severity"),
        pytest.param(GITLAB, lambda read: read[0]["location"].update(path="./a.go"), id="gitlab: dot"),
        pytest.param(GITLAB, lambda read: read[0]["location"].update(path="a/../../b.go"), id="gitlab: out of the root"),
        pytest.param(GITLAB, lambda read: read[0]["location"]["lines"].update(begin=0), id="gitlab: line zero"),
        pytest.param(GITLAB, lambda read: read[0].pop("fingerprint"), id="gitlab: no fingerprint"),
    ],
)  # fmt: skip
def test_the_schemas_can_fail(schema: dict[str, Any], spoil: Any) -> None:
    """What the readers refuse, the schemas refuse."""
    read = json.loads(formats.render("sonar" if schema is SONAR else "gitlab", REPORT))
    spoil(read)
    assert len(mistakes(schema, read)) == 1


def annotation(line: str) -> tuple[str, dict[str, str], str]:
    """Take a command apart as a runner does: kind, properties, message."""
    _, head, message = line.split("::", 2)
    kind, _, pairs = head.partition(" ")
    found = dict(pair.split("=", 1) for pair in pairs.split(",") if pair)
    for code, mark in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        found = {name: value.replace(code, mark) for name, value in found.items()}
        message = message.replace(code, mark) if mark not in ":," else message
    return kind, found, message


@every_report
def test_annotations_are_as_the_runner_takes_them(report: Report) -> None:
    """No more than ten of a kind, whole commands, places that make sense, and percent signs that are escapes."""
    lines = formats.render("github", report).splitlines()
    read = [annotation(line) for line in lines]
    assert max(Counter(kind for kind, _, _ in read).values(), default=0) <= 10
    for line, (kind, properties, message) in zip(lines, read, strict=True):
        assert kind in ("warning", "notice") and message and len(message) <= 4_096
        assert set(properties) <= {"title", "file", "line", "endLine", "col", "endColumn"}
        assert int(properties.get("line", 1)) >= 1
        assert "col" not in properties or properties["line"] == properties["endLine"]
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)


def test_annotations_give_the_names_back() -> None:
    """What a runner shows of a hostile report are the cleaned names, unshortened."""
    read = [annotation(line) for line in formats.render("github", HOSTILE_REPORT).splitlines()]
    titles = {properties["title"] for kind, properties, _ in read if kind == "warning"}
    names = {f"{item.advice.answer}: {sanitize.clean(item.name)}" for item in HOSTILE_REPORT.deliverables}
    assert len(titles) == 10 and titles <= {name.replace("##[", "##\\[") for name in names}


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "sonar"])
def test_dashboards_get_what_asks_for_something(name: str) -> None:
    """Readers that open alerts get the advice and its places, and no evidence for the present language."""
    text = formats.render(name, REPORT)
    assert "kube stands for client-go" in text and "Transform is mostly arithmetic" in text
    assert "plugin.Open" not in text


def test_sarif_full_tells_advice_from_evidence_for_staying() -> None:
    """Everything is there, and what asks for nothing accuses nobody."""
    results = json.loads(formats.render("sarif-full", REPORT))["runs"][0]["results"]
    kinds = {result["ruleId"]: (result.get("kind", "fail"), result["level"]) for result in results}
    assert kinds == {
        "langfit/move": ("fail", "warning"),
        "langfit/split": ("fail", "warning"),
        "langfit/stay": ("pass", "none"),
        "langfit/unclear": ("open", "none"),
        "go/format-in-loop": ("fail", "note"),
        "go/compute-kernel": ("fail", "note"),
        "go/plugin-host": ("informational", "none"),
        "rust/kubernetes-client": ("fail", "note"),
    }


def test_sarif_full_tells_why_something_is_suppressed() -> None:
    """Suppressed results are there with kind, status and reason; all others say that they are not suppressed."""
    kept = structs.replace(DELIVERABLES[0], suppressed="agreed in June")
    report = structs.replace(REPORT, deliverables=(kept, *DELIVERABLES[1:]))
    results = json.loads(formats.render("sarif-full", report))["runs"][0]["results"]
    assert [result["suppressions"] for result in results if result["suppressions"] != []] == [
        [{"kind": "external", "status": "accepted", "justification": "agreed in June"}],
        [{"kind": "inSource", "status": "accepted", "justification": "measured: 0.1% of the time"}],
    ]
    assert "suppressions" not in formats.render("sarif", report)
