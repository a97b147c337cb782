"""`// want rule` marks: what a piece of code says langfit must report, on the line where it must."""

from __future__ import annotations

import re

MARK = re.compile(rb"[ \t]*(?://|#) want ([\w/, -]+?)[ \t]*(\r?)$", re.MULTILINE)


def strip(data: bytes) -> tuple[bytes, set[tuple[int, str]]]:
    """Return the bytes without their marks, and the (line, rule) pairs that the marks ask for.

    Marks are cut out before parsing: a trailing comment is a node of its own and stands between its neighbours.
    """
    wanted = {
        (data.count(b"\n", 0, match.start()) + 1, rule.strip().decode())
        for match in MARK.finditer(data)
        for rule in match[1].split(b",")
    }
    return MARK.sub(rb"\2", data), wanted
