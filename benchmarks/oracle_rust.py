"""Asks rustc and clippy about the sites that Rust rules count, on pinned crates whose sources cargo has at hand.

The lints run with clippy's driver in place of rustc, so that the crates are judged where cargo keeps them, and with
`--force-warn`, so that no attribute in them silences a lint.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.parsing.facts import Facts
from langfit.parsing.parser import parse
from langfit.parsing.read import read
from langfit.parsing.regions import TEST_FLAG

RUST = LANGUAGES["rust"]
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


class Diagnostic(NamedTuple):
    """What a lint reports: where, which lint, its text, and whether it stands in what a macro made."""

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
    speaks: Callable[[Diagnostic], bool]
    both: bool  # whether each site must be confirmed; otherwise the judge speaks of some of them only
    line: str = ""  # what the source line must hold for the judge to speak of the same matter


class Agreement(NamedTuple):
    """Lines that langfit and the judge name, and what stands behind the disagreements."""

    pair: Pair
    sites: int
    judged: int
    common: int
    macro_only: int  # named by the judge alone, in what a macro made or in its argument
    judge_only: tuple[Line, ...]
    guarded: int  # named by langfit alone, under a cfg or in a macro argument
    langfit_only: tuple[Line, ...]

    @property
    def precision(self) -> float:
        """Return the share of langfit's lines outside of configured-out code that the judge names too."""
        open_sites = self.sites - self.guarded
        return self.common / open_sites if open_sites else float("nan")

    @property
    def recall(self) -> float:
        """Return the share of the judge's lines outside of macros that langfit names too."""
        written = self.judged - self.macro_only
        return self.common / written if written else float("nan")


PAIRS = (
    Pair("rust/unsafe-density", "rustc unsafe_code", "unsafe blocks",
         lambda kind, name: kind == "unsafe-block",
         lambda d: d.lint == "unsafe_code" and "block" in d.text, both=True),
    Pair("rust/unsafe-density", "clippy::undocumented_unsafe_blocks", "blocks that langfit calls bare",
         lambda kind, name: kind == "unsafe-block" and name == "bare",
         lambda d: d.lint == "clippy::undocumented_unsafe_blocks" and "block" in d.text, both=True),
    Pair("rust/unsafe-send", "rustc unsafe_code", "unsafe impls of Send and Sync",
         lambda kind, name: kind == "unsafe-impl",
         lambda d: d.lint == "unsafe_code" and "implementation of an `unsafe` trait" in d.text, both=True),
    Pair("rust/clone-density", "clippy::disallowed_methods, set to Clone::clone", "calls of .clone()",
         lambda kind, name: kind == "call" and name == ".clone",
         lambda d: d.lint == "clippy::disallowed_methods" and "::clone`" in d.text, both=True, line=r"\.clone\b"),
    Pair("rust/arc-lock-state", "clippy::disallowed_types, set to Mutex and RwLock", "types that hold Arc of a lock",
         lambda kind, name: kind == "type" and re.search(r"Arc<.*(Mutex|RwLock)>", name) is not None,
         lambda d: d.lint == "clippy::disallowed_types", both=False, line=r"Arc<.*(Mutex|RwLock)<"),
    Pair("rust/suppressed-complexity-lints", "clippy::allow_attributes", "allow attributes on items",
         lambda kind, name: kind == "allow",
         lambda d: d.lint == "clippy::allow_attributes", both=False, line=r"#\[allow\("),
    Pair("rust/blocking-in-async", "clippy::disallowed_methods, set to sleep", "calls of std::thread::sleep",
         lambda kind, name: kind == "call" and name == "std::thread::sleep",
         lambda d: d.lint == "clippy::disallowed_methods" and "sleep" in d.text, both=True),
)  # fmt: skip


def diagnostics(lines: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of the named lints in cargo's JSON messages; other output is passed over."""
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
                found.add(Diagnostic(span["file_name"], span["line_start"], code, message["message"]["message"], made))
    return tuple(sorted(found))


def lint(work: Path) -> tuple[tuple[Diagnostic, ...], dict[str, Path]]:
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
    return diagnostics(run.stdout.splitlines()), roots


def compiled(work: Path, roots: dict[str, Path]) -> tuple[str, ...]:
    """Return the source files that the compiler read, from its own lists of what each crate depends on."""
    found = set()
    for listed in (work / "target" / "debug" / "deps").glob("*.d"):
        for line in listed.read_text().splitlines():
            path = line.partition(":")[0]
            if path.endswith(".rs") and any(Path(path).is_relative_to(root) for root in roots.values()):
                found.add(path)
    return tuple(sorted(found))


def agreements(told: tuple[Diagnostic, ...], files: Iterable[str]) -> list[Agreement]:
    """Compare all pairs on the files that the compiler read."""
    texts = {path: Path(path).read_bytes() for path in files}
    facts = {path: read(data, RUST) for path, data in texts.items()}
    rows = []
    for pair in PAIRS:
        sites = {(path, line) for path, found in facts.items() for line in site_lines(found, pair.sites)}
        judged = [d for d in told if d.path in facts and pair.speaks(d)]
        judged = [d for d in judged if re.search(pair.line, _text(texts[d.path], d))]
        places = {(d.path, d.line) for d in judged}
        opaque = [d for d in judged if d.expanded or guarded(texts[d.path], d.line, ("token_tree",))]
        made = {(d.path, d.line) for d in opaque} - sites
        alone = sites - places
        hidden = {at for at in alone if guarded(texts[at[0]], at[1])}
        rows.append(
            Agreement(pair, len(sites), len(places), len(sites & places), len(made),
                      tuple(sorted(places - sites - made)), len(hidden), tuple(sorted(alone - hidden)))
        )  # fmt: skip
    return rows


def site_lines(facts: Facts, wanted: Callable[[str, str], bool]) -> set[int]:
    """Return the lines of the wanted sites, tests left out."""
    return {
        facts.positions.line(row.start)
        for kind, names in facts.sites.kinds()
        for name, rows in names.items()
        if wanted(kind, name)
        for row in rows
        if not row.state & TEST_FLAG
    }


@lru_cache(maxsize=2)
def _root(data: bytes) -> Any:
    return parse(data, RUST)


def _text(data: bytes, told: Diagnostic) -> str:
    return data.splitlines()[told.line - 1].decode(errors="replace")


def guarded(data: bytes, line: int, opaque: tuple[str, ...] = ("macro_definition", "token_tree")) -> bool:
    """Tell whether a line stands in an item under `#[cfg(...)]`, in a macro's rules, or in the arguments of a macro."""
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
