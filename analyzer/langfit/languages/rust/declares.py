"""What a Rust file declares for the layout of its crate and for joins with other programs and languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from langfit.languages.rust.attributes import LINK_NAME, PATH, Attribute
from langfit.languages.rust.names import plain
from langfit.model.repository import Declaration
from langfit.parsing.lines import Positions, blanked
from langfit.parsing.literals import program_words
from langfit.parsing.parser import Captures
from langfit.parsing.sites import SiteTable

MOST = 200  # declarations of one kind and file; more say nothing more
MOST_MODULES = 2_000
LONGEST = 200  # characters of a name

STARTS = re.compile(r"(?:^|::)process::Command::new$")
_CLIENT = re.compile(r"(?:^|::)([A-Z]\w*?)(?:Service)?Client(?:::(?:new|connect|with_\w+))$")
_SERVER = re.compile(r"(?:^|::)(?:([A-Z]\w*?)(?:Service)?Server::(?:new|with_\w+)|create_(\w+?)(?:_service)?)$")
_ADDONS = {"napi": "napi", "pymodule": "pyo3", "pyfunction": "pyo3", "pyclass": "pyo3"}
_MACRO_MODULE = re.compile(rb"(?<![\w.])mod\s+(?:r#)?(\w+)\s*;")
_INCLUDE = re.compile(rb"\s*\(?\s*\"([^\"\n]+\.rs)\"")
# Paths of code that is generated from services.
_STUBS = re.compile(r"(?:grpc|ttrpc|tonic|_client::|_server::|pb::|proto\w*::|rpc\w*::)", re.IGNORECASE)
_FOR_TESTS = re.compile(r"(?:Test|Mock|Fake|Dummy)[A-Z]")
_WASM = re.compile(r"(?:wasmtime|wasmer|wasmi|extism|wasmedge_sdk)(?:::|$)")

Tests = list[tuple[int, int]]


def declarations_of(
    data: bytes,
    found: Captures,
    attributes: dict[int, list[Attribute]],
    tests: Tests,
    sites: SiteTable,
    lines: Positions,
) -> list[Declaration]:
    """Return what a file declares: modules, exports, foreign libraries, programs that it starts, services."""
    rows = [Declaration("test-file", "")] if tests == [(0, len(data))] else []
    rows += list(_modules(data, found, attributes, tests, lines))[:MOST_MODULES]
    rows += list(_macro_modules(data, found, tests, lines))[:MOST_MODULES]
    rows += list(_exports(found, attributes, tests, lines))[:MOST]
    rows += list(_foreign(found, attributes, lines))[:MOST]
    rows += list(_services(sites, lines))[:MOST]
    rows += list(_started(data, found, tests, sites, lines))
    rows += [
        Declaration("runs-wasm", p, "", lines.line(r[0].start)) for p, r in sites.named("use").items() if _WASM.match(p)
    ]
    return rows


def _in_test(byte: int, tests: Tests) -> bool:
    return any(start <= byte < end for start, end in tests[:1_000])


def _modules(
    data: bytes, found: Captures, attributes: dict[int, list[Attribute]], tests: Tests, lines: Positions
) -> Iterator[Declaration]:
    """Yield a row for each `mod name;`, named behind the inline modules around it, "a/b".

    Its `detail` holds `test` for one that only tests have, and the paths of its `path` attributes.
    """
    for node in found.get("part.module", ()):
        if node.child_by_field_name("body") is not None:
            continue
        name = _name(node)
        around = []
        above = node.parent
        paths_above: list[str] = []
        while above is not None:
            if above.type == "mod_item":
                path = _paths(attributes.get(above.start_byte, []))
                around.append(path[0] if path else _name(above))
                paths_above += path
            above = above.parent
        own = attributes.get(node.start_byte, [])
        detail = ["test"] if _in_test(node.start_byte, tests) else []
        detail += [f"path={path}" for path in _paths(own)]
        if any(attribute.name == "cfg_attr" and PATH.search(attribute.text) for attribute in own):
            detail.append("also")  # the path holds under a condition only
        yield Declaration(
            "module", "/".join([*reversed(around), name])[:LONGEST], " ".join(detail), lines.line(node.start_byte)
        )


def _paths(attributes: list[Attribute]) -> list[str]:
    found = [PATH.search(a.text) for a in attributes if a.name in ("path", "cfg_attr")]
    return [match[1][:LONGEST] for match in found if match]


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return plain((name.text or b"")[:LONGEST].decode("utf-8", "replace")) if name is not None else ""


def _macro_modules(data: bytes, found: Captures, tests: Tests, lines: Positions) -> Iterator[Declaration]:
    """Yield modules that are declared, and files that are included, inside the arguments of a macro."""
    if b"mod " not in data and b"include!" not in data:
        return
    for node in found.get("macro.path", ()):
        call = node.parent
        if call is None or (call.parent is not None and call.parent.type == "token_tree"):
            continue
        test = "test" if _in_test(node.start_byte, tests) else ""
        if data[node.start_byte : node.end_byte] == b"include":
            match = _INCLUDE.match(data, node.end_byte + 1, call.end_byte)
            if match:
                path = match[1].decode("utf-8", "replace")
                yield Declaration("include", path[:LONGEST], test, lines.line(node.start_byte))
        elif data.find(b"mod ", node.end_byte, call.end_byte) >= 0:
            text = data[node.end_byte : call.end_byte]
            comments = [(m.start(), m.end()) for m in re.finditer(rb"//[^\n]*|/\*.*?\*/", text, re.DOTALL)]
            for match in _MACRO_MODULE.finditer(blanked(text, comments)):
                name = match[1].decode("utf-8", "replace")[:LONGEST]
                yield Declaration("module", name, test, lines.line(node.end_byte + match.start()))


def _exports(
    found: Captures, attributes: dict[int, list[Attribute]], tests: Tests, lines: Positions
) -> Iterator[Declaration]:
    """Yield functions that other languages call: by the C ABI, as WebAssembly, as part of an add-on."""
    del found
    for start, own in attributes.items():
        if _in_test(start, tests):
            continue
        for attribute in own:
            name = attribute.name.rsplit("::", 1)[-1]
            line = lines.line(attribute.node.start_byte)
            if name in ("no_mangle", "export_name"):
                yield Declaration("export", name, "", line)
            elif name == "wasm_bindgen":
                yield Declaration("wasm-export", name, "", line)
            elif name in _ADDONS:
                yield Declaration("addon", _ADDONS[name], "", line)


def _foreign(found: Captures, attributes: dict[int, list[Attribute]], lines: Positions) -> Iterator[Declaration]:
    """Yield the foreign libraries of extern blocks, by the name of their `link` attribute where they have one."""
    for node in found.get("extern-block", ()):
        own = attributes.get(node.start_byte, [])
        if any(attribute.name.startswith("wasm_bindgen") for attribute in own):
            continue
        names = [match[1] for match in (LINK_NAME.match(attribute.text) for attribute in own) if match]
        yield Declaration("extern", (names or ["C"])[0][:LONGEST], "", lines.line(node.start_byte))


def _services(sites: SiteTable, lines: Positions) -> Iterator[Declaration]:
    """Yield the services that calls of generated code name: as a client, or as a server."""
    for name, rows in sites.named("call").items():
        if not _STUBS.search(name):
            continue
        client, server = _CLIENT.search(name), _SERVER.search(name)
        if client and not _FOR_TESTS.match(client[1]):
            yield Declaration("client", client[1][:LONGEST], name[:LONGEST], lines.line(rows[0].start))
        elif server:
            service = server[1] or server[2].title().replace("_", "")
            yield Declaration("server", service[:LONGEST], name[:LONGEST], lines.line(rows[0].start))


def _started(data: bytes, found: Captures, tests: Tests, sites: SiteTable, lines: Positions) -> Iterator[Declaration]:
    """Yield a row for each place that starts a process, and the words of the file that may name a program."""
    starting = {row.start for name, rows in sites.named("call").items() if STARTS.search(name) for row in rows}
    nodes = [node for node in found.get("call.path", ()) if node.start_byte in starting][:MOST]
    places = [node for node in nodes if not _in_test(node.start_byte, tests)]
    for node in places:
        yield Declaration("starts", _first_text(node)[:LONGEST], "", lines.line(node.start_byte))
    for word, start, program in program_words(data, started=bool(places)):
        if program and not _in_test(start, tests):
            yield Declaration("word", word, "", lines.line(start))


def _first_text(node: Node) -> str:
    """Return the first argument of a call where it is a string literal, else ""."""
    call = node.parent
    arguments = call.child_by_field_name("arguments") if call is not None else None
    given = (
        [child for child in arguments.named_children if "comment" not in child.type] if arguments is not None else []
    )
    if not given or given[0].type != "string_literal":
        return ""
    return (given[0].text or b"")[1:-1].decode("utf-8", "replace")
