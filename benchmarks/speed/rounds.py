"""Measures one corpus in rounds: parse floor, langfit cold, warm and after changes, peers, one after the other."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from benchmarks.speed import corpora, langfit
from benchmarks.speed.corpora import Corpus, Size
from benchmarks.speed.peers import Peers
from benchmarks.speed.processes import Failed, Medians, Run, note, run

PATIENCE = 60.0  # seconds; a peer that takes longer is measured in the first round only


class Measured(Struct, frozen=True):
    """A corpus and the medians of its figures: seconds, and bytes of `memory`; `counts` are numbers of blobs."""

    corpus: Corpus
    size: Size
    figures: Medians
    counts: dict[str, int]


class Scene(Struct, frozen=True):
    """What one corpus needs on disk."""

    corpus: Corpus
    parsed: Path  # the files that langfit parses, nothing else
    tree: Path  # a git work tree of all files
    edited: Path | None  # the file in it that is changed
    alone: Path  # this file alone
    back: Path  # the files that were other ones BACK commits before


def measure(corpus: Corpus, peers: Peers, rounds: int, place: Path) -> Measured:
    """Measure a corpus; what fails is kept as a reason beside the figures."""
    figures, counts = Medians(), dict[str, int]()
    note(f"{corpus.name}: preparing")
    size, scene = _scene(corpus, place, counts)
    for number in range(rounds):
        note(f"{corpus.name}: round {number + 1} of {rounds}")
        _round(scene, place / f"round{number}", figures, counts)
        _peers(scene, peers, figures, number)
        shutil.rmtree(place / f"round{number}", ignore_errors=True)
    _try(figures, "memory", lambda: figures.add("memory", langfit.peak(corpus.scanned, place / "memory")))
    return Measured(corpus, size, figures, counts)


def _scene(corpus: Corpus, place: Path, counts: dict[str, int]) -> tuple[Size, Scene]:
    scene = Scene(corpus, place / "parsed", place / "tree", None, place / "alone", place / "back")
    size, middle = corpora.parsed_only(corpus.folder, scene.parsed)
    shutil.copytree(corpus.folder, scene.tree, symlinks=True)
    corpora.work_tree(scene.tree)
    if corpus.back:
        counts["changed"] = corpora.changed(corpus, scene.back)
    if middle is None:
        return size, scene
    scene.alone.mkdir()
    shutil.copy(middle, scene.alone)
    edited = scene.tree / middle.relative_to(corpus.folder)
    return size, Scene(corpus, scene.parsed, scene.tree, edited, scene.alone, scene.back)


def _round(scene: Scene, place: Path, figures: Medians, counts: dict[str, int]) -> None:
    """One round of the floor and of langfit; every scan but those called cold finds the cache of the cold one."""
    corpus, cache = scene.corpus, place / "cache"

    def floor() -> None:
        said = run([sys.executable, "-m", "benchmarks.speed.parse_floor", scene.corpus.folder]).out.split()
        figures.add("floor", float(said[0]))
        figures.add("floor of parsed", float(said[1]))

    def scan(name: str, arguments: tuple[str, ...], kept: Path) -> None:
        done = langfit.scan(arguments, kept)
        figures.add(name, done.run.wall)
        figures.add(f"{name} cpu", done.run.cpu)
        counts[name] = done.blobs.get("parsed", 0) + done.blobs.get("skimmed", 0)
        counts[f"{name} parsed"] = done.blobs.get("parsed", 0)

    def edited() -> None:
        assert scene.edited is not None
        before = scene.edited.read_bytes()
        scene.edited.write_bytes(before + b"\n// one more line\n")
        try:
            scan("one", (str(scene.tree),), cache)
        finally:
            scene.edited.write_bytes(before)

    _try(figures, "floor", floor)
    _try(figures, "cold", partial(scan, "cold", corpus.scanned, cache))
    _try(figures, "warm", partial(scan, "warm", corpus.scanned, cache))
    if scene.edited:
        _try(figures, "one", edited)
        _try(figures, "one alone", partial(scan, "one alone", (str(scene.alone),), place / "alone"))
    if corpus.back:
        _try(figures, "back", partial(scan, "back", (*corpus.scanned[:-1], corpus.back), cache))
        _try(figures, "back alone", partial(scan, "back alone", (str(scene.back),), place / "back"))
    else:
        figures.fail("back", "no history")


def _peers(scene: Scene, peers: Peers, figures: Medians, number: int) -> None:
    def peer(name: str, command: Callable[[Path], Run], folder: Path) -> None:
        if number and (figures[name] or 0) > PATIENCE:
            return
        done = command(folder)
        figures.add(name, done.wall)
        figures.add(f"{name} cpu", done.cpu)

    _try(figures, "ast-grep", partial(peer, "ast-grep", peers.ast_grep, scene.corpus.folder))
    _try(figures, "ast-grep parsed", partial(peer, "ast-grep parsed", peers.ast_grep, scene.parsed))
    _try(figures, "semgrep", partial(peer, "semgrep", peers.semgrep, scene.corpus.folder))


def _try(figures: Medians, name: str, step: Callable[[], None]) -> None:
    """Do a step unless it has failed before; keep the reason when it fails."""
    if name in figures.missing:
        return
    try:
        step()
    except Failed as problem:
        note(f"  {name}: {problem}")
        figures.fail(name, str(problem))
