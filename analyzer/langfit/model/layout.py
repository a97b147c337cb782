"""How the files of one language make up a repository, before components have names: what a language folder finds."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

from langfit.model.repository import ComponentKind, FileRole, LanguageId, Manifest

Key = tuple[str, str, str]  # kind, folder, and the path of a module inside its crate ("" for all others)
Reading = Literal["full", "skim", "none"]
ShippedKind = Literal["program", "library", "native-library", "wasm-module"]


class Part(Struct, frozen=True):
    """A component that has no unique name yet. `name` is its own; that of a module of a crate follows its crate's."""

    key: Key
    name: str
    kind: ComponentKind
    language: LanguageId
    root: str  # folder from the root of the scan, "" for the root itself
    parent: Key | None
    manifest: str  # "" for none


class Shipped(Struct, frozen=True):
    """Something that a build makes and that people use: a candidate for a deliverable."""

    kind: ShippedKind
    name: str
    part: Key  # that holds its root file
    root: str  # folder, "" for the root
    path: str  # its root file, or the manifest of a library
    line: int = 1
    group: str = ""  # folder of the workspace that publishes it together with others
    published: bool = False
    known: bool = False  # it speaks to users of its own: documentation, a home page, keywords, a package at its root
    hint: str = ""  # why it may be a program of the developers alone, in a part that is code
    hosts: tuple[tuple[str, str], ...] = ()  # what loads it, and by which way: ("Node.js", "addon")
    members: tuple[Key, ...] = ()  # of a library: the parts that its users can import


class Hint(NamedTuple):
    """A reason to take a part for support code, that counts only where nothing that ships uses the part."""

    why: str
    strong: bool = False  # enough by itself where nothing but tests uses the part


class Layout(NamedTuple):
    """What a language folder finds in the files, manifests and summaries of its language."""

    parts: dict[Key, Part]
    place: dict[str, Key]  # path of a file -> the smallest part that holds it
    roles: dict[str, tuple[FileRole, str]]  # path -> role and reason, for files that are not code
    uses: dict[Key, set[Key]]  # part -> parts that its code imports or links
    tested_by: dict[Key, set[Key]]  # part -> parts whose tests use it
    support: dict[Key, str]  # parts that the build itself makes support code, with the reason
    hints: dict[Key, Hint]
    shipped: list[Shipped]
    manifests: list[Manifest]  # resolved: with what members take from their workspace, and inferred targets
    members: dict[str, str]  # folder of a crate or module -> folder of its workspace
