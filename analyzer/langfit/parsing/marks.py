"""What the head of a file says about its origin: written by a tool, or copied, ported or translated from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 16_384  # bytes of head comments that are looked at

_DECORATION = re.compile(r"^[ \t]*(?://[/!]?|#|--|;)?[ ]?(.*?)[ \t]*$")
# In a block, a line that begins with the sign of a line comment quotes one.
_IN_BLOCK = re.compile(r"^[ \t]*(?:/\*+!?|\*+(?!/))?[ ]?(.*?)(?:\*+/)?[ \t]*$")
# A line that begins so says that a tool wrote the file; most of these tools ask not to edit it.
_BY_TOOL = re.compile(
    r"(?:this (?:file|code|module|package) (?:is|was|has been) )?(?:code |@|auto[ -]?|automatically |machine[ -]|"
    r"auto-?matically-)?generated\b",
    re.IGNORECASE,
)
_HANDS_OFF = re.compile(r"\b(?:do|does|must|should)(?:n't| not) (?:be )?(?:edit|modif|chang|touch)", re.IGNORECASE)
_SURE = re.compile(
    r"@generated\b|(?:this (?:file|code) (?:is|was|has been) )?(?:auto[ -]?|automatically |machine[ -])generated\b",
    re.IGNORECASE,
)
_COPIED = re.compile(
    r"(?:notes?:\s*)?"
    r"(?:(?:(?:this|the following|it|all|the|most|package \w+)\b[\w' ]{0,50}?)?\b(?:is|was|are|were|been|'s|it's) )?"
    r"(?:(?:an?|mostly|largely|heavily|slightly|directly|straight|verbatim|modified|and|was|been) )*"
    r"(?:copied|port(?:ed)?|translat(?:ed|ion)|transliterat(?:ed|ion)|taken|forked)\b"
    r"(?: (?:verbatim|over|directly|mostly|almost|with\b[\w ]{0,30}))*,? (?:from|of)\b",
    re.IGNORECASE,
)
# A copy of the licence is none of the code: it must be this file that is a copy.
_COPY = re.compile(
    r"(?:this|the following|it|all|most|package \w+)\b[\w' ]{0,50}?\b(?:is|was|are|were|'s) (?:an? )?"
    r"(?:(?:modified|verbatim|direct|slightly|heavily|straight) )*copy (?:from|of)\b",
    re.IGNORECASE,
)
# Weaker words, which say so only beside a place: `Derived from SciPy's special/cephes/igam.c`.
_DERIVED = re.compile(
    r"(?:(?:(?:this|the|code|it)\b[\w' ]{0,50}?)?\b(?:is|was|are|were) )?"
    r"(?:derived|adapted|copy)\b[\w ]{0,20} (?:from|of)\b.{0,80}"
    r"(?:https?://|[\w-]+/[\w./-]+|\w\.(?:c|h|cc|cpp|f|py|java|go|rs)\b)",
    re.IGNORECASE,
)
_ORIGINALLY = re.compile(
    r"(?:package )?\w+ implements? [\w ,]{0,60}\boriginally (?:in|from|written in)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z@\"'`(])|\n")


def mark_of(comments: list[str], official: re.Pattern[str] | None = None) -> str:
    """Return "generated" or "copied" for what the comments before the first code of a file say, else "".

    `official` is the pattern of a whole line by which the language itself defines generated code.
    """
    if official is not None and any(official.fullmatch(comment.rstrip("\r")) for comment in comments):
        return "generated"
    lines = list(_lines(comments))
    for number, line in enumerate(lines):
        if _SURE.match(line) or (_BY_TOOL.match(line) and _HANDS_OFF.search(" ".join(lines[number : number + 4]))):
            return "generated"
        if _HANDS_OFF.match(line) and _BY_TOOL.search(" ".join(lines[number : number + 4])):
            return "generated"
    copied = (_COPIED, _COPY, _DERIVED, _ORIGINALLY)
    return "copied" if any(p.match(part.strip()) for part in _sentences(lines) for p in copied) else ""


def _lines(comments: list[str]) -> Iterator[str]:
    """Yield the lines of comments without the signs that make them comments, up to LONGEST bytes."""
    room = LONGEST
    for comment in comments:
        sign = _IN_BLOCK if comment.startswith("/*") else _DECORATION
        for line in comment[:room].split("\n"):
            yield sign.sub(r"\1", line.rstrip("\r"))
        room -= len(comment)
        if room <= 0:
            return


def _sentences(lines: list[str]) -> list[str]:
    """Return the sentences of comment lines: a sentence may run over several of them, but not over a blank one."""
    paragraphs = "\n".join(lines).split("\n\n")
    return [part for text in paragraphs for part in _SENTENCE.split(" ".join(text.split("\n")))]
