"""Worker processes: every task is answered once, whatever a file does to them and however the work is shared."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langfit.facts import store
from langfit.facts.job import Summarize
from langfit.facts.store import Limits, Outcome, Request
from langfit.filetree import Unreadable, blob_id
from langfit.languages import LANGUAGES
from langfit.model.repository import SKIP_REASONS, File, LanguageId
from langfit.parsing import workers
from langfit.parsing.depth import TooDeep
from langfit.parsing.parser import captures, parse
from langfit.parsing.workers import BATCH_BYTES, Task, Work, batches
from trees import MEASURES, facts_of

JOB = Summarize(MEASURES)
GOOD = b"package p\nfunc f() {}\n"


def answers(tasks: list[Task], jobs: int = 2, timeout: float = 30.0, work: Work = JOB) -> dict[str, str]:
    """Return the reason of each task by its key, "" for a summary."""
    found = [(answer.key, answer.reason) for answer in workers.run(tasks, work, jobs, timeout)]
    assert len(found) == len(dict(found)), "a task was answered twice"
    return dict(found)


def hostile(data: bytes, language: LanguageId, full: bool) -> bytes:
    """Do what the bytes say."""
    if b"die" in data:
        os._exit(9)
    if b"hang" in data:
        time.sleep(60)
    if b"deep" in data:
        raise TooDeep
    if b"raise" in data:
        raise RecursionError
    return b""


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_dead_or_silent_worker_costs_one_file(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each culprit gets its reason; every other file of its batch is still answered."""
    monkeypatch.setattr(workers, "GRACE", 1.0)
    tasks = [Task(f"good{i}", "go", True, GOOD) for i in range(20)]
    reasons = {"die": "crashed", "hang": "timeout", "raise": "crashed", "deep": "too-deep", "die at the end": "crashed"}
    tasks[3:3] = [Task(key, "go", True, key.encode()) for key in list(reasons)[:4]]
    tasks.append(Task("die at the end", "go", True, b"die"))
    assert set(reasons.values()) <= set(SKIP_REASONS)
    assert answers(tasks, jobs, timeout=1.0, work=hostile) == dict.fromkeys((t.key for t in tasks), "") | reasons


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 400_000), max_size=12), st.integers(1, 3))
def test_every_task_is_answered_once(sizes: list[int], jobs: int) -> None:
    """Batches of any shape lose and repeat nothing."""
    tasks = [Task(str(i), "go", False, b"\n" * size) for i, size in enumerate(sizes)]
    assert answers(tasks, jobs) == {task.key: "" for task in tasks}


@given(st.lists(st.integers(0, 2 * BATCH_BYTES), max_size=12))
def test_batches_keep_order_and_size(sizes: list[int]) -> None:
    """None is empty, and none goes on once it is large enough."""
    tasks = [Task(str(i), "go", True, bytes(size)) for i, size in enumerate(sizes)]
    made = list(batches(tasks))
    assert [task for batch in made for task in batch] == tasks
    assert all(sum(len(task.data) for task in batch[:-1]) < BATCH_BYTES for batch in made)
    assert all(made)


