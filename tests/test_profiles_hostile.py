"""Files of measurements that are made to hurt: each is read or refused with a sentence, and nothing else happens."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from langfit import profile_text, profiles
from langfit.formats import sanitize
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.profile_text import Answer
from langfit.profiles import gates, sniff, stream, wire
from langfit.profiles.values import BadProfile, Profile
from langfit.profiling import about
from test_profiles import CLIPPY, CRITERION, DHAT, DIAGNOSTICS, KEPT, M2, PERF, profile_of, source
from trees import GO_MOD, inventory_of


def number(value: int) -> bytes:
    """A varint."""
    value &= (1 << 64) - 1
    found = b""
    while value > 0x7F:
        found += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return found + bytes((value,))


def field(key: int, value: int | bytes) -> bytes:
    """A field of a message."""
    if isinstance(value, int):
        return number(key << 3) + number(value)
    return number(key << 3 | 2) + number(len(value)) + value


def message(*parts: bytes, name: bytes = b"e.com/m.f", file: bytes = b"f.go") -> bytes:
    """A profile of one function in a file, with its tables after the samples, and what else is given."""
    texts = (b"", b"samples", b"count", b"cpu", b"nanoseconds", name, file)
    types = field(1, field(1, 1) + field(2, 2)) + field(1, field(1, 3) + field(2, 4))
    tables = field(4, field(1, 1) + field(4, field(1, 1))) + field(5, field(1, 1) + field(2, 5) + field(4, 6))
    return types + b"".join(parts) + tables + b"".join(field(6, text) for text in texts) + field(12, 10)


def sample(locations: bytes | int = 1, *values: int) -> bytes:
    """A sample, of one location unless packed ones are given."""
    return field(2, field(1, locations) + b"".join(field(2, value) for value in values or (3, 30)))


def refusal(data: bytes | str) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(LangfitError) as refused:
        profiles.read(source(data))
    (sentence,) = refused.value.sentences
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    "data",
    [
        message(sample()),
        gzip.compress(message(sample())),
        gzip.compress(message(sample())[:9]) + gzip.compress(message(sample())[9:]),
        message(sample(number(1))),
        message(sample()) + field(99, b"unknown") + number(98 << 3 | 5) + b"1234" + number(97 << 3 | 1) + b"12345678",
    ],
    ids=["raw", "gzip", "two members", "packed", "unknown fields"],
)
def test_what_is_allowed(data: bytes) -> None:
    """The same profile in all the ways in which it may be written."""
    found = profile_of(data)
    assert (found.kind, found.samples, found.frames[0].name, found.period) == ("cpu", 3, "e.com/m.f", 10)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"\x1f\x8b\x08", "ends in the middle"),
        (gzip.compress(message(sample()))[:-9], "ends in the middle"),
        (gzip.compress(message(sample()))[:30] + b"\xff" * 60, "damaged"),
        (message(sample())[:-1], "ends in the middle"),
        (message(field(2, field(1, b"\x80" * 10 + b"\x01"))), "more than 64 bits"),
        (message(field(2, field(1, b"\xff" * 9 + b"\x7f"))), "more than 64 bits"),
        (message(field(2, field(1, b"\x80"))), "ends in the middle"),
        (message(sample()) + b"\x0b", "does not follow the format"),
        (message(sample()) + b"\x00\x00", "does not follow the format"),
        (message(sample()) + number(3 << 3 | 2) + number(1 << 40), "does not follow the format"),
        (message(sample(2)), "does not hold"),
        (message(sample(0)), "does not hold"),
        (message(sample(1, 1)), "more or fewer values"),
        (message(sample(bytes([1]) * 1025)), "deeper than 1,024"),
        (message(sample(), field(4, field(1, 1))), "one number"),
        (message(sample(), field(5, field(2, 1))), "has none"),
        (message(sample(), field(4, field(1, 9) + field(4, field(1, 77)))), "does not hold"),
        (message(sample(), field(4, field(1, 9) + field(2, 5))), "does not hold"),
        (message(sample(), field(5, field(1, 9) + field(2, 1 << 40))), "does not hold"),
        (field(6, b"x") + message(sample()), "empty one"),
        (message(*(field(1, b"") for _ in range(20))), "does not follow the format"),
        (b"PERFILE2" + b"\0" * 99, "perf script"),
        ("GO PREPROFILE V1\na\nb\n1 2\n", "preprocessed"),
        ("heap profile: 1: 2 [3: 4] @ heap/1\n", "debug=1"),
        ("goroutine 1 [running]:\n", "curl"),
        ('{"meta":{"preprocessedProfileVersion":50}}', "perf record"),
        ('{"$schema":"https://www.speedscope.app/file-format-schema.json"}', "perf script"),
        ('{"traceEvents":[]}', "trace"),
        ("go 1.22 trace\0\0\0", "trace"),
        ("gc 1 @0.1s 2%: 0.1+0.2\n", "gctrace"),
        ('{"group_id":"a","full_id":"a/b"}', "estimates.json"),
        ("hello\n", "none of the formats"),
        (b"\xff\xfe\x00", "none of the formats"),
        ("a;b 3\n" + "no number\n" * 200, "do not end in a number"),
        ("a;b 3 4\n", "difference of two profiles"),
        (";" * 1500 + "a 1\n", "deeper than 1,024"),
        (DHAT.replace("[1]", "[7]"), "does not hold"),
        (DHAT.replace("[1]", "[-1]"), "does not hold"),
        (DHAT.replace(":2,", ":3,", 1), "version 3"),
        (DHAT.replace('"tb":8', '"tb":99999999999999999999999'), "64 bits"),
        (DHAT[:-9], "JSON"),
        ('{"dhatFileVersion":' + "[" * 100_000, "JSON"),
        (CRITERION.replace("5.5", "NaN"), "JSON"),
        (DIAGNOSTICS + "{\n", "no JSON of the compiler"),
        ('<svg id="frames"></svg>', "no frames are in it"),
    ],
)
def test_what_is_refused(data: bytes | str, why: str) -> None:
    """With a sentence that says why, and mostly what to do."""
    assert why in refusal(data)


def test_a_bomb_is_never_unpacked() -> None:
    """What is unpacked is bounded while it is unpacked."""
    bomb = gzip.compress(b"\0" * (1 << 20), 9) * 200
    with pytest.raises(BadProfile, match="128 MiB"):
        sum(map(len, stream.pieces(source(bomb))))
    with pytest.raises(BadProfile, match="128 MiB"):
        sum(map(len, stream.pieces(source(gzip.compress(b"") * 10_001))))


def test_one_layer_of_gzip_alone_is_undone() -> None:
    """A packed file inside a packed file is no profile."""
    assert "none of the formats" in refusal(gzip.compress(gzip.compress(message(sample()))))


def test_negative_values_are_a_difference() -> None:
    """They are read, shown and never used."""
    found = profile_of(message(sample(1, 900, 9), sample(1, -3, -30)))
    assert (found.negative, found.total()) == (1, 897)
    assert gates.gate_of(found, None).why == gates.DIFFERENCE


def test_a_sample_without_a_stack_is_counted() -> None:
    """Go drops the frame at the root, and then nothing may be left."""
    found = profile_of(message(sample(b"", 5, 50), sample()))
    looked = profiles.look(found, inventory_of({"go.mod": GO_MOD, "a.go": "package m\n"}))
    assert (looked.counts.empty, looked.counts.total) == (5, 8)


NAMES = (
    b"\xff\xfe\x80",
    b"a\x1b[31m\x07",
    "\u202eevil".encode(),
    b"::error::x",
    b"##[group]",
    b"x" * 100_000,
    b"<b>&amp;",
)


SMALL = inventory_of({"go.mod": "module e.com/m\n\ngo 1.24\n", "a.go": "package m\n"})


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_hostile_names_reach_nobody(name: bytes) -> None:
    """Whatever a name holds, every format is read or refused, and what is printed cannot act."""
    made = {
        "pprof": message(sample(1, 600, 6), name=b"e.com/m." + name),
        "folded": b"e.com/m." + name + b";e.com/m.g 600\n",
        "perf": PERF.encode().replace(b"a::b", b"e.com/m." + name),
        "bench": b"pkg: " + name + b"\nBenchmark" + name.replace(b" ", b"") + b" 10 5 ns/op\n",
        "m2": M2.encode().replace(b"&x", name),
        "clippy": CLIPPY.encode().replace(b'"m"', b'"' + name.replace(b"\x1b", b"").replace(b"\x07", b"") + b'"'),
        "svg": b'<svg id="frames"><title>' + name + b' (600 samples, 100%)</title><rect x="0" y="1" width="9"/></svg>',
    }
    for data in made.values():
        try:
            found = profiles.read(source(data), "cpu")
        except LangfitError:
            continue
        answer = Answer(found, about(found, SMALL) if isinstance(found, Profile) else None)
        for text in (sanitize.printable(profile_text.text(answer)), sanitize.json_text(profile_text.data(answer))):
            assert not {"\x1b", "\x07", "\u202e"} & {*text}
            assert not any(line.lstrip().startswith("::") for line in text.splitlines())
            assert "##[" not in text
            assert len(text) < 200_000


@pytest.mark.parametrize("name", sorted(path.name for path in KEPT.iterdir() if path.suffix != ".md"))
def test_truncated_files(name: str) -> None:
    """Cut anywhere, a file is read or refused."""
    data = (KEPT / name).read_bytes()
    for cut in range(1, len(data), max(1, len(data) // 25)):
        try:
            profiles.read(source(data[:cut]))
        except LangfitError as refused:
            assert refused.sentences[0].startswith("file cannot be used: ")


@given(st.binary(max_size=400), st.booleans())
@example(b"\x0a\x04\x08\x01\x10\x02" + b"\x32\x00", False)
def test_any_bytes_are_read_or_refused(data: bytes, packed: bool) -> None:
    """Nothing but a sentence comes out of bytes that nobody meant."""
    body = message(sample()) + data
    for text in (data, zlib.compress(body, wbits=31) if packed else body):
        try:
            profiles.read(source(text))
        except LangfitError as refused:
            assert len(refused.sentences) == 1


@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=20))
def test_numbers_come_back(values: list[int]) -> None:
    """Of any size up to 64 bits."""
    assert wire.packed(b"".join(map(number, values))) == values
    assert wire.varint(number(values[0]), 0) == (values[0], len(number(values[0])))


@given(st.text(max_size=200))
def test_any_name_is_parsed_or_not(name: str) -> None:
    """No name breaks a language's reader, and whatever it says is text."""
    for spoken in LANGUAGES.values():
        symbol = spoken.symbols.parse(name, "")
        assert symbol is None or symbol.name


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """A pipe that nobody writes to would keep a scan waiting."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LangfitError, match="no regular file"):
        profiles.read(*profiles.source_of(str(tmp_path / "pipe")))


def test_pprof_rs_with_a_blocklist_is_told() -> None:
    """No address, labels of threads, and no leaf of libc: malloc and system calls were left out."""
    labelled = field(2, field(1, 1) + field(2, 600) + field(2, 6000) + field(3, field(1, 6) + field(2, 5)))
    found = profile_of(message(labelled, name=b"my::mod::f", file=b"thread"))
    counts = profiles.look(found, inventory_of({"go.mod": GO_MOD, "a.go": "package m\n"})).counts
    assert isinstance(found, Profile)
    assert found.labels == {"thread": 1}
    assert gates.MISSING_CALLS in gates.notes_of(found, counts)


def test_formats_are_told_apart() -> None:
    """Each format that is read has a reader, each other one a sentence."""
    assert all(bool(row.reader) != bool(row.refusal) for row in sniff.FORMATS)
