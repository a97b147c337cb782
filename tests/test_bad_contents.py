"""Hostile contents: each file is analysed, or skipped for the reason that fits it, and costs no other file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hostile import GO, bare, counts, on_disk, reasons, scanned

# path -> bytes, and the reason or "" for one that is analysed.
CONTENTS: dict[bytes, tuple[bytes, str]] = {
    b"empty.go": (b"", ""),
    b"blank.rs": (b"\n" * 100_000, ""),
    b"crlf.go": (GO.replace(b"\n", b"\r\n"), ""),
    b"cr.go": (GO.replace(b"\n", b"\r"), ""),
    b"bom.go": (b"\xef\xbb\xbf" + GO, ""),
    b"only-bom.rs": (b"\xef\xbb\xbf", ""),
    b"utf16.go": (GO.decode().encode("utf-16"), "binary"),
    b"nul.rs": (b"fn f() {\0}\n", "binary"),
    b"latin.go": (b"package p // caf\xe9\n", "not-utf8"),
    b"surrogate.go": (b"package p // \xed\xa0\x80\n", "not-utf8"),
    b"pointer.go": (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n", "lfs-pointer"),
    b"huge.go": (b"package p\n" + b"//\n" * 1_500_000, "too-big"),
    b"sum.go": (b"package p\nvar x = " + b"1+" * 100_000 + b"1\n", "too-deep"),
    b"sum.rs": (b"const X: u64 = " + b"1+" * 100_000 + b"1;\n", "too-deep"),
    b"types.rs": (b"type A = " + b"Vec<" * 20_000 + b"u8" + b">" * 20_000 + b";\n", "too-deep"),
    b"macro.rs": (b"m!" + b"(" * 100_000 + b")" * 100_000 + b";\n", "too-deep"),
    b"blocks.go": (b"package p\nfunc f() " + b"{" * 100_000 + b"}" * 100_000 + b"\n", "too-deep"),
    b"chain.go": (b"package p\nfunc f() { x" + b".y()" * 50_000 + b" }\n", "too-deep"),
    b"open.go": (b"package p\nvar x = " + b"(" * 100_000, "timeout"),
    b"open.rs": (b"fn f() { let x = " + b"(" * 100_000, "timeout"),
    b"small-nest.go": (b"package p\nvar x = " + b"(" * 3_500 + b"1" + b")" * 3_500 + b"\n", ""),
    b"not.go": (b"package p\nvar x = " + b"!" * 8_000 + b"y\n", ""),
    b"no-package.go": (b"package", ""),
    b"lisp.rs": (b"(defun f (x) (if (null x) nil (cons (car x) (f (cdr x)))))\n" * 9, "other-language"),
    b"odd-import.go": (b'package p\nimport "a\\xff\\x1b\\n::error::PWNED"\nimport . "\x1b[31m"\n', ""),
    b"odd-ignore.go": (b"package p\n// langfit: ignore[" + b"a" * 9_000 + b"\n// langfit: ignore[go/\x1b[2J] ::error::PWNED\n", ""),
    b"quotes.rs": (b"const A: &str = r" + b"#" * 5_000 + b'"x"' + b"#" * 5_000 + b";\n", ""),
    b"comments.rs": (b"/*" * 20_000 + b"*/" * 20_000 + b"\n", ""),
    b"tags.go": (b"//go:build " + b"(" * 20_000 + b"!" * 20_000 + b"x\n\npackage p\n", ""),
}  # fmt: skip


@pytest.fixture(scope="module", params=["folder", "commit"])
def contents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report on all hostile contents, once from disk and once from a bare repository."""
    folder = tmp_path_factory.mktemp("contents")
    files = {name: data for name, (data, _) in CONTENTS.items()}
    if request.param == "folder":
        on_disk(folder, files)
    else:
        bare(folder, files)
    return scanned(folder)


@pytest.mark.parametrize("name", CONTENTS, ids=lambda name: name.decode())
def test_hostile_contents_end_with_their_reason(contents: Any, name: bytes) -> None:
    """Each file is analysed, or skipped for the reason that fits it."""
    assert reasons(contents).get(name.decode(), "") == CONTENTS[name][1]


def test_hostile_contents_lose_nothing(contents: Any) -> None:
    """Every file is counted once, and a nest costs its own file alone."""
    of_reason = Counter(reason != "" for _, reason in CONTENTS.values())
    assert counts(contents) == (of_reason[False], of_reason[True])


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    """The size alone decides: on disk without opening the file, in git without unpacking it."""
    on_disk(tmp_path / "disk", {b"a.go": GO})
    with open(tmp_path / "disk/big.rs", "wb") as file:
        file.truncate(50 << 20)
    bare(tmp_path / "bare", {b"a.go": GO, b"big.rs": b"\n" * (50 << 20)})
    for folder in ("disk", "bare"):
        report = scanned(tmp_path / folder)
        assert reasons(report) == {"big.rs": "too-big"} and counts(report) == (1, 1)


def test_a_folder_without_go_or_rust_is_a_report_of_nothing(tmp_path: Path) -> None:
    """Nothing to judge is an answer, too."""
    report = scanned(on_disk(tmp_path, {b"README.md": b"hello\n"}))
    assert counts(report) == (0, 0)
    assert report["deliverables"] == report["components"] == report["findings"] == []


def test_a_stray_file_at_the_root_changes_nothing_below(tmp_path: Path) -> None:
    """A Go file outside of every module takes no package from the modules of the tree."""
    module = {b"m/go.mod": b"module example.com/owner/m\n\ngo 1.24\n", b"m/lib/lib.go": b"package lib\n\nfunc F() {}\n"}
    main = b'package main\n\nimport "example.com/owner/m/lib"\n\nfunc main() { lib.F() }\n'
    files = module | {b"m/cmd/main.go": main, b"stray.go": GO, b"lib/stray.go": GO}
    linked = {item["name"]: item["components"] for item in scanned(on_disk(tmp_path, files))["deliverables"]}
    assert linked["cmd"] == ["example.com/owner/m/cmd", "example.com/owner/m/lib"]
