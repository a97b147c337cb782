"""Worker processes: every task is answered once, whatever a file does to them."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.facts import Whole
from langfit.languages import TooDeep, tree, workers
from langfit.languages.workers import Task, Work
from langfit.model import Language

FACTS = Whole()
GOOD = b"package p\nfunc f() {}\n"


def answers(tasks: list[Task], jobs: int = 2, timeout: float = 30.0, work: Work = FACTS) -> dict[str, str]:
    """Key -> reason, "" for facts."""
    found = [(a.key, a.reason) for a in workers.run(tasks, work, jobs, timeout)]
    assert len(found) == len(dict(found)), "a task was answered twice"
    return dict(found)


def _hostile(data: bytes, language: Language, full: bool) -> bytes:
    if b"die" in data:
        os._exit(9)
    if b"hang" in data:
        time.sleep(60)
    if b"raise" in data:
        raise RecursionError
    return b""


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_dead_or_silent_worker_costs_one_file(jobs: int) -> None:
    """Each culprit gets its reason; every other file of its batch is still answered."""
    tasks = [Task(f"good{i}", "go", True, GOOD) for i in range(20)]
    tasks[3:3] = [Task("die", "go", True, b"die"), Task("hang", "go", True, b"hang"), Task("raise", "go", True, b"raise")]
    tasks.append(Task("die-last", "go", True, b"die"))
    expected = {task.key: "" for task in tasks} | {
        "die": "crashed", "die-last": "crashed", "hang": "timeout", "raise": "crashed",
    }  # fmt: skip
    assert answers(tasks, jobs, timeout=1.0, work=_hostile) == expected


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 400_000), max_size=12), st.integers(1, 3))
def test_every_task_is_answered_once(sizes: list[int], jobs: int) -> None:
    """Batches of any shape lose and repeat nothing."""
    tasks = [Task(str(i), "go", False, b"\n" * size) for i, size in enumerate(sizes)]
    assert answers(tasks, jobs) == {task.key: "" for task in tasks}


@pytest.mark.parametrize(
    ("language", "data"),
    [
        ("go", b"package p\nvar x = " + b"1+" * 100_000 + b"1\n"),
        ("rust", b"fn f() { " + b"a.b()." * 20_000 + b"c() }"),
        ("go", b"package p\nfunc f() {" + b"if x {" * 20_000 + b"}" * 20_000 + b"}"),
        ("rust", b"type A = " + b"Vec<" * 20_000 + b"u8" + b">" * 20_000 + b";"),
    ],
)
def test_deep_files_are_refused_quickly(language: str, data: bytes) -> None:
    """A tree deeper than the limit is found out before any query runs over it."""
    began = time.monotonic()
    with pytest.raises(TooDeep):
        tree.parse(data, language)  # type: ignore[arg-type]
    assert time.monotonic() - began < 5


def test_the_deepest_allowed_file_keeps_all_its_captures() -> None:
    """Below the limit nothing is lost."""
    levels = 600
    data = b"package p\nfunc f() {" + b"for {" * levels + b"}" * levels + b"}"
    found, overflowed = tree.captures(tree.parse(data, "go"), "go")
    assert len(found["region.loop"]) == levels
    assert not overflowed
