"""What is ignored, by gitignore(5).

Deeper files win over those above them, later lines over earlier ones, and .git/info/exclude comes last.

libgit2 has an answer of its own, which is not asked: it misses that `!y.log` in a subfolder takes back `*.log` from
above, and refuses names that are not UTF-8. The user's own core.excludesFile is left out on purpose: the same tree
gives the same report on every machine.
"""

from __future__ import annotations

import re

from langfit.filetree import Unreadable
from langfit.globs import tamed
from langfit.repository.disk import Ignored, read_disk
from langfit.repository.entries import Log, text_of

LARGEST = 1 << 20  # bytes; git itself stops at 100 MB, which takes minutes to make sense of

Pattern = tuple[re.Pattern[str], bool]  # and whether what it matches is ignored


def by_files(root: bytes, exclude: bytes | None, log: Log) -> Ignored:
    """Decides by the .gitignore files below `root` and the file `exclude`.

    Meant for a walk that does not enter ignored folders; patterns that git cannot use become notices.
    """
    known: dict[bytes, list[Pattern]] = {}
    last = _parse(exclude, "info/exclude", log) if exclude is not None else []

    def patterns_of(folder: bytes) -> list[Pattern]:
        if folder not in known:
            name = folder + b"/.gitignore" if folder else b".gitignore"
            known[folder] = _parse(root + b"/" + name, text_of(name), log)
        return known[folder]

    def ignored(path: bytes, folder: bool) -> bool:
        full = text_of(path) + ("/" if folder else "")
        above = path
        while above:
            above = above.rpartition(b"/")[0]
            verdict = _verdict(full[len(text_of(above)) + 1 :] if above else full, patterns_of(above))
            if verdict is not None:
                return verdict
        return bool(_verdict(full, last))

    return ignored


def _verdict(path: str, patterns: list[Pattern]) -> bool | None:
    for regex, ignores in patterns:
        found = regex.match(path)
        # A match that ends at a "/" inside is one of a folder above, which the walk has asked about already.
        if found is not None and (not found.groupdict().get("ps_d") or found.end() == len(path)):
            return ignores
    return None


def _parse(path: bytes, name: str, log: Log) -> list[Pattern]:
    """Return the patterns of one file, the last one first."""
    try:
        data = read_disk(path, LARGEST + 1)
    except Unreadable:
        return []
    if len(data) > LARGEST:
        log.notices.append(f"{name} is larger than {LARGEST:,} bytes; only its start was read.")
    lines = data[:LARGEST].decode("utf-8-sig", "surrogateescape").split("\n")
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return []
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    patterns: list[Pattern] = []
    for raw in lines:
        line = raw.rstrip("\r")
        if line.rstrip(" ").endswith("/**") and not line.startswith("#"):
            # "a/**" is what stands inside of a, not a itself, for which pathspec also takes it.
            line = line.rstrip(" ") + "/*"
        try:
            pattern = GitIgnoreSpecPattern(line)
        except (GitIgnorePatternError, ValueError):
            log.notices.append(f"{name} holds a pattern that git cannot use: {line}")
        else:
            if pattern.regex is not None and pattern.include is not None:
                patterns.append((tamed(pattern.regex), pattern.include))
    return patterns[::-1]
