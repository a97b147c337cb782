"""Line hashes: the vectors of the upload action, and its algorithm written out unit by unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langfit.fingerprints import BASE, END, MASK, WINDOW, LineHashes, component_fingerprint


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
    ],
)
def test_vectors_of_the_action(text: str, hashes: list[str]) -> None:
    """What github/codeql-action's own test expects, whatever the line ends are."""
    for end in ("\n", "\r\n", "\r"):
        found = LineHashes(text.replace("\n", end).encode())
        assert [found.of(line) for line in range(1, len(hashes) + 1)] == hashes


def written_out(text: str) -> list[str]:
    """Every line's hash by a window that moves one UTF-16 unit at a time."""
    units: list[int] = []
    starts = [0]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    encoded = text.encode("utf-16-le", "surrogatepass")
    for i in range(0, len(encoded), 2):
        unit = int.from_bytes(encoded[i : i + 2], "little")
        if unit not in (32, 9):
            units.append(unit)
        if unit == 10:
            starts.append(len(units))
    units += [END] + [0] * WINDOW
    seen: dict[str, int] = {}
    out = []
    for start in starts:
        value = 0
        for unit in units[start : start + WINDOW]:
            value = (value * BASE + unit) & MASK
        name = f"{value:x}"
        seen[name] = seen.get(name, 0) + 1
        out.append(f"{name}:{seen[name]}")
    return out


@given(st.text(st.sampled_from(list("ab \t\n\r{}é😀"))))
def test_hashes_are_those_of_the_algorithm_written_out(text: str) -> None:
    """Windows that run on over lines, equal lines, blanks, line ends and astral characters all agree."""
    expected = written_out(text)
    found = LineHashes(text.encode())
    assert [found.of(line) for line in range(1, len(expected) + 1)] == expected


def test_a_component_keeps_its_fingerprint() -> None:
    """Only names go into it."""
    assert component_fingerprint("a", "b") == component_fingerprint("a", "b") != component_fingerprint("ab", "")
