"""Fixtures of the whole suite: private servers, printed in the header."""

from __future__ import annotations

from tests.servers import header

pytest_plugins = ["tests.servers.fixtures", "tests.servers.clustered", "tests.taint"]


def pytest_report_header() -> list[str]:
    """Say which servers and which browser this run uses."""
    return header.lines()
