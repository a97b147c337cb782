"""Profiles: what files of each format come to, what names mean, what maps to a tree, and what is used."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langfit import profiles
from langfit.languages import LANGUAGES
from langfit.languages.rust.demangle import demangle
from langfit.model.errors import LangfitError
from langfit.model.measured import bound_of, share_of
from langfit.profiles import classes, committed, gates, measure
from langfit.profiles.folded import split
from langfit.profiles.place import At
from langfit.profiles.values import Kind, Profile, Remarks, Results, Source
from langfit.trial import Memory
from trees import FIXTURES, GO_MOD, crate, inventory_of, invoked, printed, write

KEPT = Path(__file__).resolve().parent / "profiles"
GO, RUST = LANGUAGES["go"].symbols, LANGUAGES["rust"].symbols


def source(data: bytes | str, **beside: bytes) -> Source:
    """A file in memory."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
    return Source("file", lambda: BytesIO(raw), lambda name: beside.get(name.partition(".")[0]))


def profile_of(data: bytes | str, kind: Kind | None = None) -> Profile:
    found = profiles.read(source(data), kind)
    assert isinstance(found, Profile)
    return found


def kept(name: str, kind: Kind | None = None) -> Any:
    """A file of tests/profiles."""
    return profiles.read(profiles.source_of(str(KEPT / name))[0], kind)


