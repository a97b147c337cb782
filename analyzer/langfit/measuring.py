"""What profiles say of a tree that is judged: those that somebody named, and those that the tree itself holds.

Where several profiles are of CPU time, the first one that is used says what there is to say of a component, and a
profile of a program says nothing of other programs. Nothing of this is imported when there is no profile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import structs

from langfit import profiles
from langfit.model import report
from langfit.model.errors import LangfitError
from langfit.model.evidence import Evidence, percent
from langfit.model.measured import HOT, WORTH, Measured, MeasuredFunction, ProfileRow, Share
from langfit.model.report import Finding
from langfit.model.repository import Inventory
from langfit.model.rule import Rule, Rulebook
from langfit.profiles import Looked, Names, gates, measure
from langfit.profiles.committed import committed
from langfit.profiles.values import Kind, Profile, Source
from langfit.repository import Repository

Key = tuple[str, str]  # component, function
State = Literal["confirmed", "refuted", "undecided"]


class Named(NamedTuple):
    """A profile to read, with the folder of its program and its blob where the tree holds it."""

    source: Source
    kind: Kind | None
    home: str | None = None
    blob: str = ""


class Used(NamedTuple):
    """A profile of CPU time that is used, and what it is in the tree."""

    profile: Profile
    looked: Looked
    row: ProfileRow
    program: str


class Measurements(NamedTuple):
    """What all profiles together say."""

    rows: tuple[ProfileRow, ...] = ()
    components: Mapping[str, Measured] = {}
    deliverables: Mapping[str, Measured] = {}
    idle: Mapping[str, str] = {}  # program, "" for all -> why the CPU is not what it is short of
    functions: tuple[MeasuredFunction, ...] = ()
    rest: Mapping[str, Share] = {}  # what samples without code of the tree are
    states: Mapping[tuple[str, str], tuple[State, Share]] = {}  # deliverable or component, rule -> state, share
    notices: tuple[str, ...] = ()

    def of(self, item: report.Deliverable) -> report.Deliverable:
        """Return a deliverable with what profiles say of it, of its evidence and of its kernels."""
        return structs.replace(
            item,
            measured=self.deliverables.get(item.name),
            cold=_cold(item, self),
            for_=tuple(_with_state(row, item.components, self) for row in item.for_),
            against=tuple(_with_state(row, item.components, self) for row in item.against),
            cuts=tuple(_with_share(cut, self) for cut in item.cuts),
        )

    def of_component(self, item: report.Component) -> report.Component:
        """Return a component with what profiles say of it and of its evidence."""
        return structs.replace(
            item,
            measured=self.components.get(item.name),
            for_=tuple(_with_state(row, (item.name,), self) for row in item.for_),
            against=tuple(_with_state(row, (item.name,), self) for row in item.against),
        )


def profiles_of(
    tree: Repository, inventory: Inventory, named: Iterable[str], *, own: bool
) -> tuple[list[Named], list[str]]:
    """Return the profiles to read, the named ones first, and notices; `own` takes those that the tree holds as well."""
    found = [Named(*profiles.source_of(text)) for text in named]
    notices: list[str] = []
    if own:
        held, notices = committed(tree, inventory)
        found += [Named(row.source, None, row.home, row.blob) for row in held]
        notices += [f"{row.source.path} is a profile that the tree holds; it was read." for row in held]
    return found, notices


def measured(
    named: Sequence[Named],
    inventory: Inventory,
    names: Names,
    functions: Callable[[str], Iterable[str]],
    findings: Iterable[Finding],
    book: Rulebook,
    now: int = 0,
) -> Measurements:
    """Return what profiles say.

    `functions` gives the names of the functions of a component that compute; `now` is the time in seconds since 1970 at
    which to tell the age of a profile, 0 for none. Raises LangfitError for a named one that cannot be read.
    """
    rows, used, heaps, notices = _read(named, inventory, names, now)
    idle = {one.program: _idle(one.row) for one in used if one.row.cores is not None and not one.row.used}
    used = [one for one in used if one.row.used]
    if not used:
        return Measurements(rows=tuple(rows), idle=idle, notices=tuple(notices))
    components: dict[str, Measured] = {}
    deliverables: dict[str, Measured] = {}
    states: dict[tuple[str, str], tuple[State, Share]] = {}
    wanted = _wanted(inventory, functions, findings, book)
    for one in used:
        background = measure.background_of(one.looked.counts, heaps)
        for name, value in measure.by_component(one.looked.counts, inventory, background).items():
            components.setdefault(name, value)
        for name, value in measure.by_deliverable(one.looked.counts, inventory, background, one.program).items():
            deliverables.setdefault(name, value)
        for key, state in _states(one, wanted).items():
            states.setdefault(key, state)
    first = used[0].looked
    rest = sorted(first.counts.rest.items(), key=lambda row: -row[1])
    return Measurements(
        rows=tuple(rows),
        idle=idle,
        components=components,
        deliverables=deliverables,
        functions=measure.hottest(first.counts, first.frames),
        rest={name: first.counts.share(amount) for name, amount in rest},
        states=states,
        notices=tuple(notices),
    )


def _read(
    named: Sequence[Named], inventory: Inventory, names: Names, now: int
) -> tuple[list[ProfileRow], list[Used], list[measure.Counts], list[str]]:
    rows: list[ProfileRow] = []
    used: list[Used] = []
    heaps: list[measure.Counts] = []
    notices: list[str] = []
    for one in named:
        try:
            found = profiles.read(one.source, one.kind)
        except LangfitError as problem:
            if not one.blob:
                raise
            notices.append(str(problem))
            continue
        if not isinstance(found, Profile):
            notices.append(f"{one.source.path} is no profile; `langfit profile` says what it is.")
            continue
        looked = profiles.look(found, inventory, names, one.home)
        row = gates.row_of(found, looked.counts, blob=one.blob, now=now)
        rows.append(row)
        if found.kind == "cpu" and (row.used or _is_idle(row)):
            used.append(Used(found, looked, row, measure.program_of(found, inventory, one.home)))
        elif row.used:
            heaps.append(looked.counts)
    # One of a benchmark runs what it was written for: it speaks only where no other one does.
    return rows, sorted(used, key=lambda one: one.row.benchmark), heaps, notices


def _is_idle(row: ProfileRow) -> bool:
    return row.cores is not None and not row.used and row.cores < gates.LEAST_CORES


def _idle(row: ProfileRow) -> str:
    return f"CPU is not what it is short of: in the profile {row.path} {row.cores:.2f} of a core was busy."


def _wanted(
    inventory: Inventory, functions: Callable[[str], Iterable[str]], findings: Iterable[Finding], book: Rulebook
) -> dict[str, dict[str, set[Key]]]:
    """Return for each component and each rule of hotness the functions that the rule speaks of."""
    hot = {rule.id: rule for rule in book.rules if is_of_hotness(rule)}
    found: dict[str, dict[str, set[Key]]] = {}
    for finding in findings:
        if finding.rule in hot and finding.function:
            rows = found.setdefault(finding.component, {})
            rows.setdefault(finding.rule, set()).add((finding.component, finding.function))
    for component in inventory.components:
        kernels = {(component.name, name) for name in functions(component.name)}
        rows = found.setdefault(component.name, {})
        for rule in hot.values():
            if kernels and rule.language == component.language and rule.id not in rows:
                rows[rule.id] = kernels
    return found


def is_of_hotness(rule: Rule) -> bool:
    """Tell whether a rule speaks of code that takes time: of kernels, or of what stands in loops."""
    asked = rule.match.measure
    if asked.trait == "kernel":
        return True
    return asked.selector is not None and asked.selector.in_loop > 0


def _states(one: Used, wanted: Mapping[str, Mapping[str, set[Key]]]) -> dict[tuple[str, str], tuple[State, Share]]:
    """Return by component and rule whether the profile confirms it."""
    sets = {f"{component}\0{rule}": keys for component, rules in wanted.items() for rule, keys in rules.items()}
    shares = measure.shares_by(one.profile, one.looked.frames, one.looked.counts, sets)
    found = {}
    for name, (inner, below) in shares.items():
        component, _, rule = name.partition("\0")
        found[component, rule] = state_of(inner, below, benchmark=one.row.benchmark)
    return found


def state_of(inner: Share, below: Share, *, benchmark: bool) -> tuple[State, Share]:
    """Return whether functions confirm a rule or refute it, and the share that says so.

    `inner` is what is exclusive to them, `below` what they and all that they call take.
    """
    if below.n and below.high < HOT:
        return "refuted", below
    if inner.n and inner.low >= HOT and not benchmark:
        return "confirmed", inner
    return "undecided", below


def _with_state(row: Evidence, components: Sequence[str], found: Measurements) -> Evidence:
    """Return evidence with what profiles say of it: of several components, what the hottest one says."""
    states = [state for name in components if (state := found.states.get((name, row.rule))) is not None]
    if not states:
        return row
    word, share = max(states, key=lambda one: one[1].share)
    return structs.replace(row, measured=word, measured_share=(share.share, share.low, share.high))


def _cold(item: report.Deliverable, found: Measurements) -> str:
    """Return why profiles speak against a rewrite of a whole deliverable, "" where they do not."""
    if item.kind == "program" and (item.name in found.idle or "" in found.idle):
        return found.idle.get(item.name) or found.idle[""]
    row = found.deliverables.get(item.name)
    if row is None or not row.exclusive.n or row.exclusive.high >= WORTH:
        return ""
    gain = f", so a rewrite can make it at most {row.bound:.2f} times as fast" if row.bound is not None else ""
    return f"A profile shows that its own code takes {percent(row.exclusive.share)} of the time{gain}."


def _with_share(cut: report.Cut, found: Measurements) -> report.Cut:
    row = found.components.get(cut.component)
    return structs.replace(cut, measured=row.any) if row is not None and row.any.n else cut
