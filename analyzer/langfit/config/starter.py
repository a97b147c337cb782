"""The langfit.toml that `langfit init` writes: each setting at its default, behind a `#`, beside what was found."""

from __future__ import annotations

import json

import msgspec

from langfit.conclusion import KINDS, ships
from langfit.config.settings import SETTINGS, Config, Setting
from langfit.model.report import Report

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
# rule = "langfit/move"            # an advice, or a rule such as "go/format-in-loop", or a glob
# paths = ["cmd/report/**"]
# reason = "runs once a day"
"""


def text(report: Report) -> str:
    """Return the file, which says nothing yet: whoever uses a setting takes away its `#`.

    Names of the repository stand in it as JSON strings in ASCII, so that none can end its comment.
    """
    lines = [
        "# Settings of langfit: take the # away where another value is wanted.",
        "# `langfit config` shows what is in force; `langfit config --schema` prints a JSON schema for editors.",
        "#",
        *_found(report),
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


def _found(report: Report) -> list[str]:
    """Return what ships, in comments."""
    items = report.deliverables
    if not items:
        return ["# No Go or Rust program or library was found here."]
    lines = [f"# Found here: {ships(items)}."]
    lines += [f"#   {json.dumps(item.name)}: {KINDS[item.kind]}, {item.lines:,} lines" for item in items[:MOST_LISTED]]
    if len(items) > MOST_LISTED:
        lines.append(f"#   and {len(items) - MOST_LISTED:,} more (`langfit components` lists them)")
    return lines
