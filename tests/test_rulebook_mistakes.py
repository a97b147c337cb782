"""A rule file with a mistake: each is told at its line, with what is right instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from packs import RIGHT, SITE, few_rules, line_of, refused
from trees import write


@pytest.fixture(autouse=True, scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of the two shipped rules that packs are checked on top of."""
    with few_rules(tmp_path_factory.mktemp("few")) as folder:
        yield folder


MATCH = f"{SITE}\nin-loop = 1"
SILENT = "func g() {}\n'''\n"  # the end of the second example
SECOND = "[[example]]\ncode = '''\npackage p\n\n"
# id: what is replaced in the right rule, by what, where the mistake is, what the sentence says
TEXTS = {
    "unknown key": ("weight =", 'wieght = "strong"\nweight =', "wieght", "Unknown key `wieght`. Did you mean 'weight'?"),
    "unlike key": ("weight =", "zzz = 1\nweight =", "zzz", "Unknown key `zzz`. Known are ageing, claims, conflict, example"),
    "weight": ('"supporting"', '"suporting"', "suporting", "`weight` is 'suporting', but must be one of decisive, strong"),
    "weight, nearest": ('"supporting"', '"suporting"', "suporting", "Did you mean 'supporting'?"),
    "weight of a wrong type": ('"supporting"', "3", "weight", "`weight` must be a non-empty string"),
    "missing weight": ('weight = "supporting"\n', "", "title", "`weight` is missing here"),
    "family": ('"compute"', '"compuet"', "compuet", "Did you mean 'compute'?"),
    "suits": ('"rust"', '"zig"', "zig", "`suits` is 'zig', but must be one of go, rust."),
    "claim": ('["C5", "C18"]', '[\n"C5",\n"C99"]', '"C99"', "There is no claim 'C99' in rules/claims.toml."),
    "claim of a wrong type": ('["C5", "C18"]', "5", "claims", "`claims` must be a string or a list of strings."),
    "role": ('["performance-critical"]', '[\n"performance"]', '"performance"', "There is no role 'performance' in rules/roles.toml. Did you mean"),
    "conflict": ("[match]", 'conflict = "yes"\n[match]', "conflict", "`conflict` must be true or false."),
    "blank text": ('"A test."', '"  "', "why", "`why` must be a non-empty string."),
    "limits": ('"Tests."', "1", "limits", "`limits` must be a non-empty string."),
    "oracle": ("[match]", "oracle = 1\n[match]", "oracle", "`oracle` must be a non-empty string"),
    "title of two lines": ('"Sleeps in a loop"', '"""Sleeps\nhere"""', "title", "`title` must be one line"),
    "title with a full stop": ("in a loop", "in a loop.", "title", "without a full stop"),
    "long title": ("in a loop", "in a loop" * 9, "title", "`title` is longer than 60 characters"),
    "field of the message": ("{amount}", "{count}", "message", "`message` may use {name} and {amount} and no other"),
    "open brace": ("{amount}", "{amount", "message", "no other braces"),
    "closing brace": ("{amount}", "amount}", "message", "no other braces"),
    "attribute in the message": ("{amount}", "{amount.real}", "message", "no other braces"),
    "width in the message": ("{amount}", "{amount:999999999999}", "message", "no other braces"),
    "conversion in the message": ("{amount}", "{amount!r}", "message", "no other braces"),
    "position in the message": ("{amount}", "{}", "message", "no other braces"),
    "message of two lines": ('"{name} waits {amount} times"', '"""{name}\nwaits"""', "message", "`message` must be one line."),
    "ageing without quotes": ("[match]", "ageing = {1.26 = 0.7}\n[match]", "ageing", "'1' is no Go version in quotes"),
    "ageing by a word": ("[match]", 'ageing = {"new" = 0.7}\n[match]', "ageing", "'new' is no Go version in quotes"),
    "ageing that strengthens": ("[match]", 'ageing = {"1.26" = 1.5}\n[match]', "ageing", "`1.26` must be a number between 0 and 1."),
    "ageing of a wrong type": ("[match]", "ageing = 0.7\n[match]", "ageing", "`ageing` must be a table of Go version and factor"),
}  # fmt: skip
MATCHES = {
    "no matcher": ('site = "call"\n', "", "[match]", "Exactly one matcher of site, density, query, function, import, manifest, assembly is needed"),
    "two matchers": ('site = "call"', 'site = "call"\ndensity = "call"', "[match]", "found `site` and `density`."),
    "unknown matcher": ('site = "call"', 'sight = "call"', "sight", "Unknown key `sight` in [match]. Did you mean 'site'?"),
    "no table": (f"[match]\n{MATCH}", "match = 3", "match", "`[match]` is missing or no table"),
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
    "tokens": ("in-loop = 1", "tokens = -5", "tokens", "`tokens` must be an integer from 0 on."),
    "lines": ("in-loop = 1", "lines = 100", "lines", "Unknown key `lines` in [match]; sizes are in tokens"),
    "unit of a site": ("in-loop = 1", 'per = "kloc"', "per =", "`per` is 'kloc', but must be one of tokens, places."),
    "unit of a function": (MATCH, 'function = "kernel"\nper = "tokens"', "per =", "must be one of code, functions."),
    "unit of an import": (MATCH, 'import = "os"\nper = "tokens"', "per =", "must be one of files."),
    "report": ("in-loop = 1", 'report = "all"', "report", "`report` is 'all', but must be one of component, place."),
    "trait": (MATCH, 'function = "kernle"', "function", "Did you mean 'kernel'?"),
    "key of another matcher": ('site = "call"', 'function = "kernel"', "name =", "`name` has no effect with `function`; remove it."),
    "no assembly": (MATCH, 'assembly = "yes"', "assembly", "`assembly` must be true or false."),
    "entry": (MATCH, 'manifest = ["go:1.2",\n"crate-type:cdylib"]', "crate-type", "is no manifest entry of go."),
    "entry without a name": (MATCH, 'manifest = "dependency:"', "manifest", "can match nothing; write dependency:NAME."),
    "no entry": (MATCH, "manifest = []", "manifest", "This `manifest` can match nothing"),
    "role of a dependency": (MATCH, 'role = "web framwork"', "role =", "There is no role 'web framwork' in rules/dependencies. Did you mean 'web framework'?"),
    "import of everything": (MATCH, 'import = ["*"]', "import", "'*' is no import path or crate"),
    "no import": (MATCH, "import = []", "import", "This `import` can match nothing"),
    "share beyond one": (f"{MATCH}\n\n[scale]\nstart = 0.5", 'import = "os"\n[scale]\nstart = 2', "start", "a share never exceeds 1"),
    "scale upside down": ("full = 5", "full = 0.5", "full", "`full` must be larger than `start`."),
    "scale of one end": ("full = 5\n", "", "[scale]", "`full` is missing here"),
    "scale of a wrong type": ("start = 0.5", 'start = "low"', "start", "`start` must be a number from 0 on."),
    "scale that is no number": ("start = 0.5", "start = nan", "start", "`start` must be a number from 0 on."),
    "key of the scale": ("full = 5", "full = 5\nful = 6", "ful =", "Unknown key `ful` in [scale]. Did you mean 'full'?"),
}  # fmt: skip
CONDITIONS = {
    "of a wrong type": ("in-loop = 1", "with = 3", "with", "`with` must be a list of conditions."),
    "a table": ("[scale]\nstart = 0.5\nfull = 5", "[match.with]", "[match.with]", "`with` must be a list of conditions."),
    "a number among them": ("in-loop = 1", 'with = [\n"computes",\n3]', "3]", "`with` must be a list of conditions."),
    "unknown name": ("in-loop = 1", 'with = [\n"computs"]', '"computs"', "There is no condition 'computs' for this language in rules/families.toml. Did you mean 'computes'?"),
    "name of the other language": ("in-loop = 1", 'with = ["freestanding"]', "with", "There is no condition 'freestanding' for this language"),
    "key": ("in-loop = 1", 'with = [\n{site = "go"},\n{site = "go", atleast = 2},\n]', "atleast", "Unknown key `atleast` in `with`. Did you mean 'at-least'?"),
    "without a matcher": ("in-loop = 1", "without = [\n{at-least = 2}]", "{at-least", "found none."),
    "share beyond one": ("in-loop = 1", 'with = [\n{function = "kernel", at-least = 2}]', "{function", "`at-least` must be a number between 0 and 1."),
    "asked for and forbidden": ("in-loop = 1", 'with = [{site = "go"}]\nwithout = [{site = "go"}]', "with", "`with` asks for what `without` forbids."),
    "asked for and forbidden by name": ("in-loop = 1", 'with = ["computes"]\nwithout = ["computes"]', "with", "`with` asks for what `without` forbids."),
}  # fmt: skip
QUERIES = {
    "beside a site": ("in-loop", "query = '(call_expression) @hit'\nin-loop", "[match]", "found `site` and `query`."),
    "on top": ("[match]", "query = '(_) @x'\n[match]", "query", "a query belongs in [match]"),
    "of a wrong type": (SITE, "query = 5", "query", "`query` must be a non-empty string"),
    "without a hit": (SITE, "query = '(call_expression)'", "query", "`query` captures no @hit"),
    "another capture": (SITE, "query = '(call_expression function: (_) @name) @hit'", "query", "`query` captures @name; only @hit"),
    "does not compile": (SITE, "query = '(call_expresion) @hit'", "query", "does not compile (invalid node type"),
    "not closed": (SITE, "query = '(call_expression @hit'", "query", "does not compile"),
    "of the other language": (SITE, "query = '(macro_invocation) @hit'", "query", "does not compile (invalid node type"),
    "can match nothing": (SITE, "query = '(call_expression (go_statement)) @hit'", "query", "`query` can match nothing"),
    "several roots": (SITE, "query = '((_)* @_a (_)* @_b) @hit'", "query", "has a pattern with several roots"),
    "unknown predicate": (SITE, "query = '((identifier) @hit (#like? @hit \"x\"))'", "query", "uses the predicate #like?, which does not exist"),
    "predicate without an argument": (SITE, "query = '((identifier) @hit (#eq? @hit))'", "query", "does not compile (invalid predicate"),
    "regular expression": (SITE, "query = '((identifier) @hit (#match? @hit \"(\"))'", "query", "does not compile (invalid predicate"),
    "long": (SITE, f"query = '(call_expression) @hit {';' * 4000}'", "query", "`query` is longer than 4,000 characters"),
    "beside names": ('site = "call"', "query = '(call_expression) @hit'", "name =", "`name` has no effect with `query`"),
}  # fmt: skip
EXAMPLES = {
    "unmarked": (" // want go/sleep", "", "[[example]]", "No example must be reported"),
    "mark of a longer name": ("want go/sleep", "want go/sleepy", "[[example]]", "asks for another rule; only go/sleep is tried here."),
    "without code": (SILENT, SILENT + "[[example]]\n# empty\n", "[[example]]\n# empty", "`code` is missing here"),
    "key": (SILENT, SILENT + "file = 1\n", "file = 1", "Unknown key `file` in [[example]]. Did you mean 'files'?"),
    "files of a wrong type": (SILENT, SILENT + "files = 1\n", "files = 1", "`files` of an example must map names to text."),
    "file outside": (SILENT, SILENT + "[example.files]\n\"../up.go\" = ''\n", '"../up.go"', "is no path below the example"),
    "silent where marked": ("time.Sleep(1)", "time.Tick(1)", "[[example]]", "The example wants go/sleep at example.go:7, but it stays silent."),
    "reported where unmarked": ("func g() {}", 'import "time"\nfunc g() {\nfor {\ntime.Sleep(1)\n}\n}', SECOND + 'import "time"\nfunc g', "The example reports go/sleep at example.go:6 without a mark."),
    "broken code": ("func g() {}", "func g( {", SECOND + "func g", "example.go of the example does not parse"),
    "broken manifest": (SILENT, SILENT + "[example.files]\n\"go.mod\" = 'module (('\n", SECOND + "func g", "go.mod of the example was skipped"),
    "none silent": ("func g() {}", "func g() {} // want go/sleep", "[[example]]", "No example must stay silent"),
}  # fmt: skip
SYNTAX = {
    "not TOML": ("[scale]", "[scale", "[scale", "This is not TOML (expected ']' at the end of a table declaration"),
    "twice the same key": ('suits = "rust"', 'suits = "rust"\nsuits = "go"', 'suits = "go"', "This is not TOML (cannot overwrite a value"),
    "endless string": ("'''\npackage p\n\n" + SILENT, "'''\npackage p\n", "func f", "This is not TOML"),
}  # fmt: skip
KINDS = {
    "text": TEXTS, "match": MATCHES, "condition": CONDITIONS, "query": QUERIES, "example": EXAMPLES, "syntax": SYNTAX,
}  # fmt: skip
ROWS = [pytest.param(*row, id=f"{kind}: {name}") for kind, rows in KINDS.items() for name, row in rows.items()]