def test_few_tasks_are_read_ahead() -> None:
    """Memory does not grow with the number of files."""
    asked = 0

    def supply() -> Iterator[Task]:
        nonlocal asked
        for asked in range(1, 41):
            yield Task(str(asked), "go", False, bytes(BATCH_BYTES))

    ahead = [asked - done for done, _ in enumerate(workers.run(supply(), JOB, 2, 30.0), 1)]
    assert len(ahead) == 40
    assert max(ahead) <= 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_workers_end_with_the_process_that_started_them() -> None:
    """Also when it is killed while they are busy."""
    code = (
        "import os, time\nfrom langfit.parsing.workers import Task, run\n"
        "def work(data, language, full):\n    if data: print(os.getpid(), flush=True); time.sleep(60)\n    return b''\n"
        "list(run([Task('a', 'go', True, b'x')], work, 1, 100.0))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            try:
                os.kill(worker, 0)
            except ProcessLookupError:
                return
            with open(f"/proc/{worker}/stat", encoding="ascii") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":  # dead, and nobody has waited for it yet
                    return
            time.sleep(0.05)
    pytest.fail("the worker goes on")


@pytest.mark.parametrize(
    ("language", "data"),
    [
        pytest.param("go", b"package p\nvar x = " + b"1+" * 100_000 + b"1\n", id="a sum"),
        pytest.param("rust", b"fn f() { " + b"a.b()." * 20_000 + b"c() }", id="a chain"),
        pytest.param("go", b"package p\nfunc f() {" + b"if x {" * 20_000 + b"}" * 20_000 + b"}", id="blocks"),
        pytest.param("rust", b"type A = " + b"Vec<" * 20_000 + b"u8" + b">" * 20_000 + b";", id="types"),
    ],
)
def test_deep_files_are_refused_quickly(language: str, data: bytes) -> None:
    """A tree deeper than the limit is found out before any query runs over it."""
    began = time.monotonic()
    with pytest.raises(TooDeep):
        facts_of(data, language)
    assert time.monotonic() - began < 5


def test_the_deepest_allowed_file_keeps_all_its_captures() -> None:
    """Below the limit nothing is lost."""
    levels = 600
    data = b"package p\nfunc f() {" + b"for {" * levels + b"}" * levels + b"}"
    found, overflowed = captures(parse(data, LANGUAGES["go"]), LANGUAGES["go"])
    assert len(found["region.loop"]) == levels
    assert not overflowed


class Known(dict[str, bytes]):
    """A cache in memory."""

    def get(self, keys: list[str]) -> dict[str, bytes]:  # type: ignore[override]
        return {key: self[key] for key in keys if key in self}

    def put(self, key: str, packed: bytes) -> None:
        self[key] = packed

    def drop(self, key: str) -> None:
        del self[key]


TEXTS = (
    GOOD,
    b"package p\nfunc g(a []int) { for i := range a { a[i] *= i } }\n",
    b"package p\nfunc broken( {\n",
    b"// Code generated by x. DO NOT EDIT.\npackage p\n",
    b"package p\n// \xff\n",
    b"package p\n" + b"// long\n" * 200,
    b"",
)
LARGEST = 1_000  # bytes
USELESS = (b"", b"\xc1", b"\x93\x01\x02\xa0", b"\x80")  # nothing, no msgpack, another type, a map
MISSING = len(TEXTS)
FILES = st.lists(
    st.tuples(st.integers(0, MISSING), st.booleans(), st.sampled_from(["named", "unnamed", "misnamed"])), max_size=8
)


def expected(text: int, full: bool) -> tuple[object, str]:
    """Return what must come of a file, whoever else is there."""
    if text in (4, 5, MISSING):
        return None, {4: "not-utf8", 5: "too-big", MISSING: "unreadable"}[text]
    return JOB.decode(JOB(TEXTS[text], "go", full)), ""


def outcomes(files: list[tuple[int, bool, str]], order: random.Random, jobs: int, cache: Known | None) -> list[Outcome]:
    """Return what comes of files `0.go`, `1.go`, ...: each a text, read in full or not, whose blob the index names or not."""
    requests = []
    for number, (text, full, index) in enumerate(files):
        data = TEXTS[text] if text < MISSING else b"missing"
        blob = {"named": blob_id(data), "unnamed": "", "misnamed": blob_id(b"other" + data)}[index]
        requests.append(Request(File(f"{number}.go", blob, len(data), "go", "code"), full))
    order.shuffle(requests)

    def read(file: File) -> bytes:
        text = files[int(file.path.removesuffix(".go"))][0]
        if text == MISSING:
            raise Unreadable("unreadable")
        return TEXTS[text]

    return list(store.summaries(requests, read, JOB, Limits(jobs, 30.0, LARGEST), cache))


@settings(max_examples=60, deadline=None)
@given(FILES, st.randoms(use_true_random=False), st.integers(1, 3), st.booleans())
def test_every_file_has_the_summary_of_its_own_bytes(
    files: list[tuple[int, bool, str]], order: random.Random, jobs: int, cached: bool
) -> None:
    """Exactly once, in any order, with any number of workers, whatever blob the index names, with a cache and without."""
    cache = Known() if cached else None
    wanted = {f"{number}.go": expected(text, full) for number, (text, full, _) in enumerate(files)}
    made = outcomes(files, order, jobs, cache)
    assert len(made) == len(files)
    assert {one.file.path: (one.summary, one.reason) for one in made} == wanted


@pytest.mark.parametrize("bad", [None, b"package p\x00"], ids=["unreadable", "binary"])
def test_a_file_that_is_refused_costs_no_other_file(bad: bytes | None) -> None:
    """Not even one that the index takes for the same blob, and that can be read."""

    def read(file: File) -> bytes:
        if file.path == "b.go":
            return GOOD
        if bad is None:
            raise Unreadable("unreadable")
        return bad

    requests = [Request(File(f"{name}.go", blob_id(GOOD), len(GOOD), "go", "code"), True) for name in "abc"]
    found = {one.file.path: one.reason for one in store.summaries(requests, read, JOB, Limits(1, 30.0, LARGEST))}
    reason = "unreadable" if bad is None else "binary"
    assert found == {"a.go": reason, "b.go": "", "c.go": reason}


@settings(max_examples=40, deadline=None)
@given(FILES, st.randoms(use_true_random=False), st.integers(1, 3), st.data())
def test_what_is_recalled_is_what_would_be_made(
    files: list[tuple[int, bool, str]], order: random.Random, jobs: int, data: st.DataObject
) -> None:
    """From a cache that knows all, some, or something else of the files; what is of no use is replaced."""
    files = [(text, full, "named" if index == "misnamed" else index) for text, full, index in files]
    cache = Known()
    outcomes(files, order, jobs, cache)
    whole = dict(cache)
    for key in whole:
        state = data.draw(st.sampled_from(["kept", "lost", "spoiled"]), label=key)
        if state == "lost":
            del cache[key]
        elif state == "spoiled":
            cache[key] = data.draw(st.sampled_from(USELESS))
    wanted = {f"{number}.go": expected(text, full) for number, (text, full, _) in enumerate(files)}
    assert {one.file.path: (one.summary, one.reason) for one in outcomes(files, order, jobs, cache)} == wanted
    assert cache == whole


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_digest_is_the_same_in_every_process(seed: str) -> None:
    """What one scan has cached the next one finds, whatever the order in which Python keeps sets."""
    code = (
        "from langfit.facts.job import Summarize\nfrom langfit.facts.measures import Measures\n"
        "from langfit.rulebook import load\nfrom langfit.rulefiles import root\n"
        "book = load(root())\nprint(Summarize({name: Measures(book, name) for name in ('rust', 'go')}).digest)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert run.stdout.decode().strip() == JOB.digest
