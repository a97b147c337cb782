"""What a repository may make the main process do: linear work for long runs of one character, and bounded lists."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from growth import is_linear
from hostile import invoked, on_disk, scanned
from langfit import formats, suppressions
from langfit.briefing.joins import plain
from langfit.briefing.twins import repository_of
from langfit.conclusion import LONGEST_NOTICE, MOST_NOTICES, notices_of
from langfit.formats.words import flow
from langfit.model.notices import few
from langfit.parsing.comments import LONGEST_REASON
from langfit.rulebook import load as rules_loaded
from langfit.toml import diagnostics, document
from taken_over import report_of
from trees import facts_of, write

RUNS = {
    "blanks": " ", "tabs": "\t", "lines": "\n", "backslashes": "\\", "brackets": "[", "parentheses": "(", "backticks": "`",
    "stars": "*", "dashes": "-", "slashes": "/", "dots": ".", "colons": ":", "hashes": "#", "ampersands": "&", "marks": "\u202e",
    "letters": "a",
}  # fmt: skip


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("name", formats.names())
def test_a_long_run_of_one_character_is_linear(name: str, run: str) -> None:
    """In every name and sentence of a report, between two letters, in every format."""

    def made(size: int) -> Any:
        return report_of(f"a{run * size}b")

    assert is_linear(lambda report: formats.render(name, report, show="all", width=80), made, 200)


@pytest.mark.parametrize("run", [*RUNS.values(), " \n", "(a", ")(", "a/", ".git", "://"], ids=repr)
def test_text_from_a_repository_is_cut_in_linear_time(run: str) -> None:
    """Names of programs, addresses of remotes, reasons."""
    for cut in (plain, repository_of, flow):
        for frame in ("{}", "a{}b", "({})", "a{}\n"):
            assert is_linear(cut, lambda size, frame=frame: frame.format(run * size), 2_000), (cut.__name__, frame)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "line"), [("a\nb", "a b"), ("a \n\n b", "a b"), ("a  b", "a  b"), ("\n", " "), ("a\n", "a "), ("", ""), ("a\r\nb", "a b")]
)  # fmt: skip
def test_several_lines_are_shown_as_one(text: str, line: str) -> None:
    """Blanks without a break between them stay."""
    assert flow(text) == line


@pytest.mark.parametrize(
    ("name", "shown"), [("a (b)", "a"), ("a(b)", "a"), ("a", "a"), ("a) (b)", "a)"), ("(b)", ""), ("a)", "a)"), ("a (b) c", "a (b) c"), ("a ((b)", "a")]
)  # fmt: skip
def test_the_name_of_a_program_is_shown_plain(name: str, shown: str) -> None:
    """Without what tells it from others of that name."""
    assert plain(name) == shown


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("https://github.com/a/b.git", "a/b"), ("git@github.com:a/b", "a/b"), ("https://github.com/a/b/", "a/b"), ("b", ""),
        ("https://github.com/x/a/b.c.git", "a/b.c"), ("a/.git", "a/.git"), ("", ""), ("https://x/~a/b", "a/b"),
    ],
)  # fmt: skip
def test_a_remote_names_its_repository(remote: str, name: str) -> None:
    """By its last two parts."""
    assert repository_of(remote) == name


def test_comments_with_names_of_no_rule_are_looked_over_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of them, in several files: a few are compared with all rules, and a few are told."""
    asked = counted(monkeypatch, suppressions, "did_you_mean")
    for number in range(8):
        rows = "".join(f"// langfit: ignore[go/format-in-lop{n}] it is\nvar v{number}x{n} = 1\n" for n in range(800))
        write(tmp_path, {f"f{number}.go": f"package p\n{rows}"})
    report = scanned(tmp_path)
    assert len(asked) <= suppressions.MOST_HINTS
    assert len(report["notices"]) <= suppressions.MOST_NOTICES + 5
    assert any(" more comments with `langfit: ignore` do nothing" in notice for notice in report["notices"])


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """Return a list that grows with each call of a function of a module."""
    calls: list[Any] = []
    real = getattr(module, name)

    def call(*given: Any) -> Any:
        calls.append(given)
        return real(*given)

    monkeypatch.setattr(module, name, call)
    return calls