def fixture(name: str) -> dict[str, str]:
    folder = FIXTURES / name
    paths = [path for path in folder.rglob("*") if path.is_file() and "target" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


@pytest.mark.parametrize(
    ("name", "kind", "total", "rows"),
    [
        ("go.cpu.pb.gz", "cpu", 715, 62),
        ("go.bench.pb.gz", "cpu", 99, 21),
        ("go.heap.pb.gz", "heap", 2_785_824, None),
        ("go.allocs.pb.gz", "allocs", None, None),
        ("go.mutex.pb.gz", "mutex", None, None),
        ("go.block.pb.gz", "block", None, None),
        ("go.goroutine.pb.gz", "goroutine", 1, 1),
        ("rust.perf.txt", "cpu", 7, 7),
        ("rust.perf-mangled.txt", "cpu", 1, 1),
        ("rust.folded", "stacks", 7 * 5_025_125, 6),
        ("rust.svg", "stacks", 7 * 5_025_125, 6),
    ],
)
def test_profiles_are_told_by_their_content(name: str, kind: str, total: int | None, rows: int | None) -> None:
    """The numbers are those of `go tool pprof` and of perf."""
    found = kept(name)
    assert (found.kind, found.rows if rows else None) == (kind, rows)
    assert total in (None, found.total())


def test_what_go_writes_beside_the_samples() -> None:
    """Period, duration, labels by key, the binary, and how many cores were busy."""
    found = kept("go.cpu.pb.gz")
    assert (found.samples, found.period, found.period_unit, found.binary) == (715, 10_000_000, "nanoseconds", "tour")
    assert found.labels == {"part": 58}
    assert found.cores == pytest.approx(715 * 0.01 / found.duration)
    assert found.taken > 1_700_000_000


def test_a_flame_graph_gives_its_stacks_back() -> None:
    """The same stacks with the same counts as the folded file that it was drawn from."""

    def stacks(name: str) -> dict[tuple[str, ...], int]:
        found = kept(name, "cpu")
        sums: dict[tuple[str, ...], int] = {}
        for stack, value in found.rows_of():
            key = tuple(found.frames[number].name for number in stack)
            sums[key] = sums.get(key, 0) + value
        return sums

    assert stacks("rust.svg") == stacks("rust.folded")


PERF = "my app 1/2 [001] 10.5: 5025125 cpu-clock:u: \n\t 1f a::b<(), (i32)>::c+0x1 (/x/app (deleted))\n\n"
DHAT = (
    '{"dhatFileVersion":2,"mode":"rust-heap","tu":"µs","te":2000000,"cmd":"x/app a","pps":[{"tb":8,"tbk":2,"fs":[1]}],'
    '"ftbl":["[root]","0x12: app::f (src/main.rs:1:2)"]}'
)
BENCH = "goos: linux\npkg: example.com/m\nBenchmarkA/n=1-8 10 5 ns/op 1 B/op\nBenchmarkA/n=1-8 10 7 ns/op 1 B/op\n"
CRITERION = '{"mean":{"point_estimate":5.5,"standard_error":0,"confidence_interval":{"lower_bound":5,"upper_bound":6}}}'
CLIPPY = (
    '{"reason":"compiler-artifact"}\n{"reason":"compiler-message","target":{"name":"t"},"message":{"message":"m",'
    '"level":"warning","code":{"code":"clippy::ptr_arg"},"spans":[{"file_name":"src/a.rs","line_start":3,'
    '"column_start":2,"is_primary":true}]}}\n'
)
DIAGNOSTICS = (
    '{"version":0,"package":"m","goos":"linux","goarch":"amd64","gc_version":"go1.26.8","file":"/m/a.go"}\n'
    '{"range":{"start":{"line":9,"character":3}},"severity":3,"code":"escape","source":"go compiler","message":"x"}\n'
)
M2 = (
    "# m\n./a.go:9:3: &x escapes to heap in f:\n./a.go:9:3:   flow: y ← &x:\na.go:4:2: moved to heap: v\n"
    "a.go:5:2: w does not escape\na.go:5:2: w does not escape\na.go:6:6: can inline f with cost 3\n"
)


def test_perf_script() -> None:
    """Blanks and parentheses in names, a processor, a thread, and a program that is gone."""
    found = profile_of(PERF * 2)
    assert (found.samples, found.period, found.binary, found.kind) == (2, 5_025_125, "my app", "cpu")
    assert found.frames == (("a::b<(), (i32)>::c", "app", ""),)


def test_folded_stacks_split_outside_of_brackets() -> None:
    """Names of generic code hold `;`."""
    found = profile_of("app;p.F[go.shape.struct { a int; b int }];leaf_[k] 3\n")
    assert [frame.name for frame in found.frames] == ["leaf", "p.F[go.shape.struct { a int; b int }]", "app"]
    assert found.frames[0].mark == "kernel"


@pytest.mark.parametrize(
    ("counts", "samples"),
    [((3, 4), 7), ((10_000, 20_000), 3), ((1_000_001, 2_000_000), None)],
    ids=["samples", "periods of one length", "sums of periods"],
)
def test_counts_of_folded_stacks(counts: tuple[int, ...], samples: int | None) -> None:
    """A file does not say whether its counts are samples."""
    assert profile_of("".join(f"a;b{n} {count}\n" for n, count in enumerate(counts))).samples == samples


def test_dhat() -> None:
    """Exact bytes and blocks by stack."""
    found = profile_of(DHAT)
    assert (found.kind, found.total(), found.duration, found.binary) == ("allocs", 8, 2.0, "app")
    assert [found.frames[number] for stack, _ in found.rows_of() for number in stack] == [("app::f", "src/main.rs", "")]


EVENTS = "".join(
    json.dumps({"Action": "output", "Package": "example.com/m", "Output": text}) + "\n"
    for text in ("goos: linux\n", "BenchmarkB \t", " 10 \t 4 ns/op\n")
)


@pytest.mark.parametrize(
    ("text", "package", "name", "values"),
    [
        (BENCH, "example.com/m", "BenchmarkA/n=1", (6, 5, 7)),
        (EVENTS, "example.com/m", "BenchmarkB", (4, 4, 4)),
        (CRITERION, "", "a/b", (5.5, 5, 6)),
        ('{"reason":"benchmark-complete","id":"c","mean":{"estimate":2,"lower_bound":1,"upper_bound":3,"unit":"us"}}\n',
         "", "c", (2000, 1000, 3000)),
    ],
    ids=["go", "go test -json", "criterion", "cargo-criterion"],
)  # fmt: skip
def test_benchmarks(text: str, package: str, name: str, values: tuple[float, ...]) -> None:
    """The middle of the runs, the least and the greatest."""
    found = profiles.read(source(text, benchmark=b'{"full_id":"a/b"}'))
    assert isinstance(found, Results)
    (row,) = found.results
    assert (row.package, row.name, next(iter(row.values.values()))) == (package, name, values)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (DIAGNOSTICS, [("/m/a.go", 9, "escape")]),
        (CLIPPY, [("src/a.rs", 3, "clippy::ptr_arg")]),
        (
            M2,
            [("a.go", 9, "escape"), ("a.go", 4, "moved-to-heap"), ("a.go", 5, "no-escape"), ("a.go", 6, "can-inline")],
        ),
    ],
    ids=["compiler json", "clippy", "-m=2"],
)
def test_remarks(text: str, rows: list[tuple[str, int, str]]) -> None:
    """What compilers and linters say, by place."""
    found = profiles.read(source(text))
    assert isinstance(found, Remarks)
    assert [(row.path, row.line, row.code) for row in found.remarks] == rows


