"""What is found in Go files: names, places, kernels, lines, marks, constraints, suppressions."""

from __future__ import annotations

import pytest

from langfit.languages import LANGUAGES
from langfit.languages.go.constraints import is_built
from langfit.languages.go.names import package_name
from langfit.parsing.facts import Facts
from langfit.parsing.regions import COLD_FLAG, DEPTH_MASK, TEST_FLAG
from trees import facts_of

GO = LANGUAGES["go"]


def facts(body: str, imports: str = "") -> Facts:
    """Return the facts of a file with these imports and declarations."""
    return facts_of(f"package p\n{imports}\n{body}\n")


def states(found: Facts, kind: str, name: str) -> list[tuple[int, bool]]:
    """Return the loop depth of each site, and whether it is cold."""
    return [(row.state & DEPTH_MASK, bool(row.state & COLD_FLAG)) for row in found.sites.named(kind)[name]]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("fmt", "fmt"),
        ("net/http", "http"),
        ("github.com/x/y/v2", "y"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("github.com/mattn/go-isatty", "isatty"),
        ("github.com/nats-io/nats.go", "nats"),
        ("github.com/oschwald/geoip2-golang", "geoip2"),
        ("github.com/minio/sha256-simd", "sha256"),
        ("v2", "v2"),
    ],
)
def test_package_names_follow_convention(path: str, name: str) -> None:
    """An import without an alias is used under its conventional name."""
    assert package_name(path) == name


@pytest.mark.parametrize(
    ("imports", "code", "kind", "name"),
    [
        ('import u "unsafe"', "var x = u.Pointer(nil)", "call", "unsafe.Pointer"),
        ('import f\t"fmt"', "func g() { f.Println() }", "call", "fmt.Println"),
        ('import _ "embed"', "func g() { embed.Do() }", "call", ".Do"),
        ('import "github.com/x/y/v2"', "func f() { y.Do() }", "call", "github.com/x/y/v2.Do"),
        ('import "gopkg.in/yaml.v3"', "func f() { yaml.Marshal(1) }", "call", "gopkg.in/yaml.v3.Marshal"),
        ('import . "fmt"', "func f() { Println() }", "call", "Println"),
        ('import _ "fmt"', "func f(fmt T) { fmt.Println() }", "call", ".Println"),
        ("", "func f() { a.b.c() }", "call", ".c"),
        ("", "func f() { a().b(1).c() }", "call", ".c"),
        ("", "func f() { g[int](1) }", "call", "g"),
        ('import s "sync"', "var p s.Pool", "type", "sync.Pool"),
        ('import "net/http"', "func h(w http.ResponseWriter, r *http.Request) {}", "parameter", "*net/http.Request"),
        ('import "sync"', "var x = &sync.Pool{}", "address-literal", "sync.Pool"),
        ('import "C"', "func f() { C.malloc(8) }", "call", "C.malloc"),
        ('import "runtime/debug"', "func f() { debug.SetGCPercent(-1) }", "call", "runtime/debug.SetGCPercent(off)"),
        (
            'import "syscall"',
            "func f() { syscall.Mmap(-1, 0, n, p, syscall.MAP_ANON) }",
            "call",
            "syscall.Mmap(anonymous)",
        ),
        ('import "fmt"', "func f() { fmt.Fprintf(os.Stderr, x) }", "call", "fmt.Fprintf(terminal)"),
        ('import "fmt"', "func f() { fmt.Fprintln( os.Stdout, x) }", "call", "fmt.Fprintln(terminal)"),
        ('import "fmt"', "func f() { fmt.Fprintf(w, os.Stderr) }", "call", "fmt.Fprintf"),
        ("", "//go:noescape\nfunc f()", "directive", "go:noescape"),
        ("", "//go:linkname f runtime.nanotime\nfunc f()", "directive", "go:linkname runtime.nanotime"),
        ("", 'type T struct { A int `json:"a" yaml:"b"` }', "struct-tag", "yaml"),
        ("", "type T struct { parent *T }", "self-pointer", "parent"),
        ("", "type T struct { _ [64]byte }", "padding", ""),
        ("", "var m map[ uint64 ] uint32", "map", "map[uint64]uint32"),
        ("", "func f(b []byte) { _ = b[7] }", "bce-hint", ""),
        ("", "// keeps pressure on the GC low\nvar x int", "comment", "gc pressure"),
    ],
)
def test_names_are_resolved_through_imports(imports: str, code: str, kind: str, name: str) -> None:
    """A site carries the import path, whatever the file calls it."""
    assert name in facts(code, imports).sites.named(kind)


