"""The terms of a scan: flags, the nearest langfit.toml and defaults, settled and checked against the rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from langfit import book_cache, config, suppressions
from langfit.cache import folder
from langfit.config import ResolvedConfig
from langfit.model.errors import LangfitError
from langfit.model.rule import Rulebook
from langfit.repository import locate
from langfit.rulefiles import root
from langfit.scan import Options
from langfit.toml.diagnostics import Diagnostic

# Settings of a file that change what a report says; whoever reads it should know of them.
TELLING = ("baseline", "rules", "include", "exclude", "disable", "components", "weights")


class ResolvedOptions(Struct, frozen=True):
    """What a scan is to do.

    `file` is the langfit.toml that was read, "" for none; `root` the folder that paths of the report are relative to,
    and `home` the one that a baseline belongs into, "" for a bare repository.
    """

    settled: ResolvedConfig
    options: Options
    book: Rulebook
    file: str
    root: str
    home: str


def settle(
    path: str, flags: Mapping[str, Any], revision: str | None, given: str | None, *, search: bool
) -> ResolvedOptions:
    """Return the terms of a scan of `path`. `flags` holds what the command line says, by key of langfit.toml.

    `given` names a file instead of the nearest one; without `search` and without it none is read. A file is read from
    disk alone, never from a commit: settings come from whoever runs langfit. Raises LangfitError with all mistakes.
    """
    place = locate(path, follow=flags.get("follow-git-links", True))
    if place.repo is not None:
        place.repo.free()
    found = None
    if given is not None:
        found = config.located(given, given, "" if place.bare else place.root)
    elif search and not place.bare:
        found = config.find(path, place.root, repository=place.repo is not None)
    file = config.read(found) if found is not None else config.Read({}, (), ())
    settled = config.settled(flags, file.values, file.overrides)
    book, wrong = book_of(settled)
    diagnostics = {*file.diagnostics, *wrong, *suppressions.diagnostics_of(settled.config.ignore, book)}
    if diagnostics:
        raise LangfitError(*map(str, sorted(diagnostics)))
    options = _options(settled, revision, found.above if found is not None else "", flags)
    home = "" if place.bare else str(Path(found.path).parent) if found is not None and search else place.root
    return ResolvedOptions(settled, options, book, found.shown if found is not None else "", place.root, home)


def book_of(settled: ResolvedConfig) -> tuple[Rulebook, tuple[Diagnostic, ...]]:
    """Return the rules under these settings with their mistakes; read anew only when one of their files changed."""
    packs = [Path(pack) for pack in settled.config.rules]
    stamp = book_cache.stamp_of([root(), *packs], repr(settled.overrides))
    known = book_cache.recall(folder(), stamp) if settled.config.cache else None
    if known is not None:
        return known, ()
    from langfit.rulebook import read

    book, wrong = read(root(), packs, settled.overrides)
    if settled.config.cache and not wrong:
        book_cache.keep(folder(), stamp, book)
    return book, wrong


def _options(settled: ResolvedConfig, revision: str | None, above: str, flags: Mapping[str, Any]) -> Options:
    chosen = settled.config
    said = [key for key in TELLING if settled.origins[key] != "default" and key not in flags]
    where = settled.origins[said[0]].rpartition(":")[0] if said else ""
    return Options(
        revision=revision,
        base=chosen.base,
        baseline=chosen.baseline,
        components=chosen.components,
        packs=chosen.rules,
        jobs=chosen.jobs,
        timeout=chosen.timeout,
        max_size=chosen.max_size,
        cache=chosen.cache,
        follow_git_links=chosen.follow_git_links,
        profiles=chosen.profiles,
        committed_profiles=chosen.committed_profiles,
        include=_rebased(chosen.include, above, given="include" in flags),
        exclude=_rebased(chosen.exclude, above, given="exclude" in flags),
        ignores=chosen.ignore,
        above=above,
        notices=(f"{where} sets {', '.join(said)}; `langfit config` shows how.",) if said else (),
    )


def _rebased(patterns: tuple[str, ...], above: str, *, given: bool) -> tuple[str, ...]:
    """Patterns of flags are told from the root of the tree, those of a file from its folder."""
    return tuple(config.rebased(row, above) for row in patterns) if given else patterns
