"""The action, run by `act` on a small repository: steps, expressions, outputs and the colour of the job are real.

Nested actions are stand-ins (`tests/action/stand-ins`) that write down what they were given.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from test_action_docs import LANGFIT, WORKFLOWS

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent / "action"
ACT = shutil.which("act", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
GIT, BASH = shutil.which("git"), shutil.which("bash")
SHIPPED = "action.yml action analyzer rules pyproject.toml README.md CHANGELOG.md LICENSE".split()
STAND_INS = {
    "actions/setup-python": "setup-python",
    "actions/cache": "cache",
    "github/codeql-action": "codeql-action",
    "actions/upload-artifact": "upload-artifact",
}
TEXTS = ((ROOT / "action.yml").read_text("utf-8"), *WORKFLOWS)
PINNED = dict(re.findall(r"uses: ([\w-]+/[\w-]+)[\w/-]*@(\w+)", "\n".join(TEXTS)))
USED = {name: commit for name, commit in PINNED.items() if name in STAND_INS}
HOSTILE = "resize/a\n::error::forged\n.go"
OWN = {"number": 1, "head": {"repo": {"fork": False, "full_name": "owner/project"}}}
# A repository that is itself a fork sends a pull request to itself: its token may write.
OWN_FORK = {"number": 2, "head": {"repo": {"fork": True, "full_name": "owner/project"}}}
FOREIGN = {"number": 3, "head": {"repo": {"fork": True, "full_name": "stranger/project"}}}

pytestmark = pytest.mark.skipif(not (ACT and GIT and BASH), reason="act, git or bash is absent: make .venv/bin/act")


@dataclass(frozen=True)
class Job:
    """What a run left behind."""

    green: bool
    outputs: dict[str, str]
    calls: list[dict[str, Any]]
    commands: list[dict[str, Any]]
    text: str
    kept: dict[str, bytes] = field(default_factory=dict)

    def call(self, action: str) -> dict[str, Any]:
        """The only call of a nested action."""
        (one,) = [call for call in self.calls if call["action"] == action]
        return one

    def names(self) -> list[str]:
        """The nested actions in the order of their calls."""
        return [call["action"] for call in self.calls]

    def commands_of(self, command: str) -> list[dict[str, Any]]:
        """The workflow commands of one kind."""
        return [row for row in self.commands if row["command"] == command]

    @property
    def summary(self) -> str:
        """The job summary."""
        return "".join(row["content"] for row in self.commands_of("summary"))


def git(folder: Path, *arguments: str) -> None:
    """One git command, without the settings of whoever runs the tests."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    assert GIT
    subprocess.run([GIT, *who, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a runner gets of this repository."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def quick(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, except that langfit is not installed anew: the Python of the tests has it, too."""
    folder = tmp_path_factory.mktemp("quick") / "checkout"
    shutil.copytree(checkout, folder)
    lines = [f"python={sys.executable}", "facts=$RUNNER_TEMP/langfit-facts", "format=as-installed"]
    script = "".join(f'echo "{line}" >> "$GITHUB_OUTPUT"\n' for line in lines)
    (folder / "action" / "install.sh").write_text(script, "utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a service and a crate and, since its second commit, a kernel in the service."""
    folder = tmp_path_factory.mktemp("project") / "work"
    shutil.copytree(ROOT / "fixtures" / "mixed", folder)
    kernel = folder / "resize"
    shutil.move(kernel, folder.parent / "resize")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "https://github.com/owner/project.git")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "base")
    shutil.move(folder.parent / "resize", kernel)
    shutil.copy(kernel / "mark.go", folder / HOSTILE)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two")
    return folder


@dataclass(frozen=True)
class Runner:
    """Runs the action on the project, with a store of caches of its own."""

    checkout: Path
    project: Path
    folder: Path

    def run(
        self,
        inputs: dict[str, str] | str,
        pull_request: object = None,
        event: str = "",
        *,
        actor: str = "somebody",
        upload: str = "allowed",
    ) -> Job:
        """One job of a workflow with these inputs, or of the one given, on a push, or on a pull request."""
        text = inputs if isinstance(inputs, str) else workflow(inputs)
        (self.folder / "store").mkdir(exist_ok=True)
        records = self.folder / f"records-{len(list(self.folder.iterdir()))}"
        records.mkdir()
        (records / "event.json").write_text(json.dumps({"pull_request": pull_request} if pull_request else {}), "utf-8")
        (records / "workflow.yml").write_text(text, "utf-8")
        variables = {
            "STAND_IN": str(HERE / "stand_in.py"),
            "STAND_IN_PYTHON": sys.executable,
            "STAND_IN_RECORDS": str(records),
            "STAND_IN_STORE": str(self.folder / "store"),
            "STAND_IN_UPLOAD": upload,
        }
        command = [str(ACT), event or ("pull_request" if pull_request else "push"), "--json", "--no-cache-server"]
        command += [f"--actor={actor}"]
        command += ["--platform=ubuntu-latest=-self-hosted", f"--action-cache-path={records / 'runner'}"]
        command += [f"--workflows={records / 'workflow.yml'}", f"--eventpath={records / 'event.json'}"]
        command += [f"--local-repository={name}={self.checkout}" for name in ("langfit/langfit@v1", LANGFIT)]
        command += [f"--local-repository={name}@{USED[name]}={HERE / 'stand-ins' / STAND_INS[name]}" for name in USED]
        command += [f"--env={name}={value}" for name, value in variables.items()]
        done = subprocess.run(
            command, cwd=self.project, capture_output=True, text=True, timeout=300, check=False, errors="replace"
        )
        rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        ended = [row["jobResult"] for row in rows if "jobResult" in row]
        assert ended, done.stdout + done.stderr
        assert (done.returncode == 0) == (ended == ["success"])
        calls, outputs = records / "calls.jsonl", records / "outputs.json"
        return Job(
            green=done.returncode == 0,
            outputs=json.loads(outputs.read_text("utf-8")) if outputs.exists() else {},
            calls=[json.loads(line) for line in calls.read_text("utf-8").splitlines()],
            commands=[row for row in rows if "command" in row],
            text="".join(row["msg"] for row in rows if row.get("raw_output")),
            kept={path.name: path.read_bytes() for path in records.glob("kept/**/*") if path.is_file()},
        )


def workflow(inputs: dict[str, str]) -> str:
    """A workflow as a user writes it, and a last step that keeps the outputs and the files that they name."""
    keep = 'printf %s "$OUTPUTS" > "$STAND_IN_RECORDS/outputs.json"; '
    keep += '[ -z "$SARIF" ] || { mkdir "$STAND_IN_RECORDS/kept"; cp -r "$SARIF" "$REPORT" "$STAND_IN_RECORDS/kept"; }'
    found = {"OUTPUTS": "${{ toJSON(steps.fit.outputs) }}", "SARIF": "${{ steps.fit.outputs.sarif-file }}"}
    found["REPORT"] = "${{ steps.fit.outputs.report-file }}"
    steps = [
        {"uses": "actions/checkout@v7", "with": {"fetch-depth": 0, "persist-credentials": False}},
        {"uses": "langfit/langfit@v1", "id": "fit", "with": inputs},
        {"if": "always()", "shell": "bash", "run": keep, "env": found},
    ]
    jobs = {"fit": {"runs-on": "ubuntu-latest", "steps": steps}}
    return json.dumps({"name": "fit", "on": ["push", "pull_request"], "jobs": jobs})


@pytest.fixture
def runner(quick: Path, project: Path, tmp_path: Path) -> Runner:
    return Runner(quick, project, tmp_path)


def test_a_push_that_fails_the_job_after_all_else_is_done(checkout: Path, project: Path, tmp_path: Path) -> None:
    """fail-on: the job is red, yet upload, cache, summary, annotations and outputs are all there before."""
    inputs = {"upload": "true", "fail-on": "split", "category-per-deliverable": "true", "show": "all"}
    job = Runner(checkout, project, tmp_path).run(inputs)
    assert not job.green
    assert job.names() == ["setup-python", "restore", "save", "upload"]
    assert json.loads(job.outputs["advice"]) == {"move": 0, "split": 1, "stay": 1, "unclear": 0}
    assert {"moves": "0", "splits": "1", "stays": "1", "unclear": "0"}.items() <= job.outputs.items()
    assert int(job.outputs["findings"]) == len(json.loads(job.kept["langfit.json"])["findings"]) > 0
    uploaded = job.call("upload")["answer"]["results"]
    assert sorted(uploaded) == ["langfit/", "langfit/api/", "langfit/thumb-format/"]
    assert uploaded["langfit/api/"] > 0
    assert uploaded["langfit/"] == uploaded["langfit/thumb-format/"] == 0
    assert job.summary.index("| Advice | Deliverable |") < job.summary.index("\n## ")
    assert 0 < len(job.commands_of("warning")) <= 10
    assert 0 < len(job.commands_of("notice")) <= 10
    assert {"file", "line", "title"} <= set(job.commands_of("warning")[0]["kvPairs"])
    # The hostile name is in the report, and no line of it became a command.
    assert b"forged" in job.kept["langfit.json"]
    assert [row for row in job.commands_of("error") if "forged" in row["arg"]] == []


def test_facts_are_kept_between_runs(runner: Runner) -> None:
    """A second run of a commit finds its facts and saves none; with the cache off, neither step is called."""
    first, again = runner.run({}), runner.run({})
    assert first.green
    assert first.names() == ["setup-python", "restore", "save"]
    assert first.call("restore")["answer"]["cache-hit"] == "false"
    assert "facts.sqlite3" in first.call("save")["answer"]["files"].split()
    assert first.call("save")["given"]["key"] == first.call("restore")["given"]["key"]
    assert first.call("save")["given"]["key"].startswith(first.call("restore")["given"]["restore-keys"].strip())
    assert again.names() == ["setup-python", "restore"]
    assert again.call("restore")["answer"]["cache-hit"] == "true"
    assert again.outputs["advice"] == first.outputs["advice"]
    assert runner.run({"cache": "false"}).names() == ["setup-python"]


def test_a_pull_request_reports_what_is_new(runner: Runner) -> None:
    """With a base, the split that the second commit brings is in the report; one SARIF file, in the category given."""
    job = runner.run({"base": "base", "upload": "true", "category": "langfit-pr", "fail-on": "split"}, OWN)
    assert not job.green
    assert list(job.call("upload")["answer"]["results"]) == ["langfit-pr/"]
    report = json.loads(job.kept["langfit.json"])
    changed = [row["name"] for row in report["change"]["differences"] if row["kind"] == "deliverable"]
    assert changed == ["api"]
    assert {finding["path"].partition("/")[0] for finding in report["findings"]} == {"resize"}
    assert "stay" in job.summary
    assert "split" in job.summary


@pytest.mark.parametrize(
    ("pull_request", "actor", "green"),
    [
        (None, "somebody", False),
        (OWN, "somebody", False),
        (OWN_FORK, "somebody", False),
        (FOREIGN, "somebody", True),
        (OWN, "dependabot[bot]", True),
    ],
    ids=["push", "own", "own-fork", "foreign", "dependabot"],
)
def test_a_forbidden_upload(runner: Runner, pull_request: object, actor: str, green: bool) -> None:
    """An upload that fails turns the job red, except where the token may not write; outputs are there all the same."""
    job = runner.run({"upload": "true"}, pull_request, actor=actor, upload="forbidden")
    assert job.call("upload")
    assert job.green == green
    assert job.outputs["splits"] == "1"
    assert "langfit.sarif" in job.kept


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (
            {"fail-on": "sometimes", "upload": "true"},
            "The input fail-on is 'sometimes': give never, move, split or alert.",
        ),
        ({"base": "no-such-branch", "upload": "true"}, "langfit: There is no commit named no-such-branch in "),
    ],
)
def test_a_scan_that_cannot_run(runner: Runner, inputs: dict[str, str], sentence: str) -> None:
    """One sentence as an annotation, a red job, and nothing uploaded or kept."""
    job = runner.run(inputs)
    assert not job.green
    (error,) = job.commands_of("error")
    assert error["arg"].startswith(sentence)
    assert job.names() == ["setup-python", "restore"]
    assert job.outputs["sarif-file"] == ""


@pytest.mark.parametrize("text", WORKFLOWS, ids=range(len(WORKFLOWS)))
def test_the_workflows_of_the_documentation_run(runner: Runner, text: str) -> None:
    """Each workflow runs on each of its events; it fails where it names a gate, and only there."""
    events = [name for name in ("push", "pull_request", "workflow_dispatch") if f"\n  {name}:" in text]
    assert events
    base = subprocess.run(["git", "rev-parse", "base"], cwd=runner.project, capture_output=True, text=True, check=True)
    for event in events:
        pull_request = {**OWN, "base": {"sha": base.stdout.strip()}} if event == "pull_request" else None
        job = runner.run(text, pull_request, event)
        assert job.green == ("fail-on:" not in text)
        assert job.commands_of("error") == []
        assert ("upload" in job.names()) == ("upload:" in text)
        assert ("keep" in job.names()) == ("upload-artifact" in text)
        assert "| Advice | Deliverable |" in job.summary
