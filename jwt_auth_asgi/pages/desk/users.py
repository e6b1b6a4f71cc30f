"""The page on which an admin finds users."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import choice, listing
from jwt_auth_asgi.pages.markup import Attribute, Markup, tag, together
from jwt_auth_asgi.pages.parts import field, heading
from jwt_auth_asgi.pages.view import View


def users(view: View) -> Markup:
    """Return the content of the page."""
    plain: dict[str, Attribute] = {"required": False, "spellcheck": "false", "autocapitalize": "off"}
    states = {"": view["users.any"], "enabled": view["users.enabled"], "disabled": view["users.disabled"]}
    filters = (
        field(view, "prefix", "search", "off", maxlength="254", **plain),
        field(view, "id", "search", "off", label="user_id", maxlength="100", **plain),
        choice(view, "state", states),
        choice(view, "role", {"": view["users.any"]}),
    )
    return together(
        [
            heading(view, "users"),
            listing(view, "users", "email", "state", filters=filters),
            tag("p", tag("a", view["new-user.title"], href="new-user", class_="button")),
        ]
    )
