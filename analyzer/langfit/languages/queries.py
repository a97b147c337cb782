"""Queries that rules bring along when no kind of site serves: their names, and how they join that of the vocabulary."""

from __future__ import annotations

import re
from hashlib import sha256

Queries = tuple[tuple[str, str], ...]  # (name, text), sorted

HIT = "@hit"
PREFIX = "query."  # of the captures of joined queries
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|@[\w.-]+|#[\w!?.-]+')  # strings, comments, captures, predicates


def name_of(text: str) -> str:
    """The name of a query: the same text has the same one wherever it stands."""
    return sha256(text.encode()).hexdigest()[:12]


def joined(queries: Queries) -> str:
    """The text of all queries, the hits of each captured under a name of its own."""
    return "\n".join(_renamed(text, f"@{PREFIX}{name}") for name, text in queries)


def _renamed(text: str, capture: str) -> str:
    return TOKEN.sub(lambda match: capture if match[0] == HIT else match[0], text)
