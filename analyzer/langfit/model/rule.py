"""What is asked: rules, the measures they rest on, and how evidence is weighed."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from langfit.model.repository import LanguageId

Weight = Literal["decisive", "strong", "supporting", "contextual"]
Matcher = Literal["site", "density", "query", "function", "import", "manifest", "assembly"]
Unit = Literal["tokens", "functions", "files", "code", "places"]


class Scale(Struct, frozen=True):
    """Where evidence starts to count and where it counts in full; strength is linear between the two."""

    start: float
    full: float


class Selector(Struct, frozen=True):
    """Which sites are meant: kinds, resolved names (exact, or with `*`; none for all), and where they must be."""

    kinds: tuple[str, ...]
    names: tuple[str, ...] = ()
    in_loop: int = 0  # least loop depth
    cold: bool = False  # whether sites on cold paths count
    test: bool = False  # whether sites of in-file tests count


class Measure(Struct, frozen=True):
    """Something countable in a component."""

    matcher: Matcher
    unit: Unit  # what its value is related to
    selector: Selector | None = None  # site, density, query; sites of kind `query` have the name of their query
    query: str = ""  # its text
    trait: str = ""  # function
    imports: tuple[str, ...] = ()  # paths or crates
    roles: tuple[str, ...] = ()  # of rules/dependencies
    using: tuple[str, ...] = ()  # import: names of which the file must use one; none for any
    entries: tuple[str, ...] = ()  # manifest


class Condition(Struct, frozen=True):
    """A measure and the value from which it holds."""

    measure: Measure
    at_least: float


class Match(Struct, frozen=True):
    """When a rule holds: the measure, a floor of size, and conditions on the same component."""

    measure: Measure
    tokens: int = 0  # a component with fewer is left alone
    report: str = ""  # "component" to report a function rule once
    requires: tuple[Condition, ...] = ()
    excludes: tuple[Condition, ...] = ()


class Example(Struct, frozen=True):
    """A piece of code with `// want` marks on the lines that a rule must report; no mark means silence."""

    code: str
    files: dict[str, str]  # further files beside it, for instance a go.mod or Cargo.toml
    line: int  # where it is in the rule file


class Rule(Struct, frozen=True, kw_only=True):
    """A claim as a question to the facts, with its texts."""

    id: str
    language: LanguageId
    suits: LanguageId
    family: str
    weight: Weight
    claims: tuple[str, ...]
    roles: tuple[str, ...]  # of the recommendation, that it is a sign of
    title: str
    message: str
    why: str
    limits: str
    first: str
    refute: str
    match: Match
    scale: Scale | None
    ageing: tuple[tuple[str, float], ...]  # Go version -> factor on the strength from that version on
    examples: tuple[Example, ...]
    oracle: str
    path: str
    conflict: bool = False  # whether it says that the runtime of the language is in the way


class Claim(Struct, frozen=True):
    """A claim that rules rest on, and what corrects it."""

    id: str
    claim: str
    section: str
    qualification: str
    source: tuple[str, ...]
    unruled: str = ""  # why source code cannot show it


class Family(Struct, frozen=True):
    """A group of rules about one idea: what all of them together may add to one side."""

    name: str
    cap: float
    title: str


class RoleDefinition(Struct, frozen=True):
    """A role of the recommendation, such as an API server, and the language that it suits."""

    name: str
    suits: LanguageId
    least: float  # strength from which a rule counts as a sign


class Thresholds(Struct, frozen=True):
    """The numbers of the weighing; rules/families.toml says what each is for and where it comes from."""

    prior: float
    suits: float
    leave: float
    min_points: float
    family_points: float
    single_family_points: float
    decisive_strength: float
    small_tokens: float
    min_tokens: float
    diluted_tokens: float
    finding_strength: float
    min_places: float
    main_path: float
    broken_share: float
    confidence_base: float
    confidence_slope: float
    confidence_most: float
    confidence_rows: float


class Dependencies(Struct, frozen=True):
    """What is known of the modules or crates of one language: pattern -> role, and the names that a role asks for.

    `native` are those that bring a library of another language with them, with the name of that library.
    """

    roles: dict[str, str]
    using: dict[str, tuple[str, ...]]  # pattern -> names of which a file must use one
    native: dict[str, str]  # module or crate -> library


class TwinRow(Struct, frozen=True):
    """Two repositories, `owner/name` each, of which one is a counterpart of the other in the other language."""

    repositories: dict[LanguageId, str]
    source: str  # URL


class Rulebook(Struct, frozen=True):
    """All rules with the data they rest on."""

    rules: tuple[Rule, ...]
    claims: tuple[Claim, ...]
    families: tuple[Family, ...]
    weights: dict[str, float]  # weight class -> points
    thresholds: Thresholds
    roles: tuple[RoleDefinition, ...]
    dependencies: dict[LanguageId, Dependencies]
    equivalents: dict[str, str]  # "go:path" or "rust:crate" -> state of its equivalent in the other language
    fuller: dict[str, str]  # "rust:crate" or "go:path" -> library of the other language that it covers only in part
    twins: tuple[TwinRow, ...]
    digest: str
    disabled: tuple[str, ...] = ()  # ids of rules that exist and are switched off, sorted