def test_remarks_of_the_real_compiler() -> None:
    """Continued lines and repeated ones are left out."""
    codes = {row.code for row in kept("go.m2.txt").remarks}
    assert {"can-inline", "cannot-inline"} <= codes


@pytest.mark.parametrize(
    ("name", "file", "function", "cost"),
    [
        ("runtime.mallocgc", "", "runtime mallocgc", "allocation"),
        (
            "e.com/n/lib/v3%2elib.Gen[go.shape.struct { A int; B p/q.T }]",
            "/x/lib.go",
            "e.com/n/lib/v3.lib Gen",
            "compute",
        ),
        ("p.(*G[go.shape.string,go.shape.int]).Put", "x.go", "p G.Put", "compute"),
        ("main.cpu.Small.func4", "lib/lib.go", "main cpu.Small", "compute"),
        ("main.cpu-range1", "", "main cpu", "compute"),
        ("p.T.M-fm", "", "p T.M", "compute"),
        ("p.init.0.func1", "", "p init", "compute"),
        ("p.glob..func1", "", "p init", "compute"),
        ("net/http.(*conn).serve.gowrap1", "", "net/http conn.serve", "compute"),
        ("aeshashbody", "/usr/local/go/src/runtime/asm_amd64.s", "runtime aeshashbody", "maps"),
        ("memeqbody", "internal/bytealg/equal_amd64.s", "internal/bytealg memeqbody", "moves"),
        ("type:.eq.p.T", "<autogenerated>", "runtime type..eq", "moves"),
        ("internal/runtime/syscall/linux.Syscall6", "", "internal/runtime/syscall/linux Syscall6", "system-calls"),
        ("runtime/internal/syscall.Syscall6", "", "runtime/internal/syscall Syscall6", "system-calls"),
        ("runtime.gcAssistAlloc1", "", "runtime gcAssistAlloc1", "gc-assist"),
        ("runtime.scanObjectsSmall", "", "runtime scanObjectsSmall", "gc-background"),
        ("runtime.gcWriteBarrier", "", "runtime gcWriteBarrier", "gc-barrier"),
        ("runtime.chanrecv1", "", "runtime chanrecv1", "channels"),
        ("runtime.findRunnable", "", "runtime findRunnable", "scheduling"),
        ("internal/runtime/maps.(*Map).getWithKey", "", "internal/runtime/maps Map.getWithKey", "maps"),
        ("runtime.cgocall", "", "runtime cgocall", "cgo"),
        ("reflect.Value.call", "", "reflect Value.call", "reflection"),
        ("crypto/internal/bigmod.addMulVVW2048", "", "crypto/internal/bigmod addMulVVW2048", "crypto"),
        ("runtime.asyncPreempt", "", "runtime asyncPreempt", ""),
    ],
)
def test_names_of_go(name: str, file: str, function: str, cost: str) -> None:
    """Package, receiver and function, and what its time is for."""
    symbol = GO.parse(name, file)
    assert symbol is not None
    assert f"{symbol.package} {symbol.function}" == function
    assert GO.cost(symbol, file).kind == cost


