"""The HTML page in a browser, as a person uses it: by mouse, by keyboard, in the dark, on paper, and under attack."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from golden.report import COMPONENTS, CUT, DELIVERABLES, FINDINGS, REPORT, component, deliverable
from langfit import formats
from langfit.formats import sanitize
from langfit.model.report import Advice, Change, Difference, Join, Report
from test_formats_hostile import HOSTILE_REPORT, NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
MANY = 5_000
ENOUGH = 4.5  # contrast of text, WCAG 2 level AA

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[test]'")
    with api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS.split())
        yield running
        running.close()


@pytest.fixture
def view(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a report in a window of its own. At the end: nothing was asked for but the file, and nothing was logged."""
    windows: list[BrowserContext] = []
    said: list[str] = []
    asked: list[str] = []
    files: set[str] = set()

    def view(report: Report = REPORT, at: str = "", **context: Any) -> Page:
        file = tmp_path / f"page{len(windows)}.html"
        file.write_text(formats.render("html", report), "utf-8")
        files.add(file.as_uri())
        window = browser.new_context(viewport={"width": 1200, "height": 900}, **context)
        windows.append(window)
        page = window.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
        page.goto(file.as_uri() + at)
        return page

    yield view
    for window in windows:
        window.close()
    assert said == []
    assert sorted(asked) == sorted(files)


def see(locator: Locator) -> Any:
    """What a locator is expected to become: events of hash, media and size come a moment later."""
    from playwright.sync_api import expect

    return expect(locator)


def rows(page: Page) -> list[str]:
    """The deliverables of the table that are to be seen, from top to bottom."""
    return page.locator("#table tbody tr:visible th a").all_inner_texts()


def tile(page: Page, name: str) -> Any:
    """The rectangle of a component."""
    return page.locator(f'#map [aria-label^="{name}:"]')


def tiles(page: Page) -> set[str]:
    """The components of the map."""
    labels: list[str] = page.locator("#map rect").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    return {label.partition(": ")[0] for label in labels}


def card(page: Page, name: str) -> Any:
    """What is said of one deliverable or component."""
    return page.locator(f'details[data-name="{name}"]')


def focused(page: Page) -> str:
    """The label or text of what has the focus."""
    text: str = page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText.trim()"
    )
    return text


