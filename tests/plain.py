"""A pytest plugin: an interpreter in which no optional accelerator is installed.

python -m pytest -p tests.plain ...
"""

import sys

import pytest

ACCELERATORS = ("awscrt", "hiredis", "httptools", "msgspec", "nacl", "uvloop")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Hide them, before anything of ours is imported."""
    for name in ACCELERATORS:
        sys.modules[name] = None  # type: ignore[assignment] # what `import` takes for "not there"
