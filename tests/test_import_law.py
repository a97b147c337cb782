"""Who may know whom: the import contract of pyproject.toml, and that languages are known by their folder alone."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from langfit.languages import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "analyzer" / "langfit"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "languages" not in path.parts)
LINT = Path(sys.executable).with_name("lint-imports")
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
LAYERS = [[name.strip() for name in row.split("|")] for row in CONTRACT["layers"]]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the package `langfit` in a folder to the contract of the project."""
    return subprocess.run(
        [LINT, "--no-cache", ROOT / "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_package_keeps_the_contract() -> None:
    """Every module is in a layer, and imports from lower layers only."""
    done = lint(ROOT / "analyzer")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """A package that has the modules of the contract and no imports."""
    package = tmp_path / "langfit"
    package.mkdir()
    for name in ("__init__", *(name for layer in LAYERS for name in layer)):
        (package / f"{name}.py").touch()
    return tmp_path


def test_a_package_without_imports_keeps_the_contract(skeleton: Path) -> None:
    """Nothing is refused before a breach is made."""
    assert lint(skeleton).returncode == 0


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        pytest.param("model", "from langfit import scan", id="the lowest layer from a high one"),
        pytest.param("parsing", "from langfit import languages", id="one layer up"),
        pytest.param("language", "import langfit.languages", id="what a language is from those there are"),
        pytest.param("evidence", "from langfit.fit import *", id="by a star"),
        pytest.param("facts", "from langfit import inventory", id="across"),
        pytest.param("formats", "from langfit import config", id="across, in a high layer"),
        pytest.param("fit", "def late():\n    from langfit import briefing", id="inside a function"),
        pytest.param("inventory", "try:\n    import langfit.evidence\nexcept ImportError:\n    pass", id="if it can be had"),
        pytest.param("scan", "import langfit.cli", id="of the command line"),
    ],
)  # fmt: skip
def test_a_breach_is_refused(skeleton: Path, module: str, statement: str) -> None:
    """Whatever the form of an import, the contract fails and names the module."""
    (skeleton / "langfit" / f"{module}.py").write_text(f"{statement}\n", "utf-8")
    done = lint(skeleton)
    assert done.returncode == 1
    assert f"langfit.{module} ->" in done.stdout


@pytest.mark.parametrize("name", ["cli", "fit"])
def test_lower_layers_are_allowed(skeleton: Path, name: str) -> None:
    """A module may import from every layer below its own, not from the next one alone."""
    below = next(number for number, layer in enumerate(LAYERS) if name in layer)
    text = "".join(f"import langfit.{lower}\n" for layer in LAYERS[below + 1 :] for lower in layer)
    (skeleton / "langfit" / f"{name}.py").write_text(text, "utf-8")
    assert lint(skeleton).returncode == 0


def test_a_module_without_a_layer_is_refused(skeleton: Path) -> None:
    """A new module must be given its layer."""
    (skeleton / "langfit" / "stray.py").touch()
    done = lint(skeleton)
    assert done.returncode == 1
    assert "langfit.stray" in done.stdout


LANGUAGE_WORDS = {
    word
    for spoken in LANGUAGES.values()
    for word in (spoken.id, spoken.name, spoken.suffix, *spoken.manifests, *spoken.locks, *spoken.assembly)
}
# Where the name of a language is no question: path, word, reason.
PLAIN_WORDS = {
    ("briefing/sentences.py", "Go"): "a proper noun, which keeps its capital inside a sentence",
    ("briefing/sentences.py", "Rust"): "likewise",
}


def named(path: Path) -> set[str]:
    """Return the languages, suffixes and manifests that are named by a literal in a module."""
    literals = (node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant))
    words = {
        value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for value in literals
        if isinstance(value, str | bytes)
    }
    return words & LANGUAGE_WORDS


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(PACKAGE).as_posix() for path in MODULES])
def test_no_module_asks_which_language_it_has(path: Path) -> None:
    """Outside of `languages` nothing is named after one of them: a language is a value, and a third one would do."""
    name = path.relative_to(PACKAGE).as_posix()
    assert {word for word in named(path) if (name, word) not in PLAIN_WORDS} == set()


def test_a_question_for_the_language_is_seen(tmp_path: Path) -> None:
    """In whatever form it is asked."""
    (tmp_path / "m.py").write_text('a = b == "go"\nc = {"Rust": 1}\nd = (b"go.mod",)\ne = f.endswith(".rs")\n', "utf-8")
    assert named(tmp_path / "m.py") == {"go", "Rust", "go.mod", ".rs"}
    assert all(word in named(PACKAGE / path) for path, word in PLAIN_WORDS)
