"""Saved reports that somebody changed: `langfit judge` ends in a report or in one sentence, in every format."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from golden.report import REPORT
from growth import is_linear
from hostile import invoked, needs_links
from langfit import formats
from langfit.alerts import alerts_of
from langfit.formats.json import LARGEST
from langfit.model.report import Report
from trees import FIXTURES, printed

SAVED = json.loads(formats.render("json", REPORT))
DEEP = 100_000


def judged(folder: Path, data: bytes, name: str = "text", *, show: str = "all") -> bool:
    """Tell whether bytes were taken for a report; if not, they must have ended in one sentence of modest length."""
    path = folder / "saved.json"
    path.write_bytes(data)
    done = invoked("judge", "--no-config", "--format", name, "--show", show, str(path))
    if done.exit_code == 0:
        assert done.stdout and not done.stderr
        return True
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.output
    assert done.stderr.startswith(f"langfit: {path} is ") and len(done.stderr) < 600 + len(str(path)), done.stderr
    assert "itself has failed" not in done.stderr
    return False


def changed(path: str, value: Any) -> bytes:
    """Return the saved report with another value at a path such as `deliverables.0.fit.lean`."""
    report = copy.deepcopy(SAVED)
    *above, last = path.split(".")
    at = report
    for part in above:
        at = at[int(part) if part.isdecimal() else part]
    at[int(last) if last.isdecimal() else last] = value
    return json.dumps(report).encode("utf-8", "surrogatepass")


# What was changed, and whether it still is a report.
CHANGED: dict[str, tuple[str, Any, bool]] = {
    "a language": ("deliverables.0.language", "cobol", False),
    "no language": ("components.0.language", "", False),
    "neither as a language": ("components.0.language", "neither", False),
    "what it suits": ("deliverables.0.fit.suits", "neither", False),
    "what evidence suits": ("deliverables.0.against.0.suits", "c", False),
    "what a finding suits": ("findings.0.suits", "c", False),
    "what a rule suits": ("rules.0.suits", "c", False),
    "a balance": ("deliverables.0.balance", {"cobol": 0.5}, False),
    "a share above all": ("deliverables.0.balance", {"go": 1e300}, False),
    "a lean": ("deliverables.0.fit.lean", 1e308, False),
    "a lean of an integer": ("deliverables.0.fit.lean", 10**400, False),
    "a confidence": ("deliverables.0.fit.confidence", -1, False),
    "lines": ("components.0.lines", 10**30, False),
    "negative lines": ("components.0.lines", -1, False),
    "no lines": ("components.0.lines", 0, True),
    "tokens": ("deliverables.0.tokens", 10**400, False),
    "tokens of 5,000 digits": ("deliverables.0.tokens", "N" * 5_000, False),
    "a line": ("findings.0.line", 2**40, False),
    "a count": ("deliverables.0.against.0.count", 2**64, False),
    "a value": ("deliverables.0.against.0.value", 1e300, False),
    "files": ("files.analysed", 10**20, False),
    "a reason to skip": ("skipped.0.reason", "because", True),
    "a rule that is not there": ("deliverables.0.against.0.rule", "go/none", True),
    "a component that is not there": ("findings.0.component", "none", True),
    "components that are not there": ("deliverables.0.components", ["none"] * 9, True),
    "a parent of itself": ("components.0.parent", REPORT.components[0].name, True),
    "an absolute path": ("findings.0.path", "/etc/passwd", True),
    "a path upwards": ("findings.0.path", "../" * 50, True),
    "no name": ("deliverables.0.name", "", True),
    "a lone surrogate": ("deliverables.0.name", "\ud800", False),
    "a zero byte": ("deliverables.0.name", "a\0b", True),
    "why": ("deliverables.0.fit.why", "because", True),
    "an answer": ("deliverables.0.advice.answer", "burn", False),
    "a reason of another answer": ("deliverables.0.advice.reason", "coarse-cut", True),
    "a status": ("deliverables.0.cuts", [{"root": "", "files": [], "status": "new", "why": ""}], False),
    "a fingerprint": ("deliverables.0.fingerprint", "", True),
    "a remote": ("source.remote", "https://[::1", True),
    "a revision": ("source.revision", "", True),
    "a change": ("change", {"base": "", "differences": []}, True),
    "no list": ("findings", {}, False),
    "a schema": ("schema", ["langfit/report/2"], False),
    "another schema": ("schema", "langfit/report/3", False),
    "the schema before": ("schema", "langfit/report/1", False),
    "a new key": ("new", [[[1]]], True),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_report_is_judged_or_refused(tmp_path: Path, name: str) -> None:
    """Bounds and names of languages are checked while it is read; all else that is odd is only shown."""
    path, value, fine = CHANGED[name]
    data = changed(path, value).replace(b'"' + b"N" * 5_000 + b'"', b"9" * 5_000)
    for chosen in formats.names():
        assert judged(tmp_path, data, chosen) is fine, chosen


ODD: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "half of it": json.dumps(SAVED).encode()[:-20],
    "not a number": changed("deliverables.0.fit.lean", float("nan")),
    "infinity": changed("deliverables.0.fit.lean", float("inf")),
    "a number out of range": changed("deliverables.0.fit.lean", "X").replace(b'"X"', b"1e400"),
    "deep": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "a deep key": b'{"schema":"langfit/report/2","a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a deep finding": changed("findings", "X").replace(b'"X"', b"[" * DEEP + b"]" * DEEP),
    "no UTF-8": b'{"schema":"langfit/report/2","version":"\xff"}',
    "UTF-16": json.dumps(SAVED).encode("utf-16"),
    "zero bytes": bytes(1000),
    "twice": json.dumps(SAVED).encode() * 2,
    "SARIF": formats.render("sarif", REPORT).encode(),
    "a page": formats.render("html", REPORT).encode(),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_what_is_no_report_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    """Whatever it is."""
    assert judged(tmp_path, data) is False


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside of a value."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, inner in rows for place in places(inner, (*at, key)))]


ALL = [place for place in places(SAVED) if place]
VALUES: list[Any] = [
    None, True, 0, -1, 1, 2**31, 2**63, 10**30, 10**400, 0.5, -0.5, 1e308, 5e-324, "", "x", "go", "rust", "move", "split", "stay",
    "x" * 9_000, "../..", "a\0b", "::x", [], {}, [[]], [None], ["x"] * 3, {"a": 1}, "small", "broken", "-", "2024-01-01",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(ALL), st.sampled_from(VALUES) | st.sampled_from(ALL), st.booleans()),
        min_size=1, max_size=4,
    ),
    st.sampled_from(formats.names()),
)  # fmt: skip
def test_any_change_ends_in_a_report_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[tuple[Any, ...], Any, bool]], name: str
) -> None:
    """Values of other kinds, values from elsewhere in the report, and missing ones."""
    report = copy.deepcopy(SAVED)
    for place, value, gone in changes:
        try:
            at = report
            for part in place[:-1]:
                at = at[part]
            if gone:
                del at[place[-1]]
                continue
            if isinstance(value, tuple):
                found: Any = SAVED
                for part in value:
                    found = found[part]
                value = copy.deepcopy(found)
            at[place[-1]] = value
        except (KeyError, IndexError, TypeError):  # an earlier change has taken it away
            continue
    judged(tmp_path_factory.getbasetemp(), json.dumps(report).encode(), name)


@needs_links
@pytest.mark.parametrize("plant", ["pipe", "endless", "folder", "nothing"])
def test_only_regular_files_are_read(tmp_path: Path, plant: str) -> None:
    """Nothing is waited for, and nothing without end is read."""
    path = tmp_path / "saved"
    if plant == "pipe":
        os.mkfifo(path)
    elif plant == "endless":
        path.symlink_to("/dev/zero")
    elif plant == "folder":
        path.mkdir()
    command = [sys.executable, "-m", "langfit", "judge", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "cannot be read (" in done.stderr


@needs_links
@pytest.mark.parametrize("source", ["/dev/zero", "/dev/null"])
def test_a_standard_input_without_end_has_one(tmp_path: Path, source: str) -> None:
    """It is read to the size of the largest report, and in no more memory than that."""
    code = (
        "import re; from langfit.cli import main\n"
        "try: main(['judge', '-'])\n"  # the peak of this program alone: that of rusage has the parent's in it
        "except SystemExit as end: print(end.code, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    with open(source, "rb") as endless:
        done = subprocess.run(
            [sys.executable, "-c", code], stdin=endless, capture_output=True, text=True, timeout=120, check=False
        )
    status, peak = map(int, done.stdout.split())
    assert status == 2 and done.stderr.startswith("langfit: - is ")
    assert peak * 1024 < 2 * LARGEST + (100 << 20)


def test_a_report_judged_again_is_the_same() -> None:
    """For real reports: nothing that a scan says is beyond the bounds."""
    for name in ("mixed", "go-kernel", "rust-kernel"):
        text = printed("scan", "--no-cache", "--format", "json", "--show", "all", FIXTURES / name)
        path = Path(os.environ["LANGFIT_CACHE_DIR"]) / "again.json"
        path.write_text(text, "utf-8")
        again = json.loads(printed("judge", "--no-config", "--format", "json", path))
        assert [row["advice"] for row in again["deliverables"]] == [
            row["advice"] for row in json.loads(text)["deliverables"]
        ]
        path.unlink()


def many(number: int) -> Report:
    """Return a report with many deliverables that all ask for something, each known to a baseline or not."""
    asking = next(item for item in REPORT.deliverables if item.advice.answer == "move" and not item.suppressed)
    rows = range(number)
    return structs.replace(
        REPORT,
        deliverables=tuple(
            structs.replace(asking, name=f"d{n}", components=(f"c{n}",), fingerprint=f"{n}") for n in rows
        ),
        findings=tuple(
            structs.replace(
                REPORT.findings[0],
                component=f"c{n}",
                path=f"c{n}.go",
                rule=asking.against[0].rule,
                suits=asking.against[0].suits,
            )
            for n in rows
        ),
        known=tuple(f"k{n}" for n in rows),
    )


GROWING: dict[str, Callable[[Report], Any]] = {"alerts": alerts_of} | {
    name: lambda report, name=name: formats.render(name, report, show="briefing")  # type: ignore[misc]
    for name in ("text", "sarif", "gitlab", "html")
}


@pytest.mark.parametrize("name", GROWING)
def test_formats_are_linear_in_what_asks_for_something(name: str) -> None:
    """Places are found by their component, and known advice by its fingerprint."""
    assert is_linear(GROWING[name], many, 400)
