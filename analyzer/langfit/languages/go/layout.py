"""Go modules, packages and programs, as the go command sees them: https://go.dev/ref/mod, `go help packages`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from langfit.languages.go.constraints import is_built
from langfit.languages.go.hints import TEST_SUFFIX, generators_in, hints_in
from langfit.languages.go.manifests import ignored_folders
from langfit.languages.go.modules import Modules
from langfit.languages.go.shipped import first_named, libraries_in, programs_in
from langfit.languages.paths import below, folder_of, is_inside, name_of, nearest
from langfit.languages.words import others_of
from langfit.model.layout import Key, Layout, Part, Reading
from langfit.model.repository import File, FileRole, Manifest
from langfit.model.summary import FileSummary

FOREIGN = 0.2  # share of the files of a repository that may bear the notice of the Go Authors and be copies

Summaries = Mapping[str, FileSummary]
Manifests = Mapping[str, Manifest | None]


def reading(files: Sequence[File], manifests: Manifests, under: str) -> dict[str, Reading]:
    """Return how each source file is to be read: tests are skimmed, and what the go command passes over is not read.

    Names of folders at and above `under`, the scanned folder, say nothing: whoever names a folder wants it read.
    """
    skips = _Skips(manifests, under)
    found: dict[str, Reading] = {}
    for file in files:
        if file.language != "go":
            continue
        if skips.vendored(file) or skips.why(file.path):
            found[file.path] = "none"
        else:
            elsewhere = others_of(below(file.path, under)) or "testdata" in below(file.path, under).split("/")
            head = file.path.endswith(TEST_SUFFIX) or file.role == "generated" or elsewhere
            found[file.path] = "skim" if head else "full"
    return found


def _guessed(files: Sequence[File], manifests: Manifests, summaries: Summaries) -> str:
    """Return the import path of a tree without a go.mod at its root, "" where none is used.

    It is the `host/owner/name` with which its own files import the most folders of the tree; imports that a module
    below the root has packages for do not count.
    """
    if "go.mod" in manifests:
        return ""
    named = [row.name for row in manifests.values() if row is not None and row.language == "go" and row.name]
    folders = {folder_of(file.path) for file in files if file.language == "go"}
    counts: Counter[str] = Counter()
    for file in files:
        summary = summaries.get(file.path) if file.language == "go" else None
        for row in summary.imports if summary is not None else ():
            parts = row.path.split("/")
            taken = any(is_inside(row.path, name) for name in named)
            if len(parts) >= 3 and "." in parts[0] and "/".join(parts[3:]) in folders and not taken:
                counts["/".join(parts[:3])] += 1
    return max(sorted(counts), key=lambda name: counts[name], default="")


class _Skips:
    """What the go command passes over in a tree."""

    def __init__(self, manifests: Manifests, under: str) -> None:
        self._ignored = ignored_folders(manifests)
        self._roots = {folder_of(path) for path in manifests if name_of(path) == "go.mod"}
        self._under = under

    def _inside(self, path: str) -> list[str]:
        """Return the names that count: those below the module around it and below the scanned folder."""
        root = nearest(folder_of(path), self._roots) or ""
        return below(below(path, self._under) if len(self._under) > len(root) else path, root).split("/")

    def vendored(self, file: File) -> bool:
        """Tell whether a file is one of others' packages: the go command never matches folders called vendor."""
        return file.role == "vendored" or "vendor" in below(file.path, self._under).split("/")[:-1]

    def why(self, path: str) -> str:
        """Return why a file is passed over, "" where it is not: `_x`, `.x`, testdata, `ignore` of go.mod."""
        names = self._inside(path)
        for name in names:
            if name.startswith(("_", ".")):
                return f"its path has a name that starts with {name[0]}"
        if "testdata" in names[:-1]:
            return "testdata"
        return "ignored by go.mod" if any(_below(path, pattern) for pattern in self._ignored) else ""


def _below(path: str, pattern: str) -> bool:
    """Tell whether a path is in a folder that `ignore` names: `home/**/name` is one of this name at any depth."""
    home, deep, name = pattern.partition("**/")
    if not deep:
        return is_inside(path, pattern)
    return path.startswith(home) and f"/{name}/" in f"/{path[len(home) :]}"


