"""The caches of facts and rule books: they may be absent, broken or shared, and never change a result."""

from __future__ import annotations

import random
import sqlite3
import stat
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from langfit import book_cache, formats
from langfit import cache as kept
from langfit.cache import NAME, FactCache
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.filetree import Entry
from langfit.languages import LANGUAGES
from langfit.model.rule import Rule, Rulebook
from langfit.repository import Repository
from langfit.scan import Options, Watch, scan
from trees import BOOK, FIXTURES, commit, write


def filled(place: Path, rows: Mapping[str, bytes]) -> Path:
    """Return the file of a cache that holds some rows and is closed."""
    cache = FactCache(place)
    for key, packed in rows.items():
        cache.put(key, packed)
    cache.close()
    assert cache.notices == []
    return place / NAME


def held(place: Path, *keys: str) -> dict[str, bytes]:
    """Return what a cache that is opened anew knows of some keys."""
    cache = FactCache(place)
    found = cache.get(list(keys))
    cache.close()
    return found


def test_facts_come_back(tmp_path: Path) -> None:
    """What was put is known at once, and to the next scan; what was dropped is not."""
    cache = FactCache(tmp_path)
    cache.put("a", b"facts")
    cache.put("b", b"useless")
    assert cache.get(["a", "b", "c"]) == {"a": b"facts", "b": b"useless"}
    cache.drop("b")
    cache.close()
    assert held(tmp_path, "a", "b") == {"a": b"facts"}


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The folder and the file."""
    file = filled(tmp_path / "cache", {"a": b"facts"})
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)] == [0o700, 0o600]


def no_database(file: Path) -> None:
    file.write_bytes(b"not a database" * 100)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


@pytest.mark.parametrize("spoil", [no_database, cut])
def test_a_damaged_file_is_set_aside(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """It is kept under another name, and a new cache works."""
    spoil(filled(tmp_path, {"a": b"facts"}))
    cache = FactCache(tmp_path)
    assert cache.get(["a"]) == {}
    cache.put("a", b"new")
    cache.close()
    assert "set aside" in cache.notices[0]
    assert len(list(tmp_path.glob("*.broken-*"))) == 1
    assert held(tmp_path, "a") == {"a": b"new"}


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("update facts set packed = x'00'", id="another sum"),
        pytest.param("update facts set packed = 'text', sum = 0", id="no bytes"),
        pytest.param("pragma user_version = 1", id="another layout"),
        pytest.param("alter table facts add column more", id="another table"),
        pytest.param("drop table facts", id="no table"),
        pytest.param(
            "alter table facts rename to old; create view facts as select 1 as key, 1 as used, 1 as sum, 1 as packed",
            id="a view",
        ),
    ],
)
def test_what_cannot_be_trusted_is_a_miss(tmp_path: Path, statement: str) -> None:
    """Rows and tables that langfit did not write are not read, and give way to new ones."""
    file = filled(tmp_path, {"a": b"facts"})
    with sqlite3.connect(file) as db:
        db.executescript(statement)
    db.close()
    assert held(tmp_path, "a") == {}
    filled(tmp_path, {"a": b"new"})
    assert held(tmp_path, "a") == {"a": b"new"}


def in_the_way(place: Path) -> None:
    place.write_text("a file")


def a_folder(place: Path) -> None:
    (place / NAME).mkdir(parents=True)


@pytest.mark.parametrize("prepare", [in_the_way, a_folder])
def test_an_unusable_place_is_a_notice(tmp_path: Path, prepare: Callable[[Path], None]) -> None:
    """A scan goes on without a cache where none can be."""
    prepare(tmp_path / "cache")
    cache = FactCache(tmp_path / "cache")
    cache.put("a", b"facts")
    assert not cache.usable
    assert cache.get(["a"]) == {}
    assert "this scan goes on without it" in cache.notices[0]
    cache.close()


def test_two_scans_share_it(tmp_path: Path) -> None:
    """Writers take turns."""
    one, two = FactCache(tmp_path), FactCache(tmp_path)
    for number in range(600):
        one.put(f"one{number}", b"1")
        two.put(f"two{number}", b"2")
    one.close()
    two.close()
    assert len(held(tmp_path, *(f"{who}{number}" for who in ("one", "two") for number in range(600)))) == 1200


def test_what_was_used_longest_ago_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that is too large keeps its newer half; what this scan has used is new."""
    file = filled(tmp_path, {key: b"facts" for key in "abcd"})
    with sqlite3.connect(file) as db:
        db.execute("update facts set used = 1")
    db.close()
    monkeypatch.setattr(kept, "LARGEST", 0)
    assert held(tmp_path, "b", "c").keys() == {"b", "c"}
    monkeypatch.undo()
    assert held(tmp_path, *"abcd").keys() == {"b", "c"}


