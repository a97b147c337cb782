"""The HTML page as text: its policy, its links, its strips. tests/test_page.py opens it in a browser."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from msgspec import structs

from golden.report import COMPONENTS, DELIVERABLES, REPORT, component
from langfit import formats
from langfit.formats.forge import forge_of, name_of
from langfit.formats.strips import WIDE, strip_of
from langfit.model.report import Fit

REVISION = REPORT.source.revision


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
    """What was read from disk may be of no commit; a path that climbs is no path of the repository."""
    assert forge_of("https://github.com/acme/acme", None) is None
    assert forge_of("https://github.com/acme/acme", "") is None
    forge = forge_of("https://github.com/acme/acme", REVISION)
    assert forge
    assert forge.url("a/../../x") == "" == forge.url("/x")
    assert forge.url("caf\udce9 #?%.go").endswith("/caf%E9%20%23%3F%25.go")
    assert name_of("git@github.com:acme/acme.git") == "acme/acme"


@pytest.mark.parametrize(
    ("revision", "commit", "linked"),
    [
        pytest.param(REVISION, REVISION, True, id="a revision"),
        pytest.param(None, REVISION, True, id="a clean work tree"),
        pytest.param(None, "", False, id="a changed work tree"),
    ],
)
def test_places_are_links_where_they_can_be_read(revision: str | None, commit: str, linked: bool) -> None:
    """Evidence leads to the line on the forge, if its commit has that line."""
    source = structs.replace(REPORT.source, remote="git@github.com:acme/acme.git", revision=revision, commit=commit)
    text = formats.render("html", structs.replace(REPORT, source=source))
    url = f"https://github.com/acme/acme/blob/{REVISION}/codec/fft.go"
    assert (f'<a href="{url}#L20" rel="noreferrer"><code>codec/fft.go:20</code></a>' in text) is linked


KNOWN = {one.name: one for one in COMPONENTS}


def test_a_strip_is_as_wide_as_its_code() -> None:
    """A cell per component, from what suits Go to what suits Rust, a cut with its state."""
    cells = strip_of(DELIVERABLES[1], KNOWN)
    assert [(cell.shade, cell.cut) for cell in cells] == [("go", ""), ("rust", "coarse")]
    assert sum(cell.wide for cell in cells) == pytest.approx(WIDE, abs=1)
    assert cells[1].wide / cells[0].wide == pytest.approx(1700 / 900, rel=0.01)


def test_thin_cells_become_one() -> None:
    """A thousand small components do not become a thousand slivers, and none of their lines is lost."""
    small = {f"c{n}": component(f"c{n}", lines=1, fit=Fit(None, 0.0, 0.0, "small")) for n in range(1_000)}
    item = structs.replace(DELIVERABLES[1], components=(*small, "codec"), cuts=())
    cells = strip_of(item, small | KNOWN)
    assert [cell.words for cell in cells] == [
        "1000 small components: 1,000 lines, suits either",
        "codec: 1,700 lines, suits Rust",
    ]
    assert sum(cell.wide for cell in cells) == pytest.approx(WIDE, abs=1)


def test_modules_are_part_of_their_crate() -> None:
    """A crate that is linked is one cell; its modules are not counted twice."""
    item = structs.replace(DELIVERABLES[0], components=("operator", "operator::api"))
    assert [cell.words for cell in strip_of(item, KNOWN)] == ["operator: 700 lines, suits Go"]
