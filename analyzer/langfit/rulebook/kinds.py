"""What rules may ask for in each language: kinds of sites, traits of functions, entries of manifests. All derived."""

from __future__ import annotations

from functools import cache

from langfit.language import Language
from langfit.parsing.queries import kinds_of


@cache
def sites(spoken: Language) -> frozenset[str]:
    """Return the kinds of sites that a rule may select: those that sites.scm captures, and those that code makes."""
    return frozenset(kinds_of(spoken)) | spoken.extract.KINDS - {"query"}


@cache
def nameless(spoken: Language) -> frozenset[str]:
    """Return the kinds whose sites all have the empty name: asking for another one can match nothing."""
    plain = {kind for kind, ways in kinds_of(spoken).items() if ways == frozenset(("",))}
    return frozenset(plain) - spoken.extract.KINDS | spoken.extract.PLAIN
