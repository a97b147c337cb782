"""The encoded form of summaries: the only module that knows it. Another form wants another FORMAT."""

from __future__ import annotations

import msgspec

from langfit.model.summary import FileSummary, Hit, Links

FORMAT = 1  # of encoded summaries; a golden test fails when their bytes change under the same number

_ENCODER = msgspec.msgpack.Encoder()
_SUMMARY = msgspec.msgpack.Decoder(FileSummary)
_LINKS = msgspec.msgpack.Decoder(Links)
_HITS = msgspec.msgpack.Decoder(tuple[Hit, ...])


def encode(summary: FileSummary) -> bytes:
    """Return the bytes of a summary."""
    return _ENCODER.encode(summary)


def decode(data: bytes) -> FileSummary:
    """Return the summary in the bytes of `encode`. Raises msgspec.MsgspecError for others."""
    return _SUMMARY.decode(data)


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
