"""The OpenAPI document of the auth app says which version it is of."""

import tomllib

from jwt_auth_asgi.app import openapi
from tests.house.sources import ROOT


def told():
    """Return the version that the document names."""
    return openapi.document("/auth", {}, cookie_name="refresh_token")["info"]["version"]


def test_the_version_is_that_of_the_distribution():
    """And no other that somebody would have to remember."""
    assert told() == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_what_nobody_installed_has_no_version(monkeypatch):
    """The document is there all the same."""
    monkeypatch.setattr(openapi, "_DISTRIBUTION", "nobody-has-installed-this")
    assert told() == "0"
