"""Parts of the desk: choices, filters, lists that go on, facts; filled by scripts (``lists.js``)."""

from __future__ import annotations

from collections.abc import Mapping

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button, submit
from jwt_auth_asgi.pages.view import View


def choice(view: View, name: str, options: Mapping[str, str]) -> Markup:
    """Return a labelled choice; *options* are words by the values that they stand for."""
    return tag(
        "div",
        tag("label", view[f"label.{name}"], for_=name),
        tag(
            "select",
            [tag("option", text, value=value) for value, text in options.items()],
            id=name,
            name=name,
            aria_describedby=f"{name}-error",
        ),
        tag("p", id=f"{name}-error", class_="error", hidden=True),
        class_="field",
    )


def listing(view: View, identity: str, *texts: str, filters: tuple[Markup, ...] = (), **acts: str) -> Markup:
    """Return a list, empty so far, with its filters and what shows more of it.

    *texts* are the lines below a name, *acts* words by what a button of a row does. What is said where the
    list is empty is the text ``IDENTITY.none``.
    """
    search = tag(
        "form",
        tag("div", filters, class_="filters"),
        submit(view["desk.filter"], class_="second"),
        id=f"{identity}-filter",
        method="get",
        role="search",
        novalidate=True,
    )
    return together(
        [
            search if filters else None,
            linked_rows(view, identity, *texts, **acts),
            button(view["desk.more"], id=f"{identity}-more", class_="second", hidden=True),
        ]
    )


def linked_rows(view: View, identity: str, *texts: str, **acts: str) -> Markup:
    """Return a list whose names may lead somewhere; else as `pages.rows.rows`."""
    lines = [tag("p", class_="hint", data_of=name, hidden=True) for name in texts]
    buttons = [button(text, class_="second", data_do=name) for name, text in acts.items()]
    doing = tag("div", buttons, class_="acts") if buttons else None
    shape = tag("li", tag("strong", tag("a", data_of="name")), lines, doing)
    return together(
        [
            tag("ul", id=identity, class_="rows"),
            tag("p", view[f"{identity}.none"], id=f"{identity}-none", hidden=True),
            tag("template", shape, id=f"{identity}-row"),
        ]
    )


def facts(view: View, identity: str, *names: str) -> Markup:
    """Return a list of terms, the texts ``fact.NAME``, whose values a script fills in (``data-fact``)."""
    pairs = [tag("div", tag("dt", view[f"fact.{name}"]), tag("dd", data_fact=name)) for name in names]
    return tag("dl", pairs, id=identity, class_="facts")
