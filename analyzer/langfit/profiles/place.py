"""What the frames of a profile are in a tree: origin, component, function of this revision, and class of cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from langfit.language import Language, Spot, Symbol, Symbols
from langfit.languages import LANGUAGES
from langfit.model.repository import Inventory
from langfit.profiles.classes import foreign, is_named
from langfit.profiles.values import Frame, Profile


class At(NamedTuple):
    """Where a function stands in this revision."""

    path: str
    line: int


Functions = Mapping[str, Mapping[str, At]]  # component -> name with its receiver -> place

USER, KNOWN = "user", ("user", "test", "library", "standard", "runtime", "system")


class ResolvedFrame(NamedTuple):
    """What a frame is."""

    origin: str  # as of `Spot`; "system" for the kernel and libc, "unknown" for what nobody knows
    component: str = ""
    function: str = ""  # with its receiver, of user code
    at: At | None = None  # None where this revision has no such function
    found: bool = False  # whether this revision has it, or its compiler makes it
    kind: str = ""  # class of cost
    under: bool = True  # whether its cost is its caller's
    rank: int = 99  # of its class among those of the frames under the first own one: the least wins
    module: str = ""  # of a library from elsewhere
    harness: bool = False


UNKNOWN = ResolvedFrame("unknown", under=False, kind="unknown")


def resolved(
    profile: Profile, inventory: Inventory, functions: Functions | None = None, home: str | None = None
) -> list[ResolvedFrame]:
    """Return what each frame of a profile is, by number.

    `functions` are those of the revision, where anybody knows them; without them each function of a component counts
    as found. `home` is the folder of the program that the profile is of, where it is known.
    """
    placers = {name: spoken.symbols.placer(inventory, home) for name, spoken in LANGUAGES.items()}
    chosen = language_of(profile.frames)
    order = [(spoken, spoken.symbols) for spoken in sorted(LANGUAGES.values(), key=lambda one: one is not chosen)]
    found = []
    for frame in profile.frames:
        spoken, symbol = _parsed(frame, order)
        if spoken is None or symbol is None:
            known = foreign(frame.name, frame.file, frame.mark)
            found.append(
                UNKNOWN
                if known is None
                else ResolvedFrame("system", kind=known.kind, under=True, rank=_rank(known.kind, chosen))
            )
            continue
        spot = placers[spoken.id](symbol, frame.file)
        cost = spoken.symbols.cost(symbol, frame.file)
        under = cost.under and spot.origin not in ("user", "test")
        row = ResolvedFrame(
            spot.origin, kind=cost.kind, under=under, rank=_rank(cost.kind, spoken),
            module=spot.module, harness=spoken.symbols.is_harness(symbol),
        )  # fmt: skip
        found.append(_with_function(row, symbol, spot, functions) if spot.origin == USER else row)
    return found


def language_of(frames: Sequence[Frame]) -> Language | None:
    """Return the language of most of the frames, None where no frame is of any."""
    sample = frames[:5_000]
    counts = {}
    for spoken in LANGUAGES.values():
        parse = spoken.symbols.parse
        counts[spoken] = sum(parse(frame.name, frame.file) is not None for frame in sample)
    best = max(counts, key=lambda spoken: counts[spoken])
    return best if counts[best] else None


def _parsed(frame: Frame, order: Sequence[tuple[Language, Symbols]]) -> tuple[Language | None, Symbol | None]:
    if frame.mark == "kernel" or not is_named(frame.name):
        return None, None
    for spoken, symbols in order:
        symbol = symbols.parse(frame.name, frame.file)
        if symbol is not None:
            return spoken, symbol
    return None, None


def _rank(kind: str, spoken: Language | None) -> int:
    order = spoken.symbols.ORDER if spoken is not None else ()
    return order.index(kind) if kind in order else 99


def _with_function(row: ResolvedFrame, symbol: Symbol, spot: Spot, functions: Functions | None) -> ResolvedFrame:
    """Return a frame of user code with its function: in its component, or in one that it was inlined into."""
    row = row._replace(component=spot.component, function=symbol.function)
    if functions is None:
        return row._replace(found=bool(spot.component))
    names = [symbol.function]
    if symbol.trait:
        names.append(f"{symbol.trait.rpartition('::')[2]}.{symbol.name}")
    if symbol.closure:
        names += [symbol.name, symbol.owner]
    for component in (spot.component, *spot.others):
        known = functions.get(component, {})
        for name in names:
            if name and name in known:
                return row._replace(component=component, function=name, at=known[name], found=True)
    return row._replace(found=bool(symbol.trait and spot.component))  # derived by a macro, for all that anybody knows
