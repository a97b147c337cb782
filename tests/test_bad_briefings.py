"""What ships where the tree is broken: a plain sentence or an answer, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from langfit.model.errors import LangfitError
from trees import GO_MOD, Files, crate, report_on, service, write

MAIN = "package main\n\nfunc main() {}\n"
CYCLE: Files = {
    "go.mod": GO_MOD,
    "main.go": 'package main\n\nimport "example.com/m/a"\n\nfunc main() { a.F() }\n',
    "a/a.go": 'package a\n\nimport "example.com/m/b"\n\nfunc F() { b.F() }\n',
    "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nfunc F() { a.F() }\n',
}
BROKEN: Files = {"go.mod": GO_MOD, "main.go": service().replace("func main() {", "func main() {{{ ((")}
MISSING: Files = {
    "Cargo.toml": '[workspace]\nmembers = ["here", "gone", "also/*"]\n',
    "here/Cargo.toml": crate("here", '[dependencies]\ngone = { path = "../gone" }\n'),
    "here/src/main.rs": "fn main() {}\n",
}
PROTO: Files = {"go.mod": GO_MOD, "main.go": MAIN, "api/api.proto": 'syntax = "proto3";\nmessage M {}\nservice S {}\n'}


@pytest.mark.parametrize(
    ("files", "names"),
    [
        pytest.param(BROKEN, {"m"}, id="a main package that does not compile"),
        pytest.param(MISSING, {"here"}, id="a workspace whose members are missing"),
        pytest.param(CYCLE, {"m"}, id="an import cycle"),
        pytest.param(PROTO, {"m"}, id="a .proto without a package"),
        pytest.param({"go.mod": GO_MOD, "a.txt": "nothing\n"}, set(), id="no source at all"),
        pytest.param({"x_test.go": "package x\n"}, set(), id="tests alone"),
    ],
)
def test_what_ships_from_a_broken_tree(files: Files, names: set[str], tmp_path: Path) -> None:
    """All of it has a row, and a report without one says so."""
    report = report_on(write(tmp_path, files))
    assert {item.name for item in report.deliverables} == names
    assert bool(names) != report.sentence.startswith("Nothing here ships")
    assert all(item.advice.sentence for item in report.deliverables)


def test_a_file_that_does_not_parse_is_named(tmp_path: Path) -> None:
    """Its program is not judged by it in silence."""
    report = report_on(write(tmp_path, BROKEN))
    assert [row.path for row in report.syntax_errors] == ["main.go"]


def test_a_thousand_programs(tmp_path: Path) -> None:
    """Each has its row; the sentence names none of them."""
    files = {"go.mod": GO_MOD, **{f"cmd/p{n}/main.go": MAIN for n in range(1000)}}
    report = report_on(write(tmp_path, files))
    assert len({item.name for item in report.deliverables}) == 1000
    assert len(report.sentence) < 200


def test_components_that_overlap_are_refused(tmp_path: Path) -> None:
    """A file belongs to one of them, and the sentence names both."""
    tree = write(tmp_path, {"go.mod": GO_MOD, "a/a.go": "package a\n", "main.go": MAIN})
    with pytest.raises(LangfitError, match=r"claimed by components one and two|one.*two|two.*one"):
        report_on(tree, components={"one": ("a",), "two": ("a/a.go", "a")})
