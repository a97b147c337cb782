"""langfit.toml: where it is found, what it may say, who wins, and all its mistakes at once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygit2
import pytest
import tomli
from click.testing import CliRunner, Result
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from langfit import cli, config
from langfit.cli.options import SETTINGS as OPTIONS
from langfit.cli.scanning import scan as scan_command
from langfit.config import Config, framed
from langfit.config.schema import schema
from langfit.config.settings import FAIL_ON, SETTINGS, SHOWN
from langfit.globs import chooser

HERE = Path(__file__).resolve().parent.parent
KERNEL = HERE / "fixtures" / "go-kernel"
MIXED = HERE / "fixtures" / "mixed"
RULE = "go/format-in-loop"
PUBLISHED = HERE / "docs/langfit.schema.json"


def invoked(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def in_force(*arguments: str | Path) -> Any:
    """Key -> (value, origin) of `langfit config`."""
    done = invoked("config", "--format", "json", *arguments)
    assert done.exit_code == 0, done.output
    return {key: (row["value"], row["from"]) for key, row in json.loads(done.stdout)["settings"].items()}


def report(*arguments: str | Path) -> Any:
    done = invoked("scan", "--no-cache", "--format", "json", "--show", "all", *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(text: str, folder: Path) -> list[str]:
    """The sentences about a langfit.toml, from its line on."""
    (folder / "langfit.toml").write_text(text, "utf-8")
    done = invoked("config", folder)
    assert (done.exit_code, done.stdout) == (2, "")
    marks = [re.fullmatch(r"langfit: .*?langfit\.toml:(\d+: .*)", line) for line in done.stderr.splitlines()]
    assert all(marks), done.stderr
    return [mark[1] for mark in marks if mark]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of its own, so that nothing above it is read."""
    folder = tmp_path / "it"
    shutil.copytree(MIXED, folder)
    pygit2.init_repository(str(folder))
    return folder


ALL = """
base = "HEAD"
baseline = "known.json"
fail-on = "move"
show = "all"
rules = ["ours"]
jobs = 2
timeout = 3.5
max-size = 1000
cache = false
include = ["api/**", "/resize"]
exclude = "*.rs"
disable = ["go/sql-access"]
[components]
core = ["resize"]
[weights]
"go/format-in-loop" = "strong"
decisive = 3
[[ignore]]
rule = "go/*"
paths = ["api/**"]
reason = "in its   own time"
"""


def test_every_key_is_read_and_shown_with_its_line(tree: Path) -> None:
    """Values, and where each of them comes from; what nobody set is a default."""
    (tree / "ours").mkdir()
    (tree / "ours/overrides.toml").write_text("", "utf-8")
    (tree / "langfit.toml").write_text(ALL, "utf-8")
    shown = str(tree / "langfit.toml")
    found = in_force(tree)
    assert set(found) == set(config.KEYS)
    assert found["base"] == ("HEAD", f"{shown}:2")
    assert found["rules"] == ([str(tree / "ours")], f"{shown}:6")
    assert found["timeout"] == (3.5, f"{shown}:8")
    assert found["include"] == (["api/**", "/resize"], f"{shown}:11")
    assert found["exclude"] == (["*.rs"], f"{shown}:12")
    assert found["components"][0] == {"core": ["resize"]}
    assert found["weights"][0] == {RULE: "strong", "decisive": 3.0}
    assert found["ignore"][0] == [{"rule": "go/*", "paths": ["api/**"], "reason": "in its own time", "where": shown, "line": 19}]
    assert {origin for _, origin in in_force(tree, "--no-config").values()} == {"default"}


def test_flags_win_over_the_file_and_take_a_key_whole(tree: Path) -> None:
    """Nothing is merged, and the origin names the flag."""
    (tree / "langfit.toml").write_text('jobs = 2\nexclude = ["a"]\ndisable = ["go/sql-access"]\ncache = true\n', "utf-8")
    flags = ["--jobs", "5", "--exclude", "b", "--disable", RULE, "--weight", "strong=2", "--no-cache", "--component", "x=api,src"]
    found = in_force(tree, *flags)
    assert found["jobs"] == (5, "--jobs")
    assert found["exclude"] == (["b"], "--exclude")
    assert found["disable"] == ([RULE], "--disable")
    assert found["weights"] == ({"strong": 2.0}, "--weight")
    assert found["cache"] == (False, "--cache")
    assert found["components"] == ({"x": ["api", "src"]}, "--component")


