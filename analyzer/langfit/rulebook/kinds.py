"""What rules may ask for: site kinds and function traits of each language, and families of manifest entries."""

from __future__ import annotations

from langfit.model import Language

SHARED = (
    "call type operator bit-operator compound-assignment index type-parameters loop closure remark"
    " assembly-file benchmark fuzz test"
)
SITES: dict[Language, frozenset[str]] = {
    "go": frozenset(
        (
            SHARED + " composite address-literal parameter callback import map slice-type struct-tag type-name"
            " directive self-pointer padding bce-hint channel-field slice go defer select send receive channel"
            " interface type-switch error-check bodyless"
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
NAMELESS = frozenset(  # kinds whose sites all have the empty name: asking for another one can match nothing
    (
        "operator bit-operator compound-assignment index type-parameters loop closure callback padding bce-hint"
        " channel-field go defer select send receive channel interface error-check raw-pointer await"
        " async-block try cast const const-parameter lifetime where match data-variant extern-block"
    ).split()
)
BLANKS = frozenset("directive remark map slice-type".split())  # Go kinds whose names may hold blanks
TRAITS: dict[Language, frozenset[str]] = {
    "go": frozenset("kernel handler context bodyless exported callback init parser".split()),
    "rust": frozenset(
        "kernel simd async unsafe extern-c const inline poll handler exported generic".split(),
    ),
}
ENTRIES: dict[Language, frozenset[str]] = {
    "go": frozenset("dependency go toolchain replace exclude tool use godebug".split()),
    "rust": frozenset(
        "dependency crate-type feature edition lint proc-macro build-script bin bench profile member workspace".split()
    ),
}
NAMED_ENTRIES = frozenset("dependency crate-type lint".split())  # entries that mean nothing without a name
