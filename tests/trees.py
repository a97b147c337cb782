"""Trees for tests: written on disk, held in memory, committed; and what langfit makes of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pygit2

from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.inventory.files import listing
from langfit.inventory.settle import settle
from langfit.languages import LANGUAGES
from langfit.model.report import Report
from langfit.model.repository import Inventory
from langfit.parsing.facts import Facts
from langfit.parsing.read import read
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan
from langfit.trial import Memory

BOOK = load(root())
MEASURES = {name: Measures(BOOK, name) for name in LANGUAGES}

Files = dict[str, str]


def write(folder: Path, files: Files) -> Path:
    """Write text files, with the folders that they need."""
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", "surrogateescape", newline="")
    return folder


def commit(folder: Path, message: str = "one", *, when: int = 1_700_000_000) -> str:
    """Commit all that is in a folder; its index looks younger than the files, as some time after a checkout."""
    repo = pygit2.init_repository(str(folder), initial_head="main")
    repo.index.add_all()
    for entry in list(repo.index):
        if not (folder / entry.path).exists():
            repo.index.remove(entry.path)
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", when, 0)
    before = [] if repo.head_is_unborn else [repo.head.target]
    made = str(repo.create_commit("HEAD", who, who, message, repo.index.write_tree(), before))
    later = (folder / ".git/index").stat().st_mtime + 10
    os.utime(folder / ".git/index", (later, later))
    return made


def facts_of(code: str | bytes, language: str = "go") -> Facts:
    """Return the facts of one file."""
    return read(code.encode() if isinstance(code, str) else code, LANGUAGES[language])


def inventory_of(files: Files, custom: dict[str, tuple[str, ...]] | None = None, under: str = "") -> Inventory:
    """Return the inventory of a tree in memory."""
    tree = Memory({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()})
    tree.under = under
    found = listing(tree)
    job = Summarize(MEASURES)
    known = {file.path: file for file in found.files}
    summaries = {
        path: job.decode(job(tree.files[path], known[path].language or "", how == "full"))
        for path, how in found.reading().items()
        if how != "none"
    }
    return settle(found, summaries, custom)


def report_on(folder: Path, **options: Any) -> Report:
    """Scan a folder without the cache and with one worker."""
    return scan(str(folder), Options(**({"jobs": 1, "cache": False} | options)))


def crate(name: str, more: str = "") -> str:
    """Return a small Cargo.toml."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'
