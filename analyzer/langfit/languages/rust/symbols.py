"""What names of functions in profiles of Rust programs mean: crate, modules, type, function; what their time is for.

Names come demangled from most tools, in their own ways: `<T as Trait>::f`, `a::<impl Trait for T>::f`,
`a::{{closure}}`, `a::{closure#0}`, with type arguments or without.
"""

from __future__ import annotations

import re
from functools import lru_cache

from langfit.language import Cost, Symbol
from langfit.languages.rust import costs
from langfit.languages.rust.demangle import demangle
from langfit.languages.rust.placing import placer

__all__ = ["COMMITTED", "ORDER", "TAKE", "cost", "is_harness", "parse", "placer"]

COMMITTED: tuple[str, ...] = ()
TAKE = {
    "program": "perf record -F 199 --call-graph dwarf target/release/{name} && perf script > perf.txt",
    "library": "perf record -F 199 --call-graph dwarf cargo bench && perf script > perf.txt",
}
ORDER = costs.ORDER
DEEPEST = 8  # types inside types that are looked into

_HASH = re.compile(r"::h[0-9a-f]{16}$")
_REFERENCE = re.compile(r"^(?:&|\*const |\*mut |mut |dyn |'\w+ |\(|\[)+")
_CLOSURE = re.compile(r"\{+(?:closure|shim|vtable\.shim|impl|constant|async)[^{}]*\}+|_$")
_WORD = re.compile(r"[A-Za-z_]\w*$")
_PATH = re.compile(r"\w+(?:::\w+)*", re.ASCII)


@lru_cache(maxsize=65_536)
def parse(name: str, file: str) -> Symbol | None:
    """Return what a name says; None for a name of another language."""
    plain = demangle(name)
    if "::" not in plain:
        return None
    plain = _HASH.sub("", plain)
    parts = _split(plain)
    return _symbol(parts) if parts else None


def _split(text: str) -> list[str]:
    """Return the parts of a path, split at `::` outside of brackets; none where brackets do not fit."""
    found, start, depth, at = [], 0, 0, 0
    while at < len(text):
        character = text[at]
        if character in "<([":
            depth += 1
        elif character in ")]" or (character == ">" and text[at - 1 : at] != "-"):
            depth -= 1
            if depth < 0:
                return []
        elif character == ":" and not depth and text[at : at + 2] == "::":
            found.append(text[start:at])
            start = at + 2
            at += 1
        at += 1
    return [*found, text[start:]] if not depth else []


def _symbol(parts: list[str]) -> Symbol | None:
    owner = trait = ""
    closure = False
    modules: list[str] = []
    for number, part in enumerate(parts):
        if part.startswith("<") and part.endswith(">"):
            if number and not part.startswith("<impl "):
                continue  # arguments behind a name
            path, trait = _kind(part[1:-1])
            owner = path[-1] if path else ""
            if not number:
                modules = path[:-1]
        elif _CLOSURE.match(part):
            closure = closure or "closure" in part
        else:
            word = part.partition("<")[0]
            if not _WORD.match(word):
                return None  # C++ has arguments here, and operators
            modules.append(word)
    name = modules.pop() if modules else owner
    if modules and not owner and modules[-1][:1].isupper() and len(modules) > 1:
        owner = modules.pop()
    return Symbol("::".join(modules), owner, name, trait, closure) if name else None


def _kind(text: str) -> tuple[list[str], str]:
    """Return the path of the type whose methods these are, and of the trait: of `T as Trait` or `impl Trait for T`."""
    trait = ""
    if text.startswith("impl "):
        before, mark, after = text[5:].partition(" for ")
        text, trait = (after, before) if mark else (before, "")
    else:
        before, mark, after = _rpartition_as(text)
        text, trait = (before, after) if mark else (text, "")
    path, other = _path(text), _path(trait)
    plain = len(path) < 2  # a number, a slice, or a type argument
    if (plain or path[0] in costs.STANDARD) and len(other) > 1 and (plain or other[0] not in costs.STANDARD):
        path = other  # a trait of the workspace on a type that is not
    elif plain:
        path = ["core", *path]
    return path, "::".join(other)


def _rpartition_as(text: str) -> tuple[str, str, str]:
    """Split `T as Trait` at the `as` outside of brackets."""
    depth = 0
    for at, character in enumerate(text):
        if character in "<([":
            depth += 1
        elif character in ")]" or (character == ">" and text[at - 1 : at] != "-"):
            depth -= 1
        elif not depth and text.startswith(" as ", at):
            return text[:at], " as ", text[at + 4 :]
    return text, "", ""


def _path(text: str) -> list[str]:
    for _ in range(DEEPEST):
        plain = _REFERENCE.sub("", text)
        if not plain.startswith("<"):
            break
        text = _rpartition_as(plain[1:])[0]
    match = _PATH.match(plain)
    return match[0].split("::") if match is not None else []


def cost(symbol: Symbol, file: str) -> Cost:
    """Return what the time in a function is spent for."""
    return costs.cost(symbol)


def is_harness(symbol: Symbol) -> bool:
    """Tell whether a function runs benchmarks or tests."""
    return symbol.package.partition("::")[0] in ("criterion", "divan", "iai", "test")
