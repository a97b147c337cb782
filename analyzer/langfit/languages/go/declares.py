"""What a Go file declares for the layout of its repository and for joins with other programs and languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from langfit.languages.go.head import Head, is_of_go_authors
from langfit.languages.go.names import GoNames
from langfit.model.repository import Declaration
from langfit.parsing.lines import Positions
from langfit.parsing.literals import program_words
from langfit.parsing.parser import Captures
from langfit.parsing.sites import SiteTable

MOST = 200  # declarations of one kind and file; more say nothing more
LONGEST = 200  # characters of a name

STARTS = re.compile(r"(?:os/exec\.(?:Command|CommandContext|LookPath)|syscall\.(?:Exec|ForkExec)|os\.StartProcess)$")
# Literals of structs that start a process, and what they start where no name says it.
STARTED_BY = {"os/exec.Cmd": "", "github.com/hashicorp/go-plugin.ClientConfig": "plugins"}
# Packages of code generated from services, and what a file that calls services imports.
_STUBS = re.compile(r"(?:pb|proto|protos|protobuf|grpc|rpc|ttrpc|connect)$", re.IGNORECASE)
_CALLS_SERVICES = re.compile(
    r"google\.golang\.org/grpc|containerd/ttrpc|connectrpc\.com/connect|storj\.io/drpc|twitchtv/twirp|apache/thrift"
)
LIBC = frozenset("stdlib stdio string stdint stdbool stddef errno unistd math time signal fcntl pthread limits".split())
_FOR_TESTS = re.compile(r"(?:Test|Mock|Fake|Dummy)[A-Z_]")
_RUNS_WASM = re.compile(r"tetratelabs/wazero|bytecodealliance/wasmtime-go|wasmerio/wasmer-go|second-state/WasmEdge-go")
_CLIENT = re.compile(r"(?:^|[./])New([A-Z]\w*?)(?:Service)?Client$")
_SERVER = re.compile(r"(?:^|[./])(?:Unsafe)?Register([A-Z]\w*?)(?:Service|Server|ServiceServer)$")
_NATIVE = re.compile(r"#cgo[^:\n]*\b(?:LDFLAGS|pkg-config)\s*:([^\n]*)")
_LIBRARY = re.compile(r"(?:^|\s)(?:-l)?([\w.+/-]+)")
_INCLUDE = re.compile(r"#include\s*[<\"]([^>\"]+)[>\"]")


def declarations_of(
    data: bytes, head: Head, found: Captures, names: GoNames, sites: SiteTable, positions: Positions
) -> list[Declaration]:
    """Return what a file declares: its package and build constraint, exports, programs that it starts, services."""
    rows = [Declaration("package", head.package)]
    if head.constraint:
        rows.append(Declaration("build", head.constraint[:2_000]))
    if is_of_go_authors(head):
        rows.append(Declaration("holder", "The Go Authors"))
    rows += list(_main(found, positions))[:1]
    rows += _cgo(data, names, positions)
    rows += list(_directives(data, found, positions))[:MOST]
    rows += _services(names, sites, positions)
    rows += _started(data, found, sites, positions)
    rows += [
        Declaration("runs-wasm", path, "", positions.line(at)) for path, _, at in names.specs if _RUNS_WASM.search(path)
    ]
    return rows


def _main(found: Captures, positions: Positions) -> Iterator[Declaration]:
    """Yield where a program begins; `detail` is "empty" where it does nothing, as in a library for C."""
    for node in found.get("region.function", ()):
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if node.type == "function_declaration" and name is not None and name.text == b"main" and body is not None:
            empty = not any(child.type != "comment" for child in body.named_children)
            yield Declaration("main", "main", "empty" if empty else "", positions.line(node.start_byte))


def _directives(data: bytes, found: Captures, positions: Positions) -> Iterator[Declaration]:
    """Yield exports to C and to WebAssembly, and commands of `go generate`."""
    for node in found.get("part.comment", ()):
        start = node.start_byte
        if not data.startswith((b"//export ", b"//go:wasmexport ", b"//go:generate "), start):
            continue
        if start == 0 or data[start - 1] == ord("\n"):
            words = data[start + 2 : min(node.end_byte, start + 400)].decode("utf-8", "replace").split()
            verb = words[0].removeprefix("go:")
            detail = " ".join(words[1:6]) if verb == "generate" else words[1] if len(words) > 1 else ""
            yield Declaration(verb, detail[:LONGEST], "", positions.line(start))


def _cgo(data: bytes, names: GoNames, positions: Positions) -> Iterator[Declaration]:
    """Yield what a preamble of `import "C"` links: libraries first, else the headers that it includes."""
    for path, _, start in names.specs:
        if path != "C":
            continue
        before = data[:start].decode("utf-8", "replace")
        preamble = before[max(before.rfind("*/\n", 0, -1), 0) - 4_000 if "*/" in before[-200:] else -4_000 :]
        flags = " ".join(_NATIVE.findall(preamble))
        libraries = [name for name in _LIBRARY.findall(flags) if not name.startswith(("-", "$", "."))]
        linked = [name for name in libraries if f"-l{name}" in flags or "pkg-config" in preamble]
        headers = [re.sub(r"\.h(pp)?$", "", name) for name in _INCLUDE.findall(preamble)]
        shown = (linked or [name for name in headers if name not in LIBC] or ["C"])[:MOST]
        # What every system has is no code in another language: `C.getuid`, `C.free`.
        kind = "libc" if headers and shown == ["C"] and "{" not in preamble else "cgo"
        yield Declaration(kind, shown[0][:LONGEST], " ".join(shown)[:LONGEST], positions.line(start))


def _services(names: GoNames, sites: SiteTable, positions: Positions) -> Iterator[Declaration]:
    """Yield the services that calls of generated code name: as a client, or as a server."""
    calls = any(_CALLS_SERVICES.search(path) for path, _, _ in names.specs)
    for name, rows in sites.named("call").items():
        for kind, pattern in (("client", _CLIENT), ("server", _SERVER)):
            match = pattern.search(name)
            if match is None or _FOR_TESTS.match(match[1]) or "/" not in name:
                continue
            sure = _STUBS.search(name.rpartition(".")[0]) is not None
            if sure or calls:  # clients of caches and databases are made the same way
                said = kind if sure or kind == "server" else "maybe-client"
                yield Declaration(said, match[1][:LONGEST], name[:LONGEST], positions.line(rows[0].start))


def _started(data: bytes, found: Captures, sites: SiteTable, positions: Positions) -> Iterator[Declaration]:
    """Yield a row for each place that starts a process, and the words of the file that may name a program."""
    starting = {row.start: name for name, rows in sites.named("call").items() if STARTS.search(name) for row in rows}
    called = [node for node in found.get("call.path", ()) if node.start_byte in starting]
    places = [(_program_of(node, starting[node.start_byte]), "", node.start_byte) for node in called]
    places += [
        ("", what, row.start) for name, what in STARTED_BY.items() for row in sites.named("composite").get(name, ())
    ]
    for text, what, start in places[:MOST]:
        yield Declaration("starts", text[:LONGEST], what, positions.line(start))
    for word, start, program in program_words(data, started=bool(places)):
        if program:
            yield Declaration("word", word, "", positions.line(start))


def _program_of(node: Node, name: str) -> str:
    """Return the program that a call starts, where its argument is a literal; else ""."""
    call = node.parent
    arguments = call.child_by_field_name("arguments") if call is not None else None
    given = [child for child in arguments.named_children if child.type != "comment"] if arguments is not None else []
    at = 1 if name.endswith("CommandContext") else 0
    if len(given) <= at or given[at].type not in ("interpreted_string_literal", "raw_string_literal"):
        return ""
    return (given[at].text or b"")[1:-1].decode("utf-8", "replace")
