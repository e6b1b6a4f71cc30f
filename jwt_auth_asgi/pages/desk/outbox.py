"""The page on which an admin sees what was not delivered, and has it tried again."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import choice, listing
from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import heading
from jwt_auth_asgi.pages.view import View


def outbox(view: View) -> Markup:
    """Return the content of the page."""
    filters = (choice(view, "state", {"": view["users.any"], "dead": view["outbox.dead"]}),)
    lines = ("recipient", "state", "made", "due", "attempts", "error")
    return together(
        [
            heading(view, "outbox"),
            tag("p", id="counts"),
            listing(view, "messages", *lines, filters=filters, retry=view["outbox.retry"]),
        ]
    )
