"""How many components of ordinary, well-placed repositories are told to move or split, and which.

usage: base_rate.py --repos DIR [--write] [NAME ...]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from langfit.scan import Options, scan
from benchmarks import sections

ORDINARY = (
    "cli/cli", "kubernetes-sigs/controller-runtime", "hashicorp/terraform", "prometheus/prometheus",
    "LemmyNet/lemmy", "tokio-rs/tokio",
)  # fmt: skip
MOST = 0.10  # share of packages or modules that may be told to move or split


def main() -> int:
    """Print a line per repository and one per component that is told to move or split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=ORDINARY)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write the section of docs/accuracy.md")
    given = parser.parse_args()
    over = 0
    table = [
        "| repository | judged | stay | unclear | move | split | share | against, findings per 1,000 lines |",
        "|---|---|---|---|---|---|---|---|",
    ]
    listed: list[str] = []
    for name in given.names:
        path = given.repos / name.replace("/", "+") / "repo"
        report = scan(str(path if path.is_dir() else given.repos / name), Options())
        leaves = {c.name for c in report.components if c.kind in ("package", "module") and not c.name.endswith("/...")}
        rows = [v for v in report.verdicts if v.component in leaves]
        answers = Counter(v.answer for v in rows)
        share = (answers["move"] + answers["split"]) / max(1, len(rows))
        over += share > MOST
        lines = sum(v.lines for v in rows) or 1
        against = sum(f.suits != f.rule.partition("/")[0] and f.weight != "contextual" for f in report.findings)
        table.append(
            f"| {name} | {len(rows)} | {answers['stay']} | {answers['unclear']} | {answers['move']} "
            f"| {answers['split']} | {share:.2f} | {against / lines * 1000:.2f} |"
        )
        for v in report.verdicts:
            if v.answer in ("move", "split"):
                signs = ", ".join(f"{e.rule.partition('/')[2]} {e.strength:.2f}" for e in v.evidence_against[:6])
                mark = "" if v.component in leaves else " (whole)"
                listed.append(f"- {name}: `{v.component}`{mark} {v.answer}, lean {v.lean:+.2f}: {signs}")
    text = "\n".join([*table, "", *listed])
    print(text)
    if given.write:
        sections.write(Path("docs/accuracy.md"), "base-rate", f"## Base rate on ordinary repositories\n\n{text}\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
