"""Write the pages of docs/examples again, each by the command in its first line.

usage: examples.py --repos DIR

DIR holds one clone per repository, as DIR/owner+name/repo, DIR/owner+name or DIR/owner/name.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from pathlib import Path

from msgspec import structs

from langfit import formats
from langfit.scan import Options, scan
from benchmarks.accuracy import clone_of

PAGES = Path("docs/examples")
COMMAND = re.compile(r"<!-- langfit scan (\S+) --rev (\S+) --component (\S+) --format markdown -->")


def main() -> int:
    """Write every page whose repository is there; the status says whether all were."""
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
        name, _, paths = shlex.split(found[3])[0].partition("=")
        report = scan(str(clone), Options(revision=found[2], components={name: tuple(paths.split(","))}))
        text = formats.render("markdown", structs.replace(report, path=found[1]), show="evidence")
        page.write_text(f"{first}\n\n{text}", "utf-8")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
