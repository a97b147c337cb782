"""Looks over a git directory before libgit2 opens anything in it.

libgit2 waits on a pipe in the place of a file as long as nobody writes into it, takes in files whole whatever their
size, and follows links, alternates and included configuration wherever they lead. All of that comes with an archive.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator

from msgspec import Struct, field

from langfit.model.errors import LangfitError
from langfit.repository.entries import text_of
from langfit.repository.gitdir import common_folder

MOST_SHOWN = 3  # ways out that a notice names
MOST_KNOWN = 100  # ways out that are told apart
MOST_CHAINED = 8  # alternates of alternates, and included files of included files; git goes 5 and 10 deep
MOST_LINES = 1_000  # alternates, or included files, of one file
LARGEST = 4 << 20  # bytes of a configuration or a reference
# Files that libgit2 takes in whole, and references; all others it maps, reads in pieces or leaves alone.
WHOLE = {
    b"index": 256 << 20,
    b"packed-refs": 256 << 20,
    b"shallow": 64 << 20,
    b"grafts": 64 << 20,
    **dict.fromkeys((b"HEAD", b"alternates", b"commondir", b"config", b"config.worktree", b"gitdir"), LARGEST),
}
OBJECTS = b"/objects/"
CONFIGS = (b"config", b"config.worktree")
WALKED = (b"refs", b"logs", b"info", b"objects", b"reftable")

HEADER = re.compile(rb'\s*\[\s*([\w.-]+)(?:\s*"(?:[^"\\]|\\.)*")?\s*\](.*)', re.DOTALL)
PATH = re.compile(rb"\s*path\s*=\s*(.*)", re.DOTALL | re.IGNORECASE)


class Survey(Struct):
    """What a look over a git directory found: the ways out of `root`, with what each of them is."""

    root: bytes  # real path of the folder that everything belongs into
    out: dict[bytes, str] = field(default_factory=dict)  # real path -> what leads there
    more: int = 0  # further ways out, beyond MOST_KNOWN
    seen: set[bytes] = field(default_factory=set)
    objects: list[bytes] = field(default_factory=list)  # the folders that objects are looked for in, its own first

    def follow(self, path: bytes, what: str) -> bytes:
        """Return the real path of `path`, noted where it is outside of the root and of what was noted before."""
        real = os.path.realpath(path)
        if len(self.out) >= MOST_KNOWN:
            self.more += not _inside(real, self.root)
        elif not any(_inside(real, known) for known in (self.root, *self.out)):
            self.out[real] = what
        return real

    def sentence(self) -> str:
        """Return what leads out of the root, "" where nothing does."""
        shown = [
            f"{what} leads to {text_of(os.path.relpath(real, self.root))}"
            for real, what in list(self.out.items())[:MOST_SHOWN]
        ]
        more = len(self.out) - len(shown) + self.more
        further = f" and {more:,} more" if more > 0 else ""
        return f"The repository is also read from outside of its folder: {'; '.join(shown)}{further}" if shown else ""


def look_over(root: bytes, dot_git: bytes, git: bytes) -> Survey:
    """Return where the git directory `git` leads out of the folder `root`, which has it as `dot_git`.

    Raises LangfitError for what stands where git expects a file and cannot be read as one.
    """
    found = Survey(os.path.realpath(root))
    if dot_git != git or os.path.islink(dot_git):
        found.follow(git, "`.git`")
    git = os.path.realpath(git)
    common = found.follow(common_folder(git), "`commondir`")
    for folder in dict.fromkeys((git, common)):
        _check_all(_entries(folder), found)
        for name in WALKED:
            _check_all(_below(folder + b"/" + name, found), found)
        for name in CONFIGS:
            _configuration(folder + b"/" + name, found, MOST_CHAINED)
    _alternates(common + b"/objects", found, MOST_CHAINED)
    return found


def _entries(folder: bytes) -> Iterator[os.DirEntry[bytes]]:
    try:
        with os.scandir(folder) as rows:
            yield from list(rows)
    except OSError:
        return


def _below(top: bytes, found: Survey) -> Iterator[os.DirEntry[bytes]]:
    """Yield all that is below a folder, also behind links."""
    waiting = [found.follow(top, f"`{text_of(os.path.basename(top))}`")] if os.path.isdir(top) else []
    while waiting:
        folder = waiting.pop()
        if folder in found.seen:
            continue
        found.seen.add(folder)
        for row in _entries(folder):
            if row.is_dir(follow_symlinks=False):
                waiting.append(row.path)
            elif row.is_symlink() and row.is_dir():
                waiting.append(found.follow(row.path, f"`{text_of(row.name)}`"))
            else:
                yield row


def _check_all(rows: Iterator[os.DirEntry[bytes]], found: Survey) -> None:
    for row in rows:
        if row.is_symlink():
            found.follow(row.path, f"`{text_of(row.name)}`")
        elif row.is_file(follow_symlinks=False) and OBJECTS in row.path:
            continue  # by far the most, and known without asking for more
        _check(row.path)


def _check(path: bytes, most: int | None = None) -> int:
    """Return the size of a file that git may open, 0 for none. Raises LangfitError for what cannot be read."""
    try:
        status = os.stat(path)
    except OSError:
        return 0
    mode = status.st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise LangfitError(
            f"{text_of(path)} is a pipe or a device where git expects a file: remove it, or clone the repository again."
        )
    if most is None:
        most = WHOLE.get(os.path.basename(path), LARGEST if b"/refs/" in path else status.st_size)
    if stat.S_ISREG(mode) and status.st_size > most:
        raise LangfitError(
            f"{text_of(path)} has {status.st_size:,} bytes, more than any that git writes: remove it, or clone the"
            " repository again."
        )
    return status.st_size if stat.S_ISREG(mode) else 0


def _read(path: bytes) -> bytes:
    if not _check(path, LARGEST):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST)
    except OSError:
        return b""


def _alternates(objects: bytes, found: Survey, deeper: int) -> None:
    """Look over the object folders that a repository borrows from."""
    found.objects.append(objects)
    for line in _read(objects + b"/info/alternates").split(b"\n")[:MOST_LINES]:
        if not line or line.startswith(b"#"):
            continue
        other = os.path.join(objects, line.rstrip(b"\r"))
        if not os.path.isdir(other):
            continue
        real = found.follow(other, "`alternates`")
        if real not in found.seen and deeper:
            _check_all(_below(real, found), found)
            _alternates(real, found, deeper - 1)


def _configuration(path: bytes, found: Survey, deeper: int) -> None:
    """Look over the files that a configuration includes."""
    for value in _included(_read(path))[:MOST_LINES]:
        other = os.path.join(os.path.dirname(path), os.path.expanduser(value))
        if os.path.isfile(other) or _check(other):
            real = found.follow(other, "an `include` of its configuration")
            if real not in found.seen and deeper:
                found.seen.add(real)
                _configuration(real, found, deeper - 1)


def _included(text: bytes) -> list[bytes]:
    """Return the paths in the sections `include` and `includeIf` of a configuration, whatever their conditions."""
    found, section = [], b""
    for line in text.replace(b"\r\n", b"\n").replace(b"\\\n", b"").split(b"\n"):
        rest = line
        while header := HEADER.fullmatch(rest):
            section, rest = header[1].partition(b".")[0].lower(), header[2]
        match = PATH.fullmatch(rest)
        if match is not None and section in (b"include", b"includeif"):
            found.append(_value(match[1]))
    return found


def _value(text: bytes) -> bytes:
    """Return a value of a configuration without quotes, escapes and a comment behind it."""
    made, quoted, escaped = bytearray(), False, False
    for sign in text:
        if escaped:
            made.append({ord("n"): 10, ord("t"): 9, ord("b"): 8}.get(sign, sign))
            escaped = False
        elif sign == ord("\\"):
            escaped = True
        elif sign == ord('"'):
            quoted = not quoted
        elif sign in b"#;" and not quoted:
            break
        else:
            made.append(sign)
    return bytes(made).strip()


def _inside(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")
