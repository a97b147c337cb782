"""The hooks, installed and run by pre-commit itself in a repository of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GIT = shutil.which("git")
SHIPPED = ".pre-commit-hooks.yaml analyzer rules pyproject.toml README.md CHANGELOG.md LICENSE".split()
HERE = "HERE"  # in the arguments, the folder of the hooks

pytestmark = pytest.mark.skipif(GIT is None, reason="the git command is not installed")


def git(folder: Path, *arguments: str) -> str:
    """What one git command prints, without the settings of whoever runs the tests."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    assert GIT
    done = subprocess.run([GIT, *who, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def committed(folder: Path) -> Path:
    """`folder` as a repository with all its files in one commit."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A", "--force")
    git(folder, "commit", "-q", "-m", "one")
    return folder


@dataclass(frozen=True)
class Hooks:
    """The hooks at a commit, and where pre-commit keeps what it installs of them."""

    folder: Path
    home: Path

    def configure(self, project: Path, *hooks: Mapping[str, object]) -> None:
        """Write a configuration that asks for `hooks`."""
        repo = {"repo": str(self.folder), "rev": git(self.folder, "rev-parse", "HEAD"), "hooks": list(hooks)}
        (project / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [repo]}), "utf-8")
        git(project, "add", ".pre-commit-config.yaml")

    def run(self, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`pre-commit` with these arguments in `project`."""
        given = [str(self.folder) if argument == HERE else argument for argument in arguments]
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", *given],
            cwd=project,
            env={**os.environ, "PRE_COMMIT_HOME": str(self.home), "PRE_COMMIT_COLOR": "never"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    """The work tree as a repository that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return Hooks(committed(folder), tmp_path_factory.mktemp("home"))


def project(folder: Path, fixture: str) -> Path:
    """A fixture as a repository with one commit."""
    return committed(Path(shutil.copytree(ROOT / "fixtures" / fixture, folder / "project")))


ALL = ("run", "--all-files", "--hook-stage")
FITS = {"id": "langfit"}
MOVES = {"id": "langfit", "args": ["--fail-on", "move"]}
BROKEN = {"id": "langfit", "args": ["--base", "none"]}
REPORT = {"id": "langfit-report"}
TRY = ("try-repo", HERE, "langfit", *ALL[1:], "pre-push")
SPLIT, MOVE = "fails: api: Consider Rust", "fails: backup-operator: Consider Go"


@pytest.mark.parametrize(
    ("fixture", "hook", "arguments", "status", "held"),
    [
        pytest.param("mixed", FITS, (*ALL, "pre-push"), 1, ["Failed", SPLIT], id="fails on a split"),
        pytest.param("mixed", FITS, (*ALL, "pre-commit"), 0, [], id="not on a commit"),
        pytest.param("mixed", MOVES, (*ALL, "pre-push"), 0, ["Passed"], id="other arguments"),
        pytest.param("rust-operator", MOVES, (*ALL, "pre-push"), 1, ["Failed", MOVE], id="fails on a move"),
        pytest.param("go-service", FITS, (*ALL, "pre-push"), 0, ["Passed"], id="stays"),
        pytest.param(
            "mixed", REPORT, (*ALL, "manual"), 0, ["Passed", "Worth a look: api; 1 other stays."], id="report"
        ),
        pytest.param("mixed", BROKEN, (*ALL, "manual"), 1, ["exit code: 2", "named none"], id="broken"),
        pytest.param("mixed", FITS, TRY, 1, ["Failed", SPLIT], id="try-repo"),
        pytest.param("mixed", FITS, ("validate-manifest", f"{ROOT}/.pre-commit-hooks.yaml"), 0, [], id="manifest"),
    ],
)
def test_the_hooks(
    hooks: Hooks,
    fixture: str,
    hook: Mapping[str, object],
    arguments: tuple[str, ...],
    status: int,
    held: list[str],
    tmp_path: Path,
) -> None:
    """Each hook runs at its stage, fails on what it should, shows why, and takes other arguments."""
    folder = project(tmp_path, fixture)
    hooks.configure(folder, hook)
    done = hooks.run(folder, *arguments)
    assert done.returncode == status, done.stdout + done.stderr
    assert [text for text in held if text not in done.stdout] == [], done.stdout
    assert held or "langfit" not in done.stdout


def test_other_files_are_passed_over(hooks: Hooks, tmp_path: Path) -> None:
    """A repository without Go and Rust is not scanned."""
    (tmp_path / "notes.md").write_text("no code\n", "utf-8")
    hooks.configure(committed(tmp_path), FITS)
    done = hooks.run(tmp_path, *ALL, "pre-push")
    assert done.returncode == 0
    assert "no files to check" in done.stdout
