"""Makes the profiles of tests/profiles anew: of programs around two fixtures, with go, cargo, perf and inferno.

usage: python -m benchmarks.profile_samples [FOLDER]

The shares in them differ from run to run, so the tests hold facts about the very files that are kept. inferno is left
out where it is not installed (`cargo install inferno`), and perf where the kernel does not allow it.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent.parent
FIXTURES = HERE / "fixtures"
EVENTS = 7  # of perf that are kept
GO_MAIN = """package main

import (
	"context"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"

	"example.com/signal"
)

var lock sync.Mutex
var kept []string

func work(block, taps []float32, stop time.Time) {
	out := make([]float32, len(block))
	for time.Now().Before(stop) {
		signal.Convolve(out, block, taps)
		signal.Energy(out)
		lock.Lock()
		kept = append(signal.Labels(out[:256]), "none")
		taken := kept[0]
		lock.Unlock()
		httptest.NewRecorder().WriteString(taken)
	}
}

func save(name string) {
	file, _ := os.Create(name + ".pb.gz")
	pprof.Lookup(name).WriteTo(file, 0)
	file.Close()
}

func main() {
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	block, taps := make([]float32, 4096), make([]float32, 16)
	for i := range block {
		block[i] = float32(i%97) / 97
	}
	file, _ := os.Create("cpu.pb.gz")
	pprof.StartCPUProfile(file)
	stop := time.Now().Add(6 * time.Second)
	var group sync.WaitGroup
	for i := 0; i < 2; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			labels := pprof.Labels("part", "one")
			pprof.Do(context.Background(), labels, func(context.Context) { work(block, taps, stop) })
		}()
	}
	group.Wait()
	pprof.StopCPUProfile()
	file.Close()
	for _, name := range []string{"heap", "allocs", "mutex", "block", "goroutine"} {
		save(name)
	}
}
"""
GO_BENCH = """package signal

import "testing"

func BenchmarkEnergy(b *testing.B) {
	block := make([]float32, 4096)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		Energy(block)
	}
}

func BenchmarkLabels(b *testing.B) {
	block := make([]float32, 64)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		Labels(block)
	}
}
"""
RUST_MAIN = """use frame_codec::{parse, write, Frame};
use std::hint::black_box;
use std::time::{Duration, Instant};

#[inline(never)]
fn pack(bytes: &[u8], out: &mut [u8]) -> usize {
    write(Frame { kind: 1, payload: bytes }, out).unwrap_or(0)
}

#[inline(never)]
fn print(lines: &mut Vec<String>, n: usize) {
    lines.push(format!("{n} bytes"));
    if lines.len() > 100 {
        std::fs::write("/dev/null", lines.concat()).unwrap();
        lines.clear();
    }
}

fn main() {
    let bytes = vec![7u8; 4000];
    let mut out = vec![0u8; 5000];
    let mut lines = Vec::new();
    let stop = Instant::now() + Duration::from_secs(4);
    while Instant::now() < stop {
        let n = pack(black_box(&bytes), &mut out);
        black_box(parse(&out[..n]).is_ok());
        (0..20).for_each(|i| print(&mut lines, n + i));
    }
}
"""


def run(command: list[str], folder: Path, **more: str) -> str:
    """Run a command and return what it prints, on both streams."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | more, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout[-400:]}{done.stderr[-400:]}")
    return done.stdout + done.stderr


def repacked(path: Path, work: Path) -> bytes:
    """Return the bytes of a packed profile, with the folder that it was made in under a name of the same length."""
    name = os.fsencode(work)
    data = gzip.decompress(path.read_bytes()).replace(name, b"/build".ljust(len(name), b"-"))
    return gzip.compress(data, 9, mtime=0)


def go(work: Path, out: Path) -> None:
    """Make the profiles, benchmarks and remarks of the Go fixture."""
    signal, tour = work / "signal", work / "tour"
    shutil.copytree(FIXTURES / "go-kernel", signal)
    (signal / "bench_test.go").write_text(GO_BENCH, "utf-8")
    tour.mkdir()
    (tour / "main.go").write_text(GO_MAIN, "utf-8")
    needs = "require example.com/signal v0.0.0\n\nreplace example.com/signal => ../signal\n"
    (tour / "go.mod").write_text(f"module example.com/tour\n\ngo 1.22\n\n{needs}", "utf-8")
    run(["go", "build", "-trimpath", "-o", "tour", "."], tour)
    run(["./tour"], tour)
    for path in tour.glob("*.pb.gz"):
        (out / f"go.{path.name}").write_bytes(repacked(path, work))
    bench = ["go", "test", "-run", "NONE", "-bench", ".", "-benchtime", "300ms", "-cpuprofile", "bench.pb.gz", "."]
    (out / "go.bench.txt").write_text(run(bench, signal), "utf-8")
    (out / "go.bench.pb.gz").write_bytes(repacked(signal / "bench.pb.gz", work))
    remarks = run(["go", "build", "-trimpath", "-gcflags=-m=2", "."], signal).splitlines(keepends=True)
    (out / "go.m2.txt").write_text("".join(remarks[:30]), "utf-8")


def rust(work: Path, out: Path) -> None:
    """Make the output of perf, folded stacks and a flame graph of the Rust fixture."""
    crate, app = work / "frame-codec", work / "app"
    shutil.copytree(FIXTURES / "rust-kernel", crate)
    (app / "src").mkdir(parents=True)
    (app / "src/main.rs").write_text(RUST_MAIN, "utf-8")
    head = '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n'
    needs = '[dependencies]\nframe-codec = { path = "../frame-codec" }\n[profile.release]\ndebug = 1\n'
    (app / "Cargo.toml").write_text(f"{head}{needs}", "utf-8")
    flags = f"--remap-path-prefix={work}=/build"
    run(["cargo", "build", "--release", "--offline"], app, RUSTFLAGS=flags, CARGO_TARGET_DIR=str(work / "target"))
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "199", "--call-graph", "dwarf,8192", "-o", "perf.data"]
    run([*record, str(work / "target/release/app")], app)
    for name, more in (("perf.txt", []), ("perf-mangled.txt", ["--no-demangle"])):
        text = run(["perf", "script", "-i", "perf.data", *more], app).replace(str(work), "/build")
        events = text.strip().split("\n\n")
        (app / name).write_text(text, "utf-8")
        kept = events[:: max(1, len(events) // EVENTS)][:EVENTS]
        (out / f"rust.{name}").write_text("\n\n".join(kept if not more else kept[:1]) + "\n\n", "utf-8")
    if shutil.which("inferno-collapse-perf") is None:
        return
    folded = subprocess.run(
        ["inferno-collapse-perf", "--all", str(out / "rust.perf.txt")], capture_output=True, text=True, check=True
    ).stdout
    (out / "rust.folded").write_text(folded, "utf-8")
    drawn = subprocess.run(["inferno-flamegraph"], input=folded, capture_output=True, text=True, check=True).stdout
    (out / "rust.svg").write_text(drawn, "utf-8")


def main() -> None:
    """Make all."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tests" / "profiles"
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="langfit-") as folder:
        go(Path(folder), out)
        rust(Path(folder), out)
    for path in sorted(out.iterdir()):
        print(f"{path.stat().st_size:8,} {path.name}")


if __name__ == "__main__":
    main()
