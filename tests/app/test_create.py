"""The door to the auth app."""

from __future__ import annotations

import sys

import pytest
from starlette.applications import Starlette

from jwt_auth_asgi import create_app
from jwt_auth_core.errors import MissingDriverError


@pytest.fixture
def fresh(monkeypatch):
    """Forget the files that import starlette."""
    for name in ("auth_app", "endpoints"):
        monkeypatch.delitem(sys.modules, f"jwt_auth_asgi.app.{name}", raising=False)
    monkeypatch.delattr("jwt_auth_asgi.app.auth_app", raising=False)


def test_the_door_leads_to_a_starlette_application():
    """What the package exports makes the auth app."""
    assert isinstance(create_app(), Starlette)


@pytest.mark.usefixtures("fresh")
def test_without_starlette_it_says_what_to_install(monkeypatch):
    """The error contains the exact command."""
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    with pytest.raises(MissingDriverError, match=r"pip install 'jwt-auth-asgi\[starlette\]'"):
        create_app()


@pytest.mark.usefixtures("fresh")
def test_another_missing_module_is_not_blamed_on_starlette(monkeypatch):
    """A module of our own that is gone is a different fault."""
    monkeypatch.setitem(sys.modules, "jwt_auth_asgi.app.endpoints", None)
    with pytest.raises(ModuleNotFoundError):
        create_app()
