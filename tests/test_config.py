"""langfit.toml: where it is found, who wins, what it may say, and all its mistakes at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pygit2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from langfit.config import rebased
from langfit.globs import chooser
from trees import FIXTURES, commit, fixture, invoked, printed, scanned, write

RULE = "go/format-in-loop"


def in_force(*arguments: str | Path) -> Any:
    """Return key -> (value, origin) of `langfit config`."""
    rows = json.loads(printed("config", "--format", "json", *arguments))["settings"]
    return {key: (row["value"], row["from"]) for key, row in rows.items()}


def refused(text: str, folder: Path) -> list[str]:
    """Return the sentences about a langfit.toml, from its line on."""
    (folder / "langfit.toml").write_text(text, "utf-8")
    done = invoked("config", folder)
    assert (done.exit_code, done.stdout) == (2, "")
    marks = [re.fullmatch(r"langfit: .*?langfit\.toml:(\d+: .*)", line) for line in done.stderr.splitlines()]
    assert all(marks), done.stderr
    return [mark[1] for mark in marks if mark]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of its own, so that nothing above it is read."""
    folder = fixture("mixed", tmp_path / "it")
    pygit2.init_repository(str(folder))
    return folder


def test_flags_win_over_the_file_and_take_a_key_whole(tree: Path) -> None:
    """Nothing is merged, and the origin names the flag, or the line of the file."""
    text = 'jobs = 2\nexclude = ["a"]\ndisable = ["go/sql-access"]\ncache = true\ntimeout = 3.5\n'
    (tree / "langfit.toml").write_text(text)
    flags = [
        "--jobs",
        "5",
        "--exclude",
        "b",
        "--disable",
        RULE,
        "--weight",
        "strong=2",
        "--no-cache",
        "--component",
        "x=api,src",
    ]
    found = in_force(tree, *flags)
    changed = {key: row for key, row in found.items() if row[1] != "default"}
    assert changed == {
        "jobs": (5, "--jobs"),
        "exclude": (["b"], "--exclude"),
        "disable": ([RULE], "--disable"),
        "weights": ({"strong": 2.0}, "--weight"),
        "cache": (False, "--cache"),
        "components": ({"x": ["api", "src"]}, "--component"),
        "timeout": (3.5, f"{tree}/langfit.toml:5"),
    }
    assert {origin for _, origin in in_force(tree, "--no-config").values()} == {"default"}


def test_the_nearest_file_wins_and_the_repository_is_the_limit(tree: Path) -> None:
    """From the scanned folder upwards to the root of the repository; a file above it is somebody else's."""
    write(tree.parent, {"langfit.toml": "jobs = 1\n"})
    assert in_force(tree)["jobs"] == (0, "default")
    write(tree, {"langfit.toml": "jobs = 2\ntimeout = 1\n"})
    assert in_force(tree / "resize")["jobs"][0] == 2
    write(tree, {"resize/langfit.toml": "jobs = 3\n"})
    found = in_force(tree / "resize")
    assert (found["jobs"][0], found["timeout"]) == (3, (10.0, "default"))
    assert in_force(tree / "api")["jobs"][0] == 2
    assert in_force(tree / "api", "--config", tree / "resize/langfit.toml")["jobs"][0] == 3


def test_a_plain_folder_is_searched_to_the_top(tmp_path: Path) -> None:
    """And patterns are told from the folder of the file, those of flags from the scanned one."""
    below = fixture("mixed", tmp_path / "below/it")
    text = 'exclude = ["below/it/resize/**"]\n[components]\ncore = ["below/it/src"]\n'
    write(tmp_path, {"langfit.toml": text})
    report = scanned(below)
    assert [row["name"] for row in report["components"]] == ["core"]
    assert "6 files were left out by include and exclude." in report["notices"]
    rest = scanned("--exclude", "below/**", "--no-config", below)
    assert [row for row in rest["findings"] if row["path"].startswith("resize/")]


