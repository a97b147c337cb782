"""A trend as text, JSON, SVG and a page: what each shows, also of hostile names, and how the page works in a browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import jsonschema
import pytest
from msgspec import structs

from langfit.trend import chart, text
from langfit.trend.render import FORMATS, render, schema
from langfit.trend.schema import Cause, Change, Move, Point, Revision, Series, Shift, Sign, Trend
from test_formats_hostile import NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STAY = Point("stay", "fits", -0.7, 0.78, 1_200)
FOLLOWS = Point("stay", "users-of-its-language", 0.1, 0.5, 1_300)
MOVE = Point("move", "whole-program-kernel", 0.75, 0.82, 2_400)
UNCLEAR = Point("unclear", "close", 0.2, 0.4, 900)
SPLIT = Point("split", "coarse-cut", -0.55, 0.67, 5_000)


def revision(number: int, **about: Any) -> Revision:
    day = f"{2020 + number // 4}-{number % 4 * 3 + 1:02d}-15"
    return Revision(**{"commit": f"{number + 1:040x}", "date": day, "state": "judged", **about})


REVISIONS = (
    revision(0, tag="v1.0"),
    revision(1, state="holes", skipped=1, notices=("The objects of 1 file are missing.",)),
    revision(2),
    revision(3, state="unread", notices=("The files of commit 4 are not in this clone.",)),
    revision(4, joined=False),
    revision(5),
)
CHANGE = Change(
    name="app", from_=STAY, to=MOVE, commit="c" * 40, date="2020-06-11", touches=True, files=3, series=0,
    cause=Cause(sentence="go/loops went from 0.10 to 0.90 (for Rust).", evidence=(Shift("go/loops", "Loops", "rust", 0.1, 0.9),)),
    after=REVISIONS[1].commit, at=REVISIONS[2].commit,
)  # fmt: skip
TREND = Trend(
    version="1", path="/src/acme", source="acme", remote="", every="quarter", sentence="In 5 revisions.", stopped="",
    revisions=REVISIONS, changes=(CHANGE, structs.replace(CHANGE, commit="", touches=None, cause=None, series=1, name="lib")),
    series=(
        Series(name="app", kind="program", language="go", roots=(".", "cmd/app"), points=(STAY, STAY, MOVE, None, MOVE, SPLIT),
               moves=(Move(".", "cmd/app", "b" * 40, "2020-05-01"),), bands=(-0.5, 0.55),
               signs=(Sign(rule="go/loops", title="Loops", suits="rust", strength=(0.1, 0.1, 0.9, None, 0.9, 0.8)),)),
        Series(name="lib", kind="library", language="go", roots=("lib",), points=(None, FOLLOWS, UNCLEAR, None, None, None), bands=(-0.5, 0.55)),
    ),
    notices=("This clone is shallow.",),
)  # fmt: skip

TEXT = """\
acme: In 5 revisions.
Today's rules on the code of then: each revision was judged anew.

▁ Go  █ Rust; below: s stay, M move, P split, ? unclear

app (program in Go): split (coarse-cut) -0.55; until 2020-05 in the root
  ▂▂█·█▂
  ssM MP
  2020-01

lib (library in Go): unclear (close) +0.20, no longer there
   ▅▅·
   s?
  2020-01

What changed for good
  - 2020-06-11 app: stay (fits) -0.70 to move (whole-program-kernel) +0.75
    (since cccccccccccc, the commit touches 3 of its files). go/loops went from
    0.10 to 0.90 (for Rust).
  - 2020-06-11 lib: stay (fits) -0.70 to move (whole-program-kernel) +0.75
    (somewhere between 000000000000 and 000000000000).

Could not be read in full
  - 2020-04-15 (0000000000): The objects of 1 file are missing.
  - 2020-10-15 (0000000000): The files of commit 4 are not in this clone.

What to know
  - This clone is shallow.
