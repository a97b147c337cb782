"""What is found in Rust files: paths, types, attributes, tests, kernels, marks."""

from __future__ import annotations

import pytest

from langfit.languages import LANGUAGES
from langfit.parsing.regions import COLD_FLAG
from trees import facts_of

RUST = LANGUAGES["rust"]


@pytest.mark.parametrize(
    ("code", "imports"),
    [
        ("use std::fs;", ["std::fs"]),
        ("use a::{b, c as d, e::{self, f}};", ["a::b", "a::c", "a::e", "a::e::f"]),
        (
            "use std::{ // the map\n  collections::{BTreeMap /* was::Was */}, fmt,\n  io::Read };",
            ["std::collections::BTreeMap", "std::fmt", "std::io::Read"],
        ),
        ("use crate::r#gen::Dice;", ["crate::gen::Dice"]),
        ("use ::a::b;", ["a::b"]),
        ("use {a::x, b::c};", ["a::x", "b::c"]),
        ("extern crate a;", ["a"]),
    ],
    ids=["plain", "a tree", "comments inside", "a raw name", "from the root", "braces alone", "extern crate"],
)
def test_imports_come_from_the_syntax_tree(code: str, imports: list[str]) -> None:
    """Each leaf of a use tree with its full path; comments, aliases and raw names change nothing."""
    assert sorted(row.path for row in facts_of(code, "rust").imports) == imports


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("use std::sync::{Arc as A, Mutex as M}; type T = A<M<u8>>;", "type", "std::sync::Arc<std::sync::Mutex>"),
        ("use std::sync::Mutex as r#box; type T = r#box<u8>;", "type", "std::sync::Mutex<u8>"),
        ("type T = std::rc::Rc<std::cell::RefCell<u8>>;", "type", "std::rc::Rc<std::cell::RefCell>"),
        ("type T = Box<dyn Fn()>;", "type", "std::boxed::Box<dyn Fn>"),
        ("use tokio::spawn as go; fn f() { go(x); }", "call", "tokio::spawn"),
        ("fn f() { crate::r#gen::r#yield(); }", "call", "crate::gen::yield"),
        ("fn f() { a.b().c::<T>(); }", "call", ".c"),
        ("fn f() { std::mem::transmute::<A, B>(x); }", "call", "std::mem::transmute"),
        ("#![no_std]", "attribute", "no_std"),
        ('#![cfg_attr(not(any(test, feature = "std")), no_std)]', "attribute", "cfg_attr(no_std)"),
        ("#[derive(Debug, serde::Serialize)] struct S;", "derive", "serde::Serialize"),
        ("#[allow(clippy::type_complexity)] fn f() {}", "allow", "clippy::type_complexity"),
        ('#[unsafe(no_mangle)] pub extern "C" fn f() {}', "attribute", "no_mangle"),
        ("struct S<'a> { b: &'a [u8] }", "borrowed-field", "[u8]"),
        ("struct S<'a> { b: &'a str }", "borrowed-field", "str"),
        ("static mut X: u8 = 1;", "static", "mut u8"),
        ("static A: u8 = 1;\nfn f(mut b: u8) {}", "static", "u8"),
        ("unsafe impl Send for X {}", "unsafe-impl", "Send"),
        ("impl Drop for X {}", "impl", "Drop"),
        ("// SAFETY: x is not null\nfn f() { unsafe { g() } }", "unsafe-block", "bare"),
        ("fn f() {\n    // SAFETY: x is not null\n    unsafe { g() }\n}", "unsafe-block", "safety"),
        ("fn f() { let a = /* SAFETY: fine */ unsafe { g() }; }", "unsafe-block", "safety"),
        ("fn f() { unsafe { g() } }", "unsafe-block", "bare"),
        ("// to please the borrow checker\nfn f() {}", "comment", "borrow checker"),
    ],
)
def test_names_are_resolved_through_use(code: str, kind: str, name: str) -> None:
    """A site carries the full path, whatever the file calls it."""
    assert name in facts_of(code, "rust").sites.named(kind)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        pytest.param(
            "fn a() { x.clone(); }\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() { y.clone(); }\n}\n",
            1,
            id="a module",
        ),
        pytest.param("fn a() {}\n#[cfg(all(unix, test))]\nfn b() {\n}\n", 1, id="test among others"),
        pytest.param("fn a() {}\n#[cfg(not(test))]\nfn b() {\n}\n", 4, id="not a test"),
        pytest.param("#![cfg(test)]\nfn a() {}\n", 0, id="the whole file"),
    ],
)
def test_in_file_tests_count_nowhere(code: str, lines: int) -> None:
    """Lines and functions of tests are left out."""
    found = facts_of(code, "rust")
    assert found.lines == lines
    assert "b" not in [function.name for function in found.functions] or lines == 4


