"""What is measured once, whatever the corpora: starts, one file, 25,000 results, few rules, and ten times the files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.speed import corpora, langfit
from benchmarks.speed.corpora import Corpus
from benchmarks.speed.processes import Failed, Medians, note, run
from langfit.rulebook import load
from langfit.rulefiles import root

STARTS = 15
RESULTS = 25_000
MANY, FEW = 190, 19  # rules
TIMES = 10  # copies
FORMS = ("json", "sarif-full")  # that leave no finding out
_RENDER = "from benchmarks.speed.langfit import render_seconds; print(render_seconds('{form}', {results}))"


def starts(place: Path) -> Medians:
    """Wall seconds of --help, and of a scan of a repository of one file: its first one, and one after a change."""
    note("starts")
    figures = Medians()
    tree = place / "one"
    tree.mkdir()
    file = tree / "main.go"
    file.write_text('package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("one")\n}\n', "utf-8")
    corpora.work_tree(tree)
    for number in range(STARTS):
        figures.add("help", langfit.help_seconds())
        cache = place / f"start{number}"
        figures.add("first", langfit.scan((str(tree),), cache).run.wall)
        file.write_text(f"{file.read_text('utf-8')}\n// {number}\n", "utf-8")
        again = langfit.scan((str(tree),), cache)
        assert again.blobs == {"parsed": 1}, "the second scan of a changed file parses just that"
        figures.add("again", again.run.wall)
    return figures


def results(rounds: int) -> Medians:
    """Seconds of writing RESULTS findings in each of FORMS, each time in a new process."""
    note("results")
    figures = Medians()
    for _ in range(rounds):
        for form in FORMS:
            figures.add(form, float(run([sys.executable, "-c", _RENDER.format(form=form, results=RESULTS)]).out))
    return figures


def rules(corpus: Corpus, rounds: int, place: Path) -> Medians:
    """Cold scans with MANY and with FEW rules, taken in turn: the stage `facts` and the whole."""
    note(f"rules, on {corpus.name}")
    figures = Medians()
    packs = {number: _pack(number, place / f"pack{number}") for number in (MANY, FEW)}
    for step in range(rounds):
        # Who goes first changes, so that what one leaves behind in the machine helps both.
        for number in (MANY, FEW) if step % 2 else (FEW, MANY):
            cache = place / f"rules{step}-{number}"
            done = langfit.scan(corpus.scanned, cache, "--rules", packs[number])
            figures.add(f"facts {number}", done.stages["facts"])
            figures.add(f"wall {number}", done.run.wall)
            figures.add(f"cpu {number}", done.run.cpu)
            shutil.rmtree(cache)
    return figures


def _pack(number: int, place: Path) -> Path:
    """Write a pack that leaves so many of the shipped rules, taken at even distances from the list of all."""
    names = sorted(rule.id for rule in load(root()).rules)
    kept = {names[at * len(names) // number] for at in range(number)}
    place.mkdir()
    listed = ", ".join(f'"{name}"' for name in names if name not in kept)
    (place / "overrides.toml").write_text(f"disable = [{listed}]\n", "utf-8")
    return place


def scaling(corpus: Corpus, rounds: int, place: Path) -> Medians:
    """Cold scans of a corpus and of TIMES as many files, none alike, as plain folders: wall, CPU and memory."""
    note(f"ten times the files, of {corpus.name}")
    figures = Medians()
    folders = {number: place / f"times{number}" for number in (1, TIMES)}
    for number, folder in folders.items():
        files, _ = corpora.copies(corpus.folder, folder, number)
        figures.add(f"files {number}", files)
    for step in range(rounds):
        for number, folder in folders.items():
            cache = place / f"scale{step}-{number}"
            done = langfit.scan((str(folder),), cache)
            figures.add(f"wall {number}", done.run.wall)
            figures.add(f"cpu {number}", done.run.cpu)
            shutil.rmtree(cache)
    for number, folder in folders.items():
        figures.add(f"memory {number}", langfit.peak((str(folder),), place / f"memory{number}"))
    for folder in folders.values():
        shutil.rmtree(folder)
    return figures


def attempt(name: str, step: object, *arguments: object) -> Medians:
    """Return the figures of a step, or the reason why there are none."""
    assert callable(step)
    try:
        made = step(*arguments)
    except (Failed, OSError, subprocess.SubprocessError) as problem:
        note(f"{name}: {problem}")
        made = Medians()
        made.fail(name, str(problem))
    assert isinstance(made, Medians)
    return made
