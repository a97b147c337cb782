"""Which parts of a repository are support code: by the build and by who uses them, never by a name alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from langfit.model.layout import Key, Layout, Shipped


def support_of(layout: Layout) -> dict[Key, str]:
    """Return the parts that are support code, with the reason.

    What the build itself makes support code is. A part that looks like it, by its name or its imports, is support code
    unless something that ships uses it; where everything looks like it, as in a repository of examples, nothing is. A
    library that examples and tests alone use is what they are about.
    """
    support = dict(layout.support)
    strong = {key for key, hint in layout.hints.items() if hint.strong}
    weak = {key for key, hint in layout.hints.items() if not hint.strong}
    ships = [key for row in layout.shipped for key in _begins(row) if key not in support]
    if all(key in strong for key in ships):
        strong = set()
    # Fuzz targets, tasks and the like use what they are for: that alone makes nothing support code.
    used = set().union(layout.tested_by, *(rows for key, rows in layout.uses.items() if key not in support))
    roots = [key for key in ships if key not in strong and not (key in weak and key in used)]
    roots = roots or [key for key in ships if key in weak]
    live = closure(roots, layout.uses, support)
    for key, hint in layout.hints.items():
        if key in live or key in support:
            continue
        if key in strong or (key in weak and key in used):
            support[key] = hint.why
    for key, part in layout.parts.items():  # a module follows its crate
        if part.parent in support:
            support[key] = support[part.parent]
    return support


def _begins(row: Shipped) -> tuple[Key, ...]:
    return row.members or (row.part,)


def closure(roots: Iterable[Key], uses: Mapping[Key, set[Key]], without: Mapping[Key, str]) -> set[Key]:
    """Return the parts that are reached from `roots`, themselves included, without support code and what it uses."""
    found: set[Key] = set()
    waiting = [key for key in roots if key not in without]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(used for used in uses.get(key, ()) if used not in without)
    return found
