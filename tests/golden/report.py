"""The one hand-made report behind the golden files: every answer, a join, cuts, one path that is not UTF-8."""

from __future__ import annotations

from typing import Any

from langfit.model.evidence import Evidence
from langfit.model.report import (
    Advice,
    Component,
    Cut,
    Deliverable,
    Files,
    Finding,
    Fit,
    Join,
    Kernel,
    Lacking,
    Report,
    RuleText,
    Source,
    Suppressed,
    SyntaxError,
    Twin,
)
from langfit.model.repository import LeftOut, Skipped

RULES = (
    RuleText(
        id="go/format-in-loop",
        title="Formatting inside loops",
        suits="rust",
        family="memory",
        weight="supporting",
        claims=("C5", "C7"),
        why="`fmt.Sprintf` boxes its arguments and allocates on every pass. This matters on hot paths only.",
        first="Use `strconv.AppendInt` on a reused buffer.",
        refute="An allocation profile in which this loop holds less than 5% of the bytes.",
    ),
    RuleText(
        id="go/compute-kernel",
        title="A compute kernel",
        suits="rust",
        family="compute",
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
        refute="No plugin is built for it.",
    ),
    RuleText(
        id="rust/kubernetes-client",
        title="Built on Kubernetes",
        suits="go",
        family="ecosystem",
        weight="strong",
        claims=(),
        why="The clients of Kubernetes are written in Go first.",
        refute="The parts of the API that it needs are all in the crate.",
    ),
)


def evidence(rule: RuleText, **more: Any) -> Evidence:
    """Evidence of a rule with plain values for what a test does not care about."""
    fields: dict[str, Any] = {
        "rule": rule.id, "family": rule.family, "weight": rule.weight, "suits": rule.suits, "title": rule.title,
        "strength": 1.0, "amount": "1 place", "count": 1, "value": 1.0, "unit": "places", "component": "codec",
        "path": "codec/enc.go", "line": 7,
    }  # fmt: skip
    return Evidence(**{**fields, **more})


FORMAT = evidence(
    RULES[0], strength=0.41, amount="12 places in 4 files, 3.4 per 1,000 tokens", count=12, value=3.4, unit="tokens",
    code='out = append(out, fmt.Sprintf("%d", n))',
)  # fmt: skip
KERNEL = evidence(
    RULES[1], strength=0.9, amount="81 lines in 3 functions, 62% of the code in functions", count=3, value=0.62,
    unit="code", path="codec/fft.go", line=20,
)  # fmt: skip
PLUGIN = evidence(RULES[2], component="host", path="host/load.go", line=3)
CLIENT = evidence(
    RULES[3], component="operator", amount="5 files, 50% of the files", count=5, value=0.5, unit="files",
    path="operator/src/main.rs", line=1,
)  # fmt: skip

CUT = Cut(
    root="codec",
    files=("codec/fft.go", "codec/window.go"),
    status="coarse",
    why="2 functions called at 6 places, none of them in loops",
    component="codec",
    functions=("Transform", "Inverse"),
    calls=6,
    lines=410,
    path="codec/fft.go",
    line=20,
    fingerprint="c0de0000000000c1:1",
)
JOIN = Join("operator", "process", "host/run.go", 12, internal=True)


def deliverable(name: str, **more: Any) -> Deliverable:
    """A deliverable with plain values for what a test does not care about."""
    fields: dict[str, Any] = {
        "name": name, "kind": "program", "language": "go", "root": name, "components": (name,), "own": (name,),
        "lines": 900, "fit": Fit("go", -0.8, 0.86), "advice": Advice("stay", "fits", "Go suits it (loads Go plugins)."),
        "for_": (), "against": (), "first": (), "refute": "", "path": f"{name}/main.go",
        "fingerprint": f"{sum(map(ord, name)):016x}:1",
    }  # fmt: skip
    return Deliverable(**{**fields, **more})


DELIVERABLES = (
    deliverable(
        "operator",
        language="rust",
        lines=700,
        fit=Fit("go", -0.71, 0.79),
        advice=Advice("move", "lacking-library", "Consider Go: it is built on kube, and client-go has all of it."),
        against=(CLIENT,),
        first=("Write down which parts of the API are missing.",),
        refute="The parts of the API that it needs are all in the crate.",
        cost=("700 lines to rewrite.",),
        balance={"go": 1.0, "rust": 0.0, "neither": 0.0},
        lacking=(Lacking("kube", "k8s.io/client-go", 0.5, "operator/src/main.rs", 1),),
        twin=Twin("acme/kontrol", "go", "https://example.com/acme/kontrol"),
        roles=("infrastructure",),
        hangs_on=("rust/kubernetes-client",),
        path="operator/src/main.rs",
        fingerprint="c0de000000000003:1",
    ),
    deliverable(
        "transcode",
        components=("codec", "transcode"),
        lines=2600,
        fit=Fit("rust", 0.7321987, 0.81),
        advice=Advice("split", "coarse-cut", "Consider Rust for codec alone. Measure its share first."),
        for_=(),
        against=(KERNEL, FORMAT),
        first=("Hoist bounds checks with `_ = b[n-1]`.", "Use `strconv.AppendInt` on a reused buffer."),
        refute="A CPU profile in which the kernel holds less than 20% of the time.",
        cost=("410 lines of codec to rewrite, behind 2 functions.",),
        balance={"go": 0.2, "rust": 0.6, "neither": 0.2},
        cuts=(CUT,),
        own_share=0.5,
        fingerprint="c0de000000000001:1",
    ),
    deliverable(
        "host",
        for_=(PLUGIN,),
        refute="No plugin is built for it.",
        joins=(JOIN, Join("git", "process", "host/git.go", 4)),
        balance={"go": 1.0, "rust": 0.0, "neither": 0.0},
        path="host/main.go",
        fingerprint="c0de000000000002:1",
    ),
    deliverable(
        "tools",
        lines=510,
        fit=Fit(None, 0.05, 0.0, "close"),
        advice=Advice("unclear", "close", "The evidence points both ways."),
        balance={"go": 0.0, "rust": 0.0, "neither": 1.0},
        path="tools/main.go",
        fingerprint="c0de000000000004:1",
    ),
)


