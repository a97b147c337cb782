"""What stands in the folder of the cache, whoever put it there: it costs speed and nothing else."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile import GO, needs_links, on_disk
from langfit import book_cache
from langfit import cache as kept
from langfit.cache import FactCache
from trees import BOOK, invoked, printed

LAYOUT = f"pragma user_version = {kept.LAYOUT}"
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select i"
DATABASES = {
    "an endless view": ["drop table facts", f"create view facts as {ENDLESS} as key, i as used, i as sum, i as packed from n"],
    "an endless trigger": [f"create trigger t after insert on facts begin insert into facts {ENDLESS}, 1, 1, 1 from n; end"],
    "a trigger": ["create trigger t before insert on facts begin select raise(abort, 'no'); end"],
    "another table": ["create table more (a)"],
    "another column": ["alter table facts add column more integer"],
    "an index": ["create index i on facts (used)"],
    "a view of itself": ["create view v as select * from facts"],
    "a newer layout": ["pragma user_version = 99"],
    "a constraint": ["drop table facts", "create table facts (key, used, sum, packed check (packed is null))"],
}  # fmt: skip


@pytest.mark.parametrize("statements", DATABASES.values(), ids=DATABASES)
def test_a_database_of_others_is_made_anew(tmp_path: Path, statements: list[str]) -> None:
    """Without asking what it holds, since that may have no end."""
    FactCache(tmp_path).close()
    db = sqlite3.connect(tmp_path / kept.NAME)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()
    code = (
        "from langfit.cache import FactCache; from pathlib import Path; import sys\n"
        "cache = FactCache(Path(sys.argv[1])); cache.put('a', b'1'); cache.close()\n"
        "again = FactCache(Path(sys.argv[1])); print(again.get(['a']), again.notices); again.close()"
    )
    environment = {**os.environ, "LANGFIT_CACHE_DIR": str(tmp_path)}
    shown = [sys.executable, "-m", "langfit", "cache"]
    done = subprocess.run(shown, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert "facts of " in done.stdout and not done.stderr
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "{'a': b'1'} []\n"


@needs_links
@pytest.mark.parametrize("end", ["", *kept.BESIDE])
def test_no_database_is_opened_through_a_link(tmp_path: Path, end: str) -> None:
    """It may be one of another program, which langfit would empty."""
    other = tmp_path / "other.sqlite3"
    db = sqlite3.connect(other)
    db.execute("create table dear (a)")
    db.close()
    before = other.read_bytes()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / (kept.NAME + end)).symlink_to(other)
    cache = FactCache(tmp_path / "cache")
    cache.put("a", b"1")
    cache.close()
    assert not cache.usable and "is not a regular file" in cache.notices[0]
    assert other.read_bytes() == before


def _link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


PLANTED: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "an endless file": _link("/dev/zero"),
    "a dangling link": _link("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to another file": _link("victim"),
    "no book": lambda path: path.write_bytes(b"x" * 100),
    "nothing": lambda path: path.write_bytes(b""),
    "a folder": lambda path: path.mkdir(),
}  # fmt: skip


@needs_links
@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_a_planted_copy_of_the_rules_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[Path], object]
) -> None:
    """Nor written through; `langfit cache` shows and removes it."""
    cache, victim = tmp_path / "cache", tmp_path / "cache" / "victim"
    cache.mkdir()
    victim.write_bytes(b"dear")
    plant(cache / "rules-x.msgpack")
    assert book_cache.recall(cache, "x") is None
    book_cache.keep(cache, "x", BOOK)
    assert victim.read_bytes() == b"dear"
    if not (cache / "rules-x.msgpack").is_dir():
        assert book_cache.recall(cache, "x") == BOOK
        assert stat.S_IMODE((cache / "rules-x.msgpack").lstat().st_mode) == 0o600
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(cache))
    plant(cache / "rules-y.msgpack")
    assert "facts of " in printed("cache")
    assert invoked("cache", "--clear").exit_code == 0
    assert [path for path in cache.glob("rules-*") if not path.is_dir()] == []


@needs_links
def test_a_scan_goes_on_beside_planted_rules(tmp_path: Path) -> None:
    """All names that a copy could have are pipes."""
    environment = {**os.environ, "LANGFIT_CACHE_DIR": str(tmp_path / "cache")}
    tree = on_disk(tmp_path / "tree", {b"a.go": GO, b"go.mod": b"module m\n"})
    scan = [sys.executable, "-m", "langfit", "scan", "--quiet", str(tree)]
    subprocess.run(scan, env=environment, capture_output=True, timeout=60, check=True)
    (copy,) = (tmp_path / "cache").glob("rules-*")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600 and stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    copy.unlink()
    os.mkfifo(copy)
    done = subprocess.run(scan, env=environment, capture_output=True, timeout=60, check=True)
    assert not done.stderr and copy.is_file()


def test_a_relative_folder_of_the_cache_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where langfit is run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGFIT_CACHE_DIR", "kept")
    FactCache().close()
    assert printed("cache").startswith("kept: facts of 0 files")
