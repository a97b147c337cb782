"""One table of settings: keys of langfit.toml, flags, help, the JSON schema and `langfit init` say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pygit2
import pytest
import tomli
from jsonschema import Draft202012Validator

from langfit.cli.asking import components, explain, rules
from langfit.cli.scanning import scan
from langfit.config.schema import schema
from langfit.config.settings import KEYS, SETTINGS, Config, Setting
from test_config import WRONG, in_force
from trees import FIXTURES, commit, fixture, invoked, printed, write

PUBLISHED = FIXTURES.parent / "docs/langfit.schema.json"
# key -> what a file says, and the flags that say the same
EQUAL: dict[str, tuple[str, list[str]]] = {
    "base": ('base = "v1"', ["--base", "v1"]),
    "baseline": ('baseline = "known.json"', ["--baseline", "IT/known.json"]),
    "fail-on": ('fail-on = "split"', ["--fail-on", "split"]),
    "fail-on-empty": ("fail-on-empty = true", ["--fail-on-empty"]),
    "show": ('show = "all"', ["--show", "all"]),
    "rules": ('rules = ["ours"]', ["--rules", "IT/ours"]),
    "jobs": ("jobs = 2", ["--jobs", "2"]),
    "timeout": ("timeout = 3.5", ["--timeout", "3.5"]),
    "max-size": ("max-size = 1000", ["--max-size", "1000"]),
    "cache": ("cache = false", ["--no-cache"]),
    "follow-git-links": ("follow-git-links = false", ["--no-follow-git-links"]),
    "profiles": ('profiles = ["known.json"]', ["--profile", "IT/known.json"]),
    "committed-profiles": ("committed-profiles = false", ["--no-committed-profiles"]),
    "include": ('include = ["api/**", "/src"]', ["--include", "api/**", "--include", "/src"]),
    "exclude": ('exclude = "*.rs"', ["--exclude", "*.rs"]),
    "disable": ('disable = ["go/sql-access", "family:glue"]', ["--disable", "go/sql-access", "--disable", "family:glue"]),
    "components": ('[components]\ncore = ["api", "src"]', ["--component", "core=api,src"]),
    "weights": ('[weights]\n"go/sql-access" = "strong"\ndecisive = 3', ["--weight", "go/sql-access=strong", "--weight", "decisive=3"]),
}  # fmt: skip
IGNORE = '[[ignore]]\nrule = "go/*"\npaths = ["api/**"]\nreason = "in its   own time"\n'
CALL = {
    "path",
    "rev",
    "shown",
    "outputs",
    "only",
    "config_file",
    "no_config",
    "colour",
    "timing",
    "quiet",
}  # of one call
FLAGGED = [setting for setting in SETTINGS if setting.flag]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of its own, so that nothing above it is read."""
    folder = fixture("mixed", tmp_path / "it")
    pygit2.init_repository(str(folder))
    return write(folder, {"ours/overrides.toml": "", "known.json": ""})


def test_every_setting_is_in_all_tables() -> None:
    """The fields of the configuration, the keys, the flags and the options of scan."""
    assert tuple(setting.field for setting in SETTINGS) == Config.__struct_fields__
    assert tuple(EQUAL) == tuple(setting.key for setting in FLAGGED)
    assert [setting.key for setting in SETTINGS if not setting.flag] == ["ignore"]  # a reason wants a place to stay
    options = {parameter.name for parameter in scan.params}
    assert options == CALL | {setting.field for setting in FLAGGED}


@pytest.mark.parametrize("key", EQUAL)
def test_a_key_and_its_flag_say_the_same(tree: Path, key: str) -> None:
    """The same value, and where it comes from; the flag wins, and nothing else changes."""
    text, flags = EQUAL[key]
    flags = [flag.replace("IT", str(tree)) for flag in flags]
    by_flag = in_force(tree, *flags)
    write(tree, {"langfit.toml": f"\n{text}\n"})
    by_file, by_both = in_force(tree), in_force(tree, *flags)
    assert by_file[key][0] == by_flag[key][0] != in_force(tree, "--no-config")[key][0]
    assert by_file[key][1] == f"{tree}/langfit.toml:2"
    assert by_both[key] == by_flag[key]
    setting = next(setting for setting in SETTINGS if setting.key == key)
    assert by_flag[key][1] == setting.flag
    assert {name for name, (_, origin) in by_file.items() if origin != "default"} == {key}


def test_an_ignore_is_shown_with_its_place(tree: Path) -> None:
    """It is the one setting without a flag."""
    write(tree, {"langfit.toml": f"jobs = 1\n{IGNORE}"})
    row = {"rule": "go/*", "paths": ["api/**"], "reason": "in its own time", "where": f"{tree}/langfit.toml", "line": 2}
    assert in_force(tree)["ignore"] == ([row], f"{tree}/langfit.toml:2")


@pytest.mark.parametrize(
    ("key", "former", "present"),
    [("fail-on", "warning", "split"), ("fail-on", "note", "alert"), ("show", "verdicts", "briefing")],
)
def test_the_former_words_of_a_choice_are_taken(tree: Path, key: str, former: str, present: str) -> None:
    """In the file and on the command line; no help shows them."""
    write(tree, {"langfit.toml": f'{key} = "{former}"\n'})
    assert in_force(tree)[key][0] == in_force(tree, f"--{key}", former)[key][0] == present
    assert former not in re.sub(r"\s+", " ", printed("scan", "--help")).partition("Exit status")[0].split("|")