@pytest.mark.parametrize(
    ("name", "function", "cost"),
    [
        ("<my_kernel::digest::Fnv as my_kernel::Mixer>::mix", "my_kernel::digest Fnv.mix", "compute"),
        ("app::compute::{{closure}}", "app compute", "compute"),
        ("app::run::{closure#0}::h0123456789abcdef", "app run", "compute"),
        (
            "svc::model::_::<impl serde::Serialize for svc::model::Item>::serialize",
            "svc::model Item.serialize",
            "compute",
        ),
        ("<alloc::vec::Vec<T> as my::api::Trait>::f", "my::api Trait.f", "compute"),
        ("my::m::Type<alloc::vec::Vec<u8>>::get", "my::m Type.get", "compute"),
        ("<u64>::rotate_left", "core u64.rotate_left", ""),
        ("core::ptr::drop_in_place<alloc::vec::Vec<u8>>", "core::ptr drop_in_place", "allocation"),
        ("std::collections::hash::map::HashMap<K,V,S>::insert", "std::collections::hash::map HashMap.insert", "maps"),
        ("ring::aead::seal", "ring::aead seal", "crypto"),
        ("_ZN3app4main17ha9b738ff5af307cbE", "app main", "compute"),
        ("_RNvCs1234_7mycrate3foo", "mycrate foo", "compute"),
    ],
)
def test_names_of_rust(name: str, function: str, cost: str) -> None:
    """Crate and modules, type and function, and what its time is for."""
    symbol = RUST.parse(name, "")
    assert symbol is not None
    assert f"{symbol.package} {symbol.function}" == function
    assert RUST.cost(symbol, "").kind == cost


@pytest.mark.parametrize("name", ["malloc", "grpc::Foo::bar(int)", "", "[unknown]", "std::vector<int>::push_back(int)"])
def test_names_of_no_language(name: str) -> None:
    """C and C++ are neither."""
    assert GO.parse(name, "") is None
    assert RUST.parse(name, "") is None


@pytest.mark.parametrize(
    ("mangled", "plain"),
    [
        ("_ZN3foo3barE", "_ZN3foo3barE"),  # C++ has no hash
        ("_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
         "<Test + 'static as foo::Bar<Test>>::bar"),
        ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"),
        ("_RNvMNtCs1234_7mycrate3fooNtB2_3Bar3new", "<mycrate::foo::Bar>::new"),
        ("_RNvXNtCs1234_7mycrate3fooNtB2_3BarNtB4_5Trait3run", "<mycrate::foo::Bar as mycrate::Trait>::run"),
        ("_RINvNtC3std3mem8align_ofjdE", "std::mem::align_of"),
        ("_RNCNvC1a4main0", "a::main::{closure#0}"),
        ("_RNvC1au7gdel_5qa", "_RNvC1au7gdel_5qa"),
        ("_RB_", "_RB_"),
        ("_R" + "I" * 400, "_R" + "I" * 400),
        ("_ZN9999999a17h930b740aa94f1d3aE", "_ZN9999999a17h930b740aa94f1d3aE"),
    ],
)  # fmt: skip
def test_demangling(mangled: str, plain: str) -> None:
    """Legacy and v0; what follows neither stays."""
    assert demangle(mangled) == plain


@given(st.text(alphabet="_RNvCINtXMYB0123456789abcs_EuTFDKL", max_size=300))
def test_demangling_always_ends(text: str) -> None:
    """Whatever a symbol holds, also back references to back references."""
    assert len(demangle("_R" + text)) <= 16_384 + 400


@given(st.integers(0, 5_000), st.integers(1, 5_000))
def test_an_interval_holds_its_share(count: int, n: int) -> None:
    """Wilson's interval lies between 0 and 1 around the share."""
    share = share_of(min(count, n), n)
    assert 0 <= share.low <= share.share <= share.high <= 1


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(77, 846, 0.073, 0.112), (266, 846, 0.284, 0.3465), (56, 238, 0.186, 0.293), (0, 12, 0.0, 0.243)],
)
def test_intervals(count: int, n: int, low: float, high: float) -> None:
    """As they are known."""
    found = share_of(count, n)
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-4)


