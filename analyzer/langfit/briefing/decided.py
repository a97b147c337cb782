"""What the history shows of a decision: whether a deliverable was written in the other language before.

A few trees along the first parents are looked at, further and further back; where the language of a deliverable
differs, the commit at which it changed is found by halving. Commit messages are not read: on the atlas they order
decisions no better than chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pygit2

from langfit.languages import LANGUAGES, opposite
from langfit.model.report import Decided
from langfit.model.repository import Deliverable, LanguageId
from langfit.repository.history import History, Past, names_in, subtree

DEPTH = 3  # levels below a folder at which its languages are looked for
PASSED_OVER = frozenset(("vendor", "node_modules", "third_party", "target", "testdata", ".git"))
MOST_TREES = 400  # trees that are opened to find a language; a larger repository shows it earlier


class Ages(NamedTuple):
    """What the history tells of the deliverables of a repository."""

    decided: dict[str, Decided]  # by name of a deliverable
    younger: dict[
        str, int
    ]  # root folder -> commits back to the first look at which it was not there; 0 for always there


def look_back(history: History, deliverables: Iterable[Deliverable]) -> Ages:
    """Return which deliverables came from the other language, and how long each root folder has been there."""
    items = list(deliverables)
    samples = list(history.samples())
    now = history.at(0)
    present = languages_in(now.tree) if now is not None else frozenset(LANGUAGES)
    decided: dict[str, Decided] = {}
    memo: dict[tuple[str, str], frozenset[LanguageId]] = {}
    for item in items:
        found = _change(item, present, samples, history, memo)
        if found is not None:
            decided[item.name] = found
    return Ages(decided, {item.root: _age(item.root, samples) for item in items})


def _age(root: str, samples: list[Past]) -> int:
    return next((past.back for past in samples if subtree(past.tree, root) is None), 0)


def _change(
    item: Deliverable,
    present: frozenset[LanguageId],
    samples: list[Past],
    history: History,
    memo: dict[tuple[str, str], frozenset[LanguageId]],
) -> Decided | None:
    """Return when a deliverable changed its language, None where no sample shows that it did.

    Its folder held the other language alone; or the folder was not there and the whole repository held the other
    language alone, of which nothing is left today: a part that is added in another language replaces nothing.
    """
    other = opposite(item.language).id
    alone = other not in present
    before = 0
    for past in samples:
        languages, root = _languages(item, past, memo)
        if languages == {other} and (root == item.root or alone):
            return _exactly(item, before, past, other, root, history, memo)
        before = past.back
    return None


def _languages(
    item: Deliverable, past: Past, memo: dict[tuple[str, str], frozenset[LanguageId]]
) -> tuple[frozenset[LanguageId], str]:
    """Return the languages of the folder of a deliverable, or of the repository where the folder was not there."""
    folder = subtree(past.tree, item.root)
    root = item.root if folder is not None else "."
    key = (past.commit, root)
    if key not in memo:
        memo[key] = languages_in(folder if folder is not None else past.tree)
    return memo[key], root


def languages_in(tree: pygit2.Tree) -> frozenset[LanguageId]:
    """Return the languages of the sources and manifests in a tree, some levels deep; end when all are found."""
    found: set[LanguageId] = set()
    waiting = [(tree, 0)]
    opened = 0
    while waiting and opened < MOST_TREES and len(found) < len(LANGUAGES):
        at, depth = waiting.pop(0)
        opened += 1
        for name, below in names_in(at):
            if below is not None:
                if depth < DEPTH and name not in PASSED_OVER and not name.startswith("."):
                    waiting.append((below, depth + 1))
                continue
            for spoken in LANGUAGES.values():
                if name.endswith(spoken.suffix) or name in spoken.manifests:
                    found.add(spoken.id)
    return frozenset(found)


def _exactly(
    item: Deliverable,
    before: int,
    past: Past,
    other: LanguageId,
    root: str,
    history: History,
    memo: dict[tuple[str, str], frozenset[LanguageId]],
) -> Decided:
    """Return the first commit without the other language alone, by halving between two looks.

    Where a merge brought the change, it is a commit of the merged branch.
    """
    low, high = before, past.back
    while high - low > 1:
        middle = (low + high) // 2
        at = history.at(middle)
        if at is not None and _languages(item, at, memo) == (frozenset((other,)), root):
            high = middle
        else:
            low = middle
    branch = history.merged(low)
    if branch is not None:
        back = 0
        for older in branch.samples():
            if _languages(item, older, memo) == (frozenset((other,)), root):
                return _exactly(item, back, older, other, root, branch, memo)
            back = older.back
    first = history.at(low) or past
    return Decided(other, first.date, first.commit, root)
