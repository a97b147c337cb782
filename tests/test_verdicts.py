"""Verdicts as tables: what must agree, what vetoes, what is judged alone, and where a kernel can be cut out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langfit import formats
from langfit.languages import extract
from langfit.model import Component, Cost, Crossing, Evidence, File, Judged, LangfitError, Tally
from langfit.rejudge import rejudge
from langfit.rulebook import load
from langfit.rulefiles import root
from langfit.scan import Options, scan
from langfit.verdicts import seam_of, weigh
from langfit.verdicts.scales import scales_of

BOOK = load(root())
FAMILIES = {family.name: family.cap for family in BOOK.families}


def sign(suits: str, family: str, weight: str = "strong", strength: float = 1.0, files: int = 4, rule: str = "") -> Evidence:
    """A piece of evidence."""
    return Evidence(
        rule=rule or f"go/{suits}-{family}-{weight}", family=family, weight=weight, suits=suits, strength=strength,  # type: ignore[arg-type]
        count=1, value=1.0, unit="places", title=f"{family} sign", path="a.go", line=1, files=files,
    )  # fmt: skip


def judged(  # noqa: PLR0913 - each is a column of the tables below
    *evidence: Evidence, language: str = "go", lines: int = 5_000, importers: int = 0, linked_by: tuple[str, ...] = (),
    name: str = "p", parent: str = "", kind: str = "package", alone: bool = True, bound: int = 0,
) -> Judged:  # fmt: skip
    """A component with this evidence."""
    component = Component(name, kind, language, ".", parent, "go.mod", "go.mod", 10)  # type: ignore[arg-type]
    tally = Tally(10, lines, 0, 0, {}, {}, {"only.here/x": bound}, 0, 0, 0, ())
    cost = Cost(1, 1, importers, lines, None, ("only.here/x",) if bound else (), 0.0, 0)
    return Judged(component, tally, evidence, cost, linked_by, alone)


R, G = "rust", "go"


@pytest.mark.parametrize(
    ("evidence", "more", "answer", "suits"),
    [
        ([], {}, "unclear", None),
        ([sign(R, "memory"), sign(R, "kernel")], {}, "move", R),
        ([sign(R, "memory")], {}, "unclear", None),
        ([sign(R, "memory", rule="go/a"), sign(R, "memory", rule="go/b")], {}, "move", R),
        ([sign(R, "memory", rule="go/a"), sign(R, "memory", "supporting", rule="go/b", strength=0.9)], {}, "unclear", None),
        ([sign(R, "memory", rule="go/a"), sign(R, "memory", rule="go/b"), sign(G, "glue", "supporting")], {}, "unclear", None),
        ([sign(R, "memory", "decisive")], {}, "move", R),
        ([sign(R, "memory", "decisive", 0.3)], {}, "unclear", None),
        ([sign(R, "memory", "contextual"), sign(R, "kernel", "contextual")], {}, "unclear", None),
        ([sign(R, "memory"), sign(R, "kernel"), sign(G, "ecosystem", "decisive")], {}, "unclear", None),
        ([sign(G, "glue"), sign(G, "ecosystem")], {}, "stay", G),
        ([sign(R, "memory"), sign(R, "kernel")], {"bound": 2}, "unclear", None),
        ([sign(R, "memory"), sign(R, "kernel")], {"bound": 1}, "move", R),
        ([sign(G, "glue"), sign(G, "ecosystem")], {"bound": 10}, "stay", G),
        ([sign(G, "glue"), sign(G, "ecosystem")], {"language": R}, "move", G),
        ([sign(G, "glue"), sign(G, "ecosystem")], {"language": R, "linked_by": ("app",)}, "unclear", None),
        ([sign(R, "memory"), sign(R, "kernel")], {"language": R}, "stay", R),
        ([sign(R, "memory"), sign(R, "kernel")], {"language": R, "linked_by": ("app",)}, "stay", R),
        ([sign(R, "memory"), sign(R, "kernel")], {"importers": 30}, "unclear", None),
        ([sign(R, "memory"), sign(R, "kernel"), sign(G, "glue"), sign(G, "ecosystem")], {}, "unclear", None),
        ([sign(R, "memory", strength=0.05), sign(R, "kernel", strength=0.05)], {}, "unclear", None),
    ],
)
def test_answers(evidence: list[Evidence], more: dict[str, object], answer: str, suits: str | None) -> None:
    """Two families or a decisive sign, and nothing decisive or structural against it."""
    verdict = weigh([judged(*evidence, **more)], BOOK)[0]  # type: ignore[arg-type]
    assert (verdict.answer, verdict.suits) == (answer, suits)


SIGNS = st.builds(
    sign,
    st.sampled_from([R, G]),
    st.sampled_from(sorted(FAMILIES)),
    st.sampled_from(["decisive", "strong", "supporting", "contextual"]),
    st.floats(0, 1),
)


@given(st.lists(SIGNS, max_size=12), st.sampled_from([R, G]), st.randoms())
def test_invariants_of_weighing(evidence: list[Evidence], language: str, generator: object) -> None:
    """The lean is bounded and symmetric, no family exceeds its cap, order does not matter, `suits` fits the answer."""
    scales = scales_of(evidence, BOOK)
    assert -1 <= scales.lean <= 1
    for side in (scales.go, scales.rust):
        assert all(points <= FAMILIES[family] + 1e-9 for family, points in side.families.items())
    flipped = [msgspec.structs.replace(e, suits=G if e.suits == R else R) for e in evidence]
    assert scales_of(flipped, BOOK).lean == pytest.approx(-scales.lean)
    shuffled = list(evidence)
    generator.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (weigh([judged(*rows, language=language)], BOOK)[0] for rows in (evidence, shuffled))
    assert (one.answer, one.suits) == (two.answer, two.suits)
    assert one.lean == pytest.approx(two.lean, abs=1e-3)
    assert (one.suits is None) == (one.answer == "unclear")
    assert 0 <= one.confidence <= (0.5 if one.answer == "unclear" else 1)


def test_more_evidence_for_a_side_never_leans_away_from_it() -> None:
    """Each further sign for Rust moves the lean towards Rust or leaves it."""
    evidence: list[Evidence] = [sign(G, "glue")]
    leans = []
    for family in sorted(FAMILIES):
        evidence.append(sign(R, family))
        leans.append(scales_of(evidence, BOOK).lean)
    assert leans == sorted(leans)


def test_small_components_are_judged_with_their_parent(tmp_path: Path) -> None:
    """A package below the floor has no verdict of its own and reports nothing, unless nothing stands above it."""
    parent = judged(sign(R, "memory"), sign(R, "kernel"), name="m/...", kind="module")
    small = judged(sign(R, "memory"), lines=100, name="m/p", parent="m/...", alone=False)
    alone = judged(sign(R, "memory"), lines=100, name="q")
    assert [v.component for v in weigh([parent, small, alone], BOOK)] == ["m/...", "q"]
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.22\n")
    for name, lines in (("small", 300), ("large", 700)):
        (tmp_path / name).mkdir()
        body = "\n".join(f"\tx = x<<{n % 7} ^ b[{n % 5}]&0x{n % 9}f" for n in range(lines))
        (tmp_path / name / "a.go").write_text(f"package {name}\n\nfunc f(x int, b []int) int {{\n{body}\n\treturn x\n}}\n")
    report = scan(str(tmp_path), Options(cache=False))
    assert [(v.component, v.lines >= 500) for v in report.verdicts] == [("m/...", True), ("m/large", True)]
    assert {f.component for f in report.findings} == {"m/large"}


KERNEL = "package p\nfunc sum(b []byte) (s int) {\n\tfor i := range b {\n\t\ts = s<<3 ^ int(b[i])*7 + s>>2&15 | int(b[i])\n\t}\n\treturn s\n}\n"
GLUE = "package p\nfunc run%d(x T) { x.load(); x.store(); sum(x.b) }\nfunc (t T) load() { println(1) }\n"
CALLBACK = KERNEL.replace("b []byte", "b []byte, f func(int)")


def cut(*texts: str, paths: dict[int, str] | None = None) -> tuple[object, str]:
    """The seam of a component made of these files, or the reason why it has none."""
    names = [(paths or {}).get(i, f"{i}.go") for i in range(len(texts))]
    by_name = dict(zip(names, texts, strict=True))
    rows = [(File(n, n, len(t), "go", "code", "p"), extract(t.encode(), "go")) for n, t in by_name.items()]
    return seam_of(rows, lambda file, line: "\n".join(by_name[file.path].split("\n")[line - 1 :]), BOOK)


def test_a_seam_names_files_functions_and_crossing_calls() -> None:
    """The kernel's file, what the rest calls in it, how often, and by whom."""
    seam, why = cut(KERNEL, *(GLUE % i for i in range(9)))
    assert (seam.files, seam.functions, seam.calls, seam.callbacks, seam.types, why) == (("0.go",), ("sum",), 9, 0, (), "")  # type: ignore[attr-defined]
    assert seam.crossings == (Crossing(".", "sum", 9, certain=True),)  # type: ignore[attr-defined]
    assert "WebAssembly" in seam.join and "subprocess" in seam.join  # type: ignore[attr-defined]


