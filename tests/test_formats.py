"""The output formats: their golden files, what each must hold, and how they are found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from golden.report import CUT, DELIVERABLES, FINDINGS, REPORT, component, deliverable
from langfit import formats
from langfit.formats import about, outline, sarif
from langfit.formats import json as json_format
from langfit.formats.words import plain, short_name
from langfit.model.errors import LangfitError
from langfit.model.report import Advice, Change, Difference, Files, Report, Source
from langfit.model.repository import Skipped

GOLDEN = Path(__file__).parent / "golden"
BLESS = "LANGFIT_BLESS"  # LANGFIT_BLESS=1 pytest tests/test_formats.py writes the golden files anew
EMPTY = Report(
    version="1.0.0", source=Source(path=".", revision=None), files=Files(0, 0, 0), sentence="Nothing here ships.", deliverables=(),
    components=(), findings=(), skipped=(), notices=(),
)  # fmt: skip


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
    Case("text", "-summary", {"show": "summary"}),
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


@pytest.mark.parametrize("name", formats.names())
def test_order_of_the_rows_does_not_matter(name: str) -> None:
    """A report with its rows in another order is rendered the same, byte for byte."""
    if name == "json":  # it holds the rows as they are
        return
    rows = ("deliverables", "components", "skipped", "rules")
    turned = structs.replace(REPORT, **{key: getattr(REPORT, key)[::-1] for key in rows})
    assert sorted(formats.render(name, turned)) == sorted(formats.render(name, REPORT))


def test_unknown_format_is_refused_with_the_choices() -> None:
    """A format that does not exist is answered with those that do."""
    with pytest.raises(LangfitError, match=r"no format 'pdf'.*json.*sarif.*text"):
        formats.render("pdf", REPORT)


def test_only_formats_are_formats() -> None:
    """What helps formats is none itself."""
    assert set(formats.names()) == {
        "github", "gitlab", "html", "json", "markdown", "sarif", "sarif-full", "sonar", "text",
    }  # fmt: skip


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
    assert formats.render(name, EMPTY).endswith("\n") or name == "github"


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("what", ["skipped", "syntax errors"])
def test_what_was_not_judged_is_in_every_format(name: str, what: str) -> None:
    """No format is silent about files that were not analysed, or not as a whole."""
    text = formats.render(name, REPORT).replace("\\-", "-").lower()
    wanted = ("larger than --max-size", '"too-big"') if what == "skipped" else ("syntax error", '"syntax_errors"')
    assert any(one in text for one in wanted)


def test_a_saved_report_is_read_back_as_it_was() -> None:
    """What `--format json` writes is the whole report, but for bytes that are not UTF-8."""
    whole = structs.replace(REPORT, findings=(FINDINGS[0], FINDINGS[1], FINDINGS[3]))
    assert json_format.parse(formats.render("json", whole).encode(), "saved.json") == whole


def many(count: int, answer: str, reason: str = "fits") -> Report:
    """The report with further deliverables that all have one answer."""
    rows = tuple(
        structs.replace(
            DELIVERABLES[1], name=f"c{n:05}", path=f"c{n:05}/a.go", own=(f"c{n:05}",), components=(f"c{n:05}",),
            advice=Advice(answer, reason, f"This is c{n:05}."), fingerprint=f"{n:x}:1", cuts=(), group="",  # type: ignore[arg-type]
        )
        for n in range(count)
    )  # fmt: skip
    parts = tuple(component(row.name, path=row.path) for row in rows)
    return structs.replace(REPORT, deliverables=(*DELIVERABLES, *rows), components=(*REPORT.components, *parts))


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        pytest.param({}, ["operator", "transcode", "tools", "host"], id="what asks for something first"),
        pytest.param({"lines": 9_000}, ["operator", "transcode", "tools", "zz", "host"], id="the larger first"),
        pytest.param(
            {"kind": "library", "lines": 9_000}, ["operator", "transcode", "tools", "host", "zz"], id="programs first"
        ),
    ],
)
def test_reading_order(changed: dict[str, Any], wanted: list[str]) -> None:
    """Moves, then splits, then what is unclear, then what stays; programs before libraries, the larger one first."""
    more = [deliverable("zz", **changed)] if changed else []
    assert [item.name for item in about.ranked((*DELIVERABLES, *more))] == wanted


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_a_long_table_is_cut_and_counted(name: str) -> None:
    """At most twenty rows, the most interesting first, and the others counted with the way to see them."""
    text = formats.render(name, many(40, "stay")).replace("\\", "")
    table = text.partition("In one sentence")[0]
    shown = sum(f"c{n:05}" in table for n in range(40))
    assert (shown, "host" in table) == (outline.TABLE_ROWS - 3, False)
    assert "and 24 more" in text
    assert all(f"c{n:05}" in formats.render(name, many(40, "stay"), show="all") for n in range(40))


def test_published_crates_of_one_workspace_are_one_row() -> None:
    """A workspace that publishes many crates is one row, since the same is said of all."""
    rows = tuple(
        deliverable(
            f"crate-{n}", kind="library", group="ws", advice=Advice("stay", "users-of-its-language", "It stays.")
        )
        for n in range(9)
    )
    text = formats.render("text", structs.replace(REPORT, deliverables=rows))
    assert "9 published crates of ws" in text and "crate-3" not in text.partition("In one sentence")[0]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text_keeps_to_its_width(width: int) -> None:
    """No line is wider than asked for, words longer than a line apart, and no escape sequence appears unasked."""
    text = formats.render("text", REPORT, width=width, show="all")
    assert all(len(line) <= width for line in text.splitlines())
    assert "\x1b" not in text and "\x1b[" in formats.render("text", REPORT, colour=True)


@pytest.mark.parametrize(
    ("name", "wide", "shown"),
    [
        pytest.param("tsdb/chunkenc", 20, "tsdb/chunkenc", id="it fits"),
        pytest.param("github.com/acme/thing/v2/codec", 12, "../v2/codec", id="its end is kept"),
        pytest.param("wasmtime_environ::component::dfg", 18, "..component::dfg", id="modules of a crate"),
        pytest.param("averylongnamewithoutanypart", 10, "averylongnamewithoutanypart", id="no word is cut"),
    ],
)
def test_a_long_name_is_cut_between_words(name: str, wide: int, shown: str) -> None:
    """Never inside one of its words."""
    assert short_name(name, wide) == shown


def test_text_ends_with_the_next_command() -> None:
    """A reader is told how to go on."""
    assert formats.render("text", REPORT).splitlines()[-1] == "Next: langfit why operator says what an answer hangs on."


def test_a_summary_is_short() -> None:
    """The conclusion, the top of the table and what changed, and nothing else."""
    text = formats.render("text", many(40, "stay"), show="summary")
    assert len(text.splitlines()) < 20 and REPORT.sentence in text


CHANGE = Change(
    base="f" * 40,
    differences=(
        Difference(kind="deliverable", state="changed", name="host", before="stay -0.70", after="unclear -0.46"),
        Difference(kind="kernel", state="new", name="Sum", after="66 lines", path="host/sum.go", line=3),
        *(Difference(kind="join", state="gone", name=f"j{n}", before="starts git") for n in range(20)),
    ),
    new=("c0de000000000003:1",),
    gone=(FINDINGS[2],),
)


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("show", ["summary", "briefing", "all"])
def test_what_changed_takes_ten_lines_at_most(name: str, show: str) -> None:
    """Before and after stand side by side, what is gone as well as what is new, and the rest is counted."""
    text = formats.render(name, structs.replace(REPORT, change=CHANGE), show=show, width=100).replace("\\", "")
    assert "stay -0.70 -> unclear -0.46" in text and "66 lines" in text
    assert sum("gone: starts git" in line for line in text.splitlines()) == 8
    assert "12 more" in text and "4 findings new, 1 gone" in text


def test_markdown_stays_below_the_limit_and_says_so() -> None:
    """A report far beyond 1 MiB is cut below it, and what was cut is counted."""
    text = formats.render("markdown", many(3_000, "move", "whole-program-kernel"), show="all")
    assert 500_000 < len(text.encode()) < 1024 * 1024
    assert "**Cut here:**" in text and "Cut here" not in formats.render("markdown", REPORT)


@pytest.mark.parametrize(
    ("count", "warnings", "notices"),
    [pytest.param(0, 2, 4, id="all have room"), pytest.param(15, 10, 10, id="the rest is counted")],
)
def test_github_annotations_stay_within_what_is_shown(count: int, warnings: int, notices: int) -> None:
    """No more than ten annotations of a kind, and what has none is counted in the last notice, skipped files too."""
    found = tuple(
        structs.replace(FINDINGS[0], path=f"f{n}.go", component=f"c{n:05}", line=n + 1, rule="go/compute-kernel")
        for n in range(count)
    )
    report = structs.replace(many(count, "move", "whole-program-kernel"), findings=(*FINDINGS, *found))
    lines = formats.render("github", report).splitlines()
    kinds = [line.split()[0] for line in lines]
    assert (kinds.count("::warning"), kinds.count("::notice")) == (warnings, notices)
    assert "3 files skipped" in lines[-1] and ("more advice" in lines[-1]) is (count > 0)


def test_gitlab_fingerprints_are_unique() -> None:
    """Two alerts on one line have two fingerprints, since of two equal ones GitLab shows the first only."""
    twin = structs.replace(FINDINGS[1], column=5, message="again")
    report = structs.replace(REPORT, findings=(*FINDINGS, twin))
    marks = [entry["fingerprint"] for entry in json.loads(formats.render("gitlab", report))]
    assert len(marks) == len(set(marks)) > 5


def run_of(report: Report, name: str = "sarif") -> dict[str, Any]:
    """The run of a SARIF file."""
    run: dict[str, Any] = json.loads(formats.render(name, report))["runs"][0]
    return run


def test_sarif_holds_what_asks_for_something_and_nothing_else() -> None:
    """An advised move or split, its cuts and the places inside; what stays and what speaks for it is no alert."""
    rules = [result["ruleId"] for result in run_of(REPORT)["results"]]
    assert sorted(rules) == [
        "go/compute-kernel",
        "go/format-in-loop",
        "langfit/move",
        "langfit/split",
        "rust/kubernetes-client",
    ]
    assert {rule["id"] for rule in run_of(REPORT)["tool"]["driver"]["rules"]} == set(rules)


def test_sarif_names_the_deliverable_in_every_message() -> None:
    """A dashboard shows results one by one: each says what it is about, and each rule has an address."""
    run = run_of(REPORT)
    for result in run["results"]:
        assert result["message"]["text"].startswith(f"{result['properties']['deliverable']}: ")
    assert all(rule["helpUri"].startswith("https://") for rule in run["tool"]["driver"]["rules"])


def test_sarif_has_ten_results_per_deliverable_and_counts_the_rest() -> None:
    """The strongest first, three places of one rule at most."""
    found = tuple(structs.replace(FINDINGS[0], path=f"codec/f{n}.go", fingerprint=f"{n:x}:1") for n in range(300))
    run = run_of(structs.replace(REPORT, findings=found))
    assert [result["ruleId"] for result in run["results"]].count("go/format-in-loop") == 3
    assert "sarif-full" in json.dumps(run["invocations"]) or run["properties"]["results"]["leftOut"] == 0


def test_sarif_is_fast_on_30000_findings() -> None:
    """Well under a second, whatever is left out."""
    spread = tuple(
        structs.replace(FINDINGS[n % 3], path=f"dir{n % 97}/f{n}.go", fingerprint=f"{n:x}:1") for n in range(30_000)
    )
    report = structs.replace(REPORT, findings=spread)
    formats.render("sarif", REPORT)
    started = time.process_time()
    formats.render("sarif", report)
    assert time.process_time() - started < 1.0


def test_sarif_says_what_is_new_against_a_base() -> None:
    """`baselineState` is there where there is a base, and only there."""
    assert {result.get("baselineState") for result in run_of(REPORT)["results"]} == {None}
    changed = run_of(structs.replace(REPORT, change=CHANGE))
    assert {result["baselineState"] for result in changed["results"]} == {"new"}
    assert next(result["ruleId"] for result in changed["results"]) == "langfit/move"


def test_sarif_counts_what_has_no_file() -> None:
    """An advice without a file would make GitHub refuse the upload: it is left out, and counted."""
    homeless = tuple(structs.replace(item, path="", against=(), cuts=(), lacking=()) for item in DELIVERABLES)
    run = run_of(structs.replace(REPORT, deliverables=homeless))
    assert run["properties"]["results"]["leftOut"] == 2


def test_sarif_never_poses_as_security() -> None:
    """Nothing that turns advice into a security alert or opens alerts for ignored findings is ever written."""
    text = formats.render("sarif", REPORT)
    for word in ("security-severity", "suppressions", '"rank"', "uriBaseId"):
        assert word not in text


def test_sarif_keeps_githubs_limits() -> None:
    """Rules stay within the lengths and counts that GitHub accepts, and every result names a rule that is there."""
    long = structs.replace(REPORT.rules[0], why="x" * 3000, claims=tuple(f"C{n}" for n in range(30)))
    run = run_of(structs.replace(REPORT, rules=(long,)))
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert len(rule["fullDescription"]["text"]) <= 1024 and len(rule["name"]) <= 255
        assert 0 < len(rule["properties"]["tags"]) <= 10 and rule["help"]["text"] and rule["help"]["markdown"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_sarif_primary_region_is_one_line() -> None:
    """A pull request shows a result only when all its lines changed, so the wide range is a related location."""
    kernel = next(result for result in run_of(REPORT)["results"] if result["ruleId"] == "go/compute-kernel")
    region = kernel["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["endLine"]) == (20, 20)
    related = kernel["relatedLocations"][0]["physicalLocation"]["region"]
    assert (related["startLine"], related["endLine"], related["endColumn"]) == (20, 44, 2)


def test_sarif_full_keeps_everything() -> None:
    """Each deliverable, each finding, and what was suppressed with its reason."""
    results = run_of(REPORT, "sarif-full")["results"]
    assert len(results) == len(DELIVERABLES) + len(FINDINGS) + len(REPORT.suppressed)
    assert [r["suppressions"][0]["justification"] for r in results if r.get("suppressions")] == [
        "measured: 0.1% of the time"
    ]


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
    details = run_of(structs.replace(REPORT, source=structs.replace(REPORT.source, remote=remote))).get(
        "versionControlProvenance"
    )
    assert (details[0]["repositoryUri"] if details else None) == uri


def test_skips_are_grouped_by_reason() -> None:
    """One entry per reason, the most frequent first, with what is not listed counted."""
    rows = (*(Skipped(f"{n}.go", "timeout") for n in range(9)), Skipped("z.go", "binary"))
    first, second = outline.skipped(structs.replace(REPORT, skipped=rows))
    assert plain(first) == "9 files, took longer than --timeout to analyse: 0.go, 1.go, 2.go and 6 more"
    assert plain(second) == "1 file, contains NUL bytes: z.go"


def test_cuts_of_a_split_are_alerts_of_their_own() -> None:
    """Each further coarse cut has a result, at the function that is called."""
    second = structs.replace(CUT, root="window", component="window", fingerprint="c2:1", path="codec/window.go", line=5)
    items = (structs.replace(DELIVERABLES[1], cuts=(CUT, second)),)
    rules = [result["ruleId"] for result in run_of(structs.replace(REPORT, deliverables=items))["results"]]
    assert rules[:2] == ["langfit/split", "langfit/coarse-cut"]
