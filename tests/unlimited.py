"""Limits are off in the tests: one address and one account log in more often than any person does.

Whoever tests limits has the mark ``limited``, and they are as the settings say. What reads the environment,
processes of their own too, finds ``LIMITS`` there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

_LIMITED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Turn them off in this process, whose tests are imported by now."""
    from jwt_auth_core.assemble import parts, storage  # noqa: PLC0415 - under the tracer of the coverage

    as_configured, of_sessions = parts.rate_limits, storage.session_limit

    def rate_limits(settings, stores):
        made = as_configured(settings, stores)
        return made if config.stash.get(_LIMITED, False) else replace(made, is_on=False)

    def session_limit(settings):
        made = of_sessions(settings)
        return made if config.stash.get(_LIMITED, False) else replace(made, rule=replace(made.rule, rates=()))

    parts.rate_limits = rate_limits  # type: ignore[attr-defined]
    storage.session_limit = session_limit  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Leave them on for whoever tests them, fixtures included."""
    is_limited = item.config.stash[_LIMITED] = bool(item.get_closest_marker("limited"))
    os.environ["LIMITS"] = "on" if is_limited else "off"
    return (yield)