@pytest.mark.parametrize(
    ("share", "factor", "bound"), [(0.05, 0, 1.05), (0.1, 2, 1.05), (0.31, 0, 1.45), (0.31, 4, 1.30), (1.0, 0, None)]
)
def test_bounds(share: float, factor: float, bound: float | None) -> None:
    """Amdahl's law."""
    found = bound_of(share, factor)
    assert found == (None if bound is None else pytest.approx(bound, abs=0.005))


def test_a_profile_of_go_in_its_tree() -> None:
    """The numbers of `go tool pprof -focus`: 690 of 715 samples are below the package, each by function."""
    found = kept("go.cpu.pb.gz")
    inventory = inventory_of(fixture("go-kernel"))
    looked = profiles.look(found, inventory, lambda names: {name: {"Convolve": At("filter.go", 19)} for name in names})
    counts = looked.counts
    assert (counts.user, counts.known, counts.found) == (690, 715, 666)
    assert counts.functions == {
        ("example.com/signal", name): n for name, n in (("Convolve", 666), ("Energy", 22), ("Labels", 2))
    }
    hot, *_ = measure.hottest(counts, looked.frames)
    assert (hot.name, hot.path, hot.line, hot.exclusive.count) == ("Convolve", "filter.go", 19, 666)
    row = measure.by_component(counts, inventory, {})["example.com/signal"]
    assert (row.own.count, row.exclusive.count, row.any.count, row.any.n) == (690, 690, 690, 715)
    assert row.bound == pytest.approx(1 / (1 - row.exclusive.high))
    assert measure.classes_of(counts)["compute"].share > 0.9
    assert gates.gate_of(found, counts).used


def test_shares_of_sets_of_functions() -> None:
    """One pass says for each rule how much is in its functions themselves, and how much below them."""
    found = profile_of("main.main;main.hot;main.inner 60\nmain.main;main.hot 30\nmain.main 10\n", "cpu")
    inventory = inventory_of({"go.mod": GO_MOD, "main.go": "package main\n\nfunc main() {}\n"})
    looked = profiles.look(found, inventory)
    sets = {"a": [("example.com/m", "hot")], "b": [("example.com/m", "main"), ("example.com/m", "inner")], "c": []}
    shares = measure.shares_by(found, looked.frames, looked.counts, sets)
    assert {name: (own.count, below.count) for name, (own, below) in shares.items()} == {
        "a": (30, 90), "b": (70, 100), "c": (0, 0),
    }  # fmt: skip


TREE = {
    "go.mod": "module example.com/m/v2\n\ngo 1.24\n",
    "cmd/a/main.go": "package main\n\nfunc main() {}\n",
    "cmd/b/main.go": "package main\n\nfunc main() {}\n",
    "lib/lib.go": "package lib\n\nfunc F() {}\n",
    "Cargo.toml": '[workspace]\nmembers = ["my-kernel", "app"]\n',
    "my-kernel/Cargo.toml": crate("my-kernel"),
    "my-kernel/src/lib.rs": "pub mod digest;\n",
    "my-kernel/src/digest.rs": "pub fn mix() {}\n",
    "app/Cargo.toml": crate("app"),
    "app/src/main.rs": "fn main() {}\n",
}