def many(count: int, findings: int = 0) -> Report:
    """A report of as many components and a tenth as many deliverables, with as many findings on one component."""
    fits = [c.fit for c in COMPONENTS]
    parts = tuple(component(f"m/c{n}", lines=100 + n * 7919 % 5003, fit=fits[n % len(fits)]) for n in range(count))
    items = tuple(
        deliverable(
            f"d{n}", components=tuple(f"m/c{k}" for k in range(n * 10, n * 10 + 10)), lines=1000 + n, fit=fits[n % len(fits)],
            joins=(Join(f"d{n + 1}", "process", "a.go", 1, internal=True),) if n < 5 else (),
        )
        for n in range(count // 10)
    )  # fmt: skip
    found = tuple(
        structs.replace(FINDINGS[n % 3], component="m/c3", path=f"m/c3/f{n % 97}.go", line=n + 1)
        for n in range(findings)
    )
    return structs.replace(REPORT, components=parts, deliverables=items, findings=found)


def test_a_first_look_tells_what_ships_and_what_to_do(view: Open) -> None:
    """The conclusion, a row for each deliverable with its answer, and a strip of what it links."""
    page = view()
    assert REPORT.sentence in page.locator("header").inner_text()
    assert rows(page) == ["operator", "transcode", "tools", "host"]
    assert page.locator("#row-1 .strip rect").count() == 2
    assert page.locator("#row-1 .strip rect.coarse title").evaluate_all("all => all.map(e => e.textContent)") == [
        "codec: 1,700 lines, suits Rust; could be cut out"
    ]
    assert "a kernel that could be cut out" in page.locator(".legend").inner_text()
    assert page.locator(".card[open] .name").all_inner_texts() == ["operator", "transcode"]


def test_joins_are_drawn(view: Open) -> None:
    """An arrow leads from a row to the row that it starts; pointing at either lights it; a phone shows words alone."""
    page = view()
    assert "starts operator" in page.locator("#row-3").inner_text()
    see(page.locator("#arrows path.way")).to_have_count(1)
    page.locator("#row-0 th").hover()
    see(page.locator("#arrows path.way.on")).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 800})
    see(page.locator("#arrows")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_click_opens_everything_about_one(view: Open) -> None:
    """A link of the table leads to the card, names it in the address and the title, and back closes the way."""
    page = view(structs.replace(REPORT, source=structs.replace(REPORT.source, remote="git@github.com:acme/acme.git")))
    page.locator("#table a", has_text="host").first.click()
    see(card(page, "host").first).to_have_attribute("open", "")
    assert page.url.endswith("#open=host") and page.title() == "host: acme: language fit"
    text = page.locator("#card-1").inner_text()
    for said in (
        "Consider Rust for codec alone. Measure its share first.",
        "Formatting inside loops: 12 places in 4 files, 3.4 per 1,000 tokens; look at codec/enc.go:7",
        "410 lines of codec to rewrite, behind 2 functions.",
        "A CPU profile in which the kernel holds less than 20% of the time.",
        "codec in transcode could be cut out: 2 functions called at 6 places, none of them in loops",
    ):
        assert said in text
    links = page.locator("#card-1 a").evaluate_all("all => all.map(link => link.href)")
    assert f"https://github.com/acme/acme/blob/{REPORT.source.revision}/codec/fft.go#L20" in links
    page.go_back()
    assert "#" not in page.url and page.title() == "acme: language fit"


@pytest.mark.parametrize(
    ("text", "deliverables", "components"),
    [
        pytest.param("OPER", ["operator", "host"], {"operator", "operator::api"}, id="a name"),
        pytest.param("codec/fft.go", ["transcode"], {"codec"}, id="a path"),
        pytest.param("go/plugin-host", ["host"], {"host"}, id="a rule"),
        pytest.param("formatting loops", ["transcode"], {"codec"}, id="two words"),
        pytest.param("zzz", [], set(), id="nothing"),
    ],
)
def test_search(view: Open, text: str, deliverables: list[str], components: set[str]) -> None:
    """One box searches names, paths and rules, on the table and on the map; what is found is counted."""
    page = view()
    page.keyboard.press("/")
    page.keyboard.type(text)
    see(page.locator("#table tbody tr:visible")).to_have_count(len(deliverables))
    assert rows(page) == deliverables
    assert page.locator(".block:visible").evaluate_all("all => all.map(e => e.dataset.name)") == sorted(
        components, key=[b.name for b in sorted(COMPONENTS, key=lambda c: (-c.lines, c.name))].index
    )
    assert f"{len(deliverables)} of 4 that ship" in page.locator("#found").inner_text()
    again = view(at="#" + page.url.partition("#")[2])
    assert rows(again) == deliverables


def test_answers_can_be_hidden_and_the_address_keeps_it(view: Open) -> None:
    """A reader sends what she sees."""
    page = view()
    page.locator("#answers label", has_text="stay").click()
    assert rows(page) == ["operator", "transcode", "tools"]
    assert page.url.endswith("#without=stay")
    assert rows(view(at="#without=stay")) == ["operator", "transcode", "tools"]


@pytest.mark.parametrize(
    ("column", "up", "key"),
    [
        ("Name", ["host", "operator", "tools", "transcode"], "name"),
        ("Lines", ["tools", "operator", "host", "transcode"], "lines"),
        ("Advice", ["operator", "transcode", "host", "tools"], "answer"),
    ],
)
def test_the_table_sorts(view: Open, column: str, up: list[str], key: str) -> None:
    """A click on a heading sorts by it, another one the other way round; screen readers and the address know."""
    page = view()
    head = page.get_by_role("columnheader", name=column)
    seen = set()
    for _ in range(2):
        head.get_by_role("button").click()
        order = head.get_attribute("aria-sort")
        seen.add(order)
        back = order == "descending"
        assert rows(page) == (up[::-1] if back else up)
        assert page.url.endswith(f"sort={'-' if back else ''}{key}")
        assert rows(view(at="#" + page.url.partition("#")[2])) == rows(page)
    assert seen == {"ascending", "descending"} and page.locator("[aria-sort]").count() == 1


def test_by_keyboard_alone(view: Open) -> None:
    """Tab goes through search, answers, table, cards and map, with a ring on each; Enter opens, arrows walk the map."""
    page = view()
    stops: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.value || ''") or focused(page))
        ring = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.matches('#map *')"
        )
        assert ring, stops[-1]
        if stops[-1].startswith("codec: 1,700"):
            break
    assert stops[:5] == ["text", "move", "split", "unclear", "stay"]
    assert stops[-1].startswith("codec: 1,700")
    page.keyboard.press("Enter")
    see(page.locator(".block.current")).to_have_attribute("data-name", "codec")
    assert page.url.endswith("#open=codec") and focused(page).startswith("codec")


