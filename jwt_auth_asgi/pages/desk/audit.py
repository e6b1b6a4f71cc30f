"""The page on which an admin sees what happened: how much when, drawn and in numbers, and each event."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.parts import choice, listing
from jwt_auth_asgi.pages.markup import Attribute, Markup, tag, together
from jwt_auth_asgi.pages.parts import button, field, heading, part
from jwt_auth_asgi.pages.view import View
from jwt_auth_core.events import EventName


def audit(view: View) -> Markup:
    """Return the content of the page."""
    plain: dict[str, Attribute] = {"required": False, "spellcheck": "false", "autocapitalize": "off"}
    kinds = {"": view["users.any"], **{name.value: name.value for name in EventName}}
    outcomes = {
        "": view["users.any"],
        "success": view["audit.success"],
        "failure": view["audit.failure"],
    }
    filters = (
        field(view, "user", "search", "off", maxlength="100", **plain),
        choice(view, "type", kinds),
        choice(view, "outcome", outcomes),
        field(view, "since", "date", "off", required=False),
        field(view, "until", "date", "off", required=False),
    )
    lines = ("at", "outcome", "about", "actor", "origin", "agent", "reason", "facts")
    return together(
        [
            heading(view, "audit"),
            part("timeline", _drawing(view), _numbers(view), title=view["audit.timeline"], hidden=True),
            listing(view, "events", *lines, filters=filters),
            part(
                "export",
                tag("p", view["audit.export_lead"]),
                button(view["audit.as_lines"], id="as-ndjson", class_="second"),
                button(view["audit.as_table"], id="as-csv", class_="second"),
                title=view["audit.export"],
            ),
        ]
    )


def _drawing(view: View) -> Markup:
    """Return the place of the picture; what stands below it is text, which no scaling makes small."""
    key = tag(
        "p",
        tag("span", class_="sign success", aria_hidden="true"),
        tag("span", view["audit.success"]),
        tag("span", class_="sign failure", aria_hidden="true"),
        tag("span", view["audit.failure"]),
        class_="key hint",
    )
    return tag(
        "figure",
        tag("div", id="drawing"),
        tag("p", tag("span", id="begin"), tag("span", id="end"), class_="ends hint"),
        key,
        tag("figcaption", id="sums"),
    )


def _numbers(view: View) -> Markup:
    columns = ("audit.from", "audit.success", "audit.failure")
    head = tag("tr", [tag("th", view[column], scope="col") for column in columns])
    table = tag(
        "table", tag("caption", view["audit.timeline"]), tag("thead", head), tag("tbody", id="numbers")
    )
    return tag("details", tag("summary", view["audit.numbers"]), table)
