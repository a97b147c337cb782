"""Rust: workspaces, crates, their modules and source."""

from __future__ import annotations

from langfit.language import Language


def _grammar() -> object:
    import tree_sitter_rust

    return tree_sitter_rust.language()


LANGUAGE = Language(
    folder=__name__,
    name="Rust",
    pole=1,
    colour="orange",
    suffix=".rs",
    grammar=_grammar,
    facts=3,
    separator="::",
    manifests=("Cargo.toml",),
    locks=("Cargo.lock",),
    shared_suffix=True,  # RenderScript
    sample=("src/lib.rs", '[package]\nname = "example"\nversion = "0.1.0"\nedition = "2021"\n'),
    opening="fn f() {",
    ending=";",
    unseen="code inside macro arguments is not seen",
)