@pytest.mark.parametrize(
    ("body", "depth", "cold"),
    [
        ("x()", 0, False),
        ("for { x() }", 1, False),
        ("for { for range y { x() } }", 2, False),
        ("for { func() { x() }() }", 0, False),
        ("func() { for { x() } }()", 1, False),
        ("for { return x() }", 1, True),
        ("for { panic(x()) }", 1, True),
        ("for { if err != nil { x() } }", 1, True),
        ("for { if e := g(); e.err != nil { x() } }", 1, True),
        ("for { if y != nil { x() } }", 1, False),
        ("return func() { x() }", 0, False),
        ("for i := 0; i < x(); i++ { }", 0, False),
    ],
)
def test_loops_and_cold_paths(body: str, depth: int, cold: bool) -> None:
    """Loop depth starts anew in a closure; returns, panics and error branches are cold."""
    assert states(facts(f"func f() any {{ {body} }}"), "call", "x") == [(depth, cold)]


@pytest.mark.parametrize(
    ("code", "kind", "count"),
    [
        pytest.param("const (\n\ta = 1 << iota\n\tb\n)", "binary", 0, id="constants are computed by the compiler"),
        pytest.param("var size = 512 * 1024", "binary", 0, id="numbers alone"),
        pytest.param('func f(s string) string { return s + "x" }', "binary", 0, id="text that is joined"),
        pytest.param("func f(m map[string]int) int { return m[k] }", "index", 0, id="a look-up in a map"),
        pytest.param("func f(b []byte) byte { return b[3]&b[4] }", "index", 2, id="bytes"),
    ],
)
def test_what_only_looks_like_arithmetic(code: str, kind: str, count: int) -> None:
    """Constant expressions, joined text and maps are no arithmetic."""
    assert sum(len(rows) for rows in facts(code).sites.named(kind).values()) == count


LOOP = "for i := range b {{ s += uint32(b[i])<<3 ^ t[i]*7 + b[i]&15 {} }} ; return"


@pytest.mark.parametrize(("more", "kernel"), [("", True), ("; g(); h(); k(); l(); m()", False)], ids=["plain", "calls"])
def test_a_kernel_is_arithmetic_in_loops_without_calls(more: str, kernel: bool) -> None:
    """A loop over bytes with arithmetic is a kernel; the same loop around calls is none."""
    (function,) = facts("func f(b, t []byte) (s uint32) { " + LOOP.format(more) + " }").functions
    assert ("kernel" in function.traits) is kernel


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("package p\n", 1, id="one"),
        pytest.param("// a\npackage p // b\n\n/* c\nd */ var x = 1\n", 2, id="code and a comment on one line"),
        pytest.param("package p\n\nvar x = 1 /* a\nb */ + 2\n", 3, id="a comment over a line end"),
        pytest.param("package p\r\n\r\nvar x int\r\n", 2, id="line ends of another system"),
        pytest.param("", 0, id="nothing"),
        pytest.param("\ufeffpackage p\n", 1, id="a byte order mark"),
    ],
)
def test_lines_of_code_leave_out_blanks_and_comments(text: str, lines: int) -> None:
    """Only lines that hold code count, and each of them."""
    assert facts_of(text).lines == lines


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        pytest.param("// Code generated by x. DO NOT EDIT.\npackage p\n", "generated", id="the mark"),
        pytest.param(
            "//go:build x\n\n// Code generated by x. DO NOT EDIT.\n\npackage p\n", "generated", id="below a constraint"
        ),
        pytest.param('package p\nvar s = "\\n// Code generated by x. DO NOT EDIT.\\n"\n', "", id="in a string"),
        pytest.param("package p\n\nvar s = `\n// Code generated by x. DO NOT EDIT.\n`\n", "", id="in a raw string"),
        pytest.param("/*\n// Code generated by x. DO NOT EDIT.\n*/\npackage p\n", "", id="in a block comment"),
        pytest.param("package p\n// Code generated by x. DO NOT EDIT.\n", "", id="after the package clause"),
        pytest.param("// This file is copied from golang.org/x/sys.\npackage p\n", "copied", id="copied from"),
        pytest.param("// Ported from zlib.\npackage p\n", "copied", id="ported from"),
        pytest.param("// Translated from the C original.\npackage p\n", "copied", id="translated from"),
        pytest.param("// A copy of the value is made.\npackage p\n", "", id="a copy of something else"),
    ],
)
def test_marks_of_generated_and_copied_code(head: str, mark: str) -> None:
    """The mark of generated code counts as Go defines it, and the first lines may say whose code it is."""
    assert GO.extract.mark_of(head.encode()) == mark


