"""What a trend decides without a repository: which revisions, who is who, which changes are told, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langfit.model.errors import LangfitError
from langfit.repository.timeline import Step
from langfit.trend import bisection, naming, telling
from langfit.trend.cause import cause_of
from langfit.trend.identity import Chain, Went, follow, went_to
from langfit.trend.judging import Assessment, Key, Row, Strength, touched
from langfit.trend.sampling import Chosen, by_period, by_tag, label_of, release_of, since_of, spread, thinned
from langfit.trend.schema import Every, Point
from langfit.trend.telling import Transition, transitions

DAY = 86_400


def steps(*days: str) -> list[Step]:
    """Return first parents with these days, the oldest first as they are written."""
    rows = [Step(f"{n:040x}", (date.fromisoformat(day) - date(1970, 1, 1)).days * DAY) for n, day in enumerate(days)]
    return rows[::-1]


def days_of(rows: list[Chosen]) -> list[str]:
    return [row.day for row in rows]


@pytest.mark.parametrize(
    ("every", "days", "since", "expected"),
    [
        pytest.param("quarter", ["2020-01-05", "2020-03-30", "2020-04-01", "2020-05-01"], None, ["2020-03-30", "2020-05-01"], id="the last of each"),
        pytest.param("month", ["2020-01-05", "2020-01-30", "2020-02-01"], None, ["2020-01-30", "2020-02-01"], id="by month"),
        pytest.param("year", ["2019-01-05", "2020-01-30", "2020-02-01"], None, ["2019-01-05", "2020-02-01"], id="by year"),
        pytest.param("quarter", ["2018-01-05", "2019-12-31", "2020-01-01"], "2019", ["2019-12-31", "2020-01-01"], id="since"),
        pytest.param("quarter", ["2018-01-05"], "2030", ["2018-01-05"], id="the newest stays, whatever its date"),
        pytest.param("quarter", ["2018-01-05", "2018-04-05", "1970-01-01", "2018-07-05"], None, ["2018-01-05", "2018-04-05", "2018-07-05"], id="a clock that was behind"),
        pytest.param("quarter", ["2018-01-05", "2099-04-05", "2018-07-05"], None, ["2018-01-05", "2018-07-05"], id="a clock that was ahead"),
        pytest.param("quarter", [], None, [], id="nothing"),
    ],
)  # fmt: skip
def test_the_last_commit_of_each_period(every: Every, days: list[str], since: str | None, expected: list[str]) -> None:
    """With the newest one, oldest first; commits whose date is out of order stand for no period."""
    rows, left = by_period(steps(*days), every, since_of(since) if since else None)
    assert days_of(rows) == expected
    assert left == (1 if any(day < "1971" or day > "2098" for day in days) else 0)


@given(st.lists(st.integers(-(2**62), 2**62), max_size=80))
def test_any_clock_gives_dates_in_order(times: list[int]) -> None:
    """The newest commit is always there, dates never go back, and no commit is there twice."""
    line = [Step(f"{n:040x}", when) for n, when in enumerate(times)]
    rows, _ = by_period(line, "month", None)
    assert days_of(rows) == sorted(days_of(rows))
    assert len({row.commit for row in rows}) == len(rows)
    assert not line or rows[-1].commit == line[0].commit


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2020", date(2020, 1, 1)), ("2020-06", date(2020, 6, 1)), ("2020-06-30", date(2020, 6, 30)),
     ("2020-13", None), ("yesterday", None), ("", None), ("2020-02-31", None), ("0000", None)],
)  # fmt: skip
def test_dates(text: str, expected: date | None) -> None:
    """A year, a month or a day; anything else is one sentence."""
    if expected is None:
        with pytest.raises(LangfitError, match="is no date: write it as 2024"):
            since_of(text)
    else:
        assert since_of(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("v1.2.0", (1, 2, 0)), ("1.2", (1, 2, 0)), ("v1.2.3", (1, 2, 3)), ("v1.2.0-rc.1", None), ("module/v1.2.0", None),
     ("v1", None), ("nightly", None), ("v1.2.0.4", None), ("v" + "9" * 30 + ".0", None)],
)  # fmt: skip
def test_releases(name: str, expected: tuple[int, int, int] | None) -> None:
    """Versions without a pre-release and without a module before them."""
    assert release_of(name) == expected


TIMES = {"a": 10 * DAY, "b": 20 * DAY, "c": 30 * DAY}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param({"a": ["v1.0.0"], "b": ["v1.0.1"], "c": ["v1.1.0"]}, [("a", "v1.0.0"), ("c", "v1.1.0")], id="patches are left out"),
        pytest.param({"a": ["v0.300.0", "v3.0.0"], "b": ["v3.1.0-rc.0"]}, [("a", "v3.0.0")], id="two tags on a commit, and a pre-release"),
        pytest.param({"a": ["v1.0.1"], "b": ["mod/v9.0.0"]}, [("a", "v1.0.1")], id="patches where there is nothing else"),
        pytest.param({"a": ["nightly"]}, [], id="no version"),
        pytest.param({}, [], id="no tags"),
    ],
)  # fmt: skip
def test_releases_by_date(tags: dict[str, list[str]], expected: list[tuple[str, str]]) -> None:
    """A commit once, under its highest version."""
    assert [(row.commit, row.tag) for row in by_tag(tags, TIMES.__getitem__, None)] == expected


def test_labels() -> None:
    """A commit is known by its highest version, else by its first tag."""
    assert label_of(["v1.9.0", "v1.10.0", "z"]) == "v1.10.0"
    assert label_of(["b", "a"]) == "a"
    assert label_of([]) == ""


@given(st.integers(0, 300))
def test_samples_are_looked_at_from_coarse_to_fine(count: int) -> None:
    """Each once, the ends first; after half of them no hole is wider than a few samples."""
    order = list(spread(count))
    assert sorted(order) == list(range(count))
    assert order[:2] == [count - 1, 0][:count]
    half = sorted(order[: count // 2 + 1])
    assert all(b - a <= 4 for a, b in pairwise(half)) or count < 4


@given(st.integers(0, 500), st.integers(2, 80))
def test_thinning_keeps_both_ends(count: int, most: int) -> None:
    """At most so many, evenly spread, in order."""
    rows = [Chosen(str(n), "") for n in range(count)]
    kept = thinned(rows, most)
    assert len(kept) == min(count, most) == len({row.commit for row in kept})
    assert kept == sorted(kept, key=lambda row: int(row.commit))
    assert not rows or (kept[0], kept[-1]) == (rows[0], rows[-1])


@given(st.integers(1, 2_000), st.data())
def test_bisection_finds_a_change_with_few_looks(count: int, data: st.DataObject) -> None:
    """What is monotone is found exactly; what is not, at one of its changes. Ends are never asked."""
    since = data.draw(st.integers(0, count - 1))
    asked: list[int] = []

    def holds(number: int) -> bool:
        asked.append(number)
        return number >= since

    assert bisection.first(count, holds) == since
    assert len(asked) <= count.bit_length()
    assert count - 1 not in asked
    flags = data.draw(st.lists(st.booleans(), min_size=count, max_size=count)) if count < 60 else []
    if flags:
        flags[-1] = True
        at = bisection.first(count, flags.__getitem__)
        assert flags[at] and (at == 0 or not flags[at - 1])


def row(  # noqa: PLR0913 - each of them has a default
    root: str = "a", answer: str = "stay", reason: str = "fits", lean: float = -0.7, *, name: str = "app", path: str = "",
    suits: str = "go", structure: str = "", kind: str = "program", signs: dict[str, float] | None = None, links: str = "app",
    value: float = 1.0,
) -> Row:  # fmt: skip
    """Return a row of one revision."""
    return Row(
        key=Key("go", kind, root), name=name, path=path or f"{root}/main.go", suits=suits,
        point=Point(answer, reason, lean, 0.7, 1000), structure=frozenset(structure.split()),
        signs={rule: Strength(rule, "rust", strength, value, 1.0) for rule, strength in (signs or {}).items()},
        links=frozenset(links.split()),
    )  # fmt: skip


STAY, MOVE = ("stay", "fits", -0.7), ("move", "whole-program-kernel", 0.7)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param({0: row(), 1: row(), 2: row()}, [], id="nothing changes"),
        pytest.param({0: row(), 1: row("a", *MOVE), 2: row("a", *MOVE)}, [Transition(0, 1)], id="it lasts"),
        pytest.param({0: row(), 1: row("a", *MOVE), 2: row()}, [], id="it does not last"),
        pytest.param({0: row(), 1: row(), 2: row("a", *MOVE)}, [], id="the newest sample has not lasted yet"),
        pytest.param({0: row(), 4: row("a", *MOVE), 9: row("a", *MOVE)}, [Transition(0, 4)], id="across gaps"),
        pytest.param({0: row(lean=-0.52), 1: row("a", "unclear", "close", -0.47), 2: row("a", "unclear", "close", -0.48)}, [], id="a threshold was crossed, nothing happened"),
        pytest.param({0: row(), 1: row(reason="decided", structure="decided"), 2: row(reason="decided", structure="decided")}, [Transition(0, 1)], id="a structural reason came"),
        pytest.param({0: row(reason="not-cuttable", lean=0.1, structure="not-cuttable"), 1: row(reason="no-gain", lean=0.09, structure="not-cuttable"), 2: row(reason="no-gain", lean=0.08, structure="not-cuttable")}, [], id="its grounds are there all along"),
        pytest.param({0: row(reason="coarse-cut", answer="split", structure="coarse-cut"), 1: row(), 2: row()}, [Transition(0, 1)], id="a structural reason went"),
        pytest.param({0: row(), 1: row("a", *MOVE), 2: row("a", *MOVE), 3: row(), 4: row()}, [Transition(0, 1), Transition(2, 3)], id="there and back"),
        pytest.param({0: row(), 1: row("a", *MOVE), 2: row("a", "unclear", "close", 0.0), 3: row("a", *MOVE), 4: row("a", *MOVE)}, [Transition(0, 3)], id="flicker before it lasts"),
        pytest.param({3: row()}, [], id="one sample"),
        pytest.param({}, [], id="none"),
    ],
)  # fmt: skip
def test_what_is_told(rows: dict[int, Row], expected: list[Transition]) -> None:
    """A change that lasts two samples, with a lean that moved by 0.1 or grounds that came or went."""
    assert list(transitions(rows)) == expected


@given(
    st.dictionaries(st.integers(0, 60), st.sampled_from([row(), row("a", *MOVE), row("a", "unclear", "close", 0.0)]))
)
def test_told_changes_are_few_and_true(rows: dict[int, Row]) -> None:
    """Each is between two samples with different answers, in order, and the new answer is there in the next sample."""
    told = list(transitions(rows))
    numbers = sorted(rows)
    for transition in told:
        assert telling.state_of(rows[transition.before]) != telling.state_of(rows[transition.after])
        after = numbers.index(transition.after)
        assert telling.state_of(rows[transition.after]) == telling.state_of(rows[numbers[after + 1]])
    assert all(a.after <= b.before < b.after for a, b in pairwise(told))


def lost(_row: Row, _before: int, _after: int) -> Went | None:
    return None


def to(root: str, path: str = "") -> Callable[[Row, int, int], Went | None]:
    """Return a finder to which everything went to one place."""
    return lambda _row, _before, _after: Went(root, path, "c" * 40, "2020-01-01")


@pytest.mark.parametrize(
    ("samples", "same", "find", "expected"),
    [
        pytest.param([[row()], [row()]], [], lost, [("a",)], id="it stays"),
        pytest.param([[row()], [row(name="other")]], [], lost, [("a",)], id="another name in the same folder"),
        pytest.param([[row()], [], [row()]], [], lost, [("a",)], id="a gap"),
        pytest.param([[row()], [row("b")]], [], lost, [("a",), ("b",)], id="another folder, and git knows nothing"),
        pytest.param([[row()], [row("b")]], [], to("b"), [("a", "b")], id="its folder moved"),
        pytest.param([[row()], [row("b")]], [], to("x", "b/main.go"), [("a", "b")], id="its root file moved"),
        pytest.param([[row()], [row("b", kind="library")]], [], to("b"), [("a",), ("b",)], id="another kind is another thing"),
        pytest.param([[row()], [row(), row("b")]], [], to("b"), [("a",), ("b",)], id="it is still there"),
        pytest.param([[row()], [row("b")], [row("c")]], [], lambda r, *_: to({"a": "b", "b": "c"}[r.key.root])(r, 0, 1), [("a", "b", "c")], id="twice"),
        pytest.param([[row()], [row("b")]], [("a", "b")], lost, [("a", "b")], id="the user says so"),
        pytest.param([[row()], [], [row("b")]], [("a", "b")], lost, [("a", "b")], id="the user says so, after a gap"),
        pytest.param([[row(name="x"), row(name="y")], [row(name="y"), row(name="x")]], [], lost, [("a",), ("a",)], id="two of one folder, by name"),
        pytest.param([[row(name="x", path="1"), row(name="y", path="2")], [row(name="z", path="1"), row(name="y", path="2")]], [], lost, [("a",), ("a",)], id="two of one folder, by path"),
        pytest.param([[], []], [], lost, [], id="nothing"),
    ],
)  # fmt: skip
def test_who_is_who(
    samples: list[list[Row]],
    same: list[tuple[str, str]],
    find: Callable[[Row, int, int], Went | None],
    expected: list[tuple[str, ...]],
) -> None:
    """By language, kind and root folder, and where a folder moved, by what git or the user says."""
    chains, _ = follow(dict(enumerate(samples)), same, find)
    assert [chain.roots for chain in chains] == expected
    assert sum(len(chain.rows) for chain in chains) == sum(map(len, samples))


def test_what_is_not_followed_is_said() -> None:
    """A name that went and came is a hint; a pair of the user that joined nothing is told."""
    _, said = follow({0: [row()], 1: [row("b")]}, [("x", "y")], lost)
    assert said[0].startswith("app went from a as another one of that name came to b; if both are one, add --same a=b")
    assert said[1].startswith("--same x=y joined nothing")


@pytest.mark.parametrize(
    ("root", "path", "renames", "expected"),
    [
        pytest.param("pkg/labels", "pkg/labels/a.go", [("pkg/labels/a.go", "model/labels/a.go"), ("pkg/labels/b.go", "model/labels/b.go")], ("model/labels", "model/labels/a.go"), id="a folder"),
        pytest.param("a", "a/x.go", [("a/x.go", "b/x.go"), ("a/y.go", "c/y.go")], ("", "b/x.go"), id="no more than half"),
        pytest.param("a", "a/m.go", [("a/src/deep/x.rs", "b/src/deep/x.rs"), ("a/y", "b/y"), ("a/z", "c/z")], ("b", ""), id="deep files"),
        pytest.param("a", "a/m.go", [("a/old.go", "b/new.go")], ("b", ""), id="a file with another name"),
        pytest.param("a", "a/m.go", [("a/x.go", "x.go")], (".", ""), id="to the root"),
        pytest.param(".", "main.go", [("main.go", "cmd/app/main.go"), ("lib/x.go", "lib/y.go")], ("cmd/app", "cmd/app/main.go"), id="from the root"),
        pytest.param(".", "src/main.rs", [("src/main.rs", "app/src/main.rs"), ("Cargo.toml", "app/Cargo.toml")], ("app", "app/src/main.rs"), id="a crate from the root"),
        pytest.param("ab", "ab/m.go", [("abc/x.go", "y/x.go")], ("", ""), id="a folder whose name begins so"),
        pytest.param("a", "a/m.go", [("a/x.go", "a/y.go")], ("", ""), id="inside of the folder"),
        pytest.param("a", "a/m.go", [], ("", ""), id="no renames"),
    ],
)  # fmt: skip
def test_where_a_folder_went(root: str, path: str, renames: list[tuple[str, str]], expected: tuple[str, str]) -> None:
    """More than half of the renamed files of a folder have to go to one folder."""
    assert went_to(root, path, renames) == expected


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param(row(signs={"go/x": 0.2}), row(lean=0.1, signs={"go/x": 0.6}, value=2.0), "go/x went from 0.20 to 0.60 (for Rust); the lean went from -0.70 to +0.10.", id="a sign"),
        pytest.param(row(signs={"go/x": 0.6}), row(signs={"go/x": 0.3}), "a manifest names another version); its", id="a rule that ages"),
        pytest.param(row(), row(reason="decided", structure="decided"), "a past in the other language came; the evidence is the same.", id="structure"),
        pytest.param(row(links="app x"), row(links="app y z"), "it links 2 components more (y, z); it no longer links 1 component (x)", id="what is linked"),
        pytest.param(row(), row(suits=""), "its fit was Go and is open", id="the fit"),
    ],
)  # fmt: skip
def test_causes(before: Row, after: Row, words: str) -> None:
    """What differs in the evidence of two commits, the largest first."""
    said = cause_of(before, after).sentence
    assert words.removesuffix("; its") in said


@pytest.mark.parametrize(("lean", "tipped"), [(-0.69, True), (-0.4, False)])
def test_a_commit_that_only_tipped_an_answer(lean: float, tipped: bool) -> None:
    """Where other commits between the samples moved the lean by more than half."""
    assert ("only tipped" in cause_of(row(), row(lean=lean, suits=""), 0.4).sentence) == tipped


def test_a_cause_names_the_three_largest() -> None:
    """By points; what did not change is not there."""
    cause = cause_of(
        row(signs={f"go/{n}": 0.1 for n in range(6)}), row(signs={f"go/{n}": 0.1 * (n + 1) for n in range(6)})
    )
    assert [shift.rule for shift in cause.evidence] == ["go/5", "go/4", "go/3"]


ROOTS = {"app": "cmd/app", "lib": "lib", "other": "other", "crate::m": "c/src/m"}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["cmd/app/main.go"], 1), (["lib/x.go", "lib/deep/y.go"], 2), (["other/x.go"], 0), (["go.mod"], 0), (["lib/go.mod"], 1),
        (["README.md", "lib/notes.txt"], 0), (["c/src/m.rs"], 1), (["c/src/n.rs"], 0), ([], 0),
    ],
)  # fmt: skip
def test_files_of_a_deliverable(paths: list[str], expected: int) -> None:
    """Source files and manifests in a component that it links; those of others and of none are not its own."""
    judged = Assessment(rows=(), roots=ROOTS)
    assert touched(paths, row("cmd/app", links="app lib crate::m"), judged) == expected


def test_a_name_picks_series() -> None:
    """By a name or a root that it ever had, then by the end of one; a wrong one gets a hint."""
    chains = [Chain({0: row("pkg/labels", name="m/labels")}), Chain({0: row("cmd/app")})]
    assert naming.chosen(chains, "") == chains
    assert naming.chosen(chains, "pkg/labels") == naming.chosen(chains, "m/labels") == naming.chosen(chains, "labels")
    with pytest.raises(LangfitError, match="Nothing was called ap in these revisions: did you mean app"):
        naming.chosen(chains, "ap")
