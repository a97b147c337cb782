"""What CPU time is spent for, by class; and what functions outside of every language that is read are known for.

Languages have tables of their own (`languages/*/costs.py`); the one here is for the kernel and for C libraries.
"""

from __future__ import annotations

from langfit.language import Cost

CLASSES: dict[str, str] = {  # class -> what people read
    "compute": "compute",
    "moves": "memory moves",
    "maps": "maps",
    "allocation": "allocation",
    "gc": "GC",
    "system-calls": "system calls",
    "scheduling": "scheduling and channels",
    "cgo": "cgo",
    "reflection": "reflection",
    "crypto": "crypto",
    "runtime": "the rest of the runtime",
    "unknown": "unknown",
}
GROUPS = {"gc-background": "gc", "gc-assist": "gc", "gc-barrier": "gc", "channels": "scheduling", "": "compute"}
BACKGROUND = "gc-background"
WAITING = ("system-calls", "scheduling")

_FOREIGN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("allocation", (
        "malloc", "_int_malloc", "_int_free", "free", "realloc", "calloc", "cfree", "__libc_malloc", "__libc_free",
        "je_", "mi_", "tcache", "sysmalloc", "unlink_chunk", "malloc_consolidate", "__rust_alloc", "__rust_dealloc",
        "__rust_realloc", "__rdl_", "posix_memalign", "__GI___libc_malloc", "operator new", "operator delete",
    )),
    ("moves", (
        "memcpy", "memmove", "memset", "memcmp", "__memcpy", "__memmove", "__memset", "__memcmp", "bcmp", "memchr",
        "__memchr", "strlen", "__strlen", "bzero",
    )),
    ("scheduling", (
        "futex", "__futex", "pthread_", "__pthread", "___pthread", "__lll_lock", "sched_yield", "__sched_yield",
        "nanosleep", "clock_nanosleep", "start_thread", "clone3", "__clone", "thread_start",
    )),
    ("system-calls", (
        "epoll_", "recv", "send", "read", "write", "__read", "__write", "__GI___", "__libc_read", "__libc_write",
        "__libc_recv", "__libc_send", "open", "close", "poll", "select", "accept", "connect", "syscall", "fsync",
        "pread", "pwrite", "ioctl", "clock_gettime", "__clock_gettime", "__vdso", "sendmsg", "recvmsg", "__send",
        "__recv", "__open", "__close", "__poll", "writev", "readv", "getrandom", "mmap", "munmap", "madvise",
    )),
    ("", ("_start", "main", "__libc_start", "__start")),
)  # fmt: skip
LIBRARIES = ("libc.", "libc-", "ld-linux", "libpthread", "libm.", "libm-", "libsystem", "[vdso", "libgcc", "libstdc++")


def foreign(name: str, file: str, mark: str) -> Cost | None:
    """Return what a function of no language that is read is known for: of the kernel or libc. None for others."""
    if mark == "kernel":
        return Cost("system-calls", under=True)
    plain = name.partition("@")[0]
    for kind, prefixes in _FOREIGN:
        for prefix in prefixes:
            if plain == prefix or (plain.startswith(prefix) and (len(prefix) > 5 or prefix.endswith("_"))):
                return Cost(kind, under=True)
    return Cost("", under=True) if file.startswith(LIBRARIES) and is_named(name) else None


def is_named(name: str) -> bool:
    """Tell whether a frame has a name, rather than an address or nothing."""
    return bool(name) and not name.startswith(("[", "0x")) and name not in ("??", "unknown")


def grouped(kind: str) -> str:
    """Return the class that a report shows for one of a table."""
    return GROUPS.get(kind, kind)