@pytest.mark.parametrize(
    ("name", "file", "origin", "component"),
    [
        ("example.com/m/v2/lib.F", "", "user", "example.com/m/v2/lib"),
        ("example.com/m/v2/lib.F", "example.com/m/v2/lib/lib.go", "user", "example.com/m/v2/lib"),
        ("example.com/m/v2/lib_test.F", "x/lib/a_test.go", "test", ""),
        ("main.main", "/home/x/cmd/b/main.go", "user", "example.com/m/v2/cmd/b"),
        ("main.main", "example.com/m/v2/cmd/a/main.go", "user", "example.com/m/v2/cmd/a"),
        ("main.cpu.F.func1", "/x/m/lib/lib.go", "user", "example.com/m/v2/lib"),
        ("main.main", "/elsewhere/other.go", "unknown", ""),
        ("gopkg.in/yaml%2ev3.Unmarshal", "", "library", ""),
        ("net/http.(*conn).serve", "net/http/server.go", "standard", ""),
        ("runtime.mcall", "", "runtime", ""),
        ("my_kernel::digest::mix", "", "user", "my-kernel::digest"),
        ("<my_kernel::Fnv as my_kernel::Mixer>::mix", "", "user", "my-kernel"),
        ("app::main", "", "user", "app"),
        ("serde_json::to_string", "", "library", ""),
        ("core::intrinsics::rotate_left", "", "standard", ""),
    ],
)
def test_where_functions_are_from(name: str, file: str, origin: str, component: str) -> None:
    """By symbol, and by file where the symbol cannot tell."""
    inventory = inventory_of(TREE)
    for spoken in LANGUAGES.values():
        symbol = spoken.symbols.parse(name, file)
        if symbol is not None:
            spot = spoken.symbols.placer(inventory)(symbol, file)
            assert (spot.origin, spot.component) == (origin, component)
            return
    pytest.fail("no language knows it")


def test_the_runtime_below_a_function_is_its_own() -> None:
    """Allocation is the caller's, marking in the background nobody's; recursion counts once; preemption costs nothing."""
    found = profile_of(
        "runtime.goexit;example.com/m/v2/lib.F;example.com/m/v2/lib.F;runtime.mallocgc;runtime.memmove 400\n"
        "example.com/m/v2/lib.F;encoding/json.Marshal;runtime.asyncPreempt 300\n"
        "runtime.gcBgMarkWorker;runtime.gcDrain;runtime.scanobject 200\n"
        "net/http.(*conn).serve;internal/runtime/syscall.Syscall6 100\n",
        "cpu",
    )
    inventory = inventory_of(TREE)
    counts = profiles.look(found, inventory).counts
    background = measure.background_of(counts)
    row = measure.by_component(counts, inventory, background)["example.com/m/v2/lib"]
    assert (row.own.count, row.exclusive.count, row.any.count) == (400, 700, 700)
    assert row.classes == {"compute": pytest.approx(3 / 7), "allocation": pytest.approx(4 / 7)}
    assert row.background_gc is not None
    assert 0.19 < row.background_gc[0] <= row.background_gc[1] <= 0.2
    assert {name: share.count for name, share in measure.classes_of(counts).items()} == {
        "compute": 300, "allocation": 400, "gc": 200, "system-calls": 100,
    }  # fmt: skip
    assert counts.rest == {"GC in the background": 200, "the standard library": 100}


def test_background_gc_with_a_heap_profile_is_a_range() -> None:
    """From the least to the greatest of what allocation and live bytes say."""
    inventory = inventory_of(TREE)
    lines = "example.com/m/v2/lib.F;runtime.mallocgc 100\nruntime.gcBgMarkWorker 100\n"
    cpu = profiles.look(profile_of(lines, "cpu"), inventory).counts
    heap = profiles.look(profile_of("example.com/m/v2/lib.F 1\nexample.com/m/v2/cmd/a.F 3\n", "heap"), inventory).counts
    assert measure.background_of(cpu, [heap])["example.com/m/v2/lib"] == (0.125, 0.5)


def many(text: str, count: int = 600) -> Profile:
    return profile_of(f"{text} {count}\n", "cpu")


