"""Answers to browsers: what they vary by, the cookies that they bring, and where they send somebody.

A cache must never keep our cookies, whatever the application or a CDN's own header says of its answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from jwt_auth_asgi.asgi import Message, Scope, Send

Lines = Collection[tuple[bytes, bytes]]

VARY: Final = (b"vary", b"Cookie")
PRIVATE: Final = (b"cache-control", b"private, no-store")
_OF_CACHES: Final = (b"cache-control", b"expires", b"pragma", b"surrogate-control", b"x-accel-expires")
_OF_A_CDN: Final = b"cdn-cache-control"  # RFC 9213, and those that have a name before it
_STARTS: Final = ("http.response.start", "websocket.http.response.start")


def varying(_scope: Scope, send: Send) -> Send:
    """Return a send that has every answer say that it depends on cookies."""

    def vary(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            headers: Lines = message.get("headers", ())
            for name, value in headers:
                if name == b"vary" and (b"ookie" in value or value == b"*"):
                    break
            else:
                message = {**message}  # and not with the headers in one literal, which takes twice the time
                message["headers"] = [*headers, VARY]
        return send(message)

    return vary


def bringing(send: Send, lines: Callable[[], Sequence[str]]) -> Send:
    """Return a send that has the answer set cookies: by the lines that there are when it begins.

    The refresh cookie stands first. What the answer sets or clears itself is left at that, for a browser
    keeps the last one; where it does so with the refresh cookie, its session is another one or over, and
    none of these cookies is of use any more.
    """

    def bring(message: Message) -> Awaitable[None]:
        kind = message["type"]
        if (kind in _STARTS or kind == "websocket.accept") and (cookies := _cookies(lines())):
            headers: Lines = message.get("headers", ())
            unset = _unset(cookies, headers)
            if kind in _STARTS:
                headers = [*(line for line in headers if not _is_of_caches(line[0].lower())), PRIVATE]
            message = {**message, "headers": [*headers, *unset]}
        return send(message)

    return bring


def _unset(cookies: Sequence[tuple[bytes, bytes]], headers: Lines) -> Sequence[tuple[bytes, bytes]]:
    """Return the cookies that an answer has still to set."""
    found = {_name(value) for name, value in headers if name.lower() == b"set-cookie"}
    if _name(cookies[0][1]) in found:
        return ()
    return [cookie for cookie in cookies if _name(cookie[1]) not in found]


def _cookies(lines: Sequence[str]) -> Sequence[tuple[bytes, bytes]]:
    return [(b"set-cookie", line.encode("latin-1")) for line in lines]


def _name(line: bytes) -> bytes:
    return line.partition(b"=")[0].strip()


def _is_of_caches(name: bytes) -> bool:
    return name in _OF_CACHES or name.endswith(_OF_A_CDN)


async def redirect(send: Send, status: int, location: str, *more: tuple[bytes, bytes]) -> None:
    """Answer an http request with a place to go to, and more headers."""
    headers = [(b"location", location.encode("ascii")), (b"content-length", b"0"), PRIVATE, VARY, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
