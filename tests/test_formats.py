"""The output formats: their golden files, what each must hold, and how they are found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from golden.report import FINDINGS, REPORT, VERDICTS, component

from langfit import formats
from langfit.formats import page, sarif
from langfit.model import LangfitError, Report, Skipped, Verdict

GOLDEN = Path(__file__).parent / "golden"
BLESS = "LANGFIT_BLESS"  # LANGFIT_BLESS=1 pytest tests/test_formats.py writes the golden files anew


@dataclass(frozen=True)
class Case:
    """A golden file: the format and the options that make it."""

    format: str
    suffix: str = ""
    options: dict[str, object] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return GOLDEN / f"{self.format}{self.suffix}.golden"


CASES = [
    *(Case(name) for name in formats.names()),
    Case("text", "-all", {"show": "all", "width": 100}),
    Case("text", "-colour", {"colour": True, "show": "evidence", "width": 60}),
    Case("markdown", "-all", {"show": "all"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_golden_file(case: Case) -> None:
    """Each format writes the hand-made report exactly as its golden file holds it."""
    text = formats.render(case.format, REPORT, **case.options)
    if os.environ.get(BLESS):
        case.path.write_text(text, "utf-8")
    assert text == case.path.read_text("utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to a format that exists."""
    assert {path.name for path in GOLDEN.glob("*.golden")} == {case.path.name for case in CASES}


def test_order_of_the_rows_does_not_matter() -> None:
    """A report with its rows in another order is rendered the same, byte for byte."""
    fields = ("components", "verdicts", "findings", "skipped", "rules")
    turned = msgspec.structs.replace(REPORT, **{name: getattr(REPORT, name)[::-1] for name in fields})
    for name in formats.names():
        assert formats.render(name, turned) == formats.render(name, REPORT), name


def test_unknown_format_is_refused_with_the_choices() -> None:
    """A format that does not exist is answered with those that do."""
    with pytest.raises(LangfitError, match=r"no format 'pdf'.*json.*sarif.*text"):
        formats.render("pdf", REPORT)
    assert {"door", "page", "page_data", "forge", "walker", "descriptors", "__init__"}.isdisjoint(formats.names())


