"""The HTML page in a browser, as a person uses it: by mouse, by keyboard, in the dark, on paper, and under attack."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from golden.report import FINDINGS, REPORT, VERDICTS, component
from test_formats_hostile import HOSTILE_REPORT, NAMES

from langfit import formats
from langfit.formats import door
from langfit.model import Answer, Report, Span

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


def opened(page: Page, name: str) -> None:
    """The page of this component is open and has the focus."""
    see(page.locator("#verdict-title")).to_have_text(name)
    see(page.locator("#verdict-title")).to_be_focused()


def closed(page: Page) -> None:
    """No page of a component is open, nor named in the address."""
    see(page.locator("#verdict-title")).to_have_count(0)
    assert "#" not in page.url


def names(page: Page) -> list[str]:
    """The components of the table, from top to bottom."""
    return page.locator("#rows tr th").all_inner_texts()


def tiles(page: Page) -> list[str]:
    """The components of the map."""
    return [label.partition(":")[0] for label in page.locator("#map [role=button]").evaluate_all("all => all.map(e => e.ariaLabel)")]


def tile(page: Page, name: str) -> Any:
    """The rectangle of a component."""
    return page.locator(f'#map [aria-label^="{name}:"]')


def focused(page: Page) -> str:
    """The label or text of what has the focus."""
    text: str = page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText.trim()")
    return text


def many(count: int, findings: int) -> Report:
    """A report of as many components, in modules of fifty, with as many findings, all on one of them."""
    answers: tuple[Answer, ...] = ("stay", "unclear", "move", "split")
    verdicts, parts, lines = [], [], {}
    for n in range(count):
        name, above = f"m{n - n % 50}/c{n}", f"m{n - n % 50}/c{n - n % 50}"
        own = 100 + n * 7919 % 5003
        lines[name] = own
        if name == above:
            lines[name] += sum(100 + k * 7919 % 5003 for k in range(n + 1, min(n + 50, count)))
        parts.append(msgspec.structs.replace(component(name, "go", f"{name}/x.go"), parent="" if name == above else above))
        verdicts.append(
            msgspec.structs.replace(
                VERDICTS[n % 4], component=name, language="go", answer=answers[n % 4], lines=lines[name], lean=n % 201 / 100 - 1
            )
        )
    found = tuple(
        msgspec.structs.replace(FINDINGS[n % 3], component="m0/c3", path=f"m0/c3/f{n % 97}.go", span=Span(n + 1, 1, n + 1, 2))
        for n in range(findings)
    )
    return msgspec.structs.replace(REPORT, components=tuple(parts), verdicts=tuple(verdicts), findings=found, lines=lines)


def test_a_click_opens_the_page_of_a_verdict(view: Open) -> None:
    """The map shows all components; a click tells everything about one, and Escape goes back to where one was."""
    page = view(msgspec.structs.replace(REPORT, remote="git@github.com:acme/acme.git"))
    assert tiles(page) == ["api", "codec", "host", "tools"] == names(page)
    tile(page, "codec").click()
    opened(page, "codec")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("h3").all_inner_texts() == [
        "Evidence for Rust", "Roles it plays", "Consider first", "A possible seam", "What a move would touch",
        "What would refute this", "Not looked at", "Findings",
    ]  # fmt: skip
    text = dialog.inner_text()
    for said in (
        "A kernel of 2 files in codec may be better served by Rust",
        "+0.43", "71%", "2,600",
        "Formatting in a hot loop (supporting, memory): 12 places in 4 files, 3.4 per 1,000 lines; look at codec/enc.go:7",
        "kernel: go/numeric-kernel",
        "6 calls would cross it, 1 of them matched by name alone; no callback",
        "no known equivalent: github.com/acme/only-go",
        "A CPU profile in which the kernel holds less than 20% of the time.",
        "1 file was skipped",
        "Tight arithmetic loops over slices gain from vector instructions.",
        "codec/fft.go:20 in run", "Transform is mostly arithmetic [62%]",
    ):  # fmt: skip
        assert said in text
    links = dialog.locator("a").evaluate_all("all => all.map(link => link.href)")
    assert f"https://github.com/acme/acme/blob/{REPORT.revision}/codec/fft.go#L20" in links
    page.keyboard.press("Escape")
    closed(page)
    assert focused(page).startswith("codec: split")


def test_hover_tells_name_answer_lean_and_confidence(view: Open) -> None:
    """The tip follows the mouse, and goes with it."""
    page = view()
    tile(page, "host").hover()
    assert page.locator("#tip").inner_text() == "host\nstay, lean \u22120.80, 90% sure, 900 lines"
    page.locator("h1").hover()
    assert not page.locator("#tip").is_visible()


@pytest.mark.parametrize(
    ("act", "left"),
    [
        pytest.param(lambda page: page.locator(".chip", has_text="stay").click(), ["api", "codec", "tools"], id="answer"),
        pytest.param(lambda page: page.get_by_label("Language").select_option("rust"), ["api"], id="language"),
        pytest.param(lambda page: page.get_by_label("Name contains").fill(" OO "), ["tools"], id="name"),
        pytest.param(lambda page: page.get_by_label("Lines, at least").fill("700"), ["api", "codec", "host"], id="lines"),
        pytest.param(lambda page: page.get_by_label("Name contains").fill("zzz"), [], id="nothing"),
    ],
)
def test_filters(view: Open, act: Callable[[Page], None], left: list[str]) -> None:
    """Each filter takes components off the map and the table alike, says how many are left, and can be undone."""
    page = view()
    act(page)
    assert tiles(page) == names(page) == left
    assert page.get_by_role("status").inner_text().startswith(f"Showing {len(left)} of 4 components")
    assert page.locator("#nothing").is_visible() == (not left)
    page.get_by_role("button", name="Reset").click()
    see(page.locator("#rows tr")).to_have_count(4)
    assert "4,710 of 4,710 lines" in page.get_by_role("status").inner_text()


def test_counts_of_answers_follow_the_other_filters(view: Open) -> None:
    """The number beside an answer is how many it would add under the other filters."""
    page = view()
    page.get_by_label("Language").select_option("go")
    page.locator(".chip", has_text="split").click()
    assert [text.split() for text in page.locator(".chip").all_inner_texts()] == [
        ["move", "0"], ["split", "1"], ["stay", "1"], ["unclear", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        ("Component", ["api", "codec", "host", "tools"], ["tools", "host", "codec", "api"]),
        ("Lean", ["host", "api", "tools", "codec"], ["codec", "tools", "api", "host"]),
        ("Lines", ["tools", "api", "host", "codec"], ["codec", "host", "api", "tools"]),
        ("Sure", ["tools", "api", "codec", "host"], ["host", "codec", "api", "tools"]),
        ("Findings", ["api", "tools", "host", "codec"], ["codec", "host", "api", "tools"]),
    ],
)
def test_the_table_sorts(view: Open, column: str, up: list[str], down: list[str]) -> None:
    """A click on a heading sorts by it, another one the other way round, and it says so to a screen reader."""
    page = view()
    head = page.get_by_role("columnheader", name=column)
    for _ in range(2):
        head.get_by_role("button").click()
        order = {"ascending": up, "descending": down}[head.get_attribute("aria-sort") or ""]
        assert names(page) == order
    assert page.locator("[aria-sort]").count() == 1


def test_by_keyboard_alone(view: Open) -> None:
    """Tab goes through filters, map and table, with a ring on each; Enter opens, Escape comes back."""
    page = view()
    stops: list[str] = []
    while len(stops) < 20:
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.value || ''") or focused(page))
        ring = page.evaluate(
            "(() => { const at = document.activeElement, seen = at.closest('.chip') ?? at;"
            " return at.matches('#map *') ? !!document.querySelector('.ring').getAttribute('d')"
            " : getComputedStyle(seen).outlineStyle !== 'none'; })()"
        )
        assert ring, stops[-1]
    assert stops[:8] == ["move", "split", "stay", "unclear", "text", "language", "lines", "Reset"]
    assert stops[8].startswith("api: move")
    assert stops[9:20] == ["Answer", "Component", "Lines", "In", "Lean", "Sure", "Findings", "api", "codec", "host", "tools"]
    page.locator("#rows a").nth(1).focus()
    page.keyboard.press("Enter")
    opened(page, "codec")
    page.keyboard.press("Tab")
    assert focused(page) == "Close"
    page.keyboard.press("Enter")
    closed(page)
    see(page.locator("#rows a").nth(1)).to_be_focused()


def test_arrows_reach_every_tile(view: Open) -> None:
    """From any tile, arrow keys lead to any other; Home and End to the first and last; Enter and Space open."""
    page = view(many(40, 0))
    everything = set(tiles(page))
    tile(page, "m0/c2").focus()
    seen, waiting = set(), ["m0/c2"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"):
            tile(page, name).focus()
            page.keyboard.press(key)
            waiting.append(focused(page).partition(":")[0])
    assert seen == everything
    page.keyboard.press("End")
    assert focused(page).partition(":")[0] == tiles(page)[-1]
    page.keyboard.press("Home")
    first = tiles(page)[0]
    assert focused(page).partition(":")[0] == first
    for key in ("Enter", " "):
        page.keyboard.press(key)
        opened(page, first)
        page.keyboard.press("Escape")
        closed(page)
        assert focused(page).partition(":")[0] == first


def test_deep_links(view: Open) -> None:
    """An address with a component opens its page, back closes it, and one that is not there is said."""
    page = view(at="#codec")
    opened(page, "codec")
    page.keyboard.press("Escape")
    closed(page)
    page.locator("#rows a", has_text="host").click()
    opened(page, "host")
    assert page.url.endswith("#host")
    page.go_back()
    closed(page)
    for wrong in ("#nobody", "#%E0%A4%A"):
        lost = view(at=wrong)
        assert f"There is no component {wrong[1:]} in this report." in lost.get_by_role("status").inner_text()


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
    ratio(parse(getComputedStyle(node).fill), parse(node.getAttribute("stroke")))]);
  return [...text, ...labels];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(view: Open, scheme: str) -> None:
    """Every text, labels on the map included, stands out from what is behind it, in light and in the dark."""
    page = view(many(60, 0), color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 21, 24)"
    assert dark == (scheme == "dark")
    rows = page.evaluate(CONTRAST)
    assert sum(name.startswith("label") for name, _ in rows) >= 60 and len(rows) > 300
    fills = page.evaluate(
        "[...document.querySelectorAll('#map text.name')].map(t => [t.getAttribute('stroke'), document.elementsFromPoint("
        "t.getBoundingClientRect().x + 1, t.getBoundingClientRect().y + 4).find(e => e.matches?.('rect.tile'))?.getAttribute('fill')])"
    )
    assert all(halo == fill for halo, fill in fills if fill) and sum(bool(fill) for _, fill in fills) > 10
    tile(page, "m0/c3").click()
    opened(page, "m0/c3")
    rows += page.evaluate(CONTRAST)
    assert [row for row in rows if row[1] < ENOUGH] == []


def test_the_map_is_redrawn_when_it_gets_dark(view: Open) -> None:
    """Colours of tiles follow the scheme while the page is open, and its width too."""
    page = view()
    before = tile(page, "codec").get_attribute("fill")
    page.emulate_media(color_scheme="dark")
    see(tile(page, "codec")).not_to_have_attribute("fill", before)
    page.set_viewport_size({"width": 390, "height": 800})
    see(page.locator("#map")).to_have_attribute("viewBox", re.compile(r"0 0 3[0-9]{2} "))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper(view: Open) -> None:
    """Printed from the dark: the table, then the pages that ask for something, the rest of the report; no controls."""
    page = view(msgspec.structs.replace(many(120, 0), skipped=REPORT.skipped), color_scheme="dark")
    page.emulate_media(media="print")
    see(page.locator("#paper tbody tr")).to_have_count(120)
    see(page.locator("#paper article")).to_have_count(60)
    shown = page.locator("#paper tbody tr, #paper article h2").evaluate_all("all => all.map(e => e.tagName)")
    assert shown == ["TR"] * 120 + ["H2"] * 60
    assert page.locator("#paper article").first.is_visible()
    for control in ("#filters", "#map", "#table", "#legend"):
        assert not page.locator(control).is_visible()
    assert page.locator("button:visible, input:visible, select:visible").count() == 0
    assert page.get_by_text("larger than --max-size").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert [row for row in page.evaluate(CONTRAST) if row[1] < ENOUGH] == []
    page.emulate_media(media="screen")
    see(page.locator("#paper *")).to_have_count(0)
    assert page.locator("#map").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_without_javascript(view: Open) -> None:
    """The table, the pages that ask for something and the rest are there; controls that would do nothing are not."""
    page = view(java_script_enabled=False)
    assert page.locator("noscript tbody tr").count() == 4 and page.locator("article").count() == 2
    assert page.locator("article").first.is_visible() and page.locator("noscript table").is_visible()
    assert not page.locator("#filters").is_visible() and page.locator("summary:visible").count() == 3


def test_the_rest_of_the_report(view: Open) -> None:
    """Notices, skipped files and what was left out stand below, with reasons; findings without a verdict too."""
    page = view(msgspec.structs.replace(REPORT, verdicts=VERDICTS[1:]))
    for summary in page.locator("details.tail > summary").all():
        summary.click()
    text = page.locator("main").inner_text()
    for said in (
        "go.mod names Go 1.99, which is newer than this langfit.",
        "2 files, too-big (larger than --max-size): a b.go, codec/big.go",
        "codec/enc.go:7:9: fmt.Sprintf allocates on every turn of this loop; left out because: measured: 0.1% of the time",
    ):
        assert said in text
    page.locator("#strays summary", has_text="A numeric kernel").click()
    see(page.locator("#strays")).to_contain_text("codec/fft.go:20 in run")


def test_areas_are_lines_and_parts_stand_inside(view: Open) -> None:
    """Each rectangle has the area of the lines that are its own, and the parts of a component stand together."""
    report = many(400, 0)
    page = view(report)
    shown = page.evaluate(
        "[...document.querySelectorAll('#map rect.tile')].map(r => [r.ariaLabel.split(':')[0],"
        " +r.getAttribute('x'), +r.getAttribute('y'), +r.getAttribute('width'), +r.getAttribute('height')])"
    )
    own = {f"m{n - n % 50}/c{n}": 100 + n * 7919 % 5003 for n in range(400)}
    assert {row[0] for row in shown} == {*own}
    width, height = page.evaluate("[map.viewBox.baseVal.width, map.viewBox.baseVal.height]")
    area = width * height / sum(own.values())
    for name, _, _, w, h in shown:
        assert w * h == pytest.approx(own[name] * area, rel=1e-6)
    corners = [(x, y, x + w, y + h) for _, x, y, w, h in shown]
    assert min(c[0] for c in corners) > -1e-6 and max(c[2] for c in corners) < width + 1e-6
    assert min(c[1] for c in corners) > -1e-6 and max(c[3] for c in corners) < height + 1e-6
    modules: dict[str, list[tuple[str, float, float, float, float]]] = {}
    for row in shown:
        modules.setdefault(row[0].split("/")[0], []).append(row)
    for rows in modules.values():
        box = (max(r[1] + r[3] for r in rows) - min(r[1] for r in rows)) * (max(r[2] + r[4] for r in rows) - min(r[2] for r in rows))
        assert box == pytest.approx(sum(r[3] * r[4] for r in rows), rel=1e-6)


def test_five_thousand_components_and_findings(view: Open) -> None:
    """As many are all on the map, the rest is built when asked for, and memory stays small."""
    page = view(many(MANY, MANY))
    assert page.locator("#map rect.tile").count() == MANY
    assert page.locator("#rows tr").count() == 100
    page.get_by_role("button", name="Show 500 more of 4,900").click()
    assert page.locator("#rows tr").count() == 600 and focused(page) == names(page)[100]
    page.get_by_label("Name contains").fill("m0/c3")
    assert len(names(page)) == 11 and names(page)[-1] != "m0/c3"
    page.locator("#rows a", has_text="m0/c3").first.click()
    page.goto(page.url.partition("#")[0] + "#m0%2Fc3")
    opened(page, "m0/c3")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("details").count() == 3 and dialog.locator(".places li").count() == 0
    dialog.locator("summary").first.click()
    dialog.locator(".places li").first.wait_for()
    assert dialog.locator(".places li").count() == 100
    dialog.get_by_role("button", name="Show 100 of 1,566 more").click()
    assert dialog.locator(".places li").count() == 200
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {row["name"]: row["value"] for row in session.send("Performance.getMetrics")["metrics"]}
    assert metrics["JSHeapUsedSize"] < 100e6
    assert page.evaluate("document.querySelectorAll('*').length") < 20_000


def test_hostile_names_are_text(view: Open) -> None:
    """Opened one by one, every name is shown as it is, cleaned, and makes no element and no link."""
    page = view(HOSTILE_REPORT)
    kinds = "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))].sort()"
    assert not {"img", "iframe", "b-", "object", "embed", "link", "base"} & {*page.evaluate(kinds)}
    assert page.evaluate("document.scripts.length") == 2
    shown = set()
    for n in range(len(NAMES)):
        link = page.locator("#rows a").nth(n)
        link.evaluate("link => link.click()")
        dialog = page.locator("dialog")
        see(page.locator("#verdict-title")).to_be_focused()
        shown.add(page.locator("#verdict-title").evaluate("e => e.textContent"))
        dialog.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        assert dialog.locator("a[href]").count() == 0
        assert dialog.locator("img, script, iframe").count() == 0
        page.keyboard.press("Escape")
        closed(page)
    assert shown == {door.clean(name) for name in NAMES}
    page.emulate_media(media="print")
    see(page.locator("#paper article")).to_have_count(len(NAMES))
    assert page.locator("#paper img, #paper script, #paper a").count() == 0


def test_a_report_without_components(view: Open) -> None:
    """A tree without Go or Rust says so, and shows no empty map."""
    page = view(msgspec.structs.replace(REPORT, verdicts=(), findings=(), components=()))
    assert page.get_by_text("No component to judge").is_visible()
    assert not page.locator("#map").is_visible()
