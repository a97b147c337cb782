"""The action: the validators accept it, they can refuse it, and its scripts do what its outputs promise."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pygit2
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
ACTION = ROOT / "action.yml"
TEXT = ACTION.read_text("utf-8")
DEFINED = YAML(typ="safe").load(TEXT)
STEPS = DEFINED["runs"]["steps"]
VALIDATOR = Path(__file__).parent / "action" / "node_modules" / ".bin" / "action-validator"
BASH = shutil.which("bash")
needs_validator = pytest.mark.skipif(
    not VALIDATOR.exists() or shutil.which("node") is None,
    reason="action-validator is absent: npm ci --prefix tests/action",
)
needs_bash = pytest.mark.skipif(BASH is None, reason="the bash command is not installed")


def tool(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of the validators."""
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def zizmor(path: Path) -> subprocess.CompletedProcess[str]:
    """Ask zizmor with its strictest persona; 0 means no finding."""
    return tool(
        Path(sys.executable).with_name("zizmor"),
        "--offline",
        "--no-progress",
        "--no-config",
        "--persona",
        "auditor",
        path,
    )


def schema(path: Path) -> subprocess.CompletedProcess[str]:
    """Ask the schema of composite actions."""
    return tool(
        sys.executable, "-m", "check_jsonschema", "--verbose", "--builtin-schema", "vendor.github-actions", path
    )


def validator(path: Path) -> subprocess.CompletedProcess[str]:
    """Ask action-validator."""
    return tool(VALIDATOR, path)


GATES = [zizmor, schema, pytest.param(validator, marks=needs_validator)]
SCAN_LINE = """'"$LANGFIT_PYTHON" -I -X utf8 "$GITHUB_ACTION_PATH/action/scan.py"'"""
SHA = r"@[0-9a-f]{40} # v[\d.]+"


@pytest.mark.parametrize("gate", GATES)
def test_the_action_passes(gate: Callable[[Path], subprocess.CompletedProcess[str]]) -> None:
    """No validator has anything to say against the action."""
    done = gate(ACTION)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("gate", "old", "new", "word"),
    [
        (zizmor, SCAN_LINE, "langfit scan ${{ inputs.path }}", "template-injection"),
        (zizmor, re.search(SHA, TEXT)[0], "@v6", "unpinned-uses"),  # type: ignore[index]
        (schema, "using: composite", "using: docker", "docker"),
        (schema, "      shell: bash\n", "", "shell"),
        pytest.param(validator, "using: composite", "using: rocket", "runs", marks=needs_validator),
    ],
)
def test_each_gate_can_fail(
    gate: Callable[[Path], subprocess.CompletedProcess[str]], old: str, new: str, word: str, tmp_path: Path
) -> None:
    """A mistake of the kind that the gate is there for is refused by name."""
    assert old in TEXT
    spoilt = tmp_path / "action.yml"
    spoilt.write_text(TEXT.replace(old, new), "utf-8")
    done = gate(spoilt)
    assert done.returncode != 0
    assert word in done.stdout + done.stderr