"""


def test_text() -> None:
    """A sparkline for each deliverable with the answers below it, what changed, and what is missing."""
    assert render("text", TREND) == TEXT


def test_colour_is_added_to_the_same_text() -> None:
    """Without its escape sequences coloured text is the plain one: advice never goes by colour alone."""
    coloured = render("text", TREND, colour=True)
    assert "\x1b[1;33m█" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == TEXT


@pytest.mark.parametrize("width", [1, 40, 200])
def test_sparklines_fit(width: int) -> None:
    """Whatever the width, sixty points are all there."""
    many = tuple(revision(n) for n in range(60))
    trend = structs.replace(
        TREND, revisions=many, changes=(), series=(structs.replace(TREND.series[0], points=(MOVE,) * 60),)
    )
    said = text.render(trend, width)
    assert said.count("M") - said.count("M move") == 60
    assert max(len(line) for line in said.splitlines() if "██" in line) <= max(width, 40)


def test_json_follows_its_schema() -> None:
    """And keeps the names of the format."""
    data = json.loads(render("json", TREND))
    jsonschema.validate(data, schema())
    assert data["changes"][0]["from"]["answer"] == "stay"
    assert data["series"][1]["points"][0] is None


def test_the_published_schema_is_this_one() -> None:
    """docs/langfit-trend.schema.json; `benchmarks/catalogue.py` writes it."""
    page = Path(__file__).resolve().parent.parent / "docs/langfit-trend.schema.json"
    assert json.loads(page.read_text("utf-8")) == json.loads(json.dumps(schema()))


def test_the_chart_as_numbers() -> None:
    """Pieces of the line between gaps and branches, shapes by answer, hollow where structure decided, holes by revision."""
    app, lib = chart.charts_of(TREND)
    assert [len(line.split()) for line in app.lines] == [3, 2]
    assert [(dot.answer, dot.hollow, dot.change) for dot in app.dots] == [
        ("stay", False, -1), ("stay", False, -1), ("move", False, 0), ("move", False, -1), ("split", True, -1)
    ]  # fmt: skip
    assert [(hole.whole) for hole in app.holes] == [False, True]
    assert [band.language for band in app.bands] == ["rust", "go"]
    assert [(dot.answer, dot.hollow) for dot in lib.dots] == [("stay", True), ("unclear", False)]
    assert all(a.x < b.x for a, b in zip(app.dots, app.dots[1:], strict=False))
    assert chart.height(1) < app.bands[0].y + app.bands[0].high < app.middle < app.bands[1].y < chart.height(-1)
    assert [len(small.lines) for small in app.smalls] == [2]


def _hostile(name: str) -> Trend:
    series = tuple(
        structs.replace(one, name=name, roots=(name,), moves=(Move(name, name, "", ""),),
                        signs=(Sign(rule=name, title=name, suits="go", strength=(0.5,) * 6),))
        for one in TREND.series
    )  # fmt: skip
    cause = Cause(sentence=name, evidence=(Shift(name, name, "go", 0.0, 1.0),), came=(name,), went=(name,))
    return structs.replace(
        TREND, source=name, path=name, remote=name, sentence=name, notices=(name,), series=series,
        revisions=tuple(structs.replace(row, tag=name, notices=(name,)) for row in REVISIONS),
        changes=(structs.replace(CHANGE, name=name, cause=cause),),
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shown", FORMATS)
def test_hostile_names_do_nothing(shown: str, name: str) -> None:
    """No control character, no command of a runner, no element of their own; SVG and JSON stay whole."""
    said = render(shown, _hostile(name))
    said.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", said)
    assert "##[" not in said
    assert not re.search(r"^\s*::", said, re.MULTILINE)
    if shown == "json":
        assert json.loads(said)["schema"] == "langfit/trend/1"
    if shown == "svg":
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(said).iter()}
        assert tags <= {
            "svg",
            "title",
            "desc",
            "style",
            "rect",
            "text",
            "tspan",
            "g",
            "line",
            "circle",
            "path",
            "polyline",
        }
    if shown == "html":
        assert said.count("<script>") == 1 and "<img" not in said


def test_nothing_to_show() -> None:
    """No series, no revisions that could be judged: every format says so."""
    empty = structs.replace(TREND, series=(), changes=(), revisions=(), sentence="No revision could be judged.")
    for shown in FORMATS:
        assert "No revision could be judged." in render(shown, empty)


CHROMIUM = shutil.which("chromium")
browsing = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[test]'")
    options = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
    with api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=options.split())
        yield running
        running.close()


def opened(browser: Browser, file: Path, trend: Trend = TREND, **context: Any) -> tuple[Any, list[str]]:
    """Open the page; the list gets all that is logged and every address that is asked for beside the file."""
    file.write_text(render("html", trend), "utf-8")
    said: list[str] = []
    page = browser.new_context(viewport={"width": 1000, "height": 800}, **context).new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page, said


@browsing
def test_the_page_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    """A chart is one stop of Tab; arrows, Home and End walk its points and say what they are."""
    page, said = opened(browser, tmp_path / "page.html")
    page.locator(".plot").first.focus()
    words = page.locator(".said").first
    heard = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "End", "ArrowRight"):
        page.keyboard.press(key)
        heard.append(words.text_content() or "")
    assert [line.partition(" (")[0] for line in heard] == [
        "2020-01-15 v1.0", "2020-04-15", "2020-04-15", "2020-07-15", "2021-04-15", "2021-04-15"
    ]  # fmt: skip
    assert "missing" in heard[1] + heard[2]
    assert "split (coarse-cut) -0.55, 5,000 lines" in heard[-1]
    assert page.locator(".dot.on").count() == 1
    assert said == []


@browsing
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_answers_differ_in_shape_and_in_colour(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    """In both schemes, and the page asks for nothing."""
    page, said = opened(browser, tmp_path / "page.html", color_scheme=scheme)
    marks = page.evaluate(
        """() => Object.fromEntries(["stay", "move", "split", "unclear"].map((answer) => {
          const mark = document.querySelector(`.shapes .dot.${answer} > :not(title)`);
          return [answer, [mark.tagName + (mark.getAttribute("d") || "").replace(/[\\d.-]+/g, ""), getComputedStyle(mark).stroke]];
        }))"""
    )
    assert len({tuple(row) for row in marks.values()}) == 4
    assert len({row[1] for row in marks.values()}) == 4
    assert len({page.evaluate("(m) => m", row[0]) for row in marks.values()}) >= 3
    assert said == []


@browsing
def test_the_page_on_paper_and_without_javascript(browser: Browser, tmp_path: Path) -> None:
    """Charts, changes and notices are there; the script alone brings what a point says, which its title has as well."""
    page, _ = opened(browser, tmp_path / "page.html", java_script_enabled=False)
    page.emulate_media(media="print")
    assert page.locator("figure svg.chart").first.is_visible()
    assert page.locator(".changes li").count() == 2
    assert page.locator(".dot title").first.text_content()


@browsing
@pytest.mark.parametrize("width", [360, 1400])
def test_no_page_is_wider_than_its_window(browser: Browser, tmp_path: Path, width: int) -> None:
    """On a phone a chart scrolls by itself."""
    page, said = opened(browser, tmp_path / "page.html", _hostile("x" * 300))
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
