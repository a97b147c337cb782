"""What the figures are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks.speed.processes import Medians, ratio
from benchmarks.speed.rounds import Measured
from benchmarks.speed.single import FEW, MANY, TIMES

MEGABYTE = 1_000_000


class Goal(NamedTuple):
    """A goal: the figure is to be no more than the limit; None where it was not measured, for the reason `where`."""

    words: str
    limit: float
    figure: float | None
    where: str
    unit: str = ""

    @property
    def outcome(self) -> str:
        """Whether it is met."""
        if self.figure is None:
            return "not measured"
        return "met" if self.figure <= self.limit else "missed"


def goals(measured: Sequence[Measured], once: dict[str, Medians]) -> list[Goal]:
    """Every goal with its figure: of several corpora the worst one."""

    def worst(words: str, limit: float, figure: Callable[[Medians], float | None], unit: str = "") -> Goal:
        rows = [(value, m.corpus.name) for m in measured if (value := figure(m.figures)) is not None]
        if not rows:
            return Goal(words, limit, None, "no corpus has it", unit)
        value, name = max(rows)
        return Goal(words, limit, value, name, unit)

    def once_only(words: str, limit: float, step: str, figure: float | None, unit: str = "") -> Goal:
        reason = "; ".join(once[step].missing.values())
        return Goal(words, limit, figure, reason, unit)

    scale, few, start = once["scaling"], once["rules"], once["starts"]
    return [
        worst("cold CPU over parse floor", 1.5, lambda f: ratio(f["cold cpu"], f["floor"])),
        worst("cold wall over that of ast-grep", 1.0, lambda f: ratio(f["cold"], f["ast-grep"])),
        worst("cold wall over that of semgrep", 0.08, lambda f: ratio(f["cold"], f["semgrep"])),
        worst("warm wall over cold wall", 0.10, lambda f: ratio(f["warm"], f["cold"])),
        worst("one file changed: wall over (cold wall of that file + 0.10 of all)", 1.0, lambda f: over(f, "one")),
        worst("50 commits back: wall over (cold wall of those files + 0.10 of all)", 1.0, lambda f: over(f, "back")),
        worst("peak memory", 500, lambda f: ratio(f["memory"], MEGABYTE), "MB"),
        once_only("ten times the files: time", TIMES * 1.05, "scaling", ratio(scale[f"wall {TIMES}"], scale["wall 1"])),
        once_only("ten times the files: memory", 1.5, "scaling", ratio(scale[f"memory {TIMES}"], scale["memory 1"])),
        once_only("--help, median", 0.12, "starts", start["help"], "s"),
        once_only("one-file repository, empty cache folder, median", 0.35, "starts", start["first"], "s"),
        once_only("25,000 findings to sarif-full", 1.0, "results", once["results"]["sarif-full"], "s"),
        once_only("ten times the rules: cold wall", 1.05, "rules", ratio(few[f"wall {MANY}"], few[f"wall {FEW}"])),
        once_only("ten times the rules: stage facts", 1.05, "rules", ratio(few[f"facts {MANY}"], few[f"facts {FEW}"])),
    ]


def over(figures: Medians, name: str) -> float | None:
    """Return the wall of a scan after a change, over what it may take: the changed files alone, and a tenth of all."""
    alone, cold = figures[f"{name} alone"], figures["cold"]
    return ratio(figures[name], alone + 0.10 * cold) if alone is not None and cold is not None else None
