"""What the time in a function of a Rust program is spent for: tables by crate and path.

The leaf of Rust code is often a function of core that was inlined into it, so what is in core, alloc and std belongs to
whoever calls it: `under`.
"""

from __future__ import annotations

from functools import lru_cache

from langfit.language import Cost, Symbol

ORDER = ("system-calls", "allocation", "scheduling", "maps", "moves", "runtime")
STANDARD = frozenset(
    "std core alloc proc_macro test compiler_builtins panic_unwind unwind std_detect hashbrown rustc_demangle addr2line"
    " gimli miniz_oxide".split()
)
CRATES: dict[str, str] = {
    name: kind
    for kind, names in (
        ("crypto", "rustls ring ring_core aws_lc_rs aws_lc_sys openssl openssl_sys boring sha1 sha2 sha3 md5 blake2"
         " blake3 aes aes_gcm chacha20 chacha20poly1305 poly1305 ed25519_dalek curve25519_dalek rsa p256 k256 hmac"),
        ("system-calls", "mio rustix nix libc socket2 io_uring"),
        ("scheduling", "parking_lot parking_lot_core crossbeam_channel crossbeam_deque flume"),
        ("allocation", "mimalloc tikv_jemallocator jemallocator jemalloc_sys bumpalo"),
        ("maps", "hashbrown ahash rustc_hash fxhash"),
    )
    for name in names.split()
}  # fmt: skip
PATHS: tuple[tuple[str, str], ...] = (
    ("tokio::runtime", "scheduling"),
    ("tokio::task", "scheduling"),
    ("tokio::sync", "scheduling"),
    ("tokio::park", "scheduling"),
    ("tokio::io", "system-calls"),
    ("tokio::net", "system-calls"),
    ("std::sys::sync", "scheduling"),
    ("std::sys::net", "system-calls"),
    ("std::sys::fs", "system-calls"),
    ("std::sys::pal::unix::futex", "scheduling"),
    ("std::sys::futex", "scheduling"),
    ("std::thread::park", "scheduling"),
    ("std::thread::Thread", "scheduling"),
    ("std::sync::mpmc", "scheduling"),
    ("std::sync::mpsc", "scheduling"),
    ("std::fs", "system-calls"),
    ("std::net", "system-calls"),
    ("std::os::fd", "system-calls"),
    ("std::alloc", "allocation"),
    ("std::sys::alloc", "allocation"),
    ("alloc::alloc", "allocation"),
    ("alloc::raw_vec", "allocation"),
    ("core::ptr::drop_in_place", "allocation"),
    ("std::collections::hash", "maps"),
    ("core::hash", "maps"),
    ("std::hash", "maps"),
    ("core::intrinsics::copy", "moves"),
    ("core::ptr::copy", "moves"),
    ("core::intrinsics::write_bytes", "moves"),
    ("compiler_builtins::mem", "moves"),
)


@lru_cache(maxsize=65_536)
def cost(symbol: Symbol) -> Cost:
    """Return what the time in a function is spent for."""
    crate = symbol.package.partition("::")[0]
    full = f"{symbol.package}::{symbol.owner}::{symbol.name}" if symbol.owner else f"{symbol.package}::{symbol.name}"
    kind = next((kind for path, kind in PATHS if full.startswith(path)), "")
    if crate in STANDARD:
        return Cost(kind or CRATES.get(crate, ""), under=True)
    found = kind or CRATES.get(crate, "compute")
    return Cost(found, under=False)
