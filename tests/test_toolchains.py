"""The inventory beside the toolchains: what `go list` and `cargo metadata` list, langfit lists, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.toolchains import differences
from trees import Files, crate, write

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
pytestmark = [
    pytest.mark.skipif(shutil.which("go") is None, reason="the go command is not installed"),
    pytest.mark.skipif(shutil.which("cargo") is None, reason="the cargo command is not installed"),
]

MAIN = "package main\n\nfunc main() {}\n"
RUN = "fn main() {}\n"
LIB = "pub fn f() {}\n"

TREES: dict[str, Files] = {
    "a module with packages and a program": {
        "go.mod": "module example.com/m\n\ngo 1.24\n", "a.go": "package m\n", "in/b.go": "package in\n",
        "cmd/x/main.go": MAIN, "only/a_test.go": "package only\n",
    },
    "what go passes over": {
        "go.mod": "module example.com/m\n\ngo 1.25\n\nignore (\n\t./old\n\tscratch\n)\n", "a.go": "package m\n",
        "_x.go": "package x\n", ".y.go": "package y\n", "_z/z.go": "package z\n", "testdata/t.go": "package t\n",
        "old/o.go": "package o\n", "deep/scratch/s.go": "package s\n", "deep/d.go": "package d\n",
    },
    "constraints that nobody meets": {
        "go.mod": "module example.com/m\n\ngo 1.24\n", "a.go": "package m\n",
        "gen/g.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
        "tools/t.go": "//go:build tools\n\npackage tools\n", "win/w_windows.go": "package win\n",
        "e2e/e_test.go": "//go:build e2e\n\npackage e2e\n",
    },
    "a module inside of another": {
        "go.mod": "module example.com/m\n\ngo 1.24\n", "a.go": "package m\n",
        "sub/go.mod": "module example.com/m/sub\n\ngo 1.24\n", "sub/s.go": "package sub\n", "sub/cmd/main.go": MAIN,
    },
    "targets that say where they are": {
        "Cargo.toml": crate(
            "depot",
            '[lib]\nname = "stock"\npath = "lib/stock.rs"\n[[bin]]\nname = "run"\npath = "tests/main.rs"\n'
            '[[test]]\nname = "it"\npath = "src/it.rs"\n[[example]]\nname = "tour"\npath = "src/tour.rs"\n',
        ),
        "lib/stock.rs": LIB, "tests/main.rs": RUN, "src/it.rs": RUN, "src/tour.rs": RUN, "src/bin/more.rs": RUN,
        "src/bin/big/main.rs": RUN,
    },
    "programs that are not found by themselves": {
        "Cargo.toml": crate("quiet", "").replace("edition", "autobins = false\nedition"),
        "src/lib.rs": LIB, "src/main.rs": RUN, "src/bin/x.rs": RUN,
    },
    "members by path": {
        "Cargo.toml": '[workspace]\nmembers = ["app"]\nexclude = ["idle"]\n[workspace.dependencies]\nrow = { path = "row" }\n',
        "app/Cargo.toml": crate("app", '[dependencies]\nnear = { path = "../near" }\n[dev-dependencies]\nkit = { path = "../kit" }\n'),
        "app/src/main.rs": RUN, "near/Cargo.toml": crate("near"), "near/src/lib.rs": LIB,
        "kit/Cargo.toml": crate("kit"), "kit/src/lib.rs": LIB, "idle/Cargo.toml": crate("idle"), "idle/src/lib.rs": LIB,
    },
    "members below an excluded folder": {
        "Cargo.toml": '[workspace]\nmembers = ["extra/one", "extra/two"]\nexclude = ["extra"]\n[workspace.package]\nedition = "2021"\n',
        "extra/one/Cargo.toml": '[package]\nname = "one"\nversion = "1.0.0"\nedition.workspace = true\n', "extra/one/src/lib.rs": LIB,
        "extra/two/Cargo.toml": crate("two"), "extra/two/src/main.rs": RUN,
        "extra/out/Cargo.toml": crate("out"), "extra/out/src/lib.rs": LIB,
    },
    "a library of another name": {
        "Cargo.toml": crate("shop-engine", '[lib]\nname = "engine"\ncrate-type = ["cdylib", "rlib"]\n'), "src/lib.rs": LIB,
    },
    "both languages in one folder": {
        "go.mod": "module example.com/m\n\ngo 1.24\n", "main.go": MAIN, "Cargo.toml": crate("m"), "src/main.rs": RUN,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TREES)
def test_a_tree_is_listed_as_the_toolchains_do(name: str, tmp_path: Path) -> None:
    """Packages, crates, programs and libraries are those of go and cargo."""
    assert differences(write(tmp_path, TREES[name])) == []


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
def test_a_fixture_is_listed_as_the_toolchains_do(name: str, tmp_path: Path) -> None:
    """So it is for every fixture."""
    copy = tmp_path / name
    shutil.copytree(FIXTURES / name, copy)
    assert differences(copy) == []


def test_a_difference_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail."""
    monkeypatch.setattr("langfit.languages.go.layout.ignored_folders", lambda _: frozenset())
    found = differences(write(tmp_path, TREES["what go passes over"]))
    assert found == ["2 packages of langfit alone: deep/scratch, old"]
