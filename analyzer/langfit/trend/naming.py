"""Picks the deliverables and components that a user has named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from langfit.model.errors import LangfitError
from langfit.trend.identity import Chain
from langfit.trend.judging import Row


def chosen(chains: Sequence[Chain], name: str, *, partly: bool = False) -> list[Chain]:
    """Return the chains that have ever had a name or a root, or a name that ends in it; all for "".

    Raises LangfitError for a name that nothing has had, unless revisions are `partly` missing: it may be in those.
    """
    if not name:
        return list(chains)
    for fits in (_is_called, _ends_in):
        found = [chain for chain in chains if any(fits(row, name) for row in chain.rows.values())]
        if found:
            return found
    if partly:
        return []
    raise LangfitError(f"Nothing was called {name} in these revisions{_hint(chains, name)}.")


def _is_called(row: Row, name: str) -> bool:
    return name in (row.name, row.key.root)


def _ends_in(row: Row, name: str) -> bool:
    return row.name.endswith((f"/{name}", f"::{name}")) or row.key.root.endswith(f"/{name}")


def _hint(chains: Iterable[Chain], name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted({chain.last.name for chain in chains}), 3, 0.4)
    return f": did you mean {' or '.join(near)}?" if near else ": `langfit components` lists what there is"
