"""Writes the pages of docs/examples again, each by the command in its first line.

usage: python -m benchmarks.examples --repos DIR
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from msgspec import structs

from benchmarks.clones import clone_of
from langfit import formats
from langfit.scan import Options, scan

PAGES = Path(__file__).resolve().parent.parent / "docs" / "examples"
COMMAND = re.compile(r"<!-- langfit scan (\S+) --rev (\S+)(?: --component (\S+))? --format markdown -->")


def main() -> int:
    """Write every page whose repository is there; the exit status tells whether all were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path, required=True)
    given = parser.parse_args()
    absent = 0
    for page in sorted(PAGES.glob("*.md")):
        first = page.read_text("utf-8").splitlines()[0]
        found = COMMAND.fullmatch(first)
        clone = clone_of(given.repos, found[1]) if found else None
        if found is None or clone is None:
            print(f"{page}: no clone of it, or no command in its first line", file=sys.stderr)
            absent += 1
            continue
        name, _, paths = (found[3] or "").partition("=")
        options = Options(revision=found[2], components={name: tuple(paths.split(","))} if name else {})
        report = scan(str(clone), options)
        source = structs.replace(report.source, path=found[1], name=found[1].rpartition("/")[2])
        text = formats.render("markdown", structs.replace(report, source=source))
        page.write_text(f"{first}\n\n{text}", "utf-8")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
