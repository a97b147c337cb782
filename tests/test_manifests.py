"""What the readers of go.mod, go.work and Cargo.toml take out of a file, and what they refuse."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langfit.languages.go import manifests as gomod
from langfit.languages.rust import manifests as cargo
from langfit.model.repository import Manifest

GO = shutil.which("go")
needs_go = pytest.mark.skipif(GO is None, reason="the go command is not installed")

GO_MOD = """\
// a comment
module example.com/big/v2 // import "x"

go 1.22.1
toolchain go1.23.0

require github.com/a/a v1.0.0
require (
	"github.com/b/b" v1.2.3 // indirect
	github.com/c/c v0.0.0-20200101000000-abcdefabcdef // indirect; for tests
	github.com/d/d v1.2.3 // why indirect
	github.com/e/e v2.0.0+incompatible
)
exclude github.com/x/x v1.1.1
replace (
	github.com/a/a => ../a
	github.com/d/d v1.2.3 => github.com/fork/d v1.2.4
)
retract [v2.0.0, v2.9.9]
tool golang.org/x/tools/cmd/stringer
godebug default=go1.21
"""


def go_json(verb: str, path: Path) -> dict[str, object]:
    """What the go command reads out of a file, without the network."""
    run = subprocess.run(
        ["go", verb, "edit", "-json", str(path)],
        capture_output=True,
        check=True,
        text=True,
        env={"PATH": str(Path(GO or "go").parent), "HOME": str(path.parent), "GOTOOLCHAIN": "local", "GOFLAGS": ""},
    )
    found: dict[str, object] = json.loads(run.stdout)
    return found


def as_go_says(said: dict[str, object]) -> tuple[object, ...]:
    """The same facts from the JSON of the go command."""

    def rows(key: str) -> list[dict[str, Any]]:
        value = said.get(key) or []
        assert isinstance(value, list)
        return value

    module = said.get("Module") or {}
    assert isinstance(module, dict)
    replaced = {str(row["Old"]["Path"]) for row in rows("Replace")}
    folders = {str(row["Old"]["Path"]) for row in rows("Replace") if "Version" not in row["New"]}
    return (
        module.get("Path", ""),
        said.get("Go", ""),
        {str(row["Path"]) for row in rows("Require") if not row.get("Indirect")} - folders,
        replaced,
        {str(row["Path"]) for row in rows("Tool")},
        {str(row["DiskPath"]) for row in rows("Use")},
    )


def as_we_say(manifest: Manifest) -> tuple[object, ...]:
    """The facts of `as_go_says` from a manifest."""

    def rest(kind: str) -> set[str]:
        return {entry.removeprefix(kind) for entry in manifest.entries if entry.startswith(kind)}

    return (
        manifest.name,
        manifest.version,
        {row.name for row in manifest.dependencies if not row.path},
        rest("replace:"),
        rest("tool:"),
        rest("use:"),
    )


def lines(manifest: Manifest, kind: str = "normal") -> dict[str, int]:
    """Return the dependencies of a kind by package, with their lines."""
    return {row.package: row.line for row in manifest.dependencies if row.kind == kind}


def test_go_mod_holds_direct_dependencies_with_their_lines() -> None:
    """Indirect requirements are left out, a comment that merely speaks of them is not."""
    manifest = gomod.parse("go.mod", GO_MOD.encode())
    assert manifest.name == "example.com/big/v2"
    assert manifest.version == "1.22.1"
    assert lines(manifest) == {"github.com/a/a": 7, "github.com/d/d": 11, "github.com/e/e": 12}
    assert manifest.entries["toolchain:go1.23.0"] == 5
    assert manifest.entries["replace:github.com/d/d"] == 17


@needs_go
def test_go_mod_is_read_as_the_go_command_reads_it(tmp_path: Path) -> None:
    """The hand-made file gives the same facts in `go mod edit -json`."""
    file = tmp_path / "go.mod"
    file.write_text(GO_MOD)
    assert as_we_say(gomod.parse("go.mod", file.read_bytes())) == as_go_says(go_json("mod", file))


NAMES = st.from_regex(r"example\.com/[a-z]{1,6}(/[a-z0-9_.~-]*[a-z0-9])?", fullmatch=True)
COMMENTS = st.sampled_from(["", " // indirect", "// indirect", " // indirect; x", " // not indirect", " //"])
LINES = st.lists(st.tuples(NAMES, COMMENTS, st.booleans()), max_size=5, unique_by=lambda row: row[0])


@needs_go
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=LINES, block=st.booleans(), newline=st.sampled_from(["\n", "\r\n", "\n\n\t"]))
def test_any_requirements_are_read_as_the_go_command_reads_them(
    tmp_path: Path, rows: list[tuple[str, str, bool]], block: bool, newline: str
) -> None:
    """Blocks, quotes, comments and line ends do not change what a go.mod says."""
    said = [f'"{name}" v1.0.0{comment}' if quoted else f"{name} v1.0.0{comment}" for name, comment, quoted in rows]
    body = ["require (", *said, ")"] if block else [f"require {line}" for line in said]
    file = tmp_path / "go.mod"
    file.write_bytes(newline.join(["module example.com/m", "go 1.21", *body, ""]).encode())
    assert as_we_say(gomod.parse("go.mod", file.read_bytes())) == as_go_says(go_json("mod", file))


GO_WORK = 'go 1.22\nuse ./a // here\nuse (\n\t.\n\t"./b/c"\n)\nreplace example.com/x => ./x\n'


@needs_go
def test_go_work_is_read_as_the_go_command_reads_it(tmp_path: Path) -> None:
    """The folders of a workspace are those of `go work edit -json`."""
    file = tmp_path / "go.work"
    file.write_text(GO_WORK)
    assert as_we_say(gomod.parse("go.work", file.read_bytes())) == as_go_says(go_json("work", file))


def test_go_work_names_its_folders() -> None:
    """Each `use` is an entry with its line."""
    entries = gomod.parse("go.work", GO_WORK.encode()).entries
    assert {key: line for key, line in entries.items() if key.startswith("use:")} == {
        "use:./a": 2,
        "use:.": 4,
        "use:./b/c": 5,
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("module a b\n", "`module` has 2 arguments"),
        ("module a\nmodule b\n", "line 2: a second `module`"),
        ("require (\na v1\n", "opened in line 1 is never closed"),
        ("require a v1)\n", "stray parenthesis"),
        ("require a\n", "`require` has 1 arguments"),
        ("replace a b c\n", "needs `=>`"),
        ("replace a v1 =>\n", "names no new module"),
        ("/* no */\n", "line 1 cannot be read from column 1"),
        ('module "a\n', "line 1 cannot be read from column 8"),
        ("module `a`\n", "line 1 cannot be read from column 8"),
        ("go (\n1.2\n)\n", "`go` takes no block"),
        ("module \xff\n", "not UTF-8"),
    ],
)
def test_broken_go_mod_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    """What the go command refuses is refused here with the place."""
    with pytest.raises(ValueError, match="(?s).") as error:
        gomod.parse("go.mod", text.encode("latin-1"))
    assert sentence in str(error.value)


def test_unknown_verbs_are_passed_over() -> None:
    """A verb of a Go version to come does not make a go.mod unreadable."""
    assert gomod.parse("go.mod", b"module a\nshiny b c d e f\nshiny (\nx\n)\n").name == "a"


CARGO = """\
[package]
name = "fit"
edition = "2021"
build = "build/main.rs"

