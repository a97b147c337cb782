"""Rules as SARIF and other dashboards describe them: those of langfit's advice, and those of the rule book."""

from __future__ import annotations

import re

import sarif_om as om

from langfit.formats import markdown, sanitize
from langfit.languages import LANGUAGES
from langfit.model.report import RuleText
from langfit.model.repository import SKIP_REASONS
from langfit.model.rule import Weight

HOME = "https://github.com/langfit/langfit"
MAX_DESCRIPTION = 1_024  # characters that GitHub accepts
MAX_CLAIMS = 6  # so that a rule has no more than the ten tags that GitHub shows

PRECISION: dict[Weight, str] = {"decisive": "high", "strong": "high", "supporting": "medium", "contextual": "low"}
ADVICE: dict[str, tuple[str, str]] = {
    "langfit/move": ("May be in the wrong language.", "The evidence speaks for the other language for all of it."),
    "langfit/split": ("May be worth splitting.", "A kernel inside has a coarse boundary and may leave alone."),
    "langfit/coarse-cut": ("A kernel with a coarse boundary.", "Few calls with plain data lead into this kernel."),
    "langfit/stay": ("Stays in its language.", "Nothing speaks for another language, or its users decide."),
    "langfit/unclear": ("Evidence that does not decide.", "The evidence is too little, or on both sides alike."),
}
REFUTE = "Each result names the one measurement that would prove it wrong; take that before anything else."


def rule(text: RuleText) -> om.ReportingDescriptor:
    """Return a rule of the rule book: a note, whose precision follows its weight, since GitHub ranks by precision."""
    why = text.why or f"Evidence for {LANGUAGES[text.suits].name}."
    parts = {
        "Why": why,
        "Where it is wrong": text.limits,
        "Try first": text.first,
        "What would refute it": text.refute,
        "Claims": ", ".join(text.claims),
    }
    return om.ReportingDescriptor(
        id=sanitize.clean(text.id),
        name=_pascal(text.id),
        short_description=_string(text.title),
        full_description=_string(why),
        help=_help(parts),
        help_uri=f"{HOME}/blob/main/docs/rules/{sanitize.clean(text.id)}.md",
        default_configuration=om.ReportingConfiguration(level="note"),
        properties={
            "tags": ["language-fit", f"suits-{text.suits}", text.family, text.weight, *text.claims[:MAX_CLAIMS]],
            "precision": PRECISION[text.weight],
            "problem.severity": "recommendation",
        },
    )


def advice(name: str) -> om.ReportingDescriptor:
    """Return the rule under which an advice is filed: a warning if it asks for something, else no level."""
    title, text = ADVICE[name]
    asks = name not in ("langfit/stay", "langfit/unclear")
    return om.ReportingDescriptor(
        id=name,
        name=_pascal(name),
        short_description=_string(title),
        full_description=_string(text),
        help=_help({"Why": text, "What would refute it": REFUTE}),
        help_uri=f"{HOME}/blob/main/docs/reading-a-report.md",
        default_configuration=om.ReportingConfiguration(level="warning" if asks else "none"),
        properties={"tags": ["language-fit", "advice"], "precision": "medium", "problem.severity": "recommendation"},
    )


def skip(reason: str) -> om.ReportingDescriptor:
    """Return the notification `skipped/<reason>`."""
    text = f"A file was skipped: {SKIP_REASONS.get(reason, reason)}."
    return om.ReportingDescriptor(
        id=f"skipped/{reason}",
        name=_pascal(f"skipped/{reason}"),
        short_description=_string(text),
        full_description=_string(text),
        help=_help({"Why it matters": "What is in such a file is in no judgement.", "Reason": text}),
    )


def syntax() -> om.ReportingDescriptor:
    """Return the notification `syntax-error`."""
    text = "A file does not parse as a whole."
    return om.ReportingDescriptor(
        id="syntax-error",
        name="SyntaxError",
        short_description=_string(text),
        full_description=_string(text),
        help=_help({"Why it matters": "What is inside of a syntax error is in no judgement.", "Reason": text}),
    )


def sentence(text: str) -> str:
    """Return text with a full stop at its end, as SARIF asks of messages."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _string(text: str) -> om.MultiformatMessageString:
    text = sentence(sanitize.clean(text, keep="\n\t"))
    short = text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 3]}..."
    return om.MultiformatMessageString(text=short)


def _help(parts: dict[str, str]) -> om.MultiformatMessageString:
    told = [(title, body) for title, body in parts.items() if body]
    return om.MultiformatMessageString(
        text=sanitize.clean("\n\n".join(f"{title}: {body}" for title, body in told), keep="\n\t"),
        markdown="\n\n".join(f"**{title}.** {markdown.prose(body)}" for title, body in told),
    )


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))[:255]
