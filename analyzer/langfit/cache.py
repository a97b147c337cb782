"""The fact cache: encoded summaries by the bytes that they were made of, in one sqlite file in the user's folder.

What is cached is what the bytes say, so a rename, another weight or another text of a rule changes nothing here. Rows
are msgpack, never pickle; a file that cannot be opened, read or trusted costs speed and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
import zlib
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

LAYOUT = 3  # of the file; one with another number is built anew in its place
LARGEST = 512 << 20  # bytes; above, the rows used longest ago go
MOST_ROW = 16 << 20  # bytes of one row; a larger one was not written by langfit
BATCH = 500  # parameters per query; sqlite's own limit is 999 in old versions
WRITE_EVERY = 256  # rows
KEY = 16  # bytes of the digest of a key: rows stay short, and two keys never meet
NAME = "facts.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")  # what sqlite writes there
BOOKS = "rules-*"  # copies of rule books, see `book_cache`
OWN = ("facts.", "rules-", ".langfit-")  # how the names of all files begin that langfit puts into the folder

_TABLE = (
    "create table facts"
    " (key blob not null primary key, used integer not null, sum integer not null, packed blob not null)"
)


def folder() -> Path:
    """Return where the cache is: LANGFIT_CACHE_DIR, or the user's cache folder."""
    given = os.environ.get("LANGFIT_CACHE_DIR")
    if given:
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("langfit", appauthor=False)


def make_private(place: Path) -> None:
    """Make the folder of the cache, readable by its owner alone. Raises OSError.

    One that is there is closed as well, where it holds nothing else: LANGFIT_CACHE_DIR may name a folder of others.
    """
    if not place.is_dir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
        return
    with suppress(OSError):
        status = place.stat()
        others = (path.name for path in place.iterdir() if not path.name.startswith(OWN))
        if stat.S_IMODE(status.st_mode) & 0o077 and _is_mine(status) and next(others, None) is None:
            place.chmod(0o700)


def _is_mine(status: os.stat_result) -> bool:
    return hasattr(os, "geteuid") and status.st_uid == os.geteuid()


def _close_file(path: Path) -> None:
    """Have a file of the cache read by its owner alone, and make the first one so from the beginning."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600))
    with suppress(OSError):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode) and stat.S_IMODE(status.st_mode) & 0o077 and _is_mine(status):
            path.chmod(0o600)


def _sum(key: bytes, packed: bytes) -> int:
    """Return the checksum of a row: damage may give it the key of another one."""
    return zlib.crc32(packed, zlib.crc32(key))


def _hashed(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()[:KEY]


class FactCache:
    """A cache that is open; `notices` says why it is of no use, if so."""

    def __init__(self, place: Path | None = None) -> None:
        self.notices: list[str] = []
        self._path = (place or folder()) / NAME
        self._new: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._db = self._open()

    def _open(self) -> sqlite3.Connection | None:
        try:
            make_private(self._path.parent)
            for path in (self._path, *(self._path.with_name(NAME + end) for end in BESIDE)):
                # A link may be planted where the folder is part of what is scanned, and lead to a database of others.
                if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
                    self._give_up(f"{path.name} is not a regular file")
                    return None
            return self._connect()
        except UnicodeError:  # sqlite repeats in its message what the file holds
            return self._again()
        except sqlite3.DatabaseError as problem:
            # Of what is locked, full or read-only nothing is known; one whose statements fail is not ours.
            if isinstance(problem, sqlite3.OperationalError) and problem.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                self._give_up(str(problem))
                return None
            return self._again()
        except OSError as problem:
            self._give_up(problem.strerror or str(problem))
            return None

    def _again(self) -> sqlite3.Connection | None:
        """Set a file aside that is no database, so that nothing is lost, and build a new one."""
        self._set_aside()
        self.notices.append(f"The fact cache {self._path} was damaged; it was set aside and is built anew.")
        try:
            return self._connect()
        except (sqlite3.Error, UnicodeError, OSError) as problem:
            self._give_up(str(problem))
            return None

    def _set_aside(self) -> None:
        """Rename the file, and remove the one that was set aside before."""
        with suppress(OSError):
            for old in self._path.parent.glob(f"{self._path.stem}.broken-*"):
                old.unlink()
            self._path.replace(self._path.with_suffix(f".broken-{int(time.time())}"))

    def _connect(self) -> sqlite3.Connection:
        _close_file(self._path)
        db = sqlite3.connect(self._path, timeout=2.0, isolation_level=None)
        try:
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=normal")
            if db.execute("pragma user_version").fetchone() != (LAYOUT,) or not _is_ours(db):
                _rebuild(db)
        except BaseException:
            db.close()
            raise
        return db

    def _give_up(self, why: str) -> None:
        self.notices.append(f"The fact cache {self._path} cannot be used ({why}); this scan goes on without it.")

    @property
    def usable(self) -> bool:
        """Whether facts can be kept here at all."""
        return self._db is not None

    def get(self, keys: list[str]) -> dict[str, bytes]:
        """Return the encoded facts of the keys that are known, those put a moment ago among them."""
        self.flush()  # a scan of a base asks for what the scan of its branch has just put
        if self._db is None:
            return {}
        names = {_hashed(key): key for key in keys}
        hashed = list(names)
        found: dict[str, bytes] = {}
        try:
            for at in range(0, len(hashed), BATCH):
                part = hashed[at : at + BATCH]
                marks = ",".join("?" * len(part))
                query = f"select key, sum, packed from facts where key in ({marks}) and length(packed) <= ?"  # noqa: S608
                for key, check, packed in self._db.execute(query, [*part, MOST_ROW]):
                    if key in names and isinstance(packed, bytes) and _sum(key, packed) == check:
                        found[names[key]] = packed
                        self._used.add(key)
        except (sqlite3.Error, UnicodeError) as problem:
            self._fail(problem)
        return found

    def put(self, key: str, packed: bytes) -> None:
        """Keep facts; they are written in groups."""
        if self._db is not None and len(packed) <= MOST_ROW:
            self._new[_hashed(key)] = packed
            if len(self._new) >= WRITE_EVERY:
                self.flush()

    def drop(self, key: str) -> None:
        """Forget a row that cannot be used."""
        if self._db is not None:
            self._new.pop(_hashed(key), None)
            with suppress(sqlite3.Error, UnicodeError):
                self._db.execute("delete from facts where key = ?", [_hashed(key)])

    def flush(self) -> None:
        """Write what is new."""
        if self._db is None or not self._new:
            return
        now = int(time.time())
        rows = [(key, now, _sum(key, data), data) for key, data in self._new.items()]
        self._new = {}
        try:
            self._db.execute("begin immediate")
            self._db.executemany("insert or replace into facts values (?, ?, ?, ?)", rows)
            self._db.execute("commit")
        except (sqlite3.Error, UnicodeError) as problem:
            self._fail(problem)

    def _fail(self, problem: sqlite3.Error | UnicodeError) -> None:
        """Go on without the cache: locked, full, read-only and damaged files all end here."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None
            if isinstance(problem, UnicodeError) or _is_damage(problem):
                self._set_aside()
            self._give_up("it is damaged" if isinstance(problem, UnicodeError) else str(problem))

    def close(self) -> None:
        """Write what is new and keep the file within its size."""
        self.flush()
        if self._db is None:
            return
        try:
            (pages,) = self._db.execute("pragma page_count").fetchone()
            (size,) = self._db.execute("pragma page_size").fetchone()
            if pages * size > LARGEST:
                self._shrink()
            self._db.close()
        except (sqlite3.Error, UnicodeError) as problem:
            self._fail(problem)
        self._db = None

    def _shrink(self) -> None:
        """Keep the newer half of the rows; those of this scan count as new."""
        if self._db is None:
            return
        now = int(time.time())
        self._db.executemany("update facts set used = ? where key = ?", [(now, key) for key in self._used])
        self._db.execute(
            "delete from facts where key in"
            " (select key from facts order by used limit (select count(*) / 2 from facts))"
        )
        self._db.execute("vacuum")


