"""Where deliverables meet others, and where a kernel could be cut out of one or is separate already."""

from __future__ import annotations

from collections.abc import Sequence

from langfit.formats.about import MOST_ITEMS, Section, limited, ranked
from langfit.formats.words import Name, Words, listed, place
from langfit.model.report import Cut, Deliverable, Join, Report


def meetings(report: Report) -> list[Section]:
    """Return where deliverables meet others, and where a kernel could be cut out of one."""
    return [_joins(report), _cuts(report)]


def _joins(report: Report) -> Section:
    """Return where deliverables meet others; those that share the code of a join share its line."""
    rows: dict[Join, list[str]] = {}
    for item in ranked(report.deliverables):
        for join in item.joins:
            rows.setdefault(join, []).append(item.name)
    ordered = sorted(rows.items(), key=lambda row: not row[0].internal)
    shown = [join_words(names, join) for join, names in ordered if not _is_tool(join)]
    return limited("Where they meet others", [*shown, *_tools(ordered)])


def _is_tool(join: Join) -> bool:
    """Tell whether a join starts a program from elsewhere: many do, and all of them share a line."""
    return join.by == "process" and not join.internal


def _tools(rows: Sequence[tuple[Join, Sequence[str]]]) -> list[Words]:
    """Return the programs from elsewhere that are started, as one line for all deliverables that start the same."""
    started: dict[tuple[str, ...], list[Join]] = {}
    for join, names in rows:
        if _is_tool(join):
            started.setdefault(tuple(names), []).append(join)
    found: list[Words] = []
    for names, joins in started.items():
        verb = "start" if len(names) > 1 else "starts"
        first = place(joins[0].path, joins[0].line)
        where = (", at ", first) if len(joins) == 1 else (", the first at ", first)
        found.append((*listed(names, limit=3), f" {verb} ", *listed([join.to for join in joins], limit=4), *where))
    return found


def join_words(names: Sequence[str], join: Join) -> Words:
    """Return a join of one or several deliverables as one line."""
    many = len(names) > 1
    verbs = {"process": "starts", "ffi": "links", "rpc": "calls", "wasm": "runs", "addon": "is loaded by"}
    if join.by == "wasm" and not join.internal:
        verbs["wasm"] = "runs in"
    verb = verbs[join.by]
    if many:
        verb = {"starts": "start", "links": "link", "calls": "call"}.get(
            verb, verb.replace("is ", "are ").replace("runs", "run")
        )
    by = {"rpc": " as a service", "ffi": " by the C ABI"}.get(join.by, "")
    return (*listed(names, limit=3), f" {verb} ", Name(join.to), f"{by}, at ", place(join.path, join.line))


def _cuts(report: Report) -> Section:
    """Return where kernels could be cut out or are; those that cannot leave share one line for each deliverable."""
    seen: set[str] = set()
    rows: list[tuple[int, Words]] = []
    for item in ranked(report.deliverables):
        fresh = [cut for cut in item.cuts if cut.root not in seen]
        seen |= {cut.root for cut in fresh}
        rows += [(cut.status != "coarse", cut_words(item, cut)) for cut in fresh if cut.status != "chatty"]
        chatty = [cut for cut in fresh if cut.status == "chatty"]
        if len(chatty) == 1:
            rows.append((2, cut_words(item, chatty[0])))
        elif chatty:
            others = listed([cut.root for cut in chatty[1:]], limit=MOST_ITEMS)
            rows.append((2, (*cut_words(item, chatty[0]), "; nor can ", *others)))
    return limited(
        "Where a kernel could be cut out, or is", [words for _, words in sorted(rows, key=lambda row: row[0])]
    )


def cut_words(item: Deliverable, cut: Cut) -> Words:
    """Return a cut as one line."""
    states = {"coarse": "could be cut out", "chatty": "cannot leave alone", "exists": "is separate already"}
    where = (" (", place(cut.path, cut.line), ")") if cut.path else ()
    return (Name(cut.root), " in ", Name(item.name), f" {states[cut.status]}: {cut.why}", *where)
