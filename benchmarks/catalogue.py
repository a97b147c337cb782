"""Writes what is published of rules and settings: docs/rules and the schemas of rules, settings, reports.

usage: catalogue.py [--schema | --check]

Without an option all are written. --schema prints the JSON schema of rule files and writes nothing; --check writes
nothing, names what is stale and exits with 1 if anything is. Measured precision is taken from docs/accuracy.md: the
cells of every table row whose first cell is the id of a rule.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

from langfit.config.schema import schema as settings_schema
from langfit.explain import UNITS, scale_of
from langfit.formats.json import schema as report_schema
from langfit.languages import LANGUAGES
from langfit.model.rule import Condition, Measure, Rule, Rulebook
from langfit.rulebook import load
from langfit.rulebook.schema import schema_of
from langfit.trend.render import schema as trend_schema

ROOT = Path(__file__).resolve().parent.parent
DOCS = Path("docs/rules")
SCHEMA = Path("rules/schema.json")
SETTINGS = Path("docs/langfit.schema.json")
REPORT = Path("docs/langfit-report.schema.json")
TREND = Path("docs/langfit-trend.schema.json")
ACCURACY = Path("docs/accuracy.md")
SEPARATOR = re.compile(r"\|(?:\s*:?-+:?\s*\|)+\s*")
NOTE = "<!-- Written by benchmarks/catalogue.py from rules/; change the rule, not this page. -->"
MOST_OF_NOTHING = 1e-6  # the default of a condition is anything above zero


def cells(line: str) -> list[str]:
    """Return the cells of a row of a Markdown table; [] for any other line."""
    row = line.strip()
    return [cell.strip() for cell in row.strip("|").split("|")] if row.startswith("|") else []


def measured(text: str) -> dict[str, list[str]]:
    """Return what the tables of docs/accuracy.md say about each rule, as `heading: cell`."""
    found: dict[str, list[str]] = {}
    headings: list[str] = []
    rows = text.splitlines()
    for number, line in enumerate(rows):
        row = cells(line)
        if number + 1 < len(rows) and SEPARATOR.fullmatch(rows[number + 1].strip()):
            headings = row
        elif row and len(row) == len(headings):
            name = re.sub(r"`|\[|\]\(.*\)", "", row[0])
            columns = [f"{heading}: {cell}" for heading, cell in zip(headings[1:], row[1:], strict=True) if cell]
            if columns and "/" in name:
                found.setdefault(name, []).append("; ".join(columns))
        elif not row:
            headings = []
    return found


def fenced(text: str, language: str) -> str:
    """Return a block of code, with a fence that the text does not hold."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def code(text: str) -> str:
    """Return text as inline code, in which a backtick cannot stand."""
    return f"`{text.replace('`', chr(39))}`"


def listed(names: Iterable[str]) -> str:
    """Return names as inline code, with commas."""
    return ", ".join(code(name) for name in names)


def measure_of(measure: Measure) -> str:
    """Return what a measure counts, as a clause."""
    if measure.query:
        return "places that a tree-sitter query of its own finds"
    if measure.selector is not None:
        asked = measure.selector
        named = f" named {listed(name or 'without a name' for name in asked.names)}" if asked.names else ""
        loops = "" if not asked.in_loop else " in a loop" if asked.in_loop == 1 else f" in {asked.in_loop} nested loops"
        return f"places of kind {listed(asked.kinds)}{named}{loops}"
    match measure.matcher:
        case "function":
            return f"functions of the trait {code(measure.trait)}"
        case "manifest":
            return f"manifest entries {listed(measure.entries)}"
        case "assembly":
            return "assembly files"
    paths = [listed(measure.imports)] if measure.imports else []
    roles = [f"dependencies of the role {', '.join(measure.roles)}"] if measure.roles else []
    using = f" and use {listed(measure.using)}" if measure.using else ""
    return f"files that import {' or '.join(paths + roles)}{using}"


def condition(row: Condition) -> str:
    """Return a condition as a line of a list."""
    if row.at_least <= MOST_OF_NOTHING:
        return measure_of(row.measure)
    share = row.measure.unit in ("functions", "files", "code")
    least = f"{row.at_least:.0%}" if share else f"{row.at_least:g}"
    return f"{measure_of(row.measure)}, at least {least} {UNITS[row.measure.unit]}"


def match_lines(rule: Rule) -> Iterator[str]:
    """Yield what a rule looks for, as Markdown."""
    yield f"Looks at {measure_of(rule.match.measure)}. {scale_of(rule)}"
    for heading, rows in (("Only where there are", rule.match.requires), ("Not where there are", rule.match.excludes)):
        if rows:
            yield ""
            yield f"{heading}:"
            yield ""
            yield from (f"- {condition(row)}" for row in rows)
    if rule.limits:
        yield ""
        yield f"Where it is wrong: {rule.limits}"


