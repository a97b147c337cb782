"""Shares of a tree in a profile: own, exclusive and any, by component, deliverable and function; and by class.

- own: the first function that is not of the runtime, and no inlined one of the standard library, is the component's
- exclusive: the innermost function of the tree is the component's
- any: some function in the stack is the component's, once per sample however deep it recurses

Whose time is spent in the runtime below a function says the stack: allocation, maps and system calls are the caller's.
Marking in the background, the scheduler, and goroutines that libraries start are nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from langfit.model.measured import Measured, MeasuredFunction, Share, bound_of, share_of, unsure
from langfit.model.repository import Inventory
from langfit.profiles.classes import BACKGROUND, CLASSES, grouped
from langfit.profiles.place import KNOWN, USER, ResolvedFrame
from langfit.profiles.values import Profile

HOTTEST = 10  # functions that a report names
REST = (  # what stacks without code of the tree are, by the first origin that is in them
    ("test", "tests"),
    ("library", "libraries from elsewhere"),
    ("standard", "the standard library"),
    ("runtime", "the runtime"),
    ("system", "the kernel and C libraries"),
)
Key = tuple[str, str]  # component, function with its receiver
Ranges = Mapping[str, tuple[float, float]]  # component -> least and greatest share


class Counts(Struct, frozen=True):
    """What a profile comes to in a tree, in the unit of its main column."""

    total: int
    samples: int | None
    user: int
    known: int
    found: int
    empty: int  # without any frame
    own: dict[str, int]  # component -> amount
    exclusive: dict[str, int]
    sets: dict[frozenset[str], int]  # components of a stack -> amount
    kinds: dict[str, int]  # class of the tables -> amount
    inside: dict[str, dict[str, int]]  # component -> class -> amount that is exclusive to it
    rest: dict[str, int]  # what stacks without user code are -> amount
    functions: dict[Key, int]  # exclusive
    callers: dict[Key, int]  # any
    harness: int  # with a frame of a benchmark
    foreign_leaf: int  # whose leaf is of the kernel or libc

    def share(self, amount: int) -> Share:
        """Return an amount as a share; without a number of samples its interval says nothing."""
        if self.samples is None:
            return unsure(amount / self.total if self.total > 0 else 0.0)
        return share_of(round(amount * self.samples / self.total) if self.total > 0 else 0, self.samples)


def count(profile: Profile, frames: Sequence[ResolvedFrame], column: int | None = None) -> Counts:
    """Count a profile whose frames have been placed, by its main column unless another is named."""
    own: Counter[str] = Counter()
    exclusive: Counter[str] = Counter()
    sets: Counter[frozenset[str]] = Counter()
    kinds: Counter[str] = Counter()
    inside: dict[str, Counter[str]] = {}
    rest: Counter[str] = Counter()
    functions: Counter[Key] = Counter()
    callers: Counter[Key] = Counter()
    user = known = found = empty = harness = foreign = 0
    users = [row.origin == USER for row in frames]
    names = [(row.component, row.function) for row in frames]
    tested = [row.harness for row in frames]
    benchmarked = any(tested)
    for stack, value in profile.rows_of(column):
        kind, first = _class_of(stack, frames)
        kinds[kind] += value
        if not stack:
            empty += value
            rest["nothing"] += value
            continue
        leaf = frames[stack[0]].origin
        foreign += value * (leaf == "system")
        harness += value * (benchmarked and any(tested[number] for number in stack))
        inner = next((number for number in stack if users[number]), None)
        if inner is None:
            known += value * (leaf in KNOWN)
            rest[_what(kind, {frames[number].origin for number in stack})] += value
            continue
        user += value
        known += value
        found += value * frames[inner].found
        component = frames[inner].component
        exclusive[component] += value
        functions[names[inner]] += value
        inside.setdefault(component, Counter())[kind] += value
        if first is not None and users[first]:
            own[frames[first].component] += value
        met = {names[number] for number in stack if users[number]}
        sets[frozenset(name for name, _ in met)] += value
        for key in met:
            callers[key] += value
    return Counts(
        profile.total(column), profile.samples if column is None else None, user, known, found, empty, dict(own),
        dict(exclusive), dict(sets), dict(kinds), {name: dict(row) for name, row in inside.items()}, dict(rest),
        dict(functions), dict(callers), harness, foreign,
    )  # fmt: skip


def _class_of(stack: Sequence[int], frames: Sequence[ResolvedFrame]) -> tuple[str, int | None]:
    """Return what a sample was spent for, and the first frame that is nobody's runtime, None for none."""
    best, kind = 100, ""
    for number in stack:
        row = frames[number]
        if not row.under:
            return (kind or row.kind or "compute"), number
        if row.kind and row.rank < best:
            best, kind = row.rank, row.kind
    return kind or ("runtime" if stack else "unknown"), None


def _what(kind: str, origins: Collection[str]) -> str:
    """Return what a stack without user code is, for people."""
    if kind == BACKGROUND:
        return "GC in the background"
    return next((words for origin, words in REST if origin in origins), "unknown")


def classes_of(counts: Counts) -> dict[str, Share]:
    """Return the share of each class that there is, in the order of CLASSES."""
    sums: Counter[str] = Counter()
    for kind, amount in counts.kinds.items():
        sums[grouped(kind)] += amount
    return {name: counts.share(sums[name]) for name in CLASSES if sums[name]}


