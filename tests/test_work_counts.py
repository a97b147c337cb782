"""How much work a scan does, in numbers of files and queries: what is known is not parsed again."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygit2
import pytest
from msgspec import structs

from langfit import inventory, scan
from langfit.findings.measures import Measures
from langfit.findings.share import Sharing
from langfit.languages import go, rust, tree
from langfit.model import LANGUAGES
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.source import open_source

FIXTURES = Path(__file__).parent.parent / "fixtures"
NAMES = ("mixed", "go-service", "rust-kernel", "rust-service-crates")
CHANGE = b"\n// one more line\n"


def commit(folder: Path, message: str = "one") -> str:
    """Commit all that is in a folder; its index looks younger than the files, as some time after a checkout."""
    repo = pygit2.init_repository(str(folder), initial_head="main")
    repo.index.add_all()
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    before = [] if repo.head_is_unborn else [repo.head.target]
    made = str(repo.create_commit("HEAD", who, who, message, repo.index.write_tree(), before))
    later = (folder / ".git/index").stat().st_mtime + 10
    os.utime(folder / ".git/index", (later, later))
    return made


@pytest.fixture(params=NAMES)
def copy(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed copy of a fixture, with a cache of its own."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(FIXTURES / request.param, tmp_path / "it")
    commit(tmp_path / "it")
    return tmp_path / "it"


def counts(folder: Path, **options: Any) -> Counter[str]:
    """What a scan did to how many blobs; what it did to none is 0."""
    watch = scan.Watch()
    scan.scan(str(folder), scan.Options(jobs=1, **options), watch)
    return Counter(watch.counts)


def code(folder: Path) -> list[Path]:
    """The files that a scan parses, one per distinct blob."""
    with open_source(str(folder)) as source:
        files = {f.blob: f for f in inventory.take(source).files if f.language and f.role == "code"}
    return [folder / f.path for f in sorted(files.values(), key=lambda f: f.path)]


def change(paths: list[Path]) -> None:
    """Give files another content, each its own."""
    for number, path in enumerate(paths):
        path.write_bytes(path.read_bytes() + CHANGE + b"// %d\n" % number)


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_a_warm_scan_parses_nothing(copy: Path, revision: str | None) -> None:
    """The first scan parses each distinct blob of code once, the second none of them, nor does it look any over."""
    first, second = counts(copy, revision=revision), counts(copy, revision=revision)
    assert first["parsed"] == len(code(copy)) and first["recalled"] == 0
    assert second == {"recalled": first["parsed"] + first["looked-over"]}


def test_a_cache_of_a_commit_serves_its_work_tree(copy: Path) -> None:
    """A blob is a blob, wherever it was met."""
    counts(copy, revision="HEAD")
    assert counts(copy)["parsed"] == 0


def test_one_changed_file_is_parsed_alone(copy: Path) -> None:
    """In a work tree, before and after it is committed."""
    counts(copy)
    change(code(copy)[:1])
    assert counts(copy)["parsed"] == 1
    commit(copy)
    change(code(copy)[-1:])
    commit(copy)
    assert counts(copy, revision="HEAD")["parsed"] <= 2


def test_a_renamed_file_is_not_parsed(copy: Path) -> None:
    """Its bytes are known."""
    counts(copy)
    old = code(copy)[0]
    old.rename(old.with_name(f"renamed_{old.name}"))
    commit(copy)
    assert counts(copy, revision="HEAD")["parsed"] == 0


def test_a_branch_costs_the_files_that_it_changes(copy: Path) -> None:
    """With --base two trees are scanned, and of both only the blobs that the cache lacks are parsed."""
    base = commit(copy)
    counts(copy, revision=base)
    paths = code(copy)[:3]
    change(paths)
    head = commit(copy, "three files")
    assert counts(copy, revision=head, base=base)["parsed"] == len(paths)
    assert counts(copy, revision=head, base=base)["parsed"] == 0


def test_a_branch_scanned_first_shares_what_its_base_has(copy: Path) -> None:
    """From an empty cache, the base costs no more than the blobs that the branch has replaced."""
    base = commit(copy)
    paths = code(copy)
    change(paths[:3])
    head = commit(copy, "three files")
    assert counts(copy, revision=head, base=base)["parsed"] == len(paths) + len(paths[:3])


@pytest.mark.parametrize("name", NAMES)
def test_one_query_per_file_whatever_the_rules(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job of the workers asks once, with all rules as with none, and parses once."""
    asked: Counter[str] = Counter()

    def counted(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*values: Any) -> Any:
            asked[kind] += 1
            return function(*values)

        return inner

    for module in (go, rust):
        for kind in ("parse", "captures"):
            monkeypatch.setattr(module, kind, counted(kind, getattr(tree, kind)))
    book = load(root())
    for rules in (book.rules, book.rules[::10], ()):
        asked.clear()
        with open_source(str(FIXTURES / name)) as source:
            taken = inventory.take(source)
            entries = {entry.path: entry for entry in source.entries()}
            fewer = structs.replace(book, rules=tuple(rules))
            job = Sharing({language: Measures(fewer, language) for language in LANGUAGES})
            files = [f for f in taken.files if f.language and f.role == "code"]
            for file in files:
                job(source.read(entries[file.path]), file.language or "go", True)
        assert asked == {"parse": len(files), "captures": len(files)}


def test_a_plain_folder_and_changed_files_are_recalled(copy: Path) -> None:
    """Files that git knows nothing of are told apart by their bytes; a file that changes while it is read is no trap."""
    shutil.rmtree(copy / ".git")
    first, second = counts(copy), counts(copy)
    assert first["parsed"] > 0 and first["recalled"] == 0
    assert second == {"recalled": first["parsed"] + first["looked-over"]}
    changed = next(path for path in sorted(copy.rglob("*")) if path.suffix in (".go", ".rs"))
    changed.write_bytes(changed.read_bytes() + CHANGE)
    third = counts(copy)
    assert third["parsed"] + third["looked-over"] == 1 and third["recalled"] == second["recalled"] - 1
