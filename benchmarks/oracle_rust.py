"""What rustc and clippy say about the sites that Rust rules count, on pinned crates whose sources cargo has at hand.

The lints run with clippy's driver in place of rustc, so that the crates are judged where cargo keeps them, and with
`--force-warn`, so that no attribute in them silences a lint.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from langfit.languages import extract
from langfit.languages.regions import TEST_FLAG, rows_of
from langfit.languages.tree import parse
from langfit.model import Facts, LangfitError

MANIFEST = Path(__file__).resolve().parent / "crates"
CRATES = tuple("bytes crossbeam_channel dashmap h2 memchr notify tokio tower tracing_subscriber".split())
LINTS = (
    "unsafe_code", "clippy::undocumented_unsafe_blocks", "clippy::disallowed_methods", "clippy::disallowed_types",
    "clippy::allow_attributes",
)  # fmt: skip
SETTINGS = """\
disallowed-methods = ["core::clone::Clone::clone", "std::thread::sleep"]
disallowed-types = ["std::sync::Mutex", "std::sync::RwLock"]
"""
Line = tuple[str, int]


class Said(NamedTuple):
    """One diagnostic: where, which lint, its text, and whether it stands in what a macro made."""

    path: str
    line: int
    lint: str
    text: str
    expanded: bool


class Pair(NamedTuple):
    """A rule with its judge: which sites are compared with which diagnostics."""

    rule: str
    judge: str
    about: str
    sites: Callable[[str, str], bool]  # kind, name
    speaks: Callable[[Said], bool]
    both: bool  # whether each site must be confirmed; otherwise the judge speaks of some of them only
    line: str = ""  # what the source line must hold for the judge to speak of the same matter


class Agreement(NamedTuple):
    """Lines that langfit and the judge name, and what stands behind the disagreements."""

    pair: Pair
    sites: int
    said: int
    common: int
    macro_only: int  # named by the judge alone, in what a macro made or in its argument
    judge_only: tuple[Line, ...]
    guarded: int  # named by langfit alone, under a cfg or in a macro argument
    langfit_only: tuple[Line, ...]

    @property
    def precision(self) -> float:
        """Share of langfit's lines outside of configured-out code that the judge names too."""
        open_sites = self.sites - self.guarded
        return self.common / open_sites if open_sites else float("nan")

    @property
    def recall(self) -> float:
        """Share of the judge's lines outside of macros that langfit names too."""
        written = self.said - self.macro_only
        return self.common / written if written else float("nan")


PAIRS = (
    Pair("rust/unsafe-density", "rustc unsafe_code", "unsafe blocks",
         lambda kind, name: kind == "unsafe-block",
         lambda s: s.lint == "unsafe_code" and "block" in s.text, both=True),
    Pair("rust/unsafe-density", "clippy::undocumented_unsafe_blocks", "blocks that langfit calls bare",
         lambda kind, name: kind == "unsafe-block" and name == "bare",
         lambda s: s.lint == "clippy::undocumented_unsafe_blocks" and "block" in s.text, both=True),
    Pair("rust/unsafe-send", "rustc unsafe_code", "unsafe impls of Send and Sync",
         lambda kind, name: kind == "unsafe-impl",
         lambda s: s.lint == "unsafe_code" and "implementation of an `unsafe` trait" in s.text, both=True),
    Pair("rust/clone-density", "clippy::disallowed_methods, set to Clone::clone", "calls of .clone()",
         lambda kind, name: kind == "call" and name == ".clone",
         lambda s: s.lint == "clippy::disallowed_methods" and "::clone`" in s.text, both=True, line=r"\.clone\b"),
    Pair("rust/arc-lock-state", "clippy::disallowed_types, set to Mutex and RwLock", "types that hold Arc of a lock",
         lambda kind, name: kind == "type" and re.search(r"Arc<.*(Mutex|RwLock)>", name) is not None,
         lambda s: s.lint == "clippy::disallowed_types", both=False, line=r"Arc<.*(Mutex|RwLock)<"),
    Pair("rust/lint-surrender", "clippy::allow_attributes", "allow attributes on items",
         lambda kind, name: kind == "allow",
         lambda s: s.lint == "clippy::allow_attributes", both=False, line=r"#\[allow\("),
    Pair("rust/blocking-in-async", "clippy::disallowed_methods, set to sleep", "calls of std::thread::sleep",
         lambda kind, name: kind == "call" and name == "std::thread::sleep",
         lambda s: s.lint == "clippy::disallowed_methods" and "sleep" in s.text, both=True),
)  # fmt: skip


