"""The dialog that asks before something is done which cannot be taken back; ``ask.js`` opens it."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag
from jwt_auth_asgi.pages.view import View


def question(view: View) -> Markup:
    """Return the dialog; what it asks is its name, and who presses Enter at once has said no."""
    return tag(
        "dialog",
        tag("p", id="question-text"),
        tag(
            "form",
            tag("button", view["desk.yes"], type="submit", value="yes", id="question-yes", class_="danger"),
            tag("button", view["proof.cancel"], type="submit", value="no", class_="second", autofocus=True),
            method="dialog",
            class_="acts",
        ),
        id="question",
        role="alertdialog",
        aria_labelledby="question-text",
    )