def test_a_commit_never_brings_settings(tree: Path) -> None:
    """Neither a bare repository nor --rev is asked; the file on disk is, and --config."""
    write(tree, {"langfit.toml": "jobs = 7\n"})
    commit(tree)
    assert in_force(tree / ".git")["jobs"] == (0, "default")
    assert in_force(tree / ".git", "--config", tree / "langfit.toml")["jobs"][0] == 7
    write(tree, {"langfit.toml": 'exclude = ["resize/**"]\n'})
    assert not [row for row in scanned("--rev", "HEAD", tree)["findings"] if row["path"].startswith("resize/")]


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        pytest.param("/mark.go", 5, id="anchored"),
        pytest.param("mark.go", 5, id="at any depth"),
        pytest.param("/resize/mark.go", 6, id="as from the root"),
        pytest.param("*", 0, id="all"),
    ],
)
def test_patterns_of_a_deeper_file_are_told_from_its_folder(tree: Path, pattern: str, files: int) -> None:
    """A pattern with a slash is anchored there, one without means any depth below."""
    write(tree, {"resize/langfit.toml": f"exclude = [{json.dumps(pattern)}]\n"})
    assert scanned(tree / "resize")["files"]["analysed"] == files


NAMES = st.text("ab*?[!]#\\ .", min_size=1, max_size=4)


@given(
    pattern=st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*", "[ab]"]), min_size=1, max_size=3).map("/".join),
    before=st.sampled_from(["", "/", "!"]),
    after=st.sampled_from(["", "/"]),
    folder=st.lists(NAMES, min_size=1, max_size=2).map("/".join),
    path=st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3).map("/".join),
)
def test_a_framed_pattern_means_what_it_meant_below(
    pattern: str, before: str, after: str, folder: str, path: str
) -> None:
    """Whatever signs the name of the folder holds; and it means nothing outside of it."""
    assume(not any(part in (".", "..") for part in folder.split("/")))
    text = before + pattern + after
    inner = chooser(["*", text] if before == "!" else [text])
    outer = chooser(["*", rebased(text, folder)] if before == "!" else [rebased(text, folder)])
    assert outer(f"{folder}/{path}") == inner(path)
    assert outer(f"elsewhere/{path}") == (before == "!")


