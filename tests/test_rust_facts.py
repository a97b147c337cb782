"""Facts of Rust files: use trees, types, attributes, tests, kernels."""

from __future__ import annotations

import pytest

from analyzer.languages import extract
from analyzer.languages.regions import rows_of
from analyzer.languages.rust_names import use_paths


@pytest.mark.parametrize(
    ("tree", "leaves"),
    [
        ("std::fs", [("fs", "std::fs")]),
        ("a::{b, c as d, e::{self, f}}", [("b", "a::b"), ("d", "a::c"), ("e", "a::e"), ("f", "a::e::f")]),
        ("a::*", []),
        ("::a::b", [("b", "a::b")]),
        ("{a, b::c}", [("a", "a"), ("c", "b::c")]),
        ("a::{", []),
        ("a" + "::{b" * 500, None),
    ],
)
def test_use_trees_are_flattened(tree: str, leaves: list[tuple[str, str]] | None) -> None:
    """Each leaf has its name in the file and its full path; broken and bottomless trees end quietly."""
    found = list(use_paths(tree))
    if leaves is not None:
        assert [pair for pair in found if pair[0] != "*"] == leaves


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("use std::sync::{Arc as A, Mutex as M}; type T = A<M<u8>>;", "type", "std::sync::Arc<std::sync::Mutex>"),
        ("type T = std::rc::Rc<std::cell::RefCell<u8>>;", "type", "std::rc::Rc<std::cell::RefCell>"),
        ("type T = Box<dyn Fn()>;", "type", "std::boxed::Box<dyn Fn>"),
        ("use tokio::spawn as go; fn f() { go(x); }", "call", "tokio::spawn"),
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
        ("unsafe impl Send for X {}", "unsafe-impl", "Send"),
        ("impl Drop for X {}", "impl", "Drop"),
        ("// SAFETY: x is not null\nfn f() { unsafe { g() } }", "unsafe-block", "safety"),
        ("fn f() { unsafe { g() } }", "unsafe-block", "bare"),
        ("// to please the borrow checker\nfn f() {}", "remark", "borrow checker"),
    ],
)
def test_names_are_resolved_through_use(code: str, kind: str, name: str) -> None:
    """A site carries the full path, whatever the file calls it."""
    assert name in extract(code.encode(), "rust").sites.get(kind, {})


def test_in_file_tests_count_nowhere() -> None:
    """Lines, functions and counts of a test module are left out."""
    code = b"fn a() { x.clone(); }\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() { y.clone(); z[0]; }\n}\n"
    found = extract(code, "rust")
    assert found.lines == 1
    assert [function.name for function in found.functions] == ["a"]
    assert "index" not in found.counts


@pytest.mark.parametrize(
    ("code", "traits"),
    [
        ("pub async fn f(s: State<App>) {}", {"async", "exported", "handler"}),
        ('#[no_mangle]\npub unsafe extern "C" fn f() {}', {"exported", "extern-c", "unsafe"}),
        ("#[inline]\nconst fn f() {}", {"const", "inline"}),
        ('#[get("/x")]\nasync fn f() {}', {"async", "handler"}),
        ("fn poll_next<T>() {}", {"generic", "poll"}),
        (
            "fn f(a: &mut [u32], b: &[u32]) {\n    for i in 0..8 {\n        a[i] = (a[i] ^ b[i]).rotate_left(7);\n" +
            "        a[i] = a[i].wrapping_add(b[i] << 3) & 0xff;\n    }\n}",
            {"kernel"},
        ),
    ],
)
def test_function_traits(code: str, traits: set[str]) -> None:
    """What a function is, from its head, attributes and body."""
    assert set(extract(code.encode(), "rust").functions[0].traits) == traits


def test_error_arms_are_cold() -> None:
    """A match arm on Err and a return of Err are cold, other arms are not."""
    found = extract(b"fn f() { match x { Err(e) => a(), Ok(v) => b() }; return Err(c()) }", "rust")
    cold = {name: bool(rows_of(packed)[0][2] >> 16) for name, packed in found.sites["call"].items()}
    assert cold == {"a": True, "b": False, "Err": True, "c": True}
