"""The fact cache: packed facts by blob, in one sqlite file in the user's cache folder.

What is cached is what the bytes say, so a rename, a new rule or another weight changes nothing here. Rows are
msgpack, never pickle; a file that cannot be opened, read or trusted costs speed and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from contextlib import suppress
from pathlib import Path

from langfit.languages import vocabulary

LARGEST = 512 << 20  # bytes; above, the rows used longest ago go
BATCH = 500  # parameters per query; sqlite's own limit is 999 in old versions
WRITE_EVERY = 256  # rows
NAME = "facts.sqlite3"

_SCHEMA = """
create table if not exists facts (
  vocabulary text not null, key text not null, used integer not null, check_sum integer not null, packed blob not null,
  primary key (vocabulary, key)) without rowid
"""


def folder() -> Path:
    """Where the cache lives: LANGFIT_CACHE_DIR, or the user's cache folder."""
    given = os.environ.get("LANGFIT_CACHE_DIR")
    if given:
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("langfit", appauthor=False)


class FactCache:
    """A cache that is open; `notices` says why it is of no use, if so."""

    def __init__(self, place: Path | None = None) -> None:
        self.notices: list[str] = []
        self._path = (place or folder()) / NAME
        self._vocabulary = vocabulary()
        self._new: dict[str, bytes] = {}
        self._used: list[str] = []
        self._db = self._open()

    def _open(self) -> sqlite3.Connection | None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._connect()
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError):
                self._give_up(str(problem))
                return None
            # Not a database: set aside, so that nothing is lost, and built anew.
            with suppress(OSError):
                self._path.replace(self._path.with_suffix(f".broken-{int(time.time())}"))
            self.notices.append(f"The fact cache {self._path} was damaged; it was set aside and is built anew.")
            try:
                return self._connect()
            except sqlite3.Error as again:
                self._give_up(str(again))
                return None
        except OSError as problem:
            self._give_up(problem.strerror or str(problem))
            return None

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=2.0, isolation_level=None)
        db.execute("pragma journal_mode=wal")
        db.execute("pragma synchronous=normal")
        db.execute(_SCHEMA)
        return db

    def _give_up(self, why: str) -> None:
        self.notices.append(f"The fact cache {self._path} cannot be used ({why}); this scan goes on without it.")

    @property
    def usable(self) -> bool:
        """Whether facts can be kept here at all."""
        return self._db is not None

    def get(self, keys: list[str]) -> dict[str, bytes]:
        """The packed facts of the keys that are known, those put a moment ago among them."""
        self.flush()  # a scan of a base asks for what the scan of its branch has just put
        if self._db is None:
            return {}
        found: dict[str, bytes] = {}
        try:
            for at in range(0, len(keys), BATCH):
                part = keys[at : at + BATCH]
                marks = ",".join("?" * len(part))
                query = f"select key, check_sum, packed from facts where vocabulary = ? and key in ({marks})"  # noqa: S608
                rows = self._db.execute(query, [self._vocabulary, *part])
                found |= {key: packed for key, check, packed in rows if zlib.crc32(packed) == check}
        except sqlite3.Error as problem:
            self._fail(problem)
        self._used.extend(found)
        return found

    def put(self, key: str, packed: bytes) -> None:
        """Keep facts; they are written in groups."""
        if self._db is not None:
            self._new[key] = packed
            if len(self._new) >= WRITE_EVERY:
                self.flush()

    def flush(self) -> None:
        """Write what is new."""
        if self._db is None or not self._new:
            return
        now = int(time.time())
        rows = [(self._vocabulary, key, now, zlib.crc32(data), data) for key, data in self._new.items()]
        self._new = {}
        try:
            self._db.execute("begin immediate")
            self._db.executemany("insert or replace into facts values (?, ?, ?, ?, ?)", rows)
            self._db.execute("commit")
        except sqlite3.Error as problem:
            self._fail(problem)

    def _fail(self, problem: sqlite3.Error) -> None:
        """Go on without the cache: locked, full, read-only and damaged files all end here."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None
            if isinstance(problem, sqlite3.DatabaseError) and "malformed" in str(problem):
                with suppress(OSError):
                    self._path.replace(self._path.with_suffix(f".broken-{int(time.time())}"))
            self._give_up(str(problem))

    def close(self) -> None:
        """Write what is new and keep the file within its size."""
        self.flush()
        if self._db is None:
            return
        try:
            (pages,) = self._db.execute("pragma page_count").fetchone()
            (size,) = self._db.execute("pragma page_size").fetchone()
            if pages * size > LARGEST:
                self._db.execute("delete from facts where vocabulary != ?", [self._vocabulary])
                self._db.execute(
                    "delete from facts where (vocabulary, key) in"
                    " (select vocabulary, key from facts order by used limit (select count(*) / 2 from facts))"
                )
                self._db.execute("vacuum")
            self._db.close()
        except sqlite3.Error as problem:
            self._fail(problem)
        self._db = None


def facts_kept() -> tuple[Path, int, int]:
    """The cache file, its rows and its bytes."""
    path = folder() / NAME
    if not path.is_file():
        return path, 0, 0
    try:
        with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as db:
            (rows,) = db.execute("select count(*) from facts").fetchone()
    except sqlite3.Error:
        rows = 0
    return path, rows, path.stat().st_size


def clear() -> Path:
    """Remove the cache."""
    path = folder() / NAME
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)
    return path
