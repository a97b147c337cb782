"""Asks how well the share of kernel functions tells computing code from application code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from benchmarks.clones import clone_of
from benchmarks.oracle_rust import RUST
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.facts.store import Limits, Request, summaries
from langfit.inventory.files import listing
from langfit.inventory.settle import settle
from langfit.languages import LANGUAGES
from langfit.model.repository import File
from langfit.parsing.facts import Facts
from langfit.parsing.read import read
from langfit.repository import Repository, open_repository
from langfit.rulebook import load
from langfit.rulefiles import root

GO_HIGH = (
    "image/draw", "image/jpeg", "image/png", "compress/flate", "index/suffixarray", "encoding/base64", "hash/crc32",
)  # fmt: skip
GO_LOW = ("net/http", "database/sql", "text/template", "os", "go/types", "go/parser")
RUST_HIGH = (
    "BurntSushi/memchr", "RustCrypto/hashes", "dalek-cryptography/curve25519-dalek", "Frommi/miniz_oxide",
    "image-rs/image-png", "rust-lang/hashbrown",
)  # fmt: skip
RUST_LOW = (
    "LemmyNet/lemmy", "dani-garcia/vaultwarden", "rust-lang/crates.io", "launchbadge/realworld-axum-sqlx",
    "kube-rs/controller-rs", "zupzup/rust-web-example",
)  # fmt: skip
NO_KERNELS = {"curve25519-dalek-derive", "miniz_oxide_c_api"}  # a derive macro and C bindings
KERNEL = {"kernel", "simd"}  # the second is a trait of Rust functions only
LEAST = 1_000  # tokens of functions; smaller crates are macros, bindings and re-exports


class Share(NamedTuple):
    """A component with the tokens of all its functions and of its kernels."""

    name: str
    kernel: int
    tokens: int

    @property
    def share(self) -> float:
        """Return the tokens of kernels over those of all functions, 0..1."""
        return self.kernel / self.tokens if self.tokens else 0.0


def share_of(name: str, facts: Iterable[Facts]) -> Share:
    """Return the share of some files."""
    functions = [function for one in facts for function in one.functions]
    kernel = sum(function.tokens for function in functions if KERNEL & function.traits)
    return Share(name, kernel, sum(function.tokens for function in functions))


def of_packages(facts: dict[str, Facts], names: Iterable[str]) -> list[Share]:
    """Return the shares of Go packages, by the folder of their files."""
    return [share_of(name, (f for path, f in facts.items() if path.rpartition("/")[0] == name)) for name in names]


def of_repository(path: Path, name: str) -> list[Share]:
    """Return the shares of the crates of a repository that are large enough."""
    with open_repository(str(path)) as tree:
        files: dict[str, list[Facts]] = {}
        for crate, data in _code(tree):
            files.setdefault(crate, []).append(read(data, RUST))
    shares = [share_of(f"{name}: {crate}", facts) for crate, facts in sorted(files.items()) if crate not in NO_KERNELS]
    return [share for share in shares if share.tokens >= LEAST]


def _code(tree: Repository) -> Iterator[tuple[str, bytes]]:
    """Yield the crate and the bytes of every Rust file that is judged."""
    entries = {entry.path: entry for entry in tree.entries()}

    def bytes_of(file: File) -> bytes:
        return tree.read(entries[file.path])

    found = listing(tree)
    reading = found.reading()
    requests = [Request(f, reading[f.path] == "full") for f in found.files if reading.get(f.path, "none") != "none"]
    book = load(root())
    job = Summarize({name: Measures(book, name) for name in LANGUAGES})
    outcomes = summaries(requests, bytes_of, job, Limits(os.cpu_count() or 1, 30.0, 4 << 20))
    known = {outcome.file.path: outcome.summary for outcome in outcomes if outcome.summary is not None}
    for file in settle(found, known).files:
        if file.language == RUST.id and file.role == "code" and file.component and file.path in known:
            yield file.component.partition("::")[0], bytes_of(file)


def area(high: Iterable[Share], low: Iterable[Share]) -> float:
    """Return the probability that a kernel crate ranks above an application crate; 0.5 is chance, ties count half."""
    pairs = [(a.share > b.share) + 0.5 * (a.share == b.share) for a, b in product(list(high), list(low))]
    return sum(pairs) / len(pairs) if pairs else float("nan")


def ranked(repos: Path) -> tuple[list[Share], list[Share], list[str]]:
    """Return kernel crates, application crates, and the repositories that are not there."""
    sides: tuple[list[Share], list[Share]] = ([], [])
    missing = []
    for side, names in zip(sides, (RUST_HIGH, RUST_LOW), strict=True):
        for name in names:
            clone = clone_of(repos, name)
            if clone is None:
                missing.append(name)
            else:
                side.extend(of_repository(clone, name))
    return sides[0], sides[1], missing
