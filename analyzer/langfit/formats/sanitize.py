"""Makes text harmless: everything that langfit prints passes here, so that no name in a scanned repository can act.

Names and messages may hold whatever a hostile tree holds: escape sequences for the terminal, bidirectional marks
that show other text than there is, lines that the runner of some CI service obeys. Here are characters and lines
only. Markdown, HTML, URIs and SARIF links each have their own escapes, in the format that needs them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import msgspec

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Never shown as they are: C0, DEL and C1 controls (tab and newline are let through by `keep`), U+061C, U+200E and
# U+200F bidirectional marks, U+202A..U+202E embeddings, U+2066..U+2069 isolates, line and paragraph separators,
# invisible fillers, interlinear marks, lone surrogates, noncharacters and tag characters.
_UNSAFE = (
    "\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSAFE_IN_LINE = re.compile(f"[{_UNSAFE}]")
_UNSAFE_IN_TEXT = re.compile(f"(?![\n\t])[{_UNSAFE}]")
# The colours that `text` uses. Hidden text, with which the notes of Jenkins begin, is not among them.
_COLOUR = r"\x1b\[(?:[0-4;]|[39][0-7])*m"
_UNSAFE_BESIDE_COLOUR = re.compile(f"({_COLOUR})|(?![\n\t])[{_UNSAFE}]")
_LINK = r"\x1b\]8;;([!-~]*)\x1b\\"
_UNSAFE_BESIDE_LINK = re.compile(f"{_LINK}|({_COLOUR})|(?![\n\t])[{_UNSAFE}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte (PEP 383)
_SCRIPT_END = re.compile("<([/!])")
# What runners obey: GitHub a line that begins with `::` after blanks, Buildkite one that begins a group; GitHub and
# Azure Pipelines `##[` and `##vso[` anywhere, TeamCity `##teamcity[`, GitLab the marks of a section.
_LINE = re.compile(rf"^((?:[^\S\n]|{_COLOUR})*)(?=::|(?:---|\+\+\+|~~~)[^\S\n]|\^\^\^[^\S\n]+\+\+\+)", re.MULTILINE)
_MARK = re.compile(r"(##\w*)\[")
_SECTION = re.compile(r"(section_(?:start|end)):(?=\d)")


def clean(text: str, *, keep: str = "") -> str:
    """Return `text` with every character that could act on a terminal or deceive a reader replaced by U+FFFD.

    Replaced, not removed: `a<ESC>b` must not look like `ab`. `keep` is "" for a name or another part of a line and
    "\\n\\t" for text of more than one line.
    """
    if keep not in ("", "\n\t"):
        raise ValueError("keep is either empty or newline and tab")
    return (_UNSAFE_IN_TEXT if keep else _UNSAFE_IN_LINE).sub(REPLACEMENT, text)


def neutralized(text: str, *, own: bool = False) -> str:
    """Return `text` in which no line is a command to the runner of a CI service.

    A backslash goes before what begins a line, and before the bracket or the colon of what counts anywhere: a reader
    sees it in plain text, and Markdown takes it for an escape. With `own` the lines are commands that the format itself
    wrote and stay; the other marks are made harmless all the same.
    """
    text = _MARK.sub(r"\1\\[", text if own else _LINE.sub(r"\1\\", text))
    return _SECTION.sub(r"\1\\:", text)


def neutralized_html(text: str) -> str:
    """Return `text` of a page in which no mark in the middle of a line is a command, and that shows the same."""
    return _SECTION.sub(r"\1&#58;", _MARK.sub(r"\1&#91;", text))


def printable(text: str, *, colour: bool = False, links: Collection[str] = ()) -> str:
    """Return text as every format that writes lines ends: `clean` for more than one line, then `neutralized`.

    With `colour` the colour sequences (`ESC [ ... m`) that the format itself wrote stay; the names inside must have
    been cleaned before, one by one. `links` are the targets of links (OSC 8) that the format wrote: those, and the
    end of a link, stay; any other loses its escape.
    """
    if links:

        def passed(match: re.Match[str]) -> str:
            if match[1] is not None:
                return match[0] if not match[1] or match[1] in links else clean(match[0])
            return (match[2] if colour else None) or REPLACEMENT

        return neutralized(_UNSAFE_BESIDE_LINK.sub(passed, text))
    if colour:
        return neutralized(_UNSAFE_BESIDE_COLOUR.sub(lambda match: match[1] or REPLACEMENT, text))
    return neutralized(clean(text, keep="\n\t"))


def link(text: str, target: str) -> str:
    """Return `text` as a terminal's link (OSC 8) to `target`, a URL in printable ASCII."""
    return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"


def json_text(value: object, *, indent: int = 2) -> str:
    """Return `value` (dicts, lists, strings, numbers) as JSON that every parser reads back and that harms no terminal.

    Lone surrogates become U+FFFD, since strict parsers refuse them. All other characters survive a round trip:
    unsafe ones, marks of a runner's command and the `<` of `</` and `<!`, which would end a script that holds the
    JSON, are written as `\\uXXXX`. Ends with a newline.
    """
    text = _SURROGATE.sub(REPLACEMENT, json.dumps(value, ensure_ascii=False, allow_nan=False))
    text = _UNSAFE_IN_LINE.sub(lambda match: _escape(match[0]), text)
    text = _SECTION.sub(r"\1\\u003a", _MARK.sub(r"\1\\u005b", text))
    text = _SCRIPT_END.sub(r"\\u003c\1", text)
    return msgspec.json.format(text, indent=indent) + "\n"


def path_bytes(path: str) -> bytes:
    """Return the bytes of a path whose undecodable bytes came as surrogates; any other surrogate becomes U+FFFD."""
    return _NO_BYTE.sub(REPLACEMENT, path).encode("utf-8", "surrogateescape")


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"
