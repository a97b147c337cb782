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
from typing import Any

from langfit.config.settings import SETTINGS

sys.path.append(str(Path(__file__).resolve().parent))  # Python, isolated, leaves out the folder of its script

import categories

SUMMARY_LIMIT = 1024 * 1024 - 1024  # bytes; GitHub drops a summary of more than 1 MiB
CUT = "\n\n(The summary ends here, since GitHub takes no more. The JSON report holds all of it.)\n"
NOTICES = 10  # per step; GitHub drops further annotations of one kind
OPTIONS = {
    "LANGFIT_REV": "--rev",
    "LANGFIT_BASE": "--base",
    "LANGFIT_FAIL_ON": "--fail-on",
    "LANGFIT_SHOW": "--show",
    "LANGFIT_RULES": "--rules",
    "LANGFIT_CONFIG": "--config",
    "LANGFIT_BASELINE": "--baseline",
}
FLAGS = {
    "LANGFIT_UPLOAD": "upload",
    "LANGFIT_CATEGORY_PER_DELIVERABLE": "category-per-deliverable",
    "LANGFIT_CACHE": "cache",
}
FILES = {
    "sarif": "langfit.sarif",
    "json": "langfit.json",
    "markdown": "langfit.md",
    "text": "langfit.txt",
    "html": "langfit.html",
}
SHALLOW = Path(".git", "shallow")  # git writes it where history ends early
RAN, BROKEN = (0, 1), 2


def refusal(environment: Mapping[str, str]) -> str:
    """Return what is wrong with an input, as one sentence that says what to give instead; "" when nothing is."""
    for setting in SETTINGS:
        value = environment.get(f"LANGFIT_{setting.key.upper().replace('-', '_')}")
        known = (*setting.choices, *setting.aliases)
        if setting.flag in OPTIONS.values() and value and setting.choices and value not in known:
            choices = f"{', '.join(setting.choices[:-1])} or {setting.choices[-1]}"
            return f"The input {setting.key} is {value!r}: give {choices}."
    for variable, name in FLAGS.items():
        if environment.get(variable, "") not in ("", "true", "false"):
            return f'The input {name} is {environment[variable]!r}: give "true" or "false".'
    category = environment.get("LANGFIT_CATEGORY", "")
    if not category.isprintable() or category.endswith("/") or category != category.strip():
        return f"The input category is {category!r}: give a name on one line, without a slash or a space at its end."
    return ""


def arguments(environment: Mapping[str, str], folder: Path) -> list[str]:
    """Return what langfit is called with; its reports go into `folder`.

    Values never stand where an option could be read.
    """
    chosen = [f"{option}={environment[name]}" for name, option in OPTIONS.items() if environment.get(name)]
    lines = environment.get("LANGFIT_PROFILES", "").splitlines()
    chosen += [f"--profile={line.strip()}" for line in lines if line.strip()]
    outputs = [f"--output={name}={folder / file}" for name, file in FILES.items()]
    return ["scan", "--quiet", "--format=github", *chosen, *outputs, "--", environment.get("LANGFIT_PATH") or "."]


def summary(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """Return `text`, cut at the end of a line to at most `limit` bytes with a sentence that says so."""
    data = text.encode()
    if len(data) <= limit:
        return text
    kept = data[: limit - len(CUT.encode())]
    return kept[: kept.rfind(b"\n") + 1].decode("utf-8", "ignore") + CUT


def output(name: str, value: str) -> str:
    """Return `value` as an output of the step, between delimiters that nobody can foresee."""
    delimiter = f"langfit-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def annotation(kind: str, text: str) -> str:
    """Return `text` as one workflow command; no line of it can become another one."""
    escaped = text.strip().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} title=langfit::{escaped}\n"


def shallow(environment: Mapping[str, str]) -> str:
    """Return what to do about a revision that a shallow checkout lacks; "" where that is not the trouble."""
    asked = environment.get("LANGFIT_BASE") or environment.get("LANGFIT_REV")
    return " The checkout is shallow: give actions/checkout `fetch-depth: 0`." if asked and SHALLOW.exists() else ""