def test_a_row_that_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one believed that somebody else has put there."""
    filled(tmp_path, {"a": b"1234"})
    monkeypatch.setattr(kept, "MOST_ROW", 3)
    filled(tmp_path, {"b": b"1234", "c": b"123"})
    assert held(tmp_path, "a", "b", "c") == {"c": b"123"}


def digests(book: Rulebook) -> tuple[str, str]:
    """Return the names of what is made under a rule book: of parsed files, and of skimmed ones."""
    job = Summarize({name: Measures(book, name) for name in LANGUAGES})
    return job.digest, job.skimmed


def worded(rule: Rule) -> Rule:
    return structs.replace(rule, title="x", message="x", why="x", weight="contextual", family="x", scale=None)


def larger(rule: Rule) -> Rule:
    return structs.replace(rule, match=structs.replace(rule.match, tokens=9_999))


def moved(rule: Rule) -> Rule:
    measure = rule.match.measure
    selector = measure.selector and structs.replace(measure.selector, in_loop=measure.selector.in_loop + 1)
    return structs.replace(rule, match=structs.replace(rule.match, measure=structs.replace(measure, selector=selector)))


@pytest.mark.parametrize(
    ("change", "same"), [(worded, True), (larger, True), (moved, False)], ids=["words and weights", "size", "places"]
)
def test_a_rule_is_known_by_what_it_looks_for(change: Callable[[Rule], Rule], same: bool) -> None:
    """Its wording and weight change nothing in what is cached; what is skimmed depends on no rule."""
    before, after = digests(BOOK), digests(structs.replace(BOOK, rules=tuple(map(change, BOOK.rules))))
    assert (before[0] == after[0]) is same
    assert before[1] == after[1]


def test_an_extractor_is_known_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another one has found is made again."""
    before = digests(BOOK)
    monkeypatch.setattr(LANGUAGES["go"], "facts", LANGUAGES["go"].facts + 1)
    assert not set(before) & set(digests(BOOK))


@pytest.mark.parametrize("packed", [b"\x93\x01\x02\xa0", b"\xc1", b""], ids=["another form", "no msgpack", "nothing"])
def test_a_row_of_another_form_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bytes) -> None:
    """Rows that are whole but say something else cost time and change nothing."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    folder = write(tmp_path / "tree", {"a.go": "package p\n\nfunc f() {}\n"})
    commit(folder)
    first = scan(str(folder), Options(revision="HEAD"), None, BOOK)
    with sqlite3.connect(tmp_path / "cache" / NAME) as db:
        db.execute("update facts set packed = ?, sum = ?", [packed, zlib.crc32(packed)])
    db.close()
    for counts in ({"parsed": 1}, {"recalled": 1}):
        watch = Watch()
        assert scan(str(folder), Options(revision="HEAD"), watch, BOOK) == first
        assert watch.counts == counts


def spoilt(place: Path) -> None:
    """Make every other row of a cache useless."""
    with sqlite3.connect(place / NAME) as db:
        db.execute("update facts set packed = x'c1' where rowid % 2")
    db.close()


class Shop:
    """A tree, how it is scanned, and its report as JSON by one worker without a cache."""

    def __init__(self, folder: Path, revision: str | None) -> None:
        self.folder = folder
        self.options = Options(revision=revision)
        self.report = self.scanned(jobs=1, cache=False)

    def scanned(self, **more: Any) -> str:
        """Return the report under further options."""
        found = scan(str(self.folder), structs.replace(self.options, **more), None, BOOK)
        return formats.render("json", found, show="all")


@pytest.fixture(scope="module", params=["plain folder", "work tree", "commit"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Three fixtures, with copies of files and with files that cannot be read."""
    folder = tmp_path_factory.mktemp("shop")
    for name in ("mixed", "rust-service-crates", "go-service"):
        copytree(FIXTURES / name, folder / name)
    for path in [*folder.rglob("*.go"), *folder.rglob("*.rs")]:
        path.with_name(f"copy_{path.name}").write_bytes(path.read_bytes())
    write(folder, {"go-service/odd.go": "package odd\n// \udcff\n", "go-service/no.go": "package p\nfunc {{{\n"})
    if request.param != "plain folder":
        commit(folder)
    return Shop(folder, "HEAD" if request.param == "commit" else None)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1 << 30), jobs=st.integers(1, 3), state=st.sampled_from(["off", "cold", "warm", "spoilt"]))
