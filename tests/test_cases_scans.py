"""Situations that people reported of tools of this kind: what a scan says of trees and repositories that are odd.

Each row begins with the number of its situation, as in test_cases.py.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from langfit import formats
from trees import Files, crate, report_on, write

GO = "module example.com/m\n\ngo 1.24\n"
LABEL = 'func Label{0}(rows []int) (out []string) {{\n\tfor _, row := range rows {{\n\t\tout = append(out, fmt.Sprintf("%d-%d", row, {0}))\n\t}}\n\treturn out\n}}\n\n'


def labels(count: int, package: str = "p", head: str = "") -> str:
    """Return a Go file with functions that format inside a loop, each on a line of its own."""
    return f'package {package}\n\nimport "fmt"\n\n{head}' + "".join(LABEL.format(number) for number in range(count))


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b", *words], cwd=folder, check=True, capture_output=True
    )


CONFLICT = "<<<<<<< HEAD\nfunc A() {\n=======\nfunc B() {\n>>>>>>> other\n}\n\n"
SAFE = 'unsafe extern "C" {{\n    {};\n}}\n\npub fn f() {{}}\n'
ERRORS = {  # one file -> the line of its first error, and whether what it holds is judged
    "9 new with an expression": ("p.go", labels(9) + "var x = new(len(y))\n", 68, True),
    "27 a safe function": ("src/lib.rs", SAFE.format("safe fn g()"), 2, True),
    "27 a negative constant": ("src/lib.rs", "pub fn f() {}\n" * 9 + "type A = Level<-1>;\n", 10, True),
    "29 a foreign type": ("src/lib.rs", 'extern "C" {\n    pub type A;\n}\n\n' + "pub fn f() {}\n" * 40, 2, True),
    "39 in the middle of a merge": ("p.go", labels(30, head=CONFLICT), 5, True),
    "39 a string that never ends": ("p.go", "package p\n\nvar s = `never\n\n" + labels(30)[10:], 3, False),
    "39 a merge at the top of a library": ("src/lib.rs", "<<<<<<< HEAD\nfn a() {}\n=======\n>>>>>>> x\n" + "pub fn g() { x(); }\n" * 90, 1, False),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_does_not_parse_is_told(name: str, tmp_path: Path) -> None:
    """In every format, with its first line; beyond a share its component is not judged."""
    path, code, line, judged = ERRORS[name]
    manifest = {"go.mod": GO} if path.endswith(".go") else {"Cargo.toml": crate("p")}
    report = report_on(write(tmp_path, manifest | {path: code}))
    assert [(row.path, row.line) for row in report.syntax_errors] == [(path, line)]
    assert report.files.with_syntax_errors == 1
    assert (report.components[0].fit.why != "broken") is judged
    for kind in formats.names():
        if kind != "github":
            assert path in formats.render(kind, report), kind


RENDER = "#pragma version(1)\n#pragma rs java_package_name(com.example)\n\nfloat4 a;\n\nvoid root(const uchar4 *in) { a = *in; }\n"
TONE = "static float tone{0}(float a) {{\n    float b = a * 0.5f;\n    return b;\n}}\n"
OTHERS = {
    "11 RenderScript": {"app/src/main/rs/a.rs": RENDER},
    "11 much of it that reads like Rust": {"a.rs": RENDER + "".join(TONE.format(n) for n in range(60))},
    "11 beside a crate": {"Cargo.toml": crate("c"), "src/lib.rs": "pub fn f() {}\n", "rs/a.rs": "/* x */\n#include <a.rsh>\n" + RENDER},
    "11 a document": {"a.rs": '<sim>\n<x a="1">text</x>\n</sim>\n' * 40},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_another_language_are_skipped(name: str, tmp_path: Path) -> None:
    """They make no component, and the rest is judged as if they were not there."""
    report = report_on(write(tmp_path, OTHERS[name]))
    assert [row.reason for row in report.skipped] == ["other-language"]
    assert [row.name for row in report.components] == (["c"] if "Cargo.toml" in OTHERS[name] else [])


IGNORE = "\t\t// langfit: ignore[go/format-in-loop] {}\n"
CALL = '\t\tout = append(out, fmt.Sprintf("%d-%d", row, 0))\n'
IGNORES = {  # what replaces the first place -> the findings that are left of 12, and what a notice says
    "19 two reasons above one line": (IGNORE.format("a") + "\t\t// langfit: ignore[go/bit-twiddling] b\n" + CALL, 11, "covers line 9, where that rule finds nothing"),
    "19 a reason of two lines and a blank one": (IGNORE.format("labels are made") + "\t\t// by hand\n\n" + CALL, 11, ""),
    "19 a call two lines further down": (IGNORE.format("a") + '\t\tout = append(\n\t\t\tout,\n\t\t\tfmt.Sprintf("%d-%d", row, 0),\n\t\t)\n', 11, ""),
    "19 in a string": ('\t\t_ = "langfit: ignore[go/format-in-loop] a"\n' + CALL, 12, ""),
    "19 the second of two statements": (IGNORE.format("a") + "\t\t_ = row\n" + CALL, 12, "covers line 8, where that rule finds nothing; move or remove it"),
    "19 behind a statement with a body": (IGNORE.format("a") + "\t\tif row > 3 {\n\t\t\tbreak\n\t\t}\n" + CALL, 12, "covers line 8, where that rule finds nothing; move or remove it"),
}  # fmt: skip


@pytest.mark.parametrize("name", IGNORES)
def test_reasons_above_code(name: str, tmp_path: Path) -> None:
    """A suppression covers the next code after the group of comments, and one out of reach says so."""
    new, left, notice = IGNORES[name]
    report = report_on(write(tmp_path, {"go.mod": GO, "p.go": labels(12).replace(CALL, new, 1)}))
    assert len([row for row in report.findings if row.rule == "go/format-in-loop"]) == left
    assert (not report.notices) if not notice else any(notice in row for row in report.notices)


QUERY = '#[derive(FromRow)]\npub struct Row{0} {{\n    pub id: i64,\n}}\n\npub async fn get{0}(pool: &PgPool) -> db::Result<Row{0}> {{\n    db::query_as("select id from t").bind({0}).fetch_one(pool).await\n}}\n\n'
STORE = "use db::{FromRow, PgPool};\n\n" + "".join(QUERY.format(number) for number in range(40))
FORK = {"forks/sqlx/Cargo.toml": crate("sqlx"), "forks/sqlx/src/lib.rs": "pub fn query() {}\n"}
PATCH = '[workspace]\nmembers = ["svc"]\n[patch.crates-io]\nsqlx = { path = "forks/sqlx" }\n'


def store(dependencies: str, name: str = "db") -> Files:
    """Return a crate that queries a database under a name."""
    return {"svc/Cargo.toml": crate("svc", dependencies), "svc/src/lib.rs": STORE.replace("db::", f"{name}::")}


LIKE_SQLX: dict[str, Files] = {
    "23 renamed": store('[dependencies]\ndb = { package = "sqlx", version = "0.8" }\n'),
    "23 renamed with a hyphen": store('[dependencies]\nmy-db = { package = "sqlx", version = "0.8" }\n', "my_db"),
    "23 renamed in the workspace": {"Cargo.toml": '[workspace]\nmembers = ["svc"]\n[workspace.dependencies]\ndb = { package = "sqlx", version = "0.8" }\n'} | store("[dependencies]\ndb.workspace = true\n"),
    "42 a fork beside it": FORK | store('[dependencies]\nsqlx = "0.8"\n', "sqlx"),
    "42 a fork in its workspace": FORK | {"Cargo.toml": '[workspace]\nmembers = ["svc", "forks/sqlx"]\n'} | store('[dependencies]\nsqlx = "0.8"\n', "sqlx"),
    "42 a fork that a patch puts in place": FORK | {"Cargo.toml": PATCH} | store('[dependencies]\nsqlx = "0.8"\n', "sqlx"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIKE_SQLX)
def test_a_library_keeps_its_meaning(name: str, tmp_path: Path) -> None:
    """Under another name, and with a copy in the tree, a crate is judged as with the library alone."""
    plain = report_on(write(tmp_path / "plain", store('[dependencies]\nsqlx = "0.8"\n', "sqlx")))
    report = report_on(write(tmp_path / "it", LIKE_SQLX[name]))
    (expected,) = plain.components
    found = next(row for row in report.components if row.name == "svc")
    assert expected.fit.lean < -0.3
    assert found.fit == expected.fit


def test_25_columns_for_sonar_count_utf16_units(tmp_path: Path) -> None:
    """After two emoji the mark still covers the call, and nothing else."""
    line = '\t\tout = append(out, "😀😀", fmt.Sprintf("%d-%d", row, 0))\n'
    tree = write(tmp_path, {"go.mod": GO, "p.go": labels(12).replace(CALL, line, 1)})
    finding = next(row for row in report_on(tree).findings if row.line == 7)
    assert finding.utf16 is not None
    text = line.rstrip("\n").encode("utf-16-le")
    first, last = finding.utf16.column - 1, finding.utf16.end_column - 1
    assert text[2 * first : 2 * last].decode("utf-16-le") == "fmt.Sprintf"
    assert line[finding.column - 1 : finding.end_column - 1] == "fmt.Sprintf"


SHIM = 'use futures::executor::block_on;\nfn main() {\n    let out = block_on(async { tokio::fs::read("x").await });\n    println!("{out:?}");\n}\n'
OPERATOR = 'use kube::Client;\n#[tokio::main]\nasync fn main() {\n    let c = Client::try_default().await.unwrap();\n    std::thread::sleep(std::time::Duration::from_secs(1));\n    println!("{}", c.default_namespace());\n}\n'
NAMESPACE = 'package main\n\nimport (\n\t"runtime"\n\t"syscall"\n)\n\nfunc main() {\n\truntime.LockOSThread()\n\t_ = syscall.Unshare(syscall.CLONE_NEWNS)\n}\n'
OP = "func Op{0}(a Mat, name string) Mat {{\n\tc := C.CString(name)\n\tdefer C.free(unsafe.Pointer(c))\n\treturn Mat{{p: C.Op{0}(a.p, c)}}\n}}\n\n"
FACE = (
    'package {}\n\n// #include "core.h"\nimport "C"\n\nimport "unsafe"\n\ntype Mat struct{{ p C.Mat }}\n\n'
    + "".join(OP.format(n) for n in range(150)).replace("{", "{{").replace("}", "}}")
)
STAY: dict[str, Files] = {
    "43 a start-up program": {"Cargo.toml": '[workspace]\nmembers = ["ctl", "shim"]\n', "ctl/Cargo.toml": crate("ctl", '[dependencies]\nfutures = "0.3"\ntokio = "1"\nshim = { path = "../shim" }\n'), "ctl/src/main.rs": SHIM, "shim/Cargo.toml": crate("shim"), "shim/src/lib.rs": "pub fn f() {}\n"},
    "43 a program of a few lines on an ecosystem of Go": {"Cargo.toml": crate("op", '[dependencies]\nkube = "1"\ntokio = "1"\n'), "src/main.rs": OPERATOR},
    "43 a program of a few lines on threads": {"go.mod": GO, "main.go": NAMESPACE},
    "R1 a Go face of a library in C++": {"go.mod": GO, "cv.go": FACE.format("cv"), "core.cpp": "int x;\n", "core.h": "int x;\n"},
    "R1 with its packages below": {"go.mod": GO, "cv.go": FACE.format("cv"), "core.cpp": "int x;\n", "cuda/cuda.go": FACE.format("cuda"), "cuda/core.cpp": "int x;\n"},
    "R1 with a program": {"go.mod": GO, "cuda/cuda.go": FACE.format("cuda"), "cuda/core.cpp": "int x;\n", "cmd/face/main.go": 'package main\n\nimport "example.com/m/cuda"\n\nfunc main() { cuda.Op1(cuda.Mat{}, "") }\n'},
}  # fmt: skip


@pytest.mark.parametrize("name", STAY)
def test_who_is_not_told_to_move(name: str, tmp_path: Path) -> None:
    """Neither a few lines, nor what a binding must do, is a reason."""
    report = report_on(write(tmp_path, STAY[name]))
    assert report.deliverables
    assert {row.advice.answer for row in report.deliverables} <= {"stay", "unclear"}
