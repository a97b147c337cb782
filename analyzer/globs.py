"""Patterns of .gitignore and .gitattributes as regular expressions whose cost cannot explode.

pathspec writes every `*` as a piece that may be tried at any length. A hostile `*a*a*a...b` then takes longer than
anyone waits. But of two pieces in a row the first may always take as little as it can, and never needs to be tried
again: what it leaves over, the second one can have. Python's atomic groups say just that.
"""

from __future__ import annotations

import re

STAR = "[^/]*"
STARS = re.compile(r"(?:\[\^/\]\*)+")
# What stands between two stars of one segment and has a fixed length: characters, escaped ones, and classes.
FIXED = r"((?:\\.|\(\?!/\)|\[\^?\]?(?:\\.|[^\]\\])*\](?![*+?])|[^\\\[\](){}*+?.^$|/])+)"
STAR_BEFORE_STAR = re.compile(rf"\[\^/\]\*{FIXED}(?=\[\^/\]\*)")
OTHER_THAN = re.compile(r"(?<!\\)\[\^(?!/)")  # `[!a]`, which in git is never a "/"
FOLDERS = re.compile(r"(\(\?:\.\+/\)\?|\(\?:/\.\+\)\?)")  # any number of folders, at the start or further on
FEWEST = {"(?:.+/)?": "(?:.+?/)??", "(?:/.+)?": "(?:/.+?)??"}


def tamed(expression: re.Pattern[str]) -> re.Pattern[str]:
    """An expression of pathspec that matches the same paths, in time that grows with the length of the path alone.

    The last piece stays as greedy as it was, since what is matched in the end depends on it.
    """
    text = OTHER_THAN.sub("(?!/)[^", STARS.sub(lambda _: STAR, expression.pattern))
    text = STAR_BEFORE_STAR.sub(rf"(?>{STAR}?\1)", text)
    pieces = FOLDERS.split(text)
    for at in range(1, len(pieces) - 2, 2):
        pieces[at] = f"(?>{FEWEST[pieces[at]]}"
        pieces[at + 1] += "(?=/))"
    text = "".join(pieces)
    return expression if text == expression.pattern else re.compile(text)
