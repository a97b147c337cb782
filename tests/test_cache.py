"""The fact cache: it may be absent, broken or shared, and never changes a result."""

from __future__ import annotations

import sqlite3
import subprocess
import zlib
from pathlib import Path

import pytest

from langfit import cache as kept
from langfit import formats
from langfit.cache import NAME, FactCache
from langfit.scan import Options, Watch, scan


def test_facts_come_back(tmp_path: Path) -> None:
    """What one scan wrote, the next one reads."""
    first = FactCache(tmp_path)
    first.put("a", b"facts")
    first.close()
    assert FactCache(tmp_path).get(["a", "b"]) == {"a": b"facts"}


def test_facts_come_back_at_once(tmp_path: Path) -> None:
    """What was put is known before the cache is closed."""
    cache = FactCache(tmp_path)
    cache.put("a", b"facts")
    assert cache.get(["a"]) == {"a": b"facts"}
    cache.close()


def test_another_vocabulary_sees_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts of other queries or grammars are a miss."""
    first = FactCache(tmp_path)
    first.put("a", b"facts")
    first.close()
    monkeypatch.setattr(kept, "vocabulary", lambda: "another")
    assert FactCache(tmp_path).get(["a"]) == {}


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    """A file that is no database is kept under another name, and a new cache works."""
    (tmp_path / NAME).write_bytes(b"not a database" * 100)
    cache = FactCache(tmp_path)
    cache.put("a", b"facts")
    cache.close()
    assert "set aside" in cache.notices[0]
    assert len(list(tmp_path.glob("*.broken-*"))) == 1
    assert FactCache(tmp_path).get(["a"]) == {"a": b"facts"}


def test_a_changed_row_is_a_miss(tmp_path: Path) -> None:
    """A row whose bytes do not fit their sum is not believed."""
    cache = FactCache(tmp_path)
    cache.put("a", b"facts")
    cache.close()
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute("update facts set packed = ?", [b"other"])
    assert FactCache(tmp_path).get(["a"]) == {}


def test_an_unusable_folder_is_a_notice(tmp_path: Path) -> None:
    """A scan goes on without a cache where none can be."""
    place = tmp_path / "file"
    place.write_text("in the way")
    cache = FactCache(place)
    cache.put("a", b"facts")
    assert cache.get(["a"]) == {}
    assert "without it" in cache.notices[0]
    cache.close()


def test_two_scans_share_it(tmp_path: Path) -> None:
    """Writers take turns."""
    one, two = FactCache(tmp_path), FactCache(tmp_path)
    for number in range(600):
        one.put(f"one{number}", b"1")
        two.put(f"two{number}", b"2")
    one.close()
    two.close()
    assert len(FactCache(tmp_path).get([f"{w}{n}" for w in ("one", "two") for n in range(600)])) == 1200


def test_a_row_of_another_form_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are whole but say something else cost time and change nothing."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.go").write_text("package p\n\nfunc f() {}\n")
    git = ["git", "-C", str(tree), "-c", "user.name=n", "-c", "user.email=e@x"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "m"]):
        subprocess.run([*git, *command], check=True)
    first = formats.render("json", scan(str(tree), Options(revision="HEAD")))
    with sqlite3.connect(tmp_path / "cache" / NAME) as db:
        for packed in (b"\x93\x01\x02\x03", b"\xc1", b""):
            db.execute("update facts set packed = ?, check_sum = ?", [packed, zlib.crc32(packed)])
            db.commit()
            watch = Watch()
            assert formats.render("json", scan(str(tree), Options(revision="HEAD"), watch)) == first
            assert watch.counts == {"parsed": 1}