def test_nothing_is_interpolated_into_a_shell() -> None:
    """No `run:` holds an expression; every input that a script reads comes by `env:`."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_nested_action_is_pinned() -> None:
    """Nested actions are named by full commit, with their version beside it."""
    used = re.findall(r"^\s+uses: (\S+.*)$", TEXT, re.MULTILINE)
    assert used
    assert [line for line in used if not re.fullmatch(rf"[\w/-]+{SHA}", line)] == []


def test_every_input_is_used() -> None:
    """An input that nothing reads would be a promise that nothing keeps."""
    used = set(re.findall(r"inputs\.([\w-]+)", TEXT))
    assert used == set(DEFINED["inputs"])


def test_upload_happens_only_when_asked_for() -> None:
    """The upload is off by default, conditional, and may fail on forks without failing the job."""
    (upload,) = [step for step in STEPS if "upload-sarif" in step.get("uses", "")]
    assert DEFINED["inputs"]["upload"]["default"] == "false"
    assert upload["if"] == "${{ inputs.upload == 'true' }}"
    assert "github.event.pull_request.head.repo" in upload["continue-on-error"]
    assert "dependabot[bot]" in upload["continue-on-error"]
    assert STEPS.index(upload) < len(STEPS) - 1  # the job is failed after it


def script() -> ModuleType:
    """The scan script, as a module."""
    spec = importlib.util.spec_from_file_location("action_scan", ROOT / "action" / "scan.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = script()


@pytest.mark.parametrize(
    ("environment", "held"),
    [
        ({"LANGFIT_PATH": "sub folder"}, ["--", "sub folder"]),
        ({"LANGFIT_PATH": "--help"}, ["--", "--help"]),
        ({}, ["--", "."]),
        ({"LANGFIT_REV": "-x; rm -rf /"}, ["--rev=-x; rm -rf /"]),
        ({"LANGFIT_BASE": "main", "LANGFIT_FAIL_ON": "move"}, ["--base=main", "--fail-on=move"]),
        ({"LANGFIT_PROFILES": "cpu.pprof\n\n --help\n"}, ["--profile=cpu.pprof", "--profile=--help"]),
        ({"LANGFIT_CONFIG": "-a b", "LANGFIT_BASELINE": "known.json"}, ["--config=-a b", "--baseline=known.json"]),
    ],
)
def test_inputs_cannot_become_options(environment: dict[str, str], held: list[str], tmp_path: Path) -> None:
    """Each value is bound to its own option or stands behind `--`."""
    command = SCRIPT.arguments(environment, tmp_path)
    start = command.index(held[0])
    assert command[start : start + len(held)] == held
    assert command[-2] == "--"


def test_options_that_are_not_set_are_not_passed(tmp_path: Path) -> None:
    """An empty input is as good as none."""
    command = SCRIPT.arguments(dict.fromkeys(SCRIPT.OPTIONS, ""), tmp_path)
    outputs = [f"--output={name}={tmp_path / file}" for name, file in SCRIPT.FILES.items()]
    assert command == ["scan", "--quiet", "--format=github", *outputs, "--", "."]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LANGFIT_FAIL_ON", "sometimes", "The input fail-on is 'sometimes': give never, move, split or alert."),
        ("LANGFIT_SHOW", "Verdicts", "The input show is 'Verdicts': give summary, briefing, evidence or all."),
        ("LANGFIT_UPLOAD", "yes", 'The input upload is \'yes\': give "true" or "false".'),
        ("LANGFIT_CACHE", "True", 'The input cache is \'True\': give "true" or "false".'),
        ("LANGFIT_CATEGORY_PER_DELIVERABLE", "\n::error::x", "The input category-per-deliverable is '\\n::error::x'"),
        ("LANGFIT_CATEGORY", "a\nb", "The input category is 'a\\nb'"),
        ("LANGFIT_CATEGORY", "a/", "The input category is 'a/'"),
        ("LANGFIT_CATEGORY", " ", "The input category is ' '"),
    ],
)
def test_an_input_that_makes_no_sense(variable: str, value: str, sentence: str, tmp_path: Path) -> None:
    """The step ends with 2 and one sentence as an annotation, before anything is scanned."""
    environment = runner(tmp_path, **{variable: value})
    done = scan_step(sys.executable, tmp_path, environment)
    assert done.returncode == 2
    assert done.stdout.startswith(f"::error title=langfit::{sentence}")
    assert done.stdout.count("\n") == 1
    assert outputs(environment) == {}


@pytest.mark.parametrize("variable", ["LANGFIT_FAIL_ON", "LANGFIT_SHOW", *SCRIPT.FLAGS, "LANGFIT_CATEGORY"])
def test_the_default_of_each_input_makes_sense(variable: str) -> None:
    """What action.yml gives when a user gives nothing is accepted."""
    name = variable.removeprefix("LANGFIT_").lower().replace("_", "-")
    assert SCRIPT.refusal({variable: DEFINED["inputs"][name]["default"]}) == ""


def test_every_variable_of_the_script_is_set_by_the_step() -> None:
    """Each input that the script reads comes from the input of that name."""
    (scan,) = [step for step in STEPS if step.get("id") == "scan"]
    read = {*SCRIPT.OPTIONS, *SCRIPT.FLAGS, "LANGFIT_PATH", "LANGFIT_CATEGORY", "LANGFIT_PROFILES"}
    named = {variable: variable.removeprefix("LANGFIT_").lower().replace("_", "-") for variable in read}
    assert {key: scan["env"][key] for key in read} == {key: f"${{{{ inputs.{name} }}}}" for key, name in named.items()}


@pytest.mark.parametrize("limit", [200, 1_000, 10_000])
def test_a_long_summary_is_cut_and_says_so(limit: int) -> None:
    """A summary stays below the limit in bytes, ends with a whole line and tells that it was cut."""
    text = SCRIPT.summary("ä line of the report\n" * 10_000, limit)
    assert len(text.encode()) <= limit
    assert text.endswith(SCRIPT.CUT)
    assert text.removesuffix(SCRIPT.CUT).endswith("report\n")
    assert SCRIPT.summary("short", limit) == "short"


def test_outputs_cannot_be_forged() -> None:
    """A value with lines of its own cannot end the output, since the delimiter is new each time."""
    first, second = (SCRIPT.output("name", "a\nEOF\nmoves=7") for _ in range(2))
    delimiters = [text.splitlines()[0].removeprefix("name<<") for text in (first, second)]
    assert len(set(delimiters)) == len(delimiters)
    assert first == f"name<<{delimiters[0]}\na\nEOF\nmoves=7\n{delimiters[0]}\n"


def runner(folder: Path, **inputs: str) -> dict[str, str]:
    """The environment that a runner gives to a step."""
    files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.touch()
    known = {name: str(path) for name, path in files.items()}
    return {**os.environ, **known, "RUNNER_TEMP": str(folder), "GITHUB_ACTION_PATH": str(ROOT), **inputs}


def outputs(environment: dict[str, str]) -> dict[str, str]:
    """The outputs that a step has written, one line each."""
    text = Path(environment["GITHUB_OUTPUT"]).read_text("utf-8")
    found = re.finditer(r"^([\w-]+)<<(\S+)\n(.*?)\n\2$|^([\w-]+)=([^\n]*)$", text, re.MULTILINE | re.DOTALL)
    return {match[1] or match[4]: match[3] if match[1] else match[5] for match in found}


def scan_step(python: str | Path, workspace: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the scan step as the runner does."""
    return subprocess.run(
        [python, "-I", "-X", "utf8", ROOT / "action" / "scan.py"],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_scan_step(tmp_path: Path) -> None:
    """Outputs, summary, annotations and report come out of one run over a fixture."""
    environment = runner(tmp_path, LANGFIT_PATH="mixed", LANGFIT_FAIL_ON="split")
    done = scan_step(sys.executable, ROOT / "fixtures", environment)
    assert done.returncode == 0, done.stderr
    found = outputs(environment)
    report = json.loads(Path(found["report-file"]).read_text("utf-8"))
    answers = [item["advice"]["answer"] for item in report["deliverables"]]
    assert found["status"] == "1"
    assert json.loads(found["advice"]) == {word: answers.count(word) for word in ("move", "split", "stay", "unclear")}
    assert (found["moves"], found["splits"], found["stays"]) == ("0", "1", "1")
    assert found["sentence"] == report["sentence"]
    assert json.loads(Path(found["sarif-file"]).read_text("utf-8"))["version"] == "2.1.0"
    assert report["sentence"] in Path(environment["GITHUB_STEP_SUMMARY"]).read_text("utf-8")
    assert "::warning " in done.stdout
    assert Path(found["html-file"]).read_text("utf-8").startswith("<!doctype html>")
    declared = {row["value"].split(".")[-1].rstrip(" }") for row in DEFINED["outputs"].values()}
    assert declared <= set(found)


def test_what_the_action_installs_is_locked() -> None:
    """Each dependency and the build backend stand in the lock with a version that fits and hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "action" / "requirements.lock").read_text("utf-8")
    rows = re.findall(r"^([\w-]+)==(\S+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.MULTILINE)
    locked = {canonicalize_name(name): version for name, version, _ in rows}
    assert len(locked) == len(re.findall(r"^[^\s#]", lock, re.MULTILINE))
    asked = [Requirement(text) for text in project["project"]["dependencies"] + project["build-system"]["requires"]]
    assert [str(one) for one in asked if locked.get(canonicalize_name(one.name), "0") not in one.specifier] == []


def test_a_scan_that_cannot_run_fails_at_once(tmp_path: Path) -> None:
    """An unknown revision ends the step with status 2, a sentence and no outputs."""
    environment = runner(tmp_path, LANGFIT_PATH=str(ROOT), LANGFIT_REV="no-such-revision")
    done = scan_step(sys.executable, tmp_path, environment)
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=langfit::langfit: There is no commit named no-such-revision")
    assert done.stdout.count("\n") == 1
    assert outputs(environment) == {}


@pytest.mark.parametrize(("is_shallow", "variable"), [(True, "BASE"), (True, "REV"), (False, "BASE")])
def test_a_shallow_checkout_is_named(is_shallow: bool, variable: str, tmp_path: Path) -> None:
    """A revision that is missing for want of history leads to the setting that brings it."""
    repo = pygit2.init_repository(str(tmp_path), initial_head="main")
    who = pygit2.Signature("a", "a@example.org")
    commit = repo.create_commit("HEAD", who, who, "one", repo.TreeBuilder().write(), [])
    if is_shallow:
        (tmp_path / ".git" / "shallow").write_text(f"{commit}\n", "utf-8")
    environment = runner(tmp_path, **{f"LANGFIT_{variable}": "HEAD~1"})
    done = scan_step(sys.executable, tmp_path, environment)
    assert done.returncode == 2
    assert "There is no commit named HEAD~1" in done.stdout
    assert ("fetch-depth: 0" in done.stdout) == is_shallow


@needs_bash
def test_install_and_scan_run_nothing_of_the_scanned_repository(tmp_path: Path) -> None:
    """Modules planted in the workspace under names that Python, pip and langfit import are never executed."""
    workspace, temporary = tmp_path / "workspace", tmp_path / "temporary"
    shutil.copytree(ROOT / "fixtures" / "mixed", workspace)
    temporary.mkdir()
    trap = f"open({str(tmp_path / 'sprung')!r}, 'a').write(__name__)\n"
    for name in ("venv", "pip", "click", "json", "sitecustomize", "tree_sitter", "ensurepip"):
        (workspace / f"{name}.py").write_text(trap, "utf-8")
    (workspace / "langfit").mkdir()
    (workspace / "langfit" / "__init__.py").write_text(trap, "utf-8")
    environment = runner(temporary, LANGFIT_PYTHON=sys.executable)
    assert BASH is not None
    command = [BASH, str(ROOT / "action" / "install.sh")]
    done = subprocess.run(
        command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    python = outputs(environment)["python"]
    done = scan_step(python, workspace, environment)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "sprung").exists()
