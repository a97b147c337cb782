"""The door that all output passes: properties over any text, and the cases that gave it its shape."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.formats import door

TEXT = st.text(st.characters(codec=None, categories=None)) | st.text(
    st.sampled_from(":# [\n\t\r\x1bm0;\u202e\ud800\u2028\u00a0a\\%")
)


@given(TEXT)
def test_clean_lets_nothing_through_that_acts(text: str) -> None:
    """No control, format-direction or surrogate character survives, and the length tells what was replaced."""
    shown = door.clean(text)
    assert len(shown) == len(text) and door.clean(shown) == shown
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI")]
    shown.encode("utf-8")


@given(TEXT)
def test_shut_leaves_no_command(text: str) -> None:
    """Whatever goes in, a runner finds no command in any line, with or without colours, and twice is as once."""
    for colour in (False, True):
        shut = door.shut(text, colour=colour)
        assert "##[" not in shut and door.shut(shut, colour=colour) == shut
        for line in re.split(r"[\n\r]", re.sub(r"\x1b\[[0-9;]*m", "", shut)):
            assert not line.lstrip().startswith("::")


@given(TEXT)
def test_json_text_is_plain_and_comes_back(text: str) -> None:
    """JSON survives a round trip except for surrogates, prints nothing that acts and holds no command."""
    written = door.json_text({text: [text]})
    back = re.sub("[\ud800-\udfff]", door.REPLACEMENT, text)
    assert json.loads(written) == {back: [back]}
    assert door.shut(written) == written


@given(st.binary())
def test_path_bytes_gives_the_bytes_back(raw: bytes) -> None:
    """A path read with surrogates for undecodable bytes keeps every byte."""
    assert door.path_bytes(raw.decode("utf-8", "surrogateescape")) == raw


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
    assert door.shut(text) == safe


def test_defuse_leaves_the_commands_of_a_format() -> None:
    """The lines of the github format are commands on purpose; a marker inside them is still defused."""
    assert door.defuse("::notice title=a::b ##[error]", own=True) == "::notice title=a::b ##\\[error]"


def test_clean_refuses_other_exceptions() -> None:
    """Nobody can ask for an escape sequence to be kept."""
    with pytest.raises(ValueError, match="newline and tab"):
        door.clean("x", keep="\x1b")
