"""The pages of a new account: its registration, and the proof of its address."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import code_field, field, form, heading, part, submit
from jwt_auth_asgi.pages.view import View


def register(view: View) -> Markup:
    """Return the content of the page on which somebody makes an account."""
    if not view.registers:
        return together([heading(view, "register"), tag("p", view["register.closed"])])
    return together(
        [
            heading(view, "register"),
            part(
                "first",
                form(
                    "register-form",
                    field(view, "first_name", "text", "given-name", autofocus=True),
                    field(view, "last_name", "text", "family-name"),
                    field(view, "email", "email", "username", spellcheck="false"),
                    field(view, "password", "password", "new-password", label="new_password"),
                    submit(view["register.go"]),
                ),
            ),
            part("done", tag("p", id="done-text"), hidden=True),
            tag("p", tag("a", view["register.login"], href=f"login{view.asked}")),
        ]
    )


def verify(view: View) -> Markup:
    """Return the content of the page on which somebody proves an address, by a link or a code."""
    password = field(view, "password", "password", "current-password", label="own_password", required=False)
    return together(
        [
            heading(view, "verify"),
            part("linked", form("linked-form", password, submit(view["verify.go"])), hidden=True),
            part(
                "coded",
                form(
                    "code-form",
                    field(view, "email", "email", "username", spellcheck="false", prefix="code-"),
                    code_field(view),
                    submit(view["verify.go"]),
                ),
                hidden=True,
            ),
            part(
                "send",
                tag("p", view["verify.send_lead"]),
                form(
                    "send-form",
                    field(view, "email", "email", "username", spellcheck="false", prefix="send-"),
                    submit(view["verify.send"], class_="second"),
                ),
                title=view["verify.send_title"],
                hidden=not view.mails,
            ),
            part("done", tag("p", tag("a", view["verify.login"], href="login")), hidden=True),
        ]
    )
