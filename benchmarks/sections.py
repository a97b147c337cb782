"""Sections of a document that scripts write: what stands between `<!-- name -->` and `<!-- /name -->`."""

from __future__ import annotations

from pathlib import Path


def write(path: Path, name: str, text: str) -> None:
    """Replace a section of a document, or append it; the rest of the document stays."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    whole = path.read_text(encoding="utf-8") if path.exists() else "# Accuracy\n"
    section = f"{start}\n{text.strip()}\n{end}"
    if start in whole and end in whole:
        before, after = whole.split(start, 1)[0], whole.split(end, 1)[1]
        path.write_text(f"{before}{section}{after}", encoding="utf-8")
    else:
        path.write_text(f"{whole.rstrip()}\n\n{section}\n", encoding="utf-8")