@pytest.mark.parametrize(("old", "new", "where", "sentence"), ROWS)
def test_a_mistake_is_told_with_its_line(old: str, new: str, where: str, sentence: str, tmp_path: Path) -> None:
    """Each mistake alone refuses the pack, at the line where it is."""
    text = RIGHT.replace(old, new, 1)
    assert text != RIGHT
    found = refused(write(tmp_path, {"go/sleep.toml": text}))
    told = [row for row in found if sentence in row]
    assert told, found
    line = int(told[0].split(":")[1])
    assert line in ((line_of(text, where), text.count("\n")) if "not TOML" in sentence else (line_of(text, where),))


FILES = {  # id: bytes of go/x.toml, line, what the sentence says
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
    """Whatever the bytes are, there are sentences of bounded length and no traceback."""
    data, line, sentence = FILES[name]
    found = refused(write(tmp_path, {"go/x.toml": data.decode("utf-8", "surrogateescape")}))
    assert any(row.startswith(f"go/x.toml:{line}: ") and sentence in row for row in found), found
    assert max(map(len, found)) < 1000


@pytest.mark.parametrize("name", ["Sleep", "sleep_loop", "sleep loop", "-sleep", "sleep--loop", "schläft", "sleep.go"])
def test_file_names_are_ids(name: str, tmp_path: Path) -> None:
    """What cannot be written in an ignore comment is no id."""
    found = refused(write(tmp_path, {f"go/{name}.toml": RIGHT.replace("go/sleep", f"go/{name}")}))
    assert any("The name of a rule file is its id" in row for row in found)


def test_lines_are_not_taken_from_code(tmp_path: Path) -> None:
    """A key in an example, a comment or another table does not take the line of the real one."""
    decoy = (
        "# weight = 1\n[[example]]\ncode = '''\nweight = \"strong\"\n[scale]\nfull = 1\n'''\nfiles = {weight = 'x'}\n"
    )
    text = RIGHT.replace('weight = "supporting"\n', "").replace("full = 5", "full = 'five'")
    text = 'weight = "huge" # [scale]\n' + text.replace("[scale]", decoy + "[scale]")
    found = refused(write(tmp_path, {"go/sleep.toml": text}))
    assert any(row.startswith("go/sleep.toml:1: `weight` is 'huge'") for row in found)
    assert any(row.startswith(f"go/sleep.toml:{line_of(text, 'five')}: `full` must be a number") for row in found)
