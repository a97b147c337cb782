"""Every place that a report shows is one where the reader finds what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from langfit.evidence.imports import Imports
from langfit.languages import LANGUAGES
from langfit.model.evidence import Evidence
from langfit.model.report import Component, Deliverable, Finding, Report
from langfit.model.rule import Measure, Rule
from langfit.parsing.facts import Facts, Function
from langfit.parsing.read import read
from langfit.parsing.regions import COLD_FLAG, DEPTH_MASK, TEST_FLAG
from trees import BOOK, FIXTURES, GO_MOD, MEASURES, Files, crate, fixture, kernel, report_on, service, write

NAMES = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
RULES = {rule.id: rule for rule in BOOK.rules}
CORE = '\t"example.com/m/core"\n'

HARD: Files = {
    "go.mod": GO_MOD,
    "main.go": service("core.Fold(nil, nil)", 'exec.Command("node-agent").Run()', imports='\t"os/exec"\n' + CORE),
    "core/core.go": kernel("core", "Fold", more='\nimport "math/bits"\n\nconst size = 512 * 1024 << 3\n\nvar mask = 1<<7 | 1<<3\n'),
    "core/init.go": "package core\n\nfunc init() {\n\tfor i := 0; i < 9; i++ {\n\t\ttable[i] = i<<3 ^ i*7\n\t}\n}\n",
    "core/core_test.go": "package core\n\nfunc f() {\n\tfor i := range b {\n\t\ts ^= b[i]<<3 + b[i]>>2*b[i+1]\n\t}\n}\n" * 9,
    "agent/Cargo.toml": crate("node-agent", '[dependencies]\nkube = "0.9"\n'),
    "agent/src/main.rs": "#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() { unsafe { *p }; x.unwrap() }\n}\n\nuse kube::Api;\n\nfn main() {}\n\n"
    "fn f(b: &[u8]) -> u32 {\n    let mut s = 0;\n    for i in 0..b.len() {\n        s ^= u32::from(b[i]) << 3 & s >> 2;\n    }\n    s\n}\n" * 3,
}  # fmt: skip


class Places:
    """The files of a tree, and what is found on their lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._facts: dict[str, Facts] = {}

    def line(self, path: str, number: int) -> str:
        """Return a line; raises where the file has no such line."""
        lines = (self.folder / path).read_text("utf-8").split("\n")
        assert 1 <= number <= len(lines), f"{path} has no line {number}"
        return lines[number - 1]

    def facts(self, path: str) -> Facts:
        """Return the facts of a file."""
        if path not in self._facts:
            spoken = next(spoken for spoken in LANGUAGES.values() if path.endswith(spoken.suffix))
            queries = MEASURES[spoken.id].queries
            self._facts[path] = read((self.folder / path).read_bytes(), spoken, None, queries)
        return self._facts[path]

    def carries(self, rule: Rule, path: str, line: int) -> bool:
        """Tell whether the measure of a rule finds something on a line."""
        measure = rule.match.measure
        if measure.matcher == "assembly":
            return path.endswith(LANGUAGES[rule.language].assembly)
        if measure.matcher == "manifest":
            names = [entry.partition(":")[2].rstrip("*") for entry in measure.entries]
            return any(name.lower() in self.line(path, line).lower() for name in names)
        if measure.matcher == "import":
            return self._imports(measure, rule, path, line)
        if measure.trait:
            return any(_holds(function, measure, line, self.facts(path)) for function in self.facts(path).functions)
        return self._selects(measure, rule, path, line)

    def _imports(self, measure: Measure, rule: Rule, path: str, line: int) -> bool:
        facts, measures = self.facts(path), MEASURES[rule.language]
        meant = Imports(rule.language, measures, BOOK.dependencies[rule.language], [])
        paths = [found.path for found in facts.imports if facts.positions.line(found.start) == line]
        number = measures.all.index(measure)
        return any(number in dict(meant._answers(meant.real(found, path) or "")) for found in paths)

    def _selects(self, measure: Measure, rule: Rule, path: str, line: int) -> bool:
        facts, selector = self.facts(path), measure.selector
        assert selector is not None
        measures = MEASURES[rule.language]
        taking = [one for kind in selector.kinds for one in measures.by_kind[kind] if one.selector == selector]
        flags = (0 if selector.test else TEST_FLAG) | (0 if selector.cold else COLD_FLAG)
        return any(
            facts.positions.line(row.start) == line
            and not row.state & flags
            and row.state & DEPTH_MASK >= selector.in_loop
            for kind in selector.kinds
            for name, rows in facts.sites.named(kind).items()
            if any(one.takes(name) for one in taking)
            for row in rows
        )


