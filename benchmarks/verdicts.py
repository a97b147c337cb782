"""Everything that is measured about verdicts, written to docs/accuracy.md: atlas, archetypes, base rate.

usage: verdicts.py ATLAS.json --repos DIR
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the three scripts one after the other; the first bad status is the result."""
    atlas, _, repos = sys.argv[1:4]
    runs = [
        ["accuracy.py", atlas, "--section", "atlas", "--title", "Verdicts beside decisions that engineers took"],
        ["accuracy.py", str(HERE / "archetypes.json"), "--section", "archetypes",
         "--title", "Verdicts on components whose fit nobody disputes"],
        ["base_rate.py", "--write"],
    ]  # fmt: skip
    status = 0
    for script, *arguments in runs:
        command = [sys.executable, str(HERE / script), *arguments, "--repos", repos]
        status = status or subprocess.run(command, check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
