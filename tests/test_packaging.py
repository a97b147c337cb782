"""What is shipped: dependencies, the wheel, the command, the hooks, and a wheel in an empty environment."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

import conftest
from langfit import __version__, rulefiles

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SECONDS = 300


def imported(folder: Path) -> set[str]:
    """The top-level names of all absolute imports below `folder`."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names


def distributions(names: set[str]) -> set[str]:
    """The distributions that bring these modules; standard and own ones left out."""
    known = packages_distributions()
    foreign = names - sys.stdlib_module_names - {"langfit"}
    return {canonicalize_name(known[name][0]) for name in foreign}


def test_declared_dependencies_are_the_imported_ones() -> None:
    """Each declared dependency is imported, and nothing is imported that is not declared."""
    optional = [row for name in ("fleet", "dask") for row in PROJECT["optional-dependencies"][name]]
    declared = {canonicalize_name(Requirement(row).name) for row in (*PROJECT["dependencies"], *optional)}
    assert declared == distributions(imported(ROOT / "analyzer" / "langfit"))


def test_the_broken_tree_sitter_is_excluded() -> None:
    """tree-sitter 0.26.0 frees nodes in use, and later minor versions are untested."""
    specifier = next(Requirement(row).specifier for row in PROJECT["dependencies"] if row.startswith("tree-sitter>"))
    allowed = {version: version in specifier for version in ("0.25.1", "0.25.2", "0.26.0", "0.26.1", "0.27.0")}
    assert allowed == {"0.25.1": False, "0.25.2": True, "0.26.0": False, "0.26.1": True, "0.27.0": False}


def run(command: list[str | Path], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`, with none of this checkout on the module path."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "COV"))}
    return subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built as pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_package_rules_and_licence(wheel: Path) -> None:
    """Every module, fact query and rule file is in the wheel; tests, fixtures and benchmarks are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    package = {
        path.relative_to(ROOT / "analyzer").as_posix()
        for path in (ROOT / "analyzer" / "langfit").rglob("*")
        if path.suffix in {".py", ".scm", ".jinja", ".css", ".js", ".typed"} and "__pycache__" not in path.parts
    }
    rules = {
        f"langfit/_rules/{path.relative_to(ROOT / 'rules').as_posix()}"
        for path in (ROOT / "rules").rglob("*")
        if path.suffix in (".toml", ".json")
    }
    about = f"langfit-{__version__}.dist-info"
    assert names - {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD")} == package | rules | {
        f"{about}/entry_points.txt",
        f"{about}/licenses/LICENSE",
    }


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed from its wheel and run from another folder, langfit finds its rules, queries and workers."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    binaries = home / ("Scripts" if os.name == "nt" else "bin")
    quiet = ["--quiet", "--disable-pip-version-check"]
    installed = run([binaries / "python", "-m", "pip", "install", *quiet, wheel], tmp_path)
    assert installed.returncode == 0, installed.stderr
    healthy = run([binaries / "python", "-m", "pip", "check", "--disable-pip-version-check"], tmp_path)
    assert healthy.returncode == 0, healthy.stdout
    cache = {"LANGFIT_CACHE_DIR": str(tmp_path / "cache")}
    asked = ["scan", "--format", "json", "--output", "html=page.html", str(ROOT / "fixtures" / "mixed")]
    scanned = run([binaries / "langfit", *asked], tmp_path, **cache)
    assert scanned.returncode == 0, scanned.stderr
    assert "</html>" in (tmp_path / "page.html").read_text("utf-8")
    report = json.loads(scanned.stdout)
    assert report["files"]["analysed"] > 0
    assert report["findings"]
    assert run([binaries / "langfit", "explain", "go/format-in-loop"], tmp_path).returncode == 0


def test_a_checkout_finds_its_own_rules() -> None:
    """Run from a checkout, also in editable mode, the rules are those that one edits."""
    assert rulefiles.root() == ROOT / "rules"


def test_the_changelog_knows_the_version() -> None:
    """The version of the package has a section in the changelog."""
    assert re.search(rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_the_hook_names_the_command_and_options_that_exist() -> None:
    """pre-commit would run the installed command with options that it knows."""
    for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml"):
        words: list[str] = [*hook["entry"].split(), *hook["args"]]
        assert words[0] in PROJECT["scripts"]
        wrong = run([sys.executable, "-m", "langfit", *words[1:], "--help"], ROOT)
        assert wrong.returncode == 0, wrong.stderr


@pytest.mark.parametrize(
    ("reason", "fails"),
    [
        ("Skipped: the go command is not installed", True),
        ("Skipped: SARIF Multitool is absent: npm ci --prefix tests/sarif", True),
        ("Skipped: could not import 'x'", True),
        ("Skipped: only root can give files away", False),
    ],
)
def test_a_complete_run_fails_on_absent_tools(reason: str, fails: bool) -> None:
    """A skip counts as a failure unless no installation could remove its reason."""
    report = pytest.TestReport("t", ("t", 1, "t"), {}, "skipped", ("t", 1, reason), "setup")
    assert bool(conftest.unrightful([report])) == fails
