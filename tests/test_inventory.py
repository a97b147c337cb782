"""Which files a tree holds in which role, which components they make, and what ships."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.filetree import Entry, Mode, Unreadable
from langfit.inventory.files import listing
from langfit.inventory.roles import role_of
from langfit.languages.rust.workspaces import Members
from langfit.model.errors import LangfitError
from langfit.model.repository import FileRole, Inventory, Skipped
from langfit.trial import Memory
from trees import Files, crate, inventory_of

GO = "module example.com/m\n\ngo 1.24\n"
MAIN = 'package main\n\nimport "example.com/m/core"\n\nfunc main() { core.Run() }\n'
LIB = "package lib\n\nfunc F() int { return 1 }\n"


def package(name: str, *imports: str) -> str:
    """Return a Go file of a package that imports others."""
    lines = "".join(f'import _ "example.com/m/{path}"\n' for path in imports)
    return f"package {name}\n\n{lines}\nfunc F() int {{ return 1 }}\n"


def shape(inventory: Inventory) -> dict[str, str]:
    """Return by component its role, or why it is support code."""
    return {part.name: part.why or part.role for part in inventory.components}


def ships(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """Return by deliverable its kind, and the components that it links."""
    return {item.name: (item.kind, *item.components) for item in inventory.deliverables}


def roles(inventory: Inventory) -> dict[str, str]:
    """Return by source file its role."""
    return {file.path: file.role for file in inventory.files if file.language is not None}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("a.go", "code"),
        ("a.pb.go", "generated"),
        ("zz_generated.deepcopy.go", "generated"),
        ("id_gen.go", "code"),
        ("to_string.go", "code"),
        ("ui/node_modules/a.go", "vendored"),
        ("vendor/x/a.go", "vendored"),
        ("sub/vendor.go", "code"),
        ("go.mod", "manifest"),
        ("fuzz/Cargo.toml", "manifest"),
        ("Cargo.lock", "other"),
        ("asm.s", "other"),
    ],
)
def test_a_name_decides_only_where_it_holds_without_exception(path: str, role: FileRole) -> None:
    """Tests and support code are told by the build and by who uses them, not here."""
    assert role_of(path, {"vendor"}, None, None) == role


@pytest.mark.parametrize(
    ("path", "generated", "vendored", "role"),
    [
        pytest.param("a.pb.go", False, None, "code", id="not generated after all"),
        pytest.param("a.go", True, None, "generated", id="generated"),
        pytest.param("a.go", None, True, "vendored", id="vendored"),
        pytest.param("vendor/a.go", None, False, "code", id="not vendored after all"),
    ],
)
def test_gitattributes_win_over_names(path: str, generated: bool | None, vendored: bool | None, role: FileRole) -> None:
    """linguist-generated and linguist-vendored are what the owners say."""
    assert role_of(path, {"vendor"}, generated, vendored) == role


SERVICE: Files = {
    "go.mod": GO,
    "cmd/api/main.go": MAIN,
    "core/core.go": package("core", "store"),
    "store/store.go": package("store"),
    "store/store_test.go": package("store", "testkit"),
    "testkit/kit.go": package("testkit"),
}
CASES: dict[str, tuple[Files, dict[str, tuple[str, ...]], dict[str, str]]] = {
    "a service with a helper of its tests": (
        SERVICE,
        {"api": ("program", "example.com/m/cmd/api", "example.com/m/core", "example.com/m/store")},
        {"example.com/m/testkit": "its folder is called testkit"},
    ),
    "a folder called test that a program uses": (
        SERVICE | {"core/core.go": package("core", "store", "test"), "test/rig.go": package("test")},
        {"api": ("program", "example.com/m/cmd/api", "example.com/m/core", "example.com/m/store", "example.com/m/test")},
        {"example.com/m/test": "code", "example.com/m/testkit": "its folder is called testkit"},
    ),
    "examples alone": (
        {"go.mod": GO, "examples/one/main.go": "package main\n\nfunc main() {}\n", "examples/two/main.go": "package main\n\nfunc main() {}\n"},
        {"one": ("program", "example.com/m/examples/one"), "two": ("program", "example.com/m/examples/two")},
        {"example.com/m/examples/one": "code"},
    ),
    "a library with an example": (
        {"go.mod": GO, "lib.go": LIB, "examples/one/main.go": "package main\n\nfunc main() {}\n"},
        {"example.com/m": ("library", "example.com/m")},
        {"example.com/m/examples/one": "its folder is called examples"},
    ),
    "what go generate runs": (
        {"go.mod": GO, "lib.go": LIB + "\n//go:generate go run ./internal/mk\n", "internal/mk/mk.go": "package main\n\nfunc main() {}\n"},
        {"example.com/m": ("library", "example.com/m")},
        {"example.com/m/internal/mk": "go generate runs it"},
    ),
    "a main package of a file that go leaves out": (
        {"go.mod": GO, "lib.go": LIB, "gen.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n"},
        {"example.com/m": ("library", "example.com/m")},
        {"example.com/m": "code"},
    ),
    "a package for JavaScript": (
        {"go.mod": GO, "web/main.go": '//go:build js && wasm\n\npackage main\n\nimport "syscall/js"\n\nfunc main() { js.Global() }\n'},
        {"web": ("wasm-module", "example.com/m/web")},
        {},
    ),
    "a library for C": (
        {"go.mod": GO, "main.go": 'package main\n\nimport "C"\n\n//export Sum\nfunc Sum() int { return 1 }\n\nfunc main() {}\n'},
        {"m": ("native-library", "example.com/m")},
        {},
    ),
    "a crate with a program and a library": (
        {"Cargo.toml": crate("tool"), "src/lib.rs": "pub mod a;\n", "src/a.rs": "pub fn f() {}\n", "src/main.rs": "fn main() {}\n"},
        {"tool": ("program", "tool", "tool::a")},
        {"tool::a": "code"},
    ),
    "a published library and its helper": (
        {
            "Cargo.toml": '[workspace]\nmembers = ["lib", "kit"]\n',
            "lib/Cargo.toml": crate("lib", 'description = "x"\nlicense = "MIT"\nkeywords = ["x"]\n[dev-dependencies]\ntest-kit = { path = "../kit" }\n'),
            "lib/src/lib.rs": "pub fn f() {}\n",
            "kit/Cargo.toml": crate("test-kit", "publish = false\n"),
            "kit/src/lib.rs": "pub fn f() {}\n",
        },
        {"lib": ("library", "lib")},
        {"test-kit": "its folder is called test-kit"},
    ),
    "an xtask and fuzz targets": (
        {
            "Cargo.toml": crate("lib", '[workspace]\nmembers = ["xtask"]\n'),
            "src/lib.rs": "pub fn f() {}\n",
            "xtask/Cargo.toml": crate("xtask"),
            "xtask/src/main.rs": "fn main() {}\n",
            "fuzz/Cargo.toml": crate("lib-fuzz", '[package.metadata]\ncargo-fuzz = true\n[dependencies]\nlib = { path = ".." }\n[[bin]]\nname = "one"\npath = "one.rs"\n[workspace]\n'),
            "fuzz/one.rs": "fn main() {}\n",
        },
        {"lib": ("library", "lib")},
        {"xtask": "tasks of its developers (xtask)", "lib-fuzz": "fuzz targets"},
    ),
    "a module for JavaScript in Rust": (
        {"Cargo.toml": crate("web", '[lib]\ncrate-type = ["cdylib"]\n[dependencies]\nwasm-bindgen = "0.2"\n'), "src/lib.rs": "pub fn f() {}\n"},
        {"web": ("wasm-module", "web")},
        {},
    ),
    "an addon for Python": (
        {"Cargo.toml": crate("fast", '[lib]\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = "0.22"\n'), "src/lib.rs": "pub fn f() {}\n"},
        {"fast": ("native-library", "fast")},
        {},
    ),
    "a feature that tests alone switch on": (
        {
            "Cargo.toml": '[workspace]\nmembers = ["app", "mock-pd"]\n',
            "app/Cargo.toml": crate("app", '[dependencies]\nmock-pd = { path = "../mock-pd" }\n'),
            "app/src/main.rs": '#[cfg(any(test, feature = "testexport"))]\nuse mock_pd::Client;\nfn main() {}\n',
            "mock-pd/Cargo.toml": crate("mock-pd", "publish = false\n"),
            "mock-pd/src/lib.rs": "pub struct Client;\n",
        },
        {"app": ("program", "app")},
        {"mock-pd": "its folder is called mock-pd"},
    ),
    "files that no target reaches": (
        {"Cargo.toml": crate("lib"), "src/lib.rs": "pub mod a;\n", "src/a.rs": "", "src/scratch.rs": "fn x() {}\n", "ui/fail.rs": "fn y() {}\n"},
        {"lib": ("library", "lib", "lib::a")},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_ships_and_what_supports_it(name: str) -> None:
    """Programs and libraries with what they link; support code by the build and by who uses it, with the reason."""
    files, deliverables, components = CASES[name]
    inventory = inventory_of(files)
    assert ships(inventory) == deliverables
    assert {name: shape(inventory)[name] for name in components} == components


@pytest.mark.parametrize(
    ("files", "path", "role"),
    [
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": "#[cfg(test)]\nmod x;\n", "src/x.rs": "fn f() {}\n"}, "src/x.rs", "test", id="a module of tests"),
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": "mod x;\n", "src/x.rs": "#[cfg(test)]\nmod y;\n", "src/x/y.rs": ""}, "src/x/y.rs", "test", id="deep inside"),
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": '#[path = "odd.rs"]\nmod x;\n', "src/odd.rs": ""}, "src/odd.rs", "code", id="by its path"),
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": "", "src/left.rs": "fn f() {}\n"}, "src/left.rs", "unused", id="reached by nothing"),
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": 'include!("part.rs");\n', "src/part.rs": ""}, "src/part.rs", "code", id="included"),
        pytest.param({"Cargo.toml": crate("l", 'build = "make.rs"\n'), "src/lib.rs": "", "make.rs": "fn main() {}\n"}, "make.rs", "support", id="a build script"),
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": "", "tests/t.rs": "mod common;\n", "tests/common/mod.rs": ""}, "tests/common/mod.rs", "test", id="a helper of tests"),
        pytest.param({"Cargo.toml": crate("l"), "src/lib.rs": "", "examples/e.rs": "fn main() {}\n"}, "examples/e.rs", "test", id="an example"),
        pytest.param({"go.mod": GO, "a.go": LIB, "_b.go": LIB}, "_b.go", "unused", id="a file that go passes over"),
        pytest.param({"go.mod": GO, "a.go": LIB, "testdata/x/x.go": LIB}, "testdata/x/x.go", "test", id="testdata"),
        pytest.param({"go.mod": GO, "a.go": "// Code generated by x. DO NOT EDIT.\n" + LIB}, "a.go", "generated", id="generated"),
        pytest.param({"go.mod": GO, "a.go": "// This file is copied from golang.org/x/sys.\n" + LIB}, "a.go", "copied", id="copied"),
        pytest.param({"go.mod": GO, "a.go": LIB, "vendor/modules.txt": "", "vendor/v/v.go": LIB}, "vendor/v/v.go", "vendored", id="vendored"),
    ],
)  # fmt: skip
def test_roles_of_files(files: Files, path: str, role: str) -> None:
    """What a build does with a file is its role."""
    assert roles(inventory_of(files))[path] == role


def test_what_is_left_out_is_counted_and_named() -> None:
    """Never in silence: by role, with the first files."""
    files = {"go.mod": GO, "a.go": LIB, "a_test.go": LIB, "b.pb.go": LIB, "_c.go": LIB}
    assert {(row.role, row.files, row.first) for row in inventory_of(files).left_out} == {
        ("test", 1, ("a_test.go",)),
        ("generated", 1, ("b.pb.go",)),
        ("unused", 1, ("_c.go",)),
    }


def test_folders_above_the_scanned_one_say_nothing() -> None:
    """Whoever scans examples/shop wants it read as code."""
    files = {"go.mod": GO, "examples/shop/a.go": LIB, "examples/shop/tests/b.go": LIB}
    inventory = inventory_of(files, under="examples/shop")
    assert roles(inventory)["examples/shop/a.go"] == "code"


def test_a_tree_without_a_module_is_named_by_its_imports() -> None:
    """As it was usual before modules."""
    files = {"core/a.go": 'package core\n\nimport _ "github.com/acme/shop/store"\n', "store/b.go": "package store\n"}
    assert set(shape(inventory_of(files))) == {"github.com/acme/shop/core", "github.com/acme/shop/store"}


@pytest.mark.parametrize(
    ("folder", "pattern", "expected"),
    [
        ("crates/a", "crates/*", True),
        ("crates/a", "./crates/a/", True),
        ("crates/a/b", "crates/*", False),
        ("crates/a/b", "crates/**", True),
        ("crates/a/b", "**/b", True),
        ("", ".", True),
        ("a", ".", False),
        ("crates/ab", "crates/a?", True),
        ("a/" * 40 + "b", "**/" * 40 + "c", False),
    ],
)
def test_member_patterns(folder: str, pattern: str, expected: bool) -> None:
    """A star stays within a folder, two stars span any number, and no pattern takes exponential time."""
    assert Members([pattern]).name(folder) is expected


def test_names_are_unique() -> None:
    """Equal names get their folder behind them, and the language where the folder is the same."""
    files = {
        "a/Cargo.toml": crate("twin"),
        "b/Cargo.toml": crate("twin"),
        "m/go.mod": GO,
        "n/go.mod": GO,
        "a/src/lib.rs": "mod x;\n",
        "a/src/x.rs": "",
        "b/src/lib.rs": "",
        "m/m.go": LIB,
        "n/n.go": LIB,
    }
    assert sorted(shape(inventory_of(files))) == [
        "example.com/m (m)",
        "example.com/m (n)",
        "twin (a)",
        "twin (a)::x",
        "twin (b)",
    ]


class Paper(Memory):
    """A tree with entries that are no files, and bytes that are missing."""

    modes: dict[str, Mode]

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries."""
        return (*super().entries(), *(Entry(path, "", 0, mode) for path, mode in self.modes.items()))

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of a file; "?" stands for an object that is missing."""
        if self.files[entry.path] == b"?":
            raise Unreadable("missing-object")
        return self.files[entry.path]


def test_what_cannot_be_read_is_skipped() -> None:
    """Links, special files, submodules, broken and missing manifests are one row each."""
    tree = Paper({"a.go": b"package a\n", "g/go.mod": b"module (", "r/Cargo.toml": b"[package", "gone/go.mod": b"?"})
    tree.modes = {"l.go": "symlink", "p.rs": "special", "go.mod": "symlink", "sub": "submodule", "docs": "symlink"}
    assert listing(tree).skipped == [
        Skipped("g/go.mod", "bad-manifest"),
        Skipped("go.mod", "symlink"),
        Skipped("gone/go.mod", "missing-object"),
        Skipped("l.go", "symlink"),
        Skipped("p.rs", "special"),
        Skipped("r/Cargo.toml", "bad-manifest"),
        Skipped("sub", "submodule"),
    ]


SHOP: Files = {
    "go.mod": GO,
    "a/a.go": package("a"),
    "a/b/b.go": package("b"),
    "a/b/b_test.go": package("b"),
    "kern/Cargo.toml": crate("kern"),
    "kern/src/lib.rs": "pub mod big;\n",
    "kern/src/big.rs": "// " + "y" * 100,
    "x.go": package("x"),
}


def test_custom_components_replace_the_found_ones() -> None:
    """Files go to the longest path that names them; each component is a deliverable of its own."""
    inventory = inventory_of(SHOP, {"mixed": ("kern", "./a/"), "deep": ("a/b/b.go",)})
    assert [(c.name, c.kind, c.language, c.root, c.files) for c in inventory.components] == [
        ("deep", "custom", "go", "a/b", 1),
        ("mixed", "custom", "rust", ".", 3),
    ]
    assert {d.name: (d.kind, d.components) for d in inventory.deliverables} == {
        "deep": ("custom", ("deep",)),
        "mixed": ("custom", ("mixed",)),
    }
    owners = {file.path: file.component for file in inventory.files}
    assert (owners["a/b/b.go"], owners["a/b/b_test.go"], owners["x.go"]) == ("deep", "mixed", "")


@pytest.mark.parametrize("path", ["a/b", "b"])
def test_a_custom_path_may_start_at_the_scanned_folder(path: str) -> None:
    """Both spellings name the same folder."""
    inventory = inventory_of(SHOP, {"it": (path,)}, under="a")
    assert [part.root for part in inventory.components] == ["a/b"]


@pytest.mark.parametrize(
    ("custom", "sentence"),
    [
        pytest.param({"it": ("nowhere",)}, "No Go or Rust file is at nowhere: `langfit components`", id="nowhere"),
        pytest.param({"it": ("go.mod",)}, "No Go or Rust file is at go.mod", id="a manifest"),
        pytest.param({"it": ("../a",)}, "No Go or Rust file is at ../a", id="outside"),
        pytest.param({"it": ()}, "Component it names no path", id="nothing"),
        pytest.param({"it": ("a",), "at": ("a/",)}, "claimed by components it and at", id="twice"),
        pytest.param(
            {"it": ("a/b",), "at": ("a/b/b.go", "a/b/b_test.go")}, "Component it keeps no source file", id="covered"
        ),
    ],
)
def test_custom_components_that_cannot_be(custom: dict[str, tuple[str, ...]], sentence: str) -> None:
    """Each is answered with a sentence that names the component or the path."""
    with pytest.raises(LangfitError, match=sentence):
        inventory_of(SHOP, custom)


FOLDERS = st.sampled_from(["a", "b", "src", "vendor", "tests", "cmd", "internal"])
LEAVES = st.sampled_from(["x.go", "y_test.go", "lib.rs", "main.rs", "m.rs", "go.mod", "Cargo.toml", "go.work", "asm.s"])
TEXTS = {
    "go.mod": "module m\n",
    "Cargo.toml": crate("c", '[workspace]\nmembers = ["*"]\n'),
    "go.work": "use ./a\n",
    "x.go": package("main", "a", "b"),
    "lib.rs": "mod m;\n",
}
PATHS = st.builds(lambda folders, leaf: "/".join([*folders, leaf]), st.lists(FOLDERS, max_size=3), LEAVES)


@settings(deadline=None, max_examples=60)
@given(st.sets(PATHS, max_size=14), st.randoms(use_true_random=False), st.booleans())
def test_any_tree_gives_one_inventory_whatever_its_order(paths: set[str], order: random.Random, broken: bool) -> None:
    """Every source file is listed once, names are unique, what is linked exists, and the order changes nothing."""
    files = {path: "(" if broken else TEXTS.get(path.rpartition("/")[2], "x") for path in sorted(paths)}
    inventory = inventory_of(files)
    turned = list(files.items())
    order.shuffle(turned)
    assert inventory_of(dict(turned)) == inventory
    names = [part.name for part in inventory.components]
    assert len(set(names)) == len(names)
    sources = [file.path for file in inventory.files if file.language is not None]
    assert sources == sorted(path for path in paths if path.endswith((".go", ".rs")))
    known = {*names}
    assert {name for item in inventory.deliverables for name in (*item.components, *item.own)} <= known
    assert {part.parent for part in inventory.components} <= {"", *known}
    titles = [item.name for item in inventory.deliverables]
    assert len(set(titles)) == len(titles)
    support = {part.name for part in inventory.components if part.role == "support"}
    assert not support & {name for item in inventory.deliverables for name in item.own}
