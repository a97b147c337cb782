"""docs/dashboards.md: its commands run, its pipelines are what the services accept, and its table is true."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from langfit import formats

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "dashboards.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [body for kind, body in BLOCKS if kind == "sh"]
PIPELINES = {body.split("\n")[0].lstrip("# "): body for kind, body in BLOCKS if kind == "yaml"}
SCHEMAS = {
    ".github/workflows/langfit.yml": ["--builtin-schema", "vendor.github-workflows"],
    ".gitlab-ci.yml": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
    "azure-pipelines.yml": ["--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines"],
}
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="the bash command is not installed")


def _langfit_lines(pipeline: str) -> list[str]:
    lines = re.findall(r"langfit scan .*", pipeline)
    return [re.sub(r"\$\(Build\.\w+\)", ".", line) for line in lines]


@needs_bash
@pytest.mark.parametrize(
    "command", [*COMMANDS, *(line for text in PIPELINES.values() for line in _langfit_lines(text))]
)
def test_the_commands_run(command: str, tmp_path: Path) -> None:
    """Each command, those inside pipelines included, writes the files that it names."""
    shutil.copytree(ROOT / "fixtures" / "mixed", tmp_path, dirs_exist_ok=True)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANGFIT_CACHE_DIR": str(tmp_path / ".cache"),
    }
    done = subprocess.run(
        [str(BASH), "-euc", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    written = re.findall(r"--output [\w-]+=\"?([^\s\"]+)", command)
    assert written and all((tmp_path / name).stat().st_size > 100 for name in written)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_pipelines_are_accepted(name: str, tmp_path: Path) -> None:
    """Each service's own schema accepts the pipeline, and would not accept a word that it does not know."""
    path = tmp_path / Path(name).name

    def accepted(text: str) -> bool:
        path.write_text(text, "utf-8")
        command = [sys.executable, "-m", "check_jsonschema", *SCHEMAS[name], str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0

    assert accepted(PIPELINES[name])
    assert not accepted(re.sub(r"\b(script|runs-on): ", r"\1s: ", PIPELINES[name].replace("script:\n", "script: {}\n")))


def test_every_pipeline_is_held_to_a_schema() -> None:
    """A pipeline that is added gets a schema."""
    assert PIPELINES.keys() == SCHEMAS.keys() and len(COMMANDS) == 2


def test_the_table_names_formats() -> None:
    """The formats of the table exist."""
    named = set(re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE))
    assert named == {"sarif", "sarif-full", "github", "gitlab", "sonar"} <= {*formats.names()}
