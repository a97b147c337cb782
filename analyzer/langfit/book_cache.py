"""The rule book as it was read last time, so that two hundred files need not be read and checked for each scan.

A stamp names everything that a book is made of by size and time, as make does. The copy is msgpack, decoded into the
types of the model; one that is missing, of another stamp or damaged costs a tenth of a second and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256
from math import isfinite
from pathlib import Path
from string import Formatter

import msgspec
from msgspec import structs

from langfit import __version__, regular
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.model.rule import Rule, Rulebook
from langfit.writing import replace

KEPT = 8  # books: different packs and versions take turns
LARGEST = 64 << 20  # bytes of one; the shipped book has half a megabyte
CHECK = 32  # bytes of the digest in front of a copy
SELECTING = ("site", "density", "query")  # matchers that select sites
FIELDS = (None, "name", "amount")  # what a message may show
AGE = re.compile(r"1\.[0-9]{1,3}")


def stamp_of(folders: Iterable[Path], *further: str) -> str:
    """Return a name for the books that this code reads from these folders, with `further` settings."""
    digest = sha256(repr((__version__, further)).encode())
    for folder in (Path(__file__).parent, *folders):
        digest.update(os.fsencode(folder) + b"\0")
        for path, size, time in sorted(_files(os.fspath(folder), 2)):
            digest.update(f"{path}\0{size}\0{time}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def _files(folder: str, deeper: int) -> Iterable[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith((".toml", ".py", ".scm")):
            with suppress(OSError):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
        elif deeper and not entry.name.startswith((".", "__")) and entry.is_dir():
            yield from _files(entry.path, deeper - 1)


def recall(place: Path, stamp: str) -> Rulebook | None:
    """Return the copy of a book in the folder `place`; None when there is none that can be used."""
    with suppress(OSError, msgspec.MsgspecError, ValueError):
        data = regular.read(place / f"rules-{stamp}.msgpack", LARGEST)
        if len(data) <= LARGEST and sha256(data[CHECK:]).digest() == data[:CHECK]:
            book = msgspec.msgpack.decode(data[CHECK:], type=Rulebook)
            return book if is_sound(book) else None
    return None


def is_sound(book: Rulebook) -> bool:
    """Whether what a book names is in it, and its numbers can be reckoned with: a copy may have been written by others.

    Whoever may write to the cache can change what langfit says, as with facts; but not end a scan.
    """
    numbers = [*structs.astuple(book.thresholds), *book.weights.values(), *(family.cap for family in book.families)]
    numbers += [role.least for role in book.roles]
    families = {family.name for family in book.families}
    roles = {role.name for role in book.roles}
    return (
        book.dependencies.keys() >= LANGUAGES.keys()
        and all(isfinite(number) and number >= 0 for number in numbers)
        and min(structs.astuple(book.thresholds)) > 0
        and all(role.suits in LANGUAGES for role in book.roles)
        and len({rule.id for rule in book.rules}) == len(book.rules)
        and all(_is_sound(rule, families, roles, book.weights) for rule in book.rules)
    )


def _is_sound(rule: Rule, families: Collection[str], roles: Collection[str], weights: Collection[str]) -> bool:
    measures = [rule.match.measure, *(row.measure for row in (*rule.match.requires, *rule.match.excludes))]
    scale = rule.scale
    return (
        rule.language in LANGUAGES
        and rule.suits in LANGUAGES
        and rule.family in families
        and rule.weight in weights
        and all(role in roles for role in rule.roles)
        and (scale is None or (isfinite(scale.start) and isfinite(scale.full) and scale.start < scale.full))
        and all(AGE.fullmatch(version) and 0 <= factor <= 1 for version, factor in rule.ageing)
        and all(isfinite(row.at_least) for row in (*rule.match.requires, *rule.match.excludes))
        and all((measure.selector is not None) == (measure.matcher in SELECTING) for measure in measures)
        and all(
            field in FIELDS and not (form or attempt) for _, field, form, attempt in Formatter().parse(rule.message)
        )
    )


def keep(place: Path, stamp: str, book: Rulebook) -> None:
    """Copy a book into `place`, where at most KEPT stay; a folder that cannot be written to is left alone."""
    packed = msgspec.msgpack.encode(book)
    with suppress(OSError, LangfitError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = os.fspath(place / f"rules-{stamp}.msgpack")
        if not os.path.isfile(path) or os.path.islink(path):  # what could not be read is of no use to anybody
            with suppress(FileNotFoundError):
                os.unlink(path)
        replace(path, sha256(packed).digest() + packed, [os.fspath(place)], private=True)
        known = sorted(place.glob("rules-*"), key=lambda one: one.lstat().st_mtime_ns)
        for old in known[:-KEPT]:
            old.unlink(missing_ok=True)
