"""Reads go.mod and go.work.

The grammar is the one of https://go.dev/ref/mod#go-mod-file-grammar and https://go.dev/ref/mod#workspaces: lines of
tokens, `verb ( ... )` blocks, `//` comments, quoted strings. Verbs that are not known are passed over, since a newer
Go may have added them.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from langfit.model.repository import Dependency, Manifest

ENTRIES = frozenset("dependency go toolchain replace exclude tool use ignore godebug".split())
NAMED = frozenset(("dependency",))  # entries that mean nothing without a name

# Counts of arguments that a line may have, by verb; the go command refuses others.
ARGUMENTS: dict[str, tuple[int, ...]] = {
    "module": (1,),
    "go": (1,),
    "toolchain": (1,),
    "require": (2,),
    "exclude": (2,),
    "replace": (3, 4, 5),
    "tool": (1,),
    "use": (1,),
    "ignore": (1,),
    "godebug": (1,),
}
SINGLE = ("module", "go", "toolchain")  # may stand once
NO_BLOCK = ("go", "toolchain")
# What the go command writes for a module that no version of was ever published.
NO_VERSION = re.compile(r"v0\.0\.0(?:-00010101000000-000000000000)?$")
TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v]+)|(?P<comment>//.*)|(?P<mark>[()\[\]{},])|(?P<text>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<word>(?:(?!//|/\*)[^\s()\[\]{},"'`])+)"""
)


class Statement(Struct, frozen=True):
    """One line that says something: its verb (that of its block), arguments, 1-based line, and trailing comment."""

    verb: str
    words: tuple[str, ...]
    line: int
    comment: str


def parse(path: str, data: bytes) -> Manifest:
    """Return what the go.mod or go.work at `path` says. Raises ValueError with the end of a sentence when it is broken.

    `dependencies` holds what `require` names without `// indirect`, and modules that `replace` takes from a folder.
    `entries` holds "go:1.22", "toolchain:NAME", "replace:MODULE", "exclude:MODULE", "tool:PACKAGE", "ignore:FOLDER",
    "godebug:KEY=VALUE" and, of a go.work, "use:FOLDER".
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    name = version = ""
    required: dict[str, Dependency] = {}
    folders: dict[str, str] = {}
    entries: dict[str, int] = {}
    seen: set[str] = set()
    for said in statements(text):
        _check(said, seen)
        words, line = said.words, said.line
        match said.verb:
            case "module":
                name = words[0]
            case "go":
                version = words[0]
                entries[f"go:{version}"] = line
            case "require" if not is_indirect(said.comment):
                row = Dependency(words[0], words[0], "normal", line, versioned=not NO_VERSION.match(words[1]))
                required.setdefault(words[0], row)
            case "replace":
                entries.setdefault(f"replace:{words[0]}", line)
                target = words[words.index("=>") + 1]
                if target.startswith(("./", "../")) or target in (".", ".."):
                    folders[words[0]] = posixpath.normpath(posixpath.join(path.rpartition("/")[0], target))
                    required.setdefault(words[0], Dependency(words[0], words[0], "normal", line))
            case "toolchain" | "exclude" | "tool" | "godebug" | "use" | "ignore":
                entries.setdefault(f"{said.verb}:{words[0]}", line)
    rows = [msgspec.structs.replace(row, path=folders.get(row.name, "")) for row in required.values()]
    return Manifest(path, "go", name, version, tuple(rows), entries)


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a file in order. Raises ValueError with the line where it stops making sense."""
    block: str | None = None
    opened = 0
    for number, line in enumerate(text.split("\n"), 1):
        words, marks, comment = _tokens(line, number)
        if not words:
            continue
        if block is not None:
            if words == [")"] and marks == [True]:
                block = None
            elif any(mark and word in "()" for word, mark in zip(words, marks, strict=True)):
                raise ValueError(f"line {number} has a stray parenthesis")
            else:
                yield Statement(block, tuple(words), number, comment)
        elif words[-1] == "(" and marks[-1] and len(words) == 2:
            block, opened = words[0], number
            if block in NO_BLOCK:
                raise ValueError(f"line {number}: `{block}` takes no block")
        elif words[1:] == ["(", ")"] and all(marks[1:]):
            continue
        elif any(mark and word in "()" for word, mark in zip(words, marks, strict=True)):
            raise ValueError(f"line {number} has a stray parenthesis")
        else:
            yield Statement(words[0], tuple(words[1:]), number, comment)
    if block is not None:
        raise ValueError(f"the block opened in line {opened} is never closed")


def is_indirect(comment: str) -> bool:
    """Tell whether a trailing comment marks a requirement as indirect: `// indirect`, or the same before `;`."""
    words = comment.removeprefix("//").split()
    return words == ["indirect"] or (len(words) > 1 and words[0] == "indirect;")


def _check(said: Statement, seen: set[str]) -> None:
    counts = ARGUMENTS.get(said.verb)
    if counts is None:
        return
    if len(said.words) not in counts:
        raise ValueError(f"line {said.line}: `{said.verb}` has {len(said.words)} arguments")
    if said.verb == "replace" and "=>" not in said.words[1:3]:
        raise ValueError(f"line {said.line}: `replace` needs `=>` between the old and the new module")
    if said.verb == "replace" and said.words.index("=>") == len(said.words) - 1:
        raise ValueError(f"line {said.line}: `replace` names no new module")
    if said.verb in SINGLE:
        if said.verb in seen:
            raise ValueError(f"line {said.line}: a second `{said.verb}`")
        seen.add(said.verb)


def _tokens(line: str, number: int) -> tuple[list[str], list[bool], str]:
    """Return the words of a line, which of them are punctuation, and its comment."""
    words: list[str] = []
    marks: list[bool] = []
    at = 0
    while at < len(line):
        found = TOKEN.match(line, at)
        if found is None:
            raise ValueError(f"line {number} cannot be read from column {at + 1} on")
        at = found.end()
        kind = found.lastgroup
        if kind == "comment":
            return words, marks, found["comment"].rstrip()
        if kind != "space":
            words.append(_unquote(found[0], number) if kind == "text" else found[kind or 0])
            marks.append(kind == "mark")
    return words, marks, ""


def _unquote(quoted: str, number: int) -> str:
    try:
        text = str(json.loads(quoted))
        text.encode()  # half of a surrogate pair is no character
    except ValueError:
        raise ValueError(f"line {number} has a string that cannot be read") from None
    return text


def ignored_folders(manifests: Mapping[str, Manifest | None]) -> tuple[str, ...]:
    """Return the folders that `ignore` of a go.mod leaves out of package patterns, from the root of the tree.

    A path with `./` names one folder of the module; another one names folders at any depth, which begin with `**/`
    here. (https://go.dev/ref/mod#go-mod-file-ignore)
    """
    found = []
    for path, manifest in manifests.items():
        if manifest is None or not path.endswith("go.mod"):
            continue
        home = path.rpartition("/")[0]
        for entry in manifest.entries:
            kind, _, folder = entry.partition(":")
            if kind == "ignore":
                joined = posixpath.normpath(posixpath.join(home, folder))
                found.append(joined if folder.startswith("./") else f"{home}/**/{folder.strip('/')}".lstrip("/"))
    return tuple(sorted(found))
