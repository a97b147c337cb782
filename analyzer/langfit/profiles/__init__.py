"""Measurements that people bring: profiles, benchmarks, and what compilers and linters say.

Nothing here is imported or run when no profile is given. Whoever integrates it into a scan needs four calls, in this
order, after `inventory.settle`:

1. `source_of(text)` for each profile that is named (`FILE` or `FILE:kind`), and `committed.committed(tree, inventory)`
   for those that the tree holds: sources, with the folder of their program and their blob, and notices. A named one
   wins; what is committed is input of the scanned repository, so a report names its blob, and a switch leaves it out.
2. `read(source, kind)`: a `Profile`, `Results` of benchmarks or `Remarks` of a compiler. Raises LangfitError with a
   sentence: exit status 2 for a named one, a notice for a committed one.
3. For each `Profile`, `look(profile, inventory, names, home)`: what its frames are in the tree, and the counts of it.
   `names(components)` reads the functions of these components (see `functions.NameFunctions`, a job for the workers
   that `facts.store.summaries` takes and the cache keeps); None takes every function of a component for found.
4. `gates.row_of(profile, counts, blob=, now=)` for the list `profiles` of the report (`model.measured.ProfileRow`:
   `used`, `why`, the three shares); and where it is used and of CPU time,
   `measure.background_of(counts, heaps)`, `measure.by_component` and `measure.by_deliverable` (with
   `measure.program_of`: a profile says nothing of other programs) for `measured` of
   components and deliverables (`model.measured.Measured`, with `bound`), `measure.classes_of` and `measure.hottest`,
   and `measure.shares_by(profile, frames, counts, {rule: functions})` for the evidence. `heaps` are the counts of heap
   profiles, by `measure.count(profile, frames, column)` for the columns `alloc_space` and `inuse_space`.

A rule is refuted where the upper end of the second share of `shares_by` is below its line, confirmed where the lower
end of the first one is above it (never by a benchmark: `ProfileRow.benchmark`), and undecided otherwise.
`Remarks` join findings by path and line: codes `escape`, `moved-to-heap`, `no-escape`, `bounds-check`, or those of
clippy; paths are relative to where the compiler ran, or absolute, so compare their ends.
`languages.*.symbols.TAKE` has the command that takes a profile of a deliverable, by its kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import NamedTuple, cast, get_args

from langfit.model.errors import LangfitError
from langfit.model.repository import Inventory
from langfit.profiles import measure, sniff
from langfit.profiles.disk import opened, small
from langfit.profiles.measure import Counts
from langfit.profiles.place import Functions, ResolvedFrame, resolved
from langfit.profiles.values import BadProfile, Kind, Profile, Read, Source

__all__ = ["Looked", "Names", "look", "read", "source_of"]

KINDS: tuple[str, ...] = get_args(Kind)
Names = Callable[[Collection[str]], Functions]


class Looked(NamedTuple):
    """What a profile is in a tree."""

    frames: list[ResolvedFrame]
    counts: Counts


def source_of(text: str) -> tuple[Source, Kind | None]:
    """Return the file that somebody named, and what they say that it is of, as in `out.folded:cpu`."""
    path, mark, kind = text.rpartition(":")
    if not mark or kind not in KINDS or os.path.exists(text):
        path, kind = text, ""
    folder = os.path.dirname(path)

    def beside(name: str) -> bytes | None:
        return small(os.path.join(folder, name))

    return Source(path, lambda: opened(path), beside), cast("Kind", kind) if kind else None


def read(source: Source, kind: Kind | None = None) -> Read:
    """Return what is in a file of measurements, recognised by its content; `kind` is what its user says of it.

    Raises LangfitError with what to do instead.
    """
    try:
        return sniff.read(source, kind)
    except BadProfile as refused:
        raise LangfitError(f"{source.path} cannot be used: {refused}.") from None
    except OSError as problem:
        reason = problem.strerror or "it cannot be read"
        raise LangfitError(f"{source.path} cannot be read ({reason}); name an existing file.") from None


def look(profile: Profile, inventory: Inventory, names: Names | None = None, home: str | None = None) -> Looked:
    """Return what a profile is in a tree. `names` reads the functions of components, `home` is its program's folder."""
    frames = resolved(profile, inventory, None, home)
    if names is not None:
        met = {row.component for row in frames if row.component}
        frames = resolved(profile, inventory, names(met), home)
    return Looked(frames, measure.count(profile, frames))
