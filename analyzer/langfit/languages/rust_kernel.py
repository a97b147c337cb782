"""Which Rust functions are kernels: compute without leaving the function.

The Go detector (arithmetic and indexes inside loops against calls) finds nothing in Rust, where kernels are iterator
chains, intrinsics and small inlined methods. Here operators and indexes count wherever they stand in the function,
intrinsic methods count as operators, adaptors and constructors of numbers cost nothing, and the sum is held against
the calls that remain and against the function's lines.
"""

from __future__ import annotations

import re
from functools import lru_cache

INTRINSICS = frozenset(
    b"wrapping_add wrapping_sub wrapping_mul wrapping_neg wrapping_shl wrapping_shr overflowing_add overflowing_sub"
    b" overflowing_mul saturating_sub checked_shl rotate_left rotate_right count_ones count_zeros leading_zeros"
    b" trailing_zeros swap_bytes reverse_bits from_le_bytes from_be_bytes from_ne_bytes to_le_bytes to_be_bytes"
    b" to_ne_bytes get_unchecked get_unchecked_mut chunks_exact chunks_exact_mut as_chunks array_chunks windows"
    b" copy_nonoverlapping copy_from_slice read_unaligned write_unaligned offset_from abs_diff mul_add rem_euclid"
    b" split_at_unchecked carrying_add borrowing_sub carrying_mul widening_mul pow sqrt bitand bitxor shuffle swizzle"
    b" to_bitmask movemask memchr read_volatile write_volatile".split()
)
CHEAP = frozenset(
    b"len is_empty iter iter_mut into_iter zip map rev skip take step_by enumerate copied cloned as_ref as_mut min max"
    b" get get_mut as_ptr as_mut_ptr add sub offset cast cast_mut cast_const read write first last split_at"
    b" split_at_mut fold sum product any all position filter chunks chunks_mut chunk_by try_into unwrap into from"
    b" as_slice as_bytes as_mut_slice Some Ok Err next wrapping_add_signed unwrap_unchecked assume_init swap fill"
    b" start end by_ref abs clamp remainder into_remainder".split()
)
_LAST = re.compile(rb"(\w+)$")
_SIMD = re.compile(rb"(?:^|::)(?:_mm\d*_\w+|v(?:"
    rb"ld|st|add|sub|mul|mla|mls|and|orr|eor|bic|sh|sr|sl|rev|get|set|dup|mov|max|min|cnt|c[gl][et]|ceq|tst|ext|tb[lx]|"
    rb"zip|uzp|trn|abs|neg|q|aes|sha|reinterpret|bsl|cvt|p|rbit|create|combine)\w*_[fsup](?:8|16|32|64|128)|[fiu](?:8|16|32|64)x\d+|simd_\w+)$|core_simd|Simd::")


@lru_cache(maxsize=20_000)
def _kind_of(text: bytes) -> str:
    """call, cheap, intrinsic or simd, for the name of a call; the names of a run are few."""
    match = _LAST.search(text)
    last = match[1] if match else b""
    if _SIMD.search(text):
        return "simd"
    if last in INTRINSICS:
        return "intrinsic"
    return "cheap" if last in CHEAP else "call"


FLOOR = 8  # operators, indexes and intrinsics in one function
PER_LINE = 0.4  # of them per line of the function
PER_CALL = 2.0  # of them per call that is not cheap


class MethodTally:
    """Counts of one function while its file is read."""

    __slots__ = ("calls", "indexes", "intrinsics", "loops", "operators", "simd")

    def __init__(self) -> None:
        self.calls = self.indexes = self.intrinsics = self.loops = self.operators = self.simd = 0

    def add(self, kind: str, text: bytes, *, inside: bool) -> None:
        """Count one capture; `text` is the name of a call."""
        del inside
        if kind == "index":
            self.indexes += 1
        elif kind == "region.loop":
            self.loops += 1
        elif not kind.startswith("call"):
            self.operators += 1
        else:
            kind = _kind_of(text)
            if kind == "call":
                self.calls += 1
            elif kind == "simd":
                self.simd += 1
            elif kind == "intrinsic":
                self.intrinsics += 1


def kernel_traits(tally: MethodTally, lines: int, attributes: list[str]) -> set[str]:
    """`kernel` and `simd`, as far as the counts of a function carry them; `lines` are those of the function."""
    traits = set()
    targeted = any("target_feature" in text for text in attributes)
    if tally.simd >= 2 or targeted:
        traits.add("simd")
    work = tally.operators + tally.indexes + tally.intrinsics + 2 * tally.simd
    if work >= FLOOR and work >= PER_LINE * lines and work >= PER_CALL * tally.calls:
        traits.add("kernel")
    if "simd" in traits and work >= FLOOR:
        traits.add("kernel")
    return traits
