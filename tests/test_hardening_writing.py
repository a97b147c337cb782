"""Files that langfit writes: whole or not at all, never through what a repository planted; and streams that break."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile import needs_links
from langfit.model.errors import LangfitError
from langfit.writing import replace
from trees import FIXTURES, commit, fixture

MIXED = FIXTURES / "mixed"
SECONDS = 60
LANGFIT = [sys.executable, "-m", "langfit"]
SCAN = ("scan", "--no-cache", "--no-config", "--quiet", "--jobs", "1")


def ran(*arguments: str | Path, folder: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run langfit as a process of its own, which is ended if it waits for somebody."""
    command = [*LANGFIT, *map(str, arguments)]
    given = {"capture_output": True} if "stderr" not in settings and "stdout" not in settings else {}
    return subprocess.run(command, cwd=folder, text=True, timeout=SECONDS, check=False, **given, **settings)  # type: ignore[call-overload, no-any-return]


@pytest.fixture(params=["plain", "git"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder to be scanned, beside one that holds a file that nobody may touch."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/dear.json").write_bytes(b"dear")
    folder = fixture("mixed", tmp_path / "tree")
    if request.param == "git":
        commit(folder)
    return folder


def _link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


# What is planted at a path, and the path that langfit is asked to write.
PLANTED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a link": ("it.json", _link("../out/dear.json"), "it.json"),
    "a link to nothing": ("it.json", _link("../out/new.json"), "it.json"),
    "a link to the file itself": ("it.json", _link("it.json"), "it.json"),
    "a link to a terminal": ("it.json", _link("/dev/stderr"), "it.json"),
    "a link to a descriptor": ("it.json", _link("/proc/self/fd/1"), "it.json"),
    "a folder that is a link": ("sub", _link("../out"), "sub/dear.json"),
    "a way back through a link": ("sub", _link("../out"), "sub/../out/dear.json"),
    "a pipe": ("it.json", os.mkfifo, "it.json"),
    "a folder": ("it.json", lambda path: path.mkdir(), "it.json"),
}


@needs_links
@pytest.mark.parametrize("command", ["output", "baseline"])
@pytest.mark.parametrize("name", PLANTED)
def test_nothing_planted_is_written_through(tree: Path, name: str, command: str) -> None:
    """One sentence, status 2, no waiting; neither the file outside nor what is planted has changed."""
    place, plant, path = PLANTED[name]
    plant(tree / place)
    words = (*SCAN, "--output", f"json={path}") if command == "output" else ("baseline", "write", "--output", path)
    done = ran(*words, folder=tree)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and path in done.stderr, done
    assert (tree / "../out/dear.json").read_bytes() == b"dear"
    assert sorted(os.listdir(tree.parent / "out")) == ["dear.json"]
    assert not list(tree.rglob(".langfit-*"))


@needs_links
@pytest.mark.parametrize(
    ("name", "command"),
    [
        pytest.param("langfit-baseline.json", ["baseline", "write"], id="baseline"),
        pytest.param("langfit-baseline.json", ["baseline", "write", "resize"], id="baseline of a folder"),
        pytest.param("langfit.toml", ["init", "--force"], id="init"),
        pytest.param("langfit.toml", ["init"], id="init without force"),
    ],
)
def test_a_place_that_nobody_named_is_no_link(tree: Path, name: str, command: list[str]) -> None:
    """The file that a command writes of its own accord may be planted as well."""
    commit(tree)
    (tree / name).symlink_to("../out/dear.json")
    done = ran(*command, folder=tree)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done
    assert (tree / "../out/dear.json").read_bytes() == b"dear" and (tree / name).is_symlink()


@needs_links
def test_settings_above_a_tree_bring_no_link_either(tmp_path: Path) -> None:
    """A baseline stands beside the langfit.toml in force, which may be above what is scanned."""
    tree = fixture("mixed", tmp_path / "above/tree")
    (tmp_path / "dear").write_bytes(b"dear")
    (tmp_path / "above/langfit.toml").write_text("jobs = 1\n", "utf-8")
    (tmp_path / "above/langfit-baseline.json").symlink_to(tmp_path / "dear")
    done = ran("baseline", "write", str(tree), folder=tmp_path)
    assert done.returncode == 2 and (tmp_path / "dear").read_bytes() == b"dear", done


