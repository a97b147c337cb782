"""What makes all output harmless: properties over any text, and the cases that gave it its shape."""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from golden.report import FINDINGS, REPORT
from langfit import formats
from langfit.formats import sanitize

TEXT = st.text(st.characters(codec=None, categories=None)) | st.text(
    st.sampled_from(":# [\n\t\r\x1bm0;\u202e\ud800\u2028\u00a0a\\%")
)


@given(TEXT)
def test_clean_lets_nothing_through_that_acts(text: str) -> None:
    """No control, format-direction or surrogate character survives, and the length tells what was replaced."""
    shown = sanitize.clean(text)
    assert len(shown) == len(text) and sanitize.clean(shown) == shown
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI")]
    shown.encode("utf-8")


@given(TEXT)
def test_shut_leaves_no_command(text: str) -> None:
    """Whatever goes in, a runner finds no command in any line, with or without colours, and twice is as once."""
    for colour in (False, True):
        shut = sanitize.printable(text, colour=colour)
        assert "##[" not in shut and sanitize.printable(shut, colour=colour) == shut
        for line in re.split(r"[\n\r]", re.sub(r"\x1b\[[0-9;]*m", "", shut)):
            assert not line.lstrip().startswith("::")


@given(TEXT)
def test_json_text_is_plain_and_comes_back(text: str) -> None:
    """JSON survives a round trip except for surrogates, prints nothing that acts and holds no command."""
    written = sanitize.json_text({text: [text]})
    back = re.sub("[\ud800-\udfff]", sanitize.REPLACEMENT, text)
    assert json.loads(written) == {back: [back]}
    assert sanitize.printable(written) == written


@given(st.binary())
def test_path_bytes_gives_the_bytes_back(raw: bytes) -> None:
    """A path read with surrogates for undecodable bytes keeps every byte."""
    assert sanitize.path_bytes(raw.decode("utf-8", "surrogateescape")) == raw


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("::error::x", "\\::error::x"),
        (" \t\u00a0::error::x", " \t\u00a0\\::error::x"),
        ("a ::error::x", "a ::error::x"),
        ("a\n::x::", "a\n\\::x::"),
        ("see ##[error] and ###[x]", "see ##\\[error] and ###\\[x]"),
        ("std::vec", "std::vec"),
        ("a\x1b[31mb", "a\ufffd[31mb"),
        ("a\rb\x85c\u2028d", "a\ufffdb\ufffdc\ufffdd"),
    ],
)
def test_shut(text: str, safe: str) -> None:
    """A backslash before `::` at a line's start and before the bracket of `##[`; nothing else changes."""
    assert sanitize.printable(text) == safe


def test_defuse_leaves_the_commands_of_a_format() -> None:
    """The lines of the github format are commands on purpose; a marker inside them is still defused."""
    assert sanitize.neutralized("::notice title=a::b ##[error]", own=True) == "::notice title=a::b ##\\[error]"


def test_clean_refuses_other_exceptions() -> None:
    """Nobody can ask for an escape sequence to be kept."""
    with pytest.raises(ValueError, match="newline and tab"):
        sanitize.clean("x", keep="\x1b")


LINK = "\x1b]8;;file:///a/b%20c.go\x1b\\"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"at {LINK}b c.go:1\x1b]8;;\x1b\\.", None),
        ("\x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\", "\ufffd]8;;file:///etc/passwd\ufffd\\click\x1b]8;;\x1b\\"),
        ("\x1b]8;id=1;file:///a/b%20c.go\x1b\\x", "\ufffd]8;id=1;file:///a/b%20c.go\ufffd\\x"),
        ("\x1b]8;;file:///a/b%20c.go\x07x", "\ufffd]8;;file:///a/b%20c.go\ufffdx"),
        (f"\x1b]0;title\x07{LINK}\x1b[2J\x1b[1mx", f"\ufffd]0;title\ufffd{LINK}\ufffd[2J\x1b[1mx"),
        (f"{LINK}\n::error::x", f"{LINK}\n\\::error::x"),
    ],
)  # fmt: skip
def test_of_links_only_those_that_were_named_pass(text: str, shown: str | None) -> None:
    """Beside colour, and with no colour when none is wanted; without links all of them lose their escape."""
    links = frozenset({"file:///a/b%20c.go"})
    assert sanitize.printable(text, colour=True, links=links) == (text if shown is None else shown)
    assert "\x1b[" not in sanitize.printable(text, links=links)
    assert "\x1b]" not in sanitize.printable(text, colour=True) and "\x1b" not in sanitize.printable(text)


@pytest.mark.parametrize(
    "path", ["a b.go", "a\x1b]8;;file:///x\x1b\\b.go", "\udcff\n.go", "%2e%2e/\u202ex.go", "a:1,b.go"]
)
def test_a_link_leads_to_its_file_and_nowhere_else(path: str) -> None:
    """Whatever the file is called: one percent-encoded URL below the root, or no link at all."""
    finding = structs.replace(FINDINGS[0], path=path)
    report = structs.replace(REPORT, findings=(finding,) * 3)
    text = formats.render("text", report, width=400, colour=True, show="all", links="/the/root")
    targets = set(re.findall(r"\x1b\]8;;([^\x1b]*)\x1b\\", text)) - {""}
    own = "file:///the/root/" + quote(sanitize.path_bytes(path))
    others: list[str] = []
    for item in report.deliverables:
        others += [row.path for row in (*item.for_, *item.against)] + [row.path for row in item.joins]
        others += [row.path for row in item.cuts]
    known = {f"file:///the/root/{quote(other)}" for other in (*others, *(row.path for row in report.syntax_errors))}
    assert targets <= {own} | known and targets & known
    assert "\x1b]" not in formats.render("text", report, width=400, colour=True, show="all")
