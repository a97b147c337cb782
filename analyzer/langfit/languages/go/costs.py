"""What the time in a function of a Go program is spent for: a table by the beginning of its name.

Frames of the runtime belong to whoever calls them: `under`. Names are those of Go 1.17 to 1.26; where they moved, both
are here. https://go.dev/doc/gc-guide says what they mean.
"""

from __future__ import annotations

from functools import lru_cache

from langfit.language import Cost, Symbol

# Assistance is under allocation, and draining is under assistance: the first of these that a stack has is its class.
ORDER = (
    "gc-assist", "gc-background", "allocation", "gc-barrier", "system-calls", "cgo", "channels", "scheduling", "maps",
    "moves", "runtime",
)  # fmt: skip

RUNTIME = ("internal/runtime/", "runtime/internal/")
RUNTIMES = frozenset(("runtime", "internal/abi", "internal/bytealg", "internal/cpu", "internal/goarch"))
# Written in the package of others, and a part of the runtime all the same.
LINKED = (
    ("reflect.unsafe_New", "allocation"),
    ("reflect.typedmemmove", "moves"),
    ("reflect.mapassign", "maps"),
    ("reflect.mapaccess", "maps"),
    ("reflect.mapiter", "maps"),
    ("reflect.chanrecv", "channels"),
    ("reflect.chansend", "channels"),
    ("sync.runtime_", "scheduling"),
    ("internal/sync.runtime_", "scheduling"),
    ("internal/poll.runtime_", "scheduling"),
    ("time.Sleep", "scheduling"),
    ("syscall.runtime_", "scheduling"),
)
CLASSES: tuple[tuple[str, str], ...] = tuple(
    (prefix, kind)
    for kind, prefixes in (
        ("gc-assist", "gcAssist deductAssistCredit deductSweepCredit gcParkAssist"),
        (
            "gc-background",
            "gcBgMark bgsweep bgscavenge gcDrain markroot scanobject scanObject scanblock scanstack scanConservative"
            " scanSpan scanframe tryDeferToSpanScan extractHeapBits greyobject sweepone gcStart gcMark gcSweep"
            " runFinalizers runfinq runCleanups gcResetMarkState forcegc _GC gcw gcWork.",
        ),
        ("allocation", "mallocgc newobject newarray makeslice growslice rawstring rawbyteslice concatstring"
         " slicebytetostring stringtoslice slicerunetostring intstring convT mcache. mcentral. mheap. mspan. pageAlloc."
         " memclrNoHeapPointersChunked profilealloc mProf_Malloc nextFreeFast heapSetType persistentalloc sysAlloc"
         " makemap_small heapBitsSetType publicationBarrier postMallocgc"),
        ("gc-barrier", "gcWriteBarrier wbBuf bulkBarrierPreWrite typedmemmove typedslicecopy wbMove wbZero shade"),
        ("system-calls", "entersyscall exitsyscall reentersyscall sysmon vdso"),
        ("cgo", "cgocall asmcgocall cgocallback cgoCheck cgoUse crosscall"),
        ("channels", "chansend chanrecv selectgo selectnb closechan makechan send recv block sellock selunlock"),
        (
            "scheduling",
            "mcall park gopark goready ready schedule findRunnable findrunnable newproc stopm startm wakep futex usleep"
            " osyield procyield netpoll semacquire semrelease semaphore semroot timer checkTimers runtimer adjusttimers"
            " morestack newstack copystack notesleep notewakeup notetsleep goexit gosched goschedImpl lock unlock"
            " stealWork runqgrab runqget runqput runqsteal execute resetspinning injectglist handoffp retake preempt"
            " mstart mPark gogo gfget gfput casgstatus acquirem releasem pidleget pidleput globrunqget Gosched nanotime"
            " doInit modtimer deltimer addtimer runOneTimer unlock2 lock2 gdestroy goparkunlock acquirep releasep"
            " goyield gopreempt epollwait kevent write1 read1 systemstack_switch"
            " semrelease1 ticks suspendG resumeG stopTheWorld startTheWorld adjustframe pcvalue gentraceback step",
        ),
        ("maps", "map aeshash memhash strhash nilinterhash interhash typehash makemap hmap. bmap. evacuate hashGrow"
         " growWork type..hash f64hash c128hash"),
        ("moves", "memmove memclr duffcopy duffzero memequal memeqbody cmpbody indexbytebody countbody cmpstring"
         " type..eq slicecopy strequal efaceeq ifaceeq"),
        ("", "asyncPreempt systemstack mstart1"),
    )
    for prefix in prefixes.split()
)  # fmt: skip
PACKAGES: tuple[tuple[str, str], ...] = (  # of the packages of the runtime, and others
    ("internal/runtime/syscall", "system-calls"),
    ("runtime/internal/syscall", "system-calls"),
    ("internal/runtime/maps", "maps"),
    ("internal/runtime/gc", "gc-background"),
    ("internal/bytealg", "moves"),
)
OTHERS: tuple[tuple[str, str], ...] = (  # not of the runtime: own functions of a package, told apart from computing
    ("syscall", "system-calls"),
    ("internal/syscall", "system-calls"),
    ("golang.org/x/sys", "system-calls"),
    ("crypto", "crypto"),
    ("vendor/golang.org/x/crypto", "crypto"),
    ("golang.org/x/crypto", "crypto"),
    ("internal/reflectlite", "reflection"),
    ("reflect", "reflection"),
)


@lru_cache(maxsize=65_536)
def cost(symbol: Symbol) -> Cost:
    """Return what the time in a function is spent for."""
    full = f"{symbol.package}.{symbol.function}"
    for prefix, kind in LINKED:
        if full.startswith(prefix):
            return Cost(kind, under=True)
    if symbol.package in RUNTIMES or symbol.package.startswith(RUNTIME):
        return Cost(_of_runtime(symbol), under=True)
    if symbol.name.startswith("_Cfunc_") or symbol.function.startswith("_cgo"):
        return Cost("cgo", under=True)
    for package, kind in OTHERS:
        if symbol.package == package or symbol.package.startswith(package + "/"):
            return Cost(kind, under=False)
    return Cost("compute", under=False)


def _of_runtime(symbol: Symbol) -> str:
    for package, kind in PACKAGES:
        if symbol.package == package or symbol.package.startswith(package + "/"):
            return kind
    if symbol.name.startswith("asyncPreempt"):
        return ""
    name = symbol.function
    best = max((row for row in CLASSES if name.startswith(row[0])), key=lambda row: len(row[0]), default=None)
    return best[1] if best is not None else "runtime"