def lay_out(files: Sequence[File], manifests: Manifests, summaries: Summaries, under: str) -> Layout:
    """Return the packages of a tree with what they import, and the programs and libraries that it holds."""
    modules = Modules(manifests, _guessed(files, manifests, summaries))
    skips = _Skips(manifests, under)
    roles = {file.path: role for file in files if (role := _role(file, skips, summaries.get(file.path)))}
    roles |= _copied(files, roles, summaries)
    sources = [file for file in files if file.language == "go"]
    packages: dict[str, list[File]] = {}
    for file in sources:
        listed = roles.get(file.path, ("code", ""))[0] in ("code", "test", "generated", "copied")
        if listed and not skips.why(file.path):
            packages.setdefault(folder_of(file.path), []).append(file)
    parts = {key: part for folder in packages for key, part in [_part(folder, modules)]}
    place: dict[str, Key] = {}
    for file in files:
        key: Key = ("package", folder_of(file.path), "")
        if key in parts and (file.language == "go" or file.path.endswith(".s")):
            place[file.path] = key
    uses, tested_by = _links(packages, parts, modules, summaries)
    hints, support = hints_in(packages, uses, modules, summaries, under)
    return Layout(
        parts=parts,
        place=place,
        roles=roles,
        uses=uses,
        tested_by=tested_by,
        support=_aside(packages, modules, skips, under) | generators_in(packages, summaries) | support,
        hints=hints,
        shipped=[*programs_in(packages, roles, modules, summaries), *libraries_in(packages, roles, modules, summaries)],
        manifests=[manifest for manifest in manifests.values() if manifest is not None and manifest.language == "go"],
        members={},
    )


def _role(file: File, skips: _Skips, summary: FileSummary | None) -> tuple[FileRole, str] | None:
    """Return the role of a file that is not code, and why; None for code."""
    if file.language != "go":
        return None
    if skips.vendored(file):
        return "vendored", ""
    passed_over = skips.why(file.path)
    if passed_over:
        return ("test" if passed_over == "testdata" else "unused"), passed_over
    if summary is not None and not is_built(name_of(file.path), first_named(summary, "build")):
        return "unused", "no platform meets its build constraint"
    if file.path.endswith(TEST_SUFFIX):
        return "test", ""
    if file.role == "generated":
        return "generated", "its name or .gitattributes say so"
    if summary is None:
        return None
    if summary.mark == "generated":
        return "generated", "its head says so"
    return ("copied", "its head says so") if summary.mark == "copied" else None


def _copied(
    files: Sequence[File], roles: Mapping[str, tuple[FileRole, str]], summaries: Summaries
) -> dict[str, tuple[FileRole, str]]:
    """Return the files that bear the notice of the Go Authors, where most other files do not: copies of their code."""
    code = [file.path for file in files if file.language == "go" and file.path not in roles and file.path in summaries]
    held = [path for path in code if any(row.kind == "holder" for row in summaries[path].declarations)]
    found: dict[str, tuple[FileRole, str]] = {}
    if len(held) <= FOREIGN * len(code):
        found = dict.fromkeys(held, ("copied", "its notice names the Go Authors"))
    folders = {folder_of(path) for path, role in roles.items() if role[0] == "copied" and name_of(path) == "doc.go"}
    return found | {path: ("copied", "its package says so") for path in code if folder_of(path) in folders}


def _part(folder: str, modules: Modules) -> tuple[Key, Part]:
    key: Key = ("package", folder, "")
    module = modules.of(folder)
    return key, Part(key, modules.import_path(folder), "package", "go", folder, None, modules.manifest_of(module))


def _links(
    packages: Mapping[str, list[File]], parts: Mapping[Key, Part], modules: Modules, summaries: Summaries
) -> tuple[dict[Key, set[Key]], dict[Key, set[Key]]]:
    """Return which packages of the tree each one imports, and which ones are imported by tests of others."""
    uses: dict[Key, set[Key]] = {}
    tested_by: dict[Key, set[Key]] = {}
    for folder, files in packages.items():
        key: Key = ("package", folder, "")
        for file in files:
            summary = summaries.get(file.path)
            if summary is None or not is_built(name_of(file.path), first_named(summary, "build")):
                continue
            test = file.path.endswith(TEST_SUFFIX)
            for row in summary.imports:
                target: Key = ("package", modules.folder_of(row.path, folder) or "", "")
                if target in parts and target != key and modules.folder_of(row.path, folder) is not None:
                    if test:
                        tested_by.setdefault(target, set()).add(key)
                    else:
                        uses.setdefault(key, set()).add(target)
    return uses, tested_by


def _aside(packages: Iterable[str], modules: Modules, skips: _Skips, under: str) -> dict[Key, str]:
    """Return the packages in a folder for code of others, and in modules that the module around them passes over."""
    found: dict[Key, str] = {}
    for folder in packages:
        name = others_of(below(folder, under))
        root = modules.of(folder)
        if name:
            found["package", folder, ""] = f"code of others, in {name}"
        elif root and len(root) > len(under) and skips.why(root):
            found["package", folder, ""] = f"a module in a folder that is passed over: {skips.why(root)}"
    return found
