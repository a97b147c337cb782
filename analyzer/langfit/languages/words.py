"""Names of folders that hint at support code, or at code of others.

A hint alone decides nothing: see `inventory.support`.
"""

from __future__ import annotations

import re

TESTS = frozenset(
    (
        "test tests testing testutil testutils testhelper testhelpers testdata testkit mock mocks fake fakes fixture"
        " fixtures e2e integration bench benches benchmark benchmarks fuzz fuzzing example examples sample samples demo"
        " demos tutorial tutorials playground testsuite testbed perf loadtest stress"
    ).split()
)
DEVELOPERS = frozenset("hack script scripts ci xtask devtools docs doc documentation contrib man".split())
NEAR = frozenset("tools tool dev build".split())  # only inside a module: a repository may ship a folder of tools
GENERATORS = frozenset("gen generate generator generators codegen gendocs docgen".split())
BENCHMARKS = frozenset("bench benches benchmark benchmarks fuzz loadgen loadtest".split())
OTHERS = frozenset(("vendor", "third_party", "third-party", "thirdparty"))
_TESTLIKE = re.compile(r"^(?:test|mock|fake|fuzz|bench|integration)[\w-]*$|[\w-]*(?:test|tests|testutil|mocks?)$")
_NO_TEST = frozenset("testament latest contest attest fastest greatest".split())


def hint_of(folder: str) -> str:
    """Return the name in a folder's path that hints at tests, examples or tools of developers, "" for none."""
    for name in folder.split("/"):
        plain = name.lower().lstrip("_.")
        if plain in TESTS or plain in DEVELOPERS or (_TESTLIKE.match(plain) and plain not in _NO_TEST):
            return name
    return ""


def hint_of_program(inside: str) -> str:
    """Return the name that hints at a program of the developers, "" for none.

    `inside` is its folder seen from the folder around its module: a module called tools is one, a module in a folder
    called tools is none by that.
    """
    names = [name.lower() for name in inside.split("/")]
    for name in names:
        if name in NEAR or name == "internal" or (_TESTLIKE.match(name) and name not in _NO_TEST):
            return name
    return names[-1] if generates(names[-1]) else ""


def is_near_tools(inside: str) -> bool:
    """Tell whether a folder, seen from the one around its module, is in a folder of tools."""
    return not NEAR.isdisjoint(inside.lower().split("/"))


def generates(program: str) -> bool:
    """Tell whether the name of a program says that it makes code, documents or builds: for its developers."""
    words = re.split(r"[-_]", program.lower())
    makes = words[0] in ("make", "build") and len(words) > 1
    return makes or any(word in GENERATORS or (len(word) > 4 and word.endswith("gen")) for word in words)


def others_of(folder: str) -> str:
    """Return the name in a folder's path that says that the code below is that of others, "" for none."""
    return next((name for name in folder.split("/") if name.lower() in OTHERS), "")
