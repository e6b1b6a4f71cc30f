"""The page on which an admin sees keys, and adds and removes service clients."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import linked_rows, listing
from jwt_auth_asgi.pages.markup import Attribute, Markup, tag, together
from jwt_auth_asgi.pages.parts import button, field, form, heading, part, submit
from jwt_auth_asgi.pages.view import View

_PLAIN: dict[str, Attribute] = {"spellcheck": "false", "autocapitalize": "off", "maxlength": "1000"}


def keys(view: View) -> Markup:
    """Return the content of the page."""
    acts = {"rotate": view["clients.rotate"], "remove": view["rows.remove"]}
    return together(
        [
            heading(view, "keys"),
            part("signing-part", linked_rows(view, "signing", "use", "public"), title=view["signing.title"]),
            part(
                "owned-part",
                listing(
                    view, "owned", "owner", "made", "ends", "used", "scopes", revoke=view["api-keys.revoke"]
                ),
                title=view["owned.title"],
            ),
            part(
                "clients-part",
                linked_rows(view, "clients", "made", "scopes", "resources", "exchange", "proof", **acts),
                title=view["clients.title"],
            ),
            _secret(view),
            _rotation(view),
            _addition(view),
        ]
    )


def _secret(view: View) -> Markup:
    """Return the place of a secret, which is shown once."""
    shown = tag("p", tag("code", id="secret"))
    return part("made", tag("p", view["api-keys.once"]), shown, title=view["clients.secret"], hidden=True)


def _rotation(view: View) -> Markup:
    hours = field(view, "overlap_hours", "number", "off", min="0", max="720", required=False)
    asked = form(
        "rotate-form",
        tag("p", tag("strong", id="rotated")),
        hours,
        submit(view["clients.rotate"]),
        button(view["clients.cancel"], id="rotate-cancel", class_="second"),
    )
    return part("rotate", asked, title=view["clients.rotate"], hidden=True)


def _addition(view: View) -> Markup:
    named = form(
        "add-form",
        field(view, "client_id", "text", "off", required=True, **{**_PLAIN, "maxlength": "64"}),
        *(
            field(view, name, "text", "off", label=f"client_{name}", required=False, **_PLAIN)
            for name in ("scopes", "resources", "may_exchange")
        ),
        submit(view["clients.go"]),
    )
    return part("add", named, title=view["clients.add"])