def said(lines: Iterable[str]) -> tuple[Said, ...]:
    """The diagnostics of the named lints in cargo's JSON messages; other output is passed over."""
    found = set()
    for line in lines:
        if not line.startswith('{"reason":"compiler-message"'):
            continue
        message: dict[str, Any] = json.loads(line)
        code = (message["message"]["code"] or {}).get("code")
        if message["target"]["name"] not in CRATES or code not in LINTS:
            continue
        for span in message["message"]["spans"]:
            if span["is_primary"]:
                made = span["expansion"] is not None
                found.add(Said(span["file_name"], span["line_start"], code, message["message"]["message"], made))
    return tuple(sorted(found))


def lint(work: Path) -> tuple[tuple[Said, ...], dict[str, Path]]:
    """Check the pinned crates; also the root of each crate's sources. Raises LangfitError."""
    driver = shutil.which("clippy-driver")
    if driver is None or shutil.which("cargo") is None:
        raise LangfitError("cargo or clippy is not on the PATH: install Rust with clippy to run the oracle.")
    shutil.copytree(MANIFEST, work, dirs_exist_ok=True)
    (work / "clippy.toml").write_text(SETTINGS)
    environment = os.environ | {
        "RUSTC_WRAPPER": driver,
        "RUSTFLAGS": " ".join(f"--force-warn {name}" for name in LINTS),
        "CLIPPY_CONF_DIR": str(work),
        "CARGO_TARGET_DIR": str(work / "target"),
    }
    command = ["cargo", "check", "-vv", "--offline", "--locked", "--message-format=json"]
    run = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1]
        raise LangfitError(f"The crates do not build ({last}): run `cargo fetch --locked` in benchmarks/crates once.")
    roots = {}
    for line in run.stdout.splitlines():
        if line.startswith('{"reason":"compiler-artifact"'):
            target = json.loads(line)["target"]
            if target["name"] in CRATES and "lib" in target["kind"]:
                roots[target["name"]] = Path(target["src_path"]).parent
    return said(run.stdout.splitlines()), roots


def compiled(work: Path, roots: dict[str, Path]) -> tuple[str, ...]:
    """The source files that the compiler read, from its own lists of what each crate depends on."""
    found = set()
    for listed in (work / "target" / "debug" / "deps").glob("*.d"):
        for line in listed.read_text().splitlines():
            path = line.partition(":")[0]
            if path.endswith(".rs") and any(Path(path).is_relative_to(root) for root in roots.values()):
                found.add(path)
    return tuple(sorted(found))


def agreements(spoken: tuple[Said, ...], files: Iterable[str]) -> list[Agreement]:
    """Compare all pairs on the files that the compiler read."""
    read = {path: Path(path).read_bytes() for path in files}
    facts = {path: extract(data, "rust") for path, data in read.items()}
    rows = []
    for pair in PAIRS:
        sites = {(path, line) for path, found in facts.items() for line in site_lines(found, pair.sites)}
        judged = [s for s in spoken if s.path in facts and pair.speaks(s)]
        judged = [s for s in judged if re.search(pair.line, _text(read[s.path], s))]
        places = {(s.path, s.line) for s in judged}
        opaque = [s for s in judged if s.expanded or guarded(read[s.path], s.line, ("token_tree",))]
        made = {(s.path, s.line) for s in opaque} - sites
        alone = sites - places
        hidden = {at for at in alone if guarded(read[at[0]], at[1])}
        rows.append(
            Agreement(pair, len(sites), len(places), len(sites & places), len(made),
                      tuple(sorted(places - sites - made)), len(hidden), tuple(sorted(alone - hidden)))
        )  # fmt: skip
    return rows


def site_lines(facts: Facts, wanted: Callable[[str, str], bool]) -> set[int]:
    """The lines of the wanted sites, tests left out."""
    starts = array("I", facts.line_starts)
    return {
        bisect_right(starts, start)
        for kind, names in facts.sites.items()
        for name, packed in names.items()
        if wanted(kind, name)
        for start, _, depth, _ in rows_of(packed)
        if not depth & TEST_FLAG
    }


@lru_cache(maxsize=2)
def _root(data: bytes) -> Any:
    return parse(data, "rust")


def _text(data: bytes, spoken: Said) -> str:
    return data.splitlines()[spoken.line - 1].decode(errors="replace")


def guarded(data: bytes, line: int, opaque: tuple[str, ...] = ("macro_definition", "token_tree")) -> bool:
    """Whether a line stands in an item under `#[cfg(...)]`, in a macro's rules, or in the arguments of a macro."""
    starts = [0]
    for part in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(part))
    text = data.splitlines()[line - 1]
    byte = starts[line - 1] + len(text) - len(text.lstrip())
    node = _root(data).descendant_for_byte_range(byte, byte + 1)
    while node is not None:
        if node.type in opaque:
            return True
        before = node.prev_named_sibling
        while before is not None and before.type in ("attribute_item", "line_comment", "block_comment"):
            if before.type == "attribute_item" and b"cfg" in data[before.start_byte : before.end_byte]:
                return True
            before = before.prev_named_sibling
        node = node.parent
    return False