[lib]
crate-type = ["cdylib", "rlib"]
path = "lib.rs"
proc-macro = true

[[bin]]
name = "tool"
path = "cmd/tool.rs"

[[bench]]
name = "speed"

[dependencies]
serde = { version = "1", features = ["derive"] }
json = { package = "serde_json", version = "1" }
near.path = "../near"
multi = {
  version = "1", # TOML 1.1
}

[dependencies.tokio]
version = "1"

[target.'cfg(target_os = "linux")'.dependencies]
io-uring = "0.6"

[dev-dependencies]
proptest = "1"
[build-dependencies]
cc = "1"

[features]
default = ["std"]
std = []

[lints.clippy]
type_complexity = "allow"
too_many_arguments = { level = "warn", priority = 1 }

[profile.release]
panic = "abort"
"""


def test_cargo_manifest_says_all_that_rules_ask() -> None:
    """Real names of dependencies for any target, crate types, lints and the rest, each with its line."""
    manifest = cargo.parse("Cargo.toml", CARGO.encode())
    assert (manifest.name, manifest.version) == ("fit", "2021")
    assert lines(manifest) == {"serde": 19, "serde_json": 20, "near": 21, "multi": 22, "tokio": 26, "io-uring": 30}
    assert (lines(manifest, "dev"), lines(manifest, "build")) == ({"proptest": 33}, {"cc": 35})
    assert next(row for row in manifest.dependencies if row.package == "near").path == "../near"
    assert [(t.kind, t.name, t.path, t.line) for t in manifest.targets] == [
        ("lib", "fit", "lib.rs", 6),
        ("bin", "tool", "cmd/tool.rs", 11),
        ("bench", "speed", "", 15),
        ("build", "build-script", "build/main.rs", 4),
    ]
    wanted = {
        "edition:2021": 3,
        "build-script": 4,
        "crate-type:cdylib": 7,
        "crate-type:rlib": 7,
        "proc-macro": 9,
        "bin:tool": 12,
        "bench:speed": 16,
        "feature:serde/derive": 19,
        "feature:default": 38,
        "feature:std": 39,
        "lint:clippy::type_complexity=allow": 42,
        "lint:clippy::too_many_arguments=warn": 43,
        "profile:panic=abort": 46,
    }
    assert {key: manifest.entries.get(key) for key in wanted} == wanted


def test_a_member_takes_over_from_its_workspace() -> None:
    """Renames, features, edition and lints of the workspace reach the member at the member's own lines."""
    root = cargo.parse(
        "Cargo.toml",
        b'[workspace]\nmembers = [\n "a",\n "crates/*",\n]\nexclude = ["old"]\n[workspace.package]\nedition = "2024"\n'
        b'[workspace.dependencies]\njson = { package = "serde_json", version = "1", features = ["raw"] }\n'
        b'[workspace.lints.rust]\nunsafe_code = "forbid"\n',
    )
    assert root.name == ""
    assert root.entries["member:crates/*"] == 4
    assert root.entries["exclude:old"] == 6
    member = cargo.parse(
        "a/Cargo.toml",
        b'[package]\nname = "a"\nedition.workspace = true\n[dependencies]\njson.workspace = true\n'
        b"[lints]\nworkspace = true\n",
    )
    whole = cargo.inherit(member, cargo.offer_of(root))
    assert whole.version == "2024"
    assert lines(whole) == {"serde_json": 5}
    for entry, line in {"edition:2024": 3, "feature:serde_json/raw": 5, "lint:rust::unsafe_code=forbid": 7}.items():
        assert whole.entries[entry] == line


