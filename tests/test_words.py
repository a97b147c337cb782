"""The words of the source tree: those of docs/glossary.md and of plain English, and no place of this machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Parts of names in the code: `drop_doors` and `DoorKeeper` both hold "door". Beside each the word to use.
NAMES = {
    "accuse|accuses|accused|accusing": "ask for action",
    "defuse": "neutralize",
    "door|doors": "sanitize, or native entry",
    "framed|placed": "rebase, locate, place",
    "heavy|weigh|weighing": "weight, fit",
    "idle": "unused",
    "inert": "suppressed",
    "lenient": "relaxed",
    "lookalike|lookalikes": "heuristics",
    "merit|merits": "fit",
    "pane|panes": "section",
    "played": "role definition",
    "remark|remarks": "comment",
    "seam|seams": "cut, boundary",
    "sharing": "summarize",
    "shelf": "load state",
    "shut": "sanitize",
    "sighting|sightings": "observation",
    "sketch": "cut",
    "standing": "config suppression",
    "turn|turns": "iteration",
    "verdict|verdicts": "fit, advice",
    "wish|wishes": "override",
}
# Whole names of classes, and verbs that functions are not called.
CLASSES = "Asked|Beside|Judged|Kept|Outside|Placed|Said|Scales|Settled|Share|Told|Whole|Wanted|Terms"
VERBS = "say|says|said|saying|tell|told"
# Phrases of docstrings, rules, the action and the pages. Beside each the phrase to use.
TEXTS = {
    r"accus(?:e|es|ed|ing)": "ask for action",
    r"doors?": "entry, sanitize",
    r"hand-held": "manual",
    r"inert": "suppressed",
    r"(?:a|each|every|per|the|this) turn": "iteration",
    r"looked over": "skimmed",
    r"merits": "fit",
    r"panes?": "section",
    r"remarks?": "comment",
    r"seams?": "cut, boundary",
    r"shelf": "a word that says what it holds",
    r"sightings?": "observation",
    r"sketch(?:es)?": "cut",
    r"verdicts?": "fit, advice",
    r"(?:go|rust)/(?:async-coloring|cli-shell|gc-remark|hand-held-memory|lint-surrender|node-per-turn|profiles-at-hand"
    r"|performance-remark|user-space-file-system)": "the id that the rule has now",
}
# Where such a word says what it says everywhere: word, path, reason.
TRUE_USES = (
    ("idle", "analyzer/langfit/parsing/workers.py", "a process that waits for work"),
    ("idle", "analyzer/langfit/measuring.py", "a CPU that waits"),
    ("idle", "analyzer/langfit/profiles/gates.py", "a CPU that waits"),
    ("remark", "analyzer/langfit/profiles/__init__.py", "what compilers call their notes"),
    ("remark", "analyzer/langfit/profiles/cargo.py", "what compilers call their notes"),
    ("remark", "analyzer/langfit/profiles/compiler.py", "what compilers call their notes"),
    ("remark", "analyzer/langfit/profiles/values.py", "what compilers call their notes"),
    ("share", "analyzer/langfit/model/measured.py", "a share of the samples"),
    ("verdict", "docs/design.md", "the sentence that names the three layers"),
)
# Hosts of package registries and their mirrors, and paths of one machine.
PLACES = (
    r"(?:files\.)?pythonhosted\.org|pypi\.(?:org|python\.org)|registry\.(?:npmjs\.org|yarnpkg\.com)|npmjs\.com"
    r"|(?:index|static)\.crates\.io|(?:proxy|sum)\.golang\.org|rubygems\.org"
    r"|(?:artifactory|nexus|mirrors?)\.[\w-]+\.\w+|--(?:extra-)?index-url"
    r"|(?<![\w.])/(?:work|root|Users|home/\w+|tmp/\w+|mnt|opt)/\w"
)


class Use(NamedTuple):
    """A word where it stands."""

    path: str
    line: int
    text: str


def parts(name: str) -> list[str]:
    """Return the words that a name is made of."""
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of the package and of the action, parsed."""
    for path in sorted([*(ROOT / "analyzer/langfit").rglob("*.py"), *(ROOT / "action").glob("*.py")]):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


