"""The encoded form of summaries: the only module that knows it. Another form wants another FORMAT."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from msgspec import structs

from langfit.model.summary import FileSummary, Hit, Links

FORMAT = 2  # of encoded summaries; a golden test fails when their bytes change under the same number

ROOM, TIMES = 16 << 10, 4  # a summary has at most so many bytes and so many times the bytes of its file
FEW = 100  # rows of a list that had to be cut
_ENCODER = msgspec.msgpack.Encoder()
_SUMMARY = msgspec.msgpack.Decoder(FileSummary)
_LINKS = msgspec.msgpack.Decoder(Links)
_HITS = msgspec.msgpack.Decoder(tuple[Hit, ...])


def encode(summary: FileSummary) -> bytes:
    """Return the bytes of a summary."""
    return _ENCODER.encode(summary)


def encode_within(summary: FileSummary, size: int) -> bytes:
    """Return the bytes of a summary of a file of that size, without what makes it too large: places go first.

    No file that people write comes near the bound; names that every site repeats would.
    """
    packed = encode(summary)
    for less in (
        {"hits": b""},
        {"links": b""},
        {"suppressions": summary.suppressions[:FEW]},
        {"declarations": summary.declarations[:FEW]},
        {"imports": tuple(structs.replace(row, uses=()) for row in summary.imports[:FEW])},
    ):
        if len(packed) <= ROOM + TIMES * size:
            break
        summary = structs.replace(summary, overflowed=True, **less)
        packed = encode(summary)
    return packed


def decode(data: bytes) -> FileSummary:
    """Return the summary in the bytes of `encode`. Raises msgspec.MsgspecError for others."""
    return _SUMMARY.decode(data)


def check(summary: FileSummary, measures: int) -> None:
    """Check what decoding alone does not: packed parts, and that it speaks of that many measures.

    Raises msgspec.ValidationError, or DecodeError, for a summary that nobody can use.
    """
    hits = decode_hits(summary.hits)
    decode_links(summary.links)
    if any(row.measure >= measures for rows in (summary.measured, hits) for row in rows):
        raise msgspec.ValidationError("a measure that there is not")
    if any(a.measure >= b.measure for a, b in pairwise(summary.measured)):
        raise msgspec.ValidationError("measures out of order")


def encode_hits(hits: list[Hit]) -> bytes:
    """Return the bytes of the hits of a file, b"" for none."""
    return _ENCODER.encode(hits) if hits else b""


def decode_hits(data: bytes) -> tuple[Hit, ...]:
    """Return the hits in the bytes of `encode_hits`. Raises msgspec.MsgspecError for others."""
    return _HITS.decode(data) if data else ()


def encode_links(links: Links) -> bytes:
    """Return the bytes of the links of a file, b"" for none."""
    return _ENCODER.encode(links) if links.defined or links.called else b""


def decode_links(data: bytes) -> Links:
    """Return the links in the bytes of `encode_links`. Raises msgspec.MsgspecError for others."""
    return _LINKS.decode(data) if data else Links((), ())