def test_the_nearest_file_wins_and_the_repository_is_the_limit(tree: Path) -> None:
    """From the scanned folder upwards to the root of the repository; a file above it is somebody else's."""
    (tree.parent / "langfit.toml").write_text("jobs = 1\n", "utf-8")
    assert in_force(tree)["jobs"] == (0, "default")
    (tree / "langfit.toml").write_text("jobs = 2\ntimeout = 1\n", "utf-8")
    assert in_force(tree / "resize")["jobs"][0] == 2
    (tree / "resize/langfit.toml").write_text("jobs = 3\n", "utf-8")
    found = in_force(tree / "resize")
    assert (found["jobs"][0], found["timeout"]) == (3, (10.0, "default"))
    assert in_force(tree / "api")["jobs"][0] == 2
    given = in_force(tree / "api", "--config", tree / "resize/langfit.toml")
    assert given["jobs"][0] == 3


def test_a_plain_folder_is_searched_to_the_top(tmp_path: Path) -> None:
    """And patterns are told from the folder of the file."""
    shutil.copytree(MIXED, tmp_path / "below/it")
    (tmp_path / "langfit.toml").write_text('exclude = ["below/it/resize/**"]\n[components]\ncore = ["below/it/src"]\n', "utf-8")
    found = report(tmp_path / "below/it")
    assert [row["name"] for row in found["components"]] == ["core"]
    assert any("left out by include and exclude" in notice for notice in found["notices"])
    assert not [row for row in found["findings"] if row["path"].startswith("resize/")]
    assert [row for row in report("--exclude", "below/**", "--no-config", tmp_path / "below/it")["findings"] if row["path"].startswith("resize/")]


def test_a_commit_never_brings_settings(tree: Path) -> None:
    """Neither a bare repository nor --rev is asked; the file on disk is, and --config."""
    (tree / "langfit.toml").write_text("jobs = 7\n", "utf-8")
    repo = pygit2.Repository(str(tree))
    repo.index.add_all()
    repo.index.write()
    who = pygit2.Signature("A", "a@example.com", 1, 0)
    repo.create_commit("HEAD", who, who, "one", repo.index.write_tree(), [])
    assert in_force(tree / ".git")["jobs"] == (0, "default")
    assert in_force(tree / ".git", "--config", tree / "langfit.toml")["jobs"][0] == 7
    (tree / "langfit.toml").write_text('exclude = ["resize/**"]\n', "utf-8")
    assert not [row for row in report("--rev", "HEAD", tree)["findings"] if row["path"].startswith("resize/")]


def test_patterns_of_a_deeper_file_are_told_from_its_folder(tree: Path) -> None:
    """A pattern with a slash is anchored there, one without means any depth below."""
    (tree / "resize/langfit.toml").write_text('exclude = ["/resize.go"]\n', "utf-8")
    assert report(tree / "resize")["files"]["analysed"] < report("--no-config", tree / "resize")["files"]["analysed"]
    (tree / "resize/langfit.toml").write_text('exclude = ["/resize/resize.go"]\n', "utf-8")
    assert report(tree / "resize")["files"]["analysed"] == report("--no-config", tree / "resize")["files"]["analysed"]


NAMES = st.text("ab*?[!]#\\ .", min_size=1, max_size=4)


@given(
    pattern=st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*", "[ab]"]), min_size=1, max_size=3).map("/".join),
    before=st.sampled_from(["", "/", "!"]),
    after=st.sampled_from(["", "/"]),
    folder=st.lists(NAMES, min_size=1, max_size=2).map("/".join),
    path=st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3).map("/".join),
)
def test_a_framed_pattern_means_what_it_meant_below(pattern: str, before: str, after: str, folder: str, path: str) -> None:
    """Whatever signs the name of the folder holds; and it means nothing outside of it."""
    assume(not any(part in (".", "..") for part in folder.split("/")))
    assume(not (pattern.endswith("**") and after))  # pathspec takes `x/**/` for the files of x as well
    text = before + pattern + after
    inner = chooser(["*", text] if before == "!" else [text])
    outer = chooser(["*", framed(text, folder)] if before == "!" else [framed(text, folder)])
    assert outer(f"{folder}/{path}") == inner(path)
    assert outer(f"elsewhere/{path}") == (before == "!")


