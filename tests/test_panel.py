"""The comparison of advice with what maintainers said: of which deliverable a graded component speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import accuracy, panel
from trees import Files, report_on, write

MAIN = 'package main\n\nimport "example.com/m/core"\n\nfunc main() { core.Run() }\n'
BODY = "".join(f"func F{n}(a, b int) int {{ return a + b + {n} }}\n" for n in range(200))
TREE: Files = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "cmd/shop/main.go": MAIN,
    "core/core.go": f"package core\n\nfunc Run() {{}}\n{BODY}",
    "other/o.go": "package other\n\nfunc Other() {}\n",
}
ALL = {"example.com/m/cmd/shop", "example.com/m/core", "example.com/m/other"}


@pytest.mark.parametrize(
    ("component", "names", "stands"),
    [
        pytest.param("example.com/m/...", ALL, True, id="whole module"),
        pytest.param("./...", ALL, True, id="whole tree"),
        pytest.param("example.com/m/cmd/shop", {"example.com/m/cmd/shop"}, True, id="what it begins with"),
        pytest.param("example.com/m/core", {"example.com/m/core"}, True, id="most of its code"),
        pytest.param("example.com/m/other", {"example.com/m/other"}, False, id="not linked"),
        pytest.param("example.com/m", set(), False, id="no such package"),
    ],
)
def test_a_row_speaks_of_a_deliverable(component: str, names: set[str], *, stands: bool, tmp_path: Path) -> None:
    """A component stands for a program when the program begins with it, or when it is most of its code."""
    report = report_on(write(tmp_path, TREE))
    found = panel.named({"component": component, "language": "go"}, report)
    shop = next(item for item in report.deliverables if item.name == "shop")
    assert found == names
    assert panel.stands_for(shop, found, report) is stands


def row(repo: str, label: str, lean: float, files: int = 1) -> dict[str, Any]:
    return {"repo": repo, "label": label, "lean": lean, "source_files": files, "source_language": "go"}


@pytest.mark.parametrize(
    ("rows", "alike", "area"),
    [
        pytest.param([row("a", "rust", 0.5), row("b", "go", -0.5)], 3, 1.0, id="in order"),
        pytest.param([row("a", "rust", 0.1), row("b", "go", 0.1)], 3, 0.5, id="a tie counts half"),
        pytest.param([row("a", "rust", 0.5), row("b", "go", 0.1), row("c", "go", 0.9, 10)], 3, 1.0, id="sizes differ"),
        pytest.param([row("a", "rust", 0.5), row("b", "go", 0.1), row("c", "go", 0.9, 10)], 10, 0.5, id="sizes alike"),
    ],
)
def test_the_area_of_the_lean(rows: list[dict[str, Any]], alike: float, area: float) -> None:
    """It is the chance of the right order, over pairs of a size."""
    assert accuracy.auc(rows, alike=alike) == area


def test_repositories_weigh_alike() -> None:
    """Three rows of one repository count as much as one of another."""
    rows = [row("a", "go", 0.0)] * 3 + [row("b", "rust", 0.0)]
    assert accuracy.weighed(rows, lambda one: one["label"] == "go") == 0.5
