"""The page with the places where users are signed in, the newest first."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import listing
from jwt_auth_asgi.pages.markup import Attribute, Markup, together
from jwt_auth_asgi.pages.parts import field, heading
from jwt_auth_asgi.pages.view import View


def sessions(view: View) -> Markup:
    """Return the content of the page."""
    plain: dict[str, Attribute] = {"required": False, "spellcheck": "false", "autocapitalize": "off"}
    filters = (
        field(view, "email", "search", "off", maxlength="254", **plain),
        field(view, "user", "search", "off", maxlength="100", **plain),
        field(view, "address", "search", "off", maxlength="100", **plain),
        field(view, "since", "date", "off", required=False),
        field(view, "until", "date", "off", required=False),
    )
    lines = ("email", "device", "used", "made", "place", "address")
    acts = {"remove": view["devices.end"], "all": view["user.end"]}
    return together([heading(view, "sessions"), listing(view, "sessions", *lines, filters=filters, **acts)])
