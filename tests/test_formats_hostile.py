"""Names from a hostile repository: no format lets one of their bytes act."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from msgspec import structs

from golden.report import CUT, DELIVERABLES, FINDINGS, KERNEL, REPORT, RULES, component
from langfit import formats
from langfit.formats import markdown, sanitize
from langfit.model.report import Change, Difference, Join, Report, Suppressed, SyntaxError, Twin
from langfit.model.repository import LeftOut, Skipped

NAMES = (
    "x\n::error::PWNED\n.go",
    "\r\n  ::set-output name=a::b",
    "\x1b]0;owned\x07\x1b[2J.go",
    "##[error]PWNED",
    "100%0A::warning::x,title=a:b",
    "a|b|c\\|d",
    "``` ` `` `",
    "[x](https://evil.example/y)",
    "![i](https://evil.example/i.png)",
    "[run](javascript:alert(1))",
    "[evidence](1)",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u202egnp.og\u2066\u200f",
    "caf\udce9\udcff.go",
    "\u2028::error::sep\u0085::error::nel",
    "__proto__ **bold** _it_ ~~gone~~ # h",
    "https://evil.example www.evil.example @team",
    "-leading --flag",
    "\x9b31m\x7f\x00",
    "\U000e0041hidden\ufeff",
    " ",
    "=cmd|' /C calc'!A0",
)


def _hostile_report() -> Report:
    """The hand-made report with every name and every text taken over by the list above."""
    items, findings, components = [], [], []
    for number, name in enumerate(NAMES):
        row = structs.replace(KERNEL, title=f"Title {name}", path=name, amount=name, rule=f"go/{number}", code=name)
        cut = structs.replace(CUT, root=name, files=(name,), functions=(name,), why=name, component=name, path=name)
        items.append(
            structs.replace(
                DELIVERABLES[number % 2],
                name=name,
                root=name,
                path=name,
                components=(name,),
                own=(name,),
                advice=structs.replace(DELIVERABLES[number % 2].advice, sentence=f"`{name}` and {name}."),
                first=(name, f"`{name}`"),
                refute=name,
                cost=(name,),
                for_=(row,),
                against=(row,),
                cuts=(cut,),
                joins=(Join(name, "process", name, 1),),
                lacking=(),
                twin=structs.replace(TWIN, name=name, source=name),
                suppressed=name if number % 5 == 4 else "",
                fingerprint=f"{number:016x}:1",
            )
        )
        findings.append(
            structs.replace(
                FINDINGS[0], rule=f"go/{number}", component=name, path=name, message=name, function=name, code=name
            )
        )
        components.append(component(name, path=name, why=name, against=(row,), deliverables=(name,)))
    hostile_rule = structs.replace(RULES[0], why=NAMES[0] + NAMES[7] + NAMES[10], title=NAMES[2])
    return structs.replace(
        REPORT,
        source=structs.replace(
            REPORT.source, path=NAMES[0], name=NAMES[11], branch=NAMES[3], remote="https://example.com/" + NAMES[2]
        ),
        sentence=NAMES[7],
        components=tuple(components),
        deliverables=tuple(items),
        findings=tuple(findings),
        rules=(hostile_rule, *RULES[1:]),
        skipped=tuple(Skipped(name, "too-big") for name in NAMES),
        syntax_errors=tuple(SyntaxError(name, 1, 0.1, name) for name in NAMES),
        left_out=tuple(LeftOut("test", 1, (name,)) for name in NAMES),
        notices=NAMES,
        suppressed=tuple(Suppressed(finding, finding.message, "external") for finding in findings),
        change=Change(
            base="f" * 40,
            differences=tuple(
                Difference(kind="cut", state="changed", name=name, before=name, after=name, path=name) for name in NAMES
            ),
            new=tuple(item.fingerprint for item in items),
        ),
    )


TWIN = Twin("", "go", "")
HOSTILE_REPORT = _hostile_report()
OPTIONS: tuple[dict[str, object], ...] = ({}, {"show": "all"}, {"show": "all", "width": 40})
INVISIBLE = {"Cc", "Cs", "Zl", "Zp", "Co", "Cn"}


def _rendered() -> list[tuple[str, str]]:
    return [(name, formats.render(name, HOSTILE_REPORT, **options)) for name in formats.names() for options in OPTIONS]


@pytest.mark.parametrize(("name", "text"), _rendered(), ids=lambda value: value if len(value) < 20 else "")
def test_no_character_acts(name: str, text: str) -> None:
    """No control, bidirectional, invisible or surrogate character leaves any format, newline apart."""
    bad = {c for c in text if c != "\n" and (unicodedata.category(c) in INVISIBLE or unicodedata.bidirectional(c) in (
        "RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"))}  # fmt: skip
    assert bad | ({*text} & {"\u200e", "\u200f", "\u061c", "\ufeff", "\U000e0041"}) == set()
    text.encode("utf-8")


@pytest.mark.parametrize(("name", "text"), _rendered(), ids=lambda value: value if len(value) < 20 else "")
def test_no_line_is_a_command(name: str, text: str) -> None:
    """A GitHub runner finds no command in any line, those apart that the github format means."""
    assert "##[" not in text
    commands = [line for line in text.split("\n") if line.lstrip().startswith("::")]
    if name == "github":
        assert len(commands) == len(text.splitlines())
        assert all(re.match(r"::(warning|notice) [^:]*::", line) for line in commands)
        assert {re.split(r"[ ,=]", line)[0] for line in commands} == {"::warning", "::notice"}
    else:
        assert commands == []


def test_colour_keeps_only_its_own_sequences() -> None:
    """With colour on, the only escape sequences are colours; those in names are gone."""
    text = formats.render("text", HOSTILE_REPORT, colour=True, show="all")
    assert "\x1b" in text and "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert not {"\x07", "\x9b", "\x7f", "\x00", "\r"} & {*text}


def test_github_properties_hold_no_separator() -> None:
    """A name adds neither a property nor an end to the properties of an annotation."""
    for line in formats.render("github", HOSTILE_REPORT).splitlines():
        head = line.split("::")[1].split(" ", 1)[1]
        keys = [pair.split("=", 1)[0] for pair in head.split(",")]
        assert keys in (["file", "line", "title"], ["file", "line", "endLine", "col", "endColumn", "title"], ["title"])


@pytest.mark.parametrize("show", ["briefing", "all"])
def test_markdown_holds_no_markup_of_others(show: str) -> None:
    """Rendered as GitHub-flavoured Markdown, no name becomes a link, an image, emphasis, a heading or HTML."""
    text = formats.render("markdown", HOSTILE_REPORT, show=show)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inline)}
    assert not kinds & {"link_open", "image", "em_open", "s_open", "html_block", "fence", "code_block", "hr"}
    assert {token.content for token in inline if token.type == "html_inline"} <= {"<code>", "</code>"}
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    assert len(rows) == (22 if show == "briefing" else len(NAMES) + 2)
    assert not re.search(r"(?<!`)https?://evil", re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text))


@pytest.mark.parametrize("name", NAMES)
def test_markdown_escape_shows_the_text_itself(name: str) -> None:
    """Escaped text and code spans read, once rendered, as the cleaned name and nothing else."""
    shown = sanitize.clean(name).strip()
    inline = MarkdownIt("commonmark").enable("table").renderInline
    assert _text(inline(markdown.escape(name))).strip() == shown
    assert _text(inline(markdown.cell(name))).strip() == shown
    if shown:
        assert _text(inline(markdown.code(name))).strip() == shown


def _text(html: str) -> str:
    parts: list[str] = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = parts.append  # type: ignore[method-assign, assignment]
    parser.feed(html)
    parser.close()
    return "".join(parts)


@pytest.mark.parametrize("name", ["sarif", "sarif-full"])
def test_sarif_messages_hold_no_links_of_others(name: str) -> None:
    """The only links in messages are those to evidence, also for readers that do not know backslashes."""
    run = json.loads(formats.render(name, HOSTILE_REPORT))["runs"][0]
    strict = re.compile(r"(?<!\\)(?:\\\\)*\[((?:[^\[\]\\]|\\.)*)\]\(([^)]*)\)")
    simple = re.compile(r"\[([^\]]*)\]\(([^)]+)\)")
    for result in run["results"]:
        text = result["message"]["text"]
        own = [str(location["id"]) for location in result.get("relatedLocations", ())]
        linked = own if result["ruleId"].startswith("langfit/") else []
        assert [match[2] for match in strict.finditer(text)] == linked
        assert {match[2] for match in simple.finditer(text)} <= {*linked}


def test_markdown_in_sarif_holds_no_markup_of_others() -> None:
    """The Markdown of messages has the emphasis, the list and the code of langfit, and nothing from names."""
    run = json.loads(formats.render("sarif-full", HOSTILE_REPORT))["runs"][0]
    for result in run["results"]:
        tokens = MarkdownIt("commonmark").enable("strikethrough").parse(result["message"]["markdown"])
        inline = [child for token in tokens for child in token.children or ()]
        kinds = {token.type for token in (*tokens, *inline)}
        assert not kinds & {
            "link_open", "image", "em_open", "s_open", "html_block", "html_inline", "fence", "code_block", "hr",
            "heading_open", "blockquote_open", "ordered_list_open",
        }  # fmt: skip
        strong = [inline[n + 1].content for n, token in enumerate(inline) if token.type == "strong_open"]
        assert not {*strong} & {sanitize.clean(name) for name in NAMES}


@pytest.mark.parametrize("name", ["json", "gitlab", "sonar", "sarif", "sarif-full"])
def test_json_can_stand_in_a_script(name: str) -> None:
    """No string in JSON ends the script, or opens the comment, of an HTML page that holds it."""
    text = formats.render(name, HOSTILE_REPORT)
    assert "</" not in text and "<!" not in text and "</script>" in json.dumps(json.loads(text))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gitlab", lambda read: {entry["description"] for entry in read}),
        ("sonar", lambda read: {issue["primaryLocation"]["message"] for issue in read["issues"]}),
    ],
)
def test_descriptions_are_cleaned_and_paths_are_not(name: str, said: Callable[[Any], set[str]]) -> None:
    """A reader sees cleaned text; a dashboard gets the path as it is, since it looks the file up by it."""
    read = json.loads(formats.render(name, HOSTILE_REPORT))
    shown = "\n".join(said(read))
    assert all(sanitize.clean(item.name) in shown for item in HOSTILE_REPORT.deliverables if not item.suppressed)
    entries = read if name == "gitlab" else read["issues"]
    paths = {e["location"]["path"] if name == "gitlab" else e["primaryLocation"]["filePath"] for e in entries}
    assert paths == {re.sub("[\ud800-\udfff]", "\ufffd", name) for name in NAMES}


class _Tags(HTMLParser):
    """The elements and attributes of a page, and the text of its scripts. `noscript` is read like the rest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.scripts: list[str] = []
        self._script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(key, value or "") for key, value in attrs}
        self._script = tag == "script"
        if self._script:
            self.scripts.append("")

    def handle_endtag(self, _tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data


def test_html_holds_no_markup_of_others() -> None:
    """A hostile report has the elements of the plain one, and its only links are those inside of the page."""
    plain, hostile = (_Tags(formats.render("html", report)) for report in (REPORT, HOSTILE_REPORT))
    assert hostile.tags <= plain.tags | {"fieldset", "legend"}
    assert hostile.scripts == plain.scripts and len(plain.scripts) == 1
    keys = {key for key, _ in hostile.attributes}
    assert "style" not in keys and not [key for key in keys if key.startswith("on")]
    links = [value for key, value in hostile.attributes if key in ("href", "src", "action")]
    assert all(re.fullmatch(r"#card-\d+", link) for link in links)


def test_json_gives_every_name_back() -> None:
    """What is escaped in JSON comes back as it was; only bytes that are not UTF-8 are lost."""
    report = json.loads(formats.render("json", HOSTILE_REPORT))
    found = {item["name"] for item in report["deliverables"]}
    assert found == {re.sub("[\ud800-\udfff]", "\ufffd", name) for name in NAMES}
