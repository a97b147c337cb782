"""The scan step of the action: inputs from the environment in; annotations, job summary and outputs out.

The exit status of langfit becomes the output `status`, so that the upload comes before the job fails; when langfit
could not run at all (2 or a crash), the step fails at once.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

SUMMARY_LIMIT = 1024 * 1024 - 1024  # bytes; GitHub drops a summary of more than 1 MiB
CUT = "\n\n(The summary ends here, since GitHub takes no more. The JSON report holds all of it.)\n"
OPTIONS = {
    "LANGFIT_REV": "--rev",
    "LANGFIT_BASE": "--base",
    "LANGFIT_FAIL_ON": "--fail-on",
    "LANGFIT_SHOW": "--show",
    "LANGFIT_RULES": "--rules",
}
RAN, BROKEN = (0, 1), 2


def arguments(environment: Mapping[str, str], folder: Path) -> list[str]:
    """What langfit is called with; reports go into `folder`. Values never stand where an option could be read."""
    chosen = [f"{option}={environment[name]}" for name, option in OPTIONS.items() if environment.get(name)]
    files = {"sarif": "langfit.sarif", "json": "langfit.json", "markdown": "langfit.md", "text": "langfit.txt"}
    outputs = [f"--output={name}={folder / file}" for name, file in files.items()]
    return ["scan", "--quiet", "--format=github", *chosen, *outputs, "--", environment.get("LANGFIT_PATH") or "."]


def summary(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """`text`, cut at the end of a line to at most `limit` bytes with a sentence that says so."""
    data = text.encode()
    if len(data) <= limit:
        return text
    kept = data[: limit - len(CUT.encode())]
    return kept[: kept.rfind(b"\n") + 1].decode("utf-8", "ignore") + CUT


def output(name: str, value: str) -> str:
    """`value` as an output of the step, between delimiters that nobody can foresee."""
    delimiter = f"langfit-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def main() -> int:
    """Run langfit and hand on what it found."""
    folder = Path(tempfile.mkdtemp(prefix="langfit-", dir=os.environ["RUNNER_TEMP"]))
    command = [sys.executable, "-I", "-m", "analyzer.cli", *arguments(os.environ, folder)]
    status = subprocess.run(command, check=False).returncode  # noqa: S603 - no shell, and one list of arguments
    if status not in RAN or not (folder / "langfit.json").exists():  # a crash of Python is a 1, too
        return status or BROKEN
    report = json.loads((folder / "langfit.json").read_text("utf-8"))
    answers = Counter(verdict["answer"] for verdict in report["verdicts"])
    counts = {answer: answers[answer] for answer in ("move", "split", "stay", "unclear")}
    values = {
        "status": str(status),
        "sarif-file": str(folder / "langfit.sarif"),
        "report-file": str(folder / "langfit.json"),
        "moves": str(counts["move"]),
        "splits": str(counts["split"]),
        "verdicts": json.dumps(counts),
    }
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(output(name, value) for name, value in values.items())
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
        file.write(summary((folder / "langfit.md").read_text("utf-8")))
    # langfit has made the report harmless to a runner: no line of it is a command.
    sys.stdout.write(f"::group::Report\n{(folder / 'langfit.txt').read_text('utf-8')}\n::endgroup::\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
