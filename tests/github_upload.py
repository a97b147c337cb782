"""What happens to a SARIF file on its way into GitHub code scanning, retold without GitHub.

First what the upload action does before it sends anything (github/codeql-action, `upload-lib`, read in May 2026):
schema, one run per category, results in each run, fingerprints. Then what the service is documented to refuse. How to
let the action itself try a file is in docs/dashboards.md.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jsonschema import Draft7Validator
from msgspec import Struct

import multitool
from langfit.fingerprints import LineHashes

MAX_BYTES = 10_000_000  # of the compressed file
MAX_RUNS = 20
MAX_OF_RUN = {"results": 25_000, "rules": 25_000, "extensions": 100}
MAX_LOCATIONS = 1_000
MAX_TAGS = 20
SHOWN = 5_000  # results; the others are accepted and not shown
WORDS = {"name": 255, "shortDescription": 1024, "fullDescription": 1024}  # characters


class Upload(Struct, frozen=True):
    """How an upload would end: refused with these reasons, or taken with these warnings in the log of the job."""

    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    results: int = 0


def upload(text: str, checkout: Path, earlier: set[str] | None = None) -> Upload:
    """What becomes of the SARIF file `text` in a job with its sources at `checkout`.

    `earlier` holds the categories that the job has uploaded so far, and gets those of this file.
    """
    try:
        log = json.loads(text)
    except ValueError as error:
        return Upload((f"no JSON: {error}",))
    schema = [f"schema: {error.json_path} {error.message[:200]}" for error in _validator().iter_errors(log)]
    if schema:
        return Upload(tuple(schema))
    refused = [*_of_categories(log["runs"], set() if earlier is None else earlier)]
    for run in log["runs"]:
        refused += [*_of_run(run)]
    if len(log["runs"]) > MAX_RUNS:
        refused.append(f"{len(log['runs'])} runs")
    packed = len(gzip.compress(json.dumps(log, ensure_ascii=False).encode()))
    if packed > MAX_BYTES:
        refused.append(f"{packed} bytes compressed")
    results = [result for run in log["runs"] for result in run.get("results", ())]
    return Upload(tuple(refused), tuple(_of_fingerprints(results, checkout)), len(results))


@cache
def _validator() -> Draft7Validator:
    """The OASIS schema. A URI that is none is only noted in the log, so formats are not checked."""
    return Draft7Validator(json.loads(multitool.SCHEMA.read_text("utf-8-sig")))


def _of_categories(runs: list[dict[str, Any]], earlier: set[str]) -> Iterator[str]:
    """Two runs of one tool and category are refused, in one file and in two uploads of one job."""
    here = set()
    for run in runs:
        driver, category = run["tool"]["driver"], run.get("automationDetails", {}).get("id")
        names = ("name", "fullName", "version", "semanticVersion", "guid")
        key = (category, *(driver.get(name) for name in names))
        if key in here:
            yield "two runs of one category"
        here.add(key)
    marks = {
        re.sub(
            r"\W", "_", f"{run.get('automationDetails', {}).get('id')}_{run['tool']['driver']['name']}", flags=re.ASCII
        ).upper()
        for run in runs
    }
    if marks & earlier:
        yield "a category that this job has uploaded before"
    earlier |= marks


def _of_run(run: dict[str, Any]) -> Iterator[str]:
    driver = run["tool"]["driver"]
    if not isinstance(run.get("results"), list):
        yield "a run without results"
    lists = {"results": run.get("results", []), "rules": driver.get("rules", [])}
    lists["extensions"] = run["tool"].get("extensions", [])
    yield from (f"{len(rows)} {name}" for name, rows in lists.items() if len(rows) > MAX_OF_RUN[name])
    for rule in lists["rules"]:
        yield from _of_rule(rule)
    for result in lists["results"]:
        yield from _of_result(result)


def _of_rule(rule: dict[str, Any]) -> Iterator[str]:
    if len(rule.get("properties", {}).get("tags", ())) > MAX_TAGS:
        yield f"{rule['id']}: too many tags"
    for name in ("shortDescription", "fullDescription", "help"):
        if not rule.get(name, {}).get("text"):
            yield f"{rule['id']}: no {name}"
    for name, most in WORDS.items():
        value = rule.get(name, "")
        if len(value if isinstance(value, str) else value["text"]) > most:
            yield f"{rule['id']}: {name} too long"
    severity = rule.get("properties", {}).get("security-severity")
    if severity is not None and not re.fullmatch(r"\d+(\.\d+)?", severity):
        yield f"{rule['id']}: security-severity is no number"


def _of_result(result: dict[str, Any]) -> Iterator[str]:
    if not result["message"].get("text"):
        yield "a result without a text"
    places = result.get("locations", [])
    if not places:
        yield "a result without a location"
    if len(places) > MAX_LOCATIONS:
        yield f"{len(places)} locations"
    for place in [*places, *result.get("relatedLocations", ())]:
        uri = place.get("physicalLocation", {}).get("artifactLocation", {}).get("uri")
        if not uri:
            yield "a location without a URI"
        elif re.search(r"%(?![0-9A-Fa-f]{2})", uri):
            yield f"{uri}: an invalid URI"
        elif urlsplit(uri).scheme not in ("", "file"):
            yield f"{uri}: another scheme than that of the checkout"


def _of_fingerprints(results: list[dict[str, Any]], checkout: Path) -> Iterator[str]:
    """The action computes the fingerprint of each line; where a file has its own, that one stays, with a warning."""
    for result in results:
        place = (result.get("locations") or [{}])[0].get("physicalLocation", {})
        path = checkout / unquote(place.get("artifactLocation", {}).get("uri", ""))
        mark = result.get("partialFingerprints", {}).get("primaryLocationLineHash")
        line = place.get("region", {}).get("startLine")
        if mark and line and path.is_file():
            computed = LineHashes(path.read_bytes()).of(line)
            if computed != mark:
                yield f"{result['ruleId']}: {mark} instead of {computed}"
