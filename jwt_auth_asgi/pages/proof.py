"""The dialog in which who is signed in proves it once more: by password and code, passkey, provider."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag
from jwt_auth_asgi.pages.parts import button, code_field, field, form, submit
from jwt_auth_asgi.pages.providers import links
from jwt_auth_asgi.pages.view import View


def proof(view: View) -> Markup:
    """Return the dialog, which appears when an action asks for a fresh login."""
    code = code_field(view, "code", label="second", prefix="proof-", required=False)
    return tag(
        "dialog",
        tag("h2", view["proof.title"], id="proof-title"),
        tag("p", view["proof.lead"]),
        tag("div", role="status", class_="notice"),
        form(
            "proof-form",
            field(view, "password", "password", "current-password", prefix="proof-"),
            tag("div", code, id="proof-second", hidden=True),
            submit(view["proof.go"]),
        ),
        button(view["proof.passkey"], id="proof-passkey", class_="second", hidden=True),
        tag("div", links(view), id="proof-providers", class_="others") if view.providers else None,
        button(view["proof.cancel"], id="proof-cancel", class_="plain"),
        id="proof",
        aria_labelledby="proof-title",
    )