def test_names_imports_no_format() -> None:
    """Listing the formats stays cheap: rich, jinja2 and sarif_om are imported by the format that is asked for."""
    code = (
        "import sys; from langfit import formats; formats.names();"
        "print(sorted({'rich', 'jinja2', 'sarif_om'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("name", formats.names())
def test_empty_report(name: str) -> None:
    """A tree without Go or Rust gives a result in every format, not an exception."""
    empty = Report(
        version="1.0.0", path=".", revision=None, remote="", branch="", analysed=0, components=(), lines={},
        rules=(), verdicts=(), findings=(), skipped=(), notices=(),
    )  # fmt: skip
    assert formats.render(name, empty).endswith("\n") or name == "github"


@pytest.mark.parametrize("name", formats.names())
def test_skipped_files_are_in_every_format(name: str) -> None:
    """No format is silent about files that were not analysed."""
    text = formats.render(name, REPORT)
    assert "larger than --max-size" in text.replace("\\-", "-") or '"too-big"' in text


def test_json_keeps_its_contract() -> None:
    """The keys that dashboards and scripts read are there, with their types."""
    report = json.loads(formats.render("json", REPORT))
    assert report["schema"] == "langfit/report/1"
    assert report["source"]["revision"] == REPORT.revision
    assert report["files"] == {"analysed": 42, "skipped": 3}
    assert set(report["components"][0]) >= {"name", "kind", "language", "root", "files", "lines"}
    codec = next(verdict for verdict in report["verdicts"] if verdict["component"] == "codec")
    assert (codec["answer"], codec["suits"], codec["lean"], codec["confidence"]) == ("split", "rust", 0.4322, 0.71)
    assert [row["rule"] for row in codec["against"]] == ["go/numeric-kernel", "go/format-in-loop"]
    assert codec["for"] == [] and len(codec["first"]) == 2 and codec["refute"]
    tools = next(verdict for verdict in report["verdicts"] if verdict["component"] == "tools")
    assert tools["suits"] is None and isinstance(tools["lean"], float)
    keys = {"rule", "component", "path", "line", "column", "family", "weight", "suits", "message", "fingerprint"}
    assert all(set(finding) >= keys for finding in report["findings"])
    assert report["skipped"][0] == {"path": "a b.go", "reason": "too-big"} and report["notices"] == [*REPORT.notices]


def _many(verdicts: int, answer: str) -> Report:
    rows = tuple(
        msgspec.structs.replace(VERDICTS[0], component=f"c{n:05}", answer=answer, path=f"c{n:05}/a.go")
        for n in range(verdicts)
    )
    parts = tuple(component(row.component, "go", row.path) for row in rows)
    return msgspec.structs.replace(REPORT, verdicts=(*VERDICTS, *rows), components=(*REPORT.components, *parts))


def test_reading_order() -> None:
    """What asks for something comes first, and the surest of it before the rest."""
    sure = msgspec.structs.replace(VERDICTS[2], component="zz", confidence=0.99)
    order = [verdict.component for verdict in page.ranked((*VERDICTS, sure))]
    assert order == ["zz", "api", "codec", "host", "tools"]


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_a_long_table_becomes_counts(name: str) -> None:
    """Beyond twenty rows only move and split keep theirs, and the others are counted with the way to see them."""
    text = formats.render(name, _many(40, "stay"))
    assert "c00007" not in text and "41 stay, 1 unclear" in text
    assert "show all lists them" in text.replace("\\-", "-")
    assert "c00007" in formats.render(name, _many(40, "stay"), show="all")


@pytest.mark.parametrize(("components", "paged"), [(3, True), (4, False)])
def test_a_small_report_shows_every_page(components: int, paged: bool) -> None:
    """Up to three components each get their page, whatever the answer; with more, only move and split do."""
    rows: tuple[Verdict, ...] = (VERDICTS[1], VERDICTS[3], VERDICTS[0], VERDICTS[2])[:components]
    text = formats.render("text", msgspec.structs.replace(REPORT, verdicts=rows))
    assert ("host sits well in Go" in text.replace("`", "")) is paged


def test_text_keeps_to_its_width() -> None:
    """No line is wider than asked for, words longer than a line apart, and no escape sequence appears unasked."""
    for width in (60, 80, 120):
        text = formats.render("text", REPORT, width=width, show="all")
        assert all(len(line) <= width for line in text.splitlines()), width
        assert "\x1b" not in text
    assert "\x1b[" in formats.render("text", REPORT, colour=True)


def test_markdown_stays_below_the_limit_and_says_so() -> None:
    """A report far beyond 1 MiB is cut below it, and what was cut is counted."""
    text = formats.render("markdown", _many(3000, "move"))
    assert 500_000 < len(text.encode()) < 1024 * 1024
    assert "**Cut here:**" in text and "## Skipped" in text and "## Notices" in text
    assert "Cut here" not in formats.render("markdown", REPORT)


def test_github_annotations_stay_within_what_is_shown() -> None:
    """No more than ten annotations of a kind, the verdicts first, and the rest counted in one notice."""
    findings = tuple(msgspec.structs.replace(FINDINGS[0], span=FINDINGS[0].span, path=f"f{n}.go") for n in range(30))
    report = msgspec.structs.replace(_many(15, "move"), findings=findings)
    lines = formats.render("github", report).splitlines()
    assert [line.split()[0] for line in lines] == ["::warning"] * 10 + ["::notice"] * 10
    assert "7 more verdicts and 21 more findings" in lines[-1] and "3 files skipped" in lines[-1]


def test_github_annotates_all_when_there_is_room() -> None:
    """Ten findings and nothing else to say take ten notices, without a line that counts nothing."""
    findings = tuple(msgspec.structs.replace(FINDINGS[0], path=f"f{n}.go") for n in range(10))
    report = msgspec.structs.replace(REPORT, findings=findings, skipped=(), notices=())
    lines = formats.render("github", report).splitlines()
    assert sum(line.startswith("::notice") for line in lines) == 10 and "title=langfit" not in lines[-1]


def test_gitlab_fingerprints_are_unique() -> None:
    """Two rules on one line have the same line hash, and still two fingerprints."""
    twin = msgspec.structs.replace(FINDINGS[0], rule="go/other")
    report = msgspec.structs.replace(REPORT, findings=(*FINDINGS, twin))
    marks = [entry["fingerprint"] for entry in json.loads(formats.render("gitlab", report))]
    assert len(marks) == len(set(marks)) == 2 + 4 + 3


def _results(report: Report) -> tuple[dict[str, object], list[dict[str, object]]]:
    run = json.loads(formats.render("sarif", report))["runs"][0]
    return run, run["results"]


def test_sarif_cuts_by_weight_and_reports_it() -> None:
    """30,000 findings become 5,000 results in well under a second: verdicts, then the weightiest, the cut reported."""
    spread = tuple(
        msgspec.structs.replace(FINDINGS[n % 3], path=f"dir{n % 97}/f{n}.go", fingerprint=f"{n:x}:1")
        for n in range(30_000)
    )
    report = msgspec.structs.replace(REPORT, findings=spread)
    formats.render("sarif", REPORT)
    started = time.process_time()
    text = formats.render("sarif", report)
    assert time.process_time() - started < 1.0
    run = json.loads(text)["runs"][0]
    assert [result["ruleId"] for result in run["results"][:3]] == ["langfit/move", "langfit/split", "go/plugin-host"]
    assert len(run["results"]) == sarif.MAX_RESULTS
    assert run["properties"]["results"] == {"found": 30_002, "written": 5_000, "leftOut": 25_002}
    assert "25,002 results were left out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_counts_what_has_no_file() -> None:
    """A verdict without a file would make GitHub refuse the upload: it is left out, and counted."""
    homeless = tuple(msgspec.structs.replace(verdict, path="") for verdict in VERDICTS)
    run, results = _results(msgspec.structs.replace(REPORT, verdicts=homeless))
    assert len(results) == len(FINDINGS)
    assert run["properties"]["results"] == {"found": 5, "written": 3, "leftOut": 2}  # type: ignore[index]
    assert "2 results were left out" in json.dumps(run["invocations"])


def test_sarif_never_poses_as_security() -> None:
    """Nothing that turns advice into a security alert or opens alerts for ignored findings is ever written."""
    text = formats.render("sarif", REPORT)
    for word in ("security-severity", "suppressions", '"rank"', "baselineState", "uriBaseId"):
        assert word not in text


def test_sarif_keeps_githubs_limits() -> None:
    """Rules stay within the lengths and counts that GitHub accepts, and every result names a rule that is there."""
    long = msgspec.structs.replace(REPORT.rules[0], why="x" * 3000, claims=tuple(f"C{n}" for n in range(30)))
    run, results = _results(msgspec.structs.replace(REPORT, rules=(long,)))
    rules = run["tool"]["driver"]["rules"]  # type: ignore[index]
    for rule in rules:
        assert len(rule["fullDescription"]["text"]) <= 1024 and len(rule["name"]) <= 255
        assert 0 < len(rule["properties"]["tags"]) <= 10 and rule["help"]["text"] and rule["help"]["markdown"]
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]  # type: ignore[index]


