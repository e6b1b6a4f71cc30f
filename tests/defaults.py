"""The `Auth` of the process, which a test that makes one must not leave to the others."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from jwt_auth_core import default


@pytest.fixture
def no_default() -> Generator[None]:
    """Begin without an `Auth` of the process, and close the one that the test made."""
    _close()
    yield
    _close()


def _close() -> None:
    made = default.release()
    if made is not None:
        made.close()
