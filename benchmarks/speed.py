"""What a scan costs beside the bare parse of the same files with the same grammars.

usage: speed.py [--repos DIR] [--rounds N] [--out FILE] [NAME=PATH ...]

Corpora are the standard library of the installed Go toolchain and each repository given (NAME=PATH, or every known
name below DIR). For each: CPU seconds of all processes and wall seconds, medians of N rounds taken side by side in
one run, of (a) parsing every Go and Rust source file and nothing else, in one process, (b) a cold scan with SARIF
written, (c) the same scan again with a warm fact cache.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PARSE = """
import sys
from analyzer import inventory, source
from analyzer.languages import tree
with source.open_source(sys.argv[1]) as s:
    entries = {e.path: e for e in s.entries()}
    for f in inventory.take(s).files:
        if f.language and f.size < 4 << 20:
            try:
                data = s.read(entries[f.path])
            except Exception:
                continue
            tree._parser(f.language).parse(data)
"""
READ = PARSE.replace("tree._parser(f.language).parse(data)", "pass")


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """CPU and wall seconds of a command with all its children."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, env=os.environ | environment, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, wall


def corpora(given: argparse.Namespace) -> dict[str, str]:
    """Name -> path of what is measured."""
    found: dict[str, str] = {}
    if shutil.which("go"):
        root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
        found["Go standard library"] = f"{root}/src"
    for name in ("prometheus/prometheus", "hashicorp/terraform", "tikv/tikv", "tokio-rs/tokio"):
        for path in [given.repos / name.replace("/", "+") / "repo", given.repos / name] if given.repos else []:
            if path.is_dir():
                found[name] = str(path)
                break
    return found | dict(pair.split("=", 1) for pair in given.corpus)


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--repos", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    lines = [
        "| corpus | parse CPU s | cold CPU s | ratio | cold wall s | warm wall s | warm / cold |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, path in corpora(given).items():
        rows: list[tuple[float, ...]] = []
        for _ in range(given.rounds):
            with tempfile.TemporaryDirectory() as folder:
                place = {"LANGFIT_CACHE_DIR": folder}
                scan = [
                    sys.executable,
                    "-m",
                    "analyzer.cli",
                    "scan",
                    path,
                    "--quiet",
                    "--output",
                    f"sarif={folder}/x.sarif",
                ]
                read, _ = measured([sys.executable, "-c", READ, path], {})
                parse, _ = measured([sys.executable, "-c", PARSE, path], {})
                cold, wall = measured(scan, place)
                _, warm = measured(scan, place)
                rows.append((parse - read, cold, wall, warm))
        parse, cold, wall, warm = (statistics.median(column) for column in zip(*rows, strict=True))
        lines.append(
            f"| {name} | {parse:.2f} | {cold:.2f} | {cold / parse:.2f} | {wall:.2f} | {warm:.2f} | {warm / wall:.2f} |"
        )
        print(lines[-1], flush=True)
    if given.out:
        given.out.write_text("\n".join(lines) + "\n")
    print("\n".join(lines[:2]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
