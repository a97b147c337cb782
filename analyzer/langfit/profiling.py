"""The route of `langfit profile`: what a file is, and what of it maps to a tree, without judging the tree."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from contextlib import ExitStack

from langfit import profiles
from langfit.cache import FactCache
from langfit.facts import store
from langfit.facts.job import Summarize
from langfit.facts.measures import Measures
from langfit.facts.store import Limits, Request
from langfit.inventory.files import listing
from langfit.inventory.settle import settle
from langfit.languages import LANGUAGES
from langfit.model.repository import File, Inventory
from langfit.model.rule import Rulebook
from langfit.model.summary import FileSummary
from langfit.profile_text import About, Answer
from langfit.profiles import gates, measure
from langfit.profiles.functions import functions_of
from langfit.profiles.place import Functions
from langfit.profiles.values import Profile
from langfit.repository import Repository, open_repository
from langfit.scan import Options, Watch


def answer(file: str, path: str, options: Options, book: Rulebook, watch: Watch) -> Answer:
    """Return what a file of measurements is, and what of it maps to the tree at `path`. Raises LangfitError."""
    source, kind = profiles.source_of(file)
    found = profiles.read(source, kind)
    if not isinstance(found, Profile):
        return Answer(found, None)
    with ExitStack() as stack:
        cache = FactCache() if options.cache else None
        if cache is not None:
            stack.callback(cache.close)
        tree = stack.enter_context(open_repository(path, options.revision, follow=options.follow_git_links))
        return Answer(found, _about(found, tree, options, book, watch, cache))


def _about(
    profile: Profile, tree: Repository, options: Options, book: Rulebook, watch: Watch, cache: FactCache | None
) -> About:
    work = _Work(tree, options, watch, cache)
    inventory = work.inventory(book)
    now = int(time.time()) if tree.revision is None else 0
    return about(profile, inventory, lambda components: work.functions(inventory, components), now)


def about(profile: Profile, inventory: Inventory, names: profiles.Names | None = None, now: int = 0) -> About:
    """Return what of a profile maps to an inventory; `names` reads functions of components, `now` tells its age."""
    looked = profiles.look(profile, inventory, names)
    counts = looked.counts
    background = measure.background_of(counts)
    program = measure.program_of(profile, inventory)
    return About(
        row=gates.row_of(profile, counts, now=now),
        classes=measure.classes_of(counts),
        components=measure.by_component(counts, inventory, background),
        deliverables=measure.by_deliverable(counts, inventory, background, program),
        functions=measure.hottest(counts, looked.frames),
        rest={name: counts.share(amount) for name, amount in sorted(counts.rest.items(), key=lambda row: -row[1])},
    )


class _Work:
    """Reads a tree by the workers and the cache of a scan, so that nothing is parsed twice."""

    def __init__(self, tree: Repository, options: Options, watch: Watch, cache: FactCache | None) -> None:
        self.tree, self.watch, self.cache = tree, watch, cache
        self.entries = {entry.path: entry for entry in tree.entries()}
        self.limits = Limits(options.jobs or os.cpu_count() or 1, options.timeout, options.max_size)
        self.custom = options.components

    def read(self, file: File) -> bytes:
        """Return the bytes of a file."""
        return self.tree.read(self.entries[file.path])

    def inventory(self, book: Rulebook) -> Inventory:
        """Return what there is to judge."""
        found = listing(self.tree)
        reading = found.reading()
        requests = [Request(f, reading[f.path] == "full") for f in found.files if reading.get(f.path, "none") != "none"]
        job = Summarize({name: Measures(book, name) for name in LANGUAGES})
        summaries: dict[str, FileSummary] = {}
        for outcome in store.summaries(requests, self.read, job, self.limits, self.cache, self.watch.count):
            if outcome.summary is not None:
                summaries[outcome.file.path] = outcome.summary
        return settle(found, summaries, self.custom)

    def functions(self, inventory: Inventory, components: Collection[str]) -> Functions:
        """Return the functions of some components."""
        return functions_of(inventory, components, self.read, self.limits, self.cache, self.watch.count)
