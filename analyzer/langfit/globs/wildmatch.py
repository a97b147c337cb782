"""One pattern with wildcards as a regular expression whose cost grows with the path alone (git's wildmatch.c).

Of two `*` in a row the first may always take as little as it can and never needs to be tried again, since what it
leaves over the second can have; Python's atomic groups say just that. The same holds for two `**/` in a row.
"""

from __future__ import annotations

import re
import string

from msgspec import Struct

Kind = (
    str  # "one": an expression of one byte; "/"; "*"; "**/": any folders or none; "**\\/": some; "**": all that follows
)

LITERAL_END = re.compile(rb"[*?\[\\]")
ANY = b"[^/]"
# git's own ctype, for bytes of ASCII: its spaces are four.
GRAPH = frozenset(range(0x21, 0x7F))
NAMED = {name: frozenset(text.encode()) for name, text in {
    b"alnum": string.ascii_letters + string.digits, b"alpha": string.ascii_letters, b"blank": " \t",
    b"digit": string.digits, b"lower": string.ascii_lowercase, b"punct": string.punctuation, b"space": " \t\n\r",
    b"upper": string.ascii_uppercase, b"xdigit": string.hexdigits,
}.items()} | {b"cntrl": frozenset([*range(0x20), 0x7F]), b"graph": GRAPH, b"print": GRAPH | {0x20}}  # fmt: skip


class Token(Struct, frozen=True):
    """A piece of a pattern."""

    kind: Kind
    expression: bytes = b""


def expression_of(body: bytes, *, named: bool) -> bytes | None:
    """Return the expression that a whole name, or a whole path, must match; None where git could match nothing.

    A pattern of a path may begin with a slash, which says no more than that.
    """
    body = body if named else body.removeprefix(b"/")
    tokens = _tokens(body, named=named)
    if tokens is None:
        return None
    parts: list[list[Token]] = [[]]
    leads: list[Kind] = []
    tail = b""
    for token in tokens:
        if token.kind in ("**/", "**\\/"):
            leads.append(token.kind)
            parts.append([])
        elif token.kind == "**":
            tail = b".*"
        else:
            parts[-1].append(token)
    made = _part(parts[0])
    for number, (lead, part) in enumerate(zip(leads, parts[1:], strict=True), 1):
        optional = lead == "**/"
        if number < len(leads):  # the first place will do: what is further on can be had by the next one
            made += b"(?>(?:.*?/)" + b"??" * optional + _part(part) + b")"
        else:
            made += b"(?:.*/)" + b"?" * optional + _part(part)
    return made + tail


def _part(tokens: list[Token]) -> bytes:
    """Return the expression of what stands between two `**/`."""
    made: list[bytes] = []
    at = 0
    while at < len(tokens):
        if tokens[at].kind != "*":
            made.append(tokens[at].expression)
            at += 1
            continue
        end = at + 1
        while end < len(tokens) and tokens[end].kind == "one":
            end += 1
        fixed = b"".join(token.expression for token in tokens[at + 1 : end])
        again = end < len(tokens) and tokens[end].kind == "*"
        made.append(b"(?>[^/]*?" + fixed + b")" if again else b"[^/]*" + fixed)
        at = end
    return b"".join(made)


def _tokens(body: bytes, *, named: bool) -> list[Token] | None:
    """Return the pieces of a pattern; None where git could match nothing."""
    # git compares the text before the first wildcard by itself and begins to match behind it, so that `**` there counts
    # as one behind a slash.
    found = LITERAL_END.search(body)
    begin = found.start() if found is not None else len(body)
    tokens: list[Token] = []
    at = 0
    while at < len(body):
        sign = body[at : at + 1]
        if sign == b"*":
            token, at = _stars(body, at, not named and (at == begin or body[at - 1 : at] == b"/"))
            if not (token.kind == "*" and tokens and tokens[-1].kind == "*"):
                tokens.append(token)
            continue
        if sign == b"?":
            expression = ANY
        elif sign == b"[":
            read = class_at(body, at)
            if read is None:
                return None
            expression, at = read
        elif sign == b"\\":
            at += 1
            if at == len(body):
                return None
            sign = body[at : at + 1]
            expression = re.escape(sign)
        else:
            expression = re.escape(sign)
        tokens.append(Token("/" if sign == b"/" else "one", expression))
        at += 1
    return tokens


def _stars(body: bytes, at: int, border: bool) -> tuple[Token, int]:
    """Return what a run of stars means, and where the pattern goes on."""
    end = at + 1
    while body[end : end + 1] == b"*":
        end += 1
    if border and end > at + 1:
        if end == len(body):
            return Token("**"), end
        if body[end : end + 1] == b"/":
            return Token("**/"), end + 1
        if body[end : end + 2] == b"\\/":
            return Token("**\\/"), end + 2
    return Token("*"), end


def class_at(body: bytes, at: int) -> tuple[bytes, int] | None:
    """Return the expression of the class whose "[" stands at `at`, and where its "]" is; None for one without end."""
    at += 1
    negated = body[at : at + 1] in (b"!", b"^")
    at += negated
    members: set[int] = set()
    before = close = 0  # the byte that a range would begin with, and the next "]"
    while True:
        sign = body[at : at + 1]
        named = body[at : at + 2] == b"[:"
        if named and close < at + 2:
            close = body.find(b"]", at + 2)
            if close < 0:
                return None
        if sign == b"-" and before and body[at + 1 : at + 2] not in (b"", b"]"):
            at += 2 if body[at + 1 : at + 2] == b"\\" else 1
            if at >= len(body):
                return None
            members.update(range(before, body[at] + 1))
            before = 0
        elif named and close > at + 2 and body[close - 1 : close] == b":":
            if body[at + 2 : close - 1] not in NAMED:
                return None
            members |= NAMED[body[at + 2 : close - 1]]
            at, before = close, 0
        else:
            at += sign == b"\\"
            if at >= len(body):
                return None
            before = body[at]
            members.add(before)
        at += 1
        if body[at : at + 1] == b"]":
            return _expression(members, negated=negated), at


def _expression(members: set[int], *, negated: bool) -> bytes:
    wanted = sorted((set(range(256)) - members if negated else members) - {ord("/")})
    if not wanted:
        return b"(?!)"
    ranges: list[list[int]] = []
    for byte in wanted:
        if ranges and ranges[-1][1] == byte - 1:
            ranges[-1][1] = byte
        else:
            ranges.append([byte, byte])
    return b"[" + b"".join(b"\\x%02x-\\x%02x" % (first, last) for first, last in ranges) + b"]"
