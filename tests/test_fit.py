"""Which language code suits: how evidence is weighed, what an answer needs, and how parts make a whole."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from langfit.evidence.totals import Size
from langfit.fit.assess import sides
from langfit.fit.fit import Part, balance_of, fit_of, fit_of_whole
from langfit.fit.score import points_of, score_of
from langfit.languages import LANGUAGES
from langfit.model.evidence import Evidence
from langfit.model.repository import LanguageId
from langfit.model.rule import Weight
from trees import BOOK, GO_MOD, kernel, report_on, service, write

MARKS = BOOK.thresholds
CAPS = {family.name: family.cap for family in BOOK.families}
G, R = "go", "rust"
MUCH, LARGE, MEDIUM = 10_000, int(MARKS.diluted_tokens * 1.3), int(MARKS.diluted_tokens * 0.7)


def sign(suits: str, family: str, weight: Weight = "strong", strength: float = 1.0) -> Evidence:
    """Return a row of evidence."""
    return Evidence(
        rule=f"go/{suits}-{family}", title="a sign", family=family, weight=weight, suits=suits, strength=strength,
        amount="1 place", count=1, value=1.0, unit="places", component="p", path="a.go", line=1,
    )  # fmt: skip


def size(tokens: int = MUCH, broken: float = 0.0) -> Size:
    """Return the size of some code."""
    found = Size()
    found.tokens, found.broken = tokens, broken * tokens
    return found


@pytest.mark.parametrize(
    ("rows", "lean", "rust", "go"),
    [
        pytest.param([], 0.0, 0.0, 0.0, id="nothing"),
        pytest.param([sign(R, "memory")], 0.5556, 1.0, 0.0, id="the prior is doubt"),
        pytest.param([sign(G, "glue")], -0.5556, 0.0, 1.0, id="the same for Go"),
        pytest.param([sign(R, "memory"), sign(G, "glue")], 0.0, 1.0, 1.0, id="even"),
        pytest.param([sign(R, "memory", strength=0.25)], 0.2381, 0.25, 0.0, id="by strength"),
        pytest.param([sign(R, "memory", "decisive")], 0.7143, 2.0, 0.0, id="decisive"),
        pytest.param([sign(R, "memory", "supporting")], 0.3846, 0.5, 0.0, id="supporting"),
        pytest.param([sign(R, "memory", "contextual")], 0.0, 0.0, 0.0, id="contextual weighs nothing"),
        pytest.param([sign(R, "memory")] * 9, 0.7333, 2.2, 0.0, id="a family is one idea"),
        pytest.param([sign(R, "memory")] * 9 + [sign(R, "compute")], 0.8, 3.2, 0.0, id="a second idea"),
    ],
)  # fmt: skip
def test_points_are_set_against_each_other(rows: list[Evidence], lean: float, rust: float, go: float) -> None:
    """Weight times strength, capped by family; the lean is their difference over their sum and the prior."""
    found = score_of(rows, BOOK)
    assert (found.lean, found.sides[R].points, found.sides[G].points) == (lean, rust, go)


@pytest.mark.parametrize(
    ("rows", "language", "suits", "why"),
    [
        pytest.param([], G, None, "too-little", id="nothing"),
        pytest.param([sign(G, "glue", strength=0.4)], G, None, "too-little", id="less than the least points"),
        pytest.param([sign(R, "memory"), sign(R, "compute")], G, R, "", id="two families"),
        pytest.param([sign(R, "memory"), sign(R, "compute")], R, R, "", id="two families that agree with the language"),
        pytest.param([sign(R, "memory")], G, R, "", id="one strong family, nothing against it"),
        pytest.param([sign(R, "memory", strength=0.95)], R, None, "one-sign", id="one family that is not strong"),
        pytest.param([sign(R, "memory", strength=0.95), sign(R, "compute", strength=0.19)], R, None, "one-sign", id="a second family that hardly speaks"),
        pytest.param([sign(R, "memory", strength=0.95), sign(R, "compute", strength=0.21)], R, R, "", id="a second family that speaks"),
        pytest.param([sign(R, "target", "decisive", 0.5)], G, R, "", id="decisive at half strength"),
        pytest.param([sign(R, "target", "decisive", 0.49)], R, None, "one-sign", id="decisive below half strength"),
        pytest.param([sign(R, "memory"), sign(G, "glue")], G, None, "close", id="even"),
        pytest.param([sign(G, "glue", strength=0.9)], G, None, "one-sign", id="one family for the language"),
        pytest.param([sign(R, "compute", strength=0.7), sign(R, "memory", strength=0.24)], R, R, "", id="enough to stay"),
        pytest.param([sign(R, "compute", strength=0.7), sign(R, "memory", strength=0.24)], G, None, "close", id="the same is too little to leave"),
    ],
)  # fmt: skip
def test_an_answer_needs_more_than_one_idea(
    rows: list[Evidence], language: LanguageId, suits: str | None, why: str
) -> None:
    """Two families, a decisive sign, or a strong family that nothing opposes; to leave takes more than to stay."""
    found = fit_of(rows, size(), language, BOOK)
    assert (found.suits, found.why) == (suits, why)


@pytest.mark.parametrize(("broken", "why"), [(0.0, ""), (0.2, ""), (0.21, "broken"), (1.0, "broken")])
def test_code_that_does_not_parse_is_not_judged(broken: float, why: str) -> None:
    """Beyond a fifth of the code inside errors, no evidence is enough."""
    found = fit_of([sign(R, "memory"), sign(R, "compute")], size(broken=broken), G, BOOK)
    assert (found.why, found.suits) == (why, None if why else R)


@pytest.mark.parametrize(
    ("rows", "confidence"),
    [
        pytest.param([sign(R, "memory"), sign(R, "compute")], 0.811, id="on the line of the atlas"),
        pytest.param([sign(R, family, "decisive") for family in CAPS], 0.86, id="never more than the atlas was right"),
        pytest.param([sign(R, "memory"), sign(G, "glue")], 0.5, id="even"),
        pytest.param([sign(R, "memory", strength=0.95)], 0.5, id="unclear is a coin at best"),
    ],
)
def test_confidence_follows_the_lean(rows: list[Evidence], confidence: float) -> None:
    """It is a line through the answered rows of the atlas, with a floor for doubt and a ceiling."""
    assert fit_of(rows, size(), G, BOOK).confidence == confidence


SIGNS = st.builds(
    sign,
    st.sampled_from([R, G]),
    st.sampled_from(sorted(CAPS)),
    st.sampled_from(["decisive", "strong", "supporting", "contextual"]),
    st.floats(0, 1),
)
LANGUAGE = st.sampled_from([G, R])


@given(st.lists(SIGNS, max_size=12), LANGUAGE, st.randoms())
def test_weighing_is_fair(rows: list[Evidence], language: LanguageId, generator: Random) -> None:
    """It is bounded and symmetric, no family exceeds its cap, order does not matter, `suits` says whether it answers."""
    score = score_of(rows, BOOK)
    assert all(points <= CAPS[family] for side in score.sides.values() for family, points in side.families.items())
    flipped = [structs.replace(row, suits=G if row.suits == R else R) for row in rows]
    assert score_of(flipped, BOOK).lean == -score.lean
    shuffled = list(rows)
    generator.shuffle(shuffled)
    found, again = (fit_of(some, size(), language, BOOK) for some in (rows, shuffled))
    assert (found.suits, found.why) == (again.suits, again.why)
    assert found.lean == pytest.approx(again.lean, abs=2e-4)
    assert (found.suits is None) == (found.why != "")
    assert -1 < found.lean < 1
    assert 0 <= found.confidence <= (0.5 if found.suits is None else MARKS.confidence_most)
    assert found.suits in (None, R if found.lean > 0 else G)


@given(st.lists(SIGNS, max_size=8), SIGNS)
def test_more_evidence_for_a_side_never_leans_away_from_it(rows: list[Evidence], more: Evidence) -> None:
    """A further sign moves the lean towards its side or leaves it."""
    pole = LANGUAGES[more.suits].pole
    assert score_of([*rows, more], BOOK).lean * pole >= score_of(rows, BOOK).lean * pole


@given(st.lists(st.tuples(SIGNS, st.floats(0.98, 1.02)), max_size=12), LANGUAGE)
def test_a_small_change_of_measures_moves_the_lean_little(
    changed: list[tuple[Evidence, float]], language: LanguageId
) -> None:
    """Strengths that change by 2% move the lean by less than 0.02; an answer changes only where it was that close."""
    before = fit_of([row for row, _ in changed], size(), language, BOOK)
    after = fit_of(
        [structs.replace(row, strength=min(1.0, row.strength * by)) for row, by in changed], size(), language, BOOK
    )
    assert abs(before.lean - after.lean) < 0.02
    assert before.suits in (after.suits, None) or after.suits is None
    if "one-sign" not in (before.why, after.why) and "too-little" not in (before.why, after.why):
        far = min(abs(abs(before.lean) - mark) for mark in (MARKS.suits, MARKS.leave)) > 0.02
        assert before.suits == after.suits or not far


def parts(*rows: tuple[float, float]) -> list[Part]:
    """Return the parts of a program, as (share, lean)."""
    return [Part(int(share * LARGE), lean) for share, lean in rows]


def test_the_balance_counts_code_by_what_its_parts_lean_to() -> None:
    """A part counts for a language more and more between leans of 0.2 and 0.4."""
    found = balance_of(parts((0.5, -0.8), (0.2, 0.4), (0.2, 0.3), (0.1, 0.2)))
    assert (found.shares, found.neither) == ({G: 0.5, R: 0.3}, 0.2)
    assert balance_of([]).neither == 1.0


THIN = [sign(G, "glue", strength=0.3), sign(G, "ecosystem", strength=0.3)]  # -0.43
CLEAR = [sign(G, "glue"), sign(G, "ecosystem")]  # -0.71
AGAINST = [sign(R, "memory"), sign(R, "compute")]  # +0.71


@pytest.mark.parametrize(
    ("rows", "tokens", "made_of", "suits"),
    [
        pytest.param(THIN, LARGE, parts((0.8, -0.7), (0.2, 0.0)), G, id="a diluted sum, clear parts"),
        pytest.param(THIN, MEDIUM, parts((0.8, -0.7), (0.2, 0.0)), None, id="a small program is its sum"),
        pytest.param(THIN, LARGE, parts((0.3, -0.7), (0.7, 0.0)), None, id="most parts lean to neither"),
        pytest.param(THIN, LARGE, parts((0.5, -0.7), (0.5, 0.7)), None, id="parts against each other"),
        pytest.param(CLEAR, LARGE, parts((1.0, 0.0)), G, id="a clear sum needs no parts"),
        pytest.param(CLEAR, LARGE, parts((0.4, 0.7), (0.6, 0.0)), G, id="a sum for staying, a minority against it"),
        pytest.param(CLEAR, LARGE, parts((0.6, 0.7), (0.4, 0.0)), None, id="a sum for staying, most parts against it"),
        pytest.param(AGAINST, LARGE, parts((0.6, -0.7), (0.4, 0.7)), None, id="a sum for leaving, more parts against it"),
        pytest.param(AGAINST, LARGE, parts((0.3, -0.7), (0.4, 0.7), (0.3, 0.0)), R, id="a sum for leaving, more parts for it"),
    ],
)  # fmt: skip
def test_a_large_program_is_more_than_its_sum(
    rows: list[Evidence], tokens: int, made_of: list[Part], suits: str | None
) -> None:
    """Densities dilute: where each part is clear, the parts say what the sum does not."""
    assert fit_of_whole(rows, size(tokens), G, BOOK, made_of)[0].suits == suits


@pytest.mark.parametrize(
    ("rows", "main", "suits"),
    [
        pytest.param(THIN, Part(2_000, -0.8), G, id="it decides where the rest is close"),
        pytest.param(THIN, Part(1_000, -0.8), None, id="one of a few lines says nothing"),
        pytest.param(THIN, Part(2_000, 0.8), None, id="it never speaks for leaving"),
        pytest.param(AGAINST, Part(2_000, -0.8), None, id="it is a doubt where the rest speaks for leaving"),
        pytest.param(AGAINST, Part(2_000, 0.0), R, id="one that leans nowhere is no doubt"),
    ],
)
def test_the_main_package_says_what_a_program_is(rows: list[Evidence], main: Part, suits: str | None) -> None:
    """A large one that leans to its language is a reason to stay."""
    assert fit_of_whole(rows, size(), G, BOOK, [], main)[0].suits == suits


PARTS = st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(-1.0, 1.0)), min_size=1, max_size=6)


@given(st.lists(SIGNS, max_size=8), PARTS, PARTS, st.integers(20_000, 200_000), st.floats(-1, 1), LANGUAGE)
def test_a_few_lines_do_not_turn_a_large_program(
    rows: list[Evidence], made_of: list[tuple[float, float]], by: list[tuple[float, float]], tokens: int, main: float,
    language: LanguageId,
) -> None:  # fmt: skip
    """Parts, a main package and a size that change by half a percent move the lean by less than a jump would."""
    before = [Part(int(share * tokens), lean) for share, lean in made_of]
    steps = [by[number % len(by)] for number in range(len(made_of))]
    after = [
        Part(int(part.tokens * (1 + 0.005 * share)), part.lean + 0.005 * turn)
        for part, (share, turn) in zip(before, steps, strict=True)
    ]
    sizes = (tokens, int(tokens * 1.005))
    mains = (Part(sizes[0] // 20, main), Part(sizes[1] // 20, main + 0.005))
    leans = [
        fit_of_whole(rows, size(tokens), language, BOOK, made, one)[0].lean
        for tokens, made, one in zip(sizes, (before, after), mains, strict=True)
    ]
    assert abs(leans[0] - leans[1]) < 0.12


def test_what_weighs_most_stands_first() -> None:
    """Evidence is split by the language that it is written in, and sorted by its points."""
    rows = [sign(G, "glue", "supporting"), sign(G, "ecosystem"), sign(R, "memory", strength=0.1), sign(R, "compute")]
    for_, against = sides(rows, G, BOOK)
    assert [points_of(row, BOOK) for row in for_] == [1.0, 0.5]
    assert [points_of(row, BOOK) for row in against] == [1.0, 0.1]


def test_a_component_has_a_fit_and_a_small_one_none(tmp_path: Path) -> None:
    """A package below the floor keeps its lean and is not judged by itself; its program is."""
    files = {"go.mod": GO_MOD, "main.go": service(), "core/core.go": kernel("core", "Fold"), "tiny/tiny.go": kernel("tiny", "Fold", steps=3)}  # fmt: skip
    report = report_on(write(tmp_path, files))
    found = {part.name: part.fit for part in report.components}
    assert found["example.com/m/core"].suits == R
    tiny = found["example.com/m/tiny"]
    assert (tiny.suits, tiny.why, tiny.lean > 0.5, tiny.confidence) == (None, "small", True, 0.5)
    assert {item.kind: item.fit.suits for item in report.deliverables} == {"library": R, "program": G}
