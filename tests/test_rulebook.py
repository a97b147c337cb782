"""The loader of rules: a pack with mistakes is refused with all of them at once, each with its line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from langfit import trial
from langfit.cli import main
from langfit.languages import query_trial
from langfit.model import LangfitError
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan
from langfit.toml.mistakes import Mistake, Page
from langfit.toml.places import headers, places

FEW = ("go/format-in-loop", "go/sql-access")
RIGHT = """\
title = "Sleeps in a loop"
suits = "rust"
family = "kernel"
weight = "supporting"
claims = ["C5", "C18"]
message = "{name} waits {count} times"
why = "A test."
first = "Nothing."
refute = "Nothing."

[match]
site = "call"
name = ["time.Sleep"]
in-loop = 1

[scale]
start = 0.5
full = 5

[[example]]
code = '''
package p

import "time"

func f() {
	for {
		time.Sleep(1) // want go/sleep
	}
}
'''

[[example]]
code = '''
package p

func g() {}
'''
"""


def pack(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A pack of rules with these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def refused(folder: Path) -> list[str]:
    """The mistakes for which a pack is refused, without its folder; they must all have the form `path:line: sentence`."""
    with pytest.raises(LangfitError) as caught:
        trial.check_pack(folder)
    for sentence in caught.value.sentences:
        assert re.match(rf"{re.escape(str(folder))}[^:]*:[1-9]\d*: .*[.?]$", sentence), sentence
        assert "Traceback" not in sentence
    return [sentence.removeprefix(str(folder)).lstrip("/") for sentence in caught.value.sentences]


@pytest.fixture(autouse=True, scope="module")
def _few_rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Check packs on top of two shipped rules instead of all: the loader is the same, and much sooner done."""
    folder = tmp_path_factory.mktemp("few")
    for path in (*root().glob("*.toml"), *root().glob("dependencies/*.toml"), *(root() / f"{name}.toml" for name in FEW)):
        target = folder / path.relative_to(root())
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "root", lambda: folder)
        yield


def line_of(text: str, part: str) -> int:
    """The line of the first occurrence of a part of a text."""
    return text.count("\n", 0, text.index(part)) + 1


def test_a_right_pack_is_taken(tmp_path: Path) -> None:
    """Its rule is added to the shipped ones, and its examples are run."""
    folder = pack(tmp_path, {"go/sleep.toml": RIGHT, "README.md": "Ours."})
    assert trial.check_pack(folder) == 2
    assert {rule.id for rule in load(root(), [folder]).rules} - {rule.id for rule in load(root()).rules} == {"go/sleep"}


