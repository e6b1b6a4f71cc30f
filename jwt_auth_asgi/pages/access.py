"""Pages of what opens an account: passkeys, providers, devices that are signed in, keys for programs."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, field, form, heading, part, submit
from jwt_auth_asgi.pages.providers import label
from jwt_auth_asgi.pages.rows import rows
from jwt_auth_asgi.pages.view import View


def passkeys(view: View) -> Markup:
    """Return the content of the page on which passkeys are made, named and removed."""
    if not view.passkeys:
        return together([heading(view, "passkeys"), tag("p", view["error.not_configured"])])
    named = field(view, "name", "text", "off", label="passkey_name", maxlength="200", required=False)
    renamed = field(view, "name", "text", "off", label="passkey_name", maxlength="200", prefix="rename-")
    acts = {"rename": view["passkeys.rename"], "remove": view["rows.remove"]}
    return together(
        [
            heading(view, "passkeys"),
            rows(view, "passkeys", "made", "used", **acts),
            part(
                "rename",
                form("rename-form", renamed, submit(view["profile.go"])),
                title=view["passkeys.rename"],
                hidden=True,
            ),
            part(
                "add",
                form("add-form", named, submit(view["passkeys.go"])),
                title=view["passkeys.add"],
                hidden=True,
            ),
            tag("p", view["passkeys.unable"], id="unable", hidden=True),
        ]
    )


def identities(view: View) -> Markup:
    """Return the content of the page on which providers are added and taken off."""
    if not view.providers:
        return together([heading(view, "identities"), tag("p", view["error.not_configured"])])
    adds = [
        button(view["identities.add"].replace("{provider}", label(name)), class_="second", data_provider=name)
        for name in view.providers
    ]
    return together(
        [
            heading(view, "identities"),
            rows(view, "identities", "email", "made", "used", remove=view["rows.remove"]),
            tag("div", adds, class_="others"),
        ]
    )


def devices(view: View) -> Markup:
    """Return the content of the page with the places where somebody is signed in."""
    return together(
        [
            heading(view, "devices"),
            rows(view, "devices", "current", "used", "made", "place", "address", remove=view["devices.end"]),
            button(view["devices.others"], id="others", hidden=True),
        ]
    )


def api_keys(view: View) -> Markup:
    """Return the content of the page on which keys for programs are made and revoked."""
    days = field(view, "expires_in_days", "number", "off", min="1", max="3660", required=False)
    return together(
        [
            heading(view, "api-keys"),
            part(
                "made",
                tag("p", view["api-keys.once"]),
                tag("p", tag("code", id="key")),
                title=view["api-keys.made"],
                hidden=True,
            ),
            rows(view, "keys", "made", "ends", "used", "scopes", remove=view["api-keys.revoke"]),
            part(
                "add",
                form(
                    "key-form",
                    field(view, "name", "text", "off", label="key_name", maxlength="200"),
                    days,
                    submit(view["api-keys.go"]),
                ),
                title=view["api-keys.add"],
            ),
        ]
    )
