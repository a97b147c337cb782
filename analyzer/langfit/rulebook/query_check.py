"""Whether a query that a rule brings can be used: it compiles, can match, says where, and is not slow."""

from __future__ import annotations

from collections.abc import Iterable

from langfit.language import Language
from langfit.model.repository import LanguageId
from langfit.parsing import workers
from langfit.parsing.queries import HIT, TOKEN, Queries, name_of
from langfit.parsing.workers import Task

PREDICATES = frozenset("eq? not-eq? any-of? not-any-of? match? not-match?".split())
MOST_LETTERS = 4_000
SECONDS = 1.0  # on the samples below, which the vocabulary itself is asked in a twentieth of that


def problem_of(text: str, language: Language) -> str:
    """Why a query cannot be used, as the end of a sentence; "" when it can."""
    if len(text) > MOST_LETTERS:
        return f"is longer than {MOST_LETTERS:,} characters; split the rule"
    tokens = [token for token in TOKEN.findall(text) if token[0] in "@#"]
    captures = [token for token in tokens if token[0] == "@"]
    if HIT not in captures:
        return f"captures no {HIT}, the node that a finding points at; add it"
    for token in captures:
        if token != HIT and not token.startswith("@_"):
            return f"captures {token}; only {HIT} and names that begin with @_ mean something here"
    for token in tokens:
        if token[0] == "#" and token[1:] not in PREDICATES:
            return f"uses the predicate {token}, which does not exist; known are {', '.join(sorted(PREDICATES))}"
    return _refusal(text, language) or _slowness(text, language)


def _refusal(text: str, language: Language) -> str:
    from tree_sitter import Query, QueryError

    from langfit.parsing.parser import grammar

    try:
        query = Query(grammar(language), text)
    except QueryError as problem:
        said = str(problem)
        if said.startswith("Impossible pattern"):
            return f"can match nothing: the grammar allows no such nodes there ({said[0].lower()}{said[1:]})"
        return f"does not compile ({said[:1].lower()}{said[1:]})"
    if any(not query.is_pattern_rooted(number) for number in range(query.pattern_count)):
        return "has a pattern with several roots, which is tried everywhere; write it around one node"
    return ""


def _slowness(text: str, language: Language) -> str:
    """Ask the query on samples that are long, wide and deep, in a worker that is killed when it takes too long."""
    queries: Queries = ((name_of(text), text),)
    tasks = [Task(str(number), language.id, True, sample) for number, sample in enumerate(_samples(language))]
    answers = workers.run(tasks, _Trial(queries), 1, SECONDS)
    if any(answer.reason in ("timeout", "crashed") for answer in answers):
        return f"takes longer than {SECONDS:g} s on a file of a few thousand lines; anchor it, or ask for less"
    return ""


class _Trial:
    """The job of a worker that asks queries and keeps nothing."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    def __call__(self, data: bytes, language: LanguageId, full: bool) -> bytes:
        from langfit.languages import LANGUAGES
        from langfit.parsing.parser import captures, parse

        del full
        spoken = LANGUAGES[language]
        captures(parse(data, spoken), spoken, further=self.queries)
        return b""


def _samples(language: Language) -> Iterable[bytes]:
    head, end = language.opening, language.ending
    yield (head + f"\n\tf(1, a[i]+b){end}" * 3_000 + "\n}\n").encode()
    yield (head + f"\n\tf({', '.join(f'a{n}' for n in range(6_000))}){end}\n}}\n").encode()
    yield (head + f"\n\t{'f(' * 400}1{')' * 400}{end}\n}}\n").encode()
    yield (head + "\n\tif a { " * 300 + "}" * 300 + "\n}\n").encode()
