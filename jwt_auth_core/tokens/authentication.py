"""Authentication: when and how a token's subject proved who they are, as the standards write it.

What an issuer writes in a form of its own says nothing here, and stays among the extra claims: a token
is not refused for it, only whoever asks for more than it says is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Final, cast

from jwt_auth_core.encoding import MAX_INTEGER_DIGITS
from jwt_auth_core.tokens import claims as wire

_TIME_BOUND: Final = 10**MAX_INTEGER_DIGITS
_AUTH_TIME: Final = f',"{wire.AUTH_TIME}":'
_REMEMBERED: Final = 512  # accounts prove themselves in few ways, and there are many tokens

OWN_FORMS: Final = (wire.AUTH_TIME, wire.METHODS, wire.LEVEL)
"""The claims that an issuer may have in a form of its own."""

Authentication = tuple[int | None, frozenset[str], str | None]
"""``auth_time``, ``amr`` and ``acr``; None and empty where nothing is said."""

_UNSAID: Final[Authentication] = (None, frozenset(), None)


def authentication_of(members: Mapping[str, object]) -> Authentication:
    """Return what the members of a payload say of how its subject was authenticated."""
    if members.keys().isdisjoint(OWN_FORMS):
        return _UNSAID
    methods = _methods(members.get(wire.METHODS))
    return (
        _time(members.get(wire.AUTH_TIME)),
        shared(methods) if methods else _UNSAID[1],
        _level(members.get(wire.LEVEL)),
    )


def is_understood(name: str, value: object) -> bool:
    """Tell whether a claim has no form of its issuer's own, which `authentication_of` leaves alone."""
    read = _READERS.get(name)
    return read is None or read(value) is not None


def authentication_text(auth_time: int | None, amr: Collection[str], acr: str | None) -> str:
    """Return the members of a payload that say this, each with a comma before it.

    Raises:
        TypeError: a time that is no int, one text in place of several methods, or what is no text.
        ValueError: a negative time, or an empty method or level.
    """
    if isinstance(amr, str):
        raise TypeError("amr is a collection of texts, not one text")
    told = _text(amr if isinstance(amr, tuple) else frozenset(amr), acr)
    if auth_time is None:
        return told
    if type(auth_time) is not int:
        raise TypeError("auth_time is an int, whole seconds since the epoch")
    if not 0 <= auth_time < _TIME_BOUND:
        raise ValueError("auth_time is a time since the epoch")
    return f"{_AUTH_TIME}{auth_time}{told}"


@lru_cache(maxsize=_REMEMBERED)
def shared(words: frozenset[str]) -> frozenset[str]:
    """Return the one set of these words that all tokens share."""
    return words


@lru_cache(maxsize=_REMEMBERED)
def listed(text: str) -> frozenset[str]:
    """Return the words of a JSON list without its brackets, none of which needs an escape."""
    return frozenset(text[1:-1].split('","'))


@lru_cache(maxsize=_REMEMBERED)
def _text(amr: Collection[str], acr: str | None) -> str:
    for word in cast("set[object]", {*amr, *(() if acr is None else (acr,))}):
        if not isinstance(word, str):
            raise TypeError("amr and acr are texts")
        if not word:
            raise ValueError("no method and no level is empty")
    methods = f',"{wire.METHODS}":[{",".join(map(quoted, sorted({*amr})))}]' if amr else ""
    return methods if acr is None else f'{methods},"{wire.LEVEL}":{quoted(acr)}'


def _time(value: object) -> int | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < _TIME_BOUND:
        return None
    return math.floor(value)  # on doubt it is longer ago


def _methods(value: object) -> frozenset[str] | None:
    if not isinstance(value, (list, tuple)):
        return None
    words = cast("list[object] | tuple[object, ...]", value)
    if not all(isinstance(word, str) and word for word in words):
        return None
    return frozenset(cast("list[str]", words))


def _level(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    wire.AUTH_TIME: _time,
    wire.METHODS: _methods,
    wire.LEVEL: _level,
}
