"""What surrounds the pages of the desk: its links, and the dialog for who is to prove it once more."""

from __future__ import annotations

from jwt_auth_asgi.pages.desk.question import question
from jwt_auth_asgi.pages.desk_paths import LINKED, PAGES
from jwt_auth_asgi.pages.frame import Frame, bar, document, link, links
from jwt_auth_asgi.pages.markup import Markup, tag, together
from jwt_auth_asgi.pages.proof import proof
from jwt_auth_asgi.pages.view import View


def on_desk(view: View, content: Markup) -> str:
    """Return a page of the desk around what stands between its header and its footer."""
    is_open = view.page in PAGES
    there = [link(view, page) for page in LINKED if page in PAGES]
    account = tag("li", tag("a", view["frame.account"], href=f"{view.account}profile"))
    between = links(view["desk.title"], *there, account) if is_open else None
    return document(
        view,
        content,
        Frame(
            title=view[f"{view.page}.title"],
            script=f"desk-{view.page}.js",
            header=tag("header", bar(view, has_way_out=True), between),
            dialog=together([proof(view), question(view)]) if is_open else None,
            attributes={"data_desk": True, "data_cookies": view.by_cookie},
        ),
    )
