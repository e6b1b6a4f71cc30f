"""Counts the real Argon2 calls of a test, and has hashes computed on the other way."""

from __future__ import annotations

import pytest

from jwt_auth_core.passwords import argon2
from jwt_auth_core.passwords.accelerated import argon2 as accelerated


@pytest.fixture
def argon2_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by one name with each hash that the driver computes."""
    calls: list[str] = []
    monkeypatch.setattr(argon2.low_level, "core", _counted("core", argon2.low_level.core, calls))
    return calls


def _counted(name, call, calls):
    def counted(*args, **options):
        calls.append(name)
        return call(*args, **options)

    return counted


@pytest.fixture
def as_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the structure of a release to come be another one, so that hashes are computed as documented."""
    monkeypatch.setattr(accelerated, "CONTEXT", ())


@pytest.fixture(params=["in workspaces", "as documented"])
def way(request: pytest.FixtureRequest) -> None:
    """Compute hashes on each of the two ways."""
    if request.param == "as documented":
        request.getfixturevalue("as_documented")
