"""Mark the rows of the dependency tables that real manifests name.

    python benchmarks/seen.py DIRECTORY

DIRECTORY holds git repositories, bare or not, at most three levels down. Every go.mod and Cargo.toml at HEAD is read;
the `seen` lists of rules/dependencies/go.toml and rust.toml are rewritten in place, everything else in them is kept.
A row is seen when a manifest has it as a direct dependency: no `// indirect`, no dev or build dependency, no crate
taken from a path. Where several rows match one dependency, the longest is the one that is seen.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pygit2
import tomli

TABLES = Path(__file__).resolve().parent.parent / "rules" / "dependencies"
FOREIGN = {"vendor", "testdata", "third_party", "node_modules"}  # manifests in there are other people's
WIDTH = 118
DEPTH = 3
SEEN = re.compile(r"^seen = \[[^\]]*\]\n", re.MULTILINE)
REQUIRE = re.compile(r"^(\S+)\s+v\S+\s*(//.*)?$")
MAJOR = re.compile(r"/v\d+$")


def repositories(folder: Path, depth: int = DEPTH) -> Iterator[pygit2.Repository]:
    """The repositories in `folder`, down to `depth` levels, by name; what cannot be opened is said on stderr."""
    if (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir()):
        try:
            yield pygit2.Repository(str(folder))
        except pygit2.GitError as error:
            print(f"{folder}: {error}", file=sys.stderr)
        return
    if depth > 0:
        for child in sorted(folder.iterdir()):
            if child.is_dir() and not child.is_symlink():
                yield from repositories(child, depth - 1)


def manifests(repository: pygit2.Repository, name: str) -> Iterator[tuple[str, str]]:
    """Path and text of every file called `name` at HEAD, foreign folders left out."""
    try:
        trees = [("", repository.head.peel(pygit2.Tree))]
    except pygit2.GitError as error:
        print(f"{repository.path}: {error}", file=sys.stderr)
        return
    while trees:
        prefix, tree = trees.pop()
        for entry in tree:
            if isinstance(entry, pygit2.Tree) and entry.name not in FOREIGN:
                trees.append((f"{prefix}{entry.name}/", entry))
            elif isinstance(entry, pygit2.Blob) and entry.name == name:
                yield prefix + name, entry.data.decode("utf-8", "replace")


def required(text: str) -> set[str]:
    """Module paths that a go.mod requires directly, without their /vN suffix."""
    found: set[str] = set()
    block = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.endswith("("):
            block = line.split()[0].rstrip("(")
        elif line == ")":
            block = ""
        else:
            entry = line if block == "require" else line.removeprefix("require ").strip() if not block else ""
            match = REQUIRE.match(entry) if block or line.startswith("require ") else None
            if match and "indirect" not in (match[2] or ""):
                found.add(MAJOR.sub("", match[1].strip('"')))
    return found


def depended(documents: list[dict[str, object]]) -> set[str]:
    """Crates that the Cargo.toml documents of one repository depend on, renames and workspace entries resolved."""
    shared: dict[str, object] = {}
    for document in documents:
        shared |= _table(_table(document, "workspace"), "dependencies")
    found: set[str] = set()
    for document in documents:
        targets = [table for table in _table(document, "target").values() if isinstance(table, dict)]
        for table in [document, *targets]:
            for name, given in _table(table, "dependencies").items():
                inherits = isinstance(given, dict) and given.get("workspace") is True
                spec = shared.get(name, given) if inherits else given
                fields = spec if isinstance(spec, dict) else {}
                if "path" not in fields:
                    found.add(str(fields.get("package", name)))
    return found


def _table(document: dict[str, object], key: str) -> dict[str, object]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def go_row(row: str, name: str) -> bool:
    """Whether a row of go.toml matches a module path: equal to it, above it, or a pattern for it."""
    return name.startswith(row[:-1]) if row.endswith("*") else name == row or name.startswith(row + "/")


def rust_row(row: str, name: str) -> bool:
    """Whether a row of rust.toml matches a crate name; hyphens and underscores are the same."""
    row, name = row.replace("_", "-"), name.replace("_", "-")
    return name.startswith(row[:-1]) if row.endswith("*") else name == row


def mark(table: Path, names: set[str], matches: Callable[[str, str], bool]) -> tuple[int, int]:
    """Rewrite the `seen` lists of `table`; returns how many rows are seen and how many there are."""
    text = table.read_text(encoding="utf-8")
    roles = tomli.loads(text)["role"]
    rows = [row for role in roles for row in role["modules"]]
    best = (max((row for row in rows if matches(row, name)), key=_weight, default="") for name in names)
    seen = set(best) - {""}
    lists = iter([sorted(set(role["modules"]) & seen) for role in roles])
    table.write_text(SEEN.sub(lambda _: array("seen", next(lists)) + "\n", text), encoding="utf-8")
    return len(seen), len(rows)


def _weight(row: str) -> tuple[bool, int]:
    return (not row.endswith("*"), len(row))


def array(key: str, names: list[str]) -> str:
    """`key = [...]` in TOML, on one line where it fits."""
    flat = f"{key} = [" + ", ".join(f'"{name}"' for name in names) + "]"
    if len(flat) <= WIDTH:
        return flat
    lines = [f"{key} = [", "   "]
    for name in names:
        if len(lines[-1]) + len(name) + 4 > WIDTH:
            lines.append("   ")
        lines[-1] += f' "{name}",'
    return "\n".join([*lines, "]"])


def main(folder: Path) -> None:
    """Read all repositories below `folder` and rewrite both tables; prints the counts."""
    modules: set[str] = set()
    crates: set[str] = set()
    count = 0
    for repository in repositories(folder):
        count += 1
        for _, text in manifests(repository, "go.mod"):
            modules |= required(text)
        documents = []
        for path, text in manifests(repository, "Cargo.toml"):
            try:
                documents.append(tomli.loads(text))
            except tomli.TOMLDecodeError as error:
                print(f"{repository.path}{path}: {error}", file=sys.stderr)
        crates |= depended(documents)
    print(f"{count} repositories, {len(modules)} modules, {len(crates)} crates")
    for name, names, matches in (("go.toml", modules, go_row), ("rust.toml", crates, rust_row)):
        seen, rows = mark(TABLES / name, names, matches)
        print(f"{name}: {seen} of {rows} rows seen")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Name one directory that holds repositories: python benchmarks/seen.py DIRECTORY")
    main(Path(sys.argv[1]))
