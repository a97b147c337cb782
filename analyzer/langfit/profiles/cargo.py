"""Reads the messages of `cargo clippy` and `cargo check` with `--message-format=json`."""

from __future__ import annotations

import msgspec

from langfit.profiles.stream import lines
from langfit.profiles.values import BAD_JSON, MOST_ROWS, BadProfile, Kind, Remark, Remarks, Source

LONGEST = 400  # characters of a message that are kept


class _Code(msgspec.Struct):
    code: str = ""


class _Span(msgspec.Struct):
    file_name: str = ""
    line_start: int = 0
    column_start: int = 0
    is_primary: bool = False


class _Message(msgspec.Struct):
    message: str = ""
    level: str = ""
    code: _Code | None = None
    spans: list[_Span] = []


class _Target(msgspec.Struct):
    name: str = ""


class _Row(msgspec.Struct):
    reason: str = ""
    target: _Target | None = None
    message: _Message | None = None


def read(source: Source, kind: Kind | None = None) -> Remarks:
    """Return what rustc and clippy said, by primary place; paths are relative to the workspace. Raises BadProfile."""
    del kind
    decoder = msgspec.json.Decoder(_Row)
    found: dict[Remark, None] = {}
    broken = rows = 0
    for line in lines(source):
        if not line.startswith("{"):
            continue
        try:
            row = decoder.decode(line.encode("utf-8", "surrogateescape"))
        except BAD_JSON:
            broken += 1
            continue
        rows += 1
        message = row.message
        if row.reason != "compiler-message" or message is None:
            continue
        span = next((span for span in message.spans if span.is_primary), None)
        if span is not None:
            code = message.code.code if message.code is not None else ""
            target = row.target.name if row.target is not None else ""
            remark = Remark(
                span.file_name,
                span.line_start,
                span.column_start,
                code,
                message.message[:LONGEST],
                target,
                message.level,
            )
            found[remark] = None  # a library and its tests say the same
            if len(found) > MOST_ROWS:
                raise BadProfile(f"it holds more than {MOST_ROWS:,} messages; give it crate by crate")
    if not rows:
        raise BadProfile("no message of cargo is in it; run `cargo clippy --message-format=json > FILE`")
    notes = (f"{broken:,} lines of it could not be read.",) if broken else ()
    return Remarks(source.path, "cargo-messages", tuple(found), notes=notes)
