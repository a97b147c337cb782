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

from tree_sitter import Parser

from benchmarks.speed.corpora import sources
from langfit.languages import LANGUAGES
from langfit.parsing.parser import grammar
from langfit.scan import DEFAULTS


def main() -> int:
    """Measure and print."""
    every = parsed = 0.0
    parsers = {name: Parser(grammar(spoken)) for name, spoken in LANGUAGES.items()}
    for file in sources(Path(sys.argv[1])):
        if len(file.data) <= DEFAULTS.max_size:
            began = process_time()
            parsers[file.language].parse(file.data)
            took = process_time() - began
            every += took
            parsed += took if file.parsed else 0.0
    print(f"{every:.6f} {parsed:.6f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
