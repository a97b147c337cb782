"""Judges a saved report again with the present rules and weights, without reading the repository."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from langfit import __version__
from langfit.briefing.brief import advised, hangs_on, roles_of
from langfit.conclusion import conclusion_of
from langfit.evidence.totals import Size
from langfit.fit.assess import reported, sides
from langfit.fit.fit import Fit, Part, fit_of, fit_of_whole
from langfit.languages import LANGUAGES
from langfit.model.evidence import Evidence
from langfit.model.report import Component, Deliverable, Report
from langfit.model.rule import Rulebook


def rejudge(report: Report, book: Rulebook) -> Report:
    """Return a report with the fit and the advice of everything in it weighed anew.

    Evidence keeps the strength that was measured; its weight and family are those of `book`, and evidence of rules that
    `book` does not have is left out. Joins, cuts and what was decided stay as they were found.
    """
    components = tuple(_component(component, book) for component in report.components)
    by_name = {component.name: component for component in components}
    items = tuple(_deliverable(item, by_name, book) for item in report.deliverables)
    known = {rule.id: rule for rule in book.rules}
    findings = tuple(
        structs.replace(f, weight=known[f.rule].weight, family=known[f.rule].family)
        for f in report.findings
        if f.rule in known
    )
    return structs.replace(
        report,
        version=__version__,
        sentence=conclusion_of(items),
        deliverables=items,
        components=components,
        findings=findings,
        rules=tuple(text for text in report.rules if text.id in known),
    )


def _present(rows: Iterable[Evidence], book: Rulebook) -> list[Evidence]:
    known = {rule.id: rule for rule in book.rules}
    return [
        structs.replace(row, weight=known[row.rule].weight, family=known[row.rule].family, suits=known[row.rule].suits)
        for row in rows
        if row.rule in known
    ]


def _size(tokens: int, *, broken: bool) -> Size:
    size = Size()
    size.tokens = tokens
    size.broken = float(tokens) if broken else 0.0
    return size


def _component(component: Component, book: Rulebook) -> Component:
    rows = _present((*component.for_, *component.against), book)
    for_, against = sides(rows, component.language, book)
    if component.fit.why == "small":
        return structs.replace(component, for_=for_, against=against)
    size = _size(component.tokens, broken=component.fit.why == "broken")
    fit = fit_of(rows, size, component.language, book)
    return structs.replace(component, fit=reported(fit), for_=for_, against=against)


def _deliverable(item: Deliverable, components: dict[str, Component], book: Rulebook) -> Deliverable:
    rows = _present((*item.for_, *item.against), book)
    for_, against = sides(rows, item.language, book)
    fit, balance = _fit(item, rows, components, book)
    shares = dict(balance) if balance else item.balance
    judged = structs.replace(
        item,
        fit=reported(fit),
        for_=for_,
        against=against,
        balance=shares,
        roles=roles_of(rows, book),
        hangs_on=hangs_on(rows, item.language, fit.suits, book),
    )
    return advised(judged, book)


def _fit(
    item: Deliverable, rows: list[Evidence], components: dict[str, Component], book: Rulebook
) -> tuple[Fit, dict[str, float]]:
    inside = [components[name] for name in item.components if name in components]
    size = _size(item.tokens, broken=item.fit.why == "broken")
    if item.kind == "custom" or not inside:
        return fit_of(rows, size, item.language, book), {}
    least = book.thresholds.min_tokens
    parts = [Part(c.tokens, 0.0 if c.tokens < least else c.own_lean) for c in inside]
    own = [c for c in inside if c.name in item.own]
    main = Part(own[0].tokens, own[0].own_lean) if item.kind == "program" and len(own) == 1 else None
    fit, balance = fit_of_whole(rows, size, item.language, book, parts, main)
    return fit, {name: balance.shares[name] for name in LANGUAGES} | {"neither": balance.neither}
