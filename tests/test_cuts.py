"""Where a kernel could be cut out of a program, where that is not worth it, and where it is separated already."""

from __future__ import annotations

from pathlib import Path

import pytest

from langfit.model.report import Cut, Deliverable
from trees import GO_MOD, Files, crate, kernel, report_on, service, write

CORE = '\t"example.com/m/core"\n'


def program(*calls: str, core: str = "", **more: str) -> Files:
    """Return a service that calls a kernel, with further files."""
    return {"go.mod": GO_MOD, "main.go": service(*calls, imports=CORE), "core/core.go": core or kernel("core", "Fold")} | more  # fmt: skip


def judged(folder: Path, files: Files) -> Deliverable:
    """Return the program of a tree."""
    return next(item for item in report_on(write(folder, files)).deliverables if item.name == "m")


def cut_of(folder: Path, files: Files) -> Cut:
    """Return the only cut of the program of a tree."""
    (found,) = judged(folder, files).cuts
    return found


def line_of(files: Files, path: str, text: str) -> int:
    """Return the only line of a file that holds a text."""
    (number,) = (n for n, line in enumerate(files[path].split("\n"), 1) if text in line)
    return number


CALLBACK = "func Each(in []byte, f func(byte)) { f(in[0]) }\n"
TABLE = "type Table struct{}\n\nfunc (t *Table) Get(n int) int { return n }\n\nfunc (t *Table) Next() bool { return false }\n"
READER = '\nimport "io"\n\nfunc Pack(in io.Reader, level int, name string) ([]byte, error) { return nil, nil }\n'
LIVE = '\nimport "os"\n\nfunc Pack(in *os.File) error { return nil }\n'


@pytest.mark.parametrize(
    ("calls", "more", "status", "why", "functions", "counts"),
    [
        pytest.param(["core.Fold(nil, nil)"], "", "coarse", "1 function called at 1 place, none of them in a loop of the caller", ("Fold",), (1, 0, 0), id="one call"),
        pytest.param(["core.Fold(nil, nil)"] * 3, "", "coarse", "1 function called at 3 places", ("Fold",), (3, 0, 0), id="three calls"),
        pytest.param(['core.Pack(nil, 1, "")'], READER, "coarse", "1 function called at 1 place", ("Pack",), (1, 0, 0), id="a reader in, bytes out"),
        pytest.param(["for range rows {", "\tprintln()", "}", "core.Fold(nil, nil)"], "", "coarse", "1 function", ("Fold",), (1, 0, 0), id="behind a loop"),
        pytest.param(["for range rows {", "\tcore.Fold(nil, nil)", "}"], "", "chatty", "1 of 1 call into it is inside a loop, once for each item", ("Fold",), (1, 1, 0), id="in a loop"),
        pytest.param(["core.Fold(nil, nil)", "for range rows {", "\tcore.Fold(nil, nil)", "\tcore.Fold(nil, nil)", "}"], "", "chatty", "2 of 3 calls into it are inside loops", ("Fold",), (3, 2, 0), id="two of three in a loop"),
        pytest.param(["core.Each(nil, nil)"], CALLBACK, "chatty", "1 function of its boundary would call back across it", ("Each",), (1, 0, 1), id="a callback"),
        pytest.param(["table.Next()"], TABLE, "chatty", "Table.Next takes one step at a time", ("Table.Next",), (1, 0, 0), id="a step"),
        pytest.param(["table.Get(1)"], TABLE, "coarse", "1 function called at 1 place", ("Table.Get",), (1, 0, 0), id="a method on a value"),
        pytest.param(["core.Pack(nil)"], LIVE, "chatty", "os.File cross its boundary: live values, and no plain data", ("Pack",), (1, 0, 0), id="a live value"),
    ],
)  # fmt: skip
def test_a_boundary_is_read_from_calls(
    calls: list[str], more: str, status: str, why: str, functions: tuple[str, ...], counts: tuple[int, int, int], tmp_path: Path
) -> None:  # fmt: skip
    """Few calls with plain data may be cut; a call for each item, a callback or a live value may not."""
    found = cut_of(tmp_path, program(*calls, core=kernel("core", "Fold", more=more)))
    assert (found.root, found.component, found.status) == ("core", "example.com/m/core", status)
    assert found.why.startswith(why)
    assert found.functions == functions
    assert (found.calls, found.calls_in_loops, found.callbacks) == counts


def test_a_cut_is_shown_where_it_hurts(tmp_path: Path) -> None:
    """The place is a call, and one inside a loop where there is one; the files are those that compute."""
    files = program("core.Fold(nil, nil)", "for range rows {", "\tcore.Sum(nil, nil)", "}", core=kernel("core", "Fold", "Sum"))  # fmt: skip
    found = cut_of(tmp_path, files | {"core/doc.go": "// Package core computes.\npackage core\n"})
    assert (found.path, found.line) == ("main.go", line_of(files, "main.go", "core.Sum"))
    assert found.files == ("core/core.go",)
    assert found.lines == len([line for line in files["core/core.go"].split("\n") if line])


def test_types_that_cross_are_named(tmp_path: Path) -> None:
    """Readers and contexts cross as plain data; other types are what stands in the way."""
    more = '\nimport (\n\t"context"\n\t"io"\n)\n\nfunc Pack(c context.Context, in io.Reader, o Options) (Result, error) { return 1, nil }\n'
    found = cut_of(tmp_path, program("core.Pack(nil, nil, 1)", core=kernel("core", more=more)))
    assert found.types == ("Options", "Result", "context.Context", "io.Reader")
    assert found.why == "Options, Result cross its boundary: live values, and no plain data"


