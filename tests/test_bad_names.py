"""Hostile names, of files, folders, modules and crates: they are read like any other, and none acts where it is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hostile import GO, RUST, bare, counts, harmless, invoked, needs_links, on_disk, reasons, scanned
from langfit import formats
from trees import FIXTURES

pytestmark = needs_links
NAMES = (
    b"x\n::error::PWNED\n.go", b"\r::error::PWNED.go", b"\x1b]0;owned\x07\x1b[2J.go", b"100%0A::error::PWNED.go",
    b"::error::PWNED.go", b"##[error]PWNED.go", b"-rf.go", b"--format=text.rs", b"a,b=c.rs", b"caf\xff\xfe.go",
    b"\xe2\x80\xaegnp.go", b"\xc2\x9b31m.rs", b"[x](y)|`.go", b"</script>.rs", b" .go", b".go", b"~.rs", b"$(id).go",
)  # fmt: skip
CRATE = b'[package]\nname = "x\\u001b[31m\\n::error::PWNED"\nversion = "1.0.0"\nedition = "2021"\n'


@pytest.fixture(scope="module", params=["folder", "commit"])
def names(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree in which every name is hostile: of files with findings, folders, modules and crates."""
    folder = tmp_path_factory.mktemp("names")
    kernel = (FIXTURES / "go-kernel/filter.go").read_bytes()
    files = {name: RUST if name.endswith(b".rs") else kernel for name in NAMES}
    for name in NAMES[:6]:
        files[name + b".d/go.mod"] = b'module "m\\u001b[31m\\n::error::PWNED"\n\ngo 1.22\n'
        files[name + b".d/k.go"] = kernel
        files[name + b".r/Cargo.toml"] = CRATE
        files[name + b".r/src/lib.rs"] = (FIXTURES / "rust-kernel/src/checksum.rs").read_bytes()
        files[name + b".l/a.go"] = b"package p // \xff\n"
        files[name + b".m/go.mod"] = b"module (\n"
    files[b".gitignore"] = b"\x1b[31m[\n::error::PWNED[\n"
    if request.param == "folder":
        on_disk(folder, files)
    else:
        bare(folder, files)
    return folder


@pytest.mark.parametrize("shown", formats.names())
def test_no_name_acts_in_any_format(names: Path, shown: str) -> None:
    """What is printed holds neither an escape nor the start of a runner's command."""
    done = invoked("scan", "--no-cache", "--format", shown, "--show", "all", "--timing", "--", str(names))
    assert done.exit_code == 0, done.output
    assert "PWNED" in done.stdout


@pytest.mark.parametrize("shown", ["text", "json"])
def test_no_name_acts_among_components(names: Path, shown: str) -> None:
    """The list of what ships and what it links is no way out either."""
    done = invoked("components", "--format", shown, str(names))
    assert done.exit_code == 0 and "PWNED" in done.stdout


def test_no_name_acts_in_the_answer_to_why(names: Path) -> None:
    """Asked about a component by its hostile name, the answer and the refusal are clean."""
    component = next(row["name"] for row in scanned(names)["components"] if "PWNED" in row["name"])
    assert "PWNED" in invoked("why", component, str(names)).stdout
    assert "PWNED" in invoked("why", f"{component}\x1b[2J", str(names)).stderr


def test_odd_names_lose_nothing(names: Path) -> None:
    """Files with odd names are analysed like any other, but for `.go`, which the go command passes over, too."""
    report = scanned(names)
    assert [(row["role"], row["first"]) for row in report["left_out"]] == [("unused", [".go"])]
    assert counts(report)[0] == len(NAMES) - 1 + 12
    assert sorted(set(reasons(report).values())) == ["bad-manifest", "not-utf8"]
    assert len(reasons(report)) == 12


def command(*arguments: str) -> Any:
    """Run langfit as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(FIXTURES.parent / "analyzer")}
    run = [sys.executable, "-m", "langfit", *arguments]
    return subprocess.run(run, env=environment, check=False, timeout=60, capture_output=True)


def test_the_process_itself_keeps_the_rules(tmp_path: Path) -> None:
    """Exit statuses and both streams of a real process, with bytes that are no UTF-8 among its arguments."""
    folder = on_disk(tmp_path / "caf\udce9", {NAMES[0]: GO, b"caf\xe9.rs": RUST, b"bad\x1b[31m.go": b"\xff"})
    done = command("scan", "--no-cache", "--", str(folder))
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    harmless(done.stdout.decode())
    harmless(done.stderr.decode())
    gone = command("scan", str(folder / "\x1b[31m\udcff"))
    assert gone.returncode == 2 and gone.stdout == b""
    harmless(gone.stderr.decode())
