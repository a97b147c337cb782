"""The gate for SARIF files: Microsoft's SARIF Multitool and the OASIS schema, as functions over a file.

`npm ci --prefix tests/sarif` installs the tool; it is a native program and needs no network afterwards.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sarif" / "node_modules" / "@microsoft" / "sarif-multitool-linux"
# The wrapper that npm installs starts a shell, which takes the `;` of --rule-kind for its own: call the program.
PROGRAM = FOLDER / "Sarif.Multitool"
SCHEMA = FOLDER / "sarif-2.1.0.json"
KINDS = "Sarif;Ghas;GHAzDO"
GITHUB_RULES = tuple(f"GH100{number}" for number in range(1, 8))  # off unless a configuration file turns them on
# They ask for the pipeline run, which only Azure knows, in the field from which GitHub reads the category instead.
AZURE_RUN_RULES = ("GHAzDO1019", "GHAzDO1020")
SECONDS = 120


def absent() -> str:
    """Why the gate cannot run here; "" when it can."""
    return "" if PROGRAM.exists() and SCHEMA.exists() else "SARIF Multitool is absent: npm ci --prefix tests/sarif"


def validate(path: Path, levels: tuple[str, ...] = ("error",)) -> list[str]:
    """What is wrong with the SARIF file at `path`, one sentence each: schema first, then Multitool at `levels`.

    Multitool exits with 0 even when it found errors, so its own report is read. Raises CalledProcessError or
    TimeoutExpired when it does not get so far.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, rules = Path(folder) / "out.json", Path(folder) / "rules.xml"
        rules.write_bytes(_configuration())
        command: list[str | Path] = [PROGRAM, "validate", path, "--rule-kind", KINDS, "-c", rules, "-o", out]
        options = ["--log", "ForceOverwrite", "--level", "Error;Warning;Note"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=SECONDS, check=False)
        if not out.exists():
            return [f"multitool wrote no report: {done.stdout[-500:]}{done.stderr[-500:]}"]
        report = json.loads(out.read_text("utf-8-sig"))
    return _schema_mistakes(path) + _results(report, levels)


def _results(report: dict[str, object], levels: tuple[str, ...]) -> list[str]:
    found = []
    for run in report["runs"]:  # type: ignore[attr-defined]
        rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", ())}
        for result in run.get("results", ()):
            if result.get("level", "warning") in levels and result["ruleId"] not in AZURE_RUN_RULES:
                found.append(f"{result['ruleId']}: {_text(result['message'], rules.get(result['ruleId'], {}))}")
        for invocation in run.get("invocations", ()):
            for note in invocation.get("toolExecutionNotifications", ()):
                if note.get("level") == "error":
                    found.append(f"multitool: {note['message'].get('text', note)}")
    return found


def _text(message: dict[str, object], rule: dict[str, object]) -> str:
    if "text" in message:
        return str(message["text"])
    text = str(rule.get("messageStrings", {}).get(message.get("id"), {}).get("text", message.get("id")))  # type: ignore[attr-defined]
    for number, argument in enumerate(message.get("arguments", ())):  # type: ignore[arg-type, var-annotated]
        text = text.replace(f"{{{number}}}", str(argument))
    return text


def _schema_mistakes(path: Path) -> list[str]:
    command: list[str | Path] = [sys.executable, "-m", "check_jsonschema", "--schemafile", SCHEMA, path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return [] if done.returncode == 0 else [f"schema: {done.stdout.strip()} {done.stderr.strip()}"]


@cache
def _configuration() -> bytes:
    """The text of a configuration file with the seven rules of GitHub set to errors."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.xml"
        subprocess.run([PROGRAM, "export-validation-config", path], capture_output=True, timeout=SECONDS, check=True)
        root = xml.parse(path).getroot()
    settings = [
        setting
        for group in root.iter("Properties")
        if group.get("Key", "").split(".")[0] in GITHUB_RULES
        for setting in group.iter("Property")
        if setting.get("Key") == "RuleEnabled"
    ]
    if len(settings) != len(GITHUB_RULES):
        raise LookupError(f"expected the {len(GITHUB_RULES)} rules of GitHub, found {len(settings)}")
    for setting in settings:
        setting.set("Value", "Error")
    return xml.tostring(root)
