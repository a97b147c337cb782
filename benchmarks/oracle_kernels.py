"""How well the share of kernel functions tells computing code from application code."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import NamedTuple

from langfit import inventory
from langfit.languages import extract
from langfit.model import Facts
from langfit.source import open_source

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
LEAST_LINES = 300  # of functions; smaller crates are macros, bindings and re-exports


def clone_of(repos: Path, name: str) -> Path | None:
    """The clone of a repository, wherever the three layouts put it."""
    plus = name.replace("/", "+")
    return next((p for p in (repos / plus / "repo", repos / plus, repos / name) if p.is_dir()), None)


class Share(NamedTuple):
    """A component with the lines of all its functions and of its kernels."""

    name: str
    kernel: int
    lines: int

    @property
    def share(self) -> float:
        """Kernel lines of all function lines, 0..1."""
        return self.kernel / self.lines if self.lines else 0.0


def share_of(name: str, facts: Iterable[Facts]) -> Share:
    """The share of some files."""
    functions = [f for one in facts for f in one.functions if "test" not in f.traits]
    kernel = sum(f.lines for f in functions if KERNEL & {*f.traits})
    return Share(name, kernel, sum(f.lines for f in functions))


def of_packages(facts: dict[str, Facts], names: Iterable[str]) -> list[Share]:
    """The shares of Go packages, by the folder of their files."""
    return [share_of(name, (f for path, f in facts.items() if path.rpartition("/")[0] == name)) for name in names]


def of_repository(path: Path, name: str) -> list[Share]:
    """The shares of the crates of a repository that are large enough."""
    with open_source(str(path)) as source:
        entries = {entry.path: entry for entry in source.entries()}
        found = inventory.take(source)
        files: dict[str, list[Facts]] = {}
        for file in found.files:
            if file.language == "rust" and file.role == "code" and file.component:
                crate = file.component.partition("::")[0]
                files.setdefault(crate, []).append(extract(source.read(entries[file.path]), "rust"))
    shares = [share_of(f"{name}: {component}", facts) for component, facts in sorted(files.items())]
    named = [share for share in shares if share.name.rpartition(" ")[2] not in NO_KERNELS]
    return [share for share in named if share.lines >= LEAST_LINES]


def area(high: Iterable[Share], low: Iterable[Share]) -> float:
    """The probability that a kernel crate ranks above an application crate; 0.5 is chance, ties count half."""
    pairs = [(a.share > b.share) + 0.5 * (a.share == b.share) for a, b in product(list(high), list(low))]
    return sum(pairs) / len(pairs) if pairs else float("nan")


def ranked(repos: Path) -> tuple[list[Share], list[Share], list[str]]:
    """Kernel crates, application crates, and the repositories that are not there."""
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
