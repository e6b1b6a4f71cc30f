"""The page of second factors: authenticator apps, recovery codes, remembered devices."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, field, form, heading, part, submit
from jwt_auth_asgi.pages.rows import rows
from jwt_auth_asgi.pages.sign_in import enrolment
from jwt_auth_asgi.pages.view import View


def factors(view: View) -> Markup:
    """Return its content; recovery codes are in it once, when they are new."""
    named = field(view, "name", "text", "off", label="app_name", maxlength="200", required=False)
    return together(
        [
            heading(view, "factors"),
            part(
                "new-codes",
                tag("p", view["factors.once"]),
                tag("ol", id="codes", class_="code"),
                button(view["factors.print"], id="print", class_="second"),
                title=view["factors.codes"],
                hidden=True,
            ),
            rows(view, "apps", "made", "used", remove=view["rows.remove"]),
            part("add", form("app-form", named, submit(view["factors.go"])), title=view["factors.add"]),
            enrolment(view, is_hidden=True),
            part(
                "recovery",
                tag("p", id="left"),
                button(view["factors.renew"], id="renew", class_="second"),
                title=view["factors.recovery"],
                hidden=True,
            ),
            part(
                "devices",
                rows(view, "remembered", "used", remove=view["factors.forget"]),
                title=view["factors.remembered"],
            ),
        ]
    )
