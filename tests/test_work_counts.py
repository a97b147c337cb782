"""How much work a scan does, in numbers of files and queries: what is known is not parsed again."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.inventory.files import listing
from langfit.languages import LANGUAGES
from langfit.model.layout import Reading
from langfit.parsing import read
from langfit.repository import open_repository
from langfit.scan import Options, Watch, scan
from trees import BOOK, FIXTURES, commit

NAMES = ("mixed", "go-service", "rust-kernel", "rust-service-crates")


@pytest.fixture(params=NAMES)
def copy(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed copy of a fixture, with a cache of its own."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(FIXTURES / request.param, tmp_path / "it")
    commit(tmp_path / "it")
    return tmp_path / "it"


def counts(folder: Path, **options: Any) -> Counter[str]:
    """Return what a scan did to how many blobs; what it did to none is 0."""
    watch = Watch()
    scan(str(folder), Options(jobs=1, **options), watch, BOOK)
    return Counter(watch.counts)


def sources(folder: Path, how: Reading) -> list[Path]:
    """Return the files that are read in this way, one per distinct blob."""
    with open_repository(str(folder)) as tree:
        found = listing(tree)
        reading = found.reading()
        files = {file.blob: file.path for file in found.files if reading.get(file.path) == how}
    return [folder / path for path in sorted(files.values())]


def change(paths: list[Path]) -> None:
    """Give files another content, each its own."""
    for number, path in enumerate(paths):
        path.write_bytes(path.read_bytes() + b"\n// one more line, %d\n" % number)


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_a_warm_scan_parses_nothing(copy: Path, revision: str | None) -> None:
    """The first scan reads each distinct blob once, the second none of them."""
    full, skimmed = len(sources(copy, "full")), len(sources(copy, "skim"))
    assert full > 0
    assert counts(copy, revision=revision) == Counter(parsed=full, skimmed=skimmed)
    assert counts(copy, revision=revision) == Counter(recalled=full + skimmed)


def test_a_cache_of_a_commit_serves_its_work_tree(copy: Path) -> None:
    """A blob is a blob, wherever it was met; also where git knows nothing of it."""
    first = counts(copy, revision="HEAD")
    again = Counter(recalled=first["parsed"] + first["skimmed"])
    assert counts(copy) == again
    shutil.rmtree(copy / ".git")
    assert counts(copy) == again


def test_one_changed_file_is_parsed_alone(copy: Path) -> None:
    """In a work tree, in a plain folder, and in the next commit."""
    counts(copy)
    change(sources(copy, "full")[:1])
    done = counts(copy)
    assert (done["parsed"], done["skimmed"]) == (1, 0)
    commit(copy, "two")
    change(sources(copy, "full")[-1:])
    commit(copy, "three")
    assert counts(copy, revision="HEAD")["parsed"] == 1
    shutil.rmtree(copy / ".git")
    assert counts(copy)["parsed"] == 0
    change(sources(copy, "full")[:1])
    assert counts(copy)["parsed"] == 1


def test_a_renamed_file_is_not_parsed(copy: Path) -> None:
    """Its bytes are known."""
    counts(copy)
    old = sources(copy, "full")[0]
    old.rename(old.with_name(f"renamed_{old.name}"))
    commit(copy, "renamed")
    assert counts(copy, revision="HEAD")["parsed"] == 0


@pytest.mark.parametrize("cache", [True, False])
def test_a_branch_costs_the_files_that_it_changes(copy: Path, cache: bool) -> None:
    """With --base two trees are scanned; from nothing, the second costs no more than the blobs that the first lacks.

    That holds without the cache of the user as well.
    """
    base = commit(copy)
    paths = sources(copy, "full")
    change(paths[:3])
    head = commit(copy, "three files")
    assert counts(copy, revision=head, base=base, cache=cache)["parsed"] == len(paths) + len(paths[:3])
    if cache:
        assert counts(copy, revision=head, base=base)["parsed"] == 0


def test_a_base_that_is_known_costs_nothing(copy: Path) -> None:
    """As when the branch is pushed again and again."""
    base = commit(copy)
    counts(copy, revision=base)
    paths = sources(copy, "full")[:3]
    change(paths)
    head = commit(copy, "three files")
    assert counts(copy, revision=head, base=base)["parsed"] == len(paths)


@pytest.mark.parametrize("every", [1, 10, len(BOOK.rules)], ids=["all rules", "a tenth", "one"])
def test_one_query_per_file_whatever_the_rules(copy: Path, every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job of the workers asks once, with all rules as with one, and parses once."""
    asked: Counter[str] = Counter()

    def counted(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*values: Any) -> Any:
            asked[kind] += 1
            return function(*values)

        return inner

    for kind in ("parse", "captures"):
        monkeypatch.setattr(read, kind, counted(kind, getattr(read, kind)))
    fewer = structs.replace(BOOK, rules=BOOK.rules[::every])
    job = Summarize({language: Measures(fewer, language) for language in LANGUAGES})
    paths = sources(copy, "full")
    for path in paths:
        job(path.read_bytes(), "go" if path.suffix == ".go" else "rust", True)
    assert asked == {"parse": len(paths), "captures": len(paths)}
