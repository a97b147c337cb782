"""One SARIF file per deliverable: every result in exactly one file, categories that cannot clash, files that GitHub takes."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import categories
import multitool
from golden.report import REPORT
from langfit import formats
from test_action import ROOT, outputs, runner, scan_step

needs_multitool = pytest.mark.skipif(bool(multitool.absent()), reason=multitool.absent() or "present")


def log(results: dict[str, int], judged: tuple[str, ...] = ()) -> dict[str, Any]:
    """A SARIF log with so many results of each deliverable, each of a rule of its own, and these judged beside them."""
    rows = [
        {"ruleId": f"go/{number}", "ruleIndex": number + 1, "properties": {"deliverable": name} if name else {}}
        for number, name in enumerate(name for name, count in results.items() for _ in range(count))
    ]
    rules = [{"id": "langfit/move"}, *({"id": row["ruleId"]} for row in rows)]
    deliverables = [{"name": name} for name in (*results, *judged) if name]
    run = {
        "tool": {"driver": {"name": "langfit", "rules": rules, "notifications": [{"id": "skipped/size"}]}},
        "automationDetails": {"id": "langfit/"},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [{"level": "note"}]}],
        "results": rows,
        "properties": {"deliverables": deliverables},
    }
    return {"version": "2.1.0", "runs": [run]}


def counts(made: categories.Parts) -> dict[str, int]:
    """Results by category, in the order of the files."""
    runs = [file["runs"][0] for file in made.files]
    return {run["automationDetails"]["id"]: len(run["results"]) for run in runs}


@pytest.mark.parametrize(
    ("results", "judged", "expected"),
    [
        ({}, (), {"fit/": 0}),
        ({"a": 2, "b/c": 1}, (), {"fit/a/": 2, "fit/b/c/": 1, "fit/": 0}),
        ({"a": 1, "": 3}, (), {"fit/a/": 1, "fit/": 3}),
        ({"b": 1}, ("a",), {"fit/b/": 1, "fit/a/": 0, "fit/": 0}),
        ({"d": 1, "b": 1, "c": 2}, ("a",), {"fit/b/": 1, "fit/c/": 2, "fit/d/": 1, "fit/": 0}),
        ({"d": 1, "b": 1, "c": 2, "e": 5}, ("a",), {"fit/b/": 1, "fit/c/": 2, "fit/d/": 1, "fit/": 5}),
    ],
)
def test_each_deliverable_has_its_file(
    results: dict[str, int], judged: tuple[str, ...], expected: dict[str, int]
) -> None:
    """Deliverables with results first, then the others, as many as there is room for; the rest in the last file."""
    made = categories.parts(log(results, judged), "fit", most=4)
    assert counts(made) == expected
    assert list(counts(made)) == list(expected)


def test_a_result_of_no_deliverable_is_in_the_last_file() -> None:
    """What names a deliverable that the run does not list goes with the rest."""
    given = log({"a": 1, "b": 2})
    given["runs"][0]["properties"]["deliverables"] = [{"name": "a"}]
    assert counts(categories.parts(given, "fit")) == {"fit/a/": 1, "fit/": 2}


def test_what_has_no_file_is_told() -> None:
    """Merged components and those left out are named, ten of them at most."""
    made = categories.parts(log({f"m{n:02}": 1 for n in range(31)}, ("quiet",)), "fit")
    assert len(made.files) == categories.MOST
    assert made.merged == tuple(f"m{n:02}" for n in range(19, 31))
    assert made.left_out == ("quiet",)
    merged, left_out = categories.sentences(made, "fit")
    assert merged.endswith("results of m19, m20, m21, m22, m23, m24, m25, m26, m27, m28 and 2 more are in fit itself.")
    assert "quiet" in left_out
    assert categories.sentences(categories.parts(log({"a": 1}), "fit"), "fit") == []


@pytest.mark.parametrize(
    "names", [("a-b", "a_b", "A.B"), (".", "-"), ("ä", "ö"), ("x/", "x"), ("a", "b"), ("\U0001f600", "..")], ids=repr
)
def test_categories_stay_apart(names: tuple[str, ...]) -> None:
    """Names that the upload would take for one get a mark, and the mark depends on nothing but the name."""
    both = counts(categories.parts(log(dict.fromkeys(names, 1)), "fit"))
    assert len({categories.clash(identifier) for identifier in both}) == len(names) + 1
    quieter = counts(categories.parts(log({names[0]: 1}, names[1:]), "fit"))
    assert set(quieter) == set(both)


def test_rules_follow_their_results() -> None:
    """A file holds the rules that its results use, at the index they give, and those of advice."""
    for file in categories.parts(log({"a": 2, "b": 1}), "fit").files:
        (run,) = file["runs"]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert [rules[result["ruleIndex"]] for result in run["results"]] == [row["ruleId"] for row in run["results"]]
        assert set(rules) == {"langfit/move", *(row["ruleId"] for row in run["results"])}


def test_notes_on_the_whole_scan_are_told_once() -> None:
    """What was skipped stands in the last file only."""
    runs = [file["runs"][0] for file in categories.parts(log({"a": 1}), "fit").files]
    told = ["toolExecutionNotifications" in run["invocations"][0] for run in runs]
    assert told == ["notifications" in run["tool"]["driver"] for run in runs] == [False, True]


def test_nothing_is_changed_in_place() -> None:
    """The whole log stays what it was."""
    given = log({"a": 1, "b": 1})
    before = json.dumps(given)
    categories.parts(given, "fit")
    assert json.dumps(given) == before


@needs_multitool
def test_every_file_passes_the_gate(tmp_path: Path) -> None:
    """Each file of a real report is one that the SARIF gate accepts."""
    made = categories.parts(json.loads(formats.render("sarif", REPORT)), "langfit")
    assert len(made.files) > 1
    for number, file in enumerate(made.files):
        path = tmp_path / f"{number}.sarif"
        path.write_text(json.dumps(file), "utf-8")
        assert multitool.validate(path) == []


def test_many_deliverables_in_one_scan(tmp_path: Path) -> None:
    """The step writes 20 files, names what it merged, and stays within the annotations that GitHub shows."""
    workspace, temporary = tmp_path / "workspace", tmp_path / "temporary"
    temporary.mkdir()
    for number in range(25):
        folder = Path(shutil.copytree(ROOT / "fixtures" / "mixed", workspace / f"m{number:02}"))
        for path in (folder / "go.mod", *folder.glob("api/*.go")):
            text = path.read_text("utf-8").replace("example.com/gallery", f"example.com/{folder.name}")
            path.write_text(text, "utf-8")
    environment = runner(temporary, LANGFIT_CATEGORY_PER_DELIVERABLE="true", LANGFIT_SHOW="all")
    done = scan_step(sys.executable, workspace, environment)
    assert done.returncode == 0, done.stderr
    files = sorted(Path(outputs(environment)["sarif-file"]).iterdir())
    assert [path.name for path in files] == [f"langfit-{number:02}.sarif" for number in range(1, 21)]
    for kind in ("::notice", "::warning"):
        assert sum(line.startswith(kind) for line in done.stdout.splitlines()) == 10
    assert "the results of " in done.stdout
    assert "are in langfit itself" in done.stdout
