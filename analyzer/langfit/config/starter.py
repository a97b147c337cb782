"""The langfit.toml that `langfit init` writes: each setting at its default, behind a `#`, beside what was found."""

from __future__ import annotations

import json
from collections import Counter

import msgspec

from langfit.config.settings import SETTINGS, Config, Setting
from langfit.model import Inventory

MOST_LISTED = 20
PLAIN = {"text": '"main"', "file": '"langfit-baseline.json"', "files": '["rules/ours"]'}
EXAMPLES = {
    "include": '["cmd/**", "internal/**"]',
    "exclude": '["third_party/**"]',
    "disable": '["go/sql-access"]',
}
TABLES = """
# [components]
# core = ["src/core", "src/kernel.rs"]

# [weights]
# "go/sql-access" = "contextual"   # a rule: decisive, strong, supporting or contextual
# strong = 1.2                     # the points of a weight

# [[ignore]]
# rule = "go/format-in-loop"       # or a glob, or "langfit/move" for a verdict
# paths = ["cmd/report/**"]
# reason = "runs once a day"
"""


def text(inventory: Inventory) -> str:
    """The file, which says nothing yet: whoever uses a setting takes away its `#`. Names of the repository stand in
    it as JSON strings in ASCII, so that none can end its comment."""
    lines = [
        "# Settings of langfit: take the # away where another value is wanted.",
        "# `langfit config` shows what is in force; `langfit config --schema` prints a JSON schema for editors.",
        "#",
        *_found(inventory),
        "",
    ]
    for setting in SETTINGS:
        if setting.kind not in ("components", "weights", "ignores"):
            lines += [f"# {setting.words}{_choices(setting)}", f"# {setting.key} = {_example(setting)}", ""]
    return "\n".join(lines) + TABLES.lstrip("\n")


def _choices(setting: Setting) -> str:
    return f" One of {', '.join(setting.choices)}." if setting.choices else ""


def _example(setting: Setting) -> str:
    default = getattr(Config(), setting.field)
    if default in (None, ()):
        return PLAIN.get(setting.kind) or EXAMPLES[setting.key]
    return json.dumps(msgspec.to_builtins(default))


def _found(inventory: Inventory) -> list[str]:
    """Languages and the largest components, in comments."""
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for file in inventory.files:
        if file.language is not None and file.role == "code":
            files[file.language] += 1
            size[file.language] += file.size
    if not files:
        return ["# No Go or Rust code was found here."]
    known = ", ".join(f"{name}: {files[name]:,} files, {size[name]:,} bytes" for name in sorted(files))
    listed = sorted(inventory.components, key=lambda c: (-c.files, c.name))
    lines = [f"# Found here: {known}. Components ({len(listed):,}):"]
    lines += [
        f"#   {json.dumps(c.name)}: {c.kind} of {c.language}, {c.files:,} files below {json.dumps(c.root)}"
        for c in listed[:MOST_LISTED]
    ]
    if len(listed) > MOST_LISTED:
        lines.append(f"#   and {len(listed) - MOST_LISTED:,} more (`langfit components` lists them)")
    return lines
