"""How Hypothesis draws here: no deadlines (shared machines are noisy), the same draws in CI, few of them under mutation."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("here", deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.register_profile("mutation", settings.get_profile("ci"), max_examples=3)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "here"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out is said aloud, whatever the verbosity: a machine without browser or Java tests less."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    for reason, number in reasons.items():
        terminalreporter.write_line(f"NOT RUN, {number} tests: {reason}", yellow=True, bold=True)
