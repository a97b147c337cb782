"""Reads what `go test -bench` prints, also inside the JSON of `go test -json`.

https://go.dev/design/14313-benchmark-format: lines `key: value` hold from there on, all other lines mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import median

import msgspec

from langfit.profiles.stream import lines
from langfit.profiles.values import BAD_JSON, BadProfile, Kind, Result, Results, Source

MOST = 50_000  # benchmarks
MOST_FIELDS = 40  # of a line
_KEY = re.compile(r"([a-z][^\s:A-Z]{0,60}): *(.{0,1000})$")
_PROCS = re.compile(r"-([0-9]{1,4})$")


class _Event(msgspec.Struct):
    Action: str = ""
    Package: str = ""
    Output: str = ""


def read(source: Source, kind: Kind | None = None) -> Results:
    """Return the benchmarks in a file. Raises BadProfile."""
    del kind
    found: dict[tuple[str, str], tuple[int, dict[str, list[float]]]] = {}
    package = ""
    for line in _plain(lines(source)):
        key = _KEY.match(line)
        if key is not None:
            package = key[2].strip() if key[1] == "pkg" else package
        elif line.startswith("Benchmark") and (row := _row(line)) is not None:
            name, runs, values = row
            count, known = found.setdefault((package, name), (0, {}))
            found[package, name] = count + 1, known
            for unit, value in values.items():
                known.setdefault(unit, []).append(value)
            if len(found) > MOST:
                raise BadProfile(f"it holds more than {MOST:,} benchmarks")
            del runs
    if not found:
        raise BadProfile("no result of a benchmark is in it; run `go test -run NONE -bench . -benchmem ./...`")
    names = _without_procs(found)
    rows = [
        Result(where, names[name], count, {unit: (median(v), min(v), max(v)) for unit, v in values.items()})
        for (where, name), (count, values) in found.items()
    ]
    return Results(source.path, "go-benchmarks", tuple(rows))


def _plain(text: Iterator[str]) -> Iterator[str]:
    """Yield lines of text; of JSON what the tests printed, put together where a line came in pieces."""
    decoder = msgspec.json.Decoder(_Event)
    halves: dict[str, str] = {}
    for line in text:
        if not line.startswith("{"):
            yield line
            continue
        try:
            event = decoder.decode(line.encode("utf-8", "surrogateescape"))
        except BAD_JSON:
            continue
        if event.Package not in halves and len(halves) < 1_000:
            yield f"pkg: {event.Package}"
        *done, rest = (halves.get(event.Package, "") + event.Output).split("\n")
        for row in done:
            if row.startswith("Benchmark"):
                yield f"pkg: {event.Package}"
            yield row
        halves[event.Package] = rest[-2_000:]


def _row(line: str) -> tuple[str, int, dict[str, float]] | None:
    """Return the name, iterations and values of a result; None for a line that only begins like one."""
    words = line.split(None, MOST_FIELDS)
    if len(words) < 4 or len(words) % 2 or not words[1].isdecimal():
        return None
    values = {}
    for value, unit in zip(words[2::2], words[3::2], strict=True):
        try:
            values[unit[:60]] = float(value[:40])
        except ValueError:
            return None
    good = all(0 <= value < 1e18 for value in values.values())
    return (words[0][:400], int(words[1][:18]), values) if good else None


def _without_procs(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each name without the number of processors at its end, where all names have the same one."""
    names = [name for _, name in found]
    ends = {match[1] if (match := _PROCS.search(name)) else "" for name in names}
    same = len(ends) == 1 and ends != {""}
    return {name: _PROCS.sub("", name) if same else name for name in names}
