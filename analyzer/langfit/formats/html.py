"""One HTML file without network: what ships and what is advised, the map of components, and the evidence of each."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from importlib.resources.abc import Traversable

import jinja2

from langfit.formats import outline, sanitize
from langfit.formats.page import page_of
from langfit.formats.strips import WIDE
from langfit.languages import LANGUAGES
from langfit.model.report import Report

WEB = resources.files("langfit.formats") / "web"


def render(report: Report) -> str:
    """Return the page, which is whole without its script: that adds the map, the search and what is in the address.

    Its script and style are allowed by their hashes, and nothing else is, so that a name from the scanned repository
    could not act even if it got through as markup.
    """
    style, script = asset(WEB, "page.css"), asset(WEB, "page.js")
    text = template(WEB, "page.jinja").render(
        policy=policy(script, style),
        style=style,
        script=script,
        page=page_of(report),
        wide=WIDE,
        languages=list(LANGUAGES.values()),
        rows=outline.TABLE_ROWS,
    )
    return sanitize.printable(sanitize.neutralized_html(text))


def template(folder: Traversable, name: str) -> jinja2.Template:
    """Return a template in whose text every value is escaped; it may import others of its folder."""
    # Autoescape keeps names from being markup; only the style and the script are marked as safe in there.
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda wanted: (folder / wanted).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = lambda value: f"{value:,}"
    environment.filters["plain"] = lambda pieces: "".join(piece.text for piece in pieces)
    return environment.get_template(name)


def asset(folder: Traversable, name: str) -> str:
    """Return the text of a style or script, as it stands in its element."""
    return "\n" + (folder / name).read_text("utf-8")


def policy(script: str, style: str) -> str:
    """Return the content security policy of a page that may run this script and this style alone."""

    def hashed(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; script-src 'sha256-{hashed(script)}'; style-src 'sha256-{hashed(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
