"""Every session store, each made once a module; tests use sessions of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.rigs import START, Rig
from tests.contracts.stores import STORES, rigged


@pytest.fixture(scope="module", params=STORES)
def _rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(request.param, request, tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture
def rig(_rig: Rig) -> Rig:
    """Return a store with its clock set back."""
    _rig.clock.now = START
    return _rig
