"""The fixtures: real compilers accept them, and a scan reports exactly what they mark.

LANGFIT_BLESS=1 pytest tests/test_fixtures.py writes the marks anew, to be read in the difference and judged by hand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from langfit import expectations
from langfit.model.report import Finding, Report
from langfit.scan import Options, scan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NAMES = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
UNCOMPILED = ("rust-service-crates", "rust-operator")  # their crates would have to be downloaded
MARKED = {".go", ".rs", ".mod", ".toml"}
Mark = tuple[str, int, str]

needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="the go command is not installed")
needs_gofmt = pytest.mark.skipif(shutil.which("gofmt") is None, reason="the gofmt command is not installed")
needs_cargo = pytest.mark.skipif(shutil.which("cargo") is None, reason="the cargo command is not installed")
needs_rustfmt = pytest.mark.skipif(shutil.which("rustfmt") is None, reason="the rustfmt command is not installed")


def unmarked(name: str, folder: Path) -> tuple[Path, set[Mark]]:
    """Copy a fixture without its marks, and return the marks."""
    copy, wanted = folder / name, set()
    for path in sorted((FIXTURES / name).rglob("*")):
        if path.suffix in MARKED and "target" not in path.parts:
            place = path.relative_to(FIXTURES / name)
            data, found = expectations.strip(path.read_bytes())
            (copy / place).parent.mkdir(parents=True, exist_ok=True)
            (copy / place).write_bytes(data)
            wanted |= {(place.as_posix(), line, rule) for line, rule in found}
    return copy, wanted


def report_on(folder: Path) -> Report:
    """Scan a folder without the cache."""
    return scan(str(folder), Options(jobs=1, cache=False))


def bless(name: str, findings: tuple[Finding, ...]) -> None:
    """Replace the marks of a fixture by what was found."""
    for path in sorted((FIXTURES / name).rglob("*")):
        if path.suffix in MARKED and "target" not in path.parts:
            place = path.relative_to(FIXTURES / name).as_posix()
            lines = expectations.strip(path.read_bytes())[0].decode().split("\n")
            for number, line in enumerate(lines, 1):
                rules = sorted({row.rule for row in findings if (row.path, row.line) == (place, number)})
                if rules:
                    sign = "#" if path.suffix == ".toml" else "//"
                    lines[number - 1] = f"{line}{' ' if line else ''}{sign} want {', '.join(rules)}"
            path.write_bytes("\n".join(lines).encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_scan_reports_what_is_marked(name: str, tmp_path: Path) -> None:
    """Every finding stands on a line with its mark, and every mark has its finding."""
    copy, wanted = unmarked(name, tmp_path)
    report = report_on(copy)
    if os.environ.get("LANGFIT_BLESS"):
        bless(name, report.findings)
        _, wanted = unmarked(name, tmp_path / "blessed")
    assert {(row.path, row.line, row.rule) for row in report.findings} == wanted
    assert wanted
    assert report.skipped == ()


ADVICE = {
    "go-service": {"orders": "stay: fits"},
    "go-kernel": {"example.com/signal": "stay: users-of-its-language"},
    "rust-kernel": {"frame-codec": "stay: fits"},
    "rust-service": {"deployer": "stay: no-gain"},
    "rust-service-crates": {"accounts": "stay: no-gain"},
    "rust-operator": {"backup-operator": "move: lacking-library"},
    "mixed": {"api": "split: coarse-cut", "thumb-format": "stay: fits"},
}


@pytest.mark.parametrize("name", NAMES)
def test_the_advice_is_that_of_a_reader(name: str, tmp_path: Path) -> None:
    """Small services and libraries stay whatever they suit; an operator without its library moves, a kernel is cut."""
    copy, _ = unmarked(name, tmp_path)
    found = {item.name: f"{item.advice.answer}: {item.advice.reason}" for item in report_on(copy).deliverables}
    assert found == ADVICE[name]


def complaints(command: list[str | Path], folder: Path, **environment: str) -> str:
    """Return what a compiler or formatter says against a folder; "" for nothing."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False
    )
    return done.stdout + done.stderr if done.returncode or done.stdout else ""


def folders(manifest: str, copy: Path) -> list[Path]:
    """Return the folders of a copied fixture that hold a manifest of this name."""
    return sorted(path.parent for path in copy.rglob(manifest))


GO = [name for name in NAMES if list((FIXTURES / name).rglob("go.mod"))]
RUST = [name for name in NAMES if list((FIXTURES / name).rglob("Cargo.toml"))]


@needs_go
@pytest.mark.parametrize("name", GO)
def test_go_accepts_it(name: str, tmp_path: Path) -> None:
    """`go build` and `go vet` have nothing to say, and need no network."""
    copy, _ = unmarked(name, tmp_path)
    for folder in folders("go.mod", copy):
        offline = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
        assert complaints(["go", "build", "-o", os.devnull, "./..."], folder, **offline) == ""
        assert complaints(["go", "vet", "./..."], folder, **offline) == ""


@needs_gofmt
@pytest.mark.parametrize("name", GO)
def test_gofmt_accepts_it(name: str, tmp_path: Path) -> None:
    """The code is formatted as Go code is."""
    copy, _ = unmarked(name, tmp_path)
    assert complaints(["gofmt", "-l", "."], copy) == ""


@needs_cargo
@pytest.mark.parametrize("name", [name for name in RUST if name not in UNCOMPILED])
def test_cargo_accepts_it(name: str, tmp_path: Path) -> None:
    """`cargo check` compiles it without a network, and warnings are errors."""
    copy, _ = unmarked(name, tmp_path)
    for folder in folders("Cargo.toml", copy):
        strict = {"RUSTFLAGS": "-D warnings", "CARGO_TARGET_DIR": str(tmp_path / "target")}
        assert complaints(["cargo", "check", "--offline", "--quiet"], folder, **strict) == ""


@needs_rustfmt
@pytest.mark.parametrize("name", RUST)
def test_rustfmt_accepts_it(name: str, tmp_path: Path) -> None:
    """The code is formatted as Rust code is, also where it is not compiled here."""
    copy, _ = unmarked(name, tmp_path)
    roots = [path for path in copy.rglob("src/*.rs") if path.name in {"main.rs", "lib.rs"}]
    assert roots
    assert complaints(["rustfmt", "--check", "--edition", "2021", *roots], copy) == ""


@needs_gofmt
@needs_rustfmt
def test_compilers_can_refuse(tmp_path: Path) -> None:
    """A broken file does not pass unseen."""
    for name, command in (("a.go", ["gofmt", "-l"]), ("a.rs", ["rustfmt", "--check"])):
        (tmp_path / name).write_text("package a\nfunc (", "utf-8")
        assert complaints([*command, name], tmp_path) != ""


def test_no_mark_is_malformed() -> None:
    """What looks like a mark is one that `marks.cut` understands."""
    for path in FIXTURES.rglob("*"):
        if path.suffix in MARKED:
            assert not re.search(rb"(//|#)\s*want\b", expectations.strip(path.read_bytes())[0]), path
