"""Hosts: by which name an application is asked that answers some alone; the rest gets 400, to everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

_LIST: Final = "allowed_hosts"
_ANY: Final = "*"
_SEVERAL: Final = (list, tuple, set)


def host_for(thing: Any) -> str:
    """Return a host that a middleware, an entry of one or an application answers; empty for whichever."""
    found = getattr(thing, _LIST, None)
    if found is None and hasattr(thing, "cls"):  # an entry of Starlette's, by name or by position
        position = thing.args[:1] if thing.cls.__name__ == "TrustedHostMiddleware" else ()
        found = thing.kwargs.get(_LIST, next(iter(position), None))
    found = getattr(found, _LIST, found)  # Litestar's configuration
    hosts = [str(one) for one in cast("Iterable[object]", found)] if isinstance(found, _SEVERAL) else []
    if not hosts or _ANY in hosts:
        return ""
    first = min(hosts, key=lambda one: one.startswith(_ANY))
    return first.replace(_ANY, "www", 1)
