"""Which Go packages look like support code, by their names, what they import and what runs them."""

from __future__ import annotations

from collections.abc import Mapping

from langfit.languages.go.modules import Modules
from langfit.languages.go.shipped import first_named
from langfit.languages.paths import below, folder_of, join, name_of
from langfit.languages.words import BENCHMARKS, hint_of, hint_of_program, is_near_tools
from langfit.model.layout import Hint, Key
from langfit.model.repository import File
from langfit.model.summary import FileSummary

TEST_SUFFIX = "_test.go"
ASSEMBLER = "github.com/mmcloughlin/avo"  # what programs import that write assembly

Summaries = Mapping[str, FileSummary]


def hints_in(
    packages: Mapping[str, list[File]], uses: Mapping[Key, set[Key]], modules: Modules, summaries: Summaries, under: str
) -> tuple[dict[Key, Hint], dict[Key, str]]:
    """Return the packages whose name or imports hint at support code, and those that both make support code."""
    found: dict[Key, Hint] = {}
    support: dict[Key, str] = {}
    for folder, files in packages.items():
        key: Key = ("package", folder, "")
        code = [file for file in files if not file.path.endswith(TEST_SUFFIX)]
        if not code:
            found[key] = Hint("it holds tests alone", strong=True)
            continue
        named = hint_of(below(folder, under))
        inside = below(below(folder, folder_of(modules.of(folder) or "")), under)
        main = any(first_named(summaries[f.path], "package") == "main" for f in code if f.path in summaries)
        named = named or (hint_of_program(inside) if main else "")
        measured = sorted(used[1] for used in uses.get(key, ()) if name_of(used[1]) in BENCHMARKS) if main else []
        testing = any(
            row.path == "testing" or row.path.startswith(("testing/", "github.com/stretchr/testify/"))
            for file in code
            if (summary := summaries.get(file.path)) is not None
            for row in summary.imports
        )
        internal = "internal" in folder.split("/")
        assembles = main and any(
            row.path.startswith(ASSEMBLER)
            for file in code
            if (summary := summaries.get(file.path)) is not None
            for row in summary.imports
        )
        if assembles:
            support[key] = "it generates assembly"
        elif testing and named:
            support[key] = "it imports testing"
        elif measured:
            found[key] = Hint(f"it runs {measured[0]}", strong=True)
        elif testing:
            found[key] = Hint("it imports testing", strong=internal)
        elif named:
            found[key] = Hint(f"its folder is called {named}", strong=True)
        elif internal:
            found[key] = Hint("it is internal, and only tests import it")
        elif is_near_tools(inside):
            found[key] = Hint("only tools of its developers import it")
    return found, support


def generators_in(packages: Mapping[str, list[File]], summaries: Summaries) -> dict[Key, str]:
    """Return the programs that `go generate` runs."""
    found: dict[Key, str] = {}
    for folder, files in packages.items():
        for file in files:
            summary = summaries.get(file.path)
            for row in summary.declarations if summary is not None else ():
                if row.kind != "generate" or not row.name.startswith("go run "):
                    continue
                target = next((word for word in row.name.split()[2:] if not word.startswith("-")), "")
                if target.startswith("."):
                    path = join(folder, target)
                    key: Key = ("package", path if path in packages else folder_of(path), "")
                    if key[1] in packages and key[1] != folder:
                        found[key] = "go generate runs it"
    return found