def test_neither_order_nor_workers_nor_cache_change_the_report(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory, seed: int, jobs: int, state: str
) -> None:
    """The same bytes of JSON for files in any order, one to three workers, and the cache off, cold, warm or damaged."""
    place = tmp_path_factory.mktemp("cache")
    order, sorted_entries = random.Random(seed), Repository.entries

    def shuffled(self: Repository) -> tuple[Entry, ...]:
        entries = sorted_entries(self)
        return tuple(order.sample(entries, len(entries)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANGFIT_CACHE_DIR", str(place))
        if state in ("warm", "spoilt"):
            shop.scanned()
        if state == "spoilt":
            spoilt(place)
        patch.setattr(Repository, "entries", shuffled)
        assert shop.scanned(jobs=jobs, cache=state != "off") == shop.report


def test_a_book_comes_back_under_its_stamp(tmp_path: Path) -> None:
    """Whole, or not at all."""
    book_cache.keep(tmp_path, "one", BOOK)
    assert book_cache.recall(tmp_path, "one") == BOOK
    assert book_cache.recall(tmp_path, "two") is None
    (file,) = tmp_path.iterdir()
    data = file.read_bytes()
    for spoiled in (data[:-1], data[:40] + b"\xc1" + data[41:], b""):
        file.write_bytes(spoiled)
        assert book_cache.recall(tmp_path, "one") is None


def test_few_books_are_kept(tmp_path: Path) -> None:
    """The newest ones; and the command that empties the cache takes them along."""
    for number in range(book_cache.KEPT + 3):
        book_cache.keep(tmp_path, f"{number:02}", BOOK)
    assert len(list(tmp_path.iterdir())) == book_cache.KEPT
    assert book_cache.recall(tmp_path, f"{book_cache.KEPT + 2:02}") == BOOK


def test_a_book_is_stamped_by_its_files_and_settings(tmp_path: Path) -> None:
    """A rule that is written, changed or removed makes another book, and so does a setting; other files do not."""
    stamps = [book_cache.stamp_of([tmp_path])]
    for files in ({"go/rule.toml": "one"}, {"go/rule.toml": "longer"}, {"go/notes.txt": "one"}):
        write(tmp_path, files)
        stamps.append(book_cache.stamp_of([tmp_path]))
    (tmp_path / "go/rule.toml").unlink()
    stamps += [book_cache.stamp_of([tmp_path]), book_cache.stamp_of([tmp_path], "setting")]
    assert [stamps.index(stamp) for stamp in stamps] == [0, 1, 2, 2, 0, 5]


@pytest.mark.parametrize(
    "path", ["globs.py", "rulebook/load.py", "toml/document.py", "model/rule.py", "languages/go/sites.scm"]
)
def test_a_book_is_stamped_by_the_code_that_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Whoever changes it is not shown the book of before."""
    write(tmp_path, {path: "1"})
    monkeypatch.setattr(book_cache, "__file__", str(tmp_path / "book_cache.py"))
    before = book_cache.stamp_of([])
    write(tmp_path, {path: "longer"})
    assert book_cache.stamp_of([]) != before
