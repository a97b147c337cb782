"""Rules that were called otherwise before: comments, settings and baselines with the old name keep their meaning."""

from __future__ import annotations

RENAMED = {
    "go/node-per-turn": "go/heap-object-in-loop",
    "go/hand-held-memory": "go/manual-memory",
    "go/profiles-at-hand": "go/profiling-endpoints",
    "go/gc-remark": "go/gc-comments",
    "go/performance-remark": "go/performance-comments",
    "go/cli-shell": "go/command-tree",
    "rust/lint-surrender": "rust/suppressed-complexity-lints",
    "rust/lint-surrender-workspace": "rust/suppressed-complexity-lints-in-workspace",
    "rust/borrow-checker-remark": "rust/borrow-checker-comments",
    "rust/async-coloring": "rust/blocking-on-futures",
    "rust/user-space-file-system": "rust/user-space-filesystem",
}
