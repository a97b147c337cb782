"""Reads one source file into facts: parse, capture, extract, and what holds for every language alike."""

from __future__ import annotations

import re

from tree_sitter import Node

from langfit.language import Language
from langfit.model.summary import PREPROCESSOR, SyntaxErrors
from langfit.parsing.comments import phrases_in
from langfit.parsing.errors import error_spans, share_of
from langfit.parsing.facts import Facts
from langfit.parsing.lines import Positions, TokenCounter, blanked, code_lines
from langfit.parsing.parser import captures, parse
from langfit.parsing.queries import PREFIX, Queries
from langfit.parsing.suppressions import suppressions_of

_FOREIGN = re.compile(rb"\s*#\s*(?:pragma|include|define|ifn?def|undef)\b")  # C and its kin begin so, Go and Rust never


def read(data: bytes, spoken: Language, wanted: frozenset[str] | None = None, queries: Queries = ()) -> Facts:
    """Return the facts of one source file that people wrote.

    `wanted` are the kinds of sites and the traits that rules ask for (None for all), `queries` the tree-sitter queries
    that rules bring along. Raises TooDense and TooDeep.
    """
    text = spoken.extract.prepare(data)
    root = parse(text, spoken)
    found, overflowed = captures(root, spoken, wanted, queries)
    comments = [(node.start_byte, node.end_byte) for node in found.get("part.comment", ())]
    code = blanked(text, comments)
    counter = TokenCounter(code)
    positions = Positions(data)
    extracted = spoken.extract.extract(text, root, found, counter)
    sites = extracted.sites
    for name, _ in queries:
        sites.add_named("query", ((name, node.start_byte, node.end_byte) for node in found.get(PREFIX + name, ())))
    for phrase, start, end in phrases_in(spoken.extract.PHRASES, comments, data):
        sites.add("comment", phrase, start, end)
    own = blanked(code, extracted.tests) if extracted.tests else code
    return Facts(
        data=data,
        positions=positions,
        sites=sites,
        functions=extracted.functions,
        imports=extracted.imports,
        declarations=extracted.declarations,
        suppressions=tuple(suppressions_of(data, root, comments, spoken, positions)),
        exported=extracted.exported,
        lines=code_lines(own),
        tokens=TokenCounter(own).all() if extracted.tests else counter.all(),
        errors=_errors(text, root, code, spoken, positions),
        overflowed=bool(overflowed),
    )


def _errors(data: bytes, root: Node, code: bytes, spoken: Language, positions: Positions) -> SyntaxErrors | None:
    spans = error_spans(root)
    if not spans:
        return None
    if _FOREIGN.match(code):
        return SyntaxErrors(positions.line(spans[0][0]), 1.0, PREPROCESSOR)
    gaps = {spoken.extract.gap_at(data, start) for start, _ in spans[:100]}
    gap = ", ".join(sorted(gaps)) if "" not in gaps else ""
    return SyntaxErrors(positions.line(spans[0][0]), round(share_of(spans, code), 4), gap)
