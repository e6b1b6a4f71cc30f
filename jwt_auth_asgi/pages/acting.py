"""The banner for an admin who acts for a user in this browser: who, as whom, until when, and the way back."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag
from jwt_auth_asgi.pages.parts import button
from jwt_auth_asgi.pages.view import View


def acting(view: View) -> Markup:
    """Return the banner, whose script fills in the names."""
    return tag(
        "aside",
        tag("p", view["acting.lead"], id="acting-text"),
        button(view["acting.end"], id="acting-end"),
        id="acting",
        class_="acting",
        aria_label=view["acting.title"],
    )
