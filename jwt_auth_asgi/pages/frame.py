"""What surrounds every page: head, name of the service, links of the account, words for the scripts."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.pages.markup import Markup, tag
from jwt_auth_asgi.pages.parts import button
from jwt_auth_asgi.pages.paths import SIGNED_IN
from jwt_auth_asgi.pages.proof import proof
from jwt_auth_asgi.pages.view import View
from jwt_auth_asgi.pages.words import of_scripts

_SCRIPTS: Final = {"signin": "login", "email-undo": "email"}
_TITLES: Final = {"signin": "login", "email-undo": "undo"}


def framed(view: View, content: Markup) -> str:
    """Return the whole page around what stands between its header and its footer."""
    is_account = view.page in SIGNED_IN
    body = tag(
        "body",
        tag("a", view["frame.skip"], href="#main", class_="skip"),
        _header(view, is_account=is_account),
        tag("noscript", tag("p", view["frame.noscript"], class_="notice bad")),
        tag("div", role="status", id="said", class_="notice", hidden=True),
        tag("main", content, id="main", tabindex="-1"),
        proof(view) if is_account else None,
        tag("template", [tag("p", text, data_key=key) for key, text in _texts(view)], id="texts"),
        data_page=view.page,
        data_onward=view.onward,
        data_account=is_account,
    )
    return f"<!doctype html>\n{tag('html', _head(view), body, lang=view.language, dir='ltr')}\n"


def _texts(view: View) -> list[tuple[str, str]]:
    return [(key, view[key]) for key in of_scripts(view.texts)]


def _head(view: View) -> Markup:
    title = f"{view[f'{_TITLES.get(view.page, view.page)}.title']} | {view.service}"
    script = _SCRIPTS.get(view.page, view.page)
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("link", rel="icon", href=view.file("icon.svg")),
        tag("link", rel="stylesheet", href=view.file("account.css")),
        tag("link", rel="stylesheet", href=view.stylesheet) if view.stylesheet else None,
        tag("script", type="module", src=view.file(f"page-{script}.js")),
    )


def _header(view: View, *, is_account: bool) -> Markup:
    name = tag("img", src=view.logo, alt=view.service) if view.logo else tag("span", view.service)
    links = tag(
        "nav",
        tag("ul", [_link(view, page) for page in SIGNED_IN if _is_shown(view, page)]),
        aria_label=view["frame.account"],
    )
    out = button(view["frame.logout"], id="logout", class_="plain")
    return tag(
        "header",
        tag("div", tag("p", name, class_="service"), out if is_account else None, class_="bar"),
        links if is_account else None,
    )


def _is_shown(view: View, page: str) -> bool:
    """Tell whether there is anything on a page: of some nothing is configured."""
    return {"passkeys": view.passkeys, "identities": bool(view.providers)}.get(page, True)


def _link(view: View, page: str) -> Markup:
    current = "page" if page == view.page else None
    return tag("li", tag("a", view[f"{page}.title"], href=page, aria_current=current))