@needs_links
def test_what_the_user_named_outside_is_written(tree: Path) -> None:
    """Through a link of the user's own, into a pipe with a reader, to a stream; the mode of a file stays."""
    out = tree.parent / "out"
    (out / "link.json").symlink_to("dear.json")
    (out / "dear.json").chmod(0o640)
    os.mkfifo(out / "pipe")
    reader = os.open(out / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    asked = [
        f"--output=json={out}/link.json",
        f"--output=markdown={out}/pipe",
        "--output=gitlab=/dev/stderr",
        "--output=html=new.html",
    ]
    done = ran(*SCAN, *asked, folder=tree)
    assert done.returncode == 0, done
    assert json.loads((out / "dear.json").read_bytes())["files"] and (out / "link.json").is_symlink()
    assert (out / "dear.json").stat().st_mode & 0o777 == 0o640
    assert os.read(reader, 1 << 16).startswith(b"#")
    assert isinstance(json.loads(done.stderr), list)
    assert (tree / "new.html").read_text("utf-8").startswith("<!")
    os.close(reader)


@needs_links
def test_a_stream_that_leads_to_a_file_is_not_replaced(tree: Path) -> None:
    """`--output json=/dev/stdout > file`: both reports are there, one after the other."""
    with open(tree / "both", "wb") as both:
        done = ran(*SCAN, "--output=json=/dev/stdout", folder=tree, stdout=both, stderr=subprocess.PIPE)
    text = (tree / "both").read_text("utf-8")
    report, end = json.JSONDecoder().raw_decode(text)
    assert done.returncode == 0 and report["files"] and "Advice" in text[end:]


@needs_links
def test_a_link_of_the_user_leads_into_a_tree_and_no_further(tmp_path: Path) -> None:
    """Part by part, each link on its own."""
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "mine").symlink_to("tree/sub")
    replace(str(tmp_path / "mine/a"), b"1", [str(tree)])
    assert (tree / "sub/a").read_bytes() == b"1"
    (tree / "planted").symlink_to(tmp_path / "out")
    (tmp_path / "theirs").symlink_to("tree/planted")
    for path in ("theirs/a", "mine/../planted/a", "tree/planted/../out/a"):
        with pytest.raises(LangfitError, match="leads through a link inside of the scanned folder"):
            replace(str(tmp_path / path), b"1", [str(tree)])
    assert not os.listdir(tmp_path / "out")


def test_a_full_disk_leaves_the_old_file(tree: Path) -> None:
    """And nothing beside it; stands for every error while bytes are written."""
    (tree / "old.json").write_bytes(b"old")
    full = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))  # noqa: E731
    done = ran(*SCAN, "--output", "json=old.json", folder=tree, preexec_fn=full)
    assert done.returncode == 2 and done.stderr.startswith("langfit: old.json cannot be written ("), done
    assert (tree / "old.json").read_bytes() == b"old" and not list(tree.glob(".langfit-*"))


SAYING: dict[str, tuple[list[str], int]] = {
    "a mistake": (["scan", "nowhere"], 2),
    "what fails": ([*SCAN, "--fail-on", "alert", str(MIXED)], 1),
    "times": ([*SCAN, "--timing", str(MIXED)], 0),
    "a wrong option": (["scan", "--bogus"], 2),
    "a wrong format": (["scan", "--format", "nope"], 2),
    "a wrong command": (["bogus"], 2),
    "mistakes in settings": (["config", "--config", "wrong.toml"], 2),
}


@pytest.mark.parametrize("ends", ["2>&-", "2>/dev/full", "2>&1 >&- | true", "<&- 2>&-"])
@pytest.mark.parametrize("name", SAYING)
def test_a_broken_stderr_changes_no_status(tmp_path: Path, name: str, ends: str) -> None:
    """What cannot be said is lost, and does not go where results go."""
    words, status = SAYING[name]
    (tmp_path / "wrong.toml").write_text("jobs = true\nno = 1\n", "utf-8")
    line = f'"$@" {ends}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *LANGFIT, *words], cwd=tmp_path, capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == status, done
    assert done.stderr == b"" and b"langfit:" not in done.stdout and b"Usage" not in done.stdout


@pytest.mark.parametrize(
    "words",
    [["--help"], ["scan", "--help"], ["--version"], ["rules"], ["completions", "bash"], [*SCAN, str(MIXED)]],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("ends", "status"),
    [(">/dev/full", 2), (">/dev/full 2>/dev/full", 2), ("| true", 0), (">&-", 0), (">&- 2>&- <&-", 0)],
)
def test_a_broken_stdout_has_one_status(words: list[str], ends: str, status: int) -> None:
    """A full disk loses a result, which is a mistake of no program; a reader that went away wanted none."""
    line = f'"$@" {ends}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *LANGFIT, *words], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == status, done
    said = status == 2 and "2>" not in ends
    assert done.stderr.count("\n") == said and done.stderr.startswith(
        "langfit: The standard output cannot be written (" if said else ""
    )


def test_a_file_does_not_take_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """What a library writes to descriptor 2 must not end up in a report."""
    code = (
        "import os, sys; from langfit.process import hold_streams; hold_streams()\n"
        "print(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY) > 2, sys.stderr is not None, file=open(sys.argv[2], 'w'))"
    )
    line = f'"{sys.executable}" -c "$1" "$2" "$3" <&- >&- 2>&-'
    subprocess.run(
        ["sh", "-c", line, "sh", code, str(tmp_path / "a"), str(tmp_path / "b")], check=True, timeout=SECONDS
    )
    assert (tmp_path / "b").read_text("utf-8") == "True True\n"
