"""One tree has one report: in any order of files, with any number of workers, and with any part of it remembered."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import bare
from langfit import formats
from langfit.filetree import Entry
from langfit.repository import Repository, open_repository
from langfit.scan import Options, Watch, judge_tree
from test_bad_contents import CONTENTS
from trees import BOOK, FIXTURES


class Shuffled:
    """A repository that lists its entries in another order."""

    def __init__(self, inner: Repository, seed: int) -> None:
        self._inner = inner
        self._order = list(inner.entries())
        random.Random(seed).shuffle(self._order)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._order)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Remembering(dict[str, bytes]):
    """A cache in memory that answers for some quarters of its keys only."""

    def __init__(self, rows: dict[str, bytes], quarters: int) -> None:
        super().__init__(rows)
        self._quarters = quarters

    def get(self, keys: list[str]) -> dict[str, bytes]:  # type: ignore[override]
        return {key: self[key] for key in keys if key in self and int(key[:2], 16) % 4 < self._quarters}

    def put(self, key: str, packed: bytes) -> None:
        self[key] = packed

    def drop(self, key: str) -> None:
        raise AssertionError(f"{key} was put a moment ago")


class Mixed:
    """A tree, all that a cache keeps of it, and its report."""

    def __init__(self, tree: Repository) -> None:
        self.tree = tree
        self.cache = Remembering({}, 0)
        self.report = rendered(tree, 1, self.cache)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mixed]:
    """A commit of the fixtures with copies and hostile files."""
    files = {
        os.fsencode(path.relative_to(FIXTURES)): path.read_bytes()
        for folder in ("go-kernel", "go-service", "mixed", "rust-kernel")
        for path in sorted((FIXTURES / folder).rglob("*"))
        if path.is_file()
    }
    files |= {b"copy/" + name: data for name, data in files.items() if b"kernel" in name}
    files |= {
        name: data for name, (data, why) in CONTENTS.items() if why in ("", "binary", "not-utf8") and len(data) < 9_999
    }
    folder: Path = tmp_path_factory.mktemp("mixed")
    bare(folder, files)
    with open_repository(str(folder)) as tree:
        yield Mixed(tree)


def rendered(tree: Any, jobs: int, cache: Remembering | None) -> str:
    """Return the report on a tree as JSON."""
    return formats.render("json", judge_tree(tree, BOOK, Options(jobs=jobs), Watch(), cache), show="all")  # type: ignore[arg-type]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1 << 30), jobs=st.integers(1, 3), quarters=st.none() | st.integers(0, 4))
def test_neither_order_nor_workers_nor_cache_change_the_report(
    mixed: Mixed, seed: int, jobs: int, quarters: int | None
) -> None:
    """The same bytes of JSON, every time."""
    cache = None if quarters is None else Remembering(dict(mixed.cache), quarters)
    assert rendered(Shuffled(mixed.tree, seed), jobs, cache) == mixed.report


def test_the_report_has_something_to_get_wrong(mixed: Mixed) -> None:
    """The tree has advice, findings and skipped files, and the cache holds what was read."""
    report = json.loads(mixed.report)
    assert {"split", "stay"} <= {item["advice"]["answer"] for item in report["deliverables"]}
    assert {row["reason"] for row in report["skipped"]} == {"binary", "not-utf8"}
    assert len({row["rule"] for row in report["findings"]}) > 5 and len(mixed.cache) > 20
