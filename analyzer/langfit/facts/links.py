"""What one file offers to others and what it calls, for the languages in which a kernel may be cut out."""

from __future__ import annotations

from langfit.model.summary import Called, Defined, Links
from langfit.parsing.facts import Facts, Function
from langfit.parsing.regions import DEPTH_MASK, TEST_FLAG
from langfit.parsing.sites import Row

MOST = 2_000  # functions, or names that are called, of one file; a file with more is made to hurt
MOST_NAME = 160  # characters
KERNELS = frozenset(("kernel", "bodyless"))


def links_of(facts: Facts) -> Links:
    """Return the links of a file. Calls into the standard library lead nowhere."""
    defined = [_defined(f, facts) for f in facts.functions if "exported" in f.traits or f.traits & KERNELS]
    called = []
    for name, rows in facts.sites.named("call").items():
        package, dot, _ = name.rpartition(".")
        if not name or (dot and package and _is_standard(package)):
            continue
        own = [row for row in rows if row.state < TEST_FLAG]
        if own:
            called.append(_called(name, own, facts))
    return Links(tuple(defined[:MOST]), tuple(called[:MOST]))


def _is_standard(package: str) -> bool:
    """Tell whether an import path is one of the standard library: its first part has no dot."""
    return "." not in package.partition("/")[0]


def _defined(function: Function, facts: Facts) -> Defined:
    first = facts.positions.line(function.start)
    last = facts.positions.line(max(function.start, function.end - 1))
    return Defined(
        function.name[:MOST_NAME],
        first,
        last - first + 1,
        function.tokens,
        bool(function.traits & KERNELS),
        "callback" in function.traits,
        function.types,
    )


def _called(name: str, rows: list[Row], facts: Facts) -> Called:
    inside = [row for row in rows if row.state & DEPTH_MASK]
    first = (inside or rows)[0]
    return Called(name[:MOST_NAME], len(rows), len(inside), facts.positions.line(first.start))
