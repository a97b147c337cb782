"""What profiles say in a report: rules confirmed or refuted, bounds, kernels that are cold, profiles that are not used."""

from __future__ import annotations

from pathlib import Path

import pytest

from langfit.measuring import state_of
from langfit.model.errors import LangfitError
from langfit.model.measured import bound_of, share_of
from langfit.model.report import Report
from trees import GO_MOD, commit, kernel, report_on, scanned, service, write

CORE = "example.com/m/core"


def folded(hot: int, rest: int, *, function: str = "Fold") -> str:
    """Return stacks with so many samples in a function of the kernel, and so many in the service."""
    return f"runtime.main;main.main;{CORE}.{function} {hot}\nruntime.main;main.main;main.page1 {rest}\n"


def profiled(folder: Path, stacks: str, *, name: str = "cpu.folded") -> Report:
    """Return the report on a program with a kernel, and a profile of it beside the tree."""
    files = {
        "go.mod": GO_MOD,
        "main.go": service("core.Fold(nil, nil)", imports=f'\t"{CORE}"\n'),
        "core/core.go": kernel("core", "Fold"),
    }
    tree = write(folder / "tree", files)
    (folder / name).write_text(stacks, "utf-8")
    return report_on(tree, profiles=(f"{folder / name}:cpu",))


@pytest.mark.parametrize(
    ("hot", "rest", "answer"),
    [
        pytest.param(700, 300, "split", id="a hot kernel is worth cutting out"),
        pytest.param(50, 950, "stay", id="a cold kernel is not"),
        pytest.param(205, 795, "split", id="one that may be hot is"),
    ],
)
def test_a_kernel_is_cut_out_only_where_it_is_hot(hot: int, rest: int, answer: str, tmp_path: Path) -> None:
    """A coarse cut needs a fifth of the time, as far as the interval allows to say so."""
    (program,) = [item for item in profiled(tmp_path, folded(hot, rest)).deliverables if item.kind == "program"]
    assert program.advice.answer == answer
    (cut,) = [cut for cut in program.cuts if cut.component == CORE]
    assert cut.measured is not None
    assert (cut.measured.count, cut.measured.n) == (hot, 1000)


@pytest.mark.parametrize(
    ("inner", "below", "benchmark", "state"),
    [
        pytest.param(300, 400, False, "confirmed", id="hot"),
        pytest.param(300, 400, True, "undecided", id="hot in a benchmark"),
        pytest.param(10, 20, False, "refuted", id="cold"),
        pytest.param(10, 20, True, "refuted", id="cold even in a benchmark"),
        pytest.param(10, 300, False, "undecided", id="cold itself, hot in what it calls"),
        pytest.param(100, 105, False, "undecided", id="on the line"),
    ],
)
def test_a_rule_is_confirmed_or_refuted_by_its_functions(inner: int, below: int, benchmark: bool, state: str) -> None:
    """The ends of the intervals decide, never the middle; a benchmark confirms nothing."""
    assert state_of(share_of(inner, 1000), share_of(below, 1000), benchmark=benchmark)[0] == state


@pytest.mark.parametrize(("share", "bound"), [(0.0, 1.0), (0.1, 1.111), (0.5, 2.0)])
def test_the_bound_is_that_of_amdahl(share: float, bound: float) -> None:
    """What takes a tenth of the time can make a program at most 1.11 times as fast."""
    assert bound_of(share) == pytest.approx(bound, abs=0.001)


def test_evidence_says_what_a_profile_says_of_it(tmp_path: Path) -> None:
    """Rules about loops and kernels have a state with its interval; others have none."""
    report = profiled(tmp_path, folded(700, 300))
    (core,) = [row for row in report.components if row.name == CORE]
    states = {row.rule: row.measured for row in core.against}
    assert states["go/numeric-kernel"] == "confirmed"
    assert states["go/bit-twiddling"] == ""
    assert report.profiles[0].used
    assert "no profile was read" not in report.unseen


@pytest.mark.parametrize(
    ("stacks", "why"),
    [
        pytest.param(folded(7, 3), "it has 10 samples", id="few samples"),
        pytest.param("main;other::work 900\n", "no function of this repository is in it", id="another program"),
        pytest.param(folded(900, 0, function="Gone"), "this revision has", id="another revision"),
    ],
)
def test_a_profile_that_is_not_used_says_why(stacks: str, why: str, tmp_path: Path) -> None:
    """It stays in the report with its reason, and changes nothing."""
    report = profiled(tmp_path, stacks)
    assert not report.profiles[0].used
    assert why in report.profiles[0].why
    assert all(item.measured is None for item in report.deliverables)


def test_a_profile_of_the_tree_is_named_and_can_be_left_out(tmp_path: Path) -> None:
    """One beside a program is read from the revision itself; a pull request may have changed it."""
    data = (Path(__file__).parent / "profiles" / "go.cpu.pb.gz").read_bytes()
    tree = write(tmp_path / "tree", {"go.mod": GO_MOD, "main.go": service()})
    (tree / "default.pgo").write_bytes(data)
    commit(tree)
    report = report_on(tree, revision="HEAD")
    assert [row.path for row in report.profiles] == ["default.pgo"]
    assert any("default.pgo" in notice for notice in report.notices)
    assert report_on(tree, revision="HEAD", committed_profiles=False).profiles == ()


def test_a_named_profile_that_cannot_be_read_ends_the_scan(tmp_path: Path) -> None:
    """A sentence, and no report without it."""
    with pytest.raises(LangfitError, match=r"cannot be read .*name an existing file"):
        report_on(write(tmp_path, {"main.go": "package main\n"}), profiles=("no-such-file",))


def test_the_flag_reaches_the_scan(tmp_path: Path) -> None:
    """`--profile FILE`, as often as there are profiles."""
    profiled(tmp_path, folded(700, 300))
    found = scanned("--profile", f"{tmp_path / 'cpu.folded'}:cpu", tmp_path / "tree")
    assert [row["used"] for row in found["profiles"]] == [True]


def test_a_second_scan_with_a_profile_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of functions come from the cache then."""
    monkeypatch.setenv("LANGFIT_CACHE_DIR", str(tmp_path / "cache"))
    profiled(tmp_path, folded(700, 300))
    named = (f"{tmp_path / 'cpu.folded'}:cpu",)
    first, again = (report_on(tmp_path / "tree", profiles=named, cache=True) for _ in range(2))
    assert again == first
    assert again.hottest
