"""The role of a file, from its path and from what .gitattributes says.

That a file was generated is mostly said inside it (`// Code generated ... DO NOT EDIT.`) and found later, with the
facts. Patterns here are those that hold without exception: of 45 files named `*_gen.go` and 103 named `*_string.go`
in sixty repositories, 3 and 15 were written by hand, so neither is among them.
"""

from __future__ import annotations

from functools import lru_cache

from langfit.model import Language, Role

SOURCES: dict[str, Language] = {".go": "go", ".rs": "rust"}
MANIFESTS = frozenset(("go.mod", "go.work", "Cargo.toml"))
OTHERS = frozenset(("Cargo.lock",))

VENDORED = frozenset(("vendor", "third_party", "third-party", "thirdparty", "node_modules"))
TEST_FOLDERS: dict[Language, frozenset[str]] = {
    "go": frozenset(("testdata", "test", "tests", "e2e", "example", "examples", "mock", "mocks")),
    "rust": frozenset(("testdata", "tests", "benches", "examples", "fuzz_targets")),
}
TEST_SUFFIXES: dict[Language, tuple[str, ...]] = {"go": ("_test.go",), "rust": ("/tests.rs",)}
GENERATED_SUFFIXES = (".pb.go", ".pb.gw.go", ".gen.go", "_generated.go", ".pb.rs", "_generated.rs")
GENERATED_PREFIX = "zz_generated"


def language_of(path: str) -> Language | None:
    """The language of a source file by its name, case-sensitive as the compilers have it; None for others."""
    return SOURCES.get(path[-3:])


def matters(path: str) -> bool:
    """Whether a file of this name belongs in an inventory."""
    name = path.rpartition("/")[2]
    return language_of(path) is not None or name in MANIFESTS or name in OTHERS or name.endswith(".s")


def role_of(path: str, under: str, generated: bool | None, vendored: bool | None) -> Role:
    """The role of a file of the inventory. Attributes win over names; folders at and above `under` say nothing,
    since whoever names a folder of examples wants them read as code."""
    inside = path[len(under) + 1 :] if under and path.startswith(under + "/") else path
    folder, _, name = inside.rpartition("/")
    if vendored or (vendored is None and _vendored(folder)):
        return "vendored"
    if name in MANIFESTS:
        return "manifest"
    language = language_of(path)
    if language is None:
        return "other"
    by_name = name.endswith(GENERATED_SUFFIXES) or name.startswith(GENERATED_PREFIX)
    if generated or (generated is None and by_name):
        return "generated"
    if f"/{name}".endswith(TEST_SUFFIXES[language]) or _test(folder, language):
        return "test"
    if language == "go" and _passed_over(folder):
        return "other"
    return "code"


@lru_cache(maxsize=1 << 16)
def _vendored(folder: str) -> bool:
    return not VENDORED.isdisjoint(folder.split("/"))


@lru_cache(maxsize=1 << 16)
def _passed_over(folder: str) -> bool:
    """Whether the go command passes over a folder: its name starts with an underscore or a dot."""
    return any(name.startswith(("_", ".")) for name in folder.split("/"))


@lru_cache(maxsize=1 << 16)
def _test(folder: str, language: Language) -> bool:
    # The go command passes over folders with a leading underscore, hence names such as _examples.
    names = [name.lstrip("_.") for name in folder.split("/")]
    if not TEST_FOLDERS[language].isdisjoint(names):
        return True
    return any("testutil" in name.replace("_", "").replace("-", "") for name in names)
