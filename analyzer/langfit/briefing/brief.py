"""Puts the briefing together: every deliverable with its fit, its joins and cuts, what was decided, and the advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from langfit.briefing.advice import choose
from langfit.briefing.cuts import Kernels, separated
from langfit.briefing.decided import Ages, look_back
from langfit.briefing.declared import Declared
from langfit.briefing.joins import Binding, joins_of, plain
from langfit.briefing.libraries import lacking_of, missing_of
from langfit.briefing.sentences import cost_of, first_steps, refutation, sentence_of
from langfit.briefing.twins import known_twin, takes_over, twin_in_tree
from langfit.evidence.findings import stable_name
from langfit.evidence.imports import Imports
from langfit.fingerprints import component_fingerprint
from langfit.fit.assess import Assessed, Assessor, DeliverableEvidence, reported, sides
from langfit.fit.score import score_of
from langfit.languages import LANGUAGES, opposite
from langfit.model import report
from langfit.model.evidence import Evidence, plural
from langfit.model.repository import Deliverable, Inventory
from langfit.model.rule import Rulebook
from langfit.model.summary import FileSummary
from langfit.repository.history import History

if TYPE_CHECKING:  # not loaded where there is no profile
    from langfit.measuring import Measurements

SHARED = 0.9  # share of the code of a program that a larger one has as well, from which it goes where that goes
FACE = 0.75  # share of the code of a program in a library of its module, from which it is a face of it
CALLING_C = 0.1  # share of the files of a deliverable that call C, from which its kernels are native already
Where = tuple[str, int]  # path and line
FirstImports = dict[str, dict[str, Where]]  # component -> library -> where it is imported first
PENDING = report.Advice("unclear", "too-little", "")
MOST_CUTS = 6  # kernels with a boundary that one deliverable shows


class Context(NamedTuple):
    """What the briefing is made of."""

    inventory: Inventory
    summaries: Mapping[str, FileSummary]
    assessor: Assessor
    assessed: Sequence[Assessed]
    book: Rulebook
    kernels: Kernels
    remote: str
    history: History | None
    measured: Measurements | None = None


def deliverables_of(context: Context) -> tuple[report.Deliverable, ...]:
    """Return all deliverables with their advice, in the order of the inventory."""
    items = context.inventory.deliverables
    declared = Declared(context.inventory, context.summaries)
    by_component = _imports_by_component(context)
    imports = {item.name: _first_imports(item, by_component) for item in items}
    joins = joins_of(items, declared, {item.name: _bindings(item, imports[item.name], context) for item in items})
    history = context.history
    ages = look_back(history, items) if history is not None and not history.shallow else Ages({}, {})
    shared = _linked_often(items)
    roots = {item.name: item.root for item in items}
    found = []
    for item in items:
        own = item.own if item.kind == "program" else ()
        whole = context.assessor.whole(item.language, item.components, own)
        row = _described(item, whole, context, declared, imports[item.name])
        row = structs.replace(
            row,
            joins=joins.get(item.name, ()),
            cuts=_cuts(item, joins.get(item.name, ()), context, roots),
            decided=ages.decided.get(item.name),
            own_share=_own_share(item, shared, context),
            **_twin(item, context, ages),
        )
        row = context.measured.of(row) if context.measured is not None else row
        found.append(advised(row, context.book))
    return tuple(found)


def advised(item: report.Deliverable, book: Rulebook) -> report.Deliverable:
    """Return a deliverable with the advice that follows from everything else that is known of it."""
    choice = choose(item, book)
    return structs.replace(
        item,
        advice=report.Advice(choice.answer, choice.reason, sentence_of(item, choice)),
        first=first_steps(item, choice, book),
        refute=refutation(item, choice, book),
        cost=cost_of(item, choice),
    )


def _described(
    item: Deliverable, whole: DeliverableEvidence, context: Context, declared: Declared, imports: dict[str, Where]
) -> report.Deliverable:
    book = context.book
    for_, against = sides(whole.evidence, item.language, book)
    shares = dict(whole.balance.shares) | {"neither": whole.balance.neither}
    return report.Deliverable(
        name=item.name,
        kind=item.kind,
        language=item.language,
        root=item.root,
        components=item.components,
        lines=whole.tally.size.lines,
        fit=reported(whole.fit),
        advice=PENDING,
        for_=for_,
        against=against,
        first=(),
        refute="",
        balance=shares,
        missing=missing_of(whole.tally, item.language, book),
        lacking=lacking_of(whole.tally, item.language, imports, book),
        roles=roles_of(whole.evidence, book),
        native=_native(item, whole, context, declared),
        hangs_on=hangs_on(whole.evidence, item.language, whole.fit.suits, book),
        follows=_follows(item, context),
        tokens=whole.tally.size.tokens,
        own=item.own,
        group=item.group,
        path=item.path,
        line=item.line,
        fingerprint=component_fingerprint("deliverable", item.kind, item.language, stable_name(item.name)),
    )


def _imports_by_component(context: Context) -> FirstImports:
    """Return the first import of each library from elsewhere in the code of each component."""
    found: FirstImports = {}
    for file in context.inventory.files:
        if file.role != "code" or file.language is None or not file.component:
            continue
        spoken = LANGUAGES[file.language]
        imports: Imports = context.assessor.gathered.imports[file.language]
        summary = context.summaries.get(file.path)
        for row in summary.imports if summary is not None else ():
            real = imports.real(row.path, file.path)
            if real is not None:
                rows = found.setdefault(file.component, {})
                rows.setdefault(spoken.imports.package_of(real), (file.path, row.line))
    return found


def _first_imports(item: Deliverable, by_component: FirstImports) -> dict[str, Where]:
    found: dict[str, Where] = {}
    for name in item.components:
        for package, where in by_component.get(name, {}).items():
            found[package] = min(found.get(package, where), where)
    return found


def _bindings(item: Deliverable, imports: Mapping[str, Where], context: Context) -> list[Binding]:
    """Return the libraries in other languages that its dependencies bring along, each where it is imported first."""
    native = context.book.dependencies[item.language].native
    return sorted(Binding(native[name], *where) for name, where in imports.items() if name in native)


def roles_of(evidence: Iterable[Evidence], book: Rulebook) -> tuple[str, ...]:
    """Return the roles of the recommendation that some code plays, by the rules that are signs of them."""
    signs = {rule.id: rule.roles for rule in book.rules}
    least = {role.name: role.least for role in book.roles}
    best: dict[str, float] = {}
    for row in evidence:
        for role in signs.get(row.rule, ()):
            if row.strength >= least[role]:
                best[role] = max(best.get(role, 0.0), row.strength)
    return tuple(sorted(best, key=lambda role: (-best[role], role)))


def hangs_on(evidence: Sequence[Evidence], language: str, suits: str | None, book: Rulebook) -> tuple[str, ...]:
    """Return the rules of which one less would leave no answer to which language some code suits."""
    if suits is None:
        return ()
    pole = LANGUAGES[suits].pole
    least = book.thresholds.suits if suits == language else book.thresholds.leave
    whole = score_of(evidence, book).lean * pole
    if whole < least:  # the balance of the parts carries it
        return ()
    found = []
    for row in evidence:
        if row.suits == suits:
            rest = score_of((other for other in evidence if other is not row), book)
            if rest.lean * pole < least:
                found.append(row.rule)
    return tuple(found)


def _native(item: Deliverable, whole: DeliverableEvidence, context: Context, declared: Declared) -> tuple[str, ...]:
    """Return what of a deliverable is native already, in words."""
    found = []
    measures = context.assessor.gathered.measures[item.language]
    files = sum(whole.tally.totals[n].amount for n, _ in measures.numbered("assembly") if n in whole.tally.totals)
    if files:
        found.append(
            f"{plural(files, 'assembly file')} hold its kernels" if files > 1 else "an assembly file holds its kernel"
        )
    calling = {row.path for row in declared.of(item, "cgo")}
    if calling and item.kind != "native-library" and len(calling) >= CALLING_C * max(1, whole.tally.size.files):
        found.append(f"it calls C from {plural(len(calling), 'file')}")
    roles = roles_of(whole.evidence, context.book)
    if any(
        role.name in roles and role.name == "embedded" for role in context.book.roles if role.suits != item.language
    ):
        found.append("it runs on microcontrollers")
    return tuple(found)


def _cuts(
    item: Deliverable, joins: Sequence[report.Join], context: Context, roots: Mapping[str, str]
) -> tuple[report.Cut, ...]:
    kernels = context.kernels
    exists = separated(item, joins, roots)
    if item.kind == "library" or not LANGUAGES[item.language].linked:
        return tuple(exists)
    other = opposite(item.language).id
    leaning = {one.component.name for one in context.assessed if one.fit.suits == other}
    found = [cut for name in kernels.names(item, leaning) if (cut := kernels.cut(item, name)) is not None]
    found.sort(key=lambda cut: (cut.status != "coarse", -cut.lines, cut.root))
    return (*exists, *found[:MOST_CUTS])


def _linked_often(items: Iterable[Deliverable]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        for name in item.components:
            found[name] = found.get(name, 0) + 1
    return found


def _own_share(item: Deliverable, shared: Mapping[str, int], context: Context) -> float:
    """Return the share of the code of a deliverable that no other one links."""
    tokens = {name: context.assessor.tokens(name) for name in item.components}
    total = sum(tokens.values())
    own = sum(number for name, number in tokens.items() if shared[name] == 1)
    return round(own / total, 4) if total else 1.0


def _follows(item: Deliverable, context: Context) -> str:
    """Return the library or larger program whose code a program mostly is, "" for none."""
    if item.kind != "program":
        return ""
    tokens = {name: context.assessor.tokens(name) for name in item.components}
    total = max(1, sum(tokens.values()))

    def shared(other: Deliverable) -> float:
        inside = set(other.components)
        return sum(number for name, number in tokens.items() if name in inside) / total

    for other in context.inventory.deliverables:
        if other.kind == "library" and other.language == item.language and shared(other) >= FACE:
            return other.name
    for other in context.inventory.deliverables:
        if other.kind == "program" and other.language == item.language and other is not item:
            theirs = sum(context.assessor.tokens(name) for name in other.components)
            if (-theirs, other.name) < (-total, item.name) and shared(other) >= SHARED:
                return other.name
    return ""


def _twin(item: Deliverable, context: Context, ages: Ages) -> dict[str, object]:
    other = twin_in_tree(item, context.inventory.deliverables)
    if other is not None:
        twin = report.Twin(plain(other.name), other.language, other.root)
        return {"twin": twin, "replaced": takes_over(other, item, ages.younger)}
    return {"twin": known_twin(item, context.remote, context.book.twins), "replaced": False}
