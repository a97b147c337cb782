"""What rules may ask for: site kinds and function traits of each language, and families of manifest entries."""

from __future__ import annotations

from analyzer.model import Language

SHARED = (
    "call type operator bit-operator compound-assignment index type-parameters loop closure remark"
    " assembly-file benchmark fuzz test"
)
SITES: dict[Language, frozenset[str]] = {
    "go": frozenset(
        (
            SHARED + " composite address-literal parameter callback import map slice-type struct-tag type-name directive"
            " self-pointer padding bce-hint channel-field slice go defer select send receive channel interface"
            " type-switch error-check bodyless"
        ).split()
    ),
    "rust": frozenset(
        (
            SHARED + " macro attribute derive allow use dyn reference borrowed-field raw-pointer impl unsafe-impl trait"
            " struct await async-block unsafe-block try cast static const const-parameter lifetime where match"
            " data-variant extern-block mod"
        ).split()
    ),
}
TRAITS: dict[Language, frozenset[str]] = {
    "go": frozenset("kernel handler context bodyless exported callback init".split()),
    "rust": frozenset(
        "kernel simd async unsafe extern-c const inline poll handler exported generic".split(),
    ),
}
ENTRIES = frozenset(
    "dependency crate-type feature edition lint proc-macro build-script bin bench profile member workspace go toolchain"
    " replace tool use beside".split()
)
