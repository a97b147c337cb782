"""The languages that langfit reads: one module and one .scm file each. `extract` is the only way in."""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from langfit.languages.depth import TooDeep
from langfit.languages.light import light_facts
from langfit.model import LANGUAGES, Facts, Language

__all__ = ["TooDeep", "extract", "load", "vocabulary"]


def load(language: Language) -> None:
    """Load the parser of a language and its query."""
    import_module(f"langfit.languages.{language}").extract(b"")


def extract(data: bytes, language: Language, queries: tuple[tuple[str, str], ...] = ()) -> Facts:
    """The facts of one source file; what a tool wrote is looked over, not parsed. Raises TooDeep.

    `queries` are (name, text) of the tree-sitter queries that rules bring along.
    """
    module = import_module(f"langfit.languages.{language}")
    if module.is_generated(data):
        return light_facts(data, language, generated=True)
    facts: Facts = module.extract(data, queries)
    return facts


def vocabulary() -> str:
    """A digest of all that decides what facts come out of given bytes: queries, code of this folder, grammars."""
    here = Path(__file__).parent
    digest = sha256(repr([_version_of(package) for package in GRAMMARS]).encode())
    for path in sorted(here.iterdir()):
        if path.suffix in (".py", ".scm"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


GRAMMARS = ("tree_sitter", *(f"tree_sitter_{language}" for language in LANGUAGES))


def _version_of(package: str) -> str:
    """The installed version, by the name of its metadata folder: importing or asking for metadata takes far longer."""
    spec = find_spec(package)
    beside = Path(spec.origin).parent.parent if spec is not None and spec.origin else None
    names = [path.name for path in beside.glob(f"{package}-*.dist-info")] if beside else []
    if len(names) == 1:
        return names[0]
    from importlib import metadata

    return metadata.version(package.replace("_", "-"))
