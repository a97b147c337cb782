"""Lists what the wheel and the action install, with versions and licences: docs/dependencies.md.

usage: dependencies.py [--write]

The versions are those of action/requirements.lock; licences come from the metadata of the packages, as they are
installed here. `make audit` asks for known vulnerabilities of the same versions.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

import tomli

from benchmarks.clones import write_part

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "action" / "requirements.lock"
PAGE = ROOT / "docs" / "dependencies.md"
PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def licence_of(name: str) -> str:
    """Return the licence that a package names: its expression, its classifiers, or the first line of its text."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed here"
    if found["License-Expression"]:
        return str(found["License-Expression"])
    rows = [row.rpartition(" :: ")[2] for row in found.get_all("Classifier", []) if row.startswith("License ::")]
    return ", ".join(rows) or str(found["License"] or "none is named").splitlines()[0]


def table() -> str:
    """Return the table of all packages in the lock."""
    project = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    direct = {re.split(r"[<>=!\[ ]", row)[0].lower() for row in project}
    rows = ["| package | version | licence | needed by |", "|---|---|---|---|"]
    for name, version in PINNED.findall(LOCK.read_text("utf-8")):
        by = "langfit" if name.lower() in direct else "one of the others, or the build"
        rows.append(f"| {name} | {version} | {licence_of(name)} | {by} |")
    return "\n".join(rows)


def main() -> int:
    """Print the table, or write it."""
    if "--write" in sys.argv[1:]:
        write_part("dependencies", table(), PAGE)
    else:
        print(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
