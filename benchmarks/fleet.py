"""What a fleet costs: seconds, memory and bytes on clones, beside a plain loop, and on small repositories made here.

python -m benchmarks.fleet --repos FOLDER [--most 10]     clones, and a loop of `langfit scan` over the same
python -m benchmarks.fleet --made 2000                    repositories with small variations
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pygit2

KERNEL = """
func {name}(in, out []byte) uint64 {{
	sum := uint64(len(in))
	for i := 0; i+8 <= len(in); i += 8 {{
		for j := 0; j < 8; j++ {{
			sum ^= uint64(in[i+j]) << (8 * j & 63)
			out[i+j] = byte(sum>>3&0x7f ^ sum<<1&0x80)
		}}
	}}
	return sum ^ sum>>{shift}
}}
"""
HANDLER = """
func page{n}(w http.ResponseWriter, r *http.Request) {{
	rows, err := db.QueryContext(r.Context(), "SELECT {n}")
	if err != nil {{
		http.Error(w, err.Error(), 500)
		return
	}}
	defer rows.Close()
	json.NewEncoder(w).Encode(map[string]int{{"n": {n}}})
}}
"""
MAIN = """package main

import (
	"database/sql"
	"net/http"
)

var db *sql.DB

func main() { http.ListenAndServe(":80", nil) }
"""
FILES = 12  # source files of a repository
WHO = pygit2.Signature("A", "a@example.com", 1_700_000_000, 0)


def made(folder: Path, number: int) -> Path:
    """Write one bare repository: a service, a library of kernels, or a crate, with sizes that differ a little."""
    repo = pygit2.init_repository(str(folder / f"r{number:05}.git"), bare=True)
    builder: dict[str, str] = {"README.md": f"# {number}\n"}
    kind = number % 3
    for file in range(FILES + number % 5):
        count = 3 + (number + file) % 4
        if kind == 0:
            body = "".join(HANDLER.format(n=f"{file}0{n}") for n in range(count))
            head = 'package main\n\nimport (\n\t"encoding/json"\n\t"net/http"\n)\n'
            builder[f"file{file}.go"] = head + body
        elif kind == 1:
            body = "".join(KERNEL.format(name=f"F{file}x{n}", shift=1 + (number + n) % 60) for n in range(count))
            builder[f"k{file % 3}/file{file}.go"] = f"package k{file % 3}\n" + body
        else:
            line = "pub fn f{file}_{n}(a: u64) -> u64 {{\n    a ^ (a << {n}) ^ {number}\n}}\n"
            builder[f"src/m{file}.rs"] = "".join(line.format(file=file, n=n, number=number) for n in range(count))
    if kind == 2:
        builder["Cargo.toml"] = f'[package]\nname = "r{number}"\nversion = "0.1.0"\nedition = "2021"\n'
        builder["src/main.rs"] = "".join(f"mod m{n};\n" for n in range(FILES + number % 5)) + "fn main() {}\n"
    else:
        builder["go.mod"] = f"module example.com/r{number}\n\ngo 1.24\n"
        builder["main.go" if kind == 0 else "cmd/x/main.go"] = MAIN if kind == 0 else "package main\n\nfunc main() {}\n"
    index = pygit2.Index()
    for path, text in builder.items():
        index.add(pygit2.IndexEntry(path, repo.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
    repo.create_commit("refs/heads/main", WHO, WHO, "one", index.write_tree(repo), [])
    repo.set_head("refs/heads/main")
    return folder / f"r{number:05}.git"


def timed(command: list[str], cache: Path) -> tuple[float, float]:
    """Run langfit; return seconds of wall clock and of processor."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = os.environ | {"LANGFIT_CACHE_DIR": str(cache)}
    langfit = [sys.executable, "-P", "-m", "langfit"]
    subprocess.run([*langfit, *command], env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def fleet(paths: list[Path], home: Path, jobs: int) -> Any:
    """Run a fleet cold and again; print what it took, and return its report."""
    (home / "list").write_text("".join(f"{path}\n" for path in paths))
    options = ["--out", str(home / "out"), "--jobs", str(jobs)]
    for name in ("cold", "again, all known"):
        wall, cpu = timed(["fleet", "run", str(home / "list"), *options], home / "cache")
        print(f"fleet, {jobs} at once, {name:16} {wall:8.1f} s wall, {cpu:8.1f} s cpu")
    page = ["fleet", "report", str(home / "out"), "--format", "html", "--output", str(home / "page")]
    wall, _ = timed(page, home / "cache")
    print(f"report as a page                  {wall:8.1f} s, {(home / 'page').stat().st_size:,} bytes")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "langfit", "fleet", "report", str(home / "out"), "--format", "json"],
        capture_output=True, check=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    seconds = sorted(row["seconds"] for row in report["rows"])
    counts = ("repositories", "failed", "deliverables", "components", "findings")
    print(", ".join(f"{name} {report[name]:,}" for name in counts))
    print(f"seconds of a repository: median {seconds[len(seconds) // 2]:.2f}, largest {seconds[-1]:.2f};"
          f" peak of memory {max(row['peak'] for row in report['rows']):,} MB")  # fmt: skip
    print(f"results {size_of(home / 'out/results'):,} bytes, a run {size_of(home / 'out/runs') // 2:,} bytes")
    return report


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repos", type=Path, help="folder of clones")
    parser.add_argument("--most", type=int, default=0, help="take this many clones, and loop over them as well")
    parser.add_argument("--made", type=int, default=0, help="make this many small repositories instead")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        if asked.made:
            began = time.perf_counter()
            paths = [made(home / "in", number) for number in range(asked.made)]
            print(f"made {asked.made:,} repositories in {time.perf_counter() - began:.1f} s")
        else:
            from langfit.fleet.members import members_of

            paths = [Path(member.path) for member in members_of([str(asked.repos)])][: asked.most or None]
        if asked.most:
            rounds = [timed(["scan", "--no-config", "--quiet", str(path)], home / "loop") for path in paths]
            print(f"a loop over {len(paths)}, one by one     {sum(r[0] for r in rounds):8.1f} s wall,"
                  f" {sum(r[1] for r in rounds):8.1f} s cpu")  # fmt: skip
        fleet(paths, home, asked.jobs)


if __name__ == "__main__":
    main()
