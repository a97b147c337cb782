"""docs/action.md: the validators accept each workflow in it, and what it says of inputs is true.

`test_action_run.py` runs the workflows.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from test_action import DEFINED, ROOT, tool, zizmor

TEXT = (ROOT / "docs" / "action.md").read_text("utf-8")
BLOCKS = [token.content for token in MarkdownIt().parse(TEXT) if token.type == "fence" and token.info == "yaml"]
WORKFLOWS = [text for text in BLOCKS if "\njobs:" in text]
HOOKS = [text for text in BLOCKS if text.startswith("repos:")]
LANGFIT = "OWNER/langfit@" + 40 * "0"


def schema(path: Path) -> subprocess.CompletedProcess[str]:
    """Ask the schema of workflows."""
    return tool(
        sys.executable, "-m", "check_jsonschema", "--verbose", "--builtin-schema", "vendor.github-workflows", path
    )


def workflow(folder: Path, text: str) -> Path:
    """`text` where a workflow belongs: zizmor looks at the place."""
    path = folder / ".github" / "workflows" / "langfit.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


def test_all_yaml_is_known() -> None:
    """Each block is a workflow or a configuration of hooks, so none goes unchecked."""
    assert len(WORKFLOWS) > 1
    assert len(BLOCKS) == len(WORKFLOWS) + len(HOOKS)


@pytest.mark.parametrize("gate", [schema, zizmor])
@pytest.mark.parametrize("text", WORKFLOWS, ids=range(len(WORKFLOWS)))
def test_each_workflow_passes(
    gate: Callable[[Path], subprocess.CompletedProcess[str]], text: str, tmp_path: Path
) -> None:
    """No validator has anything to say against what users will copy."""
    done = gate(workflow(tmp_path, text))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("gate", "old", "new", "word"),
    [
        (schema, "runs-on:", "run-on:", "run-on"),
        (zizmor, LANGFIT, "OWNER/langfit@v1", "unpinned-uses"),
        (zizmor, "  push:\n    branches: [main]\n", "  pull_request_target:\n", "dangerous-triggers"),
    ],
)
def test_each_gate_can_fail(
    gate: Callable[[Path], subprocess.CompletedProcess[str]], old: str, new: str, word: str, tmp_path: Path
) -> None:
    """A mistake in the first workflow is refused by name."""
    assert old in WORKFLOWS[0]
    done = gate(workflow(tmp_path, WORKFLOWS[0].replace(old, new)))
    assert done.returncode != 0
    assert word in done.stdout + done.stderr


@pytest.mark.parametrize("text", WORKFLOWS, ids=range(len(WORKFLOWS)))
def test_each_workflow_uses_inputs_and_outputs_that_exist(text: str) -> None:
    """What a workflow gives the action, and takes from it, is in action.yml."""
    (job,) = YAML(typ="safe").load(text)["jobs"].values()
    (step,) = [step for step in job["steps"] if step.get("uses") == LANGFIT]
    assert set(step.get("with", {})) <= set(DEFINED["inputs"])
    assert set(re.findall(r"outputs\.([\w-]+)", text)) <= set(DEFINED["outputs"])


@pytest.mark.parametrize("text", HOOKS, ids=range(len(HOOKS)))
def test_the_configuration_of_hooks(text: str, tmp_path: Path) -> None:
    """pre-commit accepts it, and its hooks are offered."""
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(text, "utf-8")
    done = tool(sys.executable, "-m", "pre_commit", "validate-config", path)
    assert done.returncode == 0, done.stdout
    offered = {hook["id"] for hook in YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    (repo,) = YAML(typ="safe").load(text)["repos"]
    assert {hook["id"] for hook in repo["hooks"]} <= offered
    assert {found for found in offered if f"`{found}`" in TEXT} == offered, json.dumps(sorted(offered))
