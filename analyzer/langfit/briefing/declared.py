"""What the files of each component declare about programs, services and foreign code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from langfit.model.repository import Deliverable, Inventory
from langfit.model.summary import FileSummary

KINDS = frozenset(
    "starts word client maybe-client server cgo extern export wasm-export wasmexport addon runs-wasm".split()
)


class FoundDeclaration(NamedTuple):
    """A declaration with the file and the component that hold it."""

    component: str
    path: str
    kind: str
    name: str
    detail: str
    line: int


class Declared:
    """The declarations of all code files, by component and kind."""

    def __init__(self, inventory: Inventory, summaries: Mapping[str, FileSummary]) -> None:
        self._rows: dict[str, dict[str, list[FoundDeclaration]]] = {}
        for file in inventory.files:
            summary = summaries.get(file.path)
            if summary is None or file.role != "code" or not file.component:
                continue
            for row in summary.declarations:
                if row.kind in KINDS:
                    kinds = self._rows.setdefault(file.component, {})
                    said = FoundDeclaration(file.component, file.path, row.kind, row.name, row.detail, row.line)
                    kinds.setdefault(row.kind, []).append(said)

    def of(self, item: Deliverable, *kinds: str) -> Iterator[FoundDeclaration]:
        """Yield what the components of a deliverable declare, its own ones first."""
        yield from self.in_components([*item.own, *(name for name in item.components if name not in item.own)], *kinds)

    def in_components(self, names: Sequence[str], *kinds: str) -> Iterator[FoundDeclaration]:
        """Yield what components declare."""
        for name in names:
            known = self._rows.get(name)
            if known:
                for kind in kinds:
                    yield from known.get(kind, ())
