"""The HTML page as text: its policy, its data, its links, and where each component stands. tests/test_page.py opens
it in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import msgspec
import pytest
from golden.report import REPORT, VERDICTS, component

from langfit import formats
from langfit.formats.forge import forge_of, name_of
from langfit.formats.page_data import owners_of, tiles_of
from langfit.model import Component, Report, Verdict

REVISION = REPORT.revision


def data_of(text: str) -> Any:
    """The data block of a page."""
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_policy_allows_this_script_and_this_style_only() -> None:
    """The hashes of the policy are those of the one script and the one style; nothing may be loaded."""
    text = formats.render("html", REPORT)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    rows = dict(row.strip().split(" ", 1) for row in policy[1].replace("&#39;", "'").split(";"))

    def digest(tag: str) -> str:
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"

    assert rows == {
        "default-src": "'none'",
        "script-src": digest("script"),
        "style-src": digest("style"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", text)


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://github.com/acme/acme", "https://github.com/acme/acme/blob/{rev}/a/b.go#L"),
        ("https://github.com/acme/acme.git", "https://github.com/acme/acme/blob/{rev}/a/b.go#L"),
        ("github.com:acme/acme.git", "https://github.com/acme/acme/blob/{rev}/a/b.go#L"),
        ("git@github.com:acme/acme.git", "https://github.com/acme/acme/blob/{rev}/a/b.go#L"),
        ("ssh://github.com:22/acme/acme.git", "https://github.com/acme/acme/blob/{rev}/a/b.go#L"),
        ("https://github.example.com:8443/acme/acme/", "https://github.example.com:8443/acme/acme/blob/{rev}/a/b.go#L"),
        ("gitlab.com:group/sub/acme.git", "https://gitlab.com/group/sub/acme/-/blob/{rev}/a/b.go#L"),
        ("https://gitlab.example.org/group/acme", "https://gitlab.example.org/group/acme/-/blob/{rev}/a/b.go#L"),
        ("https://bitbucket.org/acme/acme", "https://bitbucket.org/acme/acme/src/{rev}/a/b.go#lines-"),
        ("https://codeberg.org/acme/acme.git", "https://codeberg.org/acme/acme/src/commit/{rev}/a/b.go#L"),
        ("https://example.com/acme/acme", None),
        ("https://notgithub.com/acme/acme", None),
        ("https://github.com.evil.example/acme/acme", None),
        ("https://github.com/../acme", None),
        ("https://github.com/acme", None),
        ("javascript://github.com/acme/acme", None),
        ("https://github.com/acme/ac me", None),
        ("https://github.com/acme/acme\n", None),
        ("/srv/git/acme.git", None),
        ("", None),
    ],
)
def test_links_of_forges(remote: str, url: str | None) -> None:
    """A remote of a known forge gives the address of a file at the revision, any other gives none."""
    forge = forge_of(remote, REVISION)
    assert (forge and forge.url("a/b.go") + forge.mark) == (url and url.format(rev=REVISION))


def test_no_link_without_a_revision_nor_out_of_the_tree() -> None:
    """What was read from disk stands at no revision; a path that climbs is no path of the repository."""
    assert forge_of("https://github.com/acme/acme", None) is None
    forge = forge_of("https://github.com/acme/acme", REVISION)
    assert forge
    assert forge.url("a/../../x") == "" == forge.url("/x")
    assert forge.url("caf\udce9 #?%.go").endswith("/caf%E9%20%23%3F%25.go")


def test_places_are_links_where_the_forge_is_known() -> None:
    """Evidence and findings of a known forge lead to the line, in the data and in the markup; otherwise nothing does."""
    known = formats.render("html", msgspec.structs.replace(REPORT, remote="git@github.com:acme/acme.git"))
    url = f"https://github.com/acme/acme/blob/{REVISION}/codec/fft.go"
    data = data_of(known)
    assert ["codec/fft.go", url] in data["paths"] and data["mark"] == "#L"
    assert f'<a href="{url}#L20" rel="noreferrer"><code>codec/fft.go:20</code></a>' in known
    unknown = formats.render("html", REPORT)
    assert "href" not in unknown.split("<style>")[1].split("</style>")[1].split("<script>")[0]
    assert {url for _, url in data_of(unknown)["paths"]} == {""}


def test_title() -> None:
    """The page is named after the repository where a remote says so, and otherwise after the folder."""
    assert name_of("git@github.com:acme/acme.git") == "acme/acme"
    assert "<h1>acme/acme</h1>" in formats.render("html", REPORT)
    assert "<h1>acme</h1>" in formats.render("html", msgspec.structs.replace(REPORT, remote=""))


def verdict(name: str, lines: int, language: str = "go") -> Verdict:
    return msgspec.structs.replace(VERDICTS[1], component=name, lines=lines, language=language)


def part(name: str, parent: str, language: str = "go") -> Component:
    return msgspec.structs.replace(component(name, language, name), parent=parent)


@pytest.mark.parametrize(
    ("verdicts", "components", "tiles"),
    [
        pytest.param([("m", 100), ("m/a", 60)], [("m", ""), ("m/a", "m")], [(-1, 40, 1), (0, 60, 0)], id="a part"),
        pytest.param(
            [("m", 100), ("m/a/b", 60)], [("m", ""), ("m/a", "m"), ("m/a/b", "m/a")], [(-1, 40, 1), (0, 60, 0)], id="through one not judged"
        ),
        pytest.param(
            [("m", 100), ("a", 60), ("b", 50)], [("m", ""), ("a", "m"), ("b", "a")], [(-1, 40, 1), (0, 10, 1), (1, 50, 0)], id="a chain"
        ),
        pytest.param([("m", 100), ("m/a", 100)], [("m", ""), ("m/a", "m")], [(-1, 0, 1), (0, 100, 0)], id="nothing of its own"),
        pytest.param([("a", 60)], [("w", ""), ("a", "w")], [(-1, 60, 0)], id="below a workspace"),
        pytest.param([("a", 9), ("b", 9)], [("a", "b"), ("b", "a")], [(-1, 9, 0), (-1, 9, 0)], id="a ring"),
        pytest.param([("a", 9)], [], [(-1, 9, 0)], id="an unknown component"),
    ],
)
def test_every_line_belongs_to_one_tile(
    verdicts: list[tuple[str, int]], components: list[tuple[str, str]], tiles: list[tuple[int, int, int]]
) -> None:
    """A component that is judged inside another takes its lines out of it."""
    found = tiles_of([verdict(*row) for row in verdicts], [part(*row) for row in components])
    assert [(tile.parent, tile.own, tile.parts) for tile in found] == tiles


def test_a_part_in_another_language_stands_alone() -> None:
    """Lines are added up within a language only, so a Rust part takes nothing from the Go module around it."""
    rows = [verdict("m", 100), verdict("m/r", 60, "rust")]
    found = tiles_of(rows, [part("m", ""), part("m/r", "m", "rust")])
    assert [(tile.parent, tile.own) for tile in found] == [(-1, 100), (-1, 60)]


def test_findings_go_to_what_was_judged() -> None:
    """The findings of a small part stand on the page of the component that it was judged with."""
    owners = owners_of([verdict("m", 100)], [part("m", ""), part("m/a", "m"), part("x", "")])
    assert owners == {"m": 0, "m/a": 0, "x": -1}


def test_names_are_cut_to_what_tells_them_apart() -> None:
    """The short name leaves out where the module is; the module itself keeps its last word."""
    parents = {"e.com/o/m/...": "", "e.com/o/m/a/b": "e.com/o/m/...", "krate": "", "krate::x": "krate", ".": "./...", "./...": ""}
    rows = tuple(verdict(name, 9) for name in parents)
    report = msgspec.structs.replace(REPORT, verdicts=rows, components=tuple(part(*row) for row in parents.items()))
    short = {row["name"]: row["short"] for row in data_of(formats.render("html", report))["components"]}
    assert short == {"e.com/o/m/...": "m/...", "e.com/o/m/a/b": "a/b", "krate": "krate", "krate::x": "krate::x", ".": ".", "./...": "./..."}


def test_names_that_look_alike_stay_apart() -> None:
    """Two names that are one once cleaned get two addresses."""
    rows = tuple(verdict(name, 9) for name in ("a\x1b", "a\x9b"))
    names = [row["name"] for row in data_of(formats.render("html", msgspec.structs.replace(REPORT, verdicts=rows)))["components"]]
    assert names == ["a\ufffd", "a\ufffd (2)"]


def test_a_report_of_changes_keeps_findings_without_a_verdict() -> None:
    """With --base a finding may be new while the verdict of its component is not: it is kept as a stray."""
    report: Report = msgspec.structs.replace(REPORT, verdicts=())
    data = data_of(formats.render("html", report))
    assert data["components"] == [] and [row[0] for row in data["findings"]] == [-1, -1, -1]


def test_without_javascript_all_verdicts_and_the_pages_that_ask_for_something_are_there() -> None:
    """The plain form has a row per verdict, a page per move and split, and with `all` a page for every component."""
    rows = REPORT.verdicts + tuple(verdict(f"c{n}", 9) for n in range(3))
    report = msgspec.structs.replace(REPORT, verdicts=rows)
    for show, pages in (("verdicts", 2), ("evidence", 2), ("all", len(rows))):
        plain = formats.render("html", report, show=show).partition("<noscript")[2].partition("</noscript>")[0]
        assert (plain.count("<tr><td>"), plain.count("<article>")) == (len(rows), pages)
        assert "A CPU profile in which the kernel holds less than 20% of the time." in plain
