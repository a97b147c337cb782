"""The nouns of langfit: frozen values without I/O, without tree-sitter, without opinions.

Facts know the bytes, findings know the place, verdicts know the component. One definition of each noun
serves the code, the border to the worker processes, the cache and the JSON report.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Language = Literal["go", "rust"]
Role = Literal["code", "test", "generated", "vendored", "manifest", "other"]
Kind = Literal["package", "module", "crate", "workspace", "custom"]
Weight = Literal["decisive", "strong", "supporting", "contextual"]
Answer = Literal["stay", "move", "split", "unclear"]

LANGUAGES: tuple[Language, ...] = ("go", "rust")


class LangfitError(Exception):
    """langfit cannot do what it was asked: one or more sentences that say what to do (exit status 2)."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Span(Struct, frozen=True, order=True):
    """A place in a file: 1-based lines and columns; columns count code points; the last column is exclusive."""

    line: int
    column: int
    last_line: int
    last_column: int


class File(Struct, frozen=True):
    """One regular file of the scanned tree that plays a role for langfit."""

    path: str  # relative to the root of the scan, with "/"; undecodable bytes as surrogates
    blob: str  # git blob id, 40 hex digits, also computed for files outside git; "" where unread
    size: int  # bytes
    language: Language | None
    role: Role
    component: str  # name of the smallest component that holds it; "" for none


class Manifest(Struct, frozen=True):
    """What a go.mod or a Cargo.toml says, as far as rules ask."""

    path: str
    language: Language
    name: str  # module path or package name; "" for a virtual workspace
    version: str  # the `go` directive or the Rust edition; "" when absent
    dependencies: dict[str, int]  # direct dependency -> line; indirect, dev and build dependencies are left out
    entries: dict[str, int]  # "crate-type:cdylib", "feature:std", "lint:...", "member:..." -> line
    replaced: tuple[str, ...] = ()  # paths or modules named by `replace`, `path =` and workspace members


class Component(Struct, frozen=True):
    """A part of the repository that gets a verdict of its own."""

    name: str
    kind: Kind
    language: Language
    root: str  # folder relative to the scan root, "." for the root itself
    parent: str  # name of the component it is judged with when small; "" at the top
    manifest: str  # path of the nearest go.mod or Cargo.toml; "" for none
    anchor: str  # path of the file that a verdict points at: the manifest, else the first source file
    files: int  # source files with role `code`, those of parts included


class Skipped(Struct, frozen=True, order=True):
    """A file that langfit could not or would not read, and why: `reason` is one of SKIP_REASONS."""

    path: str
    reason: str


SKIP_REASONS: dict[str, str] = {
    "too-big": "larger than --max-size",
    "too-deep": "nested deeper than the limit that keeps queries exact",
    "timeout": "took longer than --timeout to analyse",
    "crashed": "the parser died on it",
    "lfs-pointer": "only a git-lfs pointer is stored here",
    "missing-object": "its object is not in this (shallow or partial) clone",
    "not-utf8": "not UTF-8 text",
    "binary": "contains NUL bytes",
    "unreadable": "the operating system refused to read it",
    "symlink": "a symbolic link, which langfit does not follow",
    "special": "not a regular file",
    "submodule": "a submodule, which is another repository",
    "bad-manifest": "go.mod or Cargo.toml that cannot be parsed",
}


class Inventory(Struct, frozen=True):
    """What there is to judge."""

    path: str  # as the user named it
    revision: str | None  # 40 hex digits, None for a work tree or a plain folder
    files: tuple[File, ...]  # sorted by path; source files and manifests only
    components: tuple[Component, ...]  # sorted by name
    manifests: tuple[Manifest, ...]  # sorted by path
    skipped: tuple[Skipped, ...]
    notices: tuple[str, ...] = ()


