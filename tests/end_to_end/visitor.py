"""A visitor: keeps one refresh cookie as a browser does, and the access token in its memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, Protocol, TypeVar

import httpx

from tests.no_tls import NO_TLS

COOKIE, DEVICE = "refresh_token", "device"
PASSWORD = "correct tidal lantern"
PATIENCE_SECONDS = 60.0

T = TypeVar("T")
U = TypeVar("U")


class Listener(Protocol):
    """Who wants to know what visitors ask, and what they are answered."""

    def asked(self, request: httpx.Request, /) -> None:
        """Take note of a request."""
        ...

    def heard(self, answer: httpx.Response, /) -> None:
        """Take note of an answer."""
        ...


LISTENERS: Final[list[Listener]] = []


def _asked(request: httpx.Request) -> None:
    for listener in LISTENERS:
        listener.asked(request)


def _heard(answer: httpx.Response) -> None:
    answer.read()  # an answer that breaks off is none
    for listener in LISTENERS:
        listener.heard(answer)


class Visitor:
    """Speaks to one origin; ``token`` is the refresh token that it holds, None when it has none."""

    def __init__(self, origin: str, name: str = "ada") -> None:
        self.email = f"{name}@example.com"
        self.token: str | None = None
        self.access = ""
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # it is kept here, for all to see
        # One connection a request: where threads share a client, httpcore may take an idle connection
        # that another thread is just beginning to use for one that the server left, and close it.
        self.http = httpx.Client(
            base_url=origin,
            trust_env=False,
            timeout=PATIENCE_SECONDS,
            cookies=jar,
            headers={"connection": "close"},
            verify=NO_TLS,
            event_hooks={"request": [_asked], "response": [_heard]},
        )

    @property
    def credentials(self) -> dict[str, str]:
        """Return what it logs in with."""
        return {"email": self.email, "password": PASSWORD}

    def register(self) -> httpx.Response:
        """Register."""
        names = {"first_name": "Ada", "last_name": "Lovelace"}
        return self.http.post("/auth/register", json={**self.credentials, **names})

    def login(self) -> httpx.Response:
        """Log in; keep both tokens."""
        return self.keep(self.http.post("/auth/login", json=self.credentials))

    def refresh(self) -> httpx.Response:
        """Exchange the refresh token; keep what comes."""
        return self.keep(self.present(self.token))

    def present(self, token: str | None, **request: Any) -> httpx.Response:
        """Ask for a refresh with any token; keep nothing."""
        return self.http.post("/auth/refresh", headers=cookie(token), **request)

    def logout(self) -> httpx.Response:
        """Log out; keep the token where the answer does not clear it."""
        return self.keep(self.http.post("/auth/logout", headers=cookie(self.token)))

    def topics(self, access: str | None = None) -> httpx.Response:
        """Ask for the guarded resource."""
        return self.http.get("/questions/topics", headers=bearer(access or self.access))

    def me(self) -> httpx.Response:
        """Ask who one is."""
        return self.http.get("/auth/me", headers=bearer(self.access))

    def keep(self, answer: httpx.Response) -> httpx.Response:
        """Do as the answer says: take the cookie, or let it go; take the access token."""
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            assert name in {COOKIE, DEVICE}
            if name == COOKIE:
                self.token = value or None
        if answer.is_success and "access_token" in answer.json():
            self.access = answer.json()["access_token"]
        return answer

    def close(self) -> None:
        """Close its connections."""
        self.http.close()


def cookie(token: str | None) -> dict[str, str]:
    """Return the header that presents a refresh token."""
    return {"cookie": f"{COOKIE}={token}"} if token else {}


def bearer(access: str) -> dict[str, str]:
    """Return the header that presents an access token."""
    return {"authorization": f"Bearer {access}"} if access else {}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem; a refusal for want of a store says when to come again."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    if answer.status_code == 503:
        assert int(answer.headers["retry-after"]) >= 1
        assert "set-cookie" not in answer.headers
    return answer.status_code, answer.json()["code"]


def at_once(do: Callable[[T], U], each: Sequence[T] | Iterable[T]) -> list[U]:
    """Do it for each, all at the same time; return the results in order."""
    items = list(each)
    with ThreadPoolExecutor(len(items)) as threads:
        return list(threads.map(do, items, timeout=2 * PATIENCE_SECONDS))


def statuses(answers: Iterable[httpx.Response]) -> Mapping[int, int]:
    """Count the answers by status."""
    counted: dict[int, int] = {}
    for answer in answers:
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
    return counted
