"""A pytest plugin for `tutorial.py test`: shows a failure as soon as it happens, and
counts as passed only what ran and passed.
"""

import json
from collections.abc import Generator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--counts", type=Path, help="where to write JSON")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped or hasattr(report, "wasxfail"):
        report.__dict__.pop("wasxfail", None)
        report.outcome = "failed"
        report.longrepr = "It was skipped or is expected to fail, and so it fails."
    return report


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    # With xdist, what its workers report is collected by the process that started them.
    if config.getoption("--counts") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(config))


class Results:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.is_passed: dict[str, bool] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.fail(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.fail(report)
        elif report.when == "call":
            self.is_passed[report.nodeid] = True

    def fail(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        self.is_passed[report.nodeid] = False
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        assert terminal
        terminal.ensure_newline()
        terminal.write_sep("_", report.nodeid, red=True)
        terminal.write_line(report.longreprtext)
        for title, text in report.sections:
            terminal.write_sep("-", title)
            terminal.write_line(text)

    def pytest_sessionfinish(self) -> None:
        # What has failed has been shown.
        self.config.option.tbstyle = "no"
        passed = sum(self.is_passed.values())
        failed = [name for name, is_passed in self.is_passed.items() if not is_passed]
        counts = {"passed": passed, "failed": failed}
        self.config.getoption("--counts").write_text(json.dumps(counts))
