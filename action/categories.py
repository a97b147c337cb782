"""One SARIF file per deliverable: each a run with a category of its own in code scanning.

It works on the SARIF that langfit has written, since what it makes room for is a habit of one dashboard: the command
line and its formats stay without it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

MOST = 20  # runs in an upload; GitHub refuses more
NAMED = 10  # deliverables that a sentence names
ADVICE_RULES = "langfit/"  # kept in every file: a driver without rules is refused


@dataclass(frozen=True)
class Parts:
    """SARIF files, the last of them for all that has no category of its own.

    `merged` are the deliverables whose results are in the last file for want of room, `left_out` those without results
    for which there was no room either: what they once had in a category of their own stays open there.
    """

    files: tuple[dict[str, Any], ...]
    merged: tuple[str, ...]
    left_out: tuple[str, ...]


def under(log: dict[str, Any], category: str) -> dict[str, Any]:
    """Return `log` in `category`. A category inside the file wins over the one that the upload is given."""
    return {**log, "runs": [{**run, "automationDetails": {"id": f"{category}/"}} for run in log["runs"]]}


def parts(log: dict[str, Any], category: str, most: int = MOST) -> Parts:
    """Return at most `most` files: `<category>/<deliverable>` for each deliverable, and `<category>` for the rest.

    Deliverables with results come first, then the others: an upload without results closes the alerts that the category
    had.
    """
    (run,) = log["runs"]
    judged = {item["name"] for item in run["properties"]["deliverables"]} - {""}
    held: dict[str, list[dict[str, Any]]] = {}
    for result in run["results"]:
        name = str(result.get("properties", {}).get("deliverable", ""))
        held.setdefault(name if name in judged else "", []).append(result)
    having = held.keys() - {""}
    ranked = sorted(having) + sorted(judged - having)
    own, beyond = ranked[: most - 1], ranked[most - 1 :]
    ends = _distinct(judged)
    files = [_part(log, f"{category}/{ends[name]}", name, held.get(name, [])) for name in own]
    rest = [result for name, results in held.items() if name not in own for result in results]
    last = {**log, "runs": [_with_results(run, rest)]}
    return Parts(
        files=(*files, under(last, category)),
        merged=tuple(name for name in beyond if name in having),
        left_out=tuple(name for name in beyond if name not in having),
    )


def sentences(made: Parts, category: str) -> list[str]:
    """Return what a reader should know about deliverables without a file of their own; [] when all have one."""
    found = []
    if made.merged:
        found.append(
            f"An upload holds at most {MOST} categories: the results of {_few(made.merged)} are in {category} itself."
        )
    if made.left_out:
        found.append(
            f"No category was uploaded for {_few(made.left_out)}, without results; alerts that they had in one of "
            "their own stay open."
        )
    return found


def clash(identifier: str) -> str:
    """Return what the upload compares of an identifier: it takes two that are equal in this form for one."""
    return re.sub(r"[^A-Za-z0-9_]", lambda found: "_" * (len(found[0].encode("utf-16-le")) // 2), identifier).upper()


def _distinct(names: Iterable[str]) -> dict[str, str]:
    """Return ends of categories by deliverable; those that would clash carry a mark, the same in every run."""
    ordered = sorted(names)
    times = Counter(clash(name) for name in ordered)
    return {
        name: name if times[clash(name)] == 1 else f"{name}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
        for name in ordered
    }


def _part(log: dict[str, Any], category: str, name: str, results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the file of one deliverable: its results and advice. What is about the scan stays in the last file."""
    (run,) = log["runs"]
    rows = [item for item in run["properties"]["deliverables"] if item["name"] == name]
    small = {**_with_results(run, results), "properties": {"deliverables": rows}}
    driver = {key: value for key, value in small["tool"]["driver"].items() if key != "notifications"}
    small |= {"tool": {"driver": driver}, "invocations": [{"executionSuccessful": True}]}
    return under({**log, "runs": [small]}, category)


def _with_results(run: dict[str, Any], results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return `run` with these results only, and with the rules that they use."""
    used = {result["ruleId"] for result in results}
    driver = run["tool"]["driver"]
    rules = [rule for rule in driver["rules"] if rule["id"] in used or rule["id"].startswith(ADVICE_RULES)]
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    return {
        **run,
        "tool": {**run["tool"], "driver": {**driver, "rules": rules}},
        "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in results],
    }


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