class Function(Struct, frozen=True, array_like=True):
    """A function, method or closure-free body, with what rules ask about its inside."""

    name: str
    line: int
    lines: int
    loops: int  # loops inside, nested ones counted
    operators: int  # arithmetic and bit operators and compound assignments inside loops (Rust: anywhere in it)
    indexes: int  # index expressions inside loops (Rust: anywhere in it)
    calls: int  # calls inside loops that are not cheap (Rust: anywhere in it)
    traits: tuple[str, ...]  # sorted: kernel handler async unsafe exported bodyless test extern inline ...


class Facts(Struct, frozen=True):
    """All that langfit knows about the bytes of one source file: no path, no weight, no wording.

    `sites` maps site kind -> resolved name -> packed rows, read by `languages.regions.rows_of`.
    `line_starts` and `continuations` are packed little-endian u32 byte offsets: where each line starts, and where
    UTF-8 continuation bytes stand. They turn byte offsets into lines and columns in code points, only when needed.
    """

    language: Language
    lines: int  # lines of code: neither blank nor comment only, in-file tests left out
    all_lines: int
    imports: tuple[str, ...]  # sorted Go import paths; Rust paths as used, first segment = crate
    functions: tuple[Function, ...]
    sites: dict[str, dict[str, bytes]]
    counts: dict[str, tuple[int, int]]  # site kind -> (all, inside loops), cold ones in, tests out
    line_starts: bytes
    continuations: bytes
    ignores: tuple[tuple[int, str, str, bool], ...]  # (line, rule, reason, whole file) of `// langfit: ignore[rule] ..`
    package: str  # Go package clause; "" for Rust
    problems: tuple[str, ...]  # "syntax-error", "match-limit": facts may be incomplete
    exported: tuple[str, ...]  # exported top-level names
    generated: bool


class Place(Struct, frozen=True, array_like=True):
    """A place of a file that a measure selects, before it is known whether a rule reports it in this component."""

    measure: int
    span: tuple[int, int, int, int]  # as in Span
    function: str
    name: str
    hash: str  # of its line, see `fingerprints`
    code: str  # its line, cut


class Share(Struct, frozen=True, array_like=True, kw_only=True):
    """What the facts of one blob come to under the measures of a rulebook: no path, no weight, no wording."""

    lines: int  # as in Facts
    all_lines: int
    generated: bool
    exported: int  # names
    functions: int
    function_lines: int
    traits: dict[str, tuple[int, int]]  # function trait -> (lines of the functions that have it, their number)
    counts: dict[str, tuple[int, int]]  # as in Facts
    measured: tuple[tuple[int, int, int, int, str], ...]  # (measure, amount, line, column and code of its first place)
    places: bytes  # packed Places, in the order of the facts; decoded only for components that report them
    imports: tuple[tuple[str, int, int], ...]  # (path, line and column of its first place)
    used: dict[str, tuple[str, ...]]  # Go: import path -> names of it that are used
    ignores: tuple[tuple[int, str, str, bool], ...]  # as in Facts
    problems: tuple[str, ...]


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    """Where evidence starts to count and where it counts in full; strength is linear between the two."""

    start: float
    full: float


class Selector(Struct, frozen=True):
    """Which sites are meant: kinds, resolved names (exact, or with `*`; none for all), and where they must stand."""

    kinds: tuple[str, ...]
    names: tuple[str, ...] = ()
    in_loop: int = 0
    cold: bool = False
    test: bool = False


Matcher = Literal["site", "density", "query", "function", "import", "manifest"]


class Measure(Struct, frozen=True):
    """A question to a component with a number as its answer."""

    matcher: Matcher
    selector: Selector | None = None  # site, density, query: sites of kind `query` have the name of their query
    query: str = ""  # its text
    trait: str = ""  # function
    imports: tuple[str, ...] = ()  # import: paths or crates
    roles: tuple[str, ...] = ()  # import: roles of rules/dependencies
    entries: tuple[str, ...] = ()  # manifest
    per: str = ""  # kloc function file | line function; "" for the matcher's own unit


class Condition(Struct, frozen=True):
    """A measure and the value from which it holds."""

    measure: Measure
    at_least: float


