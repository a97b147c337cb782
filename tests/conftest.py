"""What all tests share: no user cache, and no skipped test where the run must be complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

COMPLETE = "LANGFIT_NO_SKIPS"  # set by .ci/run
# Reasons that no installation could remove; every other skip fails a complete run.
RIGHTFUL = ("only root can give files away", "other systems refuse such names")


def unrightful(reports: list[pytest.TestReport]) -> list[str]:
    """The skipped tests that a complete run may not have, as `test: reason`."""
    rows = ((report.nodeid, report.longrepr) for report in reports)
    reasons = ((node, str(reason[2] if isinstance(reason, tuple) else reason)) for node, reason in rows)
    return sorted(f"{node}: {reason}" for node, reason in reasons if not reason.endswith(RIGHTFUL))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Fail a complete run in which something was skipped."""
    if os.environ.get(COMPLETE):
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        skipped = unrightful(reporter.stats.get("skipped", [])) if reporter else []
        for row in skipped:
            assert reporter is not None
            reporter.write_line(f"SKIPPED, and {COMPLETE} is set: {row}", red=True)
        if skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return (yield)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the user's fact cache, and the user's facts out of the tests; show langfit's own mistakes."""
    folder: Path = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANGFIT_CACHE_DIR", str(folder))
        patch.setenv("LANGFIT_DEBUG", "1")
        yield
