"""TOML files that people write: where keys and values are, and no bytes that break the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langfit.rulefiles import root
from langfit.toml.diagnostics import Diagnostic
from langfit.toml.document import Document
from langfit.toml.positions import headers, positions


def test_positions_of_every_form() -> None:
    """Dotted and quoted keys, tables, lists of tables, inline values over lines, strings with anything in them."""
    text = '''# a = 1
a.b = 1
"c d" = """
e = 1 \\""" ]
""""
'f' = [ # comment ]
  1, "x]", [
  2], {g = 1, h.i = \'}\'},
]
[[t]]
u = 2020-01-01 10:00:00
[t.v]
w = \'\'\'
[[t]]
\'\'\'
[[ t ]]
[t."v w".x]
y = 1
'''
    assert positions(text) == {
        (): 1, ("a",): 2, ("a", "b"): 2, ("c d",): 3, ("f",): 6, ("f", 0): 7, ("f", 1): 7, ("f", 2): 7, ("f", 2, 0): 8,
        ("f", 3): 8, ("f", 3, "g"): 8, ("f", 3, "h"): 8, ("f", 3, "h", "i"): 8, ("t",): 10, ("t", 0): 10,
        ("t", 0, "u"): 11, ("t", 0, "v"): 12, ("t", 0, "v", "w"): 13, ("t", 1): 16, ("t", 1, "v w"): 17,
        ("t", 1, "v w", "x"): 17, ("t", 1, "v w", "x", "y"): 18,
    }  # fmt: skip
    assert headers(text, "t") == [10, 16]


def test_every_key_of_the_shipped_rules_has_a_position() -> None:
    """What the parser reads is found on a line that holds the key."""
    for path in sorted(root().rglob("*.toml")):
        document = Document(path, path.name, [])
        rows = document.text.splitlines()
        assert document.table
        for key in document.table:
            assert key in rows[document.line(document.table, key) - 1], (path, key)


@given(data=st.binary(max_size=200) | st.text(alphabet="[]{}=\"'\\\n#., ab1*", max_size=60).map(str.encode))
def test_no_bytes_break_the_reader(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any file becomes a table with a line for each key, or a diagnostic on one of its lines."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    found: list[Diagnostic] = []
    document = Document(path, "any.toml", found)
    lines = data.count(b"\n") + 1
    assert document.read != bool(found)
    assert all(1 <= diagnostic.line <= lines for diagnostic in found)
    assert all(1 <= document.line(document.table, key) <= lines for key in document.table)