class Match(Struct, frozen=True):
    """When a rule holds: the measure, a floor of lines, and conditions on the same component."""

    measure: Measure
    lines: int = 0
    report: str = ""  # "component" to report a function rule once
    having: tuple[Condition, ...] = ()
    lacking: tuple[Condition, ...] = ()


class Rule(Struct, frozen=True, kw_only=True):
    """A claim of the document as a question to the facts."""

    id: str
    language: Language
    suits: Language
    family: str
    weight: Weight
    claims: tuple[str, ...]
    title: str
    message: str
    why: str
    first: str
    refute: str
    match: Match
    scale: Scale | None
    ageing: tuple[tuple[str, float], ...]  # Go version -> factor on the strength from that version on
    examples: tuple[Example, ...]
    oracle: str
    path: str


class Example(Struct, frozen=True):
    """A piece of code with `// want` marks on the lines that a rule must report; no mark means silence."""

    code: str
    files: dict[str, str]  # further files beside it, for instance a go.mod or Cargo.toml
    line: int  # where it stands in the rule file


class Claim(Struct, frozen=True):
    """A claim of the document and what corrects it."""

    id: str
    claim: str
    section: str
    qualification: str
    source: tuple[str, ...]
    unruled: str = ""  # why source code cannot show it


class Family(Struct, frozen=True):
    """A group of rules that speak about one idea: what all of them together may add to one side."""

    name: str
    cap: float
    title: str


class PlayedRole(Struct, frozen=True):
    """A role of the document's recommendation and the rules that are signs of it."""

    name: str
    suits: Language
    rules: tuple[str, ...]
    least: float  # strength from which a rule counts as a sign


class Rulebook(Struct, frozen=True):
    """All rules with the data they rest on."""

    rules: tuple[Rule, ...]
    claims: tuple[Claim, ...]
    families: tuple[Family, ...]
    weights: dict[str, float]  # weight class -> points
    settings: dict[str, float]  # numbers of the weighing, see rules/families.toml
    roles: tuple[PlayedRole, ...]
    modules: dict[str, dict[str, str]]  # language -> module or crate pattern -> role
    portability: dict[str, str]  # "go:path" or "rust:crate" -> state of its equivalent in the other language
    digest: str
    disabled: tuple[str, ...] = ()  # ids of rules that exist and are switched off, sorted


class Finding(Struct, frozen=True):
    """A rule that holds at a place."""

    rule: str
    component: str
    path: str
    span: Span
    function: str  # enclosing function; "" at top level
    message: str
    family: str
    weight: Weight
    suits: Language
    fingerprint: str  # equal for the same line content in another revision; see `fingerprints`
    level: Literal["site", "component"] = "site"
    code: str = ""  # the line of the place, cut


class Ignore(Struct, frozen=True, order=True):
    """A comment `// langfit: ignore[rule] reason`: for its line and the next, or for the whole file."""

    path: str
    line: int
    rule: str
    reason: str
    whole_file: bool = False


class Standing(Struct, frozen=True):
    """An `[[ignore]]` of langfit.toml: for what the rules that `rule` (a name or a glob) means find below `paths`."""

    rule: str
    paths: tuple[str, ...]  # gitignore patterns
    reason: str
    where: str  # the file
    line: int


class Suppressed(Struct, frozen=True):
    """A finding that somebody asked to leave out: by a comment beside it, or from outside of the source."""

    finding: Finding
    reason: str
    kind: Literal["inSource", "external"]  # the words of SARIF


class Tally(Struct, frozen=True):
    """What a component is made of, in numbers."""

    files: int  # with role code
    lines: int  # of code
    functions: int
    function_lines: int
    traits: dict[str, int]  # function trait -> lines of the functions that have it
    counts: dict[str, tuple[int, int]]  # site kind -> (all, inside loops)
    imports: dict[str, int]  # import path, or crate -> files that import it
    generated: int  # lines of generated code
    tests: int  # test files
    exported: int
    manifests: tuple[str, ...]  # paths


