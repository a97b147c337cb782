"""Queries: the patterns of a language by the kinds of sites they capture, and those that rules bring along.

A file `sites.scm` holds one pattern after the other. A capture `@kind` or `@kind.name` makes sites of that kind; what
stands behind the dot says how their name is read (see the language's `extract`). Captures that begin with `region.`
place sites, those that begin with `part.` are read by the extractor itself.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256

from langfit.language import Language

Queries = tuple[tuple[str, str], ...]  # (name, text), sorted

HIT = "@hit"
PREFIX = "query."  # of the captures of joined queries
STRUCTURE = ("region", "part")  # heads of captures that make no sites of their own
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|@[\w.-]+|#[\w!?.-]+')  # strings, comments, captures, predicates
_SCAN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|[()\[\]]')
_NEEDED = re.compile(r";\s*for ([\w-]+(?:[ \t]+[\w-]+)*)")
_ALWAYS = re.compile(r";\s*always\b")
ALWAYS = frozenset(("always",))  # what a pattern needs that is asked whatever rules want


def name_of(text: str) -> str:
    """Return the name of a query: the same text has the same one wherever it is."""
    return sha256(text.encode()).hexdigest()[:12]


def joined(queries: Queries) -> str:
    """Return the text of all queries, the hits of each captured under a name of its own."""
    return "\n".join(_renamed(text, f"@{PREFIX}{name}") for name, text in queries)


def _renamed(text: str, capture: str) -> str:
    return TOKEN.sub(lambda match: capture if match[0] == HIT else match[0], text)


@cache
def patterns(spoken: Language) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Split the query of a language into (text, captures, kinds that need it although they are not captured)."""
    text = spoken.sites()
    found = []
    depth = start = 0
    for match in _SCAN.finditer(text):
        if match[0] in "([":
            start = match.start() if depth == 0 else start
            depth += 1
        elif match[0] in ")]":
            depth -= 1
        if depth == 0 and match[0] in ")]":
            end = text.find("\n", match.end())
            line = text[match.end() : end if end >= 0 else len(text)]
            body = text[start : match.end()] + line
            names = frozenset(token[1:] for token in TOKEN.findall(body) if token[0] == "@")
            needed = _NEEDED.search(line)
            kinds = ALWAYS if _ALWAYS.search(line) else frozenset(needed[1].split()) if needed else frozenset[str]()
            found.append((body, names, kinds))
    return tuple(found)


@cache
def kinds_of(spoken: Language) -> dict[str, frozenset[str]]:
    """Return the kinds of sites of a language that its query captures, each with the ways in which it is named."""
    found: dict[str, set[str]] = {}
    for _, names, _ in patterns(spoken):
        for name in names:
            head, _, way = name.partition(".")
            if head not in STRUCTURE:
                found.setdefault(head, set()).add(way)
    return {kind: frozenset(ways) for kind, ways in sorted(found.items())}


def patterns_for(spoken: Language, kinds: frozenset[str] | None) -> str:
    """Return the text of the patterns that `kinds` need, in the order of the file; all of them for None.

    A pattern without sites of its own stays unless a comment `; for KIND` behind it names kinds, none of them wanted;
    one with the comment `; always` stays, since the extractor itself looks at it.
    """
    wanted = []
    for text, names, needed in patterns(spoken):
        heads = {head for name in names if (head := name.partition(".")[0]) not in STRUCTURE}
        if kinds is None or (heads | needed) & (kinds | ALWAYS) or not heads | needed:
            wanted.append(text)
    return "\n".join(wanted)
