"""Counterparts in the other language: known ones by the repository, and those that are in the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from langfit.briefing.joins import plain
from langfit.languages import opposite
from langfit.model.report import Twin
from langfit.model.repository import Deliverable
from langfit.model.rule import TwinRow

_OWNER = re.compile(r"[\w.-]+$")
_NAME = re.compile(r"([\w.-]+?)(?:\.git)?")
LONGEST_OWNER = 200


def repository_of(remote: str) -> str:
    """Return `owner/name` of the URL of a remote, "" for none."""
    before, _, last = remote.replace(":", "/").rstrip("/").rpartition("/")
    owner, name = _OWNER.search(before[-LONGEST_OWNER:]), _NAME.fullmatch(last)
    return f"{owner[0]}/{name[1]}" if owner is not None and name is not None else ""


def known_twin(item: Deliverable, remote: str, rows: Iterable[TwinRow]) -> Twin | None:
    """Return the counterpart that is known of the scanned repository."""
    here = repository_of(remote).lower()
    other = opposite(item.language).id
    for row in rows:
        if here and row.repositories[item.language].lower() == here:
            return Twin(row.repositories[other], other, row.source)
    return None


def twin_in_tree(item: Deliverable, deliverables: Iterable[Deliverable]) -> Deliverable | None:
    """Return the program of the same name in the other language, None without one."""
    if item.kind != "program":
        return None
    for other in deliverables:
        if other.kind == "program" and other.language != item.language and plain(other.name) == plain(item.name):
            return other
    return None


def takes_over(twin: Deliverable, item: Deliverable, ages: Mapping[str, int]) -> bool:
    """Tell whether the folder of a twin is younger than that of the deliverable, as the history shows it.

    `ages` gives how many commits back a folder was not there yet, 0 for one that always was; without a history nothing
    takes over.
    """
    mine, theirs = ages.get(item.root), ages.get(twin.root)
    if mine is None or theirs is None or theirs == 0:
        return False
    return mine == 0 or theirs < mine
