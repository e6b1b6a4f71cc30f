"""What surrounds every page: head, name of the service, links of the account, words for the scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from jwt_auth_asgi.pages.acting import acting
from jwt_auth_asgi.pages.markup import Attribute, Markup, tag
from jwt_auth_asgi.pages.parts import button
from jwt_auth_asgi.pages.paths import SIGNED_IN
from jwt_auth_asgi.pages.proof import proof
from jwt_auth_asgi.pages.view import View
from jwt_auth_asgi.pages.words import of_scripts
from jwt_auth_core.records import dataclass

_SCRIPTS: Final = {"signin": "login", "email-undo": "email"}
_TITLES: Final = {"signin": "login", "email-undo": "undo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What differs between kinds of pages.

    Attributes:
        title: the page's own, before the name of the service.
        script: the module that the page loads.
        header: what stands above the content.
        dialog: what appears over it, or None.
        attributes: of the body, for stylesheet and scripts.
    """

    title: str
    script: str
    header: Markup
    dialog: Markup | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])


def framed(view: View, content: Markup) -> str:
    """Return a page of the account around what stands between its header and its footer."""
    is_account = view.page in SIGNED_IN
    return document(
        view,
        content,
        Frame(
            title=view[f"{_TITLES.get(view.page, view.page)}.title"],
            script=f"page-{_SCRIPTS.get(view.page, view.page)}.js",
            header=_header(view, is_account=is_account),
            dialog=proof(view) if is_account else None,
            attributes={"data_onward": view.onward, "data_account": is_account},
        ),
    )


def document(view: View, content: Markup, frame: Frame) -> str:
    """Return the whole page, of whichever kind."""
    body = tag(
        "body",
        tag("a", view["frame.skip"], href="#main", class_="skip"),
        acting(view) if view.is_acting else None,
        frame.header,
        tag("noscript", tag("p", view["frame.noscript"], class_="notice bad")),
        tag("div", role="status", id="said", class_="notice"),
        tag("main", content, id="main", tabindex="-1"),
        frame.dialog,
        tag("template", [tag("p", text, data_key=key) for key, text in _texts(view)], id="texts"),
        data_page=view.page,
        **frame.attributes,
    )
    return f"<!doctype html>\n{tag('html', _head(view, frame), body, lang=view.language, dir='ltr')}\n"


def bar(view: View, *, has_way_out: bool) -> Markup:
    """Return the line at the top: what the service is called, and the way out for who is signed in."""
    name = tag("img", src=view.logo, alt=view.service) if view.logo else tag("span", view.service)
    out = button(view["frame.logout"], id="logout", class_="plain")
    return tag("div", tag("p", name, class_="service"), out if has_way_out else None, class_="bar")


def links(label: str, *items: Markup) -> Markup:
    """Return links between pages that belong together."""
    return tag("nav", tag("ul", items), aria_label=label)


def link(view: View, page: str) -> Markup:
    """Return the link to a page beside this one."""
    current = "page" if page == view.page else None
    return tag("li", tag("a", view[f"{page}.title"], href=page, aria_current=current))


def _texts(view: View) -> list[tuple[str, str]]:
    return [(key, view[key]) for key in of_scripts(view.texts)]


def _head(view: View, frame: Frame) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{frame.title} | {view.service}"),
        tag("link", rel="icon", href=view.file("icon.svg")),
        tag("link", rel="stylesheet", href=view.file("account.css")),
        tag("link", rel="stylesheet", href=view.stylesheet) if view.stylesheet else None,
        tag("script", type="module", src=view.file(frame.script)),
        tag("script", type="module", src=view.file("acting.js")) if view.is_acting else None,
    )


def _header(view: View, *, is_account: bool) -> Markup:
    shown = [link(view, page) for page in SIGNED_IN if _is_shown(view, page)]
    between = links(view["frame.account"], *shown) if is_account else None
    return tag("header", bar(view, has_way_out=is_account), between)


def _is_shown(view: View, page: str) -> bool:
    """Tell whether there is anything on a page: of some nothing is configured."""
    return {"passkeys": view.passkeys, "identities": bool(view.providers)}.get(page, True)