def test_edition_is_the_oldest_one_when_none_is_said() -> None:
    """Cargo takes 2015 for a package without an edition."""
    assert cargo.parse("Cargo.toml", b'[package]\nname = "a"\n').version == "2015"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[package\n", "it is not TOML"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deep"),
        (b"[dependencies]\n", "neither a [package] nor a [workspace]"),
        (b"[package]\nversion = '1'\n", "has no name"),
        (b"[package]\nname = 3\n", "has no name"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_broken_cargo_manifest_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    """What cargo refuses, and what would break the parser, becomes a ValueError that says why."""
    with pytest.raises(ValueError, match="(?s).") as error:
        cargo.parse("Cargo.toml", data)
    assert sentence in str(error.value)


JUNK = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["workspace", "lib", "bin", "bench", "dependencies", "target", "features", "lints", "profile"]),
        JUNK,
    ),
    st.dictionaries(st.sampled_from(["edition", "build", "workspace", "name"]), JUNK),
)
def test_values_of_the_wrong_type_never_break_the_reader(top: dict[str, object], package: dict[str, object]) -> None:
    """Whatever stands where a table or a string belongs, the answer is a manifest or a ValueError."""

    def written(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(written, value)) + "]"
        return json.dumps(value)

    text = "\n".join(f"{key} = {written(value)}" for key, value in top.items())
    text += "\n[package]\n" + "\n".join(f"{key} = {written(value)}" for key, value in package.items())
    try:
        manifest = cargo.parse("Cargo.toml", text.encode("utf-8", "surrogatepass"))
    except ValueError as error:
        assert str(error).startswith("it")
    else:
        assert manifest.name
        assert all(line >= 1 for line in manifest.entries.values())