class Cost(Struct, frozen=True):
    """What a move would touch."""

    exported: int  # exported names of the component
    used_outside: int | None  # of these, used by other components of the repository; None where that is not known
    importers: int | None  # components of the repository that import it
    lines: int
    portable: float | None  # share of its third-party imports with an equivalent; None without third-party imports
    missing: tuple[str, ...]  # imports without an equivalent
    generated: float  # share of lines that are generated
    tests: int  # test files beside it


class Judged(Struct, frozen=True):
    """A component with everything that speaks about it: what a verdict is weighed from."""

    component: Component
    tally: Tally
    evidence: tuple[Evidence, ...]
    cost: Cost
    linked_by: tuple[str, ...] = ()  # Rust: the crates that link it; it cannot leave them alone
    alone: bool = True  # whether it is judged on its own; a small component is judged with what it is part of


class Evidence(Struct, frozen=True):
    """What one rule adds to the judgement of one component, however often it holds there."""

    rule: str
    family: str
    weight: Weight
    suits: Language
    strength: float  # 0..1
    count: int  # places
    value: float  # in the unit of the rule: per 1,000 lines, share of files, share of function lines, places
    unit: str
    title: str
    path: str  # the place to look first
    line: int
    files: int = 0  # files of the component in which it holds
    code: str = ""  # the line of the place to look at first, cut


class Crossing(Struct, frozen=True):
    """Calls from a package into the kernel of a seam."""

    package: str  # folder of the callers
    function: str
    calls: int
    certain: bool  # by the name alone, the call could also lead elsewhere


class Seam(Struct, frozen=True):
    """Where a component would be cut: the kernel's files, what crosses the boundary, and how it could be joined."""

    files: tuple[str, ...]
    lines: int
    functions: tuple[str, ...]  # called from outside the kernel
    calls: int  # call sites that cross into the kernel
    callbacks: int  # functions or interfaces that the kernel takes as parameters
    uncertain: int  # crossing calls matched by name alone
    join: str  # "cgo or FFI", "subprocess", "RPC", "WebAssembly": the coarsest that fits
    types: tuple[str, ...] = ()  # in the signatures of the functions, beyond numbers, text and slices of them
    crossings: tuple[Crossing, ...] = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether a component sits in the language that suits it, with the evidence on both sides."""

    component: str
    language: Language
    answer: Answer
    suits: Language | None  # None exactly when the answer is `unclear`
    lean: float  # -1 (Go) .. +1 (Rust)
    confidence: float  # 0..1: expected share of right answers among verdicts like this
    roles: tuple[tuple[str, str], ...]  # role of the recommendation, evidence for it
    evidence_for: tuple[Evidence, ...]  # for staying in the present language
    evidence_against: tuple[Evidence, ...]
    first: tuple[str, ...]
    refute: str
    sentence: str
    seam: Seam | None = None
    cost: Cost | None = None
    linked_by: tuple[str, ...] = ()  # Rust: crates of the repository that link it
    files: int = 0  # with role code
    unseen: tuple[str, ...] = ()  # what was not looked at and could matter
    span: Span = Span(1, 1, 1, 1)
    path: str = ""  # the anchor of the component
    fingerprint: str = ""
    lines: int = 0
    ignored: str = ""  # the reason of the [[ignore]] that keeps a move or split from asking for anything


class RuleText(Struct, frozen=True):
    """The words of a rule, for formats: they print all rules, not only those that fired."""

    id: str
    title: str
    suits: Language
    family: str
    weight: Weight
    claims: tuple[str, ...]
    why: str
    first: str
    refute: str


class Report(Struct, frozen=True, kw_only=True):
    """The whole result, the only thing that formats see."""

    version: str
    path: str
    revision: str | None
    remote: str  # URL of the repository without credentials, "" when unknown
    branch: str
    analysed: int
    components: tuple[Component, ...]
    lines: dict[str, int]  # component -> lines of code
    rules: tuple[RuleText, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[str, ...]
    suppressed: tuple[Suppressed, ...] = ()
    base: str | None = None  # revision that findings and verdicts are compared with
