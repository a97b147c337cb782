"""Clones for benchmarks: where a folder keeps them, and documents whose parts scripts write.

A folder of clones holds one per repository, bare or not, as DIR/owner+name/repo, DIR/owner+name or DIR/owner/name.
"""

from __future__ import annotations

from pathlib import Path

ACCURACY = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"


def clone_of(repos: Path, name: str) -> Path | None:
    """Return the clone of `owner/name`, wherever the three layouts put it."""
    plus = name.replace("/", "+")
    return next((path for path in (repos / plus / "repo", repos / plus, repos / name) if path.is_dir()), None)


def placed(text: str, name: str, part: str) -> str:
    """Return `text` with what stands between the marks of this name replaced, or added at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    whole = f"{begin}\n{part.strip()}\n{end}"
    before, mark, rest = text.partition(begin)
    if not mark:
        return f"{text.rstrip()}\n\n{whole}\n".lstrip()
    return before + whole + rest.partition(end)[2]


def write_part(name: str, part: str, path: Path = ACCURACY) -> None:
    """Write one part of docs/accuracy.md, or of another document."""
    old = path.read_text("utf-8") if path.exists() else "# Accuracy\n"
    path.write_text(placed(old, name, part), "utf-8")
