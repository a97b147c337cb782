"""The formats of a trend by name."""

from __future__ import annotations

from typing import Any

import msgspec

from langfit.trend.schema import SCHEMA, Trend

FORMATS = ("text", "json", "html", "svg")


def render(name: str, trend: Trend, *, width: int = 80, colour: bool = False) -> str:
    """Return a trend in one of FORMATS, ready to be printed or written as UTF-8."""
    if name == "text":
        from langfit.trend import text

        return text.render(trend, width, colour=colour)
    if name == "json":
        from langfit.formats import sanitize

        return sanitize.json_text(msgspec.to_builtins(trend))
    from langfit.trend import page

    return page.render_svg(trend) if name == "svg" else page.render_html(trend)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a trend, Draft 2020-12."""
    titled = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA}
    return {**titled, "description": "What `langfit trend --format json` writes.", **msgspec.json.schema(Trend)}
