"""Which Rust functions are kernels: compute without leaving the function.

The Go detector (arithmetic and indexes inside loops against calls) finds nothing in Rust, where kernels are iterator
chains, intrinsics and small inlined methods. Here operators and indexes count wherever they are in the function,
intrinsic methods count as operators, adaptors and constructors of numbers cost nothing, and the sum is held against
the calls that remain and against the size of the function.
"""

from __future__ import annotations

import re
from functools import lru_cache

INTRINSICS = frozenset(
    (
        "wrapping_add wrapping_sub wrapping_mul wrapping_neg wrapping_shl wrapping_shr overflowing_add overflowing_sub"
        " overflowing_mul saturating_sub checked_shl rotate_left rotate_right count_ones count_zeros leading_zeros"
        " trailing_zeros swap_bytes reverse_bits from_le_bytes from_be_bytes from_ne_bytes to_le_bytes to_be_bytes"
        " to_ne_bytes get_unchecked get_unchecked_mut chunks_exact chunks_exact_mut as_chunks array_chunks windows"
        " copy_nonoverlapping copy_from_slice read_unaligned write_unaligned offset_from abs_diff mul_add rem_euclid"
        " split_at_unchecked carrying_add borrowing_sub carrying_mul widening_mul pow sqrt bitand bitxor shuffle"
        " swizzle"
        " to_bitmask movemask memchr read_volatile write_volatile"
    ).split()
)
CHEAP = frozenset(
    (
        "len is_empty iter iter_mut into_iter zip map rev skip take step_by enumerate copied cloned as_ref as_mut min"
        " max"
        " get get_mut as_ptr as_mut_ptr add sub offset cast cast_mut cast_const read write first last split_at"
        " split_at_mut fold sum product any all position filter chunks chunks_mut chunk_by try_into unwrap into from"
        " as_slice as_bytes as_mut_slice Some Ok Err next wrapping_add_signed unwrap_unchecked assume_init swap fill"
        " start end by_ref abs clamp remainder into_remainder"
    ).split()
)
_LAST = re.compile(r"(\w+)$")
_SIMD = re.compile(
    r"(?:^|::)(?:_mm\d*_\w+|v(?:"
    r"ld|st|add|sub|mul|mla|mls|and|orr|eor|bic|sh|sr|sl|rev|get|set|dup|mov|max|min|cnt|c[gl][et]|ceq|tst|ext|tb[lx]|"
    r"zip|uzp|trn|abs|neg|q|aes|sha|reinterpret|bsl|cvt|p|rbit|create|combine)\w*_[fsup](?:8|16|32|64|128)|"
    r"[fiu](?:8|16|32|64)x\d+|simd_\w+)$|core_simd|Simd::"
)
FLOOR = 8  # operators, indexes and intrinsics in one function
PER_TOKEN = 0.14  # of them per token of the function: 0.4 per line, at 2.9 tokens a line of six repositories
PER_CALL = 2.0  # of them per call that is not cheap


@lru_cache(maxsize=20_000)
def kind_of(name: str) -> str:
    """Return call, cheap, intrinsic or simd, for the resolved name of a call; the names of a run are few."""
    match = _LAST.search(name)
    last = match[1] if match else ""
    if _SIMD.search(name):
        return "simd"
    if last in INTRINSICS:
        return "intrinsic"
    return "cheap" if last in CHEAP else "call"


class Counts:
    """What is counted in one function."""

    __slots__ = ("calls", "indexes", "intrinsics", "operators", "place", "simd")

    def __init__(self) -> None:
        self.calls = self.indexes = self.intrinsics = self.operators = self.simd = 0
        self.place = -1


def kernel_traits(counts: Counts, tokens: int, *, targeted: bool) -> set[str]:
    """Return `kernel` and `simd`, as far as the counts of a function of so many tokens carry them.

    `targeted` says that the function carries a `target_feature` attribute.
    """
    traits = set()
    if counts.simd >= 2 or targeted:
        traits.add("simd")
    work = counts.operators + counts.indexes + counts.intrinsics + 2 * counts.simd
    dense = work >= PER_TOKEN * tokens and work >= PER_CALL * counts.calls
    if work >= FLOOR and (dense or "simd" in traits):
        traits.add("kernel")
    return traits
