"""Small fleets for tests: bare repositories, some of them hostile, and what a run says of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pygit2

from trees import GO_MOD, commit, crate, invoked, kernel, service, write

SERVICE = {"go.mod": GO_MOD, "main.go": service()}
KERNEL = {"go.mod": GO_MOD, "main.go": kernel("main", "F", more="\nfunc main() { F(nil, nil) }\n")}
CRATE = {"Cargo.toml": crate("it"), "src/main.rs": 'fn main() {\n    println!("{}", 1);\n}\n'}


def tree_of(folder: Path) -> Path:
    """Return the work tree of a bare repository, outside of the folder of the fleet."""
    return folder.parent.with_name(f"{folder.parent.name}-trees") / folder.stem


def bare(folder: Path, files: dict[str, str], **more: Any) -> Path:
    """Commit files in a new repository, and leave a bare one of it at `folder`, which ends in `.git`."""
    tree = tree_of(folder)
    write(tree, files)
    commit(tree, **more)
    shutil.rmtree(folder, ignore_errors=True)
    pygit2.clone_repository(str(tree), str(folder), bare=True)
    return folder


def small_fleet(folder: Path, number: int = 4) -> list[Path]:
    """Return bare repositories, a service, a kernel and crates, each with a file of its own."""
    kinds = [SERVICE, KERNEL, CRATE]
    return [bare(folder / f"m{n}.git", {**kinds[min(n, 2)], "README.md": f"{n}\n"}) for n in range(number)]


def headless(folder: Path) -> Path:
    """Return a bare repository whose HEAD names a branch that it does not have."""
    made = bare(folder, CRATE)
    there = pygit2.Repository(str(made)).revparse_single("HEAD").id
    (made / "packed-refs").unlink(missing_ok=True)
    shutil.rmtree(made / "refs/remotes", ignore_errors=True)
    shutil.rmtree(made / "refs/heads")
    write(made, {"HEAD": "ref: refs/heads/gone\n", "refs/heads/other": f"{there}\n"})
    return made


def empty(folder: Path) -> Path:
    """Return a bare repository without commits."""
    pygit2.init_repository(str(folder), bare=True)
    return folder


def torn(folder: Path) -> Path:
    """Return a bare repository of which the tree of the commit is lost."""
    made = bare(folder, CRATE)
    repo = pygit2.Repository(str(made))
    lost = str(repo.revparse_single("HEAD").peel(pygit2.Tree).id)
    for pack in made.glob("objects/pack/*"):
        pack.unlink()
    (made / "objects" / lost[:2] / lost[2:]).unlink(missing_ok=True)
    return made


def partial(folder: Path, *missing: str, files: dict[str, str]) -> Path:
    """Return a bare repository that git would call a partial clone, without the blobs of some paths."""
    made = bare(folder, files)
    tree = pygit2.Repository(str(made)).revparse_single("HEAD").peel(pygit2.Tree)
    for name in missing:
        blob = str(tree[name].id)
        (made / "objects" / blob[:2] / blob[2:]).unlink()
    (made / "objects/pack/pack-0.promisor").touch()
    return made


def ran(*arguments: str | Path) -> str:
    """Run `langfit fleet`, which has to succeed; return what it prints."""
    done = invoked("fleet", *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def report_of(folder: Path) -> Any:
    """Return the JSON report on the newest run."""
    done = invoked("fleet", "report", folder, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def states(folder: Path) -> dict[str, str]:
    """Return the state of each repository of the newest run, with its reason."""
    return {row["id"]: " ".join(filter(None, (row["state"], row["reason"]))) for row in report_of(folder)["rows"]}


def results(folder: Path) -> list[Path]:
    """Return the results in a folder."""
    return sorted(folder.glob("results/**/*.json.gz"))
