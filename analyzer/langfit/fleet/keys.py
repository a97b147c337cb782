"""The terms of a run, and the keys of its results: the same repository under the same terms is never scanned twice."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from langfit import __version__
from langfit.facts.codec import FORMAT
from langfit.fleet.model import Member, Seen
from langfit.fleet.place import put
from langfit.model.errors import LangfitError
from langfit.model.rule import Rulebook
from langfit.scan import Options

LENGTH = 32  # hex digits


class Basis(Struct, frozen=True):
    """All that a result depends on beside the repository: the code, the options, the rules."""

    version: str
    format: int
    options: Options
    with_code: bool
    book: Rulebook


def terms_of(options: Options, book: Rulebook, *, with_code: bool) -> Basis:
    """Return the terms of a run. What changes the speed of a scan alone is no part of them."""
    plain = Options()
    bare = structs.replace(options, jobs=plain.jobs, cache=plain.cache, packs=(), notices=(), revision=None)
    return Basis(__version__, FORMAT, bare, with_code, book)


def keep(folder: str, terms: Basis) -> str:
    """Write terms where tasks find them; return their digest."""
    data = msgspec.msgpack.encode(terms, order="deterministic")
    digest = sha256(data).hexdigest()[:LENGTH]
    path = _path(folder, digest)
    if not path.is_file():
        put(path, data)
    return digest


def read(folder: str, digest: str) -> Basis:
    """Return the terms of a digest. Raises LangfitError where they are not there, or not those."""
    try:
        data = _path(folder, digest).read_bytes()
        if sha256(data).hexdigest()[:LENGTH] != digest:
            raise ValueError(digest)
        return msgspec.msgpack.decode(data, type=Basis)
    except (OSError, ValueError, msgspec.MsgspecError):
        raise LangfitError(f"The terms {digest} are not in {folder}: run the fleet again.") from None


def key_of(member: Member, seen: Seen, digest: str) -> str:
    """Return the name of a result: repository, folder in it, commit and terms decide it, and nothing else."""
    parts = (member.id, seen.under, seen.commit, digest)
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:LENGTH]


def _path(folder: str, digest: str) -> Path:
    return Path(folder, "terms", f"{digest}.msgpack")
