"""CPU seconds of parsing every Go and Rust file of a folder once, in one process, and nothing else.

usage: python -m benchmarks.speed.parse_floor FOLDER

Prints two numbers: for all source files that langfit counts as analysed (tests, generated and vendored ones too), and
for those among them that langfit parses. The clock runs while a file is parsed and its tree is given back; reading
the files, and the start of the process, are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

from langfit.languages.tree import _parser
from benchmarks.speed.corpora import is_parsed, sources


def main() -> int:
    """Measure and print."""
    every = parsed = 0.0
    for file, data in sources(Path(sys.argv[1])):
        if file.language and len(data) <= 4 << 20:
            parser = _parser(file.language)
            began = process_time()
            parser.parse(data)
            took = process_time() - began
            every += took
            parsed += took if is_parsed(file, data) else 0.0
    print(f"{every:.6f} {parsed:.6f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
