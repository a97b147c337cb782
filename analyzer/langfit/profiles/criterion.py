"""Reads results of criterion: `estimates.json` of a benchmark, and the messages of cargo-criterion."""

from __future__ import annotations

import msgspec

from langfit.profiles.stream import lines, whole
from langfit.profiles.values import BAD_JSON, MOST_ROWS, BadProfile, Kind, Result, Results, Source

LARGEST = 1 << 20  # bytes of one estimate
SCALES = {"ps": 1e-3, "ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}
UNIT = "ns/op"
NAMELESS = "Its name is not known: benchmark.json is not beside it."


class _Interval(msgspec.Struct):
    lower_bound: float = 0.0
    upper_bound: float = 0.0


class _Estimate(msgspec.Struct):
    point_estimate: float
    confidence_interval: _Interval = msgspec.field(default_factory=_Interval)


class _Estimates(msgspec.Struct):
    mean: _Estimate


class _Benchmark(msgspec.Struct):
    full_id: str


class _Mean(msgspec.Struct):
    estimate: float
    lower_bound: float
    upper_bound: float
    unit: str


class _Message(msgspec.Struct):
    reason: str = ""
    id: str = ""
    mean: _Mean | None = None


def read(source: Source, kind: Kind | None = None) -> Results:
    """Return the mean of the benchmark that a folder `new` or `base` of criterion holds. Raises BadProfile."""
    del kind
    try:
        mean = msgspec.json.decode(whole(source, LARGEST), type=_Estimates).mean
        beside = source.beside("benchmark.json")
        name = msgspec.json.decode(beside, type=_Benchmark).full_id if beside is not None else ""
    except BAD_JSON:
        raise BadProfile("its JSON is not that of criterion: it is damaged, or of another version") from None
    span = mean.confidence_interval
    row = Result("", name, 1, {UNIT: (mean.point_estimate, span.lower_bound, span.upper_bound)})
    return Results(source.path, "criterion", (row,), () if name else (NAMELESS,))


def messages(source: Source, kind: Kind | None = None) -> Results:
    """Return the results in the output of `cargo criterion --message-format=json`. Raises BadProfile."""
    del kind
    decoder = msgspec.json.Decoder(_Message)
    found = []
    for line in lines(source):
        try:
            row = decoder.decode(line.encode("utf-8", "surrogateescape"))
        except BAD_JSON:
            continue
        if row.reason == "benchmark-complete" and row.mean is not None and row.mean.unit in SCALES:
            mean, scale = row.mean, SCALES[row.mean.unit]
            values = tuple(value * scale for value in (mean.estimate, mean.lower_bound, mean.upper_bound))
            found.append(Result("", row.id, 1, {UNIT: (values[0], values[1], values[2])}))
            if len(found) > MOST_ROWS:
                raise BadProfile(f"it holds more than {MOST_ROWS:,} benchmarks")
    if not found:
        raise BadProfile("no result is in it; run `cargo criterion --message-format=json > FILE`")
    return Results(source.path, "cargo-criterion", tuple(found))
