"""Scans the repositories whose briefing is known, and has the reports checked.

usage: python -m benchmarks.expect EXPECT --repos DIR [--reports DIR] [CHECK ...]

EXPECT is a folder with check.py and files of expectations (`tuning.json` ...), whose README says what is compared. Each
repository is scanned at the commit of its expectation. CHECK are arguments for check.py, such as `--why`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.clones import clone_of
from langfit import formats
from langfit.model.errors import LangfitError
from langfit.scan import Options, scan


def write_reports(expected: list[Path], repos: Path, reports: Path) -> None:
    """Write a report on each repository that is at hand, and name the others on stderr."""
    for path in expected:
        for row in json.loads(path.read_text("utf-8")):
            clone = clone_of(repos, row["repo"])
            try:
                if clone is None:
                    raise LangfitError("there is no clone of it.")
                report = scan(str(clone), Options(revision=row["ref"]))
            except LangfitError as problem:
                print(f"{row['repo']}: {problem}", file=sys.stderr)
                continue
            target = reports / f"{row['repo'].replace('/', '+')}.json"
            target.write_text(formats.render("json", report), "utf-8")


def main() -> int:
    """Scan and check; the exit status is that of the check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("expect", type=Path)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--reports", type=Path, help="keep the reports in this folder")
    given, further = parser.parse_known_args()
    expected = sorted(given.expect.glob("*.json"))
    with tempfile.TemporaryDirectory(prefix="langfit-") as scratch:
        reports = given.reports or Path(scratch)
        reports.mkdir(parents=True, exist_ok=True)
        write_reports(expected, given.repos, reports)
        command = [sys.executable, given.expect / "check.py", reports, *expected, *further]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
