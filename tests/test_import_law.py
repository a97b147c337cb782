"""The floors of docs/design.md: the law holds, and it can be broken."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = Path(sys.executable).with_name("lint-imports")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package `langfit` in `folder`."""
    return subprocess.run(
        [LINT, "--no-cache", "--config", config],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_module_imports_from_lower_floors_only() -> None:
    """No module of the package breaks the contract, and none is missing from it."""
    done = lint(ROOT / "analyzer", ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout


# A package with one module per name of the contract, and one wrong import each.
BREACHES = {
    "upwards": ("model", "from langfit import scan"),
    "from a lower floor": ("tree", "from langfit import facts"),
    "across": ("findings", "from langfit import verdicts"),
    "around the route": ("formats", "from langfit import source"),
    "of the command line": ("scan", "import langfit.cli"),
}


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A package that has the modules of the contract and no imports."""
    package = tmp_path / "langfit"
    package.mkdir()
    layers = [name.strip() for row in CONFIG["layers"] for name in row.replace(":", "|").split("|")]
    for name in ("__init__", *layers):
        (package / f"{name}.py").touch()
    return tmp_path


def test_an_empty_house_keeps_the_law(empty_house: Path) -> None:
    """Without imports nothing is broken, so that the next test sees the breach and nothing else."""
    assert lint(empty_house, ROOT / "pyproject.toml").returncode == 0


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_seen(breach: str, empty_house: Path) -> None:
    """Each kind of wrong import fails the contract, by its name."""
    module, statement = BREACHES[breach]
    (empty_house / "langfit" / f"{module}.py").write_text(f"{statement}\n", "utf-8")
    done = lint(empty_house, ROOT / "pyproject.toml")
    assert done.returncode == 1
    assert f"langfit.{module} ->" in done.stdout


def test_a_module_without_a_floor_is_seen(empty_house: Path) -> None:
    """A new module must be given its place."""
    (empty_house / "langfit" / "stray.py").touch()
    done = lint(empty_house, ROOT / "pyproject.toml")
    assert done.returncode == 1
    assert "langfit.stray" in done.stdout
