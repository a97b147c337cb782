"""What a run comes to: numbers that agree in every form, pages that hostile names cannot break, and queries that run."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import fleets
from fleets import ran, report_of
from github_upload import upload
from langfit.fleet import place, summary
from langfit.fleet.tables import COLUMNS
from trees import GO_MOD, invoked

HERE = Path(__file__).resolve().parent.parent
QUICK = ("--no-cache", "--quiet")
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&=##[error]"
QUERIES = re.findall(r"^```sql\n(.*?)^```$", (HERE / "docs/fleet.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of a fleet in which one repository has changed since: a kernel became a service."""
    home = tmp_path_factory.mktemp("fleet")
    m0, m1, m2 = fleets.small_fleet(home / "in", 3)
    fleets.bare(home / "in/m3.git", {"go.mod": GO_MOD, "main.go": "package main\n\nfunc main() {}\n"})
    fleets.empty(home / "in/empty.git")
    rows = [
        ("m0", m0, "", "=cmd()", "tier-1"),
        ("m1", m1),
        ("m2", m2, "", "-team", "a,b"),
        (HOSTILE, home / "in/m3.git"),
    ]
    text = "".join("\t".join(map(str, row)) + "\n" for row in [*rows, ("empty", home / "in/empty.git")])
    (home / "list.tsv").write_text(text)
    ran(home / "list.tsv", "--out", home / "out", *QUICK)
    fleets.bare(m1, fleets.SERVICE)
    ran(home / "list.tsv", "--out", home / "out", *QUICK)
    return home / "out"


def test_coverage_comes_first(fleet: Path) -> None:
    """What failed is named with its reason, before any ranking."""
    lines = invoked("fleet", "report", fleet).stdout.splitlines()
    assert lines[1] == "4 of 5 repositories have a result: 1 done in this run, 3 known before, 1 failed."
    assert lines[2].startswith("1 failed (langfit says why): empty")
    said = "\n".join(lines)
    assert said.index("have a result") < said.index("deliverables: ") < said.index("worth a look")
    assert "incomplete: 80.0%" in said
    assert "\\[error]" in said and "##[" not in said


def test_json_says_what_the_manifest_says(fleet: Path) -> None:
    """And both agree with the rows."""
    report = report_of(fleet)
    run = place.chosen_run(str(fleet))
    for name in ("repositories", "done", "known", "failed", "deliverables", "components", "findings"):
        assert report[name] == getattr(run, name), name
    assert report["deliverables"] == sum(sum(row["answers"].values()) for row in report["rows"]) == 4
    assert len(report["rows"]) == report["repositories"] == 5
    assert report["changes"]["repositories"] == 4


def test_a_changed_answer_is_told(fleet: Path) -> None:
    """By the same rules only, and for what was scanned both times."""
    changes = report_of(fleet)["changes"]
    assert {row["repository"] for row in changes["rows"]} == {"m1"}
    assert sum(changes["matrix"].values()) == len(changes["rows"]) >= 1


def test_a_spreadsheet_gets_no_formula(fleet: Path) -> None:
    """Every deliverable and every repository is a row; what begins like a formula is text."""
    rows = list(csv.DictReader(io.StringIO(invoked("fleet", "report", fleet, "--format", "csv").stdout)))
    assert [row["repository"] for row in rows if row["owner"] == "'=cmd()"] == ["m0"]
    assert len(rows) == 4 and all(float(row["lean"]) <= 1 for row in rows)
    table = invoked("fleet", "report", fleet, "--format", "csv", "--table", "repositories").stdout
    assert [row["state"] for row in csv.DictReader(io.StringIO(table))].count("failed") == 1


def test_the_page_holds_names_as_text(fleet: Path, tmp_path: Path) -> None:
    """A name is neither markup nor the end of the data, and the page asks for nothing."""
    done = invoked("fleet", "report", fleet, "--format", "html", "--output", tmp_path / "page.html")
    assert (done.exit_code, done.stdout) == (0, "")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<img" not in page and "##[" not in page and page.count("<script") == 2
    data = json.loads(page.partition('<script type="application/json" id="data">')[2].partition("</script>")[0])
    assert len(data["items"]) == 4 and len(data["repositories"]) == 5
    assert HOSTILE in {row[0] for row in data["repositories"]}
    places = [
        page.index(f'<section id="{name}"') for name in ("coverage", "balance", "top", "deliverables", "repositories")
    ]
    assert places == sorted(places)


def told(repository: str, name: str, answer: str, lean: float, lines: int = 1000) -> Any:
    """Return a deliverable as the report reads it."""
    from langfit.fleet.model import Row
    from langfit.model.report import Advice, Fit

    fit, advice = Fit("rust", lean, 0.8), Advice(answer, "close", "A sentence.")  # type: ignore[arg-type]
    item = summary.Item(
        name=name, kind="program", language="go", root=".", lines=lines, fit=fit, advice=advice, roles=("api",)
    )
    return summary.DeliverableRow(Row(repository, "done"), item)


def test_ten_are_shown_and_two_of_one_repository() -> None:
    """What asks for something comes before what is unclear, however clear its lean; what stays is not shown."""
    rows = [told(f"r{n % 4}", f"d{n}", "move", 0.5 + n / 100) for n in range(12)]
    rows += [told(f"u{n}", "d", "unclear", 0.9, 10**6) for n in range(9)] + [told("s", "d", "stay", 1.0)]
    rows.sort(key=lambda one: -one.worth)
    top = list(summary._top(rows))
    assert [one.item.advice.answer for one in top] == ["move"] * 8 + ["unclear"] * 2
    assert max([one.row.id for one in top].count(name) for name in {one.row.id for one in top}) == 2


