"""From chains of rows to series of points, and to the sentence that begins a trend."""

from __future__ import annotations

from collections.abc import Sequence

from langfit.languages import LANGUAGES
from langfit.model.evidence import plural
from langfit.model.rule import Rulebook
from langfit.trend.identity import Chain
from langfit.trend.schema import Change, Revision, Series, Sign

MOST_SIGNS = 6  # small multiples of one series


def series_of(chain: Chain, count: int, book: Rulebook) -> Series:
    """Return the points of a chain in `count` revisions, with its strongest signs."""
    last = chain.last
    return Series(
        name=last.name,
        kind=last.key.kind,
        language=last.key.language,
        roots=chain.roots,
        points=tuple(chain.rows[n].point if n in chain.rows else None for n in range(count)),
        moves=chain.moves,
        signs=_signs(chain, count),
        bands=_bands(last.key.language, book),
    )


def _signs(chain: Chain, count: int) -> tuple[Sign, ...]:
    """Return the rules that weighed most in any revision, the heaviest first."""
    weights: dict[str, float] = {}
    words: dict[str, tuple[str, str]] = {}
    for _, row in sorted(chain.rows.items()):
        for rule, sign in row.signs.items():
            weights[rule] = max(weights.get(rule, 0.0), sign.points * sign.strength)
            words[rule] = (sign.title, sign.suits)
    chosen = sorted(weights, key=lambda rule: (-weights[rule], rule))[:MOST_SIGNS]

    def strength(rule: str, number: int) -> float | None:
        row = chain.rows.get(number)
        if row is None:
            return None
        sign = row.signs.get(rule)
        return sign.strength if sign is not None else 0.0

    return tuple(
        Sign(rule=rule, title=words[rule][0], suits=words[rule][1],
             strength=tuple(strength(rule, number) for number in range(count)))
        for rule in chosen
    )  # fmt: skip


def _bands(language: str, book: Rulebook) -> tuple[float, float]:
    """Return the leans from which code of a language suits one of both: leaving takes more than staying."""
    marks = book.thresholds
    pole = LANGUAGES[language].pole
    low = marks.suits if pole < 0 else marks.leave
    high = marks.suits if pole > 0 else marks.leave
    return -low, high


def sentence_of(revisions: Sequence[Revision], series: Sequence[Series], changes: Sequence[Change]) -> str:
    """Return the conclusion: what was looked at, and how much of it changed."""
    judged = [row for row in revisions if row.state in ("judged", "holes")]
    if not judged:
        return "No revision could be judged."
    span = f"from {judged[0].date} to {judged[-1].date}" if len(judged) > 1 else f"of {judged[0].date}"
    if not series:
        return f"Nothing that ships was found in {plural(len(judged), 'revision')} {span}."
    now = sum(one.points[-1] is not None for one in series)
    followed = f"{plural(len(series), 'deliverable')} followed, {now:,} of them to the newest revision"
    told = f"{plural(len(changes), 'change')} lasted" if changes else "no change lasted"
    return f"In {plural(len(judged), 'revision')} {span}: {followed}; {told}."
