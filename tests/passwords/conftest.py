"""Counts the real Argon2 calls of a test."""

from __future__ import annotations

import pytest

from jwt_auth_core.passwords import argon2


@pytest.fixture
def argon2_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by one name with each call of the driver."""
    calls: list[str] = []
    for name in ("hash_secret", "verify_secret"):
        monkeypatch.setattr(argon2.low_level, name, _counted(name, getattr(argon2.low_level, name), calls))
    return calls


def _counted(name, call, calls):
    def counted(*args, **options):
        calls.append(name)
        return call(*args, **options)

    return counted
