"""Hostile manifests: one that cannot be parsed is a row with a notice, and its sources are still read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hostile import GO, RUST, on_disk, reasons, scanned

BROKEN: dict[str, bytes] = {
    "go.mod:block": b"module m\nrequire (\n" * 50_000,
    "go.mod:latin": b"module caf\xe9\n",
    "go.mod:surrogate": b'module "x\\ud800"\n',
    "go.mod:quotes": b"module m\nrequire " + b'"' * 100_001 + b"\n",
    "Cargo.toml:syntax": b"[package\n",
    "Cargo.toml:empty": b"",
    "Cargo.toml:latin": b"[package]\nname = 'caf\xe9'\n",
    "Cargo.toml:deep": b"a = " + b"[" * 100_000,
    "Cargo.toml:digits": b"[package]\nname = 'x'\nyear = " + b"9" * 100_000 + b"\n",
    "Cargo.toml:types": b"package = 1\nworkspace = 2\n",
    "Cargo.toml:dots": b"[package]\nname = 'x'\n[" + b".".join([b"a"] * 20_000) + b"]\nb = 1\n",
    "Cargo.toml:large": b"[package]\nname = 'x'\n" + b"#\n" * (3 << 20),
}
ODD: dict[str, bytes] = {
    "go.mod:nul": b"module m\0\n",
    "go.mod:empty": b"",
    "go.mod:bom": b"\xef\xbb\xbfmodule m\r\n\r\ngo 1.22\r\n",
    "go.mod:version": b"module m\ngo 1." + b"9" * 5_000 + b"\n",
    "go.mod:many": b"module m\n" + b"".join(b"require e.example/x%d v1.0.0\n" % n for n in range(20_000)),
    "go.work:out": b"go 1.22\nuse (\n\t../../..\n\t/etc\n\t.\n)\n",
    "Cargo.toml:other-types": (
        b"[package]\nname='x'\nedition=[1]\nbuild={}\n[dependencies]\na=1\nb=[]\nc={features=1,path=2,package=3}\n"
        b"[workspace]\nmembers=1\nexclude={}\ndependencies=[1]\npackage=1\n[features]\na=1\n[lib]\npath=1\n"
        b"crate-type=1\n[[bin]]\nname=1\npath=[]\n[lints]\nclippy=1\n[profile.release]\npanic=1\n[target.x]\n"
        b"dependencies=1\n[patch]\na=1\n"
    ),
    "Cargo.toml:toml-1.1": b'[package]\nname = "x\\e"\n[dependencies]\na = {\n  version = "1",\n}\n',
    "Cargo.toml:out": b"[package]\nname='x'\n[lib]\npath='../../../etc/passwd'\n[workspace]\nmembers=['/etc','../..','[']\n",
    "Cargo.toml:stars": b"[workspace]\nmembers = ['" + b"*a" * 40 + b"b', '" + b"**/a/" * 40 + b"b']\n",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report on a tree with all of them, each in a folder with a source file."""
    files: dict[bytes, bytes] = {}
    for case, data in (BROKEN | ODD).items():
        name, _, folder = case.partition(":")
        source = ("a.go", GO) if name.startswith("go.") else ("src/lib.rs", RUST)
        files |= {f"{name}-{folder}/{name}".encode(): data, f"{name}-{folder}/{source[0]}".encode(): source[1]}
    return scanned(on_disk(tmp_path_factory.mktemp("manifests"), files))


def place(case: str) -> str:
    """Return the path of a manifest in the tree."""
    name, _, folder = case.partition(":")
    return f"{name}-{folder}/{name}"


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_parsed_is_a_row_with_a_notice(report: Any, case: str) -> None:
    """The row names the manifest, the notice the mistake."""
    assert reasons(report).get(place(case)) == "bad-manifest"
    assert any(notice.startswith(f"{place(case)} cannot be parsed: ") for notice in report["notices"])


@pytest.mark.parametrize("case", ODD)
def test_what_is_merely_odd_is_no_row(report: Any, case: str) -> None:
    """Keys of other types, paths out of the tree and huge numbers are passed over."""
    assert place(case) not in reasons(report)


def test_no_manifest_takes_its_neighbours_with_it(report: Any) -> None:
    """The source file beside each manifest is read."""
    assert report["files"]["analysed"] == len(BROKEN) + len(ODD)


def test_manifests_do_not_lead_out_of_the_tree(tmp_path: Path) -> None:
    """Members, libraries and modules elsewhere on the machine are no components."""
    on_disk(tmp_path / "other", {b"Cargo.toml": b"[package]\nname='other'\n", b"src/lib.rs": RUST})
    members = (
        b"[package]\nname='x'\n[dependencies]\nother={path='../other'}\n[workspace]\nmembers=['../other','/etc']\n"
    )
    tree = on_disk(tmp_path / "tree", {b"Cargo.toml": members, b"src/lib.rs": b"pub use other::f;\n"})
    assert [row["name"] for row in scanned(tree)["components"]] == ["x"]
