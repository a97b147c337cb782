"""What loads a Rust library that is built for others: Node.js, Python, a browser, or any program by the C ABI."""

from __future__ import annotations

from langfit.model.repository import Manifest, Target

# Crates by which a library becomes a part of another runtime: the name of the runtime, and the way to it.
HOSTS: dict[str, tuple[str, str]] = {
    "napi": ("Node.js", "addon"),
    "neon": ("Node.js", "addon"),
    "node-bindgen": ("Node.js", "addon"),
    "pyo3": ("Python", "addon"),
    "cpython": ("Python", "addon"),
    "jni": ("Java", "addon"),
    "robusta_jni": ("Java", "addon"),
    "magnus": ("Ruby", "addon"),
    "rb-sys": ("Ruby", "addon"),
    "rutie": ("Ruby", "addon"),
    "rustler": ("Erlang", "addon"),
    "ext-php-rs": ("PHP", "addon"),
    "extendr-api": ("R", "addon"),
    "mlua": ("Lua", "addon"),
    "uniffi": ("Kotlin, Swift and Python", "ffi"),
    "flutter_rust_bridge": ("Flutter", "ffi"),
    "pgrx": ("PostgreSQL", "addon"),
    "wasm-bindgen": ("JavaScript", "wasm"),
}
WASM = frozenset(("wasm-bindgen", "wit-bindgen", "proxy-wasm", "extism-pdk", "worker", "spin-sdk"))


def _packages(manifest: Manifest | None) -> set[str]:
    rows = manifest.dependencies if manifest is not None else ()
    return {row.package for row in rows if row.kind == "normal"}


def is_wasm(target: Target, manifest: Manifest | None) -> bool:
    """Tell whether a library is built for WebAssembly and for nothing else that is known."""
    packages = _packages(manifest)
    others = [way for crate, (_, way) in HOSTS.items() if crate in packages and way != "wasm"]
    return "cdylib" in target.crate_types and bool(packages & WASM) and not others


def hosts_of(target: Target, manifest: Manifest | None) -> tuple[tuple[str, str], ...]:
    """Return what loads a library that is no crate for Rust programs, each with the way to it."""
    packages = _packages(manifest)
    if is_wasm(target, manifest):
        return (("JavaScript" if "wasm-bindgen" in packages else "WebAssembly runtimes", "wasm"),)
    found = {host for crate, host in HOSTS.items() if crate in packages and host[1] != "wasm"}
    return tuple(sorted(found)) or (("C", "ffi"),)