def test_arrows_reach_every_tile(view: Open) -> None:
    """From any tile, arrow keys lead to any other; Home and End to the first and last."""
    page = view(many(40))
    everything = tiles(page)
    seen: set[str] = set()
    waiting = ["m/c2"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"):
            tile(page, name).focus()
            page.keyboard.press(key)
            waiting.append(focused(page).partition(": ")[0])
    assert seen == everything and len(everything) == 40
    for key, end in (("End", -1), ("Home", 0)):
        page.keyboard.press(key)
        label = page.locator("#map rect").nth(end).get_attribute("aria-label")
        assert focused(page) == label


@pytest.mark.parametrize("name", ["host", "operator::api"], ids=["a deliverable", "a component"])
def test_deep_links(view: Open, name: str) -> None:
    """An address opens what it names."""
    page = view(at=f"#open={name}")
    assert page.locator("details.current").get_attribute("data-name") == name
    assert page.locator("details.current").get_attribute("open") is not None


def test_a_wrong_address_is_told(view: Open) -> None:
    """Nothing is opened, and the reader learns why."""
    page = view(at="#open=nobody")
    assert page.locator("#found").inner_text() == "Nothing in this report is called nobody."


CONTRAST = """(pairs) => {
  const parse = (text) => {
    if (text[0] === "#") return [1, 3, 5].map((n) => parseInt(text.slice(n, n + 2), 16));
    return text.match(/[\\d.]+/g).map(Number);
  };
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const text = [...document.querySelectorAll("body *")]
    .filter((node) => !node.closest("svg, script, style, noscript, option, [hidden]") && node.checkVisibility())
    .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .map((node) => [node.tagName + ": " + node.textContent.trim().slice(0, 30), ratio(parse(getComputedStyle(node).color), ground(node))]);
  const labels = [...document.querySelectorAll("#map text")].map((node) => ["label: " + node.textContent,
    ratio(parse(getComputedStyle(node).fill), parse(getComputedStyle(node.previousSibling).fill))]);
  return [...text, ...labels];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(view: Open, scheme: str) -> None:
    """Every text, labels on the map included, stands out from what is behind it, in light and in the dark."""
    page = view(many(60), color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 21, 24)"
    assert dark == (scheme == "dark")
    page.locator(".block summary").nth(2).click()
    found = page.evaluate(CONTRAST)
    assert sum(name.startswith("label") for name, _ in found) >= 20 and len(found) > 100
    assert [row for row in found if row[1] < ENOUGH] == []


@pytest.mark.parametrize(
    ("at", "shown", "gone"),
    [
        pytest.param("", ["#ships", "#card-0", "#card-1"], ["#card-3", "#map-box", "#find"], id="the whole"),
        pytest.param("#open=host", ["#card-3"], ["#ships", "#card-0", "#components h2"], id="what is open, alone"),
    ],
)
def test_on_paper(view: Open, at: str, shown: list[str], gone: list[str]) -> None:
    """Printed from the dark in black on white: what is open; with one named in the address, that one alone."""
    page = view(at=at, color_scheme="dark")
    page.emulate_media(media="print")
    for selector in shown:
        see(page.locator(selector)).to_be_visible()
    for selector in gone:
        see(page.locator(selector)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert [row for row in page.evaluate(CONTRAST) if row[1] < ENOUGH] == []
    assert page.pdf().startswith(b"%PDF")


def test_without_javascript(view: Open) -> None:
    """Table, strips, every card and every component with its evidence are there; controls that do nothing are not."""
    page = view(many(300), java_script_enabled=False)
    assert len(rows(page)) == 30
    assert page.locator(".strip").count() == 30 and page.locator(".card:visible").count() == 30
    assert page.locator(".block:visible").count() == 300
    assert not page.locator("#find").is_visible() and page.locator("button:visible").count() == 0
    page.locator(".card summary").nth(2).click()
    assert page.locator(".card[open]").count() >= 1


def test_a_long_table_waits(view: Open) -> None:
    """Twenty rows, the others on request or when a search finds them."""
    page = view(many(300))
    assert len(rows(page)) == 20
    page.get_by_role("button", name="Show 10 more").click()
    assert len(rows(page)) == 30
    again = view(many(300), at="#q=d29")
    assert rows(again) == ["d29"]


def test_what_changed_is_open_and_first(view: Open) -> None:
    """A pull request's page begins with before and after."""
    change = Change(
        base="f" * 40,
        differences=(
            Difference(kind="deliverable", state="changed", name="host", before="stay -0.70", after="unclear -0.46"),
        ),
    )
    page = view(structs.replace(REPORT, change=change))
    assert "host: stay -0.70 -> unclear -0.46" in page.locator(".changed").inner_text()
    assert page.locator("main > section").first.get_attribute("class") == "changed"


def test_the_rest_of_the_report(view: Open) -> None:
    """Notices, skipped files, what was not judged and what was left out are below, with reasons."""
    page = view()
    for summary in page.locator("details.tail > summary").all():
        summary.click()
    text = page.locator("main").inner_text()
    for said in (
        "go.mod names Go 1.99, which is newer than this langfit.",
        "2 files, larger than --max-size: a b.go, codec/big.go",
        "go/format-in-loop, 1 place, by a comment: measured: 0.1% of the time",
        "tests, benchmarks and examples: 9 files, such as codec/enc_test.go",
        "codec/odd.go:9: 12% of it does not parse",
    ):
        assert said in text


def test_areas_are_lines(view: Open) -> None:
    """Each rectangle has the area of the lines that are its own, and modules are inside their crate."""
    page = view()
    shown = page.evaluate(
        "[...document.querySelectorAll('#map rect')].map(r => [r.getAttribute('aria-label').split(': ')[0],"
        " r.getAttribute('width') * r.getAttribute('height')])"
    )
    own = {"codec": 1700, "host": 900, "transcode": 900, "tools": 510, "operator": 400, "operator::api": 300}
    whole = sum(area for _, area in shown)
    assert {name for name, _ in shown} == {*own}
    for name, area in shown:
        assert area == pytest.approx(own[name] * whole / sum(own.values()), rel=1e-6)


def test_five_thousand_components_and_findings(view: Open) -> None:
    """As many are all on the map and can be searched, and memory stays small."""
    page = view(many(MANY, MANY))
    assert page.locator("#map rect").count() == MANY
    page.locator("#text").fill("m/c3/f96.go")
    see(page.locator(".block:visible")).to_have_count(1)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {row["name"]: row["value"] for row in session.send("Performance.getMetrics")["metrics"]}
    assert metrics["JSHeapUsedSize"] < 100e6


def test_hostile_names_are_text(view: Open) -> None:
    """Every name is shown as it is, cleaned, and makes no element and no link, on the screen and on paper."""
    page = view(HOSTILE_REPORT)
    kinds = page.evaluate("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))].sort()")
    assert not {"img", "iframe", "object", "embed", "link", "base"} & {*kinds}
    assert page.evaluate("document.scripts.length") == 1
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    assert page.locator("a[href]:not([href^='#'])").count() == 0
    shown = set(page.locator(".card").evaluate_all("all => all.map(e => e.dataset.name)"))
    assert shown == {sanitize.clean(name) for name in NAMES}
    for position in range(len(NAMES)):
        page.locator("#table tbody th a").nth(position).evaluate("link => link.click()")
        assert page.locator("details.current").count() == 1


def test_names_that_are_one_once_cleaned(view: Open) -> None:
    """Two cards with one name are still two, and each row leads to its own."""
    items = tuple(deliverable(name, advice=Advice("stay", "fits", name)) for name in ("a\x1b", "a\x9b"))
    page = view(structs.replace(REPORT, deliverables=items))
    for position in range(2):
        page.locator("#table tbody th a").nth(position).click()
        assert page.locator("details.current").get_attribute("id") == f"card-{position}"


def test_a_report_without_deliverables(view: Open) -> None:
    """A tree without Go or Rust says so, and shows neither table nor map."""
    page = view(structs.replace(REPORT, deliverables=(), findings=(), components=(), sentence="Nothing here ships."))
    assert page.get_by_text("Nothing here ships.").is_visible()
    assert page.locator("#map, #table").count() == 0


def test_a_cut_that_exists_is_framed(view: Open) -> None:
    """What is separate already looks unlike what could be cut out."""
    item = structs.replace(DELIVERABLES[1], cuts=(structs.replace(CUT, status="exists"),))
    page = view(structs.replace(REPORT, deliverables=(item,)))
    assert page.locator(".strip rect.exists").count() == 1
    assert "a kernel that is separate already" in page.locator(".legend").inner_text()