def component(name: str, **more: Any) -> Component:
    """A component with plain values for what a test does not care about."""
    fields: dict[str, Any] = {
        "name": name, "kind": "package", "language": "go", "root": name, "role": "code", "lines": 900,
        "deliverables": (), "fit": Fit("go", -0.8, 0.86), "files": 3, "path": f"{name}/main.go",
    }  # fmt: skip
    return Component(**{**fields, **more})


COMPONENTS = (
    component(
        "codec",
        lines=1700,
        files=12,
        fit=Fit("rust", 0.8, 0.86),
        against=(KERNEL, FORMAT),
        deliverables=("transcode",),
        kernels=(Kernel("Transform", "codec/fft.go", 20, 44),),
        used_by=1,
    ),
    component("transcode", deliverables=("transcode",)),
    component("host", for_=(PLUGIN,), deliverables=("host",)),
    component(
        "operator", kind="crate", language="rust", lines=700, fit=Fit("go", -0.71, 0.79), against=(CLIENT,),
        deliverables=("operator",), path="operator/src/main.rs",
    ),
    component(
        "operator::api", kind="module", language="rust", lines=300, fit=Fit(None, 0.1, 0.0, "small"), parent="operator",
        deliverables=("operator",), path="operator/src/api.rs",
    ),
    component("tools", lines=510, fit=Fit(None, 0.05, 0.0, "close"), deliverables=("tools",)),
    component("codec/gen", lines=80, fit=Fit(None, 0.0, 0.0, "small"), role="support", why="go generate runs it"),
)  # fmt: skip


def finding(rule: RuleText, path: str, line: int, **more: Any) -> Finding:
    """A finding with plain values for what a test does not care about."""
    fields: dict[str, Any] = {
        "rule": rule.id, "component": path.partition("/")[0], "path": path, "line": line, "column": 1,
        "end_line": line, "end_column": 9, "message": "it is here", "fingerprint": f"{line:x}:1", "family": rule.family,
        "weight": rule.weight, "suits": rule.suits, "function": "run",
    }  # fmt: skip
    return Finding(**{**fields, **more})


FINDINGS = (
    finding(
        RULES[0], "codec/enc.go", 7, column=9, end_column=31, message="fmt.Sprintf allocates on every pass",
        fingerprint="a1:1", code='out = append(out, fmt.Sprintf("%d", n))',
    ),
    finding(
        RULES[1], "codec/fft.go", 20, end_line=44, end_column=2, message="Transform is mostly arithmetic [62%]",
        fingerprint="b2:1",
    ),
    finding(RULES[2], "host/caf\udce9.go", 3, column=2, end_column=10, message="plugin.Open", fingerprint="c3:1"),
    finding(RULES[3], "operator/src/main.rs", 1, end_column=11, message="kube stands for client-go", fingerprint="d4:1"),
)  # fmt: skip

REPORT = Report(
    version="1.2.3",
    source=Source(
        path="/src/acme",
        revision="0123456789abcdef0123456789abcdef01234567",
        name="acme",
        remote="git@example.com:acme/acme.git",
        branch="main",
        commit="0123456789abcdef0123456789abcdef01234567",
    ),
    files=Files(42, 3, 1),
    decisions=40,
    sentence="Worth a look: operator, transcode; 2 others stay.",
    deliverables=DELIVERABLES,
    components=COMPONENTS,
    rules=RULES,
    findings=FINDINGS,
    skipped=(Skipped("codec/big.go", "too-big"), Skipped("vendor/link.go", "symlink"), Skipped("a b.go", "too-big")),
    notices=("go.mod names Go 1.99, which is newer than this langfit.",),
    syntax_errors=(SyntaxError("codec/odd.go", 9, 0.12),),
    left_out=(LeftOut("test", 9, ("codec/enc_test.go",)),),
    unseen=("no profile was read",),
    suppressed=(Suppressed(FINDINGS[0], "measured: 0.1% of the time", "inSource"),),
)
