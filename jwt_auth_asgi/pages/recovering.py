"""The pages that letters lead to when a password is lost or an address changes."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import field, form, heading, part, submit
from jwt_auth_asgi.pages.view import View


def forgot(view: View) -> Markup:
    """Return the content of the page on which somebody has a letter sent that resets the password."""
    return together(
        [
            heading(view, "forgot"),
            part(
                "first",
                form(
                    "forgot-form",
                    field(view, "email", "email", "username", spellcheck="false", autofocus=True),
                    submit(view["forgot.go"]),
                ),
            ),
            tag("p", tag("a", view["register.login"], href="login")),
        ]
    )


def reset(view: View) -> Markup:
    """Return the content of the page on which somebody sets another password, by a link."""
    return together(
        [
            heading(view, "reset"),
            part(
                "linked",
                form(
                    "reset-form",
                    field(view, "new_password", "password", "new-password"),
                    submit(view["reset.go"]),
                ),
                hidden=True,
            ),
            _unlinked(view),
            part("done", tag("p", tag("a", view["verify.login"], href="login")), hidden=True),
        ]
    )


def email(view: View) -> Markup:
    """Return the content of the page on which somebody confirms another address, by a link."""
    return _of_link(view, "email")


def email_undo(view: View) -> Markup:
    """Return the content of the page on which somebody takes the address of before back, by a link."""
    return _of_link(view, "undo")


def _of_link(view: View, key: str) -> Markup:
    return together(
        [
            heading(view, key),
            part("linked", form("linked-form", submit(view[f"{key}.go"])), hidden=True),
            _unlinked(view),
            part("done", tag("p", tag("a", view["verify.login"], href="login")), hidden=True),
        ]
    )


def _unlinked(view: View) -> Markup:
    return part("unlinked", tag("p", view["frame.unlinked"]), hidden=True)
