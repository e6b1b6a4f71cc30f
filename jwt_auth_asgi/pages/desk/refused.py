"""The page for who is signed in, and is no admin."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import heading
from jwt_auth_asgi.pages.view import View


def refused(view: View) -> Markup:
    """Return the content of the page that says so, and where to go."""
    return together(
        [
            heading(view, "refused"),
            tag("p", tag("a", view["refused.account"], href=f"{view.account}profile")),
        ]
    )
