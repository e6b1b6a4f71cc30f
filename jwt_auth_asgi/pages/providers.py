"""Providers on pages: how people call them, and the links that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from jwt_auth_asgi.pages.markup import Markup, tag
from jwt_auth_asgi.pages.view import View

_KNOWN: Final[Mapping[str, str]] = {
    "apple": "Apple",
    "discord": "Discord",
    "github": "GitHub",
    "gitlab": "GitLab",
    "google": "Google",
    "microsoft": "Microsoft",
}


def label(name: str) -> str:
    """Return what people call a provider; one of your own by its name in the settings."""
    return _KNOWN.get(name) or name.replace("-", " ").title()


def links(view: View) -> list[Markup]:
    """Return a link to each provider, which leads back to where somebody wanted to go.

    Links and no forms: where they lead, ``form-action`` does not.
    """
    onward = {"next": view.onward} if view.onward.startswith("/") else {}
    query = urlencode({"transport": "cookies", **onward})
    return [
        tag(
            "a",
            view["login.provider"].replace("{provider}", label(name)),
            href=f"../oauth/{name}?{query}",
            class_="button",
        )
        for name in view.providers
    ]
