"""What langfit has to know about a language: one value per language, made in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module, resources
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from langfit.model.repository import Declaration, Inventory, LanguageId, Manifest

if TYPE_CHECKING:
    from tree_sitter import Node

    from langfit.parsing.comments import Phrase
    from langfit.parsing.facts import Extracted
    from langfit.parsing.lines import TokenCounter


class Skimmed(NamedTuple):
    """What is known of a file without parsing it: a mark of its head, its imports, what it declares."""

    mark: str
    imports: tuple[tuple[str, int], ...]  # path and line
    declarations: tuple[Declaration, ...]


class Extract(Protocol):
    """The module `extract` of a language: how its source files are read."""

    KINDS: frozenset[str]  # kinds of sites that the extractor makes beside those of the query
    PLAIN: frozenset[str]  # those of KINDS whose sites have no names
    BLANKS: frozenset[str]  # kinds whose names may hold blanks
    TRAITS: frozenset[str]  # of functions
    PHRASES: dict[str, Phrase]  # looked for in comments
    BODIES: frozenset[str]  # node types that hold statements or members

    def prepare(self, data: bytes) -> bytes:
        """Return the bytes to parse: those of the file, with a head that the grammar does not know blanked."""

    def extract(self, data: bytes, root: Node, found: dict[str, list[Node]], counter: TokenCounter) -> Extracted:
        """Return what is found in a parsed file."""

    def skim(self, data: bytes) -> Skimmed:
        """Return what a look at the file tells without a parser."""

    def mark_of(self, data: bytes) -> str:
        """Return "generated" or "copied" where the head of the file says so, else ""."""

    def gap_at(self, data: bytes, start: int) -> str:
        """Return the name of the construct at a syntax error that the grammar is known not to have, else ""."""


class Manifests(Protocol):
    """The module `manifests` of a language: how go.mod or Cargo.toml are read."""

    ENTRIES: frozenset[str]  # families of entries that rules may ask for
    NAMED: frozenset[str]  # those that mean nothing without a name

    def parse(self, path: str, data: bytes) -> Manifest:
        """Return what a manifest says. Raises ValueError with the end of a sentence."""


class Symbol(NamedTuple):
    """What the name of a function in a profile says by itself, with nothing looked up in a tree."""

    package: str  # import path, or crate and modules; "" where the name has none
    owner: str  # type or trait whose method it is, "" for a plain function
    name: str  # closures are those of the function around them
    trait: str = ""  # the path of the trait that a method is of
    closure: bool = False

    @property
    def function(self) -> str:
        """The name as facts have it: `Table.Get`."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


class Cost(NamedTuple):
    """What the time in a function is spent for; `under` where it belongs to whoever calls it, as that of a runtime."""

    kind: str  # a name of `profiles.classes.CLASSES`, "" for none of its own
    under: bool


class Spot(NamedTuple):
    """Where a function of a profile is from: `user`, `test`, `library`, `standard`, `runtime` or `unknown`."""

    origin: str
    component: str = ""  # of the tree, for `user`
    module: str = ""  # name of a library from elsewhere
    others: tuple[str, ...] = ()  # further components in which the function may stand


class Symbols(Protocol):
    """The module `symbols` of a language: what names of functions in profiles mean."""

    COMMITTED: tuple[str, ...]  # names of profiles that people keep beside the root file of a program
    TAKE: dict[str, str]  # kind of deliverable -> command that takes a profile of it
    ORDER: tuple[str, ...]  # classes: of the frames under the first own one, the class named first here wins

    def parse(self, name: str, file: str) -> Symbol | None:
        """Return what a name says; None for a name of another language."""

    def cost(self, symbol: Symbol, file: str) -> Cost:
        """Return what the time in a function is spent for."""

    def is_harness(self, symbol: Symbol) -> bool:
        """Tell whether a function runs benchmarks or tests."""

    def placer(self, inventory: Inventory, home: str | None = None) -> Callable[[Symbol, str], Spot]:
        """Return what tells where functions are from; `home` is the folder of the program, where it is known."""


class Language:
    """A language: what it is called, how its files are named and read, and how they make components.

    The heavy parts (grammar, extractor, layout) are modules of its folder, loaded when they are first used.
    """

    def __init__(  # noqa: PLR0913 - a language is a record, and each of these is told by its name
        self,
        *,
        folder: str,
        name: str,
        pole: int,
        colour: str,
        suffix: str,
        grammar: Callable[[], object],
        separator: str,
        manifests: Sequence[str],
        locks: Sequence[str] = (),
        assembly: Sequence[str] = (),
        facts: int,
        versioned: bool = False,
        linked: bool = False,
        shared_suffix: bool = False,
        unseen: str = "",
        sample: tuple[str, str],
        opening: str,
        ending: str = "",
        milestones: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder  # the package, `langfit.languages.go`
        self.id: LanguageId = folder.rpartition(".")[2]
        self.name = name  # as people write it
        self.pole = pole  # the end of the lean that stands for it: -1 or +1
        self.colour = colour  # its name among the colours of the page
        self.suffix = suffix  # of source files
        self.grammar = grammar  # the pointer that tree_sitter.Language takes
        self.separator = separator  # between the parts of an import path
        self.manifests = tuple(manifests)  # file names, that of a package or module first
        self.locks = tuple(locks)
        self.assembly = tuple(assembly)  # suffixes of assembly files that belong to its packages
        self.linked = linked  # whether its calls are kept, to find where a kernel could be cut out
        self.shared_suffix = shared_suffix  # whether files of other languages have its suffix, too
        self.sample = sample  # of a tree with one file: its path, and the text of the manifest at the root
        self.opening = opening  # what opens a file with one function in it
        self.ending = ending  # of a statement
        self.unseen = unseen  # what of its source is not looked at
        self.milestones = dict(milestones or {})  # version -> what it brought, for rules whose evidence ages
        self.facts = facts  # a number for what its extractor finds: what is cached under another one is not used
        self.versioned = versioned  # whether a version in its manifests says how its runtime behaves

    def __repr__(self) -> str:
        return f"Language({self.id!r})"

    def sites(self) -> str:
        """Return the query of its sites."""
        return resources.files(self.folder).joinpath("sites.scm").read_text(encoding="utf-8")

    def _module(self, name: str) -> ModuleType:
        return import_module(f"{self.folder}.{name}")

    @property
    def extract(self) -> Extract:
        """How its source files are read."""
        return cast("Extract", self._module("extract"))

    @property
    def reader(self) -> Manifests:
        """How its manifests are read."""
        return cast("Manifests", self._module("manifests"))

    @property
    def layout(self) -> ModuleType:
        """How its files make components, programs and libraries: see `inventory.layout`."""
        return self._module("layout")

    @property
    def symbols(self) -> Symbols:
        """What names of functions in profiles mean."""
        return cast("Symbols", self._module("symbols"))

    @property
    def imports(self) -> ModuleType:
        """What its import paths mean: see `evidence.imports`."""
        return self._module("imports")
