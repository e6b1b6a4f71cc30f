"""Fixtures of the whole suite: private servers, printed in the header."""

from __future__ import annotations

import gc
import os
import sys

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import header

pytest_plugins = [
    "tests.async_tests",
    "tests.defaults",
    "tests.faults.figures",
    "tests.generated",
    "tests.servers.fixtures",
    "tests.servers.clustered",
    "tests.taint",
    "tests.unlimited",
    "tests.untraced",
]

# Tests depend on no speed: what a slow machine is slow at is no fault.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Let the many interpreters of a run compile a module once, even where nobody writes bytecode."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", "") and sys.pycache_prefix is None:
        os.environ["PYTHONPYCACHEPREFIX"] = str(config.rootpath / ".pytest_cache" / "bytecode")


def pytest_report_header() -> list[str]:
    """Say which servers and which browser this run uses."""
    return header.lines()


def pytest_collection_finish() -> None:
    """Keep the many objects of the collection out of the garbage collector's rounds: they stay to the end."""
    gc.collect()
    gc.freeze()