def sort_out(folder: Path, category: str, *, per_deliverable: bool) -> tuple[Path, list[str]]:
    """Put the SARIF file, or one file per deliverable, under `category`.

    Returns the file or the folder to upload, and sentences about results that share a category for want of room.
    """
    whole = folder / FILES["sarif"]
    log: dict[str, Any] = json.loads(whole.read_text("utf-8"))
    if not per_deliverable:
        _write(whole, categories.under(log, category))
        return whole, []
    made = categories.parts(log, category)
    target = folder / "sarif"
    target.mkdir()
    for number, file in enumerate(made.files, 1):
        _write(target / f"langfit-{number:02}.sarif", file)
    return target, categories.sentences(made, category)


def _write(path: Path, log: dict[str, Any]) -> None:
    path.write_text(json.dumps(log, ensure_ascii=True, indent=1) + "\n", "utf-8")


def values(folder: Path, status: int, sarif: Path) -> dict[str, str]:
    """Return the outputs of the step."""
    report = json.loads((folder / FILES["json"]).read_text("utf-8"))
    # What langfit.toml asks to leave out fails no job, so it is no move here either.
    answers = Counter(item["advice"]["answer"] for item in report["deliverables"] if not item.get("suppressed"))
    counts = {answer: answers[answer] for answer in ("move", "split", "stay", "unclear")}
    return {
        "status": str(status),
        "sarif-file": str(sarif),
        "report-file": str(folder / FILES["json"]),
        "html-file": str(folder / FILES["html"]),
        "moves": str(counts["move"]),
        "splits": str(counts["split"]),
        "stays": str(counts["stay"]),
        "unclear": str(counts["unclear"]),
        "findings": str(len(report["findings"])),
        "advice": json.dumps(counts),
        "sentence": report["sentence"],
    }


def main() -> int:
    """Run langfit and hand on what it found."""
    wrong = refusal(os.environ)
    if wrong:
        sys.stdout.write(annotation("error", wrong))
        return BROKEN
    folder = Path(tempfile.mkdtemp(prefix="langfit-", dir=os.environ["RUNNER_TEMP"]))
    command = [sys.executable, "-I", "-m", "langfit", *arguments(os.environ, folder)]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - no shell, and one list of arguments
    notes = done.stderr.decode("utf-8", "replace")
    if done.returncode not in RAN or not (folder / FILES["json"]).exists():  # a crash of Python is a 1, too
        why = notes.strip() or f"langfit ended with {done.returncode} and printed nothing."
        sys.stdout.write(annotation("error", f"{why}{shallow(os.environ)}"))
        return done.returncode or BROKEN
    sys.stderr.write(notes)
    return hand_on(folder, done.returncode, done.stdout.decode("utf-8", "replace"))


def hand_on(folder: Path, status: int, annotations: str) -> int:
    """Write the outputs, the job summary and the log of a scan that ran."""
    category = os.environ.get("LANGFIT_CATEGORY") or "langfit"
    per_deliverable = os.environ.get("LANGFIT_CATEGORY_PER_DELIVERABLE") == "true"
    sarif, sentences = sort_out(folder, category, per_deliverable=per_deliverable)
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(output(name, value) for name, value in values(folder, status, sarif).items())
    report = (folder / FILES["markdown"]).read_text("utf-8")
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
        file.write(summary(report))
    # langfit has made all of this harmless to a runner: no line of the report is a command.
    sys.stdout.write(annotations)
    room = NOTICES - sum(line.startswith("::notice") for line in annotations.splitlines())
    sys.stdout.writelines(annotation("notice", text) if room > at else f"{text}\n" for at, text in enumerate(sentences))
    sys.stdout.write(f"::group::Report\n{(folder / FILES['text']).read_text('utf-8')}\n::endgroup::\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
