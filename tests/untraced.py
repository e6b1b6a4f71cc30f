"""Where the tracer of the coverage is off: what runs under it takes half as long again, or more.

It is on while our modules are imported, and while a test, its fixtures and their ends run; not while
pytest collects and reports. It is off in tests that go again over lines which the others count, as the
floors of `make coverage` hold: slow ones, those of `AGAIN`, those with the mark ``untraced``. Processes
of their own are never traced. So no line may depend on a race, a server or a browser to be counted:
each has a test in this process. What a function keeps for the next call (`functools.cache`) is forgotten
where counting goes on, or its lines would count or not, as the tests happen to be dealt out.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CORE = "jwt_auth_core"
OURS = (CORE, "jwt_auth_asgi", "jwt_auth_fastapi")
AGAIN = ("browser", "end_to_end", "examples", "faults", "house", "mcp", "readme")
MARKS = ("slow", "untraced")
CACHED = type(functools.cache(len))

_TRACERS = pytest.StashKey[tuple[Any, Any]]()
_WAS_UNTRACED = pytest.StashKey[bool]()


@contextmanager
def _under(here: Any, new: Any) -> Iterator[None]:
    """Set the tracer of this thread, and that of those which start meanwhile."""
    before = sys.gettrace(), threading.gettrace()
    sys.settrace(here)
    threading.settrace(new)
    try:
        yield
    finally:
        threading.settrace(before[1])  # type: ignore[arg-type]
        sys.settrace(before[0])


@functools.cache
def _is_in(path: Path) -> bool:
    """Tell whether a file is in one of the folders of `AGAIN`."""
    return any(path.is_relative_to(Path(__file__).with_name(name)) for name in AGAIN)


def _goes_again(node: pytest.Item | pytest.Collector) -> bool:
    """Tell whether the lines of a test, or of all of a file, are counted elsewhere."""
    return any(node.get_closest_marker(name) for name in MARKS) or _is_in(node.path)


def _forget() -> None:
    """Empty the caches of the functions of the core, all of whose lines count."""
    core = [module for name, module in sys.modules.items() if name.startswith(CORE)]
    for kept in (kept for module in core for kept in list(vars(module).values())):
        if isinstance(kept, CACHED):
            kept.cache_clear()


@contextmanager
def _traced(node: pytest.Item | pytest.Collector) -> Iterator[None]:
    """Switch the tracer on where this node's lines count."""
    stash, goes_again = node.config.stash, _goes_again(node)
    tracers = (None, None) if goes_again else stash[_TRACERS]
    if any(tracers) and stash.get(_WAS_UNTRACED, True):  # as the collection was
        _forget()
    stash[_WAS_UNTRACED] = goes_again
    with _under(*tracers):
        yield


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Import our modules under the tracer, whatever else the tests import without it."""
    tracers = session.config.stash[_TRACERS] = sys.gettrace(), threading.gettrace()
    if any(tracers) and not session.config.pluginmanager.hasplugin("dsession"):
        for package in map(importlib.import_module, OURS):
            for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
                importlib.import_module(found.name)
    with _under(None, None):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop() -> Iterator[None]:
    """Switch the tracer off until a test or a fixture runs."""
    with _under(None, None):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Iterator[None]:
    """Count the lines of a fixture where those of its tests count."""
    with _traced(request.node):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Count the lines of a test."""
    with _traced(pyfuncitem):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Count what the ends of fixtures do."""
    with _traced(item):
        return (yield)
