"""Tests that go over the same lines many thousand times do so without the tracer of the coverage.

Tracing made a million verifications take two and a half times the processor time, and counted nothing:
the other tests go over each of those lines, which the bound of a hundred per cent holds.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def untraced() -> Iterator[None]:
    """Take the tracer off this thread, and off those that start meanwhile."""
    here, new = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        yield
    finally:
        threading.settrace(new)  # type: ignore[arg-type]
        sys.settrace(here)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Run a test with the mark ``untraced`` so."""
    if pyfuncitem.get_closest_marker("untraced") is None:
        return (yield)
    with untraced():
        return (yield)
