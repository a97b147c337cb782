"""Build constraints of Go: whether any platform builds a file.

Grammar and tags: https://pkg.go.dev/cmd/go#hdr-Build_constraints; platforms: `go tool dist list` of Go 1.26; suffixes
of file names: https://pkg.go.dev/cmd/go#hdr-Build_constraints and go/build (goodOSArchFile).
"""

from __future__ import annotations

import re
from functools import lru_cache

PLATFORMS = tuple(
    tuple(row.split("/"))
    for row in (
        "aix/ppc64 android/386 android/amd64 android/arm android/arm64 darwin/amd64 darwin/arm64 dragonfly/amd64"
        " freebsd/386 freebsd/amd64 freebsd/arm freebsd/arm64 freebsd/riscv64 illumos/amd64 ios/amd64 ios/arm64 js/wasm"
        " linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/mips linux/mips64 linux/mips64le linux/mipsle"
        " linux/ppc64 linux/ppc64le linux/riscv64 linux/s390x netbsd/386 netbsd/amd64 netbsd/arm netbsd/arm64"
        " openbsd/386 openbsd/amd64 openbsd/arm openbsd/arm64 openbsd/ppc64 openbsd/riscv64 plan9/386 plan9/amd64"
        " plan9/arm solaris/amd64 wasip1/wasm windows/386 windows/amd64 windows/arm windows/arm64"
    ).split()
)
SYSTEMS = frozenset(system for system, _ in PLATFORMS) | {"hurd", "nacl", "zos"}
ARCHITECTURES = frozenset(arch for _, arch in PLATFORMS) | {"amd64p32", "armbe", "arm64be", "mips64p32", "mips64p32le",
    "ppc", "riscv", "s390", "sparc", "sparc64"}  # fmt: skip
UNIX = frozenset("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris".split())
ALSO = {"android": "linux", "illumos": "solaris", "ios": "darwin"}  # systems that meet the tag of another one, too
MOST_LETTERS = 2_000  # of an expression; a longer one is made to hurt, and taken for met

_TOKEN = re.compile(r"\s*(?:(&&|\|\||[!()])|([\w.]+))")

Tags = frozenset[str]


def _contexts() -> tuple[Tags, ...]:
    found = []
    for system, arch in PLATFORMS:
        tags = {system, arch, ALSO.get(system, system)} | ({"unix"} if system in UNIX else set())
        found += [frozenset(tags | set(more)) for more in (("gc",), ("gc", "cgo"), ("gccgo", "cgo"))]
    return tuple(found)


CONTEXTS = _contexts()


@lru_cache(maxsize=4_096)
def is_built(name: str, expression: str) -> bool:
    """Tell whether an ordinary build for any platform includes a file of this name with this build constraint.

    Tags that somebody has to name (`ignore`, `tools`, `integration`) are not met. An expression that cannot be read
    is taken for one that is not met, as the go command reports it and builds nothing.
    """
    if len(expression) > MOST_LETTERS:
        return True
    wanted = _suffix_tags(name)
    rule = _parsed(expression) if expression else True
    if rule is None:
        return False
    return any(wanted <= tags and _met(rule, tags) for tags in CONTEXTS)


@lru_cache(maxsize=4_096)
def only_for(name: str, expression: str) -> frozenset[str]:
    """Return the operating systems for which a file is built."""
    wanted = _suffix_tags(name)
    rule = _parsed(expression) if expression and len(expression) <= MOST_LETTERS else True
    if rule is None:
        return frozenset()
    return frozenset(t for tags in CONTEXTS if wanted <= tags and _met(rule, tags) for t in tags if t in SYSTEMS)


def _suffix_tags(name: str) -> Tags:
    """Return what the suffixes of a file name ask for: `_windows`, `_amd64`, `_linux_arm64`; `_test` does not count."""
    parts = name.rpartition(".")[0].removesuffix("_test").split("_")[1:]
    if len(parts) >= 2 and parts[-2] in SYSTEMS and parts[-1] in ARCHITECTURES:
        return frozenset(parts[-2:])
    return frozenset(parts[-1:]) if parts and parts[-1] in SYSTEMS | ARCHITECTURES else frozenset()


Rule = bool | str | tuple["str", "Rule", "Rule"]


def _parsed(expression: str) -> Rule | None:
    """Parse an expression into ("&&", a, b), ("||", a, b), ("!", a, True) or a tag; None when it cannot be read."""
    tokens = []
    at = 0
    while at < len(expression.rstrip()):
        match = _TOKEN.match(expression, at)
        if match is None:
            return None
        tokens.append(match[1] or match[2])
        at = match.end()
    tokens.reverse()
    try:
        rule = _or(tokens, 0)
    except (IndexError, RecursionError):
        return None
    return None if tokens else rule


def _or(tokens: list[str], depth: int) -> Rule:
    left = _and(tokens, depth)
    while tokens and tokens[-1] == "||":
        tokens.pop()
        left = ("||", left, _and(tokens, depth))
    return left


def _and(tokens: list[str], depth: int) -> Rule:
    left = _not(tokens, depth)
    while tokens and tokens[-1] == "&&":
        tokens.pop()
        left = ("&&", left, _not(tokens, depth))
    return left


def _not(tokens: list[str], depth: int) -> Rule:
    if depth > 200:
        raise RecursionError
    token = tokens.pop()
    if token == "!":
        return ("!", _not(tokens, depth + 1), True)
    if token == "(":
        inner = _or(tokens, depth + 1)
        if tokens.pop() != ")":
            raise IndexError
        return inner
    if token in ("&&", "||", ")"):
        raise IndexError
    return token


def _met(rule: Rule, tags: Tags) -> bool:
    if isinstance(rule, bool):
        return rule
    if isinstance(rule, str):
        return rule in tags or re.fullmatch(r"go1\.\d+", rule) is not None
    sign, left, right = rule
    if sign == "!":
        return not _met(left, tags)
    return (_met(left, tags) and _met(right, tags)) if sign == "&&" else (_met(left, tags) or _met(right, tags))