def test_many_functions_are_no_coarse_boundary(tmp_path: Path) -> None:
    """Eleven functions that are called would change the habits of all callers."""
    names = [f"Fold{n}" for n in range(11)]
    calls = [f"core.{name}(nil, nil)" for name in names]
    assert cut_of(tmp_path / "ten", program(*calls[:10], core=kernel("core", *names))).status == "coarse"
    found = cut_of(tmp_path / "eleven", program(*calls, core=kernel("core", *names)))
    assert (found.status, found.why.partition(",")[0]) == ("chatty", "11 functions are on its boundary")


@pytest.mark.parametrize(
    ("files", "cuts"),
    [
        pytest.param({"go.mod": GO_MOD, "main.go": service(), "core/core.go": kernel("core", "Fold")}, [], id="nothing calls it"),
        pytest.param({"go.mod": GO_MOD, "main.go": service("Fold(nil, nil)"), "core.go": kernel("main", "Fold")}, [], id="inside the main package"),
        pytest.param(program("core.Fold(nil, nil)", core=kernel("core", "Fold", steps=2)), [], id="a few lines"),
        pytest.param(program("core.Fold(nil, nil)", core="package core\n\nfunc Fold(in, out []byte) uint64 { return 1 }\n" + "".join(f"\nfunc f{n}() int {{ return {n} }}\n" for n in range(300))), [], id="computes nothing"),
        pytest.param(program("other.Fold(nil, nil)") | {"core/core_test.go": "package core\n\nfunc f() { Fold(nil, nil) }\n"}, [], id="another package of that name"),
        pytest.param(program() | {"go.mod": GO_MOD, "main_test.go": 'package main\n\nimport "example.com/m/core"\n\nfunc f() { core.Fold(nil, nil) }\n'}, [], id="tests alone call it"),
    ],
)  # fmt: skip
def test_what_is_no_kernel_behind_calls_has_no_cut(files: Files, cuts: list[Cut], tmp_path: Path) -> None:
    """Without calls from outside, or without work worth the name, there is no boundary to speak of."""
    assert list(judged(tmp_path, files).cuts) == cuts


SEPARATE: Files = {"fast/Cargo.toml": crate("fast"), "fast/src/main.rs": "fn main() {}\n"}


@pytest.mark.parametrize(
    ("call", "imports", "more", "root", "place", "why"),
    [
        pytest.param('exec.Command("fast").Run()', '\t"os/exec"\n', SEPARATE, "fast", "exec.Command", "fast is a process of its own", id="process"),
        pytest.param("wazero.NewRuntime(nil)", '\t"github.com/tetratelabs/wazero"\n', {"fast/Cargo.toml": crate("fast", '[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "1"\n'), "fast/src/lib.rs": "pub fn f() {}\n"}, "fast", "tetratelabs", "fast is a WebAssembly module", id="wasm"),
        pytest.param("zstd.Compress()", "", {"zstd.go": 'package main\n\n// #cgo LDFLAGS: -lzstd\nimport "C"\n\nfunc compress() { C.ZSTD_compress() }\n'}, ".", 'import "C"', "zstd is called through the C ABI", id="C"),
        pytest.param("plugin.NewClient(&plugin.ClientConfig{})", '\t"github.com/hashicorp/go-plugin"\n', {}, ".", "ClientConfig", "plugins is a process of its own", id="plugins"),
    ],
)  # fmt: skip
def test_what_left_already_is_said(
    call: str, imports: str, more: Files, root: str, place: str, why: str, tmp_path: Path
) -> None:
    """A join at which work leaves is a cut that exists."""
    files = {"go.mod": GO_MOD, "main.go": service(call, imports=imports)} | more
    found = cut_of(tmp_path, files)
    assert (found.root, found.status, found.why) == (root, "exists", why)
    assert found.line == line_of(files, found.path, place)


def test_a_process_of_others_is_no_cut(tmp_path: Path) -> None:
    """Starting iptables moves no work out of the program."""
    files = {"go.mod": GO_MOD, "main.go": service('exec.Command("iptables").Run()', imports='\t"os/exec"\n')}
    assert judged(tmp_path, files).cuts == ()


CGO = {"core/fast.go": 'package core\n\n// #cgo LDFLAGS: -lfast\nimport "C"\n\nfunc fast() { C.fold(nil) }\n'}


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        pytest.param(program("core.Fold(nil, nil)"), ("split", "coarse-cut"), id="coarse"),
        pytest.param(program("for range rows {", "\tcore.Fold(nil, nil)", "}"), ("stay", "not-cuttable"), id="chatty"),
        pytest.param(program("core.Fold(nil, nil)", core=kernel("core", "Fold", steps=30)), ("unclear", "close"), id="a kernel of 370 lines"),
        pytest.param(program("core.Fold(nil, nil)") | CGO, ("unclear", "close"), id="C is called already"),
        pytest.param(program("core.Fold(nil, nil)") | {"core/fold_amd64.s": "TEXT\n"}, ("unclear", "close"), id="assembly is there already"),
        pytest.param({"go.mod": GO_MOD, "core/core.go": kernel("core", "Fold"), "lib.go": 'package m\n\nimport "example.com/m/core"\n\nfunc F() { core.Fold(nil, nil) }\n'}, None, id="a library"),
    ],
)  # fmt: skip
def test_a_cut_is_advised_where_it_pays(files: Files, advice: tuple[str, str] | None, tmp_path: Path) -> None:
    """No split where the kernel is small, where native code does it already, or for a library."""
    items = report_on(write(tmp_path, files)).deliverables
    if advice is None:
        assert [(item.kind, item.advice.answer, item.cuts) for item in items] == [("library", "stay", ())]
    else:
        assert [(item.advice.answer, item.advice.reason) for item in items] == [advice]
