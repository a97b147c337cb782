"""Reads profile.proto, the format of pprof: two passes over the stream, since tables may come after the samples.

https://github.com/google/pprof/blob/main/proto/profile.proto; what its `CheckValid` refuses is refused here.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from langfit.profiles.stream import pieces
from langfit.profiles.values import (
    DEEPEST,
    LONGEST_NAME,
    MOST_ROWS,
    MOST_TEXT,
    BadProfile,
    Column,
    Kind,
    Profile,
    Source,
    Stacks,
)
from langfit.profiles.wire import DAMAGED, fields, messages, packed, signed

TYPE, SAMPLE, MAPPING, LOCATION, FUNCTION, STRING = 1, 2, 3, 4, 5, 6
TIME, DURATION, PERIOD_TYPE, PERIOD, DEFAULT = 9, 10, 11, 12, 14
TABLES = frozenset((TYPE, MAPPING, LOCATION, FUNCTION, STRING, TIME, DURATION, PERIOD_TYPE, PERIOD, DEFAULT))
SAMPLES = frozenset((SAMPLE,))
MOST_TYPES = 16
MOST_LABELS = 64  # keys
DEPTHS = (64, 128, 32)  # at which samplers cut stacks
NAMES: dict[str, Kind] = {
    "goroutine": "goroutine",
    "goroutineleak": "goroutine",
    "threadcreate": "threadcreate",
}


class _Tables(NamedTuple):
    """Everything but the samples."""

    types: list[tuple[int, int]]
    mappings: dict[int, int]  # id -> string of its file
    locations: dict[int, tuple[int, tuple[int, ...]]]  # id -> mapping, functions, innermost first
    functions: dict[int, tuple[int, int]]  # id -> strings of its name and file
    strings: list[bytes]
    numbers: dict[int, int]  # fields of the outermost message that are numbers
    period_type: tuple[int, int]
    located: bool

    def text(self, number: int) -> str:
        """Return a string. Raises BadProfile where there is none."""
        if not 0 <= number < len(self.strings):
            raise BadProfile("it names a string that it does not hold: it is damaged")
        return self.strings[number].decode("utf-8", "surrogateescape")


def read(source: Source, kind: Kind | None = None) -> Profile:
    """Return the profile in a file. Raises BadProfile."""
    del kind  # the file says it
    tables = _tables(source)
    depths: Counter[int] = Counter()
    labels: Counter[int] = Counter()
    stacks = _stacks(source, tables, labels, depths)
    names = [(tables.text(a), tables.text(b)) for a, b in tables.types]
    columns = tuple(Column(*name, values) for name, values in zip(names, stacks.values, strict=True))
    default = tables.text(tables.numbers.get(DEFAULT, 0))
    chosen, main = _kind_of(columns, default, stacks)
    period = max(0, signed(tables.numbers.get(PERIOD, 0)))
    duration = max(0, signed(tables.numbers.get(DURATION, 0))) / 1e9
    samples = _samples(chosen, columns, main, period)
    total = _nanoseconds(columns, samples, period) if chosen == "cpu" else None
    files = tuple(dict.fromkeys(_last(tables.text(name)) for name in tables.mappings.values()))
    return Profile(
        path=source.path,
        kind=chosen,
        frames=stacks.frames,
        stacks=stacks.stacks,
        ends=stacks.ends,
        columns=columns,
        main=main,
        samples=samples,
        period=period,
        period_unit=tables.text(tables.period_type[1]),
        duration=duration,
        cores=total / 1e9 / duration if total is not None and duration else None,
        taken=max(0, signed(tables.numbers.get(TIME, 0))) // 1_000_000_000,
        binary=files[0] if files else "",
        mappings=tuple(name for name in files if name),
        labels={tables.text(key): count for key, count in labels.items()},
        located=tables.located,
        rows=len(stacks.ends),
        negative=sum(value < 0 for value in columns[main].values),
        cut=_cut(depths) if chosen == "cpu" else 0,
    )


def _last(path: str) -> str:
    return path.rpartition("/")[2][:LONGEST_NAME]


def _tables(source: Source) -> _Tables:
    """Return everything but the samples, checked: ids are positive and unique, and what they name is there."""
    found = _Tables([], {}, {}, {}, [], {}, (0, 0), located=False)
    located, period_type, text = False, (0, 0), 0
    for field, value in messages(pieces(source), TABLES):
        if isinstance(value, int):
            found.numbers[field] = value
        elif field == STRING:
            text += len(value)
            found.strings.append(value[: LONGEST_NAME * 4])
        elif field == TYPE:
            found.types.append(_pair(value))
        elif field == PERIOD_TYPE:
            period_type = _pair(value)
        elif field == FUNCTION:
            row = _numbers(value)
            _put(found.functions, row.get(1, 0), (row.get(2, 0), row.get(4, 0)))
        elif field == MAPPING:
            row = _numbers(value)
            _put(found.mappings, row.get(1, 0), row.get(5, 0))
        elif field == LOCATION:
            number, address, place = _location(value)
            located = located or bool(address)
            _put(found.locations, number, place)
        if max(len(found.strings), len(found.locations), len(found.functions)) > MOST_ROWS or text > MOST_TEXT:
            raise BadProfile(f"it names more than {MOST_ROWS:,} places; take a shorter one")
    _check(found)
    return found._replace(located=located, period_type=period_type)


def _check(found: _Tables) -> None:
    if not found.types or len(found.types) > MOST_TYPES or len(found.mappings) > MOST_ROWS:
        raise BadProfile(DAMAGED)
    if not found.strings or found.strings[0]:
        raise BadProfile("its table of strings does not begin with an empty one: it is damaged, or no profile")
    for mapping, functions in found.locations.values():
        if (mapping and mapping not in found.mappings) or any(f and f not in found.functions for f in functions):
            raise BadProfile("it names a function or mapping that it does not hold: it is damaged")


def _put(table: dict[int, tuple[int, int]] | dict[int, int] | dict[int, tuple[int, tuple[int, ...]]],
         number: int, row: object) -> None:  # fmt: skip
    if not number or number in table:
        raise BadProfile("two of its entries have one number, or one has none: it is damaged")
    table[number] = row  # type: ignore[assignment]


def _numbers(data: bytes) -> dict[int, int]:
    return {field: value for field, value in fields(data) if isinstance(value, int)}


def _pair(data: bytes) -> tuple[int, int]:
    row = _numbers(data)
    return row.get(1, 0), row.get(2, 0)


def _location(data: bytes) -> tuple[int, int, tuple[int, tuple[int, ...]]]:
    """Return the id of a location, its address, and its mapping with the functions that were inlined there."""
    number = mapping = address = 0
    functions = []
    for field, value in fields(data):
        if isinstance(value, bytes):
            if field == 4:
                functions.append(_numbers(value).get(1, 0))
        elif field == 1:
            number = value
        elif field == 2:
            mapping = value
        elif field == 3:
            address = value
    if len(functions) > DEEPEST:
        raise BadProfile(f"one of its places has more than {DEEPEST:,} inlined functions: it is damaged")
    return number, address, (mapping, tuple(functions))


def _stacks(source: Source, tables: _Tables, labels: Counter[int], depths: Counter[int]) -> Stacks:
    """Return the stacks; count labels by key, and stacks by the number of their places."""
    stacks = Stacks(len(tables.types))
    numbers = {
        key: stacks.frame(tables.text(name), tables.text(file)) for key, (name, file) in tables.functions.items()
    }
    nameless = stacks.frame("")
    places = {
        key: [numbers.get(function, nameless) for function in functions] or [nameless]
        for key, (_, functions) in tables.locations.items()
    }
    for _, data in messages(pieces(source), SAMPLES):
        if isinstance(data, int):
            raise BadProfile(DAMAGED)
        locations, values = _sample(data, labels)
        if len(values) != len(tables.types):
            raise BadProfile("one of its samples has more or fewer values than there are kinds of them: it is damaged")
        if len(locations) > DEEPEST:
            raise BadProfile(f"one of its stacks is deeper than {DEEPEST:,} frames: it is damaged")
        try:
            stack = [frame for place in locations for frame in places[place]]
        except KeyError:
            raise BadProfile("one of its samples names a place that it does not hold: it is damaged") from None
        depths[len(locations)] += 1
        stacks.add(stack, *values)
    return stacks


def _sample(data: bytes, labels: Counter[int]) -> tuple[list[int], list[int]]:
    """Return the locations and values of a sample; count its labels by key."""
    locations: list[int] = []
    values: list[int] = []
    for field, value in fields(data):
        if field == 1:
            locations += [value] if isinstance(value, int) else packed(value)
        elif field == 2:
            values += [value] if isinstance(value, int) else packed(value)
        elif field == 3 and isinstance(value, bytes):
            key = _numbers(value).get(1, 0)
            if key in labels or len(labels) < MOST_LABELS:
                labels[key] += 1
    return locations, [signed(value) for value in values]


def _kind_of(columns: tuple[Column, ...], default: str, stacks: Stacks) -> tuple[Kind, int]:
    """Return what was measured, and the column that shares are of. Names and units decide, never the file's name."""
    by_type = {column.type: number for number, column in enumerate(columns)}
    units = {column.type: column.unit for column in columns}
    if units.get("cpu") == "nanoseconds":
        return "cpu", by_type["samples"] if units.get("samples") == "count" else by_type["cpu"]
    if "inuse_space" in by_type:
        heap = default != "alloc_space"
        return ("heap", by_type["inuse_space"]) if heap else ("allocs", by_type.get("alloc_space", 0))
    if "alloc_space" in by_type:
        return "allocs", by_type["alloc_space"]
    if "contentions" in by_type:
        return _contention(stacks), by_type.get("delay", by_type["contentions"])
    last = columns[-1]
    return NAMES.get(last.type, "other"), len(columns) - 1


def _contention(stacks: Stacks) -> Kind:
    """Tell who held a lock, measured where it is given back, from who waited for one."""
    frames = stacks.frames
    unlocking = {number for number, frame in enumerate(frames) if "nlock" in frame.name.rpartition(".")[2]}
    starts = [0, *stacks.ends[:-1]]
    held = sum(
        any(f in unlocking for f in stacks.stacks[start : min(end, start + 3)])
        for start, end in zip(starts, stacks.ends, strict=True)
    )
    return "mutex" if 2 * held > len(stacks.ends) else "block"


def _samples(kind: Kind, columns: tuple[Column, ...], main: int, period: int) -> int | None:
    if kind != "cpu":
        return None
    total = sum(columns[main].values)
    if columns[main].unit == "count":
        return total
    return total // period if period else None


def _nanoseconds(columns: tuple[Column, ...], samples: int | None, period: int) -> int | None:
    total = next((sum(column.values) for column in columns if column.type == "cpu"), 0)
    return total or (samples * period if samples is not None and period else None)


def _cut(depths: Counter[int]) -> int:
    """Return how many stacks are as deep as the sampler goes, before inlined functions are told apart."""
    deepest = max(depths, default=0)
    return depths[deepest] if deepest in DEPTHS else 0
