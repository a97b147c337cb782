"""One HTML file without network: a map and a table of verdicts, and the page of each, with a plain form of all that
for readers without JavaScript and for paper."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

import jinja2
import msgspec

from langfit.formats import door, forge, page
from langfit.formats.page import Show, Words
from langfit.formats.page_data import PageData, Piece, data_of, pieces
from langfit.model import Report

_WEB = resources.files("langfit.formats") / "web"


def render(report: Report, show: Show = "verdicts") -> str:
    """The page. It holds every verdict, piece of evidence and finding; `show` says whose pages are printed and shown
    without JavaScript: those of each move and split, or with `all` those of every component.

    Its script and style are allowed by their hashes, and nothing else is, so that a name from the scanned repository
    could not act even if it got through as markup.
    """
    data, paths = data_of(report)
    rows = list(zip(page.ranked(report.verdicts), data.components, strict=True))
    paged = {verdict.component for verdict in page.paged(report, show)}

    def told(items: list[Words]) -> list[list[Piece]]:
        return [pieces(item, paths) for item in items]

    style, script = _asset("page.css"), _asset("page.js")
    text = _template().render(
        policy=_policy(script, style),
        style=style,
        script=script,
        data=_json(data),
        title=door.clean(forge.name_of(report.remote) or report.path.rstrip("/").rpartition("/")[2] or report.path),
        version=report.version,
        headline=pieces(page.headline(report), paths),
        counts=page.counts(report),
        answers=page.ANSWERS,
        languages=page.LANGUAGE_NAMES,
        rows=rows,
        pages=[row for row in rows if row[0].component in paged],
        tails=[
            ("Notices", len(report.notices), told([(notice,) for notice in report.notices])),
            ("Skipped files", len(report.skipped), told(page.skip_items(report, None))),
            ("Left out by ignore comments", len(report.suppressed), told(page.ignored_places(report))),
        ],
        paths=paths.rows,
        mark=data.mark,
    )
    return door.shut(text.replace("##[", "##&#91;"))


def _template() -> jinja2.Template:
    # Autoescape keeps names from being markup; only the style, the script and the data are marked as safe in there.
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string((_WEB / "page.jinja").read_text("utf-8"))


def _asset(name: str) -> str:
    return "\n" + (_WEB / name).read_text("utf-8")


def _policy(script: str, style: str) -> str:
    def hashed(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; script-src 'sha256-{hashed(script)}'; style-src 'sha256-{hashed(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _json(data: PageData) -> str:
    """The data for a script element, which only `<` could end: that and its kin are written as escapes."""
    text = door.json_text(msgspec.to_builtins(data), indent=-1)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.strip()
