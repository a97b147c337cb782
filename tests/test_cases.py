"""Situations that people reported of tools of this kind: which files are code, what belongs together, what is found.

Each row begins with the number of its situation. What is read out of one file or one manifest is in the tests of facts,
inventory and manifests; here are whole trees, and neighbours of the situations.
"""

from __future__ import annotations

import pytest

from langfit.languages import LANGUAGES
from langfit.languages.rust import manifests as cargo
from langfit.languages.rust.workspaces import Workspaces
from trees import Files, crate, facts_of, inventory_of

GO = "module example.com/m\n\ngo 1.25\n"
LIB = "package lib\n\nfunc F() int { return 1 }\n"
RS = "pub fn f() {}\n"
RUN = "fn main() {}\n"


def cargo_tree(top: str, **crates: str) -> Files:
    """Return a workspace with these crates, by folder (`__` for a slash) with the rest of their manifests."""
    folders = {name.replace("__", "/"): rest for name, rest in crates.items()}
    rows = {f"{folder}/Cargo.toml": crate(folder.rpartition("/")[2], rest) for folder, rest in folders.items()}
    return {"Cargo.toml": top} | rows | {f"{folder}/src/lib.rs": RS for folder in folders}


APP = '[workspace]\nmembers = ["app"]\n'
T = '[{}]\nt = {{ path = "../t" }}\n'
APART = '[workspace]\nmembers = ["tools/a"]\nexclude = ["tools"]\n'
WORKSPACES = {
    "2 a dev-dependency": (cargo_tree(APP, app=T.format("dev-dependencies"), t=""), "app t"),
    "2 a build-dependency": (cargo_tree(APP, app=T.format("build-dependencies"), t=""), "app t"),
    "2 a dependency of one platform": (cargo_tree(APP, app=T.format("target.'cfg(unix)'.dev-dependencies"), t=""), "app t"),
    "2 a template that nobody takes": (cargo_tree(APP + '[workspace.dependencies]\nt = { path = "t" }\n', app="", t=""), "app"),
    "2 a template that a test takes": (cargo_tree(APP + '[workspace.dependencies]\nt = { path = "t" }\n', app="[dev-dependencies]\nt.workspace = true\n", t=""), "app t"),
    "2 through a build-dependency": (cargo_tree(APP, app=T.format("dev-dependencies"), t='[build-dependencies]\nu = { path = "../u" }\n', u=""), "app t u"),
    "2 a patch makes no member": (cargo_tree(APP + '[patch.crates-io]\nt = { path = "t" }\n', app='[dependencies]\nt = "0.1"\n', t=""), "app"),
    "2 outside of the folder": (cargo_tree("", w__app='[dependencies]\nt = { path = "../../t" }\n', t="") | {"Cargo.toml": "", "w/Cargo.toml": APP}, "w/app"),
    "2 outside, and it names the workspace": (cargo_tree("", w__app='[dependencies]\nt = { path = "../../t" }\n', t="") | {"w/Cargo.toml": APP, "t/Cargo.toml": crate("t").replace("edition", 'workspace = "../w"\nedition')}, "t w/app"),
    "2 outside, and listed": (cargo_tree("", t="") | {"w/Cargo.toml": '[workspace]\nmembers = ["../t"]\n', "t/Cargo.toml": crate("t").replace("edition", 'workspace = "../w"\nedition')}, "t"),
    "28 a member in an excluded folder": (cargo_tree(APART, tools__a="", tools__b=""), "tools/a"),
    "28 what such a member links below it": (cargo_tree(APART, tools__a='[dependencies]\nd = { path = "d" }\n', tools__a__d=""), "tools/a tools/a/d"),
    "28 what it links beside it": (cargo_tree(APART, tools__a='[dependencies]\nb = { path = "../b" }\n', tools__b=""), "tools/a"),
    "28 a pattern wins over nothing": (cargo_tree(APART.replace("tools/a", "tools/*"), tools__a=""), ""),
    "28 one of a pattern": (cargo_tree('[workspace]\nmembers = ["./tools/*"]\nexclude = ["./tools/b/"]\n', tools__a="", tools__b=""), "tools/a"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKSPACES)
def test_members_of_a_workspace(name: str) -> None:
    """They are those of `cargo metadata`."""
    files, members = WORKSPACES[name]
    manifests = {
        path: cargo.parse(path, text.encode()) for path, text in files.items() if text and path.endswith(".toml")
    }
    assert sorted(Workspaces(manifests).homes) == members.split()


TARGETS = '[[bin]]\nname = "s"\npath = "tests/main.rs"\n[[test]]\nname = "it"\npath = "src/it.rs"\n[[bench]]\nname = "l"\npath = "src/load.rs"\n[[example]]\nname = "t"\npath = "src/tour.rs"\n'
MOCKS = 'package main\n\nimport (\n\t"example.com/m/internal/mock"\n\t"example.com/m/internal/test"\n)\n\nfunc main() { mock.F(); test.F() }\n'
IGNORED = "//go:build {}\n\npackage main\n"
ROLES: dict[str, tuple[Files, str]] = {  # the files, and those of each role: the rest is code
    "3 targets in odd places": (
        {"Cargo.toml": crate("depot", f'build = "build/main.rs"\n[lib]\n{TARGETS}'), "src/lib.rs": "pub mod store;\n", "src/store.rs": RS, "src/it.rs": RS,
         "src/load.rs": RS, "src/tour.rs": RS, "tests/main.rs": RUN, "build/main.rs": f"mod helper;\n{RUN}", "build/helper.rs": RS},
        "test: src/it.rs src/load.rs src/tour.rs; support: build/helper.rs build/main.rs",
    ),
    "3 targets that cargo is told not to find": (
        {"Cargo.toml": crate("d", "autotests = false\nautobins = false\nbuild = false\n"), "src/lib.rs": RS, "src/bin/x.rs": RUN, "tests/t.rs": RS, "benches/b.rs": RS, "build.rs": RUN},
        "test: benches/b.rs; unused: build.rs src/bin/x.rs tests/t.rs",
    ),
    "3 a module of library and build script": (
        {"Cargo.toml": crate("d", 'build = "src/make.rs"\n'), "src/lib.rs": "mod shared;\n", "src/make.rs": f"mod shared;\n{RUN}", "src/shared.rs": RS},
        "support: src/make.rs",
    ),
    "3 a library in a folder of examples": (
        {"Cargo.toml": crate("d", '[lib]\npath = "examples/lib.rs"\n'), "examples/lib.rs": "mod a;\n", "examples/a.rs": RS, "examples/b.rs": RUN},
        "test: examples/b.rs",
    ),
    "4 names that go passes over": (
        {"go.mod": GO, "a.go": LIB, "_a.go": LIB, ".b.go": LIB, "docs/_n.go": LIB, "_x/y.go": LIB, "s/.h/z.go": LIB, "a_.go": LIB},
        "unused: .b.go _a.go _x/y.go docs/_n.go s/.h/z.go",
    ),
    "5 constraints that nothing meets": (
        {"go.mod": GO, "a.go": LIB, "mk.go": IGNORED.format("ignore"), "t/t.go": IGNORED.format("tools"), "u/u.go": "// +build ignore\n\npackage main\n",
         "v/v.go": "// Copyright\n\n/* x */\n//go:build  ( ignore && linux )\n\npackage v\n", "w/w.go": IGNORED.format("ignore || linux"), "x_plan9.go": LIB},
        "unused: mk.go t/t.go u/u.go v/v.go",
    ),
    "6 ignore of go.mod": (
        {"go.mod": GO + "ignore ./web/stuff\nignore old\n", "a.go": LIB, "web/stuff/x.go": LIB, "old/o.go": LIB, "a/old/o.go": LIB, "older/o.go": LIB},
        "unused: a/old/o.go old/o.go web/stuff/x.go",
    ),
    "6 in a block, and of one module": (
        {"go.mod": GO, "a.go": LIB, "x/x.go": LIB, "m/go.mod": 'module example.com/n\n\ngo 1.25\n\nignore (\n\t"./x" // why\n\tgen/out\n)\n', "m/a.go": LIB, "m/x/x.go": LIB, "m/b/gen/out/o.go": LIB},
        "unused: m/b/gen/out/o.go m/x/x.go",
    ),
    "20 modules of tests": (
        {"Cargo.toml": crate("l"), "src/lib.rs": "#[cfg(all(unix, test))]\nmod a;\n#[rustfmt::skip]\n#[cfg(test)]\npub(crate) mod b;\n#[cfg(not(test))]\nmod c;\n",
         "src/a.rs": "mod d;\n", "src/a/d.rs": RS, "src/b.rs": RS, "src/c.rs": RS},
        "test: src/a.rs src/a/d.rs src/b.rs",
    ),
    "20 a module that says so itself": (
        {"Cargo.toml": crate("l"), "src/lib.rs": "mod a;\n", "src/a.rs": "#![cfg(test)]\nmod b;\n", "src/a/b.rs": RS},
        "test: src/a.rs src/a/b.rs",
    ),
    "20 a module of tests or of a feature": (
        {"Cargo.toml": crate("l"), "src/lib.rs": '#[cfg(any(test, feature = "std"))]\nmod a;\n#[cfg(any(test, feature = "test-util"))]\nmod b;\n#[cfg(any(test, unix))]\nmod c;\n#[cfg(any(fuzzing, test))]\nmod d;\n',
         "src/a.rs": RS, "src/b.rs": RS, "src/c.rs": RS, "src/d.rs": RS},
        "test: src/b.rs src/d.rs",
    ),
    "20 inside an inline module": (
        {"Cargo.toml": crate("l"), "src/lib.rs": "#[cfg(test)]\nmod tests {\n    mod deep;\n}\n", "src/tests/deep.rs": RS},
        "test: src/tests/deep.rs",
    ),
    "30 what no target reaches": (
        {"Cargo.toml": crate("l"), "src/lib.rs": "", "src/scratch.rs": RS, "ui/pass.rs": RUN, "tests/ui.rs": RS, "tests/ui/fail.rs": RUN},
        "test: tests/ui.rs; unused: src/scratch.rs tests/ui/fail.rs ui/pass.rs",
    ),
    "30 beside a program of its own folder": (
        {"Cargo.toml": crate("l"), "src/bin/x/main.rs": "mod y;\n" + RUN, "src/bin/x/y.rs": RS, "src/bin/x/z.rs": RS},
        "unused: src/bin/x/z.rs",
    ),
    "30 modules that a macro declares": (
        {"Cargo.toml": crate("l"), "src/lib.rs": "cfg_if! { if #[cfg(unix)] { mod a; } else { /* mod c; */ mod b; } }\n", "src/a.rs": RS, "src/b.rs": RS, "src/c.rs": RS},
        "unused: src/c.rs",
    ),
    "32 folders called mock and test that a program imports": (
        {"go.mod": GO, "cmd/api/main.go": MOCKS, "internal/mock/m.go": "package mock\n\nfunc F() {}\n", "internal/test/t.go": "package test\n\nfunc F() {}\n", "internal/fake/f.go": LIB},
        "support: internal/fake/f.go",
    ),
    "32 modules called examples and tests": (
        {"Cargo.toml": crate("r"), "src/lib.rs": "pub mod examples;\npub mod tests;\n#[cfg(test)]\nmod benches;\n", "src/examples/mod.rs": RS, "src/tests/mod.rs": RS, "src/benches/mod.rs": RS},
        "test: src/benches/mod.rs",
    ),
    "42 a copy that a patch puts in place": (
        cargo_tree(APP + '[patch.crates-io]\nsqlx = { path = "forks/sqlx" }\n', app='[dependencies]\nsqlx = "0.8"\n', forks__sqlx=""),
        "support: forks/sqlx/src/lib.rs",
    ),
    "42 a workspace that patches itself": (
        {"Cargo.toml": crate("l", '[workspace]\nmembers = ["kit"]\n[patch.crates-io]\nl = { path = "." }\n'), "src/lib.rs": RS, "kit/Cargo.toml": crate("kit", '[dependencies]\nl = "0.1"\n'), "kit/src/lib.rs": RS},
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROLES)
def test_files_that_are_no_code(name: str) -> None:
    """Roles follow from what go and cargo do with a file; all others are code."""
    files, wanted = ROLES[name]
    found: dict[str, list[str]] = {}
    for file in inventory_of(files).files:
        if file.language is not None and file.role != "code":
            found.setdefault(file.role, []).append(file.path)
    rows = (row.split(": ") for row in wanted.split("; ") if row)
    assert found == {role: paths.split() for role, paths in rows}


SHIPS: dict[str, tuple[Files, str]] = {
    "8 modules with raw names": (
        {"Cargo.toml": crate("raw"), "src/lib.rs": "pub mod r#gen;\nmod r#async { pub mod r#dyn; }\n", "src/gen.rs": RS, "src/async/dyn.rs": RS},
        "raw: raw raw::async raw::gen",
    ),
    "23 a library under another name": (
        cargo_tree('[workspace]\nmembers = ["engine", "app"]\n', engine='[lib]\nname = "turbine"\n', app='[dependencies]\nengine = { path = "../engine" }\n') | {"app/src/main.rs": RUN, "app/src/lib.rs": ""},
        "app: app engine",
    ),
    "23 a renamed template of the workspace": (
        cargo_tree('[workspace]\nmembers = ["store", "app"]\n[workspace.dependencies]\nkeep = { package = "store", path = "store" }\n', store="", app="[dependencies]\nkeep.workspace = true\n") | {"app/src/main.rs": RUN, "app/src/lib.rs": ""},
        "app: app store",
    ),
    "R3 a library whose examples are crates": (
        cargo_tree(crate("l", '[workspace]\nmembers = ["examples/*"]\n'), examples__a='[lib]\ncrate-type = ["cdylib"]\n[dependencies]\nl = { path = "../.." }\nwasm-bindgen = "0.2"\n') | {"src/lib.rs": RS},
        "l: l",
    ),
    "R3 a published library that benchmarks link by path": (
        cargo_tree('[workspace]\nmembers = ["*"]\n', l='description = "d"\nlicense = "MIT"\n', benches='[dependencies]\nl = { path = "../l" }\n', app="") | {"app/src/main.rs": RUN, "app/src/lib.rs": ""},
        "app: app; l: l",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHIPS)
def test_what_ships_links_what(name: str) -> None:
    """Names in code and in manifests may differ; support code ships nothing, and what it shows does."""
    files, wanted = SHIPS[name]
    found = {item.name: list(item.components) for item in inventory_of(files).deliverables}
    assert found == {row.partition(": ")[0]: row.partition(": ")[2].split() for row in wanted.split("; ")}


NAMES = {
    "7 comments around every part": ("use std /* a::b */ :: // c\n io::{/* { */ Read, /* x::y, */ Write};", "std::io::Read std::io::Write"),
    "7 a brace in a comment": ('use a::{b, // "quoted }" {\n c};', "a::b a::c"),
    "8 raw names throughout": ("use r#try::r#fn as r#if;\nuse crate::r#gen::{self, r#yield};", "crate::gen crate::gen::yield try::fn"),
    "10 frontmatter with line ends of another system": ("---\r\na = 1\r\n---\r\nuse std::fs;\r\n", "std::fs"),
    "10 a longer fence around a shorter one": ("----\n---\n[dependencies]\n----\nuse std::fs;\n", "std::fs"),
    "10 a shebang, a blank line and a fence with a name": ("#!/usr/bin/env x\n\n--- cargo\na = '---'\n---\nuse std::fs;\n", "std::fs"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_paths_that_a_file_imports(name: str) -> None:
    """Comments, raw names and what begins a script change nothing."""
    code, wanted = NAMES[name]
    found = facts_of(code, "rust")
    assert (sorted(row.path for row in found.imports), found.errors) == (wanted.split(), None)


SITES = {
    "9 new with an expression, in a function": ("go", "package p\n\nfunc f() { z(new(g(1))) }\n\nfunc k() { x() }\n", "call", "g new x z"),
    "9 new with a number": ("go", "package p\n\nvar p = new(3 + 4)\n\nfunc f() { x() }\n", "call", "x"),
    "27 a safe static": ("rust", "unsafe extern { pub safe static a: usize; }\nstatic /* mut */ B: u8 = 1;\nfn f(mut c: u8) {}\n", "static", "u8 usize"),
    "27 what is new in the grammar": ("rust", 'fn f() -> impl Sized + use<> { if let Some(a) = b() && c() { g(c"x", &raw const y) } }\n', "call", "b c g"),
    "29 a type with attributes": ("rust", '#[wasm_bindgen]\nextern "C" {\n    #[wasm_bindgen(extends = A)]\n    pub type X;\n    fn y(this: &X);\n}\nfn d() { e() }\n', "call", "e"),
    "31 in generics and fields": ("rust", "fn f() { S { #[cfg(y)] z: h() }; }\nstruct T<#[cfg(y)] U>(#[cfg(z)] U);\n", "call", "h"),
    "31 in both places of a tuple": ("rust", "fn h() { (#[cfg(unix)] a(), #[cfg(windows)] b()); }\n", "call", "a b"),
}  # fmt: skip


@pytest.mark.parametrize("name", SITES)
def test_what_is_found_beside_gaps_of_a_grammar(name: str) -> None:
    """The rest of a file keeps its facts, and nothing is found that is not there."""
    language, code, kind, wanted = SITES[name]
    assert sorted(facts_of(code, language).sites.named(kind)) == wanted.split()


LINES = {
    "40 comments over line ends": ("rust", 'fn a() {} /* x\ny */ fn b() {}\n/// doc\nfn c() {} // d\nconst S: &str = "\n// text\n";\n', 6),
    "40 doc comments": ("rust", "/** a\n b */ fn a() {}\n//! c\n/*! d */\nfn b() {} /** e */\n", 2),
    "40 in Go": ("go", "package p // x\nvar a = 1 /* y\n*/ + 2\n/* z */ var b = 2\nvar s = `\n// no comment\n`\n", 7),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_lines_of_code(name: str) -> None:
    """A line that holds code counts, whatever else is on it."""
    language, code, lines = LINES[name]
    assert facts_of(code, language).lines == lines


MARKS = {
    "1 in quotes behind other words": ("go", '// Package p looks for "Code generated by x. DO NOT EDIT."\npackage p\n', ""),
    "1 behind a comment sign in a comment": ("go", "// Writes z.go: // Code generated by x. DO NOT EDIT.\npackage p\n", ""),
    "1 with line ends of another system": ("go", "// Code generated by x. DO NOT EDIT.\r\n\r\npackage p\r\n", "generated"),
    "1 in backticks": ("rust", "//! Writes files that begin with `@generated`.\nfn a() {}\n", ""),
    "1 in a raw string": ("rust", 'const A: &str = r#"\n// @generated\n"#;\n', ""),
    "1 below an inner attribute": ("rust", "#![allow(x)]\n// @generated\nfn a() {}\n", "generated"),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKS)
def test_what_marks_generated_code(name: str) -> None:
    """A comment of its own before the first code does; text that reads like one does not."""
    language, code, mark = MARKS[name]
    assert LANGUAGES[language].extract.mark_of(code.encode()) == mark
