"""The advice for what ships: every reason of the closed list, from a tree that gives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from langfit import formats
from langfit.briefing.twins import known_twin, repository_of
from langfit.model.report import REASONS, Deliverable, Reason, Report
from langfit.rejudge import rejudge
from langfit.rulebook import load
from langfit.rulefiles import root
from trees import BOOK, GO_MOD, Files, commit, crate, fixture, kernel, report_on, service, write

CORE = '\t"example.com/m/core"\n'
FOLD = 'package main\n\nimport "example.com/m/core"\n\nfunc main() { core.Fold(nil, nil) }\n'
LIBRARY: Files = {"go.mod": GO_MOD, "core.go": kernel("m", "Fold")}
NOTHING = "package main\n\nfunc main() {}\n"
RUST: Files = {"Cargo.toml": crate("m"), "src/main.rs": "fn main() {}\n"}


def built(core: str = "", **more: str) -> Files:
    """Return a program that is a kernel and little else."""
    return {"go.mod": GO_MOD, "main.go": FOLD, "core/core.go": core or kernel("core", "Fold")} | more


def mixed(*calls: str) -> Files:
    """Return a service that calls a kernel."""
    return {"go.mod": GO_MOD, "main.go": service(*calls, imports=CORE), "core/core.go": kernel("core", "Fold")}


PIN_ONCE = '\nimport "runtime"\n\nfunc Pin() { runtime.LockOSThread() }\n'
PIN = PIN_ONCE + "".join(f"\nfunc Pin{n}() {{ runtime.LockOSThread() }}\n" for n in range(3))
BROKEN = NOTHING + "func f( { } } x y z 1 2 ( [ := := \n" * 20
OPERATOR = "use kube::{runtime::controller::Action, Api, Client};\n\n" + "".join(
    f'pub async fn reconcile{n}(api: Api<Doc>) -> Result<Action, Error> {{\n    let doc = api.get("{n}").await?;\n'
    f"    api.patch_status(&doc.name(), &patch(), &doc.status()).await?;\n    Ok(Action::requeue(LATER))\n}}\n\n"
    for n in range(120)
)
WEB: Files = {
    "Cargo.toml": crate("accounts", '[dependencies]\naxum = "0.8"\nsqlx = "0.8"\n'),
    "src/main.rs": "use axum::Router;\nuse sqlx::PgPool;\n\nfn main() {}\n"
    + "".join(
        f'\nasync fn page{n}(pool: &PgPool) -> Result<u64, Error> {{\n    let rows = sqlx::query("SELECT {n}")\n'
        "        .execute(pool)\n        .await?;\n    Ok(rows.rows_affected())\n}\n"
        for n in range(60)
    ),
}  # fmt: skip


def from_rust(folder: Path) -> None:
    """Rewrite in Go what was a Rust program."""
    write(folder, RUST)
    commit(folder, when=1_600_000_000)
    for path in RUST:
        (folder / path).unlink()
    write(folder, {"go.mod": GO_MOD, "main.go": service()})
    commit(folder, when=1_632_000_000)


def with_younger_twin(folder: Path) -> None:
    """Put a Rust program of the same name beside a Go program."""
    write(folder, {"old/go.mod": GO_MOD.replace("/m", "/agent"), "old/main.go": service()})
    commit(folder)
    write(folder, {"new/Cargo.toml": crate("agent"), "new/src/main.rs": "fn main() {}\n"})
    commit(folder)


CASES: list[tuple[str, Files | Callable[[Path], None], str, str, Reason, str]] = [
    ("a service", {"go.mod": GO_MOD, "main.go": service()}, "m", "stay", "fits", "Go suits it (clients of databases and caches, HTTP request handlers)."),
    ("a kernel in Rust", {"Cargo.toml": crate("x", '[lib]\ncrate-type = ["cdylib"]\n'), "src/lib.rs": '#[no_mangle]\npub extern "C" fn f() {}\n'}, "x", "stay", "fits", "Rust suits it (native library for other programs)."),
    ("a library with kernels", LIBRARY, "example.com/m", "stay", "users-of-its-language", "A library for Go programs: it stays with its users, whatever its kernels."),
    ("a face of its library", LIBRARY | {"cmd/fold/main.go": 'package main\n\nimport "example.com/m"\n\nfunc main() { m.Fold(nil, nil) }\n'}, "fold", "stay", "users-of-its-language", "Most of its code is that of example.com/m: it goes where that goes."),
    ("glue in Rust", WEB, "accounts", "stay", "no-gain", "Go would do as well"),
    ("a small kernel", built(kernel("core", "Fold", steps=10)), "m", "stay", "no-gain", "Rust would do as well (loops of arithmetic and indexing); nothing speaks for a rewrite."),
    ("plain code", {"go.mod": GO_MOD, "main.go": NOTHING + "".join(f"\nfunc f{n}() int {{\n\treturn {n}\n}}\n" for n in range(80))}, "m", "stay", "no-gain", "Either language would do; nothing speaks for a rewrite."),
    ("assembly", built(**{"core/fold_amd64.s": "TEXT\n"}), "m", "stay", "already-native", "It stays: an assembly file holds its kernel."),
    ("cgo", built(**{"core/c.go": 'package core\n\n// #cgo LDFLAGS: -lfast\nimport "C"\n\nfunc f() { C.f() }\n'}), "m", "stay", "already-native", "It stays: it calls C from 1 file."),
    ("a library for C", {"go.mod": GO_MOD, "main.go": 'package main\n\nimport "C"\n\n//export Sum\nfunc Sum() int { return 1 }\n\nfunc main() {}\n'}, "m", "stay", "already-native", "It stays: it is native code that others load."),
    ("what was Rust", from_rust, "m", "stay", "decided", "It was Rust until 2021-09-18 ("),
    ("a kernel called for each item", mixed("for range rows {", "\tcore.Fold(nil, nil)", "}"), "m", "stay", "not-cuttable", "Its kernel, core, is called for each item: it cannot leave the program alone."),
    ("a younger twin", with_younger_twin, "agent (Go)", "stay", "replaced", "agent in new is its younger twin in Rust and takes over."),
    ("a kernel as a program", built(), "m", "move", "whole-program-kernel", "Consider Rust for all of it: 99% of its code leans there (many bit operators)."),
    ("pinned threads", built(kernel("core", "Fold", more=PIN)), "m", "move", "runtime-conflict", "Consider Rust: the Go runtime is in the way (goroutines bound to threads, core/core.go:5)."),
    ("an operator in Rust", {"Cargo.toml": crate("op", '[dependencies]\nkube = "0.9"\n'), "src/main.rs": OPERATOR + "fn main() {}\n"}, "op", "move", "lacking-library", "Consider Go: it is built on kube (src/main.rs:1), and k8s.io/client-go is the library that has all of it."),
    ("a kernel behind one call", mixed("core.Fold(nil, nil)"), "m", "split", "coarse-cut", "Consider Rust for core alone: 1 function called at 1 place, none of them in a loop of the caller. Measure its share first."),
    ("a few lines", {"go.mod": GO_MOD, "main.go": NOTHING}, "m", "unclear", "too-little", "Too little was found to say anything."),
    ("code that does not parse", {"go.mod": GO_MOD, "main.go": BROKEN}, "m", "unclear", "too-little", "Too much of its code does not parse to say anything."),
    ("both in one package", {"go.mod": GO_MOD, "main.go": service("Fold(nil, nil)"), "core.go": kernel("main", "Fold")}, "m", "unclear", "close", "Both sides have a case: database queries beside many bit operators."),
]  # fmt: skip


def advised(folder: Path, tree: Files | Callable[[Path], None], name: str) -> Deliverable:
    """Return one deliverable of a tree."""
    tree(folder) if callable(tree) else write(folder, tree)
    return next(item for item in report_on(folder).deliverables if item.name == name)


@pytest.mark.parametrize(("tree", "name", "answer", "reason", "sentence"), [pytest.param(*row[1:], id=f"{row[4]}: {row[0]}") for row in CASES])  # fmt: skip
def test_each_reason_has_its_tree(
    tree: Files | Callable[[Path], None], name: str, answer: str, reason: str, sentence: str, tmp_path: Path
) -> None:
    """Answer and reason follow from fit, users, linkage and history, and are said in one sentence."""
    item = advised(tmp_path, tree, name)
    assert (item.advice.answer, item.advice.reason) == (answer, reason)
    assert item.advice.sentence.startswith(sentence)
    assert item.refute
    assert bool(item.cost) == (answer in ("move", "split"))
    assert item.first == () or answer in ("move", "split") or reason in ("not-cuttable", "close")


def test_no_reason_is_without_a_tree() -> None:
    """The closed list has a case for each reason, under the answer that it belongs to."""
    assert {(row[3], row[4]) for row in CASES} == {(answer, reason) for answer in REASONS for reason in REASONS[answer]}
    assert sorted(get_args(Reason)) == sorted(reason for reasons in REASONS.values() for reason in reasons)


@pytest.mark.parametrize(
    ("tree", "name", "answer", "reason"),
    [
        pytest.param(built() | {"main.go": service("core.Fold(nil, nil)", imports=CORE, pages=60)}, "m", "split", "coarse-cut", id="a third of it is glue: no move of all"),
        pytest.param(built(kernel("core", "Fold", steps=30)), "m", "stay", "no-gain", id="below 500 lines nothing moves"),
        pytest.param(built(kernel("core", "Fold", more=PIN_ONCE, steps=250)), "m", "move", "whole-program-kernel", id="one pinned thread in 3,000 lines is no conflict"),
        pytest.param({"go.mod": GO_MOD, "main.go": service("runtime.LockOSThread()", imports='\t"runtime"\n')}, "m", "stay", "fits", id="a service that pins a thread"),
        pytest.param(built() | {"lib.go": "package m\n\nfunc F() {}\n", "cmd/m/main.go": FOLD} | {"main.go": "package m\n"}, "example.com/m", "stay", "users-of-its-language", id="a library beside its program"),
    ],
)  # fmt: skip
def test_what_is_near_a_reason_is_not_it(tree: Files, name: str, answer: str, reason: str, tmp_path: Path) -> None:
    """Size, glue and users stand before a move."""
    item = advised(tmp_path, tree, name)
    assert (item.advice.answer, item.advice.reason) == (answer, reason)


def test_users_and_structure_never_change_a_fit(tmp_path: Path) -> None:
    """The same code has the same evidence as a library and behind assembly."""
    alone = advised(tmp_path / "a", built(), "m")
    native = advised(tmp_path / "b", built(**{"core/fold_amd64.s": "TEXT\n"}), "m")
    library = advised(tmp_path / "c", LIBRARY, "example.com/m")
    assert {item.fit.suits for item in (alone, native, library)} == {"rust"}
    assert alone.fit == native.fit


def test_a_move_says_what_it_costs(tmp_path: Path) -> None:
    """Lines to write again, and what else links the same code."""
    item = advised(tmp_path, built(**{"cmd/other/main.go": FOLD + "\nfunc more() { println() }\n"}), "other")
    assert item.cost[0] == f"{item.lines:,} lines in 2 components to write again."
    assert item.cost[1] == "99% of its code is linked by other deliverables as well."


@pytest.mark.parametrize(
    ("remote", "name", "twin"),
    [
        ("https://github.com/opencontainers/runc.git", "opencontainers/runc", "youki-dev/youki"),
        ("git@github.com:opencontainers/runc", "opencontainers/runc", "youki-dev/youki"),
        ("https://github.com/someone/runc", "someone/runc", None),
        ("", "", None),
    ],
)
def test_a_known_twin_is_named_by_the_remote(remote: str, name: str, twin: str | None, tmp_path: Path) -> None:
    """The table of twins has repositories; a fork under another owner has none."""
    item: Any = advised(tmp_path, {"go.mod": GO_MOD, "main.go": NOTHING}, "m")
    found = known_twin(item, remote, BOOK.twins)
    assert (repository_of(remote), found and found.name) == (name, twin)


def saved(folder: Path, name: str) -> tuple[Report, Report]:
    """Return the report on a fixture, and what its JSON reads as."""
    found = report_on(fixture(name, folder))
    return found, msgspec.json.decode(formats.render("json", found), type=Report)


@pytest.mark.parametrize("name", ["go-kernel", "go-service", "mixed", "rust-operator", "rust-service"])
def test_a_saved_report_is_judged_alike(name: str, tmp_path: Path) -> None:
    """The same rules say the same without reading the repository."""
    found, kept = saved(tmp_path, name)
    again = rejudge(kept, BOOK)
    assert [(item.fit, item.advice) for item in again.deliverables] == [(i.fit, i.advice) for i in found.deliverables]
    assert [part.fit for part in again.components] == [part.fit for part in found.components]


def test_a_saved_report_is_judged_by_other_rules(tmp_path: Path) -> None:
    """Without the rules that spoke against it, a kernel has nothing against its language."""
    _, kept = saved(tmp_path / "tree", "go-kernel")
    against = sorted({row.rule for item in kept.deliverables for row in item.against})
    pack = write(tmp_path / "pack", {"overrides.toml": f"disable = {msgspec.json.encode(against).decode()}\n"})
    (item,) = rejudge(kept, load(root(), [pack])).deliverables
    assert (item.against, item.fit.suits, item.advice.reason) == ((), None, "users-of-its-language")
