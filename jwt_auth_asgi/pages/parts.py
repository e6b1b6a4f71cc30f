"""Parts of pages: fields with label and place for an error, forms, buttons."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Attribute, Child, Markup, tag
from jwt_auth_asgi.pages.view import View


def field(view: View, name: str, kind: str, complete: str, /, **more: Attribute) -> Markup:
    """Return a labelled field; its label is the text ``label.NAME``, its hint ``hint.NAME``, if any.

    ``label`` in *more* is the key in that place, ``prefix`` tells fields of one name apart.
    """
    prefix = str(more.pop("prefix", ""))
    key, identity = str(more.pop("label", name)), f"{prefix}{name}"
    hint = f"hint.{key}"
    has_hint = hint in view.texts
    described = f"{identity}-hint {identity}-error" if has_hint else f"{identity}-error"
    return tag(
        "div",
        tag("label", view[f"label.{key}"], for_=identity),
        tag(
            "input",
            id=identity,
            name=name,
            type=kind,
            autocomplete=complete,
            aria_describedby=described,
            required=more.pop("required", True),
            **more,
        ),
        tag("p", view[hint], id=f"{identity}-hint", class_="hint") if has_hint else None,
        tag("p", id=f"{identity}-error", class_="error", hidden=True),
        class_="field",
    )


def code_field(view: View, name: str = "code", /, **more: Attribute) -> Markup:
    """Return a field for a code that an app shows or a letter brings."""
    plain: dict[str, Attribute] = {"autocapitalize": "off", "spellcheck": "false", "class_": "code", **more}
    return field(view, name, "text", "one-time-code", **plain)


def tick(view: View, name: str) -> Markup:
    """Return a box to tick."""
    return tag("label", tag("input", type="checkbox", name=name), " ", view[f"label.{name}"], class_="tick")


def form(identity: str, /, *children: Child, **more: Attribute) -> Markup:
    """Return a form that its script sends; without that nothing of it stands in a URL."""
    return tag(
        "form",
        *children,
        id=identity,
        method="post",
        novalidate=True,
        **more,
    )


def submit(text: str, /, **more: Attribute) -> Markup:
    """Return the button that sends a form, shut until what sends it listens (`ready` in forms.js)."""
    return tag("button", text, type="submit", disabled=True, **more)


def button(text: str, /, **more: Attribute) -> Markup:
    """Return a button that does something else."""
    return tag("button", text, type="button", **more)


def part(identity: str, /, *children: Child, title: str | None = None, hidden: bool = False) -> Markup:
    """Return a part of a page, which may be hidden until something is known."""
    heading = None if title is None else tag("h2", title, tabindex="-1")
    return tag("section", heading, *children, id=identity, hidden=hidden)


def heading(view: View, key: str) -> Markup:
    """Return the title of a page, and what it says below."""
    lead = f"{key}.lead"
    return Markup(
        tag("h1", view[f"{key}.title"], tabindex="-1")
        + (tag("p", view[lead], class_="lead") if lead in view.texts else "")
    )
