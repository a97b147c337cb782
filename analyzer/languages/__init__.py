"""The languages that langfit reads: one module and one .scm file each. `extract` is the only way in."""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module, metadata

from analyzer.languages.light import light_facts
from analyzer.languages.tree import TooDeep, query_text
from analyzer.model import LANGUAGES, Facts, Language

__all__ = ["TooDeep", "extract", "vocabulary"]


def extract(data: bytes, language: Language) -> Facts:
    """The facts of one source file; what a tool wrote is looked over, not parsed. Raises TooDeep."""
    module = import_module(f"analyzer.languages.{language}")
    if module.is_generated(data):
        return light_facts(data, language, generated=True)
    facts: Facts = module.extract(data)
    return facts


def vocabulary() -> str:
    """A digest of all that decides what facts come out of given bytes: queries, code of this folder, grammars."""
    from importlib.resources import files

    digest = sha256()
    for module in sorted(path.name for path in files("analyzer.languages").iterdir() if path.name.endswith(".py")):
        digest.update(files("analyzer.languages").joinpath(module).read_bytes())
    for language in LANGUAGES:
        digest.update(query_text(language).encode())
        digest.update(metadata.version(f"tree-sitter-{language}").encode())
    digest.update(metadata.version("tree-sitter").encode())
    return digest.hexdigest()
