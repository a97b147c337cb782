"""The functions of a revision by component: what the names in a profile are looked for in.

Reading them is a job for the workers, as summaries are: bounded in time, and kept in the same cache.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any, Protocol, cast

import msgspec

from langfit.facts import store
from langfit.facts.job import grammar_version
from langfit.facts.store import Cache, Limits, Request
from langfit.languages import LANGUAGES
from langfit.model.repository import File, Inventory, LanguageId
from langfit.model.summary import Place
from langfit.profiles.place import At, Functions

FORMAT = 1  # of what is encoded
MOST = 20_000  # functions of one file
LONGEST = 200  # characters of a name

Named = tuple[tuple[str, Place], ...]  # name with its receiver, line


class Job(Protocol):
    """What reads the functions of one file."""

    def __call__(self, data: bytes, name: LanguageId, full: bool) -> bytes:
        """Return them, encoded."""


class NameFunctions:
    """The job of a worker: the bytes of a source file to the names of its functions, encoded."""

    def __init__(self) -> None:
        spoken = [(name, LANGUAGES[name].facts, grammar_version(name)) for name in sorted(LANGUAGES)]
        self.digest = f"functions-{sha256(repr((FORMAT, spoken)).encode()).hexdigest()[:16]}"
        self.skimmed = self.digest

    def __call__(self, data: bytes, name: LanguageId, full: bool) -> bytes:
        """Return the functions of a file, encoded. Raises TooDeep."""
        from langfit.parsing.read import read

        del full
        facts = read(data, LANGUAGES[name], frozenset())
        rows = [(f.name[:LONGEST], facts.positions.line(f.start)) for f in facts.functions[:MOST]]
        return msgspec.msgpack.encode(rows)

    def decode(self, packed: bytes) -> Named:
        """Return the functions that a call has encoded. Raises msgspec.MsgspecError."""
        return msgspec.msgpack.decode(packed, type=Named)

    def recalled(self, packed: bytes, name: LanguageId) -> Named:
        """Return the functions in a row of a cache. Raises msgspec.MsgspecError."""
        del name
        return self.decode(packed)


def files_of(inventory: Inventory, components: Collection[str]) -> list[File]:
    """Return the source files whose functions are needed for a profile that meets these components."""
    around = {c.name: c.parent for c in inventory.components}
    wanted = {*components} | {around.get(name, "") for name in components} - {""}
    wanted |= {name for name, parent in around.items() if parent in wanted and parent}
    return [
        f for f in inventory.files if f.language and f.component in wanted and f.role not in ("vendored", "manifest")
    ]


def by_component(inventory: Inventory, found: Iterable[tuple[File, Named]]) -> dict[str, dict[str, At]]:
    """Return the functions of each component by name; a crate has those of its modules as well."""
    around: Mapping[str, str] = {c.name: c.parent for c in inventory.components}
    known: dict[str, dict[str, At]] = {}
    for file, rows in found:
        for component in (file.component, around.get(file.component, "")):
            if component:
                names = known.setdefault(component, {})
                for name, line in rows:
                    names.setdefault(name, At(file.path, line))
    return known


def functions_of(
    inventory: Inventory,
    components: Collection[str],
    read: Callable[[File], bytes],
    limits: Limits,
    cache: Cache | None,
    count: Callable[[str, int], None] = lambda _name, _number: None,
) -> Functions:
    """Return the functions of some components, read by the workers and kept in the cache as summaries are."""
    requests = [Request(file, full=True) for file in files_of(inventory, components)]
    job = cast("Any", NameFunctions())  # whatever a job makes, the store hands on
    outcomes = store.summaries(requests, read, job, limits, cache, count)
    named = [(row.file, cast("Any", row.summary)) for row in outcomes if row.summary is not None]
    return by_component(inventory, named)
