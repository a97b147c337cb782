"""Go: modules, packages and their source."""

from __future__ import annotations

from langfit.language import Language


def _grammar() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


LANGUAGE = Language(
    folder=__name__,
    name="Go",
    pole=-1,
    colour="blue",
    suffix=".go",
    grammar=_grammar,
    facts=3,
    separator="/",
    manifests=("go.mod", "go.work"),
    assembly=(".s",),
    versioned=True,
    linked=True,
    sample=("example.go", "module example.test/p\n\ngo 1.21\n"),
    opening="package p\nfunc f() {",
    unseen="types are known by import only",
    milestones={"1.19": "the memory limit", "1.26": "the Green Tea collector"},
)
