"""Counts the real Argon2 calls of a test."""

from __future__ import annotations

import pytest

from jwt_auth_core.passwords import argon2


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