def test_calls_through_imports_and_on_values_cross_as_well() -> None:
    """An import that ends with the folder of the kernel is certain, a call on a value is not; types are named."""
    kernel = KERNEL.replace("package p", "package fast").replace("func sum(b []byte)", "func Sum(o *Options, b []byte)") + "type T int\nfunc (t T) Fold(b []byte) {}\n"
    caller = 'package p\nimport "example.test/m/fast"\nfunc g%d(t fast.T) { for { fast.Sum(nil, nil) }; t.Fold(nil); other.Sum(nil) }\n'
    seam, _ = cut(kernel, *(caller % i for i in range(5)), paths={0: "fast/k.go"})
    assert set(seam.crossings) == {Crossing(".", "Sum", 5, certain=True), Crossing(".", "Fold", 5, certain=False)}  # type: ignore[attr-defined]
    assert (seam.uncertain, seam.types) == (5, ("Options",))  # type: ignore[attr-defined]
    assert "batch" in seam.join  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("texts", "paths", "why"),
    [
        ([GLUE % i for i in range(9)], {}, "no kernel"),
        ([KERNEL, GLUE % 1], {}, "spread over 1 of its 2 files"),
        ([CALLBACK, *(GLUE % i for i in range(9))], {}, "sum would call back"),
        ([KERNEL + "".join(f"func k{i}() {{}}\n" for i in range(12)),
          *("package p\nfunc g() {" + "".join(f"k{i}();" for i in range(12)) + "}\n" for _ in range(9))], {}, "12 functions lie on the boundary"),
        ([KERNEL, KERNEL, *(GLUE % i for i in range(9))], {0: "a/k.go", 1: "b/k.go"}, "do not hang together"),
    ],
    ids=["no kernel", "kernel is half of it", "callback across", "too many functions", "two kernels"],
)  # fmt: skip
def test_no_seam_where_none_is_narrow(texts: list[str], paths: dict[int, str], why: str) -> None:
    """Without a kernel, with most of the files in it, with callbacks or a wide boundary there is no seam, and a reason."""
    seam, said = cut(*texts, paths=paths)
    assert seam is None and why in said


def test_a_saved_report_is_judged_again_without_a_scan(tmp_path: Path) -> None:
    """The same rules give the same verdicts; a pack that disables rules changes them."""
    report = scan(str(Path(__file__).parent.parent / "fixtures" / "go-kernel"), Options(cache=False))
    saved = tmp_path / "report.json"
    saved.write_text(formats.render("json", report))
    assert msgspec.to_builtins(rejudge(saved, BOOK).verdicts) == msgspec.to_builtins(
        tuple(msgspec.convert(msgspec.to_builtins(v), type(v)) for v in report.verdicts)
    )
    pack = tmp_path / "pack"
    pack.mkdir()
    against = {e.rule for v in report.verdicts for e in v.evidence_against}
    (pack / "overrides.toml").write_text(f"disable = {sorted(against)!r}\n".replace("'", '"'))
    assert all(not v.evidence_against for v in rejudge(saved, load(root(), [pack])).verdicts)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "langfit/report/1"}', "[" * 100_000])
def test_what_is_no_report_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    """A broken report is named with what to do."""
    saved = tmp_path / "x.json"
    saved.write_text(text)
    with pytest.raises(LangfitError, match=r"langfit scan"):
        rejudge(saved, BOOK)
