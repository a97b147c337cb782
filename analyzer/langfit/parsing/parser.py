"""Parsing one file: the tree, its captures, and the bounds that keep both exact and short.

tree-sitter's queries count levels in 16 bits and lose captures in silence beyond 65,535; they also take time by the
size of a file times its depth. The deepest real file seen has 645 levels, so a file beyond MAX_DEPTH is refused.
"""

from __future__ import annotations

from functools import cache, lru_cache
from operator import attrgetter

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor, TreeCursor

from langfit.language import Language
from langfit.parsing.depth import TooDeep, TooDense
from langfit.parsing.queries import Queries, joined, patterns_for

MAX_DEPTH = 1_000
MATCH_LIMIT = 65_536
# Names, numbers, signs and line ends of one file, in comments and literals, too. Each takes up to 400 bytes of memory;
# the largest file that people wrote has half as many, and only tables of data have more.
MOST_MARKS = 500_000
SAMPLE_FROM = 8_192  # bytes: smaller files cannot be both deep and slow
SAMPLE_EVERY = 512  # bytes: a chain of MAX_DEPTH levels is longer than this by far
# Every byte of a word becomes "a", blanks stay, and every other byte is a mark of its own.
_MARKS = bytes(
    ord("a") if chr(b).isalnum() or b == ord("_") or b >= 0x80 else ord(" ") if b in b" \t\r\f\v" else ord(".")
    for b in range(256)
)
_IN_ORDER = attrgetter("start_byte", "end_byte", "kind_id")

Captures = dict[str, list[Node]]


@cache
def grammar(spoken: Language) -> Grammar:
    """Return the tree-sitter grammar of a language."""
    return Grammar(spoken.grammar())


@cache
def _parser(spoken: Language) -> Parser:
    return Parser(grammar(spoken))


@lru_cache(maxsize=8)
def _query(spoken: Language, kinds: frozenset[str] | None, further: Queries) -> Query:
    return Query(grammar(spoken), f"{patterns_for(spoken, kinds)}\n{joined(further)}")


def parse(data: bytes, spoken: Language) -> Node:
    """Parse `data` and return the root node. Raises TooDense and TooDeep."""
    if len(data) > MOST_MARKS and marks(data) > MOST_MARKS:
        raise TooDense
    root = _parser(spoken).parse(data).root_node
    if len(data) >= SAMPLE_FROM and _looks_deep(root, len(data)) and depth(root) > MAX_DEPTH:
        raise TooDeep
    return root


def marks(data: bytes) -> int:
    """Count what a file is made of: words, and every other byte that is no blank."""
    text = b" " + data.translate(_MARKS)
    return text.count(b".") + text.count(b" a") + text.count(b".a")


def _looks_deep(root: Node, size: int) -> bool:
    """Tell whether a leaf at one of the sampled bytes lies deeper than half the limit.

    A nest or chain of MAX_DEPTH levels holds at least one byte per level, so some sample falls into its inner half.
    """
    cursor = root.walk()
    for byte in range(0, size, SAMPLE_EVERY):
        levels = 0
        while cursor.goto_first_child_for_byte(byte) is not None:
            levels += 1
            if levels > MAX_DEPTH // 2:
                return True
        cursor.reset(root)
    return False


def depth(root: Node) -> int:
    """Count the levels below `root`, by a full walk without recursion."""
    cursor: TreeCursor = root.walk()
    deepest = level = 0  # counted here: the cursor's own `depth` walks its whole stack each time
    while True:
        if cursor.goto_first_child():
            level += 1
            deepest = max(deepest, level)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return deepest
            level -= 1


def captures(
    root: Node, spoken: Language, kinds: frozenset[str] | None = None, further: Queries = ()
) -> tuple[Captures, bool]:
    """Return the captures of the language's query below `root`, and whether some were lost.

    Each list is in the order of the file. One query per file, whatever the number of rules: of the language's own
    patterns only those of `kinds` are asked (None for all), and the `further` queries of rules are joined to them.
    """
    cursor = QueryCursor(_query(spoken, kinds, further), match_limit=MATCH_LIMIT)
    found = cursor.captures(root)
    for nodes in found.values():
        nodes.sort(key=_IN_ORDER)  # the binding gathers them in sets, so their order is that of addresses
    return found, cursor.did_exceed_match_limit