@pytest.mark.parametrize("setting", FLAGGED, ids=lambda setting: setting.key)
def test_scan_documents_every_setting(setting: Setting) -> None:
    """With its words, what it takes, and its default."""
    text = "".join(printed("scan", "--help").split())
    default = getattr(Config(), setting.field)
    takes = f"[{'|'.join(setting.choices)}]" if setting.choices else setting.metavar
    named = f"{setting.flag} / --no-{setting.flag[2:]}" if setting.kind == "flag" else f"{setting.flag} {takes}"
    assert f"{named} {setting.words}".replace(" ", "") in text
    shown = (
        {True: "on", False: "off"}.get(default)
        if isinstance(default, bool)
        else f"{default:g}"
        if isinstance(default, float)
        else default
    )
    if default not in (None, ()) and not isinstance(default, dict):
        assert f"{setting.words} [default: {shown}]".replace(" ", "") in text
    parameter: Any = next(row for row in scan.params if row.name == setting.field)
    if setting.kind in ("whole", "number"):
        assert (parameter.type.min, parameter.type.max) == (setting.least, setting.most)


@pytest.mark.parametrize("command", [components, explain, rules], ids=lambda command: command.name)
def test_other_commands_take_settings_of_the_same_table(command: click.Command) -> None:
    """Those that mean something there, by the same flags and words."""
    known = {setting.field: setting for setting in FLAGGED}
    taken = [row for row in command.params if row.name in known and isinstance(row, click.Option)]
    assert {"rules", "disable", "weights"} <= {str(row.name) for row in taken}
    assert all(known[str(row.name)].flag in row.opts for row in taken)
    assert all(str(row.help).startswith(known[str(row.name)].words) for row in taken)


def test_the_published_schema_is_the_present_one() -> None:
    """Written by benchmarks/catalogue.py and printed by `langfit config --schema`."""
    assert json.loads(PUBLISHED.read_text("utf-8")) == schema()
    assert json.loads(printed("config", "--schema")) == schema()
    Draft202012Validator.check_schema(schema())
    assert tuple(schema()["properties"]) == KEYS


BEYOND = {
    "pattern", "rule", "weight of no rule", "twice", "unknown rule to ignore", "unknown advice to ignore", "glob for nothing",
    "absolute baseline", "baseline above", "pack above", "zero byte", "no TOML", "too deep", "component's name", "long rule",
    "component", "not a number",
}  # fmt: skip


def test_the_schema_takes_what_the_reader_takes() -> None:
    """And refuses most of what it refuses; that rules exist only the reader knows."""
    validator = Draft202012Validator(schema())
    for text, _ in (*EQUAL.values(), (IGNORE, [])):
        assert not list(validator.iter_errors(tomli.loads(text))), text
    assert set(WRONG) >= BEYOND
    for name in set(WRONG) - BEYOND:
        assert list(validator.iter_errors(tomli.loads(WRONG[name][0]))), name


def test_init_writes_a_file_that_sets_nothing_yet(tree: Path) -> None:
    """All defaults stay; taking away each # gives a file that is right; it is never overwritten unasked."""
    before = in_force(tree)
    printed("init", tree)
    text = (tree / "langfit.toml").read_text("utf-8")
    assert in_force(tree) == before
    assert "# Found here: 1 Go program and 1 Rust library.\n" in text
    assert '#   "api": program, 771 lines\n#   "thumb-format": library, 179 lines\n' in text
    assert all(f"# {setting.words}" in text for setting in FLAGGED if setting.key not in ("components", "weights"))
    done = invoked("init", tree)
    assert (done.exit_code, "--force" in done.stderr) == (2, True)
    printed("init", "--force", tree)
    used = re.sub(r"^# (?=[\w\[\"-]+( = |\]))", "", text, flags=re.MULTILINE)
    write(tree, {"rules/ours/overrides.toml": "", "langfit.toml": used})
    assert {key for key, (_, origin) in in_force(tree).items() if origin != "default"} == set(KEYS)


@pytest.mark.parametrize("name", ["a\njobs = 3\n#", "b\x1b[2J", "c\N{RIGHT-TO-LEFT OVERRIDE}d", '"\n[weights]\n'])
def test_names_of_the_repository_cannot_become_settings(tmp_path: Path, name: str) -> None:
    """A program may be called anything; the file holds its name in ASCII, on one line."""
    pygit2.init_repository(str(tmp_path))
    write(tmp_path, {"go.mod": "module example.com/x\n\ngo 1.21\n", f"{name}/x.go": "package main\nfunc main() {}\n"})
    printed("init", tmp_path)
    text = (tmp_path / "langfit.toml").read_text("utf-8")
    assert json.dumps(name)[1:-1] in text
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert tomli.loads(text) == {}


def test_init_does_not_write_through_a_link(tree: Path) -> None:
    """Not even with --force; nor into a bare repository."""
    commit(tree)
    (tree.parent / "victim").write_text("precious")
    (tree / "langfit.toml").symlink_to(tree.parent / "victim")
    for options in ([], ["--force"]):
        assert invoked("init", *options, tree).exit_code == 2
    assert (tree.parent / "victim").read_text() == "precious"
    assert "bare repository" in invoked("init", tree / ".git").stderr
