"""Patterns of .gitignore, .gitattributes and langfit.toml as regular expressions whose cost cannot explode.

pathspec writes every `*` as a piece that may be tried at any length. A hostile `*a*a*a...b` then takes longer than
anyone waits. But of two pieces in a row the first may always take as little as it can, and never needs to be tried
again: what it leaves over, the second one can have. Python's atomic groups say just that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

STAR = "[^/]*"
STARS = re.compile(r"(?:\[\^/\]\*)+")
# What stands between two stars of one segment and has a fixed length: characters, escaped ones, and classes.
FIXED = r"((?:\\.|\(\?!/\)|\[\^?\]?(?:\\.|[^\]\\])*\](?![*+?])|[^\\\[\](){}*+?.^$|/])+)"
STAR_BEFORE_STAR = re.compile(rf"\[\^/\]\*{FIXED}(?=\[\^/\]\*)")
OTHER_THAN = re.compile(r"(?<!\\)\[\^(?!/)")  # `[!a]`, which in git is never a "/"
FOLDERS = re.compile(r"(\(\?:\.\+/\)\?|\(\?:/\.\+\)\?)")  # any number of folders, at the start or further on
# What pathspec writes for `*/`, `**/*/**` and `*`, to be searched for; here expressions are matched from the start.
UNANCHORED = {"(?P<ps_d>/)": "(?s:.*)(?P<ps_d>/)", "/": "(?s:.+)/", ".": "(?s:.)"}
FEWEST = {"(?:.+/)?": "(?:.+?/)??", "(?:/.+)?": "(?:/.+?)??"}


def tamed(expression: re.Pattern[str]) -> re.Pattern[str]:
    """Return an expression of pathspec that matches the same paths, in time that grows with the path alone.

    The last piece stays as greedy as it was, since what is matched in the end depends on it.
    """
    text = UNANCHORED.get(expression.pattern, expression.pattern)
    text = OTHER_THAN.sub("(?!/)[^", STARS.sub(lambda _: STAR, text))
    text = STAR_BEFORE_STAR.sub(rf"(?>{STAR}?\1)", text)
    pieces = FOLDERS.split(text)
    for at in range(1, len(pieces) - 2, 2):
        pieces[at] = f"(?>{FEWEST[pieces[at]]}"
        pieces[at + 1] += "(?=/))"
    text = "".join(pieces)
    return expression if text == expression.pattern else re.compile(text)


def pattern_of(text: str) -> tuple[re.Pattern[str], bool] | None:
    """Return the expression of a gitignore pattern, and False where a `!` takes back what others match.

    None for a blank one, a comment, or one that git cannot use.
    """
    try:
        pattern = GitIgnoreSpecPattern(text)
    except (GitIgnorePatternError, ValueError):
        return None
    if pattern.regex is None or pattern.include is None:
        return None
    return tamed(pattern.regex), pattern.include


def chooser(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether gitignore patterns mean the file at a path; the last pattern that matches decides."""
    rows = [row for row in map(pattern_of, patterns) if row is not None][::-1]

    def chosen(path: str) -> bool:
        return next((chooses for expression, chooses in rows if expression.match(path)), False)

    return chosen
