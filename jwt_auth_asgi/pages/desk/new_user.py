"""The page on which an admin makes a user."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Attribute, Markup, tag, together
from jwt_auth_asgi.pages.parts import field, form, heading, submit
from jwt_auth_asgi.pages.view import View


def new_user(view: View) -> Markup:
    """Return the content of the page; nobody's password manager is to fill its fields."""
    plain: dict[str, Attribute] = {"spellcheck": "false", "autocapitalize": "off"}
    return together(
        [
            heading(view, "new-user"),
            form(
                "new-form",
                field(view, "email", "email", "off", **plain),
                field(view, "first_name", "text", "off"),
                field(view, "last_name", "text", "off"),
                field(view, "password", "password", "new-password", label="first_password", required=False),
                field(view, "scopes", "text", "off", required=False, **plain),
                submit(view["new-user.go"]),
            ),
            tag("p", tag("a", view["users.title"], href="users")),
        ]
    )