def test_an_outlier_is_unlike_those_with_its_part() -> None:
    """Among enough of them; and a repository with many unclear deliverables is one."""
    rows = [told(f"r{n}", "d", "stay", -0.7) for n in range(6)] + [told("odd", "d", "move", 0.6)]
    rows += [told("many", f"d{n}", "unclear", -0.6) for n in range(3)]
    assert [(one.repository, one.name) for one in summary._outliers(rows)] == [("odd", "d"), ("many", "")]
    assert list(summary._outliers([told("odd", "d", "move", 0.6), told("r", "d", "stay", -0.7)])) == []


def test_sarif_is_a_file_for_each_repository(fleet: Path, tmp_path: Path) -> None:
    """In the shape that the forge accepts, with a table of sums for the script that uploads them."""
    ran("sarif", fleet, "--out", tmp_path)
    rows = list(
        csv.DictReader((tmp_path / "sarif.tsv").read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    )
    assert sorted(row["repository"] for row in rows)[1:] == ["m0", "m1", "m2"]
    for row in rows:
        data = (tmp_path / row["file"]).read_bytes()
        assert sha256(data).hexdigest() == row["sha256"] and row["ref"] == "refs/heads/main"
        log = json.loads(data)
        assert len(log["runs"][0]["results"]) == int(row["results"])
        assert upload(data.decode(), tmp_path).refused == ()


def test_no_machine_path_and_no_code_is_kept(fleet: Path) -> None:
    """Results and tables hold ids; lines of code only when asked for."""
    for path in fleet.glob("results/**/*.json.gz"):
        result = place.read_result(str(fleet), path.name.partition(".")[0])
        assert result is not None
        assert str(fleet.parent) not in repr(result)
        assert not any(row.code for item in result.report.deliverables for row in (*item.for_, *item.against))
        assert not any(finding.code for finding in result.report.findings)


def test_without_duckdb_there_is_a_report_and_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables alone need it."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    fleets.small_fleet(tmp_path / "in", 1)
    done = invoked("fleet", tmp_path / "in", "--out", tmp_path / "out", *QUICK)
    assert done.exit_code == 0 and "pip install 'langfit[fleet]'" in done.stderr
    assert not list((tmp_path / "out").glob("runs/*/*.parquet"))
    assert report_of(tmp_path / "out")["done"] == 1


def asked(fleet: Path, query: str) -> list[tuple[Any, ...]]:
    """Run a query in the folder of the newest run."""
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install '.[fleet]'")
    home = place.run_path(str(fleet), place.read_latest(str(fleet)).run)
    connection = duckdb.connect()
    before = os.getcwd()
    try:
        os.chdir(home)
        rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
        return rows
    finally:
        os.chdir(before)
        connection.close()


@pytest.mark.parametrize("query", QUERIES, ids=[query.partition("\n")[0].removeprefix("-- ") for query in QUERIES])
def test_the_queries_of_the_docs_run(fleet: Path, query: str) -> None:
    """On the tables of a run, whatever they hold."""
    asked(fleet, query)


def test_the_tables_agree_with_the_report(fleet: Path) -> None:
    """Row by row where it matters, and no table has a column that is not documented in the code."""
    report = report_of(fleet)
    for table in ("repositories", "deliverables", "components", "findings"):
        assert asked(fleet, f"select count(*) from '{table}.parquet'") == [(report[table],)], table
    assert asked(fleet, "select repository, state from 'repositories.parquet' order by 1") == sorted(
        (row["id"], row["state"]) for row in report["rows"]
    )
    for table, columns in COLUMNS.items():
        assert [row[0] for row in asked(fleet, f"describe select * from '{table}.parquet'")] == list(columns)


def test_a_manifest_knows_its_files(fleet: Path) -> None:
    """With their sizes and sums; two runs have each their own."""
    for run in place.runs_of(str(fleet)):
        assert len(run.files) == len(COLUMNS) + 1
        for name, (size, digest) in run.files.items():
            data = place.run_path(str(fleet), run.run, name).read_bytes()
            assert (len(data), sha256(data).hexdigest()) == (size, digest)


@pytest.mark.parametrize(
    ("name", "schema"), [("github-matrix.yml", "vendor.github-workflows"), ("gitlab-ci.yml", "vendor.gitlab-ci")]
)
def test_manifests_keep_their_schema(name: str, schema: str) -> None:
    """As the tool for them says."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(HERE / "docs/fleet" / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


JOB = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "batch/v1"},
        "kind": {"const": "Job"},
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["template"],
            "properties": {
                "completionMode": {"const": "Indexed"},
                **{key: {"type": "integer", "minimum": 0} for key in ("completions", "parallelism", "backoffLimitPerIndex", "maxFailedIndexes")},
                "template": {"type": "object", "required": ["spec"]},
            },
        },
    },
}  # fmt: skip


def test_the_job_for_kubernetes_is_one() -> None:
    """An indexed job whose shards are as many as its completions, counted from one."""
    job = YAML(typ="safe").load(HERE / "docs/fleet/kubernetes-job.yaml")
    jsonschema.validate(job, JOB)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert f"$((JOB_COMPLETION_INDEX + 1))/{job['spec']['completions']}" in container["args"][0]
    mounted = {row["name"] for row in container["volumeMounts"]}
    assert mounted == {row["name"] for row in job["spec"]["template"]["spec"]["volumes"]}


def test_the_array_for_slurm_is_a_script() -> None:
    """That a shell reads, with as many shards as the array has tasks."""
    path = HERE / "docs/fleet/slurm-array.sh"
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0
    assert "#SBATCH --array=1-" in path.read_text("utf-8")