def measured(counts: Counts, components: Collection[str], background: Ranges | None = None) -> Measured | None:
    """Return what a profile says of some components together, None where it never meets one of them."""
    wanted = frozenset(components)
    whole = sum(amount for names, amount in counts.sets.items() if names & wanted)
    if not whole:
        return None
    exclusive = counts.share(sum(counts.exclusive.get(name, 0) for name in wanted))
    inside: Counter[str] = Counter()
    for name in wanted:
        for kind, amount in counts.inside.get(name, {}).items():
            inside[grouped(kind)] += amount
    total = sum(inside.values())
    ranges = [background[name] for name in wanted if name in background] if background else []
    low, high = sum(row[0] for row in ranges), min(1.0, sum(row[1] for row in ranges))
    return Measured(
        own=counts.share(sum(counts.own.get(name, 0) for name in wanted)),
        exclusive=exclusive,
        any=counts.share(whole),
        classes={name: inside[name] / total for name in CLASSES if inside[name]} if total else {},
        background_gc=(low, high) if ranges else None,
        bound=bound_of(min(1.0, exclusive.high + high)) if counts.samples else None,
    )


def by_component(counts: Counts, inventory: Inventory, background: Ranges) -> dict[str, Measured]:
    """Return what a profile says of each component that it meets; a crate has its modules in it."""
    inner = _modules(inventory)
    rows = {c.name: measured(counts, (c.name, *inner.get(c.name, ())), background) for c in inventory.components}
    return {name: row for name, row in rows.items() if row is not None}


def by_deliverable(counts: Counts, inventory: Inventory, background: Ranges, program: str = "") -> dict[str, Measured]:
    """Return what a profile says of each deliverable that it is of, with all that is linked into it.

    `program` is the one that was running, where it is known (see `program_of`): of other programs it says nothing,
    even if they link the same code.
    """
    inner = _modules(inventory)
    found = {}
    for item in inventory.deliverables:
        if program and item.kind == "program" and item.name != program:
            continue
        row = measured(counts, [n for c in item.components for n in (c, *inner.get(c, ()))], background)
        if row is not None:
            found[item.name] = row
    return found


def program_of(profile: Profile, inventory: Inventory, home: str | None = None) -> str:
    """Return the program that a profile is of: by its folder, or by the name of the binary; "" where neither tells."""
    programs = [item for item in inventory.deliverables if item.kind == "program"]
    at_home = [item.name for item in programs if home is not None and item.root in (home, home or ".")]
    called = [item.name for item in programs if profile.binary in (item.name, item.name.rpartition("/")[2])]
    return at_home[0] if len(at_home) == 1 else called[0] if len(called) == 1 else ""


def _modules(inventory: Inventory) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for component in inventory.components:
        found.setdefault(component.parent, []).append(component.name)
    return found


def background_of(cpu: Counts, heaps: Sequence[Counts] = ()) -> dict[str, tuple[float, float]]:
    """Return what share of all samples marking in the background may take for each component, as a range.

    Nobody can tell whose objects a collector marks. With `heaps`, the counts of a heap profile by allocated and by live
    bytes, the range is from the least to the greatest of what these and allocation on the CPU say; without them it is
    the interval of allocation on the CPU alone.
    """
    whole = cpu.share(cpu.kinds.get(BACKGROUND, 0)).share
    if not whole:
        return {}
    allocated = cpu.kinds.get("allocation", 0)
    names = {*cpu.exclusive, *(name for heap in heaps for name in heap.exclusive)}
    found = {}
    for name in names:
        own = cpu.inside.get(name, {}).get("allocation", 0)
        parts = [own / allocated] if allocated else []
        parts += [heap.exclusive.get(name, 0) / heap.total for heap in heaps if heap.total > 0]
        if heaps and parts:
            found[name] = whole * min(parts), whole * max(parts)
        elif cpu.samples and allocated:
            part = share_of(round(own * cpu.samples / cpu.total), round(allocated * cpu.samples / cpu.total))
            found[name] = whole * part.low, whole * part.high
    return {name: row for name, row in found.items() if row[1] > 0}


def hottest(counts: Counts, frames: Sequence[ResolvedFrame], most: int = HOTTEST) -> tuple[MeasuredFunction, ...]:
    """Return the functions of the tree in which the most time is spent, without what other functions of it take."""
    places = {(row.component, row.function): row.at for row in frames if row.origin == USER}
    rows = sorted(counts.functions.items(), key=lambda row: (-row[1], row[0]))[:most]
    found = []
    for key, amount in rows:
        at = places.get(key)
        found.append(
            MeasuredFunction(
                key[0], key[1], at.path if at else "", at.line if at else 0, counts.share(amount),
                counts.share(counts.callers.get(key, 0)),
            )
        )  # fmt: skip
    return tuple(found)


def shares_by(
    profile: Profile, frames: Sequence[ResolvedFrame], counts: Counts, wanted: Mapping[str, Collection[Key]]
) -> dict[str, tuple[Share, Share]]:
    """Return, for sets of functions such as those of a rule, the share exclusive to each set and that below it.

    One pass for all sets: a rule is refuted by the second, the larger one, and confirmed by the first.
    """
    names = list(wanted)
    bits: dict[Key, int] = {}
    for number, name in enumerate(names):
        for key in wanted[name]:
            bits[key] = bits.get(key, 0) | 1 << number
    masks = [bits.get((row.component, row.function), 0) if row.origin == USER else 0 for row in frames]
    users = [row.origin == USER for row in frames]
    inner: Counter[int] = Counter()
    below: Counter[int] = Counter()
    for stack, value in profile.rows_of():
        mask = 0
        for number in stack:
            mask |= masks[number]
        if mask:
            below[mask] += value
            inner[masks[next(number for number in stack if users[number])]] += value
    return {
        name: (
            counts.share(sum(v for mask, v in inner.items() if mask >> number & 1)),
            counts.share(sum(v for mask, v in below.items() if mask >> number & 1)),
        )
        for number, name in enumerate(names)
    }
