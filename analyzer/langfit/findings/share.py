"""From bytes to a share: what the facts of one blob come to under the measures of a rulebook, done in the workers.

A share is a small fraction of the facts that it is made of. It holds no path, no weight, no scale and no wording, so
what is cached for a blob survives a rename and every change of a rule but one of what it looks for.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec

from langfit import model
from langfit.findings.measures import DEPTH, IN_TEST, NAMED_EDGE, Measures, Wanted
from langfit.fingerprints import LineHashes
from langfit.languages import extract
from langfit.languages.light import light_facts
from langfit.languages.lines import Ruler
from langfit.languages.regions import rows_of
from langfit.model import LANGUAGES, Facts, Language, Place, Share

CALLED = ("call", "type", "composite", "address-literal", "parameter")  # Go kinds whose names may be qualified

MOST_CODE = 160  # bytes of a line that a report shows

_SHARE = msgspec.msgpack.Decoder(Share)
_PLACES = msgspec.msgpack.Decoder(tuple[Place, ...])
_ENCODER = msgspec.msgpack.Encoder()


class Sharing:
    """The job of a worker: bytes of a file to its packed share. `digest` names the measures that decide about it."""

    def __init__(self, measures: dict[Language, Measures]) -> None:
        self._measures = measures
        asked = [(x, repr(measures[x].all), sorted(measures[x].reporting)) for x in LANGUAGES]
        form = sha256(repr(asked).encode())
        for source in (__file__, model.__file__):  # another form of share is another answer
            form.update(Path(source).read_bytes())
        self.digest = form.hexdigest()[:16]
        self.light = f"light-{self.digest}"

    def __call__(self, data: bytes, language: Language, full: bool) -> bytes:
        """The packed share of a file; one that is not `full` is looked over, not parsed. Raises TooDeep."""
        if full:
            measures = self._measures[language]
            return _ENCODER.encode(share_of(extract(data, language, measures.queries), data, measures))
        return _ENCODER.encode(_light(light_facts(data, language)))

    def unpack(self, packed: bytes) -> Share:
        """The share that a call has packed."""
        return _SHARE.decode(packed)


def places_of(share: bytes) -> tuple[Place, ...]:
    """The places in the packed field `places` of a share."""
    return _PLACES.decode(share)


def share_of(facts: Facts, data: bytes, measures: Measures) -> Share:
    """The share of a file with these facts and bytes."""
    return _Pass(facts, data, measures).share()


def _light(facts: Facts) -> Share:
    """The share of a file that was looked over: its lines and its numbers of tests, benchmarks and fuzz targets."""
    return Share(
        lines=0, all_lines=facts.all_lines, generated=facts.generated, exported=0, functions=0, function_lines=0,
        traits={}, counts=facts.counts, measured=(), places=b"", imports=(), used={}, ignores=(), problems=(),
    )  # fmt: skip


class _Pass:
    """One pass over the facts of a file."""

    def __init__(self, facts: Facts, data: bytes, measures: Measures) -> None:
        self.facts, self.data, self.measures = facts, data, measures
        self.ruler = Ruler(facts)
        self.hashes: LineHashes | None = None
        self.places: list[Place] = []
        self.hits: dict[int, list[int]] = {}  # measure -> amount, first byte

    def share(self) -> Share:
        facts = self.facts
        for kind, names in facts.sites.items():
            if kind in self.measures.by_kind:
                for name, packed in names.items():
                    for wanted in self.measures.selecting(kind, name):
                        self._rows(wanted, name, packed)
                self._counts(kind, names)
        traits = self._functions()
        return Share(
            lines=facts.lines,
            all_lines=facts.all_lines,
            generated=facts.generated,
            exported=len(facts.exported),
            functions=len(facts.functions),
            function_lines=sum(function.lines for function in facts.functions),
            traits={name: (lines, number) for name, (lines, number) in traits.items()},
            counts=facts.counts,
            measured=tuple((m, amount, *self._first(byte)) for m, (amount, byte) in self.hits.items()),
            places=_ENCODER.encode(self.places) if self.places else b"",
            imports=tuple((path, *self.ruler.place(self._first_of(path))) for path in facts.imports),
            used=self._used() if facts.language == "go" else {},
            ignores=facts.ignores,
            problems=facts.problems,
        )

    def _first(self, byte: int) -> tuple[int, int, str]:
        line, column = self.ruler.place(byte)
        return line, column, self._code(line)

    def _code(self, line: int) -> str:
        """A line as reports show it: without what surrounds it, and cut."""
        start = self._start_of(line)
        end = self.data.find(b"\n", start, start + MOST_CODE)
        return self.data[start : end if end >= 0 else start + MOST_CODE].decode("utf-8", "replace").strip()

    def _note(self, measure: int, amount: int, byte: int) -> None:
        known = self.hits.get(measure)
        if known is None:
            self.hits[measure] = [amount, byte]
        else:
            known[0] += amount
            known[1] = min(known[1], byte)

    def _rows(self, wanted: Wanted, name: str, packed: bytes) -> None:
        selector, reported = wanted.selector, wanted.number in self.measures.reporting
        for start, end, depth, owner in rows_of(packed):
            if depth >= NAMED_EDGE and (
                (depth & IN_TEST and not selector.test) or (depth & NAMED_EDGE and not selector.cold)
            ):
                continue
            if depth & DEPTH < selector.in_loop:
                continue
            self._note(wanted.number, 1, start)
            if reported:
                function = self.facts.functions[owner].name if owner < len(self.facts.functions) else ""
                span = (*self.ruler.place(start), *self.ruler.place(end))
                self._place(wanted.number, span, function, name)

    def _counts(self, kind: str, names: dict[str, bytes]) -> None:
        for wanted in self.measures.by_kind[kind]:
            if wanted.everything:
                total, inside = self.facts.counts.get(kind, (0, 0))
                amount = inside if wanted.selector.in_loop else total
                if amount:
                    first = min(int.from_bytes(packed[:4], "little") for packed in names.values())
                    self._note(wanted.number, amount, first)

    def _functions(self) -> dict[str, list[int]]:
        """Count functions by trait: their lines and their number."""
        traits: dict[str, list[int]] = {}
        for function in self.facts.functions:
            for trait in function.traits:
                known = traits.setdefault(trait, [0, 0])
                known[0] += function.lines
                known[1] += 1
                for measure in self.measures.by_trait.get(trait, ()):
                    per = self.measures.all[measure].per
                    self._note(measure, 1 if per == "function" else function.lines, self._start_of(function.line))
                    if measure in self.measures.reporting:
                        span = (function.line, 1, function.line + function.lines - 1, 1)
                        self._place(measure, span, function.name, function.name)
        return traits

    def _start_of(self, line: int) -> int:
        starts = self.facts.line_starts
        return int.from_bytes(starts[4 * (line - 1) : 4 * line], "little")

    def _first_of(self, path: str) -> int:
        """Where an import is declared or, for a Rust path written out in full, first used."""
        kind = "import" if self.facts.language == "go" else "use"
        found = [self.facts.sites.get(k, {}).get(path) for k in (kind, "call", "macro")]
        return min((int.from_bytes(packed[:4], "little") for packed in found if packed), default=0)

    def _used(self) -> dict[str, tuple[str, ...]]:
        """Import path -> the names of it that the file uses."""
        imports = set(self.facts.imports)
        used: dict[str, set[str]] = {}
        for kind in CALLED:
            for name in self.facts.sites.get(kind, ()):
                path, _, last = name.lstrip("*").rpartition(".")
                if path in imports:
                    used.setdefault(path, set()).add(last)
        return {path: tuple(sorted(names)) for path, names in sorted(used.items())}

    def _place(self, measure: int, span: tuple[int, int, int, int], function: str, name: str) -> None:
        if self.hashes is None:
            self.hashes = LineHashes(self.data)
        self.places.append(Place(measure, span, function, name, self.hashes.of(span[0]), self._code(span[0])))
