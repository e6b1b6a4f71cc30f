"""A client that keeps cookies as a browser does and speaks to an application in process."""

from __future__ import annotations

import asyncio
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlencode

import httpx

ORIGIN = "https://app.example"
COOKIE = "__Host-refresh_token"
PLANTED = [f'{COOKIE}="x"', f"{COOKIE}=a; {COOKIE}=b", f"={COOKIE}=a", f"{COOKIE}=a b", f"{COOKIE}=a.b.c"]
PASSWORD = "correct tidal lantern"
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}
LOGIN = {"email": "ada@example.com", "password": PASSWORD}
FORM = "application/x-www-form-urlencoded"


class Client:
    """Sends one request at a time, each on an event loop of its own."""

    def __init__(self, app, *, origin=ORIGIN):
        self.app = app
        self.origin = origin
        self.cookies = {}
        self.peer = ("198.51.100.7", 4711)

    def session(self):
        """Return an asynchronous client that sends this one's cookies, for several requests at once."""
        transport = httpx.ASGITransport(app=self.app, client=self.peer)
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # keeps nothing itself
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": pairs} if pairs else {}
        return httpx.AsyncClient(transport=transport, base_url=self.origin, cookies=jar, headers=headers)

    def send(self, method, path, **request) -> httpx.Response:
        """Send a request; keep the cookies of the answer."""
        answer = asyncio.run(self._send(method, path, request))
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return answer

    async def _send(self, method, path, request):
        async with self.session() as client:
            return await client.request(method, path, **request)

    def get(self, path, **request):
        """Send a GET."""
        return self.send("GET", path, **request)

    def post(self, path, **request):
        """Send a POST."""
        return self.send("POST", path, **request)

    def register(self, **changes):
        """Register Ada, or a variation of her."""
        return self.post("/auth/register", json={**ADA, **changes})

    def login(self, **changes):
        """Log Ada in, or a variation of her."""
        return self.post("/auth/login", json={**LOGIN, **changes})

    def login_form(self, **fields):
        """Log in by the OAuth2 password form."""
        return self.post("/auth/login", content=urlencode(fields), headers={"content-type": FORM})

    def refresh(self, **request):
        """Exchange the refresh token that the cookies hold, or that the request brings."""
        return self.post("/auth/refresh", **request)

    def logout(self, **request):
        """Log out."""
        return self.post("/auth/logout", **request)

    @property
    def token(self):
        """The refresh token in the cookies."""
        return self.cookies.get(COOKIE)

    @token.setter
    def token(self, value):
        self.cookies = {COOKIE: value} if value else {}


def problem(answer):
    """Return (status, code) of a problem document, having checked its form."""
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    return document["status"], document["code"]


def fields(answer):
    """Return the names of the fields that an answer complains of."""
    return [one["field"] for one in answer.json()["errors"]]
