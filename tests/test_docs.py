"""What the documentation says: every command of it runs, its settings are read, its rules exist, its numbers hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pygit2
import pytest
import tomli

from langfit import config, formats
from langfit.config import KEYS
from langfit.formats.json import schema as report_schema
from langfit.languages import LANGUAGES
from langfit.model.report import REASONS
from langfit.rulebook import kinds, load
from langfit.rulefiles import root
from trees import report_on

HERE = Path(__file__).resolve().parent.parent
PAGES = [HERE / "README.md", HERE / "CONTRIBUTING.md", HERE / "SECURITY.md", *sorted((HERE / "docs").glob("*.md"))]
BOOK = load(root())
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NOT_RUN = 3  # blocks that no test can run, each with the reason in a mark before it: make, and a start-up file
FENCED = {"sh", "sql", "properties", "toml", "text", "yaml", "go", "rust", "json"}


class Block(NamedTuple):
    """A fenced block."""

    page: Path
    line: int
    language: str
    text: str
    mark: str


def blocks() -> list[Block]:
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start("text"))
            found.append(Block(page, line, match["language"], match["text"], match["mark"] or ""))
    return found


BLOCKS = blocks()
SHELL = {page: [b for b in BLOCKS if b.page == page and b.language == "sh"] for page in PAGES}


def test_every_block_has_a_language() -> None:
    """A block without one could hold commands that no test runs; a mark gives its reason."""
    assert {f"{b.page.name}:{b.line}: {b.language!r}" for b in BLOCKS if b.language not in FENCED} == set()
    left = [b for b in BLOCKS if b.mark.startswith("not run")]
    assert len(left) == NOT_RUN and all(re.fullmatch(r"not run: .{10,}", b.mark) and b.language == "sh" for b in left)


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """What the commands find: a repository with a tag, a base and a change, a pack, and langfit on the path."""
    folder = tmp_path / "gallery"
    shutil.copytree(HERE / "fixtures/mixed", folder)
    repo = pygit2.init_repository(str(folder), initial_head="main")
    who = pygit2.Signature("A", "a@example.com", 1, 0)

    def commit(*before: pygit2.Oid) -> pygit2.Oid:
        repo.index.add_all()
        repo.index.write()
        return repo.create_commit("HEAD", who, who, "one", repo.index.write_tree(), list(before))

    first = commit()
    repo.references.create("refs/tags/v1.2", first)
    repo.references.create("refs/remotes/origin/main", first)
    repo.references.create("refs/heads/change", first)
    repo.set_head("refs/heads/change")
    (folder / "my-weights").mkdir()
    (folder / "my-weights/overrides.toml").write_text('[weight]\n"go/format-in-loop" = "contextual"\n')
    commit(first)
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if SHELL[page]], ids=lambda page: page.name)
def test_the_commands_of_a_page_run(page: Path, gallery: Path) -> None:
    """One after the other, as a reader would type them."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANGFIT_CACHE_DIR": str(gallery.parent / "cache"),
        "HOME": str(gallery.parent),
    }
    ran = 0
    for block in SHELL[page]:
        if block.mark.startswith("not run"):
            continue
        for line in block.text.replace("\\\n", " ").splitlines():
            done = subprocess.run(
                ["sh", "-euc", line],
                cwd=gallery,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 0, f"{page.name}:{block.line}: {line}\n{done.stdout[-500:]}{done.stderr}"
            assert "Traceback" not in done.stderr
            ran += 1
    assert ran or all(block.mark for block in SHELL[page])


def test_the_settings_of_the_docs_are_read(tmp_path: Path) -> None:
    """Each TOML block whose keys are those of langfit.toml, and the page of settings shows every key."""
    shown: set[str] = set()
    for number, block in enumerate(b for b in BLOCKS if b.language == "toml" and b.page.name != "writing-rules.md"):
        table = tomli.loads(block.text)
        shown |= set(table) if block.page.name == "configuration.md" else set()
        path = tmp_path / f"{number}.toml"
        path.write_text(block.text, "utf-8")
        read = config.read(config.located(str(path), "langfit.toml", str(tmp_path)))
        assert read.diagnostics == (), block
        load(root(), (), read.overrides)
    assert shown == set(KEYS)


def test_rules_that_the_docs_name_exist() -> None:
    """Whether in a command, in a comment or in a sentence."""
    known = {rule.id for rule in BOOK.rules}
    for page in (
        HERE / "README.md",
        HERE / "docs/configuration.md",
        HERE / "docs/suppressions.md",
        HERE / "docs/reading-a-report.md",
    ):
        named = set(re.findall(r"\b(?:go|rust)/[a-z0-9]+(?:-[a-z0-9]+)+", page.read_text("utf-8")))
        assert {name for name in named if name not in known} <= {"go/format-"}, page.name


def test_the_numbers_of_a_fit_are_those_in_force() -> None:
    """The thresholds, the points and the families that the page explains."""
    text = " ".join((HERE / "docs/reading-a-report.md").read_text("utf-8").split())
    numbers = BOOK.thresholds
    assert f"suits its own language from {numbers.suits:.2f} on, the other one from {numbers.leave:.2f}" in text
    assert f"never above {numbers.confidence_most:.2f}, over {numbers.confidence_rows:.0f} answers" in text
    lines = (HERE / "docs/reading-a-report.md").read_text("utf-8")
    names = re.findall(r"^\| `(\w+)` \| [a-z]", lines.partition("| family |")[2], re.MULTILINE)
    assert names == [family.name for family in BOOK.families]
    weights = dict(re.findall(r"^\| `(\w+)` \| (\d\.\d)", lines, re.MULTILINE))
    assert weights == {name: f"{points:.1f}" for name, points in BOOK.weights.items()}


def test_the_reasons_of_the_page_are_those_that_there_are() -> None:
    """Each answer with its reasons, in the order of the report."""
    text = (HERE / "docs/reading-a-report.md").read_text("utf-8")
    rows = re.findall(r"^\| `(stay|move|split|unclear)` \| ((?:`[a-z-]+`(?:, )?)+) \|", text, re.MULTILINE)
    shown = [(answer, reason) for answer, reasons in rows for reason in re.findall(r"`([a-z-]+)`", reasons)]
    assert shown == [(answer, reason) for answer, reasons in REASONS.items() for reason in reasons]


@pytest.mark.parametrize("name", list(LANGUAGES))
def test_the_kinds_of_sites_of_the_page_are_those_that_rules_may_select(name: str) -> None:
    """Every kind and every trait of a language is listed under it."""
    text = (HERE / "docs/writing-rules.md").read_text("utf-8")
    spoken = LANGUAGES[name]
    part = text.partition(f"\n{spoken.name}: ")[2].partition("\n\n")[0]
    assert kinds.sites(spoken) - set(re.findall(r"`([a-z-]+)", part)) == set()
    traits = text.partition("Function traits: ")[2].partition("\n\n")[0].partition(f"{spoken.name} `")[2]
    assert set(spoken.extract.TRAITS) - set(re.findall(r"([a-z-]+)`", traits)) == set()


def sample(folder: Path) -> str:
    """Return what the README shows of a scan."""
    gallery = shutil.copytree(HERE / "fixtures/mixed", folder / "gallery")
    command = [sys.executable, "-m", "langfit", "scan", "--no-cache", "--quiet", "--show", "summary", "."]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=gallery, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def test_the_sample_of_the_readme_is_what_the_program_prints(tmp_path: Path) -> None:
    """With LANGFIT_BLESS=1 it is written anew."""
    text = (HERE / "README.md").read_text("utf-8")
    head, mark, rest = text.partition("<!-- sample -->\n```text\n")
    assert mark
    printed = sample(tmp_path)
    if os.environ.get("LANGFIT_BLESS"):
        (HERE / "README.md").write_text(head + mark + printed + rest[rest.index("```\n") :], "utf-8")
        return
    assert rest.partition("```\n")[0] == printed


def test_the_schema_of_the_report_is_that_of_the_code() -> None:
    """docs/langfit-report.schema.json; `benchmarks/catalogue.py` writes it."""
    assert json.loads((HERE / "docs/langfit-report.schema.json").read_text("utf-8")) == json.loads(
        json.dumps(report_schema())
    )


@pytest.mark.parametrize("name", sorted(path.name for path in (HERE / "fixtures").iterdir()))
def test_reports_are_valid_by_the_published_schema(name: str) -> None:
    """Those of all fixtures, and a report that lacks what the contract promises is not."""
    found = json.loads(formats.render("json", report_on(HERE / "fixtures" / name)))
    checker = jsonschema.Draft202012Validator(report_schema())
    assert list(checker.iter_errors(found)) == []
    del found["deliverables"][0]["advice"]
    assert list(checker.iter_errors(found)) != []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Relative ones, to files of the repository."""
    for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
