"""Facts of files that play no part in a verdict: tests, generated and vendored code are looked over, not parsed."""

from __future__ import annotations

import re

from langfit.model import Facts, Language

_COUNTED: dict[Language, dict[str, re.Pattern[bytes]]] = {
    "go": {
        "benchmark": re.compile(rb"^func Benchmark\w*\(", re.MULTILINE),
        "fuzz": re.compile(rb"^func Fuzz\w*\(", re.MULTILINE),
        "test": re.compile(rb"^func Test\w*\(", re.MULTILINE),
    },
    "rust": {
        "benchmark": re.compile(rb"\bfn bench_\w*|#\[bench\]|\bbench_function\(|\.bench_with_input\("),
        "fuzz": re.compile(rb"\bfuzz_target!"),
        "test": re.compile(rb"#\[(?:\w+::)?test\b"),
    },
}


def light_facts(data: bytes, language: Language, *, generated: bool = False) -> Facts:
    """Lines and the numbers of tests, benchmarks and fuzz targets; nothing else is known about such a file."""
    counts = {kind: (n, 0) for kind, pattern in _COUNTED[language].items() if (n := len(pattern.findall(data)))}
    return Facts(
        language=language, lines=0, all_lines=data.count(b"\n") + 1, imports=(), functions=(), sites={}, counts=counts,
        line_starts=b"", continuations=b"", ignores=(), package="", problems=(), exported=(),
        generated=generated,
    )  # fmt: skip
