"""The page on which an admin sees how the service is, part by part."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import linked_rows
from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, heading
from jwt_auth_asgi.pages.view import View


def health(view: View) -> Markup:
    """Return the content of the page."""
    return together(
        [
            heading(view, "health"),
            tag("p", tag("strong", id="status")),
            linked_rows(view, "checks", "status", "facts"),
            button(view["health.again"], id="again", class_="second"),
        ]
    )
