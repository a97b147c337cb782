"""The one hand-made Report behind the golden files: every answer, every kind of evidence, one file not in UTF-8."""

from __future__ import annotations

from langfit.model import (
    Component,
    Cost,
    Evidence,
    Finding,
    Report,
    RuleText,
    Seam,
    Skipped,
    Span,
    Suppressed,
    Verdict,
)

RULES = (
    RuleText(
        id="go/format-in-loop",
        title="Formatting in a hot loop",
        suits="rust",
        family="memory",
        weight="supporting",
        claims=("C5", "C7"),
        why="`fmt.Sprintf` boxes its arguments and allocates on every turn. This matters on hot paths only.",
        first="Use `strconv.AppendInt` on a reused buffer.",
        refute="An allocation profile in which this loop holds less than 5% of the bytes.",
    ),
    RuleText(
        id="go/numeric-kernel",
        title="A numeric kernel",
        suits="rust",
        family="kernel",
        weight="strong",
        claims=("C1",),
        why="Tight arithmetic loops over slices gain from vector instructions.",
        first="Hoist bounds checks with `_ = b[n-1]`.",
        refute="A CPU profile in which the kernel holds less than 20% of the time.",
    ),
    RuleText(
        id="go/plugin-host",
        title="Loads Go plugins",
        suits="go",
        family="ecosystem",
        weight="decisive",
        claims=("C30",),
        why="Go plugins load into Go programs only.",
        first="Nothing: this is a reason to stay.",
        refute="No plugin is built for it.",
    ),
    RuleText(
        id="rust/thin-service",
        title="A thin network service",
        suits="go",
        family="glue",
        weight="contextual",
        claims=(),
        why="Handlers that only pass data on gain little from ownership.",
        first="Nothing.",
        refute="A latency budget that a garbage collector breaks.",
    ),
)


def _evidence(rule: RuleText, **more: object) -> Evidence:
    fields: dict[str, object] = {
        "rule": rule.id,
        "family": rule.family,
        "weight": rule.weight,
        "suits": rule.suits,
        "title": rule.title,
    }
    return Evidence(**{**fields, **more})  # type: ignore[arg-type]


FORMAT = _evidence(
    RULES[0], strength=0.41, count=12, value=3.4, unit="per 1,000 lines", path="codec/enc.go", line=7, files=4
)
KERNEL = _evidence(
    RULES[1], strength=0.9, count=3, value=0.62, unit="of function lines", path="codec/fft.go", line=20, files=1
)
PLUGIN = _evidence(RULES[2], strength=1.0, count=1, value=1, unit="places", path="host/load.go", line=3)
THIN = _evidence(RULES[3], strength=0.3, count=5, value=0.5, unit="share of files", path="api/src/lib.rs", line=1)

SEAM = Seam(
    files=("codec/fft.go", "codec/window.go"),
    lines=410,
    functions=("Transform", "Inverse"),
    calls=6,
    callbacks=0,
    uncertain=1,
    join="cgo or FFI",
)
COST = Cost(
    exported=14,
    used_outside=3,
    importers=2,
    lines=2600,
    portable=0.75,
    missing=("github.com/acme/only-go",),
    generated=0.125,
    tests=4,
)

VERDICTS = (
    Verdict(
        component="codec",
        language="go",
        answer="split",
        suits="rust",
        lean=0.4321987,
        confidence=0.71,
        roles=(("kernel", "go/numeric-kernel"),),
        evidence_for=(),
        evidence_against=(FORMAT, KERNEL),
        first=("Hoist bounds checks with `_ = b[n-1]`.", "Use `strconv.AppendInt` on a reused buffer."),
        refute="A CPU profile in which the kernel holds less than 20% of the time.",
        sentence="A kernel of 2 files in `codec` may be better served by Rust; the rest sits well in Go.",
        seam=SEAM,
        cost=COST,
        unseen=("1 file was skipped",),
        path="go.mod",
        fingerprint="c0de000000000001:1",
        lines=2600,
    ),
    Verdict(
        component="host",
        language="go",
        answer="stay",
        suits="go",
        lean=-0.8,
        confidence=0.9,
        roles=(),
        evidence_for=(PLUGIN,),
        evidence_against=(),
        first=(),
        refute="No plugin is built for it.",
        sentence="`host` sits well in Go.",
        path="host/load.go",
        fingerprint="c0de000000000002:1",
        lines=900,
    ),
    Verdict(
        component="api",
        language="rust",
        answer="move",
        suits="go",
        lean=-0.35,
        confidence=0.58,
        roles=(),
        evidence_for=(),
        evidence_against=(THIN,),
        first=("Nothing.",),
        refute="A latency budget that a garbage collector breaks.",
        sentence="`api` may be better served by Go.",
        cost=Cost(
            exported=2, used_outside=0, importers=0, lines=700, portable=None, missing=(), generated=0.0, tests=1
        ),
        path="api/Cargo.toml",
        fingerprint="c0de000000000003:1",
        lines=700,
    ),
    Verdict(
        component="tools",
        language="go",
        answer="unclear",
        suits=None,
        lean=0.05,
        confidence=0.5,
        roles=(),
        evidence_for=(),
        evidence_against=(),
        first=(),
        refute="Any profile.",
        sentence="The evidence on `tools` does not agree.",
        path="tools/main.go",
        fingerprint="c0de000000000004:1",
        lines=510,
    ),
)


def _finding(rule: RuleText, component: str, path: str, span: Span, message: str, fingerprint: str) -> Finding:
    return Finding(
        rule=rule.id,
        component=component,
        path=path,
        span=span,
        function="run",
        message=message,
        family=rule.family,
        weight=rule.weight,
        suits=rule.suits,
        fingerprint=fingerprint,
    )


FINDINGS = (
    _finding(
        RULES[0], "codec", "codec/enc.go", Span(7, 9, 7, 31), "fmt.Sprintf allocates on every turn of this loop", "a1:1"
    ),
    _finding(RULES[1], "codec", "codec/fft.go", Span(20, 1, 44, 2), "Transform is mostly arithmetic [62%]", "b2:1"),
    _finding(RULES[2], "host", "host/caf\udce9.go", Span(3, 2, 3, 10), "plugin.Open", "c3:1"),
)


def component(name: str, language: str, anchor: str, files: int = 3) -> Component:
    """A top-level component with its anchor as the only file that matters."""
    return Component(
        name=name,
        kind="package" if language == "go" else "crate",
        language=language,  # type: ignore[arg-type]
        root=name,
        parent="",
        manifest="go.mod" if language == "go" else anchor,
        anchor=anchor,
        files=files,
    )


REPORT = Report(
    version="1.2.3",
    path="/src/acme",
    revision="0123456789abcdef0123456789abcdef01234567",
    remote="git@example.com:acme/acme.git",
    branch="main",
    analysed=42,
    components=(
        component("codec", "go", "go.mod", 12),
        component("host", "go", "host/load.go"),
        component("api", "rust", "api/Cargo.toml"),
        component("tools", "go", "tools/main.go"),
    ),
    lines={"codec": 2600, "host": 900, "api": 700, "tools": 510},
    rules=RULES,
    verdicts=VERDICTS,
    findings=FINDINGS,
    skipped=(Skipped("codec/big.go", "too-big"), Skipped("vendor/link.go", "symlink"), Skipped("a b.go", "too-big")),
    notices=("go.mod names Go 1.99, which is newer than this langfit.",),
    suppressed=(Suppressed(FINDINGS[0], "measured: 0.1% of the time", "inSource"),),
)
