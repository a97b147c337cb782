"""The module trees of crates: which files a target reaches through `mod`, and what each of them is part of.

By https://doc.rust-lang.org/reference/items/modules.html, `path` attributes included.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from langfit.languages.paths import folder_of, join, name_of
from langfit.model.repository import Declaration, FileRole, Target, TargetKind
from langfit.model.summary import FileSummary

ROLES: dict[TargetKind, tuple[FileRole, str]] = {
    "test": ("test", "a test target"),
    "bench": ("test", "a benchmark"),
    "example": ("test", "an example"),
    "build": ("support", "a build script"),
}
MODULE_ROOTS = ("mod.rs", "lib.rs", "main.rs")


class Reached(NamedTuple):
    """A file that a target reaches: its crate, its top-level module, and whether tests alone have it."""

    crate: str  # folder
    module: str  # "" for the crate itself
    home: str  # the folder that the submodules of `module` have or would have
    role: FileRole  # code, test or support
    why: str


class _Step(NamedTuple):
    path: str
    folder: str  # in which its submodules are
    module: str
    home: str
    test: bool


def reached(
    crate: str, targets: Iterable[Target], paths: Container[str], summaries: Mapping[str, FileSummary]
) -> Iterator[tuple[str, Reached]]:
    """Yield each file that the targets of a crate reach, code before tests; a file may come more than once.

    Modules are told apart in the library and, where there is none, in the first program: other programs are code of the
    crate itself.
    """
    main = ""
    for target in targets:
        role, why = ROLES.get(target.kind, ("code", ""))
        main = main or (target.path if target.kind in ("lib", "bin") else "")
        usual = (
            target.kind == "bin" and name_of(target.path) == "main.rs" and folder_of(target.path) == join(crate, "src")
        )
        split = target.path == main or usual
        for step in _walk(target.path, paths, summaries, split=split):
            if step.test and role == "code":
                yield step.path, Reached(crate, step.module, step.home, "test", "declared under #[cfg(test)]")
            else:
                yield step.path, Reached(crate, step.module, step.home, role, why)


def _walk(root: str, paths: Container[str], summaries: Mapping[str, FileSummary], *, split: bool) -> Iterator[_Step]:
    first = _Step(root, folder_of(root), "", "", test=False)
    seen = {(root, False)}
    waiting = [first]
    while waiting:
        step = waiting.pop()
        summary = summaries.get(step.path)
        if summary is not None and any(row.kind == "test-file" for row in summary.declarations):
            step = step._replace(test=True)  # by `#![cfg(test)]` in it
        yield step
        for row in summary.declarations if summary is not None else ():
            if row.kind not in ("module", "include"):
                continue
            for path, folder in _places(row, step, paths):
                test = step.test or "test" in row.detail.split()
                if (path, test) in seen or (path, False) in seen:
                    continue
                seen.add((path, test))
                top = row.name.partition("/")[0] if split and row.kind == "module" and not step.module else step.module
                home = step.home if step.module or not top else join(step.folder, top)
                waiting.append(_Step(path, folder, top, home, test))


def _places(row: Declaration, step: _Step, paths: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield where the file of a declaration is, with the folder in which its own submodules are."""
    given = [word.removeprefix("path=") for word in row.detail.split(" ") if word.startswith("path=")]
    if row.kind == "include":
        path = join(folder_of(step.path), row.name)
        if path in paths:
            yield path, step.folder
        return
    around, _, name = row.name.rpartition("/")
    folder = join(step.folder, around) if around else step.folder
    for text in given:
        path = join(folder if around else folder_of(step.path), text)
        if path in paths:
            yield path, folder_of(path)
    if given and "also" not in row.detail.split():
        return
    for path, below in ((f"{name}.rs", name), (f"{name}/mod.rs", name)):
        whole = join(folder, path)
        if whole in paths:
            yield whole, join(folder, below)
            return