@cache
def names() -> list[tuple[str, Use]]:
    """Return what is named in the code, with what it is: module, class, function or value."""
    found = []
    for path, tree in trees():
        found.append(("module", Use(path, 1, Path(path).stem)))
        for node in ast.walk(tree):
            match node:
                case ast.ClassDef(name=name):
                    found.append(("class", Use(path, node.lineno, name)))
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    found.append(("function", Use(path, node.lineno, name)))
                case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                    found.append(("value", Use(path, node.lineno, name)))
    return found


@cache
def texts() -> list[Use]:
    """Return the lines that people read: docstrings, rules, the action, pages."""
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (words := ast.get_docstring(node)):
                start = node.body[0].lineno
                found += [Use(path, start + n, line) for n, line in enumerate(words.splitlines())]
    return found + [row for path in pages() for row in lines(path)]


def pages() -> list[Path]:
    """Return the files in which every line is for people."""
    found = [
        *(ROOT / "rules").rglob("*"),
        *(ROOT / "action").glob("*"),
        ROOT / "action.yml",
        *(ROOT / "docs").glob("*.md"),
    ]
    return sorted(path for path in found if path.suffix in (".toml", ".json", ".yml", ".sh", ".md"))


def lines(path: Path) -> list[Use]:
    """Return the lines of a file."""
    rows = path.read_text("utf-8").splitlines()
    return [Use(path.relative_to(ROOT).as_posix(), number, row) for number, row in enumerate(rows, 1)]


def untrue(found: list[Use], word: str) -> list[str]:
    """Return the uses of a word that no row of TRUE_USES explains, as `path:line: text`."""
    true = {path for use, path, _ in TRUE_USES if re.search(use, word, re.IGNORECASE)}
    return [f"{use.path}:{use.line}: {use.text.strip()[:90]}" for use in found if use.path not in true]


@pytest.mark.parametrize(("word", "plain"), NAMES.items(), ids=NAMES)
def test_no_name_holds_a_word_of_its_own(word: str, plain: str) -> None:
    """A name in the code is made of words that a reader has met before."""
    held = {*word.split("|")}
    found = [use for _, use in names() if held & {*parts(use.text)}]
    assert untrue(found, word) == [], f"use: {plain}"


def test_no_class_is_a_participle() -> None:
    """A class is called by a noun that says what it is."""
    found = [use for kind, use in names() if kind == "class" and re.fullmatch(f"_?(?:{CLASSES})", use.text)]
    assert untrue(found, CLASSES) == []


def test_no_function_says() -> None:
    """A function is called by what it returns or does."""
    found = [use for kind, use in names() if kind == "function" and {*VERBS.split("|")} & {*parts(use.text)}]
    assert untrue(found, VERBS) == []


@pytest.mark.parametrize(("phrase", "plain"), TEXTS.items(), ids=TEXTS)
def test_no_text_holds_a_word_of_its_own(phrase: str, plain: str) -> None:
    """What people read is plain English, with the words of the glossary."""
    found = [use for use in texts() if re.search(rf"\b(?:{phrase})\b", use.text, re.IGNORECASE)]
    assert untrue(found, phrase) == [], f"use: {plain}"


@pytest.mark.parametrize(("word", "path", "why"), TRUE_USES, ids=lambda value: value[:40])
def test_every_exception_is_needed(word: str, path: str, why: str) -> None:
    """What is allowed is there, and has a reason."""
    named = any(use.path == path and word in parts(use.text) for _, use in names())
    assert why and (named or any(use.path == path and word in use.text.lower() for use in texts()))


def test_nothing_names_a_registry_or_a_place_of_this_machine() -> None:
    """Packages come from where a user's own tools get them, and paths are relative."""
    sources = [
        *(ROOT / "analyzer").rglob("*.py"),
        *(ROOT / "action").glob("*"),
        ROOT / "pyproject.toml",
        ROOT / "Makefile",
    ]
    found = [use for path in sources if path.is_file() for use in lines(path)] + texts()
    assert [f"{use.path}:{use.line}: {use.text.strip()[:90]}" for use in found if re.search(PLACES, use.text)] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see https://pypi.org/project/x", id="registry"),
        pytest.param("pip install --index-url https://mirror.example.net/simple x", id="mirror"),
        pytest.param("clones are in /root/clones", id="folder"),
    ],
)
def test_places_are_recognized(text: str) -> None:
    """The expression for places finds some."""
    assert re.search(PLACES, text)
