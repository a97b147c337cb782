"""Keeps the hits of all files until it is known which components report them: in memory while few, then in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from langfit.facts.codec import decode_hits
from langfit.model.summary import Hit

IN_MEMORY = 32 << 20  # bytes; beyond, they go to a file without a name


class _Row(NamedTuple):
    component: str
    path: str
    size: int


class Spool:
    """Encoded hits by file, in the order in which they came."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._size = 0
        self._file: IO[bytes] = BytesIO()

    def add(self, component: str, path: str, hits: bytes) -> None:
        """Keep the encoded hits of a file of a component."""
        self._rows.append(_Row(component, path, len(hits)))
        if self._size <= IN_MEMORY < self._size + len(hits):
            held = self._file
            held.seek(0)
            self._file = TemporaryFile()  # noqa: SIM115 - open as long as the spool is
            self._file.write(held.read())
        self._size += len(hits)
        self._file.write(hits)

    def of(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str, tuple[Hit, ...]]]:
        """Yield (component, path, hits) of each file whose component is wanted; the spool is used up."""
        with self._file as file:
            file.seek(0)
            for component, path, size in self._rows:
                packed = file.read(size)
                if wanted(component):
                    yield component, path, decode_hits(packed)