def _is_damage(problem: sqlite3.Error) -> bool:
    """Tell whether an error lies in what the file holds; a full disk or a lock says nothing of it."""
    code = getattr(problem, "sqlite_errorcode", None) or 0
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code == sqlite3.SQLITE_IOERR_SHORT_READ


def _is_ours(db: sqlite3.Connection) -> bool:
    """Tell whether the file holds the plain table that langfit makes and nothing else.

    A view of that name could have no end, and nor could a trigger of the table.
    """
    found = db.execute("select sql from sqlite_master where sql is not null limit 2").fetchall()
    return bool(found == [(_TABLE.replace("create table", "CREATE TABLE", 1),)])


def _rebuild(db: sqlite3.Connection) -> None:
    """Drop everything that the file holds and make the table anew; two scans may do so at once."""
    db.execute("begin immediate")
    try:
        if db.execute("pragma user_version").fetchone() != (LAYOUT,) or not _is_ours(db):
            for kind, name in db.execute(
                "select type, name from sqlite_master where type in ('view', 'table') order by type desc"
            ).fetchall():
                if not name.startswith("sqlite_"):
                    quoted = name.replace('"', '""')
                    db.execute(f'drop {kind} "{quoted}"')
            db.execute(_TABLE)
            db.execute(f"pragma user_version = {LAYOUT}")
        db.execute("commit")
    except BaseException:
        db.execute("rollback")
        raise


def kept() -> tuple[Path, int, int]:
    """Return the cache folder, the number of rows in it, and the bytes of all its files."""
    place = folder()
    size = sum(path.lstat().st_size for path in _files(place))
    rows = 0
    path = place / NAME
    if path.is_file() and not path.is_symlink():
        with (
            suppress(sqlite3.Error, UnicodeError),
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db,
        ):
            if _is_ours(db):
                (rows,) = db.execute("select count(*) from facts").fetchone()
    return place, rows, size


def clear() -> Path:
    """Remove everything that langfit keeps: facts, copies of rule books, and files that were set aside."""
    place = folder()
    for path in _files(place):
        path.unlink(missing_ok=True)
    return place


def _files(place: Path) -> list[Path]:
    """Return the files of the cache that are there."""
    stem = NAME.partition(".")[0]
    found = {path for pattern in (f"{stem}.*", BOOKS) for path in place.glob(pattern)} if place.is_dir() else set()
    return sorted(path for path in found if path.is_symlink() or not path.is_dir())
