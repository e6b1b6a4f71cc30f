"""The page with the places where users are signed in: those of some users at a time."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import listing
from jwt_auth_asgi.pages.markup import Attribute, Markup, tag, together
from jwt_auth_asgi.pages.parts import button, field, heading
from jwt_auth_asgi.pages.view import View


def sessions(view: View) -> Markup:
    """Return the content of the page: a row a user, and in it one a session."""
    plain: dict[str, Attribute] = {"required": False, "spellcheck": "false", "autocapitalize": "off"}
    shape = tag(
        "li",
        tag("span", data_of="name"),
        [tag("p", class_="hint", data_of=name, hidden=True) for name in ("used", "made", "address")],
        tag("div", button(view["devices.end"], class_="second", data_do="remove"), class_="acts"),
    )
    return together(
        [
            heading(view, "sessions"),
            listing(
                view,
                "users",
                "email",
                "count",
                filters=(
                    field(view, "prefix", "search", "off", maxlength="254", **plain),
                    field(view, "id", "search", "off", label="user_id", maxlength="100", **plain),
                ),
                remove=view["user.end"],
            ),
            tag("template", shape, id="session-row"),
        ]
    )