def _holds(function: Function, measure: Measure, line: int, facts: Facts) -> bool:
    """Tell whether a function has a trait and holds a line; that of a kernel is inside its loop."""
    if measure.trait not in function.traits:
        return False
    start = function.loop if measure.trait == "kernel" and function.loop >= 0 else function.start
    return facts.positions.line(start) == line or facts.positions.line(function.start) == line


def shown(report: Report) -> list[tuple[str, str, int, str]]:
    """Return rule, path, line and code of all evidence and findings."""
    rows: list[Evidence | Finding] = [*report.findings]
    judged: list[Deliverable | Component] = [*report.deliverables, *report.components]
    for item in judged:
        rows += (*item.for_, *item.against)
    return sorted({(row.rule, row.path, row.line, row.code) for row in rows})


@pytest.fixture(scope="module", params=[*NAMES, "a tree with traps"])
def scanned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Places]:
    """Return the report on a tree, and its places."""
    folder = tmp_path_factory.mktemp("tree")
    write(folder, HARD) if request.param not in NAMES else fixture(request.param, folder)
    return report_on(folder), Places(folder)


def test_a_place_carries_its_rule(scanned: tuple[Report, Places]) -> None:
    """The line is in the file, is the code that is shown, and the measure of the rule finds something there."""
    report, places = scanned
    rows = shown(report)
    assert rows
    for rule, path, line, code in rows:
        text = places.line(path, line)
        assert places.carries(RULES[rule], path, line), f"{rule} is not at {path}:{line}: {text.strip()}"
        if RULES[rule].match.measure.matcher not in ("import", "manifest", "assembly"):
            assert code == text.strip()[: len(code)] and code


def test_a_place_is_the_component_that_it_speaks_of(scanned: tuple[Report, Places]) -> None:
    """Evidence names the component that holds its place, and a deliverable shows none of others."""
    report, _ = scanned
    roots = {part.name: part.root for part in report.components}
    for item in report.deliverables:
        for row in (*item.for_, *item.against):
            assert row.component in item.components
            folder = roots[row.component]  # that of a module is beside its file
            assert folder == "." or row.path.startswith((f"{folder}/", f"{folder}.rs"))


def test_joins_cuts_and_libraries_are_where_they_say(scanned: tuple[Report, Places]) -> None:
    """A cut is shown at a call, a library at its import, a kernel at its function, a deliverable at its root file."""
    report, places = scanned
    for item in report.deliverables:
        places.line(item.path, item.line)
        for join in item.joins:
            assert places.line(join.path, join.line).strip()
        for cut in item.cuts:
            text = places.line(cut.path, cut.line)
            assert cut.status == "exists" or any(name.rpartition(".")[2] in text for name in cut.functions)
        for lacks in item.lacking:
            assert lacks.library in places.line(lacks.path, lacks.line)
    for part in report.components:
        for function in part.kernels:
            assert function.name.rpartition(".")[2] in places.line(function.path, function.line)


def test_the_trees_hold_what_is_looked_at(tmp_path: Path) -> None:
    """The tree with traps has a join, a cut and kernels, so that no loop above runs over nothing."""
    report = report_on(write(tmp_path, HARD))
    (item,) = (item for item in report.deliverables if item.name == "m")
    assert [join.to for join in item.joins] == ["node-agent"]
    assert [cut.status for cut in item.cuts] == ["exists", "coarse"]
    assert any(part.kernels for part in report.components)
    assert {row.unit for row in (*item.for_, *item.against)} >= {"tokens", "files", "code"}


@pytest.mark.parametrize(
    ("code", "rule", "line", "carries"),
    [
        pytest.param("const n = 512 * 1024\n", "go/loop-arithmetic", 1, False, id="arithmetic in no loop"),
        pytest.param("func f() {\n\tfor {\n\t\tx = x*3 + 1\n\t}\n}\n", "go/loop-arithmetic", 3, True, id="arithmetic in a loop"),
        pytest.param("func f() {\n\tfor {\n\t\tx = x*3 + 1\n\t}\n}\n", "go/loop-arithmetic", 1, False, id="beside it"),
        pytest.param('import "net/http"\n\nfunc f(w http.ResponseWriter, r *http.Request) {}\n', "go/http-handlers", 3, True, id="a handler"),
        pytest.param("func f(w int) {}\n", "go/http-handlers", 1, False, id="no handler"),
        pytest.param('import "net/http"\n', "go/web-stack", 1, True, id="an import"),
        pytest.param('import "net/url"\n', "go/database-clients", 1, False, id="an import of something else"),
    ],
)  # fmt: skip
def test_the_look_at_a_place_can_fail(code: str, rule: str, line: int, carries: bool, tmp_path: Path) -> None:
    """A place that does not carry its rule is told from one that does."""
    write(tmp_path, {"a.go": f"package a; {code}"})
    assert Places(tmp_path).carries(RULES[rule], "a.go", line) == carries
