"""ast-grep and semgrep over the same files: their rules, made here, and their commands."""

from __future__ import annotations

import json
import os
import re
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed.processes import Failed, Run, run
from langfit.languages import LANGUAGES
from langfit.model.repository import LanguageId
from langfit.model.rule import Rule, Rulebook
from langfit.rulebook import load
from langfit.rulefiles import root

PEERS = ("ast-grep", "semgrep")
NAME = re.compile(r"\.?[A-Za-z_]\w*(?:(?:\.|::)[A-Za-z_]\w*)*")
IMPORTS: dict[LanguageId, str] = {"go": "import_spec", "rust": "use_declaration"}

# What a rule without a name of something called looks for: kinds of nodes that no file is full of.
KINDS: dict[LanguageId, tuple[str, ...]] = {
    "go": (
        "go_statement", "select_statement", "defer_statement", "type_switch_statement", "goto_statement",
        "labeled_statement", "fallthrough_statement", "send_statement", "channel_type", "map_type",
        "imaginary_literal", "func_literal",
    ),
    "rust": (
        "unsafe_block", "await_expression", "loop_expression", "while_expression", "macro_definition",
        "union_item", "async_block", "foreign_mod_item", "static_item", "array_type", "pointer_type", "trait_item",
    ),
}  # fmt: skip

SEMGREP_RULES: dict[LanguageId, tuple[str, ...]] = {
    "go": ("fmt.Sprintf(...)", "go $F(...)", "append($X, ...)", "unsafe.Pointer($X)", "defer $M.Unlock()"),
    "rust": ("$X.unwrap()", "$X.clone()", "Arc::new(...)", "Box::new(...)", "std::mem::transmute($X)"),
}


class Peers(NamedTuple):
    """Where the peers are installed, where their rules and answers go, and how long they may take."""

    programs: Path
    place: Path
    limit: float  # seconds that one run of one peer may take

    def version(self, peer: str) -> str:
        """Return the version, or that there is none."""
        try:
            return run([self.programs / peer, "--version"], self._quiet()).out.split()[-1]
        except (Failed, IndexError):
            return "not installed"

    def ast_grep(self, folder: Path) -> Run:
        """Scan a folder with as many rules per language as langfit has. Raises Failed."""
        config = self.place / "ast-grep" / "sgconfig.yml"
        command = [self.programs / "ast-grep", "scan", "--config", config, "--json=stream", folder]
        return self._kept(run(command, fine=(0, 1), limit=self.limit), "ast-grep.json")

    def semgrep(self, folder: Path) -> Run:
        """Scan a folder with five rules per language. Raises Failed."""
        rules, out = self.place / "semgrep.json", self.place / "semgrep-out.json"
        command = [
            self.programs / "semgrep", "scan", "--config", rules, "--metrics", "off", "--disable-version-check",
            "--quiet", "--jobs", "2", "--json", "--output", out, folder,
        ]  # fmt: skip
        return run(command, self._quiet(), folder, limit=self.limit)

    def _quiet(self) -> dict[str, str]:
        """Return settings that keep semgrep to itself and let it find its other half."""
        return {
            "PATH": f"{self.programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "SEMGREP_SEND_METRICS": "off",
            "SEMGREP_ENABLE_VERSION_CHECK": "0",
            "SEMGREP_SETTINGS_FILE": str(self.place / "settings.yml"),
            "SEMGREP_LOG_FILE": str(self.place / "semgrep.log"),
        }

    def _kept(self, done: Run, name: str) -> Run:
        (self.place / name).write_text(done.out, "utf-8")
        return done


def with_rules(programs: Path, place: Path, limit: float) -> Peers:
    """Return the peers, their rules written below `place`."""
    book = load(root())
    folder = place / "ast-grep"
    (folder / "rules").mkdir(parents=True)
    (folder / "sgconfig.yml").write_text("ruleDirs: [rules]\n", "utf-8")
    for language in LANGUAGES:
        for number, rule in enumerate(_ast_grep_rules(book, language)):
            # JSON is YAML.
            (folder / "rules" / f"{language}-{number:03}.yml").write_text(json.dumps(rule), "utf-8")
    (place / "semgrep.json").write_text(json.dumps({"rules": _semgrep_rules()}), "utf-8")
    return Peers(programs.absolute(), place, limit)


def _ast_grep_rules(book: Rulebook, language: LanguageId) -> list[dict[str, object]]:
    """One simple rule for each rule of langfit: the first call or import that it names, else a kind of node."""
    kinds = cycle(KINDS[language])
    used = {""}
    made: list[dict[str, object]] = []
    for rule in (r for r in book.rules if r.language == language):
        call = next((n for n in _called(rule) if n not in used), "")
        imported = next((n for n in _imported(rule, book) if n not in used), "")
        used |= {call, imported}
        body: dict[str, str]
        if call:
            body = {"pattern": f"{'$X' if call.startswith('.') else ''}{call}($$$ARGS)"}
        elif imported:
            body = {"kind": IMPORTS[language], "regex": re.escape(imported)}
        else:
            body = {"kind": next(kinds)}
        head = {"id": rule.id.replace("/", "-"), "language": language, "message": rule.title, "severity": "info"}
        made.append({**head, "rule": body})
    return made


def _called(rule: Rule) -> list[str]:
    selector = rule.match.measure.selector
    if selector is None or "call" not in selector.kinds:
        return []
    short = [name.rpartition("/")[2].strip("*") for name in selector.names]
    return [name for name in short if NAME.fullmatch(name)]


def _imported(rule: Rule, book: Rulebook) -> list[str]:
    measure = rule.match.measure
    roles = [name for name, role in book.dependencies[rule.language].roles.items() if role in measure.roles]
    names = [name.strip("*/") for name in (*measure.imports, *roles)]
    return [name.replace("-", "_") for name in names] if rule.language == "rust" else names


def _semgrep_rules() -> list[dict[str, object]]:
    return [
        {"id": f"{language}-{number}", "languages": [language], "pattern": row, "message": row, "severity": "INFO"}
        for language in LANGUAGES
        for number, row in enumerate(SEMGREP_RULES[language])
    ]
