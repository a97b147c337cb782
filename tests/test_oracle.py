"""Readers of what compilers print, on small samples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import oracle, oracle_bounds, oracle_go, oracle_kernels, oracle_rust
from benchmarks.clones import placed
from trees import facts_of

OUTPUT = """\
# p
p/a.go:3:6: can inline f with cost 4 as: func() { escapes to heap }
p/a.go:5:11: make([]int, n) escapes to heap in f:
p/a.go:5:11:   flow: {heap} = &{storage for make([]int, n)}:
p/a.go:5:11: make([]int, n) escapes to heap
./p/a.go:6:11: make([]int, 3) does not escape
p/a.go:7:8: &T{...} escapes to heap
p/a.go:8:12: ... argument does not escape
p/a.go:8:21: "k" escapes to heap
p/a.go:9:12: ... argument does not escape
p/a.go:9:21: x escapes to heap
p/a.go:11:4: Found IsInBounds
p/a.go:12:4: Found IsSliceInBounds
p/a.go:13:4: Found IsInBound
"""


def place(line: int, column: int, kind: str) -> oracle_go.Place:
    return oracle_go.Place(("p/a.go", line, column), (line, 40), kind, 1, False)


@pytest.mark.parametrize(
    ("at", "heap"),
    [
        pytest.param(place(5, 11, "make"), True, id="escapes"),
        pytest.param(place(6, 11, "make"), False, id="stays"),
        pytest.param(place(5, 12, "make"), None, id="another column"),
        pytest.param(place(5, 11, "new"), None, id="another kind"),
        pytest.param(place(7, 8, "literal"), True, id="literal"),
        pytest.param(place(8, 12, "format"), False, id="a constant is boxed"),
        pytest.param(place(9, 12, "format"), True, id="a variable is boxed"),
        pytest.param(place(10, 1, "format"), None, id="silence"),
        pytest.param(place(8, 12, "text"), False, id="text"),
    ],
)
def test_a_place_is_on_the_heap_when_the_compiler_says_so_of_that_kind(at: oracle_go.Place, heap: bool | None) -> None:
    """Position and kind must both fit; constants that are boxed do not allocate; silence is no answer."""
    assert oracle_go.on_heap(at, oracle_go.printed(OUTPUT.splitlines())) is heap


def test_text_made_by_fmt_is_on_the_heap_when_the_compiler_says_so_inside_of_fmt() -> None:
    """The compiler reports the result of Sprintf once, where it is made."""
    lines = [*OUTPUT.splitlines(), "fmt/print.go:240:15: string(p.buf) escapes to heap"]
    assert oracle_go.on_heap(place(8, 12, "text"), oracle_go.printed(lines)) is True


def test_kept_bounds_checks_are_read() -> None:
    """Both kinds of checks count, and nothing that only looks like one."""
    assert oracle_go.printed(OUTPUT.splitlines()).checks == (("p/a.go", 11, 4), ("p/a.go", 12, 4))


def test_places_of_the_judge_become_relative() -> None:
    """Each line of the judge is one place."""
    (found,) = oracle_go.places(["/go/src/p/a.go\t5\t11\t5\t20\tmake\t2\t1\n"], Path("/go/src"))
    assert found == oracle_go.Place(("p/a.go", 5, 11), (5, 20), "make", 2, True)


def test_sites_are_placed_as_the_compiler_places_them() -> None:
    """Calls stand at their parenthesis, addresses at their sign; columns count bytes."""
    facts = facts_of("package p\nfunc f() {\n\té := make([]int, 3); g(&T{})\n}\n")
    call = list(oracle_go.placed(facts, "a.go", "call", facts.sites.named("call")["make"]))
    address = list(oracle_go.placed(facts, "a.go", "address-literal", facts.sites.named("address-literal")["T"]))
    assert [at for at, _, _ in call + address] == [("a.go", 3, 12), ("a.go", 3, 26)]


def test_objections_of_vet_are_read() -> None:
    """Only misuse of unsafe.Pointer counts."""
    lines = [
        "# runtime",
        "runtime/a.go:53:22: possible misuse of unsafe.Pointer",
        "./b.go:1:2: other",
        "runtime/a_test.go:5:2: possible misuse of unsafe.Pointer",
    ]
    assert oracle_bounds.objected(lines) == {("runtime/a.go", 53)}


def diagnostic(lint: str, crate: str = "bytes", *, made: bool = False) -> str:
    span = {"file_name": "a.rs", "line_start": 3, "is_primary": True, "expansion": {} if made else None}
    message = {"code": {"code": lint}, "message": "usage of an `unsafe` block", "spans": [span]}
    return json.dumps(
        {"reason": "compiler-message", "target": {"name": crate}, "message": message}, separators=(",", ":")
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param(diagnostic("unsafe_code"), [("a.rs", 3, False)], id="written"),
        pytest.param(diagnostic("unsafe_code", made=True), [("a.rs", 3, True)], id="made by a macro"),
        pytest.param(diagnostic("unsafe_code", crate="libc"), [], id="another crate"),
        pytest.param(diagnostic("dead_code"), [], id="another lint"),
        pytest.param("   Running `clippy-driver`", [], id="other output"),
    ],
)
def test_diagnostics_of_named_lints_and_crates_are_read(line: str, found: list[tuple[str, int, bool]]) -> None:
    """Other crates, other lints and other output are passed over."""
    assert [(d.path, d.line, d.expanded) for d in oracle_rust.diagnostics([line])] == found


@pytest.mark.parametrize(
    ("code", "line", "hidden"),
    [
        pytest.param(b"#[cfg(windows)]\nfn f() {\n    g();\n}\n", 3, True, id="under cfg"),
        pytest.param(b"#[inline]\nfn f() {\n    g();\n}\n", 3, False, id="under another attribute"),
        pytest.param(b"cfg_io! {\n    fn f() {}\n}\n", 2, True, id="argument of a macro"),
        pytest.param(b"macro_rules! m {\n    () => { f() };\n}\n", 2, True, id="rule of a macro"),
    ],
)
def test_lines_that_only_one_side_can_see_are_told_apart(code: bytes, line: int, hidden: bool) -> None:
    """Code under cfg and code in macros cannot be compared."""
    assert oracle_rust.guarded(code, line) is hidden


def test_the_area_is_the_chance_of_the_right_order() -> None:
    """Ties count half."""
    high = [oracle_kernels.Share("a", 50, 100), oracle_kernels.Share("b", 0, 100)]
    assert oracle_kernels.area(high, [oracle_kernels.Share("c", 0, 100)]) == 0.75


def test_only_the_marked_part_of_the_file_is_replaced() -> None:
    """Text before and after stays, and a second writing changes nothing."""
    first = placed("# Accuracy\n\n## Other\n", "part", "one")
    again = placed(first + "\n## Later\n", "part", "two")
    assert again == placed(again, "part", "two")
    assert "## Other" in again
    assert "## Later" in again
    assert "one" not in again


@pytest.mark.parametrize(
    ("wrong", "missed", "good"),
    [
        pytest.param(0, 0, True, id="all right"),
        pytest.param(4, 0, False, id="precision"),
        pytest.param(0, 11, False, id="recall"),
    ],
)
def test_a_missed_goal_is_seen(wrong: int, missed: int, good: bool) -> None:
    """Precision below 0.97 together or recall below 0.90 of one rule fail the run."""
    at = ("a.go", 1, 1)
    row = oracle_go.Row("r", 100, 100, (at,) * wrong, 100, (at,) * missed, (), 0, 0, 0)
    assert oracle.met([row]) is good
