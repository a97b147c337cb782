"""The output formats: one file each, with one function `render(report) -> str`, found by walking this folder.

`sarif_full.py` is the format `sarif-full`: users type a hyphen where Python needs an underscore. A file without such a
function (the cleaning of text, the page) is material for formats, not a format.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module, resources
from importlib.resources.abc import Traversable

from langfit.model.errors import LangfitError
from langfit.model.report import Report


@cache
def names() -> tuple[str, ...]:
    """Return the names of all formats, sorted; imports none of them, since some imports are slow."""
    files = (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".py"))
    found = (entry.name.removesuffix(".py").replace("_", "-") for entry in files if _is_format(entry))
    return tuple(sorted(found))


def _is_format(entry: Traversable) -> bool:
    return not entry.name.startswith("_") and "\ndef render(report: Report" in entry.read_text("utf-8")


def render(name: str, report: Report, **options: object) -> str:
    """Return the report in the format `name`, ready to be printed or written to a file as UTF-8.

    `options` (`width`, `colour`, `show`) reach the formats that name them as parameters; the others have no use for
    them. Raises LangfitError for a name that is not in `names()`.
    """
    if name not in names():
        raise LangfitError(f"There is no format {name!r}: choose one of {', '.join(names())}.")
    function = import_module(f"{__name__}.{name.replace('-', '_')}").render
    code = function.__code__  # the module `inspect` would take longer to load than the rest of this
    known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    text: str = function(report, **{key: value for key, value in options.items() if key in known})
    return text
