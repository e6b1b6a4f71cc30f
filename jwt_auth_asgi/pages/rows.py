"""Lists that a script fills: the shape of a row, and what is said where there is none."""

from __future__ import annotations

from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.parts import button
from jwt_auth_asgi.pages.view import View


def rows(view: View, identity: str, *texts: str, **acts: str) -> Markup:
    """Return a list, empty so far; *texts* are the lines below a name, *acts* words by what a button does.

    What is said where the list is empty is the text ``IDENTITY.none``.
    """
    lines = [tag("p", class_="hint", data_of=name, hidden=True) for name in texts]
    buttons = [button(text, class_="second", data_do=name) for name, text in acts.items()]
    shape = tag("li", tag("strong", data_of="name"), lines, tag("div", buttons, class_="acts"))
    return together(
        [
            tag("ul", id=identity, class_="rows"),
            tag("p", view[f"{identity}.none"], id=f"{identity}-none", hidden=True),
            tag("template", shape, id=f"{identity}-row"),
        ]
    )
