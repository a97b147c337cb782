"""Packs of rules for tests: one right rule to start from, and what a wrong one is refused for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from langfit import trial
from langfit.model.errors import LangfitError
from langfit.rulefiles import root

FEW = ("go/format-in-loop", "go/sql-access")
SITE = 'site = "call"\nname = ["time.Sleep"]'
RIGHT = f"""\
title = "Sleeps in a loop"
suits = "rust"
family = "compute"
weight = "supporting"
claims = ["C5", "C18"]
message = "{{name}} waits {{amount}} times"
why = "A test."
limits = "Tests."
roles = ["performance-critical"]

[match]
{SITE}
in-loop = 1

[scale]
start = 0.5
full = 5

[[example]]
code = '''
package p

import "time"

func f() {{
	for {{
		time.Sleep(1) // want go/sleep
	}}
}}
'''

[[example]]
code = '''
package p

func g() {{}}
'''
"""


@contextmanager
def few_rules(folder: Path) -> Iterator[Path]:
    """Check packs on top of two shipped rules instead of all: the loader is the same, and much sooner done."""
    for path in (
        *root().glob("*.toml"),
        *root().glob("dependencies/*.toml"),
        *(root() / f"{name}.toml" for name in FEW),
    ):
        target = folder / path.relative_to(root())
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "root", lambda: folder)
        yield folder


def refused(folder: Path) -> list[str]:
    """Return the sentences that refuse a pack, without its folder; each must have the form `path:line: sentence`."""
    with pytest.raises(LangfitError) as caught:
        trial.check_pack(folder)
    for sentence in caught.value.sentences:
        assert re.match(rf"{re.escape(str(folder))}[^:]*:[1-9]\d*: .*[.?]$", sentence), sentence
    return [sentence.removeprefix(str(folder)).lstrip("/") for sentence in caught.value.sentences]


def line_of(text: str, part: str) -> int:
    """Return the line of the first occurrence of a part of a text."""
    return text.count("\n", 0, text.index(part)) + 1
