"""GitLab, SonarQube and annotations on GitHub: each report against the rules that its reader documents."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from golden.report import FINDINGS, REPORT, VERDICTS
from jsonschema import Draft202012Validator
from test_formats_hostile import HOSTILE_REPORT

from langfit import cli, formats, scan
from langfit.formats import door
from langfit.model import Report, Skipped, Span

TWICE = msgspec.structs.replace(FINDINGS[0], span=Span(7, 40, 7, 62))  # the same rule again on the same line
REPORTS: dict[str, Report] = {
    "golden": REPORT,
    "hostile": HOSTILE_REPORT,
    "twice on a line": msgspec.structs.replace(REPORT, findings=(*FINDINGS, TWICE)),
    "skipped twice": msgspec.structs.replace(REPORT, skipped=(Skipped("a.go", "timeout"), Skipped("a.go", "timeout"))),
    "empty range": msgspec.structs.replace(
        REPORT, findings=(msgspec.structs.replace(FINDINGS[0], span=Span(3, 5, 3, 5)),)
    ),
    "nothing": msgspec.structs.replace(REPORT, findings=(), verdicts=(), skipped=(), rules=()),
    "no file": msgspec.structs.replace(REPORT, verdicts=tuple(msgspec.structs.replace(v, path="") for v in VERDICTS)),
}
every_report = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)

# Relative to the root of the repository, without "./" and never out of it.
PATH = {"type": "string", "minLength": 1, "pattern": r"^(?!/|\./|\.\./|[A-Za-z]:\\)(?!.*/\.\./)"}
TEXT = {"type": "string", "minLength": 1}


def _exactly(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, schema in properties.items() if "maybe" not in schema],  # type: ignore[operator]
        "additionalProperties": False,
    }


GITLAB = {
    "type": "array",
    "items": _exactly(
        description=TEXT,
        check_name=TEXT,
        fingerprint={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=_exactly(path=PATH, lines=_exactly(begin={"type": "integer", "minimum": 1})),
    ),
}
LINE, COLUMN = {"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}
SONAR = _exactly(
    rules={
        "type": "array",
        "items": _exactly(
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
                "items": _exactly(
                    softwareQuality={"const": "MAINTAINABILITY"},
                    severity={"enum": ["LOW", "MEDIUM", "HIGH"]},  # what scanners from 10.3 to 10.7 know
                ),
            },
        ),
    },
    issues={
        "type": "array",
        "items": _exactly(  # `severity` and `type` are refused here since 10.3
            ruleId=TEXT,
            primaryLocation=_exactly(
                message=TEXT,
                filePath=PATH,
                textRange={
                    "maybe": True,
                    "oneOf": [
                        _exactly(startLine=LINE),
                        _exactly(startLine=LINE, endLine=LINE, startColumn=COLUMN, endColumn=COLUMN),
                    ],
                },
            ),
        ),
    },
)


def _mistakes(schema: dict[str, Any], report: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(report)]


@every_report
def test_gitlab_takes_the_report(report: Report) -> None:
    """Shape, severities, paths and fingerprints are as GitLab documents them, and nothing else is in there."""
    text = formats.render("gitlab", report)
    entries = json.loads(text)
    assert _mistakes(GITLAB, entries) == [] and not text.startswith("\ufeff")
    assert [mark for mark, count in Counter(e["fingerprint"] for e in entries).items() if count > 1] == []
    assert {e["severity"] for e in entries} <= {"minor", "info"}
    assert all((e["severity"] == "minor") is (e["check_name"] in ("langfit/move", "langfit/split")) for e in entries)


def test_gitlab_fingerprints_stay_when_lines_move() -> None:
    """A finding that slides down its file is no new one for GitLab, nor is a verdict whose words change."""

    def marks(report: Report) -> set[str]:
        return {entry["fingerprint"] for entry in json.loads(formats.render("gitlab", report))}

    slid = tuple(msgspec.structs.replace(f, span=Span(90, 1, 90, 9), message="Other words") for f in FINDINGS)
    said = tuple(msgspec.structs.replace(v, sentence="Other words", confidence=0.1) for v in VERDICTS)
    assert marks(REPORT) == marks(msgspec.structs.replace(REPORT, findings=slid, verdicts=said))


@every_report
def test_sonar_takes_the_report(report: Report) -> None:
    """Shape and values are those that the scanner reads, each issue names a rule of the file, and none is security."""
    text = formats.render("sonar", report)
    read = json.loads(text)
    assert _mistakes(SONAR, read) == []
    ids = [rule["id"] for rule in read["rules"]]
    assert len(ids) == len(set(ids)) and {issue["ruleId"] for issue in read["issues"]} <= {*ids}
    for issue in read["issues"]:
        place = issue["primaryLocation"].get("textRange", {})
        assert place.get("startColumn", 0) < place.get("endColumn", 1), "the scanner aborts on an empty range"
    assert "SECURITY" not in text and "VULNERABILITY" not in text


def test_sonar_counts_columns_from_zero() -> None:
    """`codec/enc.go:7:9` to column 31 is 8 to 30 there; a range over several lines is the first of them."""
    places = {
        issue["ruleId"]: issue["primaryLocation"].get("textRange")
        for issue in json.loads(formats.render("sonar", REPORT))["issues"]
    }
    assert places["go/format-in-loop"] == {"startLine": 7, "endLine": 7, "startColumn": 8, "endColumn": 30}
    assert places["go/numeric-kernel"] == {"startLine": 20}
    assert places["langfit/skipped"] is None


@pytest.mark.parametrize(
    ("schema", "spoil"),
    [
        (SONAR, lambda read: read["issues"][0].update(severity="MAJOR")),
        (SONAR, lambda read: read["rules"][0]["impacts"][0].update(softwareQuality="SECURITY")),
        (SONAR, lambda read: read["rules"][0].update(impacts=[])),
        (SONAR, lambda read: read["issues"][0]["primaryLocation"].update(filePath="/a.go")),
        (SONAR, lambda read: read["issues"][0]["primaryLocation"]["textRange"].update(startLine=0)),
        (GITLAB, lambda read: read[0].update(severity="warning")),
        (GITLAB, lambda read: read[0]["location"].update(path="./a.go")),
        (GITLAB, lambda read: read[0]["location"].update(path="a/../../b.go")),
        (GITLAB, lambda read: read[0]["location"]["lines"].update(begin=0)),
        (GITLAB, lambda read: read[0].pop("fingerprint")),
    ],
)
def test_the_schemas_can_fail(schema: dict[str, Any], spoil: Any) -> None:
    """What the readers refuse, the schemas refuse."""
    read = json.loads(formats.render("sonar" if schema is SONAR else "gitlab", REPORT))
    spoil(read)
    assert len(_mistakes(schema, read)) == 1


def _annotation(line: str) -> tuple[str, dict[str, str], str]:
    """A command as a runner takes it apart: kind, properties, message."""
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
    read = [_annotation(line) for line in lines]
    assert max(Counter(kind for kind, _, _ in read).values(), default=0) <= 10
    for line, (kind, properties, message) in zip(lines, read, strict=True):
        assert kind in ("warning", "notice") and message and len(message) <= 4_096
        assert set(properties) <= {"title", "file", "line", "endLine", "col", "endColumn"}
        assert int(properties.get("line", 1)) >= 1
        assert "col" not in properties or properties["line"] == properties["endLine"]
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)


def test_annotations_give_the_names_back() -> None:
    """What a runner shows of a hostile report are the cleaned names and sentences, unshortened."""
    read = [_annotation(line) for line in formats.render("github", HOSTILE_REPORT).splitlines()]
    titles = {properties["title"] for kind, properties, _ in read if kind == "warning"}
    names = {f"{verdict.answer}: {door.clean(verdict.component)}" for verdict in HOSTILE_REPORT.verdicts}
    assert len(titles) == 10 and titles <= {name.replace("##[", "##\\[") for name in names}


def test_the_last_annotation_says_what_is_left_out() -> None:
    """How many verdicts and findings have no annotation, and where they are."""
    findings = tuple(msgspec.structs.replace(FINDINGS[0], path=f"f{n}.go") for n in range(25))
    verdicts = tuple(msgspec.structs.replace(VERDICTS[0], component=f"c{n}") for n in range(12))
    report = msgspec.structs.replace(REPORT, findings=findings, verdicts=verdicts, skipped=(), notices=())
    *_, (kind, properties, message) = map(_annotation, formats.render("github", report).splitlines())
    assert (kind, properties) == ("notice", {"title": "langfit"})
    assert message == "2 more verdicts and 16 more findings without an annotation: see the text or SARIF report."


def test_only_sarif_full_gets_the_evidence_for_staying(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dashboards that open alerts get what accuses; `sarif-full` gets all, and the rest of it accuses nobody."""
    stays = FINDINGS[2]
    monkeypatch.setattr(scan, "scan", lambda *_: REPORT)
    names = ("sarif", "gitlab", "sonar", "sarif-full")
    outputs = [f"--output={name}={tmp_path / name}" for name in names]
    assert CliRunner().invoke(cli.main, ["scan", "--quiet", *outputs, "."]).exit_code == 0
    has = {name for name in names if f'"{stays.message}' in (tmp_path / name).read_text("utf-8")}
    assert has == {"sarif-full"}
    results = json.loads((tmp_path / "sarif-full").read_text("utf-8"))["runs"][0]["results"]
    kinds = {result["ruleId"]: (result.get("kind", "fail"), result["level"]) for result in results}
    assert kinds == {
        "langfit/move": ("fail", "warning"),
        "langfit/split": ("fail", "warning"),
        "langfit/stay": ("pass", "none"),
        "langfit/unclear": ("open", "none"),
        "go/format-in-loop": ("fail", "note"),
        "go/numeric-kernel": ("fail", "note"),
        "go/plugin-host": ("informational", "none"),
    }


def test_sarif_full_says_why_something_is_suppressed() -> None:
    """Suppressed results are there with kind, status and reason; all others say that they are not suppressed."""
    results = json.loads(formats.render("sarif-full", REPORT))["runs"][0]["results"]
    assert [result["suppressions"] for result in results[:-1]] == [[]] * (len(VERDICTS) + len(FINDINGS))
    reason = {"kind": "inSource", "status": "accepted", "justification": "measured: 0.1% of the time"}
    assert results[-1]["suppressions"] == [reason]
    assert "suppressions" not in formats.render("sarif", REPORT)
