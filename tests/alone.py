"""What failed among others is run once more alone, as CPython's own test runner does it.

The crashes, cuts and browsers wait for real processes on a machine that four of them share: one
in some thousands loses a race there that says nothing about the office. `--alone-again` runs up
to three failures a second time, one after the other, when all else is done. What fails again
fails the run; what passes is named at the end, so that nobody overlooks it.
"""

import subprocess
import sys

import pytest

FEW = 3
"""More failures at once than these are no accident."""

PASSED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--alone-again", action="store_true", help=f"run up to {FEW} failures once more, alone"
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Ends the run with success if all that failed, few as it is, passes alone."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if (
        not config.getoption("--alone-again")
        or hasattr(config, "workerinput")
        or reporter is None
        or exitstatus != pytest.ExitCode.TESTS_FAILED
    ):
        return
    reports = reporter.stats.get("failed", []) + reporter.stats.get("error", [])
    failed = list(dict.fromkeys(report.nodeid for report in reports))
    if not 0 < len(failed) <= FEW or any("::" not in name for name in failed):
        return
    reporter.write_line(f"\nonce more, alone: {', '.join(failed)}")
    again = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "", *failed]
    timeout = config.getoption("timeout", None)
    if timeout:
        again.append(f"--timeout={timeout}")
    if subprocess.run(again, cwd=config.rootpath, check=False).returncode == 0:
        config.stash[PASSED] = failed
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for name in config.stash.get(PASSED, []):
        terminalreporter.write_line(f"FAILED AMONG OTHERS, PASSED ALONE {name}", yellow=True)
