"""The job of a worker: the bytes of a file to its encoded summary."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from langfit.facts import codec
from langfit.facts.measures import Measures
from langfit.facts.summarize import summarize
from langfit.languages import LANGUAGES
from langfit.model.repository import LanguageId
from langfit.model.summary import FileSummary, Import


class Summarize:
    """Makes encoded summaries under the measures of all languages; `digest` names what decides how they come out."""

    def __init__(self, measures: Mapping[LanguageId, Measures]) -> None:
        self._measures = measures
        spoken = [(name, LANGUAGES[name].facts, grammar_version(name)) for name in sorted(measures)]
        asked = [(name, repr(found.all), sorted(found.reporting)) for name, found in sorted(measures.items())]
        head = sha256(repr((codec.FORMAT, spoken)).encode()).hexdigest()[:16]
        self.digest = f"{head}-{sha256(repr(asked).encode()).hexdigest()[:16]}"
        self.skimmed = f"{head}-skimmed"

    def __call__(self, data: bytes, name: LanguageId, full: bool) -> bytes:
        """Return the encoded summary of a file; one that is not `full` is skimmed, not parsed.

        Raises TooDense and TooDeep.
        """
        spoken = LANGUAGES[name]
        mark = spoken.extract.mark_of(data) if full else ""
        if mark or not full:
            return codec.encode_within(_skimmed(data, name), len(data))
        from langfit.parsing.read import read

        measures = self._measures[name]
        made = summarize(read(data, spoken, measures.wanted, measures.queries), measures, spoken)
        return codec.encode_within(made, len(data))

    def decode(self, packed: bytes) -> FileSummary:
        """Return the summary that a call has encoded. Raises msgspec.MsgspecError."""
        return codec.decode(packed)

    def recalled(self, packed: bytes, name: LanguageId) -> FileSummary:
        """Return the summary in a row of a cache, which anybody may have written. Raises msgspec.MsgspecError."""
        found = codec.decode(packed)
        codec.check(found, len(self._measures[name].all))
        return found


def grammar_version(name: LanguageId) -> str:
    """Return the installed versions of tree-sitter and of the grammar of a language, by the names of their folders.

    Importing them, or asking for their metadata, would take far longer than a scan that finds everything in the cache.
    """
    found = []
    for package in ("tree_sitter", f"tree_sitter_{name}"):
        spec = find_spec(package)
        beside = Path(spec.origin).parent.parent if spec is not None and spec.origin else None
        names = [path.name for path in beside.glob(f"{package}-*.dist-info")] if beside else []
        found.append(names[0] if len(names) == 1 else metadata.version(package.replace("_", "-")))
    return " ".join(found)


def _skimmed(data: bytes, name: LanguageId) -> FileSummary:
    found = LANGUAGES[name].extract.skim(data)
    return FileSummary(
        all_lines=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        mark=found.mark,
        imports=tuple(Import(path, line, 1) for path, line in found.imports),
        declarations=found.declarations,
    )
