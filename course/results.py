"""A pytest plugin for `tutorial.py test`: shows a failure as soon as it happens, and
keeps what became of every test.
"""

import json
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", type=Path, help="where to write JSON")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--results")
    # With xdist, what its workers report is collected by the process that started them.
    if file and not hasattr(config, "workerinput"):
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        assert reporter
        config.pluginmanager.register(Results(file, reporter))


class Results:
    def __init__(self, file: Path, terminal: pytest.TerminalReporter) -> None:
        self.file = file
        self.terminal = terminal

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.keep(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.keep(report)

    def keep(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.failed:
            self.show(report)
        is_over = getattr(report, "when", "") == "teardown"
        line = {
            "test": report.nodeid,
            "passed": report.passed and not hasattr(report, "wasxfail"),
            "failed": report.failed,
            "is_over": is_over,
            "seconds": getattr(report, "duration", 0),
            # Each report of a test has all that was noted so far.
            "notes": getattr(report, "user_properties", []) if is_over else [],
        }
        with self.file.open("a", encoding="utf-8") as results:
            results.write(json.dumps(line) + "\n")

    def show(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        self.terminal.ensure_newline()
        self.terminal.write_sep("_", report.nodeid, red=True)
        self.terminal.write_line(report.longreprtext)
        for title, text in report.sections:
            self.terminal.write_sep("-", title)
            self.terminal.write_line(text)
