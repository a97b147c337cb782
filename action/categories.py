"""One SARIF file per component: each a run with a category of its own in code scanning.

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
NAMED = 10  # components that a sentence names
VERDICT_RULES = "langfit/"  # kept in every file: a driver without rules is refused


@dataclass(frozen=True)
class Parts:
    """SARIF files, the last of them for all that has no category of its own.

    `merged` are the components whose results are in the last file for want of room, `left_out` those without results
    for which there was no room either: what they once had in a category of their own stays open there.
    """

    files: tuple[dict[str, Any], ...]
    merged: tuple[str, ...]
    left_out: tuple[str, ...]


def under(log: dict[str, Any], category: str) -> dict[str, Any]:
    """`log` in `category`. A category inside the file wins over the one that the upload is given."""
    return {**log, "runs": [{**run, "automationDetails": {"id": f"{category}/"}} for run in log["runs"]]}


def parts(log: dict[str, Any], category: str, most: int = MOST) -> Parts:
    """At most `most` files: `<category>/<component>` for components, and `<category>` for the rest.

    Components with results come first, then the other judged ones: an upload without results closes the alerts that
    the category had.
    """
    (run,) = log["runs"]
    judged = {verdict["component"] for verdict in run["properties"]["verdicts"]} - {""}
    having = {name for result in run["results"] if (name := _component(result))}
    ranked = sorted(having) + sorted(judged - having)
    own, beyond = ranked[: most - 1], ranked[most - 1 :]
    ends = _distinct(judged | having)
    files = [_part(log, run, f"{category}/{ends[name]}", name) for name in own]
    rest = [result for result in run["results"] if _component(result) not in own]
    last = {**log, "runs": [_with_results(run, rest)]}
    return Parts(
        files=(*files, under(last, category)),
        merged=tuple(name for name in beyond if name in having),
        left_out=tuple(name for name in beyond if name not in having),
    )


def sentences(made: Parts, category: str) -> list[str]:
    """What a reader should know about components that have no file of their own; [] when all have one."""
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
    """What the upload compares of an identifier: it takes two that are equal in this form for one."""
    return re.sub(r"[^A-Za-z0-9_]", lambda found: "_" * (len(found[0].encode("utf-16-le")) // 2), identifier).upper()


def _distinct(names: Iterable[str]) -> dict[str, str]:
    """Ends of categories by component. Those that would clash carry a mark of their name, the same in every run."""
    ordered = sorted(names)
    times = Counter(clash(name) for name in ordered)
    return {
        name: name if times[clash(name)] == 1 else f"{name}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
        for name in ordered
    }


def _component(result: dict[str, Any]) -> str:
    return str(result.get("properties", {}).get("component", ""))


def _part(log: dict[str, Any], run: dict[str, Any], category: str, name: str) -> dict[str, Any]:
    """The file of one component: its results and its verdict. What concerns the whole scan stays in the last file."""
    results = [result for result in run["results"] if _component(result) == name]
    verdicts = [verdict for verdict in run["properties"]["verdicts"] if verdict["component"] == name]
    small = {**_with_results(run, results), "properties": {"verdicts": verdicts}}
    driver = {key: value for key, value in small["tool"]["driver"].items() if key != "notifications"}
    small |= {"tool": {"driver": driver}, "invocations": [{"executionSuccessful": True}]}
    return under({**log, "runs": [small]}, category)


def _with_results(run: dict[str, Any], results: list[dict[str, Any]]) -> dict[str, Any]:
    """`run` with these results only, and with the rules that they use."""
    used = {result["ruleId"] for result in results}
    driver = run["tool"]["driver"]
    rules = [rule for rule in driver["rules"] if rule["id"] in used or rule["id"].startswith(VERDICT_RULES)]
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    return {
        **run,
        "tool": {**run["tool"], "driver": {**driver, "rules": rules}},
        "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in results],
    }


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