def examples(rule: Rule) -> Iterator[str]:
    """Yield the examples of a rule with their further files, reported ones first."""
    for example in sorted(rule.examples, key=lambda example: f"want {rule.id}" not in example.code):
        marked = f"want {rule.id}" in example.code + "".join(example.files.values())
        yield "Reported on the marked line:" if marked else "Silent:"
        yield ""
        yield fenced(example.code, rule.language)
        yield ""
        for path, text in example.files.items():
            yield f"with {code(path)}:"
            yield ""
            yield fenced(text, "toml" if path.endswith(".toml") else "")
            yield ""


def rule_page(rule: Rule, book: Rulebook, precision: list[str]) -> str:
    """Return the page of one rule."""
    claims = {claim.id: claim for claim in book.claims}
    family = next(family for family in book.families if family.name == rule.family)
    lines = [
        NOTE,
        "",
        f"# {rule.title}",
        "",
        f"`{rule.id}` reads {LANGUAGES[rule.language].name} and speaks for {LANGUAGES[rule.suits].name}.",
        "",
        "| Weight | Family | Message |",
        "|---|---|---|",
        f"| {rule.weight} | {family.title} | {rule.message.replace('|', chr(92) + '|')} |",
        "",
        rule.why,
        "",
        "## When it holds",
        "",
        *match_lines(rule),
        "",
        "## First step",
        "",
        rule.first,
        "",
        "## Refuted by",
        "",
        rule.refute,
        "",
        "## Claims",
        "",
    ]
    for name in rule.claims:
        claim = claims[name]
        lines += [f"**{name}** {claim.claim.strip()} {claim.qualification.strip()}", ""]
    if rule.oracle or precision:
        lines += ["## Judged by", ""]
        lines += [f"{code(rule.oracle)}", ""] if rule.oracle else []
        lines += [line for row in precision for line in (f"Measured: {row} (see [accuracy](../../accuracy.md)).", "")]
    lines += ["## Examples", "", *examples(rule)]
    return "\n".join(lines).rstrip("\n") + "\n"


def index_page(book: Rulebook) -> str:
    """Return all rules by direction, and the claims with the rules that rest on them."""
    lines = [NOTE, "", "# Rules", "", f"{len(book.rules)} rules. [How to write one](../writing-rules.md)."]
    for language, suits in product(LANGUAGES.values(), repeat=2):
        rows = [rule for rule in book.rules if (rule.language, rule.suits) == (language.id, suits.id)]
        lines += ["", f"## {language.name} source that speaks for {suits.name} ({len(rows)})", ""]
        lines += ["| Rule | Weight | Family | Claims |", "|---|---|---|---|"]
        lines += [
            f"| [{rule.title}]({rule.id}.md) | {rule.weight} | {rule.family} | {', '.join(rule.claims)} |"
            for rule in rows
        ]
    lines += ["", "## Claims", "", "| Claim | | Rules |", "|---|---|---|"]
    for claim in book.claims:
        rules = [f"[{rule.id}]({rule.id}.md)" for rule in book.rules if claim.id in rule.claims]
        shown = ", ".join(rules) or claim.unruled.strip()
        lines.append(f"| {claim.id} | {' '.join(claim.claim.split())} | {shown} |")
    return "\n".join(lines) + "\n"


def published(book: Rulebook, accuracy: str = "") -> dict[Path, str]:
    """Return every generated file with its text, by its path in the repository."""
    precision = measured(accuracy)
    pages = {DOCS / f"{rule.id}.md": rule_page(rule, book, precision.get(rule.id, [])) for rule in book.rules}
    schemas = {SCHEMA: schema_of(book), SETTINGS: settings_schema(), REPORT: report_schema(), TREND: trend_schema()}
    texts = {path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for path, schema in schemas.items()}
    return pages | {DOCS / "index.md": index_page(book)} | texts


def stale(root: Path, wanted: dict[Path, str]) -> list[str]:
    """Return the files that are not as they would be written now, and the pages of rules that are gone."""
    wrong = [path for path, text in wanted.items() if not _same(root / path, text)]
    gone = [page.relative_to(root) for page in (root / DOCS).rglob("*.md") if page.relative_to(root) not in wanted]
    return sorted(map(str, (*wrong, *gone)))


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write(root: Path, wanted: dict[Path, str]) -> None:
    """Bring the files up to date and remove the pages of rules that are gone."""
    for name in stale(root, wanted):
        path = root / name
        if Path(name) in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[Path(name)], encoding="utf-8")
        else:
            path.unlink()


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schema", action="store_true")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    book = load(ROOT / "rules")
    accuracy = ROOT / ACCURACY
    wanted = published(book, accuracy.read_text(encoding="utf-8") if accuracy.is_file() else "")
    if given.schema:
        sys.stdout.write(wanted[SCHEMA])
        return 0
    if given.check:
        wrong = stale(ROOT, wanted)
        for name in wrong:
            print(f"{name} is stale; run benchmarks/catalogue.py")
        return 1 if wrong else 0
    write(ROOT, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
