"""The rules of a SARIF file, in words: a descriptor for each rule of langfit, each verdict, each skip reason."""

from __future__ import annotations

import re

import sarif_om as om

from langfit.formats import door, markdown, page
from langfit.model import SKIP_REASONS, Answer, Report, RuleText, Weight

HOME = "https://github.com/langfit/langfit"
MAX_DESCRIPTION = 1_024  # characters that GitHub accepts
MAX_CLAIMS = 6  # so that a rule has no more than the ten tags that GitHub shows

PRECISION: dict[Weight, str] = {"decisive": "high", "strong": "high", "supporting": "medium", "contextual": "low"}
VERDICTS: dict[Answer, tuple[str, str]] = {
    "move": ("May sit in the wrong language.", "The evidence speaks for moving this component to the other language."),
    "split": ("May be worth splitting.", "The evidence speaks for moving a small kernel and leaving the rest."),
    "stay": ("Sits well in its language.", "The evidence speaks for leaving this component in its language."),
    "unclear": ("Evidence that does not decide.", "The evidence on this component is too little, or does not agree."),
}
REFUTE = "Each result names the one measurement that would prove it wrong; take that before anything else."


def texts(report: Report) -> list[RuleText]:
    """All rules, and a stand-in for a rule that has findings but no text, since each result must name its rule."""
    known = {text.id: text for text in report.rules}
    for f in report.findings:
        known.setdefault(f.rule, RuleText(f.rule, f.rule, f.suits, f.family, f.weight, (), "", "", ""))
    return [known[rule] for rule in sorted(known)]


def rule(text: RuleText) -> om.ReportingDescriptor:
    """A rule of langfit: a note, whose precision follows its weight, since GitHub ranks by precision."""
    why = text.why or f"Evidence for {page.LANGUAGE_NAMES[text.suits]}."
    parts = {
        "Why": why,
        "Consider first": text.first,
        "What would refute it": text.refute,
        "Claims": ", ".join(text.claims),
    }
    return om.ReportingDescriptor(
        id=door.clean(text.id),
        name=_pascal(text.id),
        short_description=_string(text.title),
        full_description=_string(why),
        help=_help(parts),
        default_configuration=om.ReportingConfiguration(level="note"),
        properties={
            "tags": ["language-fit", f"suits-{text.suits}", text.family, text.weight, *text.claims[:MAX_CLAIMS]],
            "precision": PRECISION[text.weight],
            "problem.severity": "recommendation",
        },
    )


def verdict(answer: Answer) -> om.ReportingDescriptor:
    """The rule `langfit/<answer>` under which verdicts are filed: a warning if it asks for action, else no level."""
    title, text = VERDICTS[answer]
    return om.ReportingDescriptor(
        id=f"langfit/{answer}",
        name=_pascal(f"langfit/{answer}"),
        short_description=_string(title),
        full_description=_string(text),
        help=_help({"Why": text, "What would refute it": REFUTE}),
        default_configuration=om.ReportingConfiguration(level="warning" if answer in page.ACTIONS else "none"),
        properties={"tags": ["language-fit", "verdict"], "precision": "medium", "problem.severity": "recommendation"},
    )


def skip(reason: str) -> om.ReportingDescriptor:
    """The notification `skipped/<reason>`."""
    text = f"A file was skipped: {SKIP_REASONS.get(reason, reason)}."
    return om.ReportingDescriptor(
        id=f"skipped/{reason}",
        name=_pascal(f"skipped/{reason}"),
        short_description=_string(text),
        full_description=_string(text),
        help=_help({"Why it matters": "What is in such a file is in no verdict.", "Reason": text}),
    )


def sentence(text: str) -> str:
    """`text` with a full stop at its end, as SARIF asks of messages."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _string(text: str) -> om.MultiformatMessageString:
    text = sentence(door.clean(text, keep="\n\t"))
    short = text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 3]}..."
    return om.MultiformatMessageString(text=short)


def _help(parts: dict[str, str]) -> om.MultiformatMessageString:
    told = [(title, body) for title, body in parts.items() if body]
    return om.MultiformatMessageString(
        text=door.clean("\n\n".join(f"{title}: {body}" for title, body in told), keep="\n\t"),
        markdown="\n\n".join(f"**{title}.** {markdown.prose(body)}" for title, body in told),
    )


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))[:255]
