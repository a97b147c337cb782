"""What the stand-ins of nested actions do: write down what they were given, and as much of the real thing as counts.

`setup-python` hands out the Python of the tests, `restore` and `save` keep folders in STAND_IN_STORE, and `upload`
refuses what the real upload refuses. `upload` fails when STAND_IN_UPLOAD is `forbidden`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

MOST_RUNS = 20


def restore(given: dict[str, str]) -> dict[str, str]:
    """The folder kept under the key, or under the newest key that starts with one of the other ones."""
    kept = sorted(Path(os.environ["STAND_IN_STORE"]).iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    names = [path.name for path in kept]
    starts = [start.strip() for start in given["restore-keys"].splitlines() if start.strip()]
    found = [name for name in names if name == given["key"]]
    found += [name for start in starts for name in names if name.startswith(start)]
    if found:
        shutil.copytree(Path(os.environ["STAND_IN_STORE"], found[0]), given["path"], dirs_exist_ok=True)
    return {"cache-hit": str(given["key"] in found).lower(), "cache-matched-key": found[0] if found else ""}


def save(given: dict[str, str]) -> dict[str, str]:
    """Keep the folder; a key is written once."""
    shutil.copytree(given["path"], Path(os.environ["STAND_IN_STORE"], given["key"]))
    return {"files": " ".join(sorted(path.name for path in Path(given["path"]).iterdir()))}


def upload(given: dict[str, str]) -> dict[str, Any]:
    """The results by category, when the upload is one that would be taken."""
    place = Path(given["sarif_file"])
    files = sorted(place.glob("**/*.sarif")) if place.is_dir() else [place]
    runs = [run for file in files for run in json.loads(file.read_text("utf-8"))["runs"]]
    seen = [re.sub(r"[^a-zA-Z0-9_]", "_", run["automationDetails"]["id"]).upper() for run in runs]
    assert runs, f"no SARIF in {place}"
    assert len(runs) <= MOST_RUNS, len(runs)
    assert len(set(seen)) == len(seen), seen
    assert all(run["tool"]["driver"]["rules"] for run in runs)
    return {"results": {run["automationDetails"]["id"]: len(run["results"]) for run in runs}}


def setup_python(given: dict[str, str]) -> dict[str, str]:
    """The Python of the tests, whatever version was asked for."""
    return {"python-path": sys.executable}


def keep(given: dict[str, str]) -> dict[str, str]:
    """The size of the file that is kept as an artifact."""
    return {"bytes": str(Path(given["path"]).stat().st_size)}


VERBS = {"setup-python": setup_python, "restore": restore, "save": save, "upload": upload, "keep": keep}


def main() -> int:
    """Do what the action named by the first argument does, and write it down."""
    verb = sys.argv[1]
    given = json.loads(os.environ["INPUTS"])
    forbidden = verb == "upload" and os.environ.get("STAND_IN_UPLOAD") == "forbidden"
    answer = VERBS[verb](given)
    with Path(os.environ["STAND_IN_RECORDS"], "calls.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"action": verb, "given": given, "answer": answer}) + "\n")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in answer.items())
    if forbidden:
        sys.stderr.write("Resource not accessible by integration\n")
    return int(forbidden)


if __name__ == "__main__":
    sys.exit(main())
