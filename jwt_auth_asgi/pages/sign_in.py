"""The page on which somebody signs in, by whatever way, and shows or sets up what else is asked for."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, code_field, field, form, heading, part, submit, tick
from jwt_auth_asgi.pages.providers import links
from jwt_auth_asgi.pages.view import View


def sign_in(view: View) -> Markup:
    """Return its content; what is hidden appears when an answer asks for it."""
    return together(
        [
            heading(view, "login"),
            _first(view),
            _mailed(view),
            _linked(view),
            _second(view),
            _begun(view),
            enrolment(view, is_hidden=True),
        ]
    )


def _first(view: View) -> Markup:
    more = [
        tag("a", view["login.forgot"], href="forgot") if view.mails else None,
        tag("a", view["login.register"], href=f"register{view.asked}") if view.registers else None,
        tag("a", view["login.verify"], href="verify") if view.mails else None,
    ]
    others = [
        button(view["login.passkey"], id="by-passkey", class_="second", hidden=True)
        if view.passkeys
        else None,
        button(view["login.mailed"], id="by-mail", class_="second") if view.mails else None,
    ]
    return part(
        "first",
        form(
            "password-form",
            field(view, "email", "email", "username webauthn", spellcheck="false", autofocus=True),
            field(view, "password", "password", "current-password"),
            submit(view["login.go"]),
        ),
        tag("div", others, class_="others") if any(others) else None,
        tag("div", links(view), class_="others") if view.providers else None,
        tag("ul", [tag("li", link) for link in more if link], class_="links") if any(more) else None,
    )


def _mailed(view: View) -> Markup:
    return part(
        "mailed",
        tag("p", view["login.mailed_lead"]),
        form("mailed-form", code_field(view), submit(view["login.go"])),
        button(view["login.back"], class_="plain back"),
        title=view["login.mailed_title"],
        hidden=True,
    )


def _linked(view: View) -> Markup:
    text = tag("p", view["login.linked_lead"])
    return part("linked", text, form("linked-form", submit(view["login.go"])), hidden=True)


def _second(view: View) -> Markup:
    return part(
        "second",
        tag("p", view["second.lead"]),
        form(
            "totp-form",
            code_field(view, "totp", inputmode="numeric", maxlength="11"),
            tick(view, "remember_device"),
            submit(view["login.go"]),
        ),
        form(
            "recovery-form",
            field(view, "recovery_code", "text", "off", autocapitalize="off", spellcheck="false"),
            submit(view["login.go"]),
            hidden=True,
        ),
        tag(
            "div",
            button(view["second.passkey"], id="second-passkey", class_="second", hidden=True),
            button(view["second.recovery"], id="use-recovery", class_="second", hidden=True),
            class_="others",
        ),
        button(view["login.back"], class_="plain back"),
        title=view["second.title"],
        hidden=True,
    )


def _begun(view: View) -> Markup:
    return part(
        "begun",
        tag("p", view["enrol.begun"]),
        form("begun-form", submit(view["enrol.title"])),
        button(view["login.back"], class_="plain back"),
        title=view["second.title"],
        hidden=True,
    )


def enrolment(view: View, *, is_hidden: bool) -> Markup:
    """Return what sets an authenticator app up: the QR code, the secret in letters, the first code."""
    return part(
        "enrol",
        tag("p", view["enrol.lead"]),
        tag("div", id="qr", role="img", aria_label=view["enrol.qr"]),
        tag("p", view["enrol.by_hand"], " ", tag("code", id="secret")),
        tag("p", tag("a", view["enrol.open"], id="otpauth")),
        form(
            "enrol-form",
            code_field(view, "enrol_code", label="totp", inputmode="numeric", maxlength="11"),
            submit(view["enrol.go"]),
        ),
        title=view["enrol.title"],
        hidden=is_hidden,
    )
