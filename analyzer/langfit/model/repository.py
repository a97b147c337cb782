"""What a repository holds: files and the roles they play, manifests, and the components that files belong to."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from langfit.model.bounds import LAST_LINE, Count

LanguageId = str  # "go", "rust": the name of a folder of `langfit.languages`

FileRole = Literal["code", "test", "support", "generated", "copied", "vendored", "unused", "manifest", "other"]
ComponentKind = Literal["package", "crate", "module", "custom"]
ComponentRole = Literal["code", "support"]
DependencyKind = Literal["normal", "dev", "build", "template"]  # a template is a row of [workspace.dependencies]
DeliverableKind = Literal["program", "library", "native-library", "wasm-module", "custom"]
TargetKind = Literal["lib", "bin", "test", "bench", "example", "build"]

ROLES: dict[FileRole, str] = {
    "test": "tests, benchmarks and examples",
    "support": "support code: test helpers, generators, build scripts",
    "generated": "generated code",
    "copied": "code copied or translated from elsewhere",
    "vendored": "vendored code",
    "unused": "files outside the default build",
}

SKIP_REASONS: dict[str, str] = {
    "too-big": "larger than --max-size",
    "too-deep": "nested deeper than the limit that keeps queries exact",
    "too-dense": "made of more than 500,000 words and signs, a table of data as a rule",
    "timeout": "took longer than --timeout to analyse",
    "crashed": "the parser died on it",
    "lfs-pointer": "only a git-lfs pointer is stored here",
    "missing-object": "its object is not in this (shallow or partial) clone",
    "not-utf8": "not UTF-8 text",
    "binary": "contains NUL bytes",
    "unreadable": "it could not be read: not permitted, or damaged",
    "symlink": "a symbolic link, which langfit does not follow",
    "special": "not a regular file",
    "submodule": "a submodule, which is another repository",
    "bad-manifest": "a manifest that cannot be parsed",
    "other-language": "most of it does not parse; its suffix is also used by another language",
}


class File(Struct, frozen=True):
    """One regular file of the scanned tree that plays a role for langfit."""

    path: str  # relative to the root of the scan, with "/"; undecodable bytes as surrogates
    blob: str  # git blob id, 40 hex digits, also computed for files outside git; "" where unread
    size: int  # bytes
    language: LanguageId | None
    role: FileRole
    component: str = ""  # name of the smallest component that holds it; "" for none


class Skipped(Struct, frozen=True, order=True):
    """A file that langfit could not or would not read; `reason` is a key of SKIP_REASONS."""

    path: str
    reason: str


class Dependency(Struct, frozen=True):
    """One row of a dependency table of a manifest."""

    name: str  # as code writes it
    package: str  # as the registry knows it
    kind: DependencyKind
    line: int
    path: str = ""  # folder relative to the root of the scan, "." for the root; "" for a dependency from elsewhere
    inherited: bool = False  # taken from the workspace: package and path are those of its row
    off: bool = False  # optional, and on only by a feature that is not a default one
    versioned: bool = False  # it names a version, as a registry needs it also beside a path
    patched: bool = False  # its path is that of a [patch]: the tree holds a copy of what the registry has


class Target(Struct, frozen=True):
    """Something that a build makes: a library, a program, a test, a benchmark, an example, a build script."""

    kind: TargetKind
    name: str
    path: str  # of its root file, relative to the root of the scan
    line: int = 1  # of the manifest
    crate_types: tuple[str, ...] = ()  # of a library: lib, cdylib, staticlib, proc-macro ...


class Manifest(Struct, frozen=True):
    """What a manifest says, as far as langfit asks."""

    path: str
    language: LanguageId
    name: str  # module path or package name; "" for a virtual workspace
    version: str  # the `go` directive or the Rust edition; "" when absent
    dependencies: tuple[Dependency, ...] = ()
    entries: dict[str, int] = {}  # "crate-type:cdylib", "feature:std", "lint:..." -> line; what rules ask for
    targets: tuple[Target, ...] = ()
    published: bool = False  # complete enough for its registry, and not kept from it


class Component(Struct, frozen=True):
    """A package, a crate or a top-level module of a crate: a square on the map, with a fit and without advice."""

    name: str
    kind: ComponentKind
    language: LanguageId
    root: str  # folder relative to the root of the scan, "." for the root itself
    parent: str  # the crate of a module, else ""
    manifest: str  # path of the nearest manifest; "" for none
    anchor: str  # path of the file that stands for it: the first source file, else the manifest
    files: int  # source files with role `code`
    role: ComponentRole = "code"
    why: str = ""  # why it is support code


class Deliverable(Struct, frozen=True):
    """A thing that ships, with the components that are linked into it: the unit of advice."""

    name: str  # unique
    kind: DeliverableKind
    language: LanguageId
    root: str  # folder, "." for the root of the scan
    path: str  # its root file, or the manifest of a library
    line: int
    own: tuple[str, ...]  # names of the components that it begins with
    components: tuple[str, ...]  # names of all components linked into it, its own ones included, sorted
    internal: bool = False  # a part of another deliverable that is named here because it is published
    hosts: tuple[tuple[str, str], ...] = ()  # what loads it, and by which way: ("Node.js", "addon")
    group: str = ""  # folder of the workspace that it is published from


class LeftOut(Struct, frozen=True):
    """Files that are listed and judged nowhere, by role, with the first few of them."""

    role: FileRole
    files: Count
    first: tuple[str, ...]


class Inventory(Struct, frozen=True):
    """What there is to judge."""

    files: tuple[File, ...]  # sorted by path; source files and manifests only
    components: tuple[Component, ...]  # sorted by name
    deliverables: tuple[Deliverable, ...]  # sorted by language, kind and name
    uses: dict[str, tuple[str, ...]]  # component -> components that it imports or links, sorted
    manifests: tuple[Manifest, ...]  # sorted by path
    left_out: tuple[LeftOut, ...]
    notices: tuple[str, ...] = ()
    parts: dict[str, str] = {}  # of files of custom components -> the package, crate or module that holds them


class Declaration(Struct, frozen=True, array_like=True):
    """What a file declares about itself or others, for the layout and the joins of its language.

    `kind` is a word of the language folder: `package`, `module`, `export`, `starts` ...
    """

    kind: str
    name: str
    detail: str = ""
    line: Annotated[int, Meta(ge=1, le=LAST_LINE)] = 1