# what stands in the file -> line, and what the sentence says
WRONG = {
    "key": ("\nfail_on = 'move'\n", 2, "Unknown key `fail_on`. Did you mean 'fail-on'?"),
    "value": ("fail-on = 'moove'", 1, "must be one of move, warning, note, never. Did you mean 'move'?"),
    "number as text": ("jobs = '3'", 1, "`jobs` must be an integer between 0 and 256."),
    "too many": ("jobs = 1000", 1, "between 0 and 256"),
    "no time": ("timeout = 0", 1, "`timeout` must be a number between 0.01 and 3600."),
    "not a number": ("timeout = nan", 1, "must be a number"),
    "true as number": ("max-size = true", 1, "must be an integer between 1 and 1073741824."),
    "flag": ("cache = 'no'", 1, "true or false"),
    "list": ("exclude = 3", 1, "string or a list of strings"),
    "pattern": ("exclude = [\n 'a',\n '# b']", 3, "'# b' is no pattern"),
    "rule": ("disable = ['go/format-in-lop']", 1, "There is no rule 'go/format-in-lop'. Did you mean 'go/format-in-loop'?"),
    "weight": ("[weights]\n'go/format-in-loop' = 'storng'", 2, "Did you mean 'strong'?"),
    "weight of no rule": ("[weights]\n'go/x' = 'strong'", 2, "There is no rule 'go/x'."),
    "points": ("[weights]\nstrong = 'much'", 2, "`strong` must be a number between 0 and 100."),
    "negative": ("[weights]\nstrong = -1", 2, "`strong` must be a number between 0 and 100."),
    "twice": ("disable = ['go/format-in-loop']\n[weights]\n'go/format-in-loop' = 'strong'", 3, "keep one of the two"),
    "weights": ("weights = 3", 1, "must be a table of rules and weights"),
    "components": ("components = 3", 1, "must be a table of names and paths"),
    "component": ("[components]\ncore = []", 2, "names no path"),
    "component's name": ("[components]\n\"a\\u0007\" = ['x']", 2, "a name that can be printed"),
    "no reason": ("[[ignore]]\nrule = 'go/*'\npaths = ['**']", 1, "`reason` is missing here"),
    "empty reason": ("[[ignore]]\nrule = 'go/*'\npaths = ['**']\nreason = ' '", 4, "must be a string that says something"),
    "no paths": ("[[ignore]]\nrule = 'go/*'\nreason = 'x'", 1, "`paths` must name patterns"),
    "unknown rule to ignore": ("[[ignore]]\nrule = 'go/format-in-lop'\npaths = ['**']\nreason = 'x'", 1, "Did you mean 'go/format-in-loop'?"),
    "glob for nothing": ("[[ignore]]\nrule = 'py/*'\npaths = ['**']\nreason = 'x'", 1, "There is no rule 'py/*'."),
    "key of an ignore": ("[[ignore]]\nrule = 'go/*'\npath = 'a'\npaths = ['a']\nreason = 'x'", 3, "Unknown key `path` in [[ignore]]. Did you mean 'paths'?"),
    "absolute baseline": ("baseline = '/etc/passwd'", 1, "must stand below the folder of this file"),
    "baseline above": ("baseline = '../known.json'", 1, "must stand below the folder of this file"),
    "pack above": ("rules = ['a/../../b']", 1, "must stand below the folder of this file"),
    "zero byte": ('baseline = "a\\u0000b"', 1, "must stand below the folder of this file"),
    "no TOML": ("jobs =\n", 1, "This is not TOML"),
    "too deep": ("x = " + "[" * 900 + "]" * 900, 1, "nested too deeply"),
    "too many patterns": ("exclude = [" + "'a'," * 1001 + "]", 1, "more than 1,000 patterns"),
    "long rule": ("disable = ['" + "x" * 9_000 + "']", 1, "There is no rule 'xxx"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_its_line(name: str, tree: Path) -> None:
    """One sentence, short, at the line where it stands."""
    text, line, sentence = WRONG[name]
    found = refused(text, tree)
    assert len(found) == 1, found
    assert found[0].startswith(f"{line}: ") and sentence in found[0], found
    assert len(found[0]) < 400


def test_all_mistakes_are_told_at_once(tree: Path) -> None:
    """Those of the file, and those that only the rules can tell."""
    found = refused("jbos = 3\nfail-on = 'x'\ndisable = ['go/nothing-like-it']\n[[ignore]]\nrule = 'py/x'\npaths = ['a']\nreason = 'y'\n", tree)
    assert [row.partition(":")[0] for row in found] == ["1", "2", "3", "4"]


def test_a_link_is_not_followed(tree: Path) -> None:
    """Nor is a path that leads out of the folder by a link."""
    (tree / "langfit.toml").symlink_to("/etc/hostname")
    done = invoked("scan", tree)
    assert done.exit_code == 2 and "This is a symbolic link" in done.stderr
    (tree / "langfit.toml").unlink()
    (tree / "out").symlink_to(tree.parent)
    assert "must stand below" in refused("baseline = 'out/known.json'", tree)[0]


def test_a_file_that_is_named_must_be_there(tree: Path) -> None:
    """And the two options about files contradict each other."""
    assert "cannot be read" in invoked("scan", "--config", tree / "no.toml", tree).stderr
    assert invoked("scan", "--config", tree / "no.toml", "--no-config", tree).exit_code == 2


@pytest.mark.parametrize("value", ["strong", "go/x=loud", "strong=-1", "strong=nan", "strong=inf", "strong=1e3", "=1", "go/x=1", "strong=1000"])
def test_a_wrong_weight_flag_is_refused(value: str) -> None:
    """Only rules get weights, and only weights get points."""
    done = invoked("scan", "--weight", value, KERNEL)
    assert done.exit_code == 2 and "RULE=WEIGHT" in done.stderr


def test_a_wrong_rule_in_a_flag_is_refused() -> None:
    """With the nearest right one and without a line."""
    done = invoked("scan", "--no-config", "--disable", "go/format-in-lop", KERNEL)
    assert done.stderr == "langfit: --disable: There is no rule 'go/format-in-lop'. Did you mean 'go/format-in-loop'?\n"


def test_disabled_rules_and_weights_change_the_verdict(tree: Path) -> None:
    """By the same way as overrides of packs; the report says what the file set."""
    before = report("--no-config", tree)
    used = sorted({row["rule"] for verdict in before["verdicts"] for side in ("for", "against") for row in verdict[side]})
    (tree / "langfit.toml").write_text(f"disable = {json.dumps(used)}\n", "utf-8")
    after = report(tree)
    assert not {row["rule"] for row in after["findings"]} & set(used)
    assert any("sets disable; `langfit config` shows how" in notice for notice in after["notices"])
    assert all(verdict["answer"] == "unclear" for verdict in after["verdicts"])
    (tree / "langfit.toml").write_text("[weights]\ndecisive = 0\nstrong = 0\nsupporting = 0\n", "utf-8")
    assert all(verdict["lean"] == 0 for verdict in report(tree)["verdicts"])


def test_a_pack_and_a_base_can_be_set(tree: Path) -> None:
    """A pack relative to the file, wherever langfit is called; fail-on too."""
    (tree / "ours").mkdir()
    (tree / "ours/overrides.toml").write_text(f'disable = ["{RULE}"]\n', "utf-8")
    (tree / "langfit.toml").write_text('rules = ["ours"]\nfail-on = "note"\n', "utf-8")
    done = invoked("scan", "--no-cache", "--format", "json", tree / "resize")
    assert done.exit_code == 1 and RULE not in {row["rule"] for row in json.loads(done.stdout)["findings"]}


def test_flags_keys_and_defaults_are_the_same_thing() -> None:
    """Each key of the file has its flag, which says the same default and allows the same values."""
    options = {option: parameter for parameter in scan_command.params for option in parameter.opts}
    default = Config()
    for setting in SETTINGS:
        if not setting.flag:
            continue
        parameter: Any = options[setting.flag]
        assert parameter.name == setting.field
        if setting.choices:
            assert tuple(parameter.type.choices) == setting.choices
            assert parameter.show_default == getattr(default, setting.field)
        if setting.kind in ("whole", "number"):
            assert (parameter.type.min, parameter.type.max) == (setting.least, setting.most)
            assert parameter.show_default == str(getattr(default, setting.field))
    assert tuple(OPTIONS) == tuple(setting.key for setting in SETTINGS if setting.flag)
    assert {s.key: s.choices for s in SETTINGS if s.choices} == {"fail-on": FAIL_ON, "show": SHOWN}


def test_the_published_schema_is_the_present_one() -> None:
    """Written by benchmarks/catalogue.py and printed by `langfit config --schema`."""
    assert json.loads(PUBLISHED.read_text("utf-8")) == schema()
    assert json.loads(invoked("config", "--schema").stdout) == schema()
    Draft202012Validator.check_schema(schema())


def test_the_schema_takes_what_the_reader_takes() -> None:
    """And refuses most of what it refuses; that rules exist only the reader knows."""
    validator = Draft202012Validator(schema())
    assert not list(validator.iter_errors(tomli.loads(ALL)))
    beyond = {"pattern", "rule", "weight of no rule", "twice", "unknown rule to ignore", "glob for nothing", "absolute baseline",
              "baseline above", "pack above", "zero byte", "no TOML", "too deep", "component's name", "long rule", "component", "not a number"}  # fmt: skip
    for name, (text, _, _) in WRONG.items():
        if name not in beyond:
            assert list(validator.iter_errors(tomli.loads(text))), name


def test_init_writes_a_file_that_says_nothing_yet(tree: Path) -> None:
    """All defaults stay; taking away each # gives a file that is right; it is never overwritten unasked."""
    before = in_force(tree)
    assert invoked("init", tree).exit_code == 0
    text = (tree / "langfit.toml").read_text("utf-8")
    assert in_force(tree) == before
    assert "go: " in text and "rust: " in text and "example.com/gallery" in text
    assert all(f"# {setting.key} = " in text or f"# [{setting.key}]" in text or f"# [[{setting.key}]]" in text for setting in SETTINGS)
    done = invoked("init", tree)
    assert done.exit_code == 2 and "--force" in done.stderr
    assert invoked("init", "--force", tree).exit_code == 0
    used = re.sub(r"^# (?=[\w\[\"-]+( = |\]))", "", text, flags=re.MULTILINE)
    (tree / "rules/ours").mkdir(parents=True)
    (tree / "rules/ours/overrides.toml").write_text("", "utf-8")
    (tree / "langfit.toml").write_text(used, "utf-8")
    found = in_force(tree)
    assert all(origin != "default" for _, origin in found.values())


def hostile(folder: Path) -> Iterator[Path]:
    """A module whose path would end a comment, were it written as it is."""
    for name in ("a\njobs = 3\n#", "b\x1b[2J", "c\N{RIGHT-TO-LEFT OVERRIDE}d"):
        below = folder / name
        below.mkdir()
        (below / "x.go").write_text("package x\nfunc X() {}\n")
        yield below


def test_names_of_the_repository_cannot_become_settings(tmp_path: Path) -> None:
    """A folder may be called anything; the file holds its name in ASCII, on one line."""
    pygit2.init_repository(str(tmp_path))
    (tmp_path / "go.mod").write_text("module example.com/x\n\ngo 1.21\n")
    assert list(hostile(tmp_path))
    assert invoked("init", tmp_path).exit_code == 0
    text = (tmp_path / "langfit.toml").read_text("utf-8")
    assert text.isascii() and text.replace("\n", "").isprintable()
    assert tomli.loads(text) == {}


def test_init_replaces_a_link_and_not_what_it_leads_to(tree: Path) -> None:
    """With --force; without it a link to nowhere counts as a file, too."""
    (tree.parent / "victim").write_text("precious")
    (tree / "langfit.toml").symlink_to(tree.parent / "victim")
    assert invoked("init", tree).exit_code == 2
    assert invoked("init", "--force", tree).exit_code == 0
    assert (tree.parent / "victim").read_text() == "precious" and not (tree / "langfit.toml").is_symlink()
    assert invoked("init", tree / ".git").exit_code == 2


def test_files_are_named_as_the_user_named_the_folder(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder, and what a report says of them tells nothing of the machine."""
    (tree / "langfit.toml").write_text('baseline = "known.json"\n', "utf-8")
    assert invoked("baseline", "write", "--quiet", "--output", tree / "known.json", tree).exit_code == 0
    for here, named, shown in ((tree.parent, "it", "it/"), (tree.parent, "it/resize", "it/"), (tree, ".", ""), (tree / "resize", ".", "../"), (tree / "api", "../resize", "../")):
        monkeypatch.chdir(here)
        notices = report(named)["notices"]
        assert any(notice.startswith(f"{shown}langfit.toml sets baseline") for notice in notices), notices
        assert any(notice.startswith(f"{shown}known.json knows ") for notice in notices), notices
    (tree.parent / "link").symlink_to(tree / "resize")
    monkeypatch.chdir(tree.parent)
    assert any(notice.startswith(f"{tree}/langfit.toml sets") for notice in report("link")["notices"])
