"""Trees for tests: written on disk, held in memory, committed; and what langfit makes of them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pygit2
import pytest
from click.testing import CliRunner, Result

from langfit import cli, expectations
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.inventory.files import listing
from langfit.inventory.settle import settle
from langfit.languages import LANGUAGES
from langfit.model.report import Report
from langfit.model.repository import Inventory
from langfit.parsing.facts import Facts
from langfit.parsing.read import read
from langfit.repository import open_repository
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan
from langfit.trial import Memory

BOOK = load(root())
MEASURES = {name: Measures(BOOK, name) for name in LANGUAGES}

WHO = pygit2.Signature("A", "a@example.com", 1, 0)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="the git command is not installed")

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

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


def paths_of(folder: Path, revision: str | None = None) -> list[str]:
    """Return the paths that are listed, those that are no files with their mode behind them."""
    with open_repository(str(folder), revision) as tree:
        return [row.path if row.mode == "file" else f"{row.path} {row.mode}" for row in tree.entries()]


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
    book = None if "packs" in options else BOOK
    return scan(str(folder), Options(**({"jobs": 1, "cache": False} | options)), book=book)


def crate(name: str, more: str = "") -> str:
    """Return a small Cargo.toml."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


GO_MOD = "module example.com/m\n\ngo 1.24\n"
STEP = """
func {name}(in, out []byte) uint64 {{
	sum := uint64(len(in))
	for i := 0; i+8 <= len(in); i += 8 {{
		for j := 0; j < 8; j++ {{
			sum ^= uint64(in[i+j]) << (8 * j & 63)
			sum = sum<<13 | sum>>51
			out[i+j] = byte(sum>>3&0x7f ^ sum<<1&0x80)
		}}
		sum += uint64(in[i])*31 + uint64(in[i+1])*17
	}}
	return sum ^ sum>>29
}}
"""
HANDLER = """
func page{n}(w http.ResponseWriter, r *http.Request) {{
	rows, err := db.QueryContext(r.Context(), "SELECT {n}")
	if err != nil {{
		http.Error(w, err.Error(), 500)
		return
	}}
	defer rows.Close()
	json.NewEncoder(w).Encode(map[string]int{{"n": {n}}})
}}
"""


def kernel(package: str, *names: str, steps: int = 60, more: str = "") -> str:
    """Return a Go package that computes, about 12 lines for each step; `names` are functions that others may call."""
    functions = [STEP.format(name=name) for name in (*names, *(f"step{n}" for n in range(steps)))]
    return f"package {package}\n{more}{''.join(functions)}"


def service(*lines: str, imports: str = "", pages: int = 30) -> str:
    """Return a Go program that serves pages from a database, about 9 lines for each; `lines` stand in its main."""
    body = "".join(f"\t{line}\n" for line in ('http.ListenAndServe(":80", nil)', *lines))
    known = '\t"database/sql"\n\t"encoding/json"\n\t"net/http"\n'
    handlers = "".join(HANDLER.format(n=n) for n in range(pages))
    return f"package main\n\nimport (\n{known}{imports})\n\nvar db *sql.DB\n\nfunc main() {{\n{body}}}\n{handlers}"


def fixture(name: str, folder: Path) -> Path:
    """Copy a fixture into a new folder, without its marks."""
    for path in sorted((FIXTURES / name).rglob("*")):
        target = folder / path.relative_to(FIXTURES / name)
        if path.is_file() and "target" not in target.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(expectations.strip(path.read_bytes())[0])
    return folder


def invoked(*arguments: str | Path) -> Result:
    """Run a command of langfit in this process."""
    done = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def printed(*arguments: str | Path) -> str:
    """Return what a command that succeeds prints."""
    done = invoked(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def scanned(*arguments: str | Path) -> Any:
    """Return the JSON report of a scan."""
    return json.loads(printed("scan", "--no-cache", "--format", "json", "--show", "all", *arguments))
