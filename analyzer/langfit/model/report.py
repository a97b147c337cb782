"""What is said: the structs of a report, field by field the keys of its JSON (`langfit/report/2`).

Formats read nothing else, and `langfit judge` reads what `--format json` writes.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from langfit.model.bounds import Amount, Count, Lean, Line, Share
from langfit.model.evidence import Evidence
from langfit.model.measured import Measured, MeasuredFunction, ProfileRow
from langfit.model.measured import Share as Measure
from langfit.model.repository import (
    ComponentKind,
    ComponentRole,
    DeliverableKind,
    LanguageId,
    LeftOut,
    Skipped,
)
from langfit.model.rule import Weight

SCHEMA = "langfit/report/2"

Answer = Literal["stay", "move", "split", "unclear"]
Reason = Literal[
    "fits",
    "users-of-its-language",
    "no-gain",
    "already-native",
    "decided",
    "not-cuttable",
    "replaced",
    "whole-program-kernel",
    "runtime-conflict",
    "lacking-library",
    "coarse-cut",
    "too-little",
    "close",
]
REASONS: dict[Answer, tuple[Reason, ...]] = {
    "stay": ("fits", "users-of-its-language", "no-gain", "already-native", "decided", "not-cuttable", "replaced"),
    "move": ("whole-program-kernel", "runtime-conflict", "lacking-library"),
    "split": ("coarse-cut",),
    "unclear": ("too-little", "close"),
}
Way = Literal["process", "ffi", "rpc", "wasm", "addon"]
CutStatus = Literal["coarse", "chatty", "exists"]


class Source(Struct, frozen=True, kw_only=True):
    """What was scanned."""

    path: str  # as the user named it
    revision: str | None  # 40 hex digits, None for files on disk
    name: str = ""  # of the repository, by its remote where it has one
    remote: str = ""  # URL without credentials, "" where unknown
    branch: str = ""
    commit: str = ""  # whose files these are, 40 hex digits; "" where they differ from those of any commit


class Files(Struct, frozen=True):
    """Counts of source files."""

    analysed: Count
    skipped: Count
    with_syntax_errors: Count


class Fit(Struct, frozen=True):
    """Which language some code suits, by the evidence."""

    suits: LanguageId | None  # None exactly when too little or too even evidence was found
    lean: Lean  # -1 (Go) .. +1 (Rust)
    confidence: Share  # 0..1: the expected share of right answers among fits like this
    why: str = ""  # why it suits neither: too-little, close, one-sign, broken


class Advice(Struct, frozen=True):
    """What to do with a deliverable."""

    answer: Answer
    reason: Reason
    sentence: str


class Join(Struct, frozen=True):
    """Where a deliverable meets another one, or code in another language."""

    to: str
    by: Way
    path: str
    line: Line
    internal: bool = False  # whether `to` is a deliverable of the same repository


class Cut(Struct, frozen=True, kw_only=True):
    """Where a kernel could be separated, or where the code is separated already."""

    root: str
    files: tuple[str, ...]
    status: CutStatus
    why: str
    component: str = ""
    functions: tuple[str, ...] = ()  # of the kernel, that are called from outside
    calls: Count = 0  # call sites that cross the boundary
    calls_in_loops: Count = 0  # of these, inside loops
    callbacks: Count = 0  # of the functions, those that take functions
    types: tuple[str, ...] = ()  # in their signatures, beyond numbers, text and slices of them
    lines: Count = 0  # of the kernel
    path: str = ""  # where to look: a function of the boundary
    line: Line = 1
    fingerprint: str = ""
    measured: Measure | None = None  # of the time, that the kernel takes with all that it calls


class Twin(Struct, frozen=True):
    """A counterpart in the other language."""

    name: str
    language: LanguageId
    source: str  # where it is known from: a URL, or the folder of the same tree


class Decided(Struct, frozen=True):
    """When a deliverable came from the other language, as the trees of the history show."""

    language: LanguageId  # that it was written in before
    until: str  # date, YYYY-MM-DD
    commit: str
    root: str  # where it was then


class Lacking(Struct, frozen=True):
    """A library of the present language for which the other one has something fuller."""

    library: str  # as it is imported
    fuller: str  # in the other language
    share: Share  # of the files that import it
    path: str
    line: Line


class Deliverable(Struct, frozen=True, kw_only=True, rename={"for_": "for"}):
    """A thing that ships, with what to do about it."""

    name: str
    kind: DeliverableKind
    language: LanguageId
    root: str
    components: tuple[str, ...]
    lines: Count
    fit: Fit
    advice: Advice
    for_: tuple[Evidence, ...]  # for the language it is written in, strongest first
    against: tuple[Evidence, ...]
    first: tuple[str, ...]  # what to try inside the language before anything else
    refute: str  # the measurement that would prove the advice wrong
    joins: tuple[Join, ...] = ()
    cuts: tuple[Cut, ...] = ()
    measured: Measured | None = None
    cold: str = ""  # why a profile speaks against a rewrite of all of it
    balance: dict[str, Share] = {}  # language, or "neither" -> share of the code in components that lean so
    cost: tuple[str, ...] = ()  # what a move would cost, in sentences
    missing: tuple[str, ...] = ()  # libraries on its main path that the other language has no equivalent for
    lacking: tuple[Lacking, ...] = ()  # on its main path, fuller in the other language
    twin: Twin | None = None
    replaced: bool = False  # whether the twin stands in the same tree and is younger
    decided: Decided | None = None
    roles: tuple[str, ...] = ()  # of the recommendation
    native: tuple[str, ...] = ()  # what of it is native already: assembly, cgo, a microcontroller
    hangs_on: tuple[str, ...] = ()  # rules of which one less would change the fit
    tokens: Count = 0
    own: tuple[str, ...] = ()  # the components that it begins with: a main package, the public packages of a library
    own_share: Share = 1.0  # share of its code that no other deliverable links
    follows: str = ""  # the library or the program whose code it mostly is
    group: str = ""  # the workspace that publishes it together with others
    path: str = ""  # its root file, or its manifest
    line: Line = 1
    fingerprint: str = ""
    suppressed: str = ""  # the reason of the [[ignore]] that keeps its advice from asking for anything


class Kernel(Struct, frozen=True):
    """A function that computes."""

    name: str
    path: str
    line: Line
    lines: Count


class Component(Struct, frozen=True, kw_only=True, rename={"for_": "for"}):
    """A package, crate or module: a square on the map."""

    name: str
    kind: ComponentKind
    language: LanguageId
    root: str
    role: ComponentRole
    lines: Count
    deliverables: tuple[str, ...]
    fit: Fit
    for_: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    tokens: Count = 0  # of the component by itself: those of the modules of a crate are theirs
    own_lean: Amount = 0.0  # likewise; of a custom one the sum over its parts
    files: Count = 0
    parent: str = ""  # the crate of a module
    why: str = ""  # why it is support code
    path: str = ""  # its first file
    used_by: Count = 0  # components of the repository that import it
    kernels: tuple[
        Kernel, ...
    ] = ()  # its functions that compute, the largest first, where another language may want them
    measured: Measured | None = None


class Utf16(Struct, frozen=True):
    """Columns as they count in UTF-16 units, where they differ."""

    column: Line
    end_column: Line


class Finding(Struct, frozen=True, kw_only=True):
    """A rule that holds at a place."""

    rule: str
    component: str
    path: str
    line: Line
    column: Line
    end_line: Line
    end_column: Line  # exclusive; columns count code points
    message: str
    fingerprint: str  # equal for the same line in another revision
    family: str
    weight: Weight
    suits: LanguageId
    function: str = ""  # that holds the place
    code: str = ""
    level: Literal["place", "component"] = "place"
    utf16: Utf16 | None = None


class Suppressed(Struct, frozen=True):
    """A finding that somebody asked to leave out: by a comment beside it, or from outside of the source."""

    finding: Finding
    reason: str
    kind: Literal["inSource", "external"]  # the words of SARIF


class SyntaxError(Struct, frozen=True):  # noqa: A001 - the word of the field
    """A file that does not parse as a whole."""

    path: str
    line: Line  # of the first error
    share: Share  # of its code, inside errors
    gap: str = ""  # the construct that the grammar does not know


class RuleText(Struct, frozen=True, kw_only=True):
    """The words of a rule that the report names."""

    id: str
    title: str
    suits: LanguageId
    family: str
    weight: Weight
    claims: tuple[str, ...]
    why: str
    limits: str = ""
    first: str = ""
    refute: str = ""


class Difference(Struct, frozen=True, kw_only=True):
    """One line of what changed since the base."""

    kind: Literal["deliverable", "cut", "join", "kernel"]
    state: Literal["new", "gone", "changed"]
    name: str
    before: str = ""
    after: str = ""
    path: str = ""
    line: Line = 1
    sentence: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """What changed since another revision. Findings and deliverables that the base has as well are no news."""

    base: str  # commit
    differences: tuple[Difference, ...]
    new: tuple[str, ...] = ()  # fingerprints of deliverables and cuts whose advice is new
    gone: tuple[Finding, ...] = ()  # findings that the base has and the head has not
    untold: tuple[str, ...] = ()  # files of the base that could not be read: nothing in them counts as new


class Report(Struct, frozen=True, kw_only=True):
    """The whole result, the only thing that formats see."""

    schema: str = SCHEMA
    version: str
    source: Source
    files: Files
    sentence: str  # the conclusion
    deliverables: tuple[Deliverable, ...]
    components: tuple[Component, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[str, ...]
    syntax_errors: tuple[SyntaxError, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unseen: tuple[str, ...] = ()  # what was not looked at and could matter
    rules: tuple[RuleText, ...] = ()  # those that the report names
    suppressed: tuple[Suppressed, ...] = ()
    change: Change | None = None
    known: tuple[str, ...] = ()  # fingerprints that a baseline file knows
    decisions: Count = 0  # of engineers, that confidence rests on
    profiles: tuple[ProfileRow, ...] = ()
    hottest: tuple[MeasuredFunction, ...] = ()  # functions, by the first profile that is used
    rest: dict[str, Measure] = {}  # what the samples of that profile without code of the tree are