def test_sarif_primary_region_is_one_line() -> None:
    """A pull request shows a result only when all its lines changed, so the wide range is a related location."""
    _, results = _results(REPORT)
    kernel = next(result for result in results if result["ruleId"] == "go/numeric-kernel")
    region = kernel["locations"][0]["physicalLocation"]["region"]  # type: ignore[index]
    assert (region["startLine"], region["endLine"]) == (20, 20)
    related = kernel["relatedLocations"][0]["physicalLocation"]["region"]  # type: ignore[index]
    assert (related["startLine"], related["endLine"], related["endColumn"]) == (20, 44, 2)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c#d?.go", "a%20b/c%23d%3F.go"),
        ("caf\udce9.go", "caf%E9.go"),
        ("café.go", "caf%C3%A9.go"),
        ("a:b.go", "a%3Ab.go"),
        ("x\n::error::.go", "x%0A%3A%3Aerror%3A%3A.go"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/olute.go", "abs/olute.go"),
        ("100%.go", "100%25.go"),
        ("\ud800.go", "%EF%BF%BD.go"),
    ],
)
def test_sarif_uri(path: str, uri: str) -> None:
    """Paths are relative, percent-encoded URIs that never leave the root."""
    assert sarif.uri(path) == uri


@pytest.mark.parametrize(
    ("remote", "uri"),
    [
        ("https://example.com/a/b.git", "https://example.com/a/b.git"),
        ("git@example.com:a/b.git", "ssh://example.com/a/b.git"),
        ("/srv/git/a.git", None),
        ("file:///srv/a.git", None),
        ("javascript:alert(1)", "ssh://javascript/alert%281%29"),
        ("", None),
    ],
)
def test_sarif_provenance(remote: str, uri: str | None) -> None:
    """A remote becomes a URI where it names a host, and is left out where it does not."""
    run, _ = _results(msgspec.structs.replace(REPORT, remote=remote))
    details = run.get("versionControlProvenance")
    assert (details[0]["repositoryUri"] if details else None) == uri  # type: ignore[index]


@pytest.mark.parametrize(
    ("value", "shown"), [(3.0, "3"), (0.0, "0"), (0.62, "0.62"), (3.456, "3.5"), (1234.5, "1,234"), (0.004, "0.004")]
)
def test_amount(value: float, shown: str) -> None:
    """Measured values show the digits that count."""
    assert page.amount(value) == shown


def test_skips_are_grouped_by_reason() -> None:
    """One entry per reason, the most frequent first, with what is not listed counted."""
    rows = (*(Skipped(f"{n}.go", "timeout") for n in range(9)), Skipped("z.go", "binary"))
    first, second = page.skip_items(msgspec.structs.replace(REPORT, skipped=rows))
    assert first[0] == "9 files, timeout (took longer than --timeout to analyse): " and first[-1] == " and 4 more"
    assert second[0].startswith("1 file, binary")  # type: ignore[union-attr]
