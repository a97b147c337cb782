"""Facts of Go files: names, places, kernels, lines."""

from __future__ import annotations

import pytest

from langfit.languages import extract
from langfit.languages.lines import Ruler
from langfit.languages.names import package_name
from langfit.languages.regions import COLD_FLAG, rows_of
from langfit.model import Facts


def facts(body: str, imports: str = "") -> Facts:
    """Facts of a file with these imports and declarations."""
    return extract(f"package p\n{imports}\n{body}\n".encode(), "go")


def depths(found: Facts, kind: str, name: str) -> list[tuple[int, bool]]:
    """(loop depth, cold) of each site."""
    return [(d & 0xFFFF, bool(d & COLD_FLAG)) for _, _, d, _ in rows_of(found.sites[kind][name])]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("fmt", "fmt"),
        ("net/http", "http"),
        ("github.com/x/y/v2", "y"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("github.com/mattn/go-isatty", "isatty"),
        ("github.com/nats-io/nats.go", "nats"),
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
        ('import "syscall"', "func f() { syscall.Mmap(-1, 0, n, p, syscall.MAP_ANON) }", "call", "syscall.Mmap(anonymous)"),
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
        ("", "// keeps pressure on the GC low\nvar x int", "remark", "gc pressure"),
    ],
)
def test_names_are_resolved_through_imports(imports: str, code: str, kind: str, name: str) -> None:
    """A site carries the import path, whatever the file calls it."""
    assert name in facts(code, imports).sites.get(kind, {})


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
def test_places_in_loops_and_cold_paths(body: str, depth: int, cold: bool) -> None:
    """Loop depth starts anew in a closure; returns, panics and error branches are cold."""
    assert depths(facts(f"func f() any {{ {body} }}"), "call", "x") == [(depth, cold)]


def test_a_kernel_is_arithmetic_in_loops_without_calls() -> None:
    """A loop over bytes with arithmetic is a kernel; the same loop around calls is none."""
    loop = "for i := range b { s += uint32(b[i])<<3 ^ t[i]*7 + b[i]&15 %s }"
    kernel = facts("func f(b, t []byte) (s uint32) { " + loop % "" + " ; return }").functions[0]
    calling = facts("func f(b, t []byte) (s uint32) { " + loop % "; g(); h(); k(); l(); m()" + " ; return }").functions[0]
    assert "kernel" in kernel.traits
    assert "kernel" not in calling.traits


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("package p\n", 1),
        ("// a\npackage p // b\n\n/* c\nd */ var x = 1\n", 2),
        ("package p\r\n\r\nvar x int\r\n", 2),
        ("", 0),
        ("\ufeffpackage p\n", 1),
    ],
)
def test_lines_of_code_leave_out_blanks_and_comments(text: str, lines: int) -> None:
    """Only lines that hold code count."""
    assert extract(text.encode(), "go").lines == lines


def test_columns_count_code_points() -> None:
    """A multi-byte character before a site is one column."""
    found = facts('func f() { s := "äöü€😀"; x(s) }')
    start, end, _, _ = rows_of(found.sites["call"]["x"])[0]
    assert Ruler(found).span(start, end).column == 'func f() { s := "äöü€😀"; x(s) }'.index("x(") + 1


def test_generated_code_is_recognised_by_its_mark() -> None:
    """The mark counts only as a line of its own."""
    assert extract(b"// Code generated by x. DO NOT EDIT.\npackage p\n", "go").generated
    assert not extract(b'package p\nvar s = "// Code generated by x. DO NOT EDIT."\n', "go").generated


def test_ignores_carry_rule_and_reason() -> None:
    """Each rule of an ignore comment comes with its line and reason."""
    found = facts("// langfit: ignore[go/a, go/b] measured\nvar x int")
    assert found.ignores == ((3, "go/a", "measured", False), (3, "go/b", "measured", False))


def test_conversions_to_system_types_are_no_calls() -> None:
    """`syscall.Errno(2)` converts; `syscall.Getpid()` calls."""
    found = facts("func f() { g(syscall.Errno(2)); syscall.Getpid() }", 'import "syscall"')
    assert sorted(found.sites["call"]) == ["g", "syscall.Getpid"]
