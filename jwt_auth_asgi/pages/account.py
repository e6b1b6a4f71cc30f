"""The page of who is signed in: the name."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import field, form, heading, submit
from jwt_auth_asgi.pages.view import View


def profile(view: View) -> Markup:
    """Return the content of the page with the name."""
    return together(
        [
            heading(view, "profile"),
            tag("p", view["profile.email"], " ", tag("strong", id="email")),
            form(
                "profile-form",
                field(view, "first_name", "text", "given-name"),
                field(view, "last_name", "text", "family-name"),
                submit(view["profile.go"]),
            ),
        ]
    )
