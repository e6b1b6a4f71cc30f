"""Pages of who is signed in: the name, the address, a copy of all that is kept, and the password."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, field, form, heading, part, submit
from jwt_auth_asgi.pages.view import View


def profile(view: View) -> Markup:
    """Return the content of the page with the name, the address and the copy."""
    address = part(
        "address",
        tag("p", view["address.lead"]),
        form(
            "address-form",
            field(view, "new_email", "email", "email", spellcheck="false"),
            submit(view["address.go"], class_="second"),
        ),
        title=view["address.title"],
    )
    return together(
        [
            heading(view, "profile"),
            tag("p", view["profile.email"], " ", tag("strong", id="email")),
            form(
                "profile-form",
                field(view, "first_name", "text", "given-name"),
                field(view, "last_name", "text", "family-name"),
                submit(view["profile.go"]),
            ),
            address if view.mails else None,
            part(
                "copy",
                tag("p", view["export.lead"]),
                button(view["export.go"], id="export", class_="second"),
                title=view["export.title"],
            ),
        ]
    )


def password(view: View) -> Markup:
    """Return the content of the page on which somebody sets another password."""
    return together(
        [
            heading(view, "password"),
            form(
                "password-form",
                tag("input", type="email", autocomplete="username", hidden=True),
                field(view, "current_password", "password", "current-password", required=False),
                field(view, "new_password", "password", "new-password"),
                submit(view["password.go"]),
            ),
        ]
    )


def delete(view: View) -> Markup:
    """Return the content of the page on which somebody deletes the account, having typed its address."""
    return together(
        [
            heading(view, "delete"),
            part(
                "asked",
                form(
                    "delete-form",
                    field(view, "own_email", "email", "off", spellcheck="false"),
                    submit(view["delete.go"], class_="danger"),
                ),
            ),
            part(
                "done",
                tag("p", id="done-text"),
                tag("p", tag("a", view["delete.login"], href="login")),
                title=view["delete.done"],
                hidden=True,
            ),
        ]
    )
