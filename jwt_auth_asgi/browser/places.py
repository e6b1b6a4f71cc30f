"""Places to send a browser to: the same URL once more, or the login page, which knows the way back."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final
from urllib.parse import quote, urlsplit

from jwt_auth_asgi.asgi import Message, Scope, Send
from jwt_auth_asgi.browser.answers import redirect
from jwt_auth_asgi.http.headers import lines
from jwt_auth_asgi.http.paths import whole_path
from jwt_auth_asgi.http.site_path import path_of_ours

_LOGGER: Final = logging.getLogger("jwt_auth.bearer")
_SAFE: Final = "/:@!$&'()*+,;=~-._%"


def same_url(scope: Scope) -> str:
    """Return a reference to the URL of a request: from its last segment, whatever a proxy has taken off."""
    raw: bytes | None = scope.get("raw_path")
    path = raw or scope["path"].encode("utf-8", "surrogateescape")
    segment = quote(
        path.rpartition(b"/")[2].partition(b"?")[0], safe=_SAFE if raw else _SAFE.replace("%", "")
    )
    return f"./{segment}{_query(scope)}"


def _query(scope: Scope) -> str:
    query: bytes = scope.get("query_string", b"")
    return "?" + quote(query, safe=_SAFE + "?[]") if query else ""


class LoginPage:
    """Where who is not signed in signs in; a class because it is checked once."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        is_path = not parts.scheme and not parts.netloc and url.startswith("/") and "\\" not in url
        if not (is_path or (parts.scheme in {"http", "https"} and parts.netloc)) or not url.isprintable():
            msg = f'login_url is a path of this site, such as "/auth/account/login", or a URL, not {url!r}'
            raise ValueError(msg)
        self._url = quote(url, safe=_SAFE + "?#[]")
        self._path = parts.path if is_path else None

    def warn_unless_open(self, paths: Collection[str]) -> None:
        """Log a sentence where none of these paths, which need no token, may be the login page's.

        It may be below a prefix that they lack, or another application's: so this is no error.
        """
        path = self._path
        if path is not None and not any(path.endswith(one) for one in paths):
            _LOGGER.warning(
                "login_url is %s, which is not among public=: if this application serves it, nobody can"
                " sign in there; add it (our pages: public={*PAGE_PATHS, ...} of jwt_auth_asgi.pages.paths)",
                path,
            )

    def is_for(self, scope: Scope) -> bool:
        """Tell whether somebody waits for a page: a navigation that takes HTML, elsewhere than there."""
        if whole_path(scope) == self._path:
            return False  # it is refused: sent there once more, the browser would go round in circles
        modes, accepted = lines(scope, b"sec-fetch-mode"), ",".join(lines(scope, b"accept"))
        return modes == ("navigate",) and "text/html" in accepted.lower()

    def url(self, scope: Scope) -> str:
        """Return the page's URL, with the way back in ``next`` where it can be taken: a path of this site."""
        path = whole_path(scope)
        back = path_of_ours(quote(path, safe=_SAFE.replace("%", "")) + _query(scope))
        if scope["method"] not in {"GET", "HEAD"} or back is None or path_of_ours(path) is None:
            return self._url
        before, mark, fragment = self._url.partition("#")
        return f"{before}{'&' if '?' in before else '?'}next={quote(back, safe='/')}{mark}{fragment}"

    def instead(self, scope: Scope, send: Send) -> Send:
        """Return a send that goes there instead of a challenge to somebody who waits for a page.

        One that names an error is for whoever is signed in, and lacks something else (RFC 6750 §3.1).
        """
        if not self.is_for(scope):
            return send
        is_gone = False

        async def go(message: Message) -> None:
            nonlocal is_gone
            if message["type"] == "http.response.start" and _is_challenge(message):
                is_gone = True
                cookies = [line for line in message["headers"] if line[0].lower() == b"set-cookie"]
                await redirect(send, 303, self.url(scope), *cookies)
            elif not is_gone:
                await send(message)

        return go


def _is_challenge(message: Message) -> bool:
    headers: list[tuple[bytes, bytes]] = message.get("headers", [])
    return (
        message["status"] == 401  # noqa: PLR2004 - a status reads best as itself
        and any(
            name.lower() == b"www-authenticate" and value[:6].lower() == b"bearer" and b"error=" not in value
            for name, value in headers
        )
    )