SETTINGS = {
    "names": "disable = [" + ",".join(f'"go/lop{n}"' for n in range(30_000)) + "]\n",
    "weights": "[weights]\n" + "".join(f'"go/lop{n}" = "strong"\n' for n in range(20_000)),
    "keys": "".join(f"disabl{n} = 1\n" for n in range(30_000)),
    "tables": "".join(f"[a{n}]\n" for n in range(30_000)),
    "ignores": "".join(f'[[ignore]]\nrule = "go/lop{n}"\npaths = ["**"]\nreason = "x"\n' for n in range(1_000)),
    "keys of an ignore": "[[ignore]]\n" + "".join(f"rul{n} = 1\n" for n in range(30_000)),
    "unusable patterns": "exclude = [" + ",".join(f'"x[{n}"' for n in range(1_000)) + "]\n",
    "long patterns": "exclude = [" + ",".join(f'"{"*a" * 300}{n}"' for n in range(900)) + "]\n",
    "patterns of ignores": "".join(
        f'[[ignore]]\nrule = "go/*"\npaths = ["a{n}*b", "c{n}*d*e", "f{n}*{"g" * 40}*h"]\nreason = "x"\n'
        for n in range(1_000)
    ),
    "a long pattern": 'exclude = ["' + "[[:" * 100_000 + '"]\n',
    "packs": "rules = [" + ",".join(f'"p{n}"' for n in range(30_000)) + "]\n",
    "components": "[components]\n" + "".join(f'c{n} = ["a.go"]\n' for n in range(20_000)),
}


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_mistakes_in_settings_are_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What is told, and how often a like name is looked for, does not grow with the file."""
    asked = [
        call
        for module in (document, sys.modules[rules_loaded.__module__], suppressions)
        for call in [counted(monkeypatch, module, "did_you_mean")]
    ]
    on_disk(tmp_path, {b"a.go": b"package p\n"})
    (tmp_path / "langfit.toml").write_text(text, "utf-8")
    done = invoked("scan", "--no-cache", str(tmp_path))
    assert done.exit_code == 2
    assert 1 <= done.stderr.count("\n") <= 101 and len(done.stderr) < 40_000
    assert sum(map(len, asked)) <= 1_000


@pytest.mark.parametrize("size", [5_000, 200_000])
@pytest.mark.parametrize("run", [" ", "a", "\\", "*", "\n// ", "[", "`a"], ids=repr)
def test_a_reason_is_cut(size: int, run: str) -> None:
    """Each finding repeats it."""
    facts = facts_of(f"package p\n\n// langfit: ignore[go/x] it {run * (size // len(run))}\nfunc f() {{}}\n")
    (row,) = facts.suppressions
    assert row.reason.startswith("it") and len(row.reason) <= LONGEST_REASON + 3


def test_a_comment_names_few_rules() -> None:
    """One that names more is not understood, and a notice says so."""
    for number, understood in ((20, True), (21, False), (900, False)):
        named = ",".join(f"r{n}" for n in range(number))
        rows = facts_of(f"package p\n\n// langfit: ignore[{named}] it is\nfunc f() {{}}\n").suppressions
        assert [row.rule for row in rows] == ([f"r{n}" for n in range(number)] if understood else [""])


def test_notices_are_few_and_short(tmp_path: Path) -> None:
    """Of one kind, and in all."""
    files = {f"m{n:03}/Cargo.toml": f'[package]\nname = "{"x" * 3_000}\n' for n in range(300)}
    report = scanned(write(tmp_path, files | {"a.go": "package p\n"}))
    said = [notice for notice in report["notices"] if "cannot be parsed" in notice]
    assert len(said) == 20 and said[-1].endswith("(280 more such manifests)")
    assert len(report["skipped"]) == 300
    assert max(map(len, report["notices"])) <= LONGEST_NOTICE + 3


@pytest.mark.parametrize(
    ("number", "last"),
    [
        (0, None),
        (200, "n199"),
        (201, "1 more notice would have stood here."),
        (999, "799 more notices would have stood here."),
    ],
)
def test_all_notices_have_a_bound(number: int, last: str | None) -> None:
    """Each once."""
    rows = notices_of([f"n{n}" for n in range(number)] * 2)
    assert len(rows) == min(number, MOST_NOTICES + 1)
    assert (rows[-1] if rows else None) == last
    assert notices_of(["x" * 9_999]) == ("x" * LONGEST_NOTICE + "...",)


@pytest.mark.parametrize(
    ("rows", "shown"), [([], []), (["a"], ["a"]), (["a", "b"], ["a", "b"]), (["a", "b", "c"], ["a", "b (1 more x)"])]
)
def test_few_sentences_stand_for_many(rows: list[str], shown: list[str]) -> None:
    """The last one that is shown says how many there are."""
    assert few(rows, "more x", 2) == shown


def test_a_name_is_compared_in_short() -> None:
    """Comparing two texts takes the product of their lengths."""
    assert is_linear(
        lambda value: diagnostics.did_you_mean(value, ["go/format-in-loop"]), lambda size: "x" * size, 10_000
    )


def test_long_names_in_a_report_are_read_back(tmp_path: Path) -> None:
    """A scan of names as long as a file system allows them."""
    name = "n" * 200
    report = scanned(
        write(tmp_path, {f"{name}/go.mod": f"module {name}\n", f"{name}/{name}.go": "package main\n\nfunc main() {}\n"})
    )
    assert json.dumps(report) and [row["name"] for row in report["deliverables"]]
