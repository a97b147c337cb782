"""What ships: programs, libraries, native libraries and WebAssembly modules, and what is linked into each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from langfit.inventory.support import closure
from langfit.languages import LANGUAGES
from langfit.model.layout import Key, Layout, Shipped
from langfit.model.repository import Deliverable

UNLINKED = 0.25  # share of the packages of a module with programs that none of them links, from which it is a library
KINDS = {
    "program": "program",
    "library": "library",
    "native-library": "native library",
    "wasm-module": "WebAssembly module",
}


def deliverables_of(layout: Layout, support: Mapping[Key, str], names: Mapping[Key, str]) -> list[Deliverable]:
    """Return the deliverables of a repository, sorted; support code is none."""
    modules = _children(layout)
    programs = [row for row in layout.shipped if row.kind != "library" and row.part not in support]
    if any(not row.hint for row in layout.shipped if row.part not in support):
        programs = [row for row in programs if not row.hint]
    reach = {id(row): closure([row.part], layout.uses, support) for row in programs}
    linked = set().union(*(reach[id(row)] for row in programs if row.kind != "wasm-module")) if programs else set()
    groups = {row.group for row in programs}
    rows = [(row, reach[id(row)]) for row in programs]
    for row in layout.shipped:
        if row.kind != "library" or (row.part in support and len(row.members) < 2):
            continue
        members = [key for key in row.members if key not in support]
        if members and _is_library(row, members, linked, groups):
            rows.append((row, closure(members, layout.uses, support)))
    titles = _titles([row for row, _ in rows], layout)
    found = [_deliverable(row, keys, titles[id(row)], modules, names, layout) for row, keys in rows]
    return sorted(found, key=lambda item: (item.language, item.kind, item.name))


def _children(layout: Layout) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = {}
    for key, part in layout.parts.items():
        if part.parent is not None:
            found.setdefault(part.parent, []).append(key)
    return found


def _is_library(row: Shipped, members: list[Key], linked: set[Key], groups: set[str]) -> bool:
    """Tell whether others use a library, as far as the repository shows.

    It is published and speaks to users of its own, or nothing that ships links it. Of a module or workspace with
    programs a few packages that none of them links make no library, nor does a crate that nobody publishes.
    """
    if row.published and row.known:
        return True
    unlinked = sum(key not in linked for key in members)
    if row.group not in groups:
        return unlinked > 0
    return unlinked >= UNLINKED * len(members) and (row.published or len(members) > 1)


def _titles(rows: list[Shipped], layout: Layout) -> dict[int, str]:
    """Return a name for each row that no other one has: its own, then with the language, the kind or the folder."""
    claims = Counter(row.name for row in rows)
    found: dict[int, str] = {}
    used: set[str] = set()
    for row in rows:
        name = row.name
        if claims[name] > 1:
            rivals = [other for other in rows if other.name == name]
            language = LANGUAGES[layout.parts[row.part].language].name
            choices = (
                (language, [LANGUAGES[layout.parts[other.part].language].name for other in rivals]),
                (KINDS[row.kind], [KINDS[other.kind] for other in rivals]),
                (row.root or ".", [other.root or "." for other in rivals]),
            )
            word = next((word for word, others in choices if others.count(word) == 1), row.path)
            name = f"{name} ({word})"
        while name in used:
            name += "'"
        used.add(name)
        found[id(row)] = name
    return found


def _deliverable(
    row: Shipped,
    keys: Iterable[Key],
    title: str,
    modules: Mapping[Key, list[Key]],
    names: Mapping[Key, str],
    layout: Layout,
) -> Deliverable:
    linked = set(keys)
    own = [key for key in row.members or (row.part,) if key in linked]
    whole = [inner for key in keys for inner in (key, *modules.get(key, ()))]
    return Deliverable(
        name=title,
        kind=row.kind,
        language=layout.parts[row.part].language,
        root=row.root or ".",
        path=row.path,
        line=row.line,
        own=tuple(sorted(names[inner] for key in own for inner in (key, *modules.get(key, ())))),
        components=tuple(sorted(names[key] for key in whole)),
        hosts=row.hosts,
        group=row.group if row.published else "",
    )
