"""Says of real profiles what they are known to hold, and what langfit finds in them.

usage: python -m benchmarks.profile_numbers [FOLDER] [--limits]

FOLDER holds profiles with verified numbers (LANGFIT_PROFILES, or ../shared/profiles beside the checkout). With --limits
hostile files of 100 MB are made and read, each in a process of its own, and time and memory are printed. Ends with 1
where a number differs or a limit is exceeded.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from langfit import profiles
from langfit.languages import LANGUAGES
from langfit.model.errors import LangfitError
from langfit.profiles.values import Profile, Remarks, Results

HERE = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("LANGFIT_PROFILES", HERE.parent / "shared" / "profiles"))
MOST_MEMORY, MOST_SECONDS = 200 << 20, 60
MIX = "<my_kernel::digest::Fnv as my_kernel::Mixer>::mix"

Row = tuple[str, str, Callable[["Numbers"], float], float]  # file, what, how to find it, expected


class Numbers:
    """A profile, and what can be counted in it."""

    def __init__(self, path: Path) -> None:
        self.read = profiles.read(*profiles.source_of(str(path)))

    @property
    def profile(self) -> Profile:
        """The file as a profile."""
        assert isinstance(self.read, Profile)
        return self.read

    def _matching(self, name: str, package: str) -> set[int]:
        found = set()
        for number, frame in enumerate(self.profile.frames):
            symbol = next((s for one in LANGUAGES.values() if (s := one.symbols.parse(frame.name, frame.file))), None)
            where = symbol.package if symbol is not None else ""
            below = package and (where == package or where.startswith((f"{package}/", f"{package}::")))
            if below or (name and frame.name.startswith(name)):
                found.add(number)
        return found

    def any(self, name: str = "", package: str = "", column: str = "") -> int:
        """Return the amount with a frame of this name, or of this package or one below it."""
        wanted = self._matching(name, package)
        rows = self.profile.rows_of(self.profile.column(column) if column else None)
        return sum(value for stack, value in rows if not wanted.isdisjoint(stack))

    def flat(self, name: str = "", package: str = "") -> int:
        """Return the amount whose leaf has this name or is of this package."""
        wanted = self._matching(name, package)
        return sum(value for stack, value in self.profile.rows_of() if stack and stack[0] in wanted)

    def under(self, leaf: str, caller: str) -> int:
        """Return the amount whose leaf has one name and which has a frame of another one."""
        ends, above = self._matching(leaf, ""), self._matching(caller, "")
        rows = self.profile.rows_of()
        return sum(value for stack, value in rows if stack and stack[0] in ends and not above.isdisjoint(stack))

    def sum(self, column: str) -> int:
        """Return the sum of a column."""
        return self.profile.total(self.profile.column(column))

    def benchmark(self, name: str) -> float:
        """Return the nanoseconds of a benchmark."""
        assert isinstance(self.read, Results)
        return round(next(row.values["ns/op"][0] for row in self.read.results if row.name == name), 1)

    def remarks(self) -> int:
        """Return the number of remarks."""
        assert isinstance(self.read, Remarks)
        return len(self.read.remarks)


def _go(file: str, package: str, *numbers: int) -> Iterator[Row]:
    """Yield rows of a profile of one package: samples, any, flat, mallocgc and gcBgMarkWorker; -1 for unknown."""
    ways: tuple[tuple[str, Callable[[Numbers], float]], ...] = (
        ("samples", lambda n: n.profile.samples or 0),
        (f"any {package}", lambda n: n.any(package=package)),
        (f"flat {package}", lambda n: n.flat(package=package)),
        ("mallocgc", lambda n: n.any("runtime.mallocgc")),
        ("gcBgMarkWorker", lambda n: n.any("runtime.gcBgMarkWorker")),
    )
    yield from ((file, what, way, number) for (what, way), number in zip(ways, numbers, strict=False) if number >= 0)


SHOP, SYSCALL = "example.com/shop/v2", "internal/runtime/syscall/linux.Syscall6"
TABLE: tuple[Row, ...] = (
    *_go("go-flate.cpu.pb.gz", "compress/flate", 839, 829, 609, 7, 0),
    ("go-flate.cpu.pb.gz", "flat asyncPreempt", lambda n: n.flat("runtime.asyncPreempt"), 141),
    ("go-flate.cpu.pb.gz", "Syscall6", lambda n: n.any(SYSCALL), 0),
    *_go("go-http.cpu.pb.gz", "net/http", 744, -1, -1, 66, 25),
    ("go-http.cpu.pb.gz", "any net/http.", lambda n: n.any("net/http."), 603),
    ("go-http.cpu.pb.gz", "flat net/http.", lambda n: n.flat("net/http."), 52),
    ("go-http.cpu.pb.gz", "flat Syscall6", lambda n: n.flat(SYSCALL), 301),
    *_go("go-chi.cpu.pb.gz", "github.com/go-chi/chi/v5", 679, 519, 87, 171, 86),
    ("go-chi.cpu.pb.gz", "bgsweep", lambda n: n.any("runtime.bgsweep"), 26),
    ("go-chi.cpu.pb.gz", "gcAssistAlloc", lambda n: n.any("runtime.gcAssistAlloc"), 17),
    ("go-template.cpu.pb.gz", "reflect.Value.call", lambda n: n.any("reflect.Value.call"), 128),
    *_go("go-template.cpu.pb.gz", "html/template", 238, -1, -1, 56),
    ("go-template.cpu.pb.gz", "gcWriteBarrier", lambda n: n.any("gcWriteBarrier"), 27),
    *_go("go-zstd.cpu.pb.gz", "github.com/klauspost/compress", 9096, 8877, -1, 71, 21),
    # 7,955 with the two samples in the package at the root of the module, by `go tool pprof` as well.
    ("go-zstd.cpu.pb.gz", "flat below compress/", lambda n: n.flat("github.com/klauspost/compress/"), 7953),
    ("go-zstd.cpu.pb.gz", "without a stack", lambda n: sum(v for s, v in n.profile.rows_of() if not s), 1),
    *_go("go-prom.cpu.pb.gz", "github.com/prometheus/client_golang/prometheus", 521, -1, -1, 59, 35),
    (
        "go-prom.cpu.pb.gz",
        "any of the package",
        lambda n: n.any("github.com/prometheus/client_golang/prometheus."),
        358,
    ),
    ("go-prom.cpu.pb.gz", "flat of it", lambda n: n.flat("github.com/prometheus/client_golang/prometheus."), 113),
    ("go-prom.cpu.pb.gz", "schedule", lambda n: n.any("runtime.schedule"), 32),
    *_go("go-shop.cpu.pb.gz", f"{SHOP}/internal/api", 846, 162, 0, 86, 62),
    ("go-shop.cpu.pb.gz", "any main", lambda n: n.any(package="main"), 104),
    ("go-shop.cpu.pb.gz", "any crunch", lambda n: n.any(package=f"{SHOP}/internal/crunch"), 77),
    ("go-shop.cpu.pb.gz", "flat crunch", lambda n: n.flat(package=f"{SHOP}/internal/crunch"), 67),
    ("go-shop.cpu.pb.gz", "any crunch.Mix", lambda n: n.any(f"{SHOP}/internal/crunch.Mix[go.shape.uint32]"), 77),
    ("go-shop.cpu.pb.gz", "any store", lambda n: n.any(package=f"{SHOP}/internal/store"), 4),
    ("go-shop.cpu.pb.gz", "flat Syscall6", lambda n: n.flat(SYSCALL), 250),
    ("go-shop.cpu.pb.gz", "rows with a label", lambda n: n.profile.labels["handler"], 78),
    *_go("go-shop-trimmed-stripped.cpu.pb.gz", f"{SHOP}/internal/api", 273, 47),
    *_go("go-shop-trimmed-stripped.cpu.pb.gz", f"{SHOP}/internal/crunch", -1, 27),
    *_go("go-shop-trimmed-stripped.cpu.pb.gz", f"{SHOP}/internal/store", -1, 1),
    *_go("go-names.cpu.pb.gz", "example.com/names/lib/v3.lib", 49),
    ("go-shop.cpu-minus-base.pb.gz", "sum", lambda n: n.profile.total(), 573),
    ("go-shop.cpu-minus-base.pb.gz", "rows", lambda n: n.profile.rows, 641),
    ("go-shop.cpu-minus-base.pb.gz", "negative rows", lambda n: n.profile.negative, 165),
    ("rust-pprof-rs.cpu.pb", "samples", lambda n: n.profile.samples or 0, 834),
    ("rust-pprof-rs.cpu.pb", "period", lambda n: n.profile.period, 5025125),
    ("rust-pprof-rs.cpu.pb", "flat rotate_left", lambda n: n.flat("core::intrinsics::rotate_left"), 523),
    ("rust-pprof-rs.cpu.pb", "of it under mix", lambda n: n.under("core::intrinsics::rotate_left", MIX), 523),
    ("rust-pprof-rs.cpu.pb", "flat app closure", lambda n: n.flat("app::compute::{{closure}}"), 243),
    ("rust-pprof-rs.cpu.pb", "any svc::", lambda n: n.any(package="svc"), 62),
    ("rust-pprof-rs.cpu.pb", "has addresses", lambda n: n.profile.located, False),
    ("go-shop.heap.pb.gz", "inuse_space", lambda n: n.profile.total(), 39_357_770),
    ("go-shop.heap.pb.gz", "alloc_space", lambda n: n.sum("alloc_space"), 1_143_749_710),
    ("go-shop.heap.pb.gz", "alloc_objects", lambda n: n.sum("alloc_objects"), 16_008_662),
    ("go-shop.heap.pb.gz", "period", lambda n: n.profile.period, 524_288),
    ("go-shop.allocs.pb.gz", "any api", lambda n: n.any(package=f"{SHOP}/internal/api"), 176_784_010),
    ("go-shop.mutex.pb.gz", "contentions", lambda n: n.sum("contentions"), 230),
    ("go-shop.mutex.pb.gz", "delay", lambda n: n.profile.total(), 32_245_205),
    ("go-shop.mutex.pb.gz", "is mutex", lambda n: n.profile.kind == "mutex", True),
    ("go-shop.block.pb.gz", "contentions", lambda n: n.sum("contentions"), 1_010_453),
    ("go-shop.block.pb.gz", "delay", lambda n: n.profile.total(), 106_239_019_463),
    ("go-shop.block.pb.gz", "is block", lambda n: n.profile.kind == "block", True),
    ("go-shop.goroutine.pb.gz", "goroutines", lambda n: n.profile.total(), 22),
    ("text/perf-script.txt", "events", lambda n: n.profile.samples or 0, 56),
    ("text/folded.txt", "events", lambda n: n.profile.samples or 0, 777),
    ("text/rust-dhat-heap.json", "bytes", lambda n: n.profile.total(), 16_284_471),
    ("text/rust-dhat-heap.json", "blocks", lambda n: n.sum("alloc_objects"), 261_789),
    (
        "text/criterion/digest_mix/fnv/1024/new/estimates.json",
        "ns",
        lambda n: n.benchmark("digest/mix/fnv/1024"),
        5624.6,
    ),
    (
        "text/criterion/digest_mix/fnv/4096/new/estimates.json",
        "ns",
        lambda n: n.benchmark("digest/mix/fnv/4096"),
        22629,
    ),
    ("text/criterion/sort words/new/estimates.json", "ns", lambda n: n.benchmark("sort words"), 447.8),
    ("text/cargo-clippy.jsonl", "messages", lambda n: n.remarks(), 2),
)


def numbers(folder: Path) -> int:
    """Print what is expected and what is found; return how many differ."""
    known = cache(Numbers)
    wrong = 0
    for file, what, way, expected in TABLE:
        found = way(known(folder / file))
        good = abs(found - expected) <= (0.5 if what == "ns" else 0)
        wrong += not good
        print(f"{'ok  ' if good else 'DIFF'} {file:48} {what:40} {expected:>16,} {found:>16,}")
    print(f"{len(TABLE) - wrong} of {len(TABLE)} numbers are as expected")
    return wrong


def hostile(folder: Path) -> Iterator[Path]:
    """Make files of about 100 MB of every format that is read by streams, and bombs."""
    perf = "app 1  1.000000:    5025125 cpu-clock: \n\t 3b0e8 app::work+0xd8 (/app)\n\t 3b0e9 app::main+0x1 (/app)\n\n"
    head = bytes((10, 4, 8, 1, 16, 2, 50, 0, 50, 1, 115, 50, 1, 99, 34, 2, 8, 1))
    point = b'{"fs":[1]},'
    box = b'<title>f (1 samples, 1%)</title><rect x="1" y="2" width="3"/>'
    made: dict[str, Callable[[], bytes]] = {
        "perf.txt": lambda: perf.encode() * (100_000_000 // len(perf)),
        "names.perf.txt": lambda: b"".join(
            b"app 1  1.000000: 1 cycles: \n\t 3b0e8 f%d::work%d+0xd8 (/app)\n\n" % (n, n) for n in range(1_500_000)
        ),
        "folded": lambda: b"app;main;work;leaf 3\n" * 5_000_000,
        "line": lambda: b"a;b 1\n" + b"x" * 100_000_000,
        "samples.pb": lambda: head + (bytes((18, 45, 10, 40)) + bytes([1] * 40) + bytes((18, 1, 1))) * 2_000_000,
        "fields.pb": lambda: head + bytes((80, 1)) * 50_000_000,
        "strings.pb": lambda: head + b"\x32\x14abcdefghijklmnopqrst" * 4_500_000,
        "locations.pb": lambda: head + b"".join(
            bytes((34, 5, 8, n & 127 | 128, n >> 7 & 127 | 128, n >> 14 & 127 | 128, n >> 21))
            for n in range(2, 14_000_000)
        ),
        "zeros.gz": lambda: gzip.compress(b"\0" * 150_000_000),
        "bomb.pb.gz": lambda: gzip.compress(head + bytes((80, 1)) * 100_000_000),
        "members.gz": lambda: gzip.compress(b"") * 5_000_000,
        "benchmarks.txt": lambda: b"".join(b"BenchmarkX%d 100 5 ns/op\n" % n for n in range(4_000_000)),
        "m2.txt": lambda: b"".join(b"a/b.go:%d:5: x%d escapes to heap\n" % (n, n) for n in range(2_500_000)),
        "cargo.jsonl": lambda: b'{"reason":"compiler-message","message":{"message":"m","spans":[]}}\n' * 1_500_000,
        "dhat.json": lambda: b'{"dhatFileVersion":2,"ftbl":["a","b"],"pps":[' + point * 199_000 + b'{"fs":[]}]}',
        "large.dhat.json": lambda: b'{"dhatFileVersion":2,"pps":[' + point * 9_000_000,
        "flame.svg": lambda: b'<svg id="frames">' + box * 250_000,
        "large.svg": lambda: b'<svg id="frames">' + box * 1_600_000,
        "nested.json": lambda: b'{"dhatFileVersion":' + b"[" * 10_000_000,
    }  # fmt: skip
    for name, data in made.items():
        path = folder / name
        path.write_bytes(data())
        yield path
        path.unlink()


def limits() -> int:
    """Read hostile files, each in a process of its own; return how many exceed a limit."""
    wrong = 0
    with TemporaryDirectory(prefix="langfit-") as folder:
        for path in hostile(Path(folder)):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.profile_numbers", "--one", str(path)],
                cwd=HERE, capture_output=True, text=True, check=False,
            )  # fmt: skip
            memory, seconds, words = (done.stdout.strip() or f"0 0 {done.stderr.strip()[-200:]}").split(" ", 2)
            good = done.returncode == 0 and int(memory) <= MOST_MEMORY and float(seconds) <= MOST_SECONDS
            wrong += not good
            size = path.stat().st_size
            print(f"{'ok  ' if good else 'OVER'} {path.name:16} {size / 1e6:6.1f} MB file, {int(memory) / 1e6:6.1f} MB,"
                  f" {float(seconds):5.1f} s: {words.replace(folder, '')[:160]}")  # fmt: skip
    return wrong


def one(path: str) -> None:
    """Read one file and print the peak of memory, the seconds, and what came out."""
    since = time.process_time()  # others may be at work on this machine
    try:
        found = profiles.read(*profiles.source_of(path))
        words = f"{found.kind}, read"
        if isinstance(found, Profile):
            words = f"{found.kind}, {found.rows:,} stacks"
    except LangfitError as refused:
        words = str(refused)
    status = Path("/proc/self/status").read_text("ascii")  # getrusage would say the peak of who started this process
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    print(peak, f"{time.process_time() - since:.2f}", words)


def main() -> int:
    """Run what is asked."""
    given = [word for word in sys.argv[1:] if not word.startswith("--")]
    if "--one" in sys.argv:
        one(given[0])
        return 0
    if "--limits" in sys.argv:
        return bool(limits())
    return bool(numbers(Path(given[0]) if given else FOLDER))


if __name__ == "__main__":
    sys.exit(main())
