"""The page of one user: what is known of it, and what an admin may do to it."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.pages.desk.parts import choice, facts, linked_rows
from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, form, heading, part, submit
from jwt_auth_asgi.pages.view import View

FACTS: Final = (
    *("email", "user_id", "state", "deletion", "scopes", "passwords"),
    *("apps", "recovery_codes", "known_devices"),
)


def user(view: View) -> Markup:
    """Return the content of the page; its script fills it for the ``id`` in the address."""
    return together(
        [
            heading(view, "user"),
            tag("p", view["user.gone"], id="gone", hidden=True),
            tag("div", facts(view, "facts", *FACTS), _deeds(view), _parts(view), id="known", hidden=True),
        ]
    )


def _deeds(view: View) -> Markup:
    plain = ("impersonate", "end", "reset", "disable", "enable", "keep")
    buttons = [button(view[f"user.{name}"], id=name, class_="second", hidden=True) for name in plain]
    delete = button(view["user.delete"], id="delete", class_="danger", hidden=True)
    return part("deeds", tag("div", buttons, delete, class_="acts"), title=view["user.deeds"])


def _parts(view: View) -> list[Markup]:
    grant = form(
        "grant-form", choice(view, "role", {}), submit(view["user.grant"], class_="second"), hidden=True
    )
    revoke = linked_rows(view, "roles", "scopes", remove=view["user.revoke_role"])
    sessions = linked_rows(view, "sessions", "used", "made", "place", "address", remove=view["devices.end"])
    keys = linked_rows(view, "api_keys", "made", "ends", "used", "scopes", remove=view["api-keys.revoke"])
    return [
        part("of-roles", revoke, grant, title=view["user.roles"]),
        part("of-sessions", sessions, title=view["user.sessions"]),
        part("of-keys", keys, title=view["api-keys.title"]),
        part(
            "of-passkeys", linked_rows(view, "their-passkeys", "made", "used"), title=view["passkeys.title"]
        ),
        part(
            "of-identities",
            linked_rows(view, "their-identities", "issuer", "email", "made", "used"),
            title=view["identities.title"],
        ),
    ]