@pytest.mark.parametrize(
    ("name", "constraint", "built"),
    [
        ("a.go", "", True),
        ("a.go", "ignore", False),
        ("a.go", "tools", False),
        ("a.go", "linux && !cgo", True),
        ("a.go", "windows || darwin", True),
        ("a.go", "linux && windows", False),
        ("a.go", "!ignore", True),
        ("a.go", "go1.21", True),
        ("a_linux_arm64.go", "", True),
        ("a_windows.go", "linux", False),
        ("a_test_helper.go", "", True),
    ],
)
def test_build_constraints(name: str, constraint: str, built: bool) -> None:
    """A file counts when some platform builds it; tags that nobody sets are off."""
    assert is_built(name, constraint) is built


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        pytest.param('func f(s string) { switch s { case "testing": } }', "", id="a string"),
        pytest.param("func f() bool { return testing.Testing() }", 'import "testing"', id="testing.Testing"),
    ],
)
def test_a_word_makes_no_test(body: str, imports: str) -> None:
    """What reads `testing` is code like any other."""
    found = facts(f"{body}\nfunc g() {{ x() }}", imports)
    assert [row.state & TEST_FLAG for row in found.sites.named("call")["x"]] == [0]


def test_columns_count_code_points_and_know_utf16() -> None:
    """A multi-byte character before a site is one column; beyond the first plane it shifts UTF-16 columns."""
    line = 'func f() { s := "äöü€😀"; x(s) }'
    found = facts(line)
    (row,) = found.sites.named("call")["x"]
    span = found.positions.span(row.start, row.end)
    assert (span.column, span.shift) == (line.index("x(") + 1, 1)


def test_conversions_to_system_types_are_no_calls() -> None:
    """`syscall.Errno(2)` converts; `syscall.Getpid()` calls."""
    found = facts("func f() { g(syscall.Errno(2)); syscall.Getpid() }", 'import "syscall"')
    assert sorted(found.sites.named("call")) == ["g", "syscall.Getpid"]


@pytest.mark.parametrize(
    ("code", "share"),
    [
        pytest.param("package p\nfunc f() { x() }\n", 0.0, id="whole"),
        pytest.param("package p\nvar p = new(strconv.Itoa(3))\nfunc f() { x() }\n", None, id="a construct of Go 1.26"),
        pytest.param("package p\nfunc f( {{{ x() }\nfunc g() { y() }\n", None, id="broken"),
    ],
)
def test_syntax_errors_are_known(code: str, share: float | None) -> None:
    """What does not parse has its line and its share of the code."""
    errors = facts_of(code).errors
    if share is None:
        assert errors is not None
        assert errors.line > 1 and 0 < errors.share < 1
    else:
        assert errors is None


IGNORES = {  # comments and code -> the lines that each covers
    "the line before": ("// langfit: ignore[go/a] why\nx := 1\n", [(5, 5)]),
    "behind it": ("x := 1 // langfit: ignore[go/a] why\n", [(4, 4)]),
    "stacked": ("// langfit: ignore[go/a] why\n// langfit: ignore[go/b] why\nx := 1\n", [(6, 6), (6, 6)]),
    "wrapped": ("// langfit: ignore[go/a] a long reason\n// that needs two lines\nx := 1\n", [(6, 6)]),
    "a block": ("/* langfit: ignore[go/a] a reason\n   of two\n   or three lines */\nx := 1\n", [(7, 7)]),
    "a statement of several lines": ("// langfit: ignore[go/a] why\nx := f(\n\t1,\n\t2,\n)\n", [(5, 8)]),
    "the head of a body": ("// langfit: ignore[go/a] why\nfor i := range 3 {\n\tx(i)\n}\n", [(5, 5)]),
    "nothing follows": ("// langfit: ignore[go/a] why\n", [(5, 5)]),
}


@pytest.mark.parametrize("name", IGNORES)
def test_what_an_ignore_covers(name: str) -> None:
    """The next code after the group of comments: a simple statement whole, one with a body up to the body."""
    code, covered = IGNORES[name]
    found = facts_of(f"package p\n\nfunc f() {{\n{code}}}\n")
    assert [(row.first, row.last) for row in found.suppressions] == covered


def test_an_ignore_of_a_file() -> None:
    """Rules and reason are those of the comment."""
    found = facts("// langfit: ignore-file[go/a, go/b] measured\nvar x int")
    assert [(row.rule, row.reason, row.whole_file) for row in found.suppressions] == [
        ("go/a", "measured", True),
        ("go/b", "measured", True),
    ]
