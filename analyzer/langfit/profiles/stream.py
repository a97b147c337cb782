"""The bytes and lines of a file, unpacked where it is gzip, with a bound on all of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from langfit.profiles.values import MOST_RAW, BadProfile, Source

GZIP = bytes((0x1F, 0x8B))
MOST_MEMBERS = 10_000  # of one gzip file
PIECE = 256 << 10  # bytes read at once
LONGEST_LINE = 64 << 10  # bytes
ENDS = "it ends in the middle; take it again, or copy it again"
LARGE = f"it holds more than {MOST_RAW >> 20} MiB; take a shorter one"


def pieces(source: Source, most: int = MOST_RAW) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces, one layer of gzip undone. Raises BadProfile beyond `most` and if cut off."""
    total = 0
    with source.open() as file:
        head = file.read(PIECE)
        for piece in _unpacked(head, file) if head.startswith(GZIP) else _plain(head, file):
            total += len(piece)
            if total > most:
                raise BadProfile(
                    LARGE if most == MOST_RAW else f"it holds more than {most >> 20} MiB; take a shorter one"
                )
            yield piece


def _plain(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    while head:
        yield head
        head = file.read(PIECE)


def _unpacked(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    """Yield what gzip packed, all members of it; what is behind the last member is no part of it."""
    packed = head
    taken, members = len(head), 0
    while packed.startswith(GZIP):
        member = zlib.decompressobj(31)
        members += 1
        while not member.eof:
            try:
                piece = member.decompress(packed, PIECE)
            except zlib.error:
                raise BadProfile("its gzip data is damaged; copy it again, in binary mode") from None
            if piece:
                yield piece
            packed = member.unconsumed_tail
            if not packed and not member.eof:
                packed = file.read(PIECE)
                taken += len(packed)
                if taken > MOST_RAW:
                    raise BadProfile(LARGE)
                if not packed and not piece:
                    raise BadProfile(ENDS)
        packed = member.unused_data
        if members > MOST_MEMBERS:  # they may be empty, and then the bound of what is unpacked says nothing
            raise BadProfile(LARGE)
        if len(packed) < len(GZIP):
            more = file.read(PIECE)
            taken += len(more)
            packed += more


def whole(source: Source, most: int) -> bytes:
    """Return all bytes of a file. Raises BadProfile beyond `most`."""
    return b"".join(pieces(source, most))


def head_of(source: Source) -> bytes:
    """Return the first bytes of a file, unpacked."""
    return next(pieces(source), b"")[:LONGEST_LINE]


def lines(source: Source) -> Iterator[str]:
    """Yield the lines of a text, without their ends; undecodable bytes as surrogates. Longer ones are cut at 64 kB."""
    rest = b""
    skipping = False
    for piece in pieces(source):
        *done, last = (rest + piece).split(b"\n")
        for number, line in enumerate(done):
            if not (skipping and number == 0):
                yield _text(line)
        skipping = skipping and not done
        rest = last
        if len(rest) > LONGEST_LINE:
            if not skipping:
                yield _text(rest)
            skipping, rest = True, b""
    if rest and not skipping:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line[:LONGEST_LINE].rstrip(b"\r").decode("utf-8", "surrogateescape")
