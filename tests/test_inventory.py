"""Which files a tree holds, in which role, and which components they make."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.inventory import take
from langfit.inventory.roles import role_of
from langfit.inventory.rust import is_member
from langfit.model import Component, Inventory, LangfitError, Role, Skipped
from langfit.tree import Entry, Mode, Unreadable, blob_id


class Paper:
    """A tree that exists on paper alone: path -> text, or the mode of what is no file."""

    path = "paper"
    revision = None
    notices: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def __init__(self, files: dict[str, str], under: str = "", modes: dict[str, Mode] | None = None) -> None:
        self.under = under
        self._files = files
        self._modes = modes or {}
        self.order: list[str] = [*files, *self._modes]

    def entries(self) -> Iterable[Entry]:
        """The entries in the given order."""
        for path in self.order:
            mode = self._modes.get(path, "file")
            yield Entry(path, "", len(self._files.get(path, "")), mode)

    def read(self, entry: Entry) -> bytes:
        """The text as bytes; "?" stands for an object that is missing."""
        if self._files[entry.path] == "?":
            raise Unreadable("missing-object")
        return self._files[entry.path].encode()

    def attributes(self, path: str) -> tuple[bool | None, bool | None]:
        """By the name alone."""
        return (True if "said-gen" in path else None), (False if "not-vendored" in path else None)


def blank(*paths: str) -> dict[str, str]:
    """Files whose text does not matter."""
    return dict.fromkeys(paths, "x")


def crate(name: str, more: str = "") -> str:
    """A small Cargo.toml."""
    return f'[package]\nname = "{name}"\nedition = "2021"\n{more}'


def shape(inventory: Inventory) -> dict[str, tuple[str, str, str, int]]:
    """Component -> kind, root, parent, files."""
    return {part.name: (part.kind, part.root, part.parent, part.files) for part in inventory.components}


def places(inventory: Inventory) -> dict[str, str]:
    """File -> component."""
    return {file.path: file.component for file in inventory.files}


def part(inventory: Inventory, name: str) -> Component:
    """The component of that name."""
    return next(component for component in inventory.components if component.name == name)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("a.go", "code"),
        ("a_test.go", "test"),
        ("testdata/a.go", "test"),
        ("x/test/a.go", "test"),
        ("e2e/a.go", "test"),
        ("_examples/a.go", "test"),
        ("internal/mocks/a.go", "test"),
        ("internal/testutil/a.go", "test"),
        ("internal/promtestutils/a.go", "test"),
        ("contest/a.go", "code"),
        ("tests/a.rs", "test"),
        ("x/benches/a.rs", "test"),
        ("examples/a.rs", "test"),
        ("src/x/tests.rs", "test"),
        ("src/test/a.rs", "code"),
        ("crates/test-utils/src/lib.rs", "test"),
        ("vendor/x/a.go", "vendored"),
        ("vendor/x/go.mod", "vendored"),
        ("vendor/not-vendored/a.go", "code"),
        ("third_party/a.rs", "vendored"),
        ("ui/node_modules/a.go", "vendored"),
        ("a.pb.go", "generated"),
        ("zz_generated.deepcopy.go", "generated"),
        ("id_gen.go", "code"),
        ("to_string.go", "code"),
        ("said-gen.go", "generated"),
        ("go.mod", "manifest"),
        ("fuzz/Cargo.toml", "manifest"),
        ("Cargo.lock", "other"),
        ("asm.s", "other"),
    ],
)
def test_roles_follow_from_paths_and_attributes(path: str, role: Role) -> None:
    """Only names that always mean the same count; vendored wins over generated, generated over test."""
    assert role_of(path, "", *Paper({}).attributes(path)) == role


def test_a_word_of_gitattributes_wins_over_the_name() -> None:
    """linguist-generated=false makes a .pb.go file code, and linguist-vendored counts anywhere."""
    assert role_of("a.pb.go", "", False, None) == "code"
    assert role_of("a.go", "", None, True) == "vendored"


def test_folders_above_the_scanned_one_say_nothing() -> None:
    """Whoever scans examples/shop wants it read as code."""
    assert role_of("examples/shop/a.go", "examples/shop", None, None) == "code"
    assert role_of("examples/shop/tests/a.go", "examples/shop", None, None) == "test"


def test_go_modules_packages_and_workspaces() -> None:
    """A module for each go.mod, a package for each folder with code, a workspace over the modules it uses."""
    files = {
        "go.work": "go 1.22\nuse (\n.\n./tool\n)\n",
        "go.mod": "module example.com/m\ngo 1.22\n",
        "tool/go.mod": "module example.com/tool\n",
        "alone/go.mod": "module example.com/alone\n",
        **blank("main.go", "main_test.go", "a/b/c.go", "a/b/asm.s", "only/x_test.go", "tool/cmd/t.go", "alone/z.go"),
        **blank("vendor/v/v.go", "a/gen/x.pb.go", "stray.s2", "elsewhere/boot.s"),
    }
    inventory = take(Paper(files))
    assert shape(inventory) == {
        "go.work:.": ("workspace", ".", "", 3),
        "example.com/m/...": ("module", ".", "go.work:.", 2),
        "example.com/m": ("package", ".", "example.com/m/...", 1),
        "example.com/m/a/b": ("package", "a/b", "example.com/m/...", 1),
        "example.com/m/a/gen": ("package", "a/gen", "example.com/m/...", 0),
        "example.com/tool/...": ("module", "tool", "go.work:.", 1),
        "example.com/tool/cmd": ("package", "tool/cmd", "example.com/tool/...", 1),
        "example.com/alone/...": ("module", "alone", "", 1),
        "example.com/alone": ("package", "alone", "example.com/alone/...", 1),
    }
    assert places(inventory) == {
        "go.work": "go.work:.",
        "go.mod": "example.com/m/...",
        "tool/go.mod": "example.com/tool/...",
        "alone/go.mod": "example.com/alone/...",
        "main.go": "example.com/m",
        "main_test.go": "example.com/m",
        "a/b/c.go": "example.com/m/a/b",
        "a/b/asm.s": "example.com/m/a/b",
        "a/gen/x.pb.go": "example.com/m/a/gen",
        "only/x_test.go": "example.com/m/...",
        "tool/cmd/t.go": "example.com/tool/cmd",
        "alone/z.go": "example.com/alone",
        "vendor/v/v.go": "example.com/m/...",
    }
    assert part(inventory, "example.com/tool/cmd").anchor == "tool/go.mod"


def test_go_files_without_a_module() -> None:
    """They are named as the go command takes folders, and anchored at their first file."""
    inventory = take(Paper(blank("a.go", "sub/b.go", "sub/a.go")))
    assert shape(inventory) == {
        "./...": ("module", ".", "", 3),
        ".": ("package", ".", "./...", 1),
        "./sub": ("package", "sub", "./...", 2),
    }
    assert (part(inventory, "./sub").manifest, part(inventory, "./sub").anchor) == ("", "sub/a.go")


def test_rust_crates_modules_and_workspaces() -> None:
    """Crates by package name, a module for each name below a crate root, members by glob and path dependency."""
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/out"]\n',
        "Cargo.lock": "",
        "crates/one/Cargo.toml": crate("one", '[dependencies]\nnear = { path = "../../near" }\n'),
        "near/Cargo.toml": crate("near", '[lib]\npath = "near.rs"\n[[bin]]\nname = "b"\npath = "cmd/b.rs"\n'),
        "far/Cargo.toml": crate("far"),
        "crates/out/Cargo.toml": crate("out"),
        **blank("crates/one/src/lib.rs", "crates/one/src/a.rs", "crates/one/src/b/mod.rs", "crates/one/src/b/c.rs"),
        **blank("crates/one/src/bin/x.rs", "crates/one/build.rs", "crates/one/tests/t.rs", "crates/one/src/tests.rs"),
        **blank("near/near.rs", "near/part.rs", "near/deep/x.rs", "near/cmd/b.rs", "near/cmd/args.rs"),
        **blank("near/tests/t.rs", "far/src/lib.rs", "crates/out/src/lib.rs", "loose.rs"),
    }
    inventory = take(Paper(files))
    assert shape(inventory) == {
        "Cargo.toml:.": ("workspace", ".", "", 11),
        "one": ("crate", "crates/one", "Cargo.toml:.", 6),
        "one::a": ("module", "crates/one/src/a", "one", 1),
        "one::b": ("module", "crates/one/src/b", "one", 2),
        "near": ("crate", "near", "Cargo.toml:.", 5),
        "near::part": ("module", "near/part", "near", 1),
        "near::deep": ("module", "near/deep", "near", 1),
        "near::args": ("module", "near/cmd/args", "near", 1),
        "far": ("crate", "far", "", 1),
        "out": ("crate", "crates/out", "", 1),
        ".": ("crate", ".", "", 1),
    }
    placed = places(inventory)
    assert placed["Cargo.toml"] == placed["Cargo.lock"] == "Cargo.toml:."
    crate_files = ["src/lib.rs", "src/bin/x.rs", "build.rs", "tests/t.rs", "src/tests.rs", "Cargo.toml"]
    assert {placed[f"crates/one/{path}"] for path in crate_files} == {"one"}
    assert placed["crates/one/src/b/c.rs"] == "one::b"
    assert placed["near/near.rs"] == placed["near/cmd/b.rs"] == placed["near/tests/t.rs"] == "near"
    entries = {manifest.name: set(manifest.entries) for manifest in inventory.manifests}
    assert {"build-script", "bin:x"} <= entries["one"]


def test_members_take_over_from_their_workspace() -> None:
    """The real name of a renamed dependency reaches the manifest of the member."""
    space = '[workspace]\nmembers = ["a"]\n[workspace.dependencies]\njson = { package = "serde_json", version = "1" }\n'
    files = {"Cargo.toml": space, "a/Cargo.toml": crate("a", "[dependencies]\njson.workspace = true\n")}
    (member,) = (found for found in take(Paper(files)).manifests if found.name == "a")
    assert member.dependencies == {"serde_json": 5}


@pytest.mark.parametrize(
    ("folder", "pattern", "expected"),
    [
        ("crates/a", "crates/*", True),
        ("crates/a", "./crates/a/", True),
        ("crates/a/b", "crates/*", False),
        ("crates/a/b", "crates/**", True),
        ("crates/a/b", "**/b", True),
        ("crates", "crates/**", True),
        ("", ".", True),
        ("a", ".", False),
        ("crates/ab", "crates/a?", True),
        ("a/" * 40 + "b", "**/" * 40 + "c", False),
    ],
)
def test_member_patterns(folder: str, pattern: str, expected: bool) -> None:
    """A star stays within a folder, two stars span any number, and no pattern takes exponential time."""
    assert is_member(folder, pattern) is expected


def test_names_are_unique() -> None:
    """Equal names get their folder behind them, and the language where the folder is the same."""
    files = {
        "a/Cargo.toml": crate("twin"),
        "b/Cargo.toml": crate("twin"),
        "c/Cargo.toml": crate("twin (b)"),
        "m/go.mod": "module example.com/m\n",
        "n/go.mod": "module example.com/m\n",
        **blank("a/src/lib.rs", "a/src/x.rs", "b/src/x.rs", "m/m.go", "n/n.go", "top.go", "top.rs"),
    }
    assert sorted(shape(take(Paper(files)))) == [
        ". (go)",
        ". (rust)",
        "./...",
        "example.com/m (m)",
        "example.com/m (n)",
        "example.com/m/... (m)",
        "example.com/m/... (n)",
        "twin (a)",
        "twin (a)::x",
        "twin (b)",
        "twin (b) (rust)",
        "twin (b)::x",
    ]


def test_what_is_no_regular_file_is_skipped() -> None:
    """Links and special files with a source or manifest name, and submodules, are one row each."""
    modes: dict[str, Mode] = {"l.go": "symlink", "p.rs": "special", "go.mod": "symlink", "sub": "submodule"}
    inventory = take(Paper(blank("a.go", "README.md"), modes={**modes, "docs": "symlink", "asm.s": "symlink"}))
    assert inventory.skipped == (
        Skipped("go.mod", "symlink"),
        Skipped("l.go", "symlink"),
        Skipped("p.rs", "special"),
        Skipped("sub", "submodule"),
    )
    assert [file.path for file in inventory.files] == ["a.go"]


def test_broken_manifests_still_mark_their_folder() -> None:
    """A row and a notice say so; the folder becomes a module or a crate named after itself."""
    files = {
        "g/go.mod": "module (",
        "r/Cargo.toml": "[package",
        "gone/go.mod": "?",
        **blank("g/x/a.go", "r/src/lib.rs", "gone/b.go"),
    }
    inventory = take(Paper(files))
    assert set(shape(inventory)) == {"./g/...", "./g/x", "r", "./gone/...", "./gone"}
    assert inventory.skipped == (
        Skipped("g/go.mod", "bad-manifest"),
        Skipped("gone/go.mod", "missing-object"),
        Skipped("r/Cargo.toml", "bad-manifest"),
    )
    assert [notice.partition(" ")[0] for notice in inventory.notices] == ["g/go.mod", "r/Cargo.toml"]
    assert inventory.manifests == ()


def test_manifests_get_their_blob_id_when_read() -> None:
    """Outside git nothing else knows it."""
    (file,) = take(Paper({"go.mod": "module a\n"})).files
    assert file.blob == blob_id(b"module a\n")


SHOP = {
    "go.mod": "module shop\n",
    "kern/Cargo.toml": crate("kern"),
    **blank("a/a.go", "a/b/b.go", "a/b/b_test.go", "kern/src/lib.rs", "x.go"),
    "kern/src/big.rs": "y" * 100,
}


def test_custom_components_replace_the_found_ones() -> None:
    """Files go to the longest path that names them; those outside stay in the list without a component."""
    inventory = take(Paper(SHOP), {"mixed": ("kern", "./a/"), "deep": ("a/b/b.go",)})
    assert inventory.components == (
        Component("deep", "custom", "go", "a/b", "", "go.mod", "go.mod", 1),
        Component("mixed", "custom", "rust", ".", "", "", "kern/src/big.rs", 3),
    )
    assert places(inventory) == {
        "a/a.go": "mixed",
        "a/b/b.go": "deep",
        "a/b/b_test.go": "mixed",
        "go.mod": "",
        "kern/Cargo.toml": "mixed",
        "kern/src/big.rs": "mixed",
        "kern/src/lib.rs": "mixed",
        "x.go": "",
    }


def test_a_custom_path_may_start_at_the_scanned_folder() -> None:
    """Both spellings name the same folder."""
    for path in ("a/b", "b"):
        inventory = take(Paper(SHOP, under="a"), {"it": (path,)})
        assert part(inventory, "it").root == "a/b"


@pytest.mark.parametrize(
    ("custom", "sentence"),
    [
        ({"it": ("nowhere",)}, "No Go or Rust file is at nowhere: `langfit components`"),
        ({"it": ("go.mod",)}, "No Go or Rust file is at go.mod"),
        ({"it": ("../a",)}, "No Go or Rust file is at ../a"),
        ({"it": ()}, "Component it names no path"),
        ({"it": ("a",), "at": ("a/",)}, "claimed by components it and at"),
        ({"it": ("a/b",), "at": ("a/b/b.go", "a/b/b_test.go")}, "Component it keeps no source file"),
    ],
)
def test_custom_components_that_cannot_be(custom: dict[str, tuple[str, ...]], sentence: str) -> None:
    """Each is answered with a sentence that names the component or the path."""
    with pytest.raises(LangfitError) as error:
        take(Paper(SHOP), custom)
    assert sentence in str(error.value)


NAMES = st.sampled_from(["a", "b", "src", "vendor", "tests", "cmd"])
SOURCES = ["x.go", "y_test.go", "lib.rs", "m.rs"]
LEAVES = st.sampled_from([*SOURCES, "go.mod", "Cargo.toml", "go.work", "asm.s", "Cargo.lock"])
TEXTS = {"go.mod": "module m\n", "Cargo.toml": crate("c", '[workspace]\nmembers = ["*"]\n'), "go.work": "use ./a\n"}
PATHS = st.builds(lambda folders, leaf: "/".join([*folders, leaf]), st.lists(NAMES, max_size=3), LEAVES)


@settings(deadline=None)
@given(st.sets(PATHS, max_size=14), st.randoms(use_true_random=False), st.booleans())
def test_any_tree_gives_one_inventory_whatever_its_order(paths: set[str], random: object, broken: bool) -> None:
    """Every source file is listed once and in a component that exists, names are unique, counts add up."""
    texts = {name: "(" for name in TEXTS} if broken else TEXTS
    tree = Paper({path: texts.get(path.rpartition("/")[2], "x") for path in sorted(paths)})
    inventory = take(tree)
    tree.order = sorted(paths, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert take(tree) == inventory
    names = [part.name for part in inventory.components]
    assert len(set(names)) == len(names)
    sources = [file for file in inventory.files if file.language is not None]
    assert sorted(file.path for file in sources) == sorted(path for path in paths if path.endswith((".go", ".rs")))
    known = {part.name: part for part in inventory.components}
    assert {file.component for file in sources if file.role != "vendored"} <= set(known)
    assert {part.parent for part in inventory.components} <= {"", *known}
    tops = sum(part.files for part in inventory.components if not part.parent)
    assert tops == sum(file.role == "code" for file in sources)
    code = [file.component for file in sources if file.role == "code"]
    for part in inventory.components:
        assert part.files == sum(part.name in (name, *_above(name, known)) for name in code)


def _above(name: str, known: dict[str, Component]) -> list[str]:
    found = []
    while name and known[name].parent:
        name = known[name].parent
        found.append(name)
    return found
