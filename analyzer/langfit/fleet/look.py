"""A first look at every repository: which commit is to be scanned, and how large it is.

All looks of a run share one process. What kills it or keeps it for too long costs that repository, and the next
process goes on behind it, so that the driver itself never opens a repository that it does not know.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from langfit.fleet import child
from langfit.fleet.model import Limits, Member, Seen
from langfit.fleet.place import packed, unpacked
from langfit.fleet.processes import attend
from langfit.model.errors import LangfitError

PATIENCE = 60.0  # seconds that one look may take
MOST_PACKS = 100_000  # files of a pack folder that are counted
LONGEST = 500  # characters of a sentence


class Look(Struct, frozen=True):
    """What a process is to look at."""

    members: tuple[Member, ...]
    limits: Limits
    follow: bool


def looks(members: Sequence[Member], folder: str, limits: Limits, *, follow: bool) -> list[Seen]:
    """Return what a look at each member found, in their order."""
    found: list[Seen] = []
    with tempfile.TemporaryDirectory(prefix="look-", dir=Path(folder, ".said")) as place:
        list_path, out_path, said = (Path(place, name) for name in ("list", "out", "said"))
        while len(found) < len(members):
            list_path.write_bytes(packed(Look(tuple(members[len(found) :]), limits, follow)))
            out_path.write_bytes(b"")
            over = _Clock(out_path, min(PATIENCE, limits.seconds))
            ended = attend(["langfit.fleet.child", "look", str(list_path), str(out_path)], said, over)
            found += [unpacked(line, Seen) for line in _lines(out_path)]
            if len(found) < len(members):
                found.append(_blamed(ended.status, ended.why))
    return found


class _Clock:
    """Counts the seconds since the last look was done."""

    def __init__(self, out: Path, patience: float) -> None:
        self.out, self.patience = out, patience
        self.size, self.since = -1, time.monotonic()

    def __call__(self, _seconds: float) -> str:
        size = self.out.stat().st_size if self.out.exists() else 0
        now = time.monotonic()
        if size != self.size:
            self.size, self.since = size, now
        return "timeout" if now - self.since > self.patience else ""


def _lines(path: Path) -> list[bytes]:
    """Return the whole lines of a file; a process that is killed may leave half of one."""
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _blamed(status: int, why: str) -> Seen:
    if why:
        return Seen(reason="timeout", sentence="It took too long to open.")
    if status == child.MEMORY:
        return Seen(reason="memory", sentence="It needed more memory than --repo-memory to open.")
    return Seen(reason="crashed", sentence="The process that opened it died.")


def look_over(list_path: str, out_path: str) -> None:
    """Look at the members of a list, and append a line for each. Raises MemoryError and OSError."""
    asked = unpacked(Path(list_path).read_bytes(), Look)
    child.bound(asked.limits, clock=False)
    with open(out_path, "ab", buffering=0) as out:
        out.writelines(packed(_seen(member, follow=asked.follow)) + b"\n" for member in asked.members)


def _seen(member: Member, *, follow: bool) -> Seen:
    try:
        return _look(member, follow=follow)
    except LangfitError as error:
        sentence = without_path(" ".join(error.sentences), member.path, member.id)
        lack = any(words in sentence.lower() for words in child.NO_MEMORY)
        return Seen(reason="memory" if lack else "refused", sentence=sentence[:LONGEST])
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a repository provokes costs its row
        return Seen(reason="crashed", sentence=f"langfit itself has failed ({type(error).__name__}) to open it.")


def without_path(sentence: str, path: str, name: str) -> str:
    """Return a sentence that names a repository by its id: a path of this machine says nothing elsewhere."""
    for shown in (os.path.realpath(path), path):
        sentence = sentence.replace(shown, name)
    return sentence


def _look(member: Member, *, follow: bool) -> Seen:
    import pygit2

    from langfit.repository import locate
    from langfit.repository.session import Repository

    place = locate(member.path, follow=follow)
    if place.repo is None:
        why = place.notices[0] if place.notices else "It is no git repository: name one, or leave it out of the list."
        raise LangfitError(why)
    with Repository(member.path, place, member.revision or "HEAD") as tree:
        commit = tree.revision or ""
        made = place.repo[commit].peel(pygit2.Commit).commit_time
        return Seen(commit, made, tree.branch, place.under, _size(place.repo.path))


def _size(git: str) -> int:
    """Return the bytes of the packs of a repository, by which the largest are scanned first."""
    from langfit.repository.gitdir import common_folder

    total = 0
    folder = os.path.join(common_folder(os.fsencode(git)), b"objects/pack")
    with suppress(OSError), os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number > MOST_PACKS:
                break
            if entry.name.endswith(b".pack"):
                with suppress(OSError):
                    total += entry.stat().st_size
    return total
