"""Where a component would be cut: the files of its kernel, what crosses into them, and whether that is narrow."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.model import Facts, File, Rulebook, Seam

KERNEL_SHARE = 0.20  # of the function lines of a file: from here on it is a kernel file
NARROW = 10  # functions on the boundary; claims-and-rules 4.3
DEPTH_COLUMN, ROW_BYTES, DEPTH_AT = 0xFFFF, 16, 8
TARGET_TRAITS = ("kernel", "bodyless")


def seam_of(files: Iterable[tuple[File, Facts]], book: Rulebook) -> Seam | None:
    """The seam of a component, None when there is no kernel, it is most of the component, or its boundary is too wide.

    `files` are the component's own code files with their facts. Functions are matched by name within the component:
    a plain call is certain, a call on a value (`.Name`) is counted as uncertain.
    """
    rows = sorted(files, key=lambda row: row[0].path)
    kernel = [row for row in rows if is_kernel(row[1])]
    if not kernel or len(kernel) > book.settings["split-files"] * len(rows):
        return None
    inside = {file.path for file, _ in kernel}
    defined = {f.name.rpartition(".")[2]: f for _, facts in kernel for f in facts.functions}
    elsewhere = {f.name.rpartition(".")[2] for file, facts in rows if file.path not in inside for f in facts.functions}
    crossing: set[str] = set()
    calls = uncertain = hot = 0
    for file, facts in rows:
        if file.path in inside:
            continue
        for name, packed in facts.sites.get("call", {}).items():
            bare = name.lstrip(".")
            if bare not in defined or bare in elsewhere:
                continue
            crossing.add(bare)
            number = len(packed) // ROW_BYTES
            calls += number
            uncertain += number if name.startswith(".") else 0
            hot += sum(
                int.from_bytes(packed[at + DEPTH_AT : at + DEPTH_AT + 4], "little") & DEPTH_COLUMN > 0
                for at in range(0, len(packed), ROW_BYTES)
            )
    callbacks = sum("callback" in defined[name].traits for name in crossing)
    if callbacks or len(crossing) > NARROW:
        return None
    return Seam(
        files=tuple(file.path for file, _ in kernel),
        lines=sum(facts.lines for _, facts in kernel),
        functions=tuple(sorted(crossing)),
        calls=calls,
        callbacks=callbacks,
        uncertain=uncertain,
        join=_join(len(crossing), hot),
    )


def is_kernel(facts: Facts) -> bool:
    """Whether a file's functions are mostly compute, or have no body because they are assembly."""
    total = sum(f.lines for f in facts.functions)
    hot = sum(f.lines for f in facts.functions if any(trait in f.traits for trait in TARGET_TRAITS))
    return total > 0 and hot / total >= KERNEL_SHARE


def _join(functions: int, hot: int) -> str:
    if hot:
        return "cgo or FFI, with one call per batch: it is called inside loops"
    if functions <= 3:
        return "cgo or FFI; a subprocess or WebAssembly where calls are rare"
    return "cgo or FFI"