@pytest.mark.parametrize(
    ("code", "traits"),
    [
        ("pub async fn f(s: State<App>) {}", {"async", "exported", "handler"}),
        ('#[no_mangle]\npub unsafe extern "C" fn f() {}', {"exported", "extern-c", "unsafe"}),
        ("#[inline]\nconst fn f() {}", {"const", "inline"}),
        ('#[get("/x")]\nasync fn f() {}', {"async", "handler"}),
        ("fn poll_next<T>() {}", {"generic", "poll"}),
        (
            "fn f(a: &mut [u32], b: &[u32]) {\n    for i in 0..8 {\n        a[i] = (a[i] ^ b[i]).rotate_left(7);\n"
            "        a[i] = a[i].wrapping_add(b[i] << 3) & 0xff;\n    }\n}",
            {"kernel"},
        ),
    ],
    ids=["handler", "extern", "const", "route", "poll", "kernel"],
)
def test_function_traits(code: str, traits: set[str]) -> None:
    """What a function is, from its head, attributes and body."""
    assert set(facts_of(code, "rust").functions[0].traits) == traits


def test_error_arms_are_cold() -> None:
    """A match arm on Err and a return of Err are cold, other arms are not."""
    found = facts_of("fn f() { match x { Err(e) => a(), Ok(v) => b() }; return Err(c()) }", "rust")
    cold = {name: bool(rows[0].state & COLD_FLAG) for name, rows in found.sites.named("call").items()}
    assert {name: cold[name] for name in "abc"} == {"a": True, "b": False, "c": True}


def test_a_site_behind_an_in_file_test_knows_its_function() -> None:
    """Functions of tests are left out, and the owners of sites count without them."""
    found = facts_of("fn a() {}\n#[test]\nfn t() { z() }\nfn b() { x() }\n", "rust")
    (row,) = found.sites.named("call")["x"]
    assert found.functions[row.owner].name == "b"


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        pytest.param("// @generated by x\nfn a() {}\n", "generated", id="the mark"),
        pytest.param("//! Code generated by y. Do not edit.\n", "generated", id="another wording"),
        pytest.param("/* automatically generated by rust-bindgen 0.69.4 */\n", "generated", id="bindgen"),
        pytest.param('const S: &str = "// @generated";\n', "", id="in a string"),
        pytest.param("fn a() {}\n// @generated\n", "", id="below code"),
        pytest.param("//! Ported from the C version of lz4.\n", "copied", id="ported from"),
    ],
)
def test_marks_of_generated_and_copied_code(head: str, mark: str) -> None:
    """A mark counts in the comments before the first code."""
    assert RUST.extract.mark_of(head.encode()) == mark


@pytest.mark.parametrize(
    ("code", "gap"),
    [
        pytest.param('unsafe extern "C" { safe fn f(); }\n', True, id="a safe function"),
        pytest.param("fn f( {{{\nfn g() { x() }\n", False, id="an ordinary error"),
    ],
)
def test_gaps_of_the_grammar_are_told_apart(code: str, gap: bool) -> None:
    """What the grammar is known not to have is no mistake of the file."""
    errors = facts_of(code, "rust").errors
    assert errors is not None and bool(errors.gap) is gap


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        pytest.param(
            "#!/usr/bin/env cargo\n---\n[dependencies]\nserde = '1'\n---\nuse std::fs;\nfn main() { }\n",
            2,
            id="frontmatter",
        ),
        pytest.param("#!/usr/bin/env rustx\nuse std::fs;\nfn main() { }\n", 2, id="a shebang"),
        pytest.param("#![allow(x)]\nuse std::fs;\n", 2, id="an inner attribute"),
    ],
)
def test_the_head_of_a_script_is_no_code(head: str, lines: int) -> None:
    """Lines of TOML are not, and the first `use` is there."""
    found = facts_of(head, "rust")
    assert (found.lines, [row.path for row in found.imports], found.errors) == (lines, ["std::fs"], None)


@pytest.mark.parametrize(
    "code",
    [
        "fn f(#[cfg(unix)] #[a] a: u8, #[b] b: u8) { for x in y { g(x) } }",
        "fn f() { let t = (#[cfg(unix)] 1, 2); g(t) }",
        "fn f() { g(#[cfg(unix)] 1, 2) }",
    ],
    ids=["twice on a parameter", "in a tuple", "on an argument"],
)
def test_attributes_in_lists_are_no_calls(code: str) -> None:
    """`cfg(...)` inside an attribute is not called."""
    assert list(facts_of(code, "rust").sites.named("call")) == ["g"]
