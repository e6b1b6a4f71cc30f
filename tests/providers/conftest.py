"""The suite of the verifier runs once for each token of each provider."""

from __future__ import annotations

import pytest

from tests.providers.forge import Forge
from tests.providers.signed import VECTORS, named


@pytest.fixture(params=VECTORS, ids=named, scope="module")
def forge(request):
    """Return what makes and judges the tokens of each provider's vector."""
    return Forge(request.param)
