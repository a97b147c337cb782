"""From files, manifests and what the files hold to components, deliverables and support code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from langfit.inventory import custom as chosen
from langfit.inventory.deliverables import deliverables_of
from langfit.inventory.files import Listing, known
from langfit.inventory.names import names_of
from langfit.inventory.support import support_of
from langfit.languages import LANGUAGES
from langfit.model.layout import Key, Layout
from langfit.model.repository import ROLES, Component, File, FileRole, Inventory, LeftOut
from langfit.model.summary import FileSummary

GENERATED = 0.8  # share of the lines of a component that are generated, from which the rest is not judged by itself
FIRST = 5  # files that are named of those left out for one reason


def settle(
    found: Listing, summaries: Mapping[str, FileSummary], custom: Mapping[str, Sequence[str]] | None = None
) -> Inventory:
    """Return what there is to judge. With `custom` (name -> files and folders) the components are those alone.

    Raises LangfitError for a custom path without source files.
    """
    layouts = [
        spoken.layout.lay_out(found.files, found.manifests, summaries, found.under) for spoken in LANGUAGES.values()
    ]
    layout = _merged(layouts)
    names = names_of(layout.parts)
    if custom:
        return chosen.inventory_of(custom, found, layout, names)
    support = support_of(layout)
    support |= _mostly_generated(found.files, layout, summaries, support)
    files = [_assigned(file, layout, support, names) for file in found.files]
    deliverables = deliverables_of(layout, support, names)
    return Inventory(
        files=tuple(files),
        components=tuple(sorted(_components(layout, support, names, files), key=lambda component: component.name)),
        deliverables=tuple(deliverables),
        uses=_uses(layout, names),
        manifests=tuple(sorted(known(layout.manifests), key=lambda manifest: manifest.path)),
        left_out=left_out(files),
        notices=tuple(found.notices),
    )


def _merged(layouts: Sequence[Layout]) -> Layout:
    """Return one layout of those of all languages; what a language says of its own files wins over the others."""
    roles: dict[str, tuple[FileRole, str]] = {}
    for layout in layouts:
        roles |= layout.roles
    first, *rest = layouts
    merged = first._replace(roles=roles)
    for layout in rest:
        merged = Layout(
            parts=merged.parts | layout.parts,
            place=merged.place | layout.place,
            roles=roles,
            uses=merged.uses | layout.uses,
            tested_by=merged.tested_by | layout.tested_by,
            support=merged.support | layout.support,
            hints=merged.hints | layout.hints,
            shipped=[*merged.shipped, *layout.shipped],
            manifests=[*merged.manifests, *layout.manifests],
            members=merged.members | layout.members,
        )
    return merged


def _mostly_generated(
    files: Sequence[File], layout: Layout, summaries: Mapping[str, FileSummary], support: Mapping[Key, str]
) -> dict[Key, str]:
    """Return the parts of which people wrote next to nothing: what is left beside generated code belongs to it."""
    written: Counter[Key] = Counter()
    generated: Counter[Key] = Counter()
    for file in files:
        key, summary = layout.place.get(file.path), summaries.get(file.path)
        if key is None or summary is None or key in support:
            continue
        role = layout.roles.get(file.path, (file.role, ""))[0]
        written[key] += summary.all_lines if role == "code" else 0
        generated[key] += summary.all_lines if role == "generated" else 0
    programs = {row.part for row in layout.shipped if row.kind != "library"}
    found = {}
    for key, lines in generated.items():
        share = lines / (lines + written[key]) if lines else 0.0
        if share >= GENERATED and written[key] and key not in programs:
            found[key] = f"{share:.0%} of it is generated"
    return found


def _assigned(file: File, layout: Layout, support: Mapping[Key, str], names: Mapping[Key, str]) -> File:
    key = layout.place.get(file.path)
    role = layout.roles.get(file.path, (file.role, ""))[0]
    if role == "code" and key in support:
        role = "support"
    return msgspec.structs.replace(file, role=role, component=names[key] if key is not None else "")


def _components(
    layout: Layout, support: Mapping[Key, str], names: Mapping[Key, str], files: Sequence[File]
) -> list[Component]:
    keys = {name: key for key, name in names.items()}
    counts: Counter[Key] = Counter()
    first: dict[Key, str] = {}
    for file in files:
        key = keys.get(file.component)
        while key is not None:
            counts[key] += file.role == "code"
            if file.language is not None:
                first.setdefault(key, file.path)
            key = layout.parts[key].parent
    return [
        Component(
            name=names[key],
            kind=part.kind,
            language=part.language,
            root=part.root or ".",
            parent=names[part.parent] if part.parent is not None else "",
            manifest=part.manifest,
            anchor=first.get(key, part.manifest),
            files=counts[key],
            role="support" if key in support else "code",
            why=support.get(key, ""),
        )
        for key, part in layout.parts.items()
    ]


def _uses(layout: Layout, names: Mapping[Key, str]) -> dict[str, tuple[str, ...]]:
    return {
        names[key]: tuple(sorted(names[used] for used in used_keys if used in names))
        for key, used_keys in sorted(layout.uses.items())
        if key in names
    }


def left_out(files: Sequence[File]) -> tuple[LeftOut, ...]:
    """Return the source files that are judged nowhere, by role, with the first few of each."""
    found: dict[FileRole, list[str]] = {}
    for file in files:
        if file.language is not None and file.role in ROLES:
            found.setdefault(file.role, []).append(file.path)
    return tuple(LeftOut(role, len(found[role]), tuple(found[role][:FIRST])) for role in ROLES if role in found)
