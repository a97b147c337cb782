"""Every target of `make fuzz`, for a moment: what it once found stays found, and it can find something."""

from __future__ import annotations

import random

import pytest

from benchmarks import fuzz

TARGETS = fuzz.targets()


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_a_promise(name: str) -> None:
    """Half a second of mutated input, the same in every run as far as time allows."""
    number, data, why = fuzz.run(TARGETS[name], 0.5, random.Random(7))
    assert (data, why) == (None, "")
    assert number


def test_a_broken_promise_is_found() -> None:
    """A target that fails is reported with the input that made it fail."""

    def feed(data: bytes) -> None:
        if len(data) != len(SEED):
            raise RuntimeError("it broke")

    number, data, why = fuzz.run(fuzz.Target(feed, [SEED]), 5, random.Random(1))
    assert data is not None
    assert (number > 0, why) == (True, "RuntimeError: it broke")


SEED = b"package main\n"
