"""Tells by its first bytes what a file is, never by its name, and reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple, cast

from langfit.profiles.stream import head_of
from langfit.profiles.values import BadProfile, Kind, Read, Source

Reader = Callable[[Source, Kind | None], Read]
LOOK = 16 << 10  # bytes of the head that patterns see


class Format(NamedTuple):
    """A format that can be told: its name, its mark, and where its reader is; without one, what to do instead."""

    name: str
    mark: re.Pattern[bytes]
    reader: str = ""  # module of this package and function
    refusal: str = ""


def _format(name: str, mark: str, reader: str = "", refusal: str = "") -> Format:
    return Format(name, re.compile(mark.encode("ascii"), re.DOTALL | re.MULTILINE), reader, refusal)


_TRACE = "it is an execution trace, which has no stacks of CPU time; take a profile instead: curl -o cpu.pprof"
_URL = "'http://HOST/debug/pprof/profile?seconds=60'"
FORMATS = (
    _format("preprofile", r"\AGO PREPROFILE V1\n", "",
            "it is Go's preprocessed form, which has no stacks; give the pprof file that it was made of"),
    _format("pprof-text", r"\A(?:heap profile: |(?:goroutine|threadcreate) profile: total |--- [a-z]{1,20}:)", "",
            "it is the text form of pprof; take it without `debug=1` in the URL"),
    _format("goroutine-dump", r"\Agoroutine [0-9]{1,12} \[", "",
            f"it is a dump of stacks and no profile; take one: curl -o cpu.pprof {_URL}"),
    _format("perf-data", r"\APERFILE2", "", "it is raw data of perf; print it: perf script -i FILE > perf.txt"),
    _format("go-trace", r"\Ago 1\.[0-9]{1,3} trace\0", "", f"{_TRACE} {_URL}"),
    _format("callgrind", r"\A(?:# callgrind format|version: 1\ncreator: callgrind)", "",
            "callgrind counts instructions; take a profile of time: perf record -g, then perf script > perf.txt"),
    _format("gctrace", r"^gc [0-9]{1,9} @[0-9.]{1,20}s [0-9]{1,3}%: ", "",
            f"it is output of gctrace, one figure for the whole program; take a profile: curl -o cpu.pprof {_URL}"),
    _format("flame-graph", r"\A\s{0,200}(?=<\?xml|<!DOCTYPE svg|<svg).*"
            r"(?:jonhoo/inferno|class=\"func_g\"|<(?:g|svg) id=\"frames\")", "flamegraph:read"),
    _format("speedscope", r"\A\s{0,200}\{.{0,8000}speedscope\.app/file-format-schema", "",
            "speedscope files are not read; give what it was made of, such as the output of perf script"),
    _format("firefox", r"\A\s{0,200}\{.{0,8000}\"preprocessedProfileVersion\"", "",
            "samply keeps addresses and no names; record by perf: perf record -g PROGRAM, then perf script > perf.txt"),
    _format("chrome-trace", r"\A\s{0,200}(?:\[\s{0,200})?\{.{0,8000}\"(?:traceEvents|ph)\"\s{0,20}:", "",
            "it is a trace, which has no stacks of CPU time; take a profile instead: perf record -g, then perf script"),
    _format("dhat", r"\A\s{0,200}\{\s{0,200}\"dhatFileVersion\"", "dhat:read"),
    _format("criterion-name", r"\A\s{0,200}\{.{0,4000}\"group_id\".{0,4000}\"full_id\"", "",
            "it is the name of a benchmark alone; give estimates.json, which is beside it"),
    _format("criterion", r"\A\s{0,200}\{.{0,4000}\"point_estimate\"", "criterion:read"),
    _format("cargo-criterion", r"^\{\"reason\":\"benchmark-complete\"", "criterion:messages"),
    _format("go-compiler-json", r"\A\{\"version\":[0-9]{1,9},\"package\":[^\n]{0,8000}\"gc_version\"",
            "compiler:diagnostics"),
    _format("cargo-messages", r"^\{\"reason\":\"(?:compiler-|build-)", "cargo:read"),
    _format("go-benchmarks", r"^\{[^\n]{0,400}\"Action\":[^\n]{0,400}\"Package\":", "gobench:read"),
    _format("go-benchmarks", r"^(?:goos: |pkg: |Benchmark[^\s]{1,400}\s{1,200}[0-9]{1,18}\s)", "gobench:read"),
    _format("go-compiler-text", r"^[^\s:][^:\n]{0,1000}:[0-9]{1,7}:[0-9]{1,7}: (?:can inline|cannot inline"
            r"|inlining call|leaking param|moved to heap|[^\n]{0,400}(?:escapes to heap|does not escape))",
            "compiler:text"),
    _format("perf-script", r"^[^\s#][^\n]{0,400}\s[0-9]{1,12}\.[0-9]{1,9}:\s[^\n]{0,200}:\s{0,4}\n"
            r"\s{1,200}[0-9a-f]{1,16} ", "perf:read"),
    _format("folded", r"\A(?:[^\n]{1,60000} [0-9]{1,19}\s{0,2}\n){1,3}", "folded:read"),
)  # fmt: skip
PPROF = "pprof"
ANY = (
    "it is none of the formats that can be read: pprof, folded stacks, perf script, a flame graph (SVG), output of"
    " go test -bench, of the Go compiler (-m=2), of cargo (JSON), of dhat or of criterion"
)


def format_of(head: bytes) -> str:
    """Return the name of the format that begins so. Raises BadProfile with what to do about one that is not read."""
    return _found(head).name


def _found(head: bytes) -> Format:
    if not head:
        raise BadProfile("it is empty; take it again")
    text = head[:LOOK]
    for row in FORMATS:
        seen = head if row.name == "folded" else text
        if row.mark.search(seen) is not None:
            if row.refusal:
                raise BadProfile(row.refusal)
            return row
    if _is_message(text):
        return Format(PPROF, FORMATS[0].mark, "pprof:read")
    raise BadProfile(ANY)


def _is_message(head: bytes) -> bool:
    """Tell whether bytes begin with a field that the outermost message of pprof has."""
    first = head[0]
    binary = any(byte < 9 or 13 < byte < 32 for byte in head[:256])
    return 1 <= first >> 3 <= 15 and first & 7 in (0, 2) and binary


def read(source: Source, kind: Kind | None = None) -> Read:
    """Return what is in a file. `kind` is what its user says of stacks that do not say it. Raises BadProfile."""
    module, _, name = _found(head_of(source)).reader.partition(":")
    reader = cast("Reader", getattr(import_module(f"langfit.profiles.{module}"), name))
    return reader(source, kind)
