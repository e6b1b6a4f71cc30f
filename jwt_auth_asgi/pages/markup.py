"""HTML as values: whatever is no `Markup` is a text, and is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

_VOID: Final = frozenset({"hr", "img", "input", "link", "meta"})


class Markup(str):
    """A text that is HTML already; a class so that nothing else is taken for it."""

    __slots__ = ()


Attribute = str | bool | None
"""True is an attribute without a value; False and None are none."""

Child = str | None | Iterable["Child"]
"""A text, `Markup`, several of them, or nothing."""


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Return an element; ``for_`` is ``for``, ``aria_label`` is ``aria-label``."""
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(start if name in _VOID else f"{start}{together(children)}</{name}>")


def together(children: Child) -> Markup:
    """Return one piece of HTML of several."""
    if children is None:
        return Markup()
    if isinstance(children, Markup):
        return children
    return Markup(escape(children) if isinstance(children, str) else "".join(map(together, children)))


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(value)}"'