def test_the_shipped_rules_can_be_checked_as_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not clash with themselves."""
    monkeypatch.setattr(trial, "root", root)
    assert trial.check_pack(root()) == sum(len(rule.examples) for rule in load(root()).rules)


# name -> (what is replaced in the right rule, by what, where the mistake is, what the sentence says)
SITE = 'site = "call"\nname = ["time.Sleep"]'
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "unknown key": ("weight =", 'wieght = "strong"\nweight =', "wieght", "Unknown key `wieght`. Did you mean 'weight'?"),
    "unlike key": ("weight =", "zzz = 1\nweight =", "zzz", "Unknown key `zzz`. Known are ageing, claims, example"),
    "weight": ('"supporting"', '"suporting"', "suporting", "`weight` is 'suporting', but must be one of decisive, strong"),
    "weight, nearest": ('"supporting"', '"suporting"', "suporting", "Did you mean 'supporting'?"),
    "weight of a wrong type": ('"supporting"', "3", "weight", "`weight` must be a string"),
    "missing weight": ('weight = "supporting"\n', "", "title", "`weight` is missing here"),
    "family": ('"kernel"', '"kernal"', "kernal", "Did you mean 'kernel'?"),
    "suits": ('"rust"', '"zig"', "zig", "`suits` is 'zig', but must be one of go, rust."),
    "claim": ('["C5", "C18"]', '[\n"C5",\n"C99"]', '"C99"', "There is no claim 'C99' in rules/claims.toml."),
    "claim of a wrong type": ('["C5", "C18"]', "5", "claims", "`claims` must be a string or a list of strings."),
    "no claims": ('["C5", "C18"]', "[]", "claims", "`claims` must name at least one row"),
    "blank text": ('"A test."', '"  "', "why", "`why` must be a string that says something."),
    "title of two lines": ('"Sleeps in a loop"', '"""Sleeps\nhere"""', "title", "`title` must be one line"),
    "title with a full stop": ("in a loop", "in a loop.", "title", "without a full stop"),
    "field of the message": ("{count}", "{places}", "message", "`message` may use {name}, {count} and {value}"),
    "open brace": ("{count}", "{count", "message", "no other braces"),
    "closing brace": ("{count}", "count}", "message", "no other braces"),
    "attribute in the message": ("{count}", "{count.real}", "message", "no other braces"),
    "width in the message": ("{count}", "{count:999999999999}", "message", "no other braces"),
    "conversion in the message": ("{count}", "{count!r}", "message", "no other braces"),
    "position in the message": ("{count}", "{}", "message", "no other braces"),
    "oracle": ("[match]", "oracle = 1\n[match]", "oracle", "`oracle` must be a string"),
    "no matcher": ('site = "call"\n', "", "[match]", "Exactly one matcher of site, density, query, function, import, manifest"),
    "two matchers": ('site = "call"', 'site = "call"\ndensity = "call"', "[match]", "found `site` and `density`."),
    "unknown matcher": ('site = "call"', 'sight = "call"', "sight", "Unknown key `sight` in [match]. Did you mean 'site'?"),
    "query beside a site": ("in-loop", "query = '(call_expression) @hit'\nin-loop", "[match]", "found `site` and `query`."),
    "query on top": ("[match]", "query = '(_) @x'\n[match]", "query", "a query belongs into [match]"),
    "query of a wrong type": (SITE, "query = 5", "query", "`query` must be a string"),
    "query without a hit": (SITE, "query = '(call_expression)'", "query", "`query` captures no @hit"),
    "query with another capture": (SITE, "query = '(call_expression function: (_) @name) @hit'", "query", "`query` captures @name; only @hit"),
    "query that does not compile": (SITE, "query = '(call_expresion) @hit'", "query", "does not compile (invalid node type"),
    "query that is not closed": (SITE, "query = '(call_expression @hit'", "query", "does not compile"),
    "query of the other language": (SITE, "query = '(macro_invocation) @hit'", "query", "does not compile (invalid node type"),
    "query that can match nothing": (SITE, "query = '(call_expression (go_statement)) @hit'", "query", "`query` can match nothing"),
    "query with several roots": (SITE, "query = '((_)* @_a (_)* @_b) @hit'", "query", "has a pattern with several roots"),
    "predicate that does not exist": (SITE, "query = '((identifier) @hit (#like? @hit \"x\"))'", "query", "uses the predicate #like?, which does not exist"),
    "predicate without an argument": (SITE, "query = '((identifier) @hit (#eq? @hit))'", "query", "does not compile (invalid predicate"),
    "regular expression of a predicate": (SITE, "query = '((identifier) @hit (#match? @hit \"(\"))'", "query", "does not compile (invalid predicate"),
    "long query": (SITE, f"query = '(call_expression) @hit {';' * 4000}'", "query", "`query` is longer than 4,000 characters"),
    "names beside a query": ('site = "call"', "query = '(call_expression) @hit'", "name =", "`name` says nothing beside `query`"),
    "kind": ('"call"', '["call",\n"deffer"]', "deffer", "'deffer' is no site kind of go. Did you mean 'defer'?"),
    "kind of the other language": ('"call"', '"await"', "site", "'await' is no site kind of go."),
    "kind of a wrong type": ('"call"', "{a = 1}", "site", "`site` must be a string or a list of strings."),
    "no kind": ('"call"', "[]", "site", "This `site` can match nothing"),
    "no name": ('["time.Sleep"]', "[]", "name =", "`name` can match nothing; leave it out"),
    "blank in a name": ("time.Sleep", "time. Sleep", "name =", "'time. Sleep' can match nothing: resolved names hold no blanks."),
    "blank after a name": ('["time.Sleep"]', '["a",\n "time.Sleep\\t"]', "time.Sleep\\t", "names neither start nor end with blanks"),
    "name of a nameless kind": ('"call"', '"defer"', "name =", "sites of kind defer have no name."),
    "many stars": ('"time.Sleep"', '"*a*a*a*a*a*"', "name =", "has more than 4 `*`, which can take very long to match"),
    "loops": ("in-loop = 1", "in-loop = 0.5", "in-loop", "`in-loop` must be an integer between 0 and 16."),
    "too many loops": ("in-loop = 1", "in-loop = 17", "in-loop", "`in-loop` must be an integer between 0 and 16."),
    "flag": ("in-loop = 1", "cold = 1", "cold", "`cold` must be true or false."),
    "lines": ("in-loop = 1", "lines = -5", "lines", "`lines` must be an integer from 0 on."),
    "per": ("in-loop = 1", 'per = "file"', "per", "`per` is 'file', but must be one of kloc, component."),
    "report": ("in-loop = 1", 'report = "all"', "report", "`report` is 'all', but must be one of component, place."),
    "trait": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', 'function = "kernle"', "function", "Did you mean 'kernel'?"),
    "key of another matcher": ('site = "call"', 'function = "kernel"', "name =", "`name` says nothing beside `function`; remove it."),
    "entry": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', 'manifest = ["go:1.2",\n"crate-type:cdylib"]', "crate-type", "is no manifest entry of go."),
    "entry without a name": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', 'manifest = "dependency:"', "manifest", "can match nothing; write dependency:NAME."),
    "no entry": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', "manifest = []", "manifest", "This `manifest` can match nothing"),
    "role": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', 'role = "web framwork"', "role", "There is no role 'web framwork' in rules/dependencies. Did you mean 'web framework'?"),
    "import of everything": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', 'import = ["*"]', "import", "'*' is no import path or crate"),
    "no import": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1', "import = []", "import", "This `import` can match nothing"),
    "share beyond one": ('site = "call"\nname = ["time.Sleep"]\nin-loop = 1\n\n[scale]\nstart = 0.5', 'import = "os"\n[scale]\nstart = 2', "start", "a share never exceeds 1"),
    "match of a wrong type": ('[match]\nsite = "call"\nname = ["time.Sleep"]\nin-loop = 1', "match = 3", "match", "`[match]` is missing or no table"),
    "conditions of a wrong type": ("in-loop = 1", "with = 3", "with", "`with` must be a list of tables."),
    "key of a condition": ("in-loop = 1", 'with = [\n{site = "go"},\n{site = "go", atleast = 2},\n]', "atleast", "Unknown key `atleast` in `with`. Did you mean 'at-least'?"),
    "condition without a matcher": ("in-loop = 1", "without = [\n{at-least = 2}]", "{at-least", "found none."),
    "share of a condition beyond one": ("in-loop = 1", 'with = [\n{function = "kernel", at-least = 2}]', "{function", "`at-least` must be a number between 0 and 1."),
    "with and without the same": ("in-loop = 1", 'with = [{site = "go"}]\nwithout = [{site = "go"}]', "with", "`with` asks for what `without` forbids."),
    "scale upside down": ("full = 5", "full = 0.5", "full", "`full` must be larger than `start`."),
    "scale of one end": ("full = 5\n", "", "[scale]", "`full` is missing here"),
    "scale of a wrong type": ("start = 0.5", 'start = "low"', "start", "`start` must be a number from 0 on."),
    "scale that is no number": ("start = 0.5", "start = nan", "start", "`start` must be a number from 0 on."),
    "scale that is a number": ("[scale]\nstart = 0.5\nfull = 5", "[match.with]", "[match.with]", "`with` must be a list of tables."),
    "key of the scale": ("full = 5", "full = 5\nful = 6", "ful =", "Unknown key `ful` in [scale]. Did you mean 'full'?"),
    "ageing without quotes": ("[match]", "ageing = {1.26 = 0.7}\n[match]", "ageing", "'1' is no Go version in quotes"),
    "ageing by a word": ("[match]", 'ageing = {"new" = 0.7}\n[match]', "ageing", "'new' is no Go version in quotes"),
    "ageing that strengthens": ("[match]", 'ageing = {"1.26" = 1.5}\n[match]', "ageing", "`1.26` must be a number between 0 and 1."),
    "ageing of a wrong type": ("[match]", "ageing = 0.7\n[match]", "ageing", "`ageing` must be a table of Go version and factor"),
    "unmarked example": (" // want go/sleep", "", "[[example]]", "No example must be reported"),
    "mark of a longer name": ("want go/sleep", "want go/sleepy", "[[example]]", "asks for another rule; only go/sleep is tried here."),
    "example without code": ("func g() {}\n'''\n", "func g() {}\n'''\n[[example]]\n# empty\n", "[[example]]\n# empty", "`code` is missing here"),
    "key of an example": ("func g() {}\n'''\n", "func g() {}\n'''\nfile = 1\n", "file = 1", "Unknown key `file` in [[example]]. Did you mean 'files'?"),
    "files of a wrong type": ("func g() {}\n'''\n", "func g() {}\n'''\nfiles = 1\n", "files = 1", "`files` of an example must map names to text."),
    "file outside": ("func g() {}\n'''\n", "func g() {}\n'''\n[example.files]\n\"../up.go\" = ''\n", '"../up.go"', "is no path below the example"),
    "silent where marked": ("time.Sleep(1)", "time.Tick(1)", "[[example]]", "The example wants go/sleep at example.go:7, but it stays silent."),
    "reported where unmarked": ("func g() {}", 'import "time"\nfunc g() {\nfor {\ntime.Sleep(1)\n}\n}', "[[example]]\ncode = '''\npackage p\n\nimport \"time\"\nfunc g", "The example reports go/sleep at example.go:6 without a mark."),
    "broken code": ("func g() {}", "func g( {", "[[example]]\ncode = '''\npackage p\n\nfunc g", "example.go of the example cannot be parsed"),
    "broken manifest": ("func g() {}\n'''\n", "func g() {}\n'''\n[example.files]\n\"go.mod\" = 'module (('\n", "[[example]]\ncode = '''\npackage p\n\nfunc g", "go.mod of the example was skipped"),
    "no silent example": ("func g() {}", "func g() {} // want go/sleep", "[[example]]", "No example must stay silent"),
    "not TOML": ("[scale]", "[scale", "[scale", "This is not TOML (expected ']' at the end of a table declaration"),
    "twice the same key": ('suits = "rust"', 'suits = "rust"\nsuits = "go"', 'suits = "go"', "This is not TOML (cannot overwrite a value"),
    "endless string": ("'''\npackage p\n\nfunc g() {}\n'''\n", "'''\npackage p\n", "package p\n", "This is not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_line(name: str, tmp_path: Path) -> None:
    """Each mistake alone refuses the pack, at the line where it stands."""
    old, new, where, sentence = MISTAKES[name]
    text = RIGHT.replace(old, new, 1)
    assert text != RIGHT
    found = refused(pack(tmp_path, {"go/sleep.toml": text}))
    told = [row for row in found if sentence in row]
    assert told, found
    if "not TOML" not in sentence:
        assert f"go/sleep.toml:{line_of(text, where)}: " in told[0], (told, line_of(text, where))
    else:
        assert int(told[0].split(":")[1]) in (line_of(text, where), text.count("\n")), told


def test_lines_are_not_taken_from_code(tmp_path: Path) -> None:
    """A key that stands in an example, a comment or another table before does not take the line of the real one."""
    decoy = "# weight = 1\n[[example]]\ncode = '''\nweight = \"strong\"\n[scale]\nfull = 1\n'''\nfiles = {weight = 'x'}\n"
    text = RIGHT.replace('weight = "supporting"\n', "").replace("full = 5", "full = 'five'")
    text = 'weight = "heavy" # [scale]\n' + text.replace("[scale]", decoy + "[scale]")
    found = refused(pack(tmp_path, {"go/sleep.toml": text}))
    assert any(row.startswith("go/sleep.toml:1: `weight` is 'heavy'") for row in found)
    assert any(row.startswith(f"go/sleep.toml:{line_of(text, 'five')}: `full` must be a number") for row in found)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """Of all files, of all kinds, also examples that fail beside rules that cannot be read, sorted by place."""
    several = RIGHT.replace('"supporting"', '"heavy"').replace('"kernel"', '"oven"').replace("full = 5", "full = 0")
    shipped = FEW[1]
    found = refused(
        pack(
            tmp_path,
            {
                "go/a.toml": several,
                "go/b.toml": "this is no TOML",
                "go/c.toml": b"title = '\xff'",
                "go/sleep.toml": RIGHT.replace("time.Sleep(1)", "time.Tick(1)"),
                f"{shipped}.toml": RIGHT,
                "rust/sleep.toml": RIGHT,
                "overrides.toml": 'disable = ["go/none"]\n[weight]\n"go/format-in-loop" = "heavy"\n',
            },
        )
    )
    for part in (
        "go/a.toml:3: `family` is 'oven'",
        "go/a.toml:4: `weight` is 'heavy'",
        "go/a.toml:18: `full` must be larger",
        "go/b.toml:1: This is not TOML",
        "go/c.toml:1: This line is not UTF-8",
        "go/sleep.toml:20: The example wants go/sleep at example.go:7",
        f"{shipped}.toml:1: Rule {shipped} exists already in rules/{shipped}.toml",
        "rust/sleep.toml:20: The mark `want go/sleep` asks for another rule; only rust/sleep is tried here.",
        "overrides.toml:1: There is no rule 'go/none'.",
        "overrides.toml:3: `go/format-in-loop` is 'heavy'",
    ):
        assert any(part in row for row in found), (part, found)
    places_told = [(row.split(":")[0], int(row.split(":")[1])) for row in found]
    assert places_told == sorted(places_told)


# name -> (bytes of go/x.toml, line, what the sentence says)
FILES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 1, "`title` is missing here"),
    "not UTF-8": (b"title = 'a'\n\n# \xe9\n", 3, "This line is not UTF-8"),
    "UTF-16": (RIGHT.encode("utf-16"), 1, "This line is not UTF-8"),
    "NUL": (b"title = 'a'\nwhy = 'a\0b'\n", 2, "This is not TOML"),
    "binary": (bytes(range(256)), 2, "This line is not UTF-8"),
    "500 lists deep": (b"x = " + b"[" * 500 + b"]" * 500, 1, "This TOML is nested too deeply"),
    "500 tables deep": (b"x = " + b"{a=" * 500 + b"1" + b"}" * 500, 1, "This TOML is nested too deeply"),
    "500 keys deep": (b"x." * 500 + b"x = 1", 1, "This TOML is nested too deeply"),
    "100,000 lists deep": (b"x = " + b"[" * 100_000, 1, "nested too deeply"),
    "endless number": (b"title = 'a'\nx = " + b"9" * 5000, 2, "A number here is too long to be read"),
    "large": (b"#" * (1 << 20) + b"\n", 1, "This file is larger than 1 MiB"),
    "long value": (b"weight = '" + b"x" * 100_000 + b"'", 1, "..., but must be one of"),
    "long key": (b"k" * 100_000 + b" = 1", 1, "Unknown key `kkkk"),
    "control characters": (b'"a\\u001b[31m\\n" = 1', 1, "Unknown key `a\\x1b[31m\\n`"),
    "51 examples": (b"[[example]]\ncode = 'a'\n" * 51, 1, "There are more than 50 examples"),
    "examples in a row": (b"example = [\n{code = 'a'},\n{cod = 'b'}]", 3, "Unknown key `cod` in [[example]]"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_rule_is_refused(name: str, tmp_path: Path) -> None:
    """Whatever the bytes are, there is a sentence of bounded length and no traceback."""
    data, line, sentence = FILES[name]
    found = refused(pack(tmp_path, {"go/x.toml": data}))
    assert any(row.startswith(f"go/x.toml:{line}: ") and sentence in row for row in found), found
    assert max(map(len, found)) < 1000


@pytest.mark.parametrize("name", ["Sleep", "sleep_loop", "sleep loop", "-sleep", "sleep--loop", "schläft", "sleep.go"])
def test_file_names_are_ids(name: str, tmp_path: Path) -> None:
    """What cannot be written in an ignore comment is no id."""
    found = refused(pack(tmp_path, {f"go/{name}.toml": RIGHT.replace("go/sleep", f"go/{name}")}))
    assert any("The name of a rule file is its id" in row for row in found)


def test_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    """A folder named like a rule, a pipe and a broken link are told, and nothing waits for input."""
    for name in ("go/folder.toml", "overrides.toml"):
        (tmp_path / name).mkdir(parents=True)
    os.mkfifo(tmp_path / "go" / "pipe.toml")
    (tmp_path / "go" / "link.toml").symlink_to("nowhere")
    (tmp_path / "rust").write_text("no folder", "utf-8")
    assert [row.partition(";")[0] for row in refused(tmp_path)] == [
        "go/folder.toml:1: This is no regular file",
        "go/link.toml:1: This file cannot be read (No such file or directory)",
        "go/pipe.toml:1: This is no regular file",
        "overrides.toml:1: This is no regular file",
        "rust:1: This folder cannot be read (Not a directory)",
    ]


def test_empty_missing_and_misplaced(tmp_path: Path) -> None:
    """A pack must have something in it, and rules that stand elsewhere are not passed over in silence."""
    assert "This folder holds neither go/*.toml" in refused(tmp_path)[0]
    assert "There is no such folder" in refused(tmp_path / "none")[0]
    pack(tmp_path, {"file": "", "p/sleep.toml": RIGHT, "p/golang/sleep.toml": RIGHT, "p/go/deep/sleep.toml": RIGHT})
    assert "This is no folder" in refused(tmp_path / "file")[0]
    assert [row.partition(":1: ")[0] for row in refused(tmp_path / "p") if "This rule is not read here" in row] == [
        "go/deep/sleep.toml",
        "golang/sleep.toml",
        "sleep.toml",
    ]


# name -> (overrides.toml, line, what the sentence says)
OVERRIDES: dict[str, tuple[str, int, str]] = {
    "unknown rule": ('disable = [\n"go/sql-access",\n"go/sql-acces"]', 3, "There is no rule 'go/sql-acces'. Did you mean 'go/sql-access'?"),
    "unlike rule": ('disable = "zzz"', 1, "There is no rule 'zzz'. `langfit rules` lists them."),
    "weight of an unknown rule": ('[weight]\n\n"go/nothing-at-all" = "strong"', 3, "There is no rule 'go/nothing-at-all'."),
    "bad weight": ('[weight]\n"go/sql-access" = "strnog"', 2, "Did you mean 'strong'?"),
    "weight of a wrong type": ('[weight]\n"go/sql-access" = 2', 2, "must be a string"),
    "weight without quotes": ('[weight]\ngo.sql = "strong"', 2, "'go' has no weight"),
    "no table of weights": ('disable = []\nweight = "strong"', 2, "`[weight]` must be a table"),
    "disable of a wrong type": ("disable = 3", 1, "`disable` must be a string or a list of strings."),
    "unknown key": ('disabled = ["go/sql-access"]', 1, "Unknown key `disabled`. Did you mean 'disable'?"),
    "own rule": ('disable = ["go/sleep"]', 1, "Rule go/sleep is of this pack; remove its file"),
    "not TOML": ("disable", 1, "This is not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("name", OVERRIDES)
def test_wrong_overrides_are_refused(name: str, tmp_path: Path) -> None:
    """Each at its line."""
    text, line, sentence = OVERRIDES[name]
    found = refused(pack(tmp_path, {"overrides.toml": text, "go/sleep.toml": RIGHT}))
    assert len(found) == 1
    assert found[0].startswith(f"overrides.toml:{line}: ") and sentence in found[0], found


def test_overrides_change_and_disable(tmp_path: Path) -> None:
    """A weight is replaced, a rule goes, a later pack wins, and the digest follows."""
    one = pack(tmp_path / "1", {"overrides.toml": 'disable = ["go/sql-access"]\n[weight]\n"go/format-in-loop" = "strong"'})
    two = pack(tmp_path / "2", {"overrides.toml": '[weight]\n"go/sql-access" = "contextual"'})
    plain, first, both = load(root()), load(root(), [one]), load(root(), [one, two])
    weights = [{rule.id: rule.weight for rule in book.rules} for book in (plain, first, both)]
    assert [row.get("go/sql-access") for row in weights] == ["strong", None, "contextual"]
    assert [row["go/format-in-loop"] for row in weights] == ["supporting", "strong", "strong"]
    assert len({plain.digest, first.digest, both.digest}) == 3
    assert trial.check_pack(one) == 0


def test_overrides_of_a_broken_rule_are_not_called_unknown(tmp_path: Path) -> None:
    """The rule is there; only its own mistakes are told."""
    broken = RIGHT.replace('"kernel"', '"oven"')
    found = refused(pack(tmp_path, {"go/sleep.toml": broken, "overrides.toml": '[weight]\n"go/sleep" = "strong"'}))
    assert len(found) == 1
    assert "oven" in found[0]


def test_ageing_is_sorted_by_version(tmp_path: Path) -> None:
    """The last factor reached holds, so 1.9 comes before 1.26 however they are written."""
    folder = pack(tmp_path, {"go/sleep.toml": RIGHT.replace("[match]", 'ageing = {"1.26" = 0.5, "1.9" = 0.7}\n[match]')})
    rule = next(rule for rule in load(root(), [folder]).rules if rule.id == "go/sleep")
    assert rule.ageing == (("1.9", 0.7), ("1.26", 0.5))


def test_ageing_is_for_go_only(tmp_path: Path) -> None:
    """No `go` directive stands in a Cargo.toml."""
    text = RIGHT.replace("[match]", 'ageing = {"1.26" = 0.5}\n[match]')
    assert any("`ageing` follows the `go` directive" in row for row in refused(pack(tmp_path, {"rust/sleep.toml": text})))


def test_the_command_says_it_all(tmp_path: Path) -> None:
    """`rules --check` prints the number of examples or all mistakes, and exits with 2; no traceback reaches the user."""
    run = CliRunner()
    done = run.invoke(main, ["rules", "--check", str(pack(tmp_path / "a", {"go/sleep.toml": RIGHT}))])
    assert (done.exit_code, done.output) == (0, "2 examples hold\n")
    bad = pack(tmp_path / "b", {"go/sleep.toml": RIGHT.replace('"kernel"', '"oven"').replace('"A test."', "1")})
    done = run.invoke(main, ["rules", "--check", str(bad)])
    assert done.exit_code == 2
    rows = done.output.splitlines()
    assert [re.sub(r".*/(go/sleep.toml:\d+): .*", r"\1", row) for row in rows] == ["go/sleep.toml:3", "go/sleep.toml:7"]
    done = run.invoke(main, ["scan", "--quiet", "--no-cache", "--rules", str(bad), str(tmp_path)])
    assert done.exit_code == 2
    assert "oven" in done.output


def test_scan_takes_rules_of_a_pack(tmp_path: Path) -> None:
    """`--rules` adds rules to a scan, and without it they are not there."""
    folder = pack(tmp_path / "rules", {"go/sleep.toml": RIGHT})
    lines = "\n".join(f"var x{number} int" for number in range(600))
    body = 'package p\n\nimport "time"\n\nfunc f() {\n\tfor {\n\t\ttime.Sleep(1)\n\t\ttime.Sleep(2)\n\t}\n}\n\n'
    tree = pack(tmp_path / "tree", {"go.mod": "module example.test/p\n\ngo 1.21\n", "p.go": body + lines})
    given = ["scan", "--quiet", "--no-cache", "--jobs", "1", "--format", "json", "--show", "all", str(tree)]
    with_pack = CliRunner().invoke(main, [*given, "--rules", str(folder)])
    assert with_pack.exit_code == 0
    assert '"go/sleep"' in with_pack.output
    assert '"go/sleep"' not in CliRunner().invoke(main, given).output


def test_places_of_every_form() -> None:
    """Dotted and quoted keys, tables, lists of tables, inline values over lines, strings with anything in them."""
    text = '''# a = 1
a.b = 1
"c d" = """
e = 1 \\""" ]
""""
'f' = [ # comment ]
  1, "x]", [
  2], {g = 1, h.i = \'}\'},
]
[[t]]
u = 2020-01-01 10:00:00
[t.v]
w = \'\'\'
[[t]]
\'\'\'
[[ t ]]
[t."v w".x]
y = 1
'''
    assert places(text) == {
        (): 1, ("a",): 2, ("a", "b"): 2, ("c d",): 3, ("f",): 6, ("f", 0): 7, ("f", 1): 7, ("f", 2): 7, ("f", 2, 0): 8,
        ("f", 3): 8, ("f", 3, "g"): 8, ("f", 3, "h"): 8, ("f", 3, "h", "i"): 8, ("t",): 10, ("t", 0): 10,
        ("t", 0, "u"): 11, ("t", 0, "v"): 12, ("t", 0, "v", "w"): 13, ("t", 1): 16, ("t", 1, "v w"): 17,
        ("t", 1, "v w", "x"): 17, ("t", 1, "v w", "x", "y"): 18,
    }  # fmt: skip
    assert headers(text, "t") == [10, 16]


def test_every_key_of_the_shipped_rules_has_a_place() -> None:
    """What the parser reads, the reader of places finds, on a line that holds the key."""
    for path in sorted(root().rglob("*.toml")):
        page = Page(path, path.name, [])
        rows = page.text.splitlines()
        for key in page.table:
            assert key in rows[page.line(page.table, key) - 1], (path, key)


@given(data=st.binary(max_size=200) | st.text(alphabet="[]{}=\"'\\\n#., ab1*", max_size=60).map(str.encode))
def test_no_bytes_break_the_loader(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any file becomes a table with a line for each key, or a mistake on one of its lines."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    mistakes: list[Mistake] = []
    page = Page(path, "any.toml", mistakes)
    lines = data.count(b"\n") + 1
    assert page.read != bool(mistakes)
    assert all(1 <= mistake.line <= lines for mistake in mistakes)
    assert all(1 <= page.line(page.table, key) <= lines for key in page.table)


QUERY = "query = '((call_expression function: (_) @_called) @hit (#match? @_called \"Sleep$\"))'"


def test_a_rule_may_bring_its_own_query(tmp_path: Path) -> None:
    """Its hits stand in loops and functions like any other place, and other rules see nothing of it."""
    folder = pack(tmp_path, {"go/sleep.toml": RIGHT.replace(SITE, QUERY, 1)})
    assert trial.check_pack(folder) == 2
    code = 'package p\n\nimport "time"\n\nfunc f() {\n\tfor {\n\t\ttime.Sleep(1)\n\t}\n}\n'
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.go").write_text(code)
    report = scan(str(tmp_path / "tree"), Options(packs=(str(folder),), cache=False))
    assert [(f.rule, f.span.line, f.function) for f in report.findings] == [("go/sleep", 7, "f")]


def test_a_slow_query_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes longer on the samples than the limit, here the shortest that a worker can have."""
    monkeypatch.setattr(query_trial, "SECONDS", 0.01)
    found = refused(pack(tmp_path, {"go/sleep.toml": RIGHT.replace(SITE, QUERY.replace("(_) @_called", "(_ (_)* @_x (_)* @_y) @_called"), 1)}))
    assert any("`query` takes longer than" in row for row in found), found