@pytest.mark.parametrize(
    ("text", "count", "why"),
    [
        ("example.com/m/v2/lib.F", 600, "used"),
        ("example.com/m/v2/lib.F", 12, "it has 12 samples, and shares need 500"),
        ("net/http.(*conn).serve", 600, "no function of this repository is in it"),
        ("[unknown]", 600, "only 0% of its samples are in functions that anybody knows"),
        ("example.com/m/v2/lib.Gone", 600, "only 0% of its samples with code of this repository"),
        ("testing.(*B).runN;example.com/m/v2/lib.F", 600, "used to refute and not to confirm"),
    ],
)
def test_what_keeps_a_profile_from_being_used(text: str, count: int, why: str) -> None:
    """Each gate has a sentence."""
    found = many(text, count)
    looked = profiles.look(
        found, inventory_of(TREE), lambda names: {name: {"F": At("lib/lib.go", 3)} for name in names}
    )
    row = gates.row_of(found, looked.counts)
    assert row.why.startswith(why)
    assert row.used is why.startswith("used")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("go.heap.pb.gz", gates.HEAP),
        ("go.mutex.pb.gz", gates.WAITS["mutex"]),
        ("go.block.pb.gz", gates.WAITS["block"]),
        ("rust.folded", gates.WAITS["stacks"]),
    ],
)
def test_profiles_of_something_else(name: str, why: str) -> None:
    """What is no CPU profile is never taken for one."""
    assert gates.gate_of(kept(name), None).why == why


def test_classes_are_known() -> None:
    """Whatever a table says has words in a report."""
    kinds = {kind for spoken in LANGUAGES.values() for kind in spoken.symbols.ORDER}
    assert {classes.grouped(kind) for kind in kinds} <= classes.CLASSES.keys()


def test_profiles_in_the_tree() -> None:
    """Those beside a program are found with their folder and blob; pointers and empty files are not read."""
    files = {path: text.encode() for path, text in TREE.items()}
    files["cmd/a/default.pgo"] = (KEPT / "go.cpu.pb.gz").read_bytes()
    files["cmd/b/default.pgo"] = b"version https://git-lfs.github.com/spec/v1\n"
    files["lib/default.pgo"] = b"not beside a program"
    found, notices = committed.committed(Memory(files), inventory_of(TREE))
    assert [(row.source.path, row.home, len(row.blob)) for row in found] == [("cmd/a/default.pgo", "cmd/a", 40)]
    assert notices == [
        "cmd/b/default.pgo is not read: only a git-lfs pointer is stored here; give the profile by --profile."
    ]
    assert profiles.read(found[0].source).path == "cmd/a/default.pgo"


def test_the_command(tmp_path: Path) -> None:
    """It says what a file is, what maps, and why it would be used."""
    tree = write(tmp_path, fixture("go-kernel"))
    text = printed("profile", "--no-cache", KEPT / "go.cpu.pb.gz", tree)
    assert "a CPU profile\n  715 samples, in 6" in text
    assert "\n  used\n" in text
    assert "Convolve in example.com/signal, filter.go:19" in text
    data = json.loads(printed("profile", "--no-cache", "--format", "json", KEPT / "go.cpu.pb.gz", tree))
    assert data["profile"]["found"]["count"] == 690
    assert data["components"]["example.com/signal"]["any"]["count"] == 690


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("go.bench.txt", "results of Go benchmarks"),
        ("go.m2.txt", "remarks of the Go compiler"),
        ("rust.svg:cpu", "7 samples"),
    ],
)
def test_the_command_on_other_files(tmp_path: Path, name: str, words: str) -> None:
    """Benchmarks, remarks, and a flame graph whose user says what it is of."""
    tree = write(tmp_path, fixture("rust-kernel"))
    assert words in printed("profile", "--no-cache", f"{KEPT / name}", tree)
    assert json.loads(printed("profile", "--no-cache", "--format", "json", f"{KEPT / name}", tree))["schema"]


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """And no traceback."""
    done = invoked("profile", tmp_path / "none", tmp_path)
    assert done.exit_code == 2
    assert "name an existing file" in done.stderr
    with pytest.raises(LangfitError, match="a folder"):
        profiles.read(*profiles.source_of(str(tmp_path)))


@given(st.lists(st.text(alphabet="ab.[]{} ", min_size=1, max_size=8), min_size=1, max_size=6))
def test_splitting_loses_nothing(names: list[str]) -> None:
    """Whatever brackets there are."""
    assert ";".join(split(";".join(names))) == ";".join(names)