# what stands in the file -> line, and what the sentence says
WRONG = {
    "key": ("\nfail_on = 'move'\n", 2, "Unknown key `fail_on`. Did you mean 'fail-on'?"),
    "value": ("fail-on = 'moove'", 1, "must be one of never, move, split, alert. Did you mean 'move'?"),
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
    "empty reason": ("[[ignore]]\nrule = 'go/*'\npaths = ['**']\nreason = ' '", 4, "`reason` must be a non-empty string"),
    "no paths": ("[[ignore]]\nrule = 'go/*'\nreason = 'x'", 1, "`paths` must name patterns"),
    "unknown rule to ignore": ("[[ignore]]\nrule = 'go/format-in-lop'\npaths = ['**']\nreason = 'x'", 1, "Did you mean 'go/format-in-loop'?"),
    "unknown advice to ignore": ("[[ignore]]\nrule = 'langfit/stay'\npaths = ['**']\nreason = 'x'", 1, "There is no rule 'langfit/stay'."),
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
    assert found[0].startswith(f"{line}: "), found
    assert sentence in found[0], found
    assert len(found[0]) < 400


def test_all_mistakes_are_told_at_once(tree: Path) -> None:
    """Those of the file, and those that only the rules can tell."""
    text = "jbos = 3\nfail-on = 'x'\ndisable = ['go/nothing-like-it']\n[[ignore]]\nrule = 'py/x'\npaths = ['a']\nreason = 'y'\n"
    assert [row.partition(":")[0] for row in refused(text, tree)] == ["1", "2", "3", "4"]


def test_a_link_is_not_followed(tree: Path) -> None:
    """Nor is a path that leads out of the folder by a link."""
    (tree / "langfit.toml").symlink_to("/etc/hostname")
    done = invoked("scan", tree)
    assert done.exit_code == 2
    assert "This is a symbolic link" in done.stderr
    (tree / "langfit.toml").unlink()
    (tree / "out").symlink_to(tree.parent)
    assert "must stand below" in refused("baseline = 'out/known.json'", tree)[0]


def test_a_file_that_is_named_must_be_there(tree: Path) -> None:
    """And the two options about files contradict each other."""
    assert "cannot be read" in invoked("scan", "--config", tree / "no.toml", tree).stderr
    done = invoked("scan", "--config", tree / "no.toml", "--no-config", tree)
    assert (done.exit_code, "contradict" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "value", "strong go/x=loud strong=-1 strong=nan strong=inf strong=1e3 =1 go/x=1 strong=1000".split()
)
def test_a_wrong_weight_flag_is_refused(value: str) -> None:
    """Only rules get weights, and only weights get points."""
    done = invoked("scan", "--weight", value, FIXTURES / "go-kernel")
    assert done.exit_code == 2
    assert "RULE=WEIGHT" in done.stderr


def test_a_wrong_rule_in_a_flag_is_refused() -> None:
    """With the nearest right one and without a line."""
    done = invoked("scan", "--no-config", "--disable", "go/format-in-lop", FIXTURES / "go-kernel")
    assert done.stderr == "langfit: --disable: There is no rule 'go/format-in-lop'. Did you mean 'go/format-in-loop'?\n"


def test_disabled_rules_and_weights_change_the_fit(tree: Path) -> None:
    """As overrides of packs do; the report says what the file set."""
    judged = [row for kind in ("deliverables", "components") for row in scanned(tree)[kind]]
    used = sorted({row["rule"] for item in judged for side in ("for", "against") for row in item[side]})
    write(tree, {"langfit.toml": f"disable = {json.dumps(used)}\n"})
    report = scanned(tree)
    assert report["findings"] == []
    assert f"{tree}/langfit.toml sets disable; `langfit config` shows how." in report["notices"]
    fits = [row["fit"] for kind in ("deliverables", "components") for row in report[kind]]
    assert {(fit["suits"], fit["lean"]) for fit in fits} == {(None, 0)}
    write(tree, {"langfit.toml": "[weights]\ndecisive = 0\nstrong = 0\nsupporting = 0\n"})
    assert all(row["fit"]["lean"] == 0 for row in scanned(tree)["deliverables"])


def test_a_pack_and_a_level_can_be_set(tree: Path) -> None:
    """A pack relative to the file, wherever langfit is called."""
    write(
        tree,
        {
            "ours/overrides.toml": 'disable = ["go/numeric-kernel"]\n',
            "langfit.toml": 'rules = ["ours"]\nfail-on = "split"\n',
        },
    )
    assert "go/numeric-kernel" not in {row["rule"] for row in scanned(tree / "resize")["findings"]}
    write(tree, {"langfit.toml": 'fail-on = "split"\n'})
    done = invoked("scan", "--no-cache", tree)
    assert (done.exit_code, done.stderr[:20]) == (1, "langfit: fails: api:")


@pytest.mark.parametrize(
    ("here", "named", "shown"),
    [
        pytest.param("..", "it", "it/", id="from above"),
        pytest.param("..", "it/resize", "it/", id="a folder inside, from above"),
        pytest.param(".", ".", "", id="here"),
        pytest.param("resize", ".", "../", id="from inside"),
        pytest.param("api", "../resize", "../", id="from beside"),
    ],
)
def test_files_are_named_as_the_user_named_the_folder(
    tree: Path, monkeypatch: pytest.MonkeyPatch, here: str, named: str, shown: str
) -> None:
    """What a report says of them tells nothing of the machine."""
    write(tree, {"langfit.toml": 'baseline = "known.json"\n'})
    printed("baseline", "write", "--quiet", "--output", tree / "known.json", tree)
    monkeypatch.chdir(tree / here)
    notices = scanned(named)["notices"]
    assert [notice.partition(" ")[0] for notice in notices] == [f"{shown}known.json", f"{shown}langfit.toml"]


def test_a_folder_behind_a_link_is_named_by_its_own_path(tree: Path) -> None:
    """What is above it would be something else by the name of the link."""
    write(tree, {"langfit.toml": 'disable = ["go/sql-access"]\n'})
    (tree.parent / "link").symlink_to(tree / "resize")
    assert scanned(tree.parent / "link")["notices"][0].startswith(f"{tree}/langfit.toml sets disable")
