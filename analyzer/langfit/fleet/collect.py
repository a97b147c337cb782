"""Collects the results of a run into Parquet, by DuckDB where it is installed. Tables are never changed again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import msgspec

from langfit import __version__
from langfit.fleet import keys, place
from langfit.fleet.model import Begun, Row
from langfit.fleet.tables import COLUMNS, SORTED, Cells, cells_of, repository_cells, rule_cells
from langfit.model.errors import LangfitError

ABSENT = "There are no tables, since DuckDB is not installed: `pip install 'langfit[fleet]'` and run the fleet again."
LARGEST_ROW = 64 << 20  # bytes of a line of JSON


def tables(folder: str, begun: Begun, rows: Sequence[Row], digest: str) -> list[str]:
    """Write the tables of a run beside its manifest; return what a reader should know. Raises LangfitError."""
    try:
        import duckdb
    except ImportError:
        return [ABSENT]
    home = place.run_path(folder, begun.run)
    lines = home / ".lines"
    try:
        lines.mkdir(parents=True, exist_ok=True)
        unreadable = _lines(folder, begun, rows, digest, lines)
        connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        try:
            for name in COLUMNS:
                _parquet(connection, name, lines / name, home / f"{name}.parquet")
        finally:
            connection.close()
    except (OSError, duckdb.Error) as problem:
        said = " ".join(str(problem).split())[:200]
        raise LangfitError(f"The tables of {home} cannot be written ({said}): make room, and use --resume.") from None
    finally:
        shutil.rmtree(lines, ignore_errors=True)
    return [f"{row.id}: its result is damaged, remove {row.key} and run again." for row in unreadable]


def _lines(folder: str, begun: Begun, rows: Sequence[Row], digest: str, home: Path) -> list[Row]:
    """Write a row of JSON for each row of a table; return the repositories whose result cannot be read."""
    unreadable = []
    encode = msgspec.json.encode
    with ExitStack() as stack:
        files: dict[str, IO[bytes]] = {name: stack.enter_context((home / name).open("wb")) for name in COLUMNS}

        def add(table: str, cells: Cells) -> None:
            files[table].write(encode(cells) + b"\n")

        skipped = 0
        for row in rows:
            result = place.read_result(folder, row.key) if row.state != "failed" else None
            if result is None and row.state != "failed":
                unreadable.append(row)
            add("repositories", _clean(repository_cells(begun.run, row, result)))
            if result is not None:
                skipped += len(result.report.skipped)
                for table, cells in cells_of(begun.run, result):
                    add(table, cells)
        for cells in rule_cells(begun.run, keys.read(folder, digest).book):
            add("rules", cells)
        states = [row.state for row in rows]
        add("runs", {
            "run": begun.run, "version": __version__, "terms": digest, "started": begun.started, "ended": time.time(),
            "repositories": len(rows), "done": states.count("done"), "known": states.count("known"),
            "failed": states.count("failed"), "skipped": skipped,
        })  # fmt: skip
    return unreadable


def _clean(cells: Cells) -> Cells:
    """Return cells whose text any JSON may hold; what comes from the list may be of any bytes."""
    from langfit.formats import sanitize

    return {name: sanitize.clean(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}


def _parquet(connection: Any, name: str, lines: Path, target: Path) -> None:
    columns = ", ".join(f"'{column}': '{kind}'" for column, kind in COLUMNS[name].items())
    source = (
        f"read_json({_quoted(lines)}, format = 'newline_delimited', columns = {{{columns}}},"
        f" maximum_object_size = {LARGEST_ROW}, compression = 'none')"
    )
    if not lines.stat().st_size:  # a file without rows is no JSON
        empty = ", ".join(f'null::{kind} as "{column}"' for column, kind in COLUMNS[name].items())
        source = f"(select {empty} limit 0)"
    beside = target.with_name(f".{target.name}")
    # Names of columns and files are langfit's own; what a repository brings stands in the file alone.
    connection.execute(
        f"copy (select * from {source} order by {SORTED[name]}) to {_quoted(beside)} (format parquet, compression zstd)"  # noqa: S608
    )
    beside.replace(target)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
