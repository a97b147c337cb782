"""What is ignored, by gitignore(5).

Deeper files win over those above them, later lines over earlier ones, and .git/info/exclude comes last.

libgit2 has an answer of its own, which is not asked: it misses that `!y.log` in a subfolder takes back `*.log` from
above, and refuses names that are not UTF-8. The user's own core.excludesFile is left out on purpose: the same tree
gives the same report on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from langfit.filetree import Unreadable
from langfit.globs import NOTHING, Patterns, Room, parse, patterns_of
from langfit.repository.disk import Ignored
from langfit.repository.entries import Log, text_of
from langfit.repository.reading import Folders, read_file
from langfit.toml.diagnostics import shorten

LARGEST = 1 << 20  # bytes; git itself stops at 100 MB, which takes minutes to make sense of
MARK = b"\xef\xbb\xbf"  # that some editors put before UTF-8

Above = tuple[tuple[int, Patterns], ...]  # where the path below a folder begins, and the patterns there; deepest first


def by_files(folders: Folders, exclude: bytes | None, log: Log) -> Ignored:
    """Decides by the .gitignore files of a tree and the file `exclude`.

    Meant for a walk that does not enter ignored folders; patterns that git cannot use become notices.
    """
    room = Room()
    last = _read(partial(read_file, exclude), "info/exclude", room, log) if exclude is not None else NOTHING
    own = _read(partial(folders.read, b".gitignore"), ".gitignore", room, log)
    known: dict[bytes, Above] = {b"": _with(own, 0, ((0, last),))}

    def above(folder: bytes) -> Above:
        """Return the patterns that hold inside of a folder."""
        waiting = []
        while folder not in known:
            waiting.append(folder)
            folder = folder.rpartition(b"/")[0]
        found = known[folder]
        for folder in reversed(waiting):
            name = folder + b"/.gitignore"
            own = _read(partial(folders.read, name), text_of(name), room, log)
            found = known[folder] = _with(own, len(folder) + 1, found)
        return found

    def ignored(path: bytes, folder: bool) -> bool:
        for begin, patterns in above(path.rpartition(b"/")[0]):
            number = patterns.last(path[begin:], folder=folder)
            if number >= 0:
                return number not in patterns.negated
        return False

    return ignored


def _with(patterns: Patterns, begin: int, others: Above) -> Above:
    return others if patterns is NOTHING else ((begin, patterns), *others)


def _read(read: Callable[[int], bytes], name: str, room: Room, log: Log) -> Patterns:
    """Return the patterns of one file, which need not be there."""
    try:
        data = read(LARGEST + 1)
    except Unreadable:
        return NOTHING
    if len(data) > LARGEST:
        log.note("files", f"{name} is larger than {LARGEST:,} bytes; only its start was read.")
    lines = data[:LARGEST].removeprefix(MARK).split(b"\n")
    globs = [parse(line.removesuffix(b"\r")) for line in lines]
    if not any(globs):
        return NOTHING
    patterns = patterns_of(globs, room)
    if patterns.unusable:
        shown = shorten(text_of(lines[patterns.first_unusable].removesuffix(b"\r")))
        sentence = f"{name} holds a pattern that git cannot use: {shown}"
        log.note("patterns", sentence, 1, patterns.unusable)
    if patterns.left:
        sentence = f"{name} holds more patterns than langfit takes in: {patterns.left:,} of them were left out."
        log.note("files with more patterns", sentence, 3)
    return patterns
