"""The names of the core, which load what they stand for when they are first used."""

from __future__ import annotations

import jwt_auth_core


def test_what_is_not_loaded_is_listed():
    """An interpreter that completes names shows all of them."""
    assert {"Auth", "Settings", "safe_query"} <= set(dir(jwt_auth_core))
