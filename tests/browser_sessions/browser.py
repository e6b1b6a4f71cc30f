"""A browser before an application: it keeps cookies, the last one wins, and may lose an answer."""

from __future__ import annotations

import asyncio
import itertools

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, create_app
from tests.auth_app.suite.client import ADA, LOGIN, ORIGIN

ACCESS = "__Host-access_token"
REFRESH = "__Host-refresh_token"
SAME = {"sec-fetch-site": "same-origin"}
NAVIGATION = {"sec-fetch-mode": "navigate", "accept": "text/html,*/*;q=0.8"}


async def whoami(request):
    """Say who calls; a cache may keep it, as far as the application knows."""
    headers = {"cache-control": "public, max-age=60", "cdn-cache-control": "max-age=9", "etag": '"1"'}
    return JSONResponse({"user": request.user.identity}, headers=headers)


async def stream(request):
    """Say it bit by bit."""

    async def bits():
        for bit in request.user.identity:
            yield bit

    return StreamingResponse(bits())


async def fails(_request):
    """Fail."""
    raise ZeroDivisionError


async def sets(_request):
    """Set a cookie of the application's own, and vary by what it likes."""
    answer = Response(status_code=418, headers={"vary": "Accept"})
    answer.set_cookie("theme", "dark")
    return answer


async def challenges(request):
    """Refuse whoever is not signed in, as guards do."""
    if request.user.is_authenticated:
        return PlainTextResponse("in")
    return PlainTextResponse("out", 401, {"www-authenticate": 'Bearer realm="api"'})


def application(auth, **options):
    """Return an application with the auth routes, behind a middleware that knows cookies."""
    methods = ["GET", "POST", "PUT", "HEAD", "OPTIONS"]
    app = Starlette(
        routes=[
            Mount("/auth", create_app(auth)),
            Route("/me", whoami, methods=methods),
            Route("/stream", stream),
            Route("/fails", fails),
            Route("/sets", sets),
            Route("/guarded/page", challenges, methods=methods),
        ]
    )
    return BearerMiddleware(app, auth, **{"cookies": True, **options})


class Browser:
    """Sends requests with its cookies; each answer sets cookies when it arrives, which the test decides."""

    numbers = itertools.count()

    def __init__(self, world, **options):
        self.world = world
        self.app = application(world.auth, **options)
        self.jar = {}

    def sign_in(self, **login):
        """Register and log in by both cookies."""
        self.fetch("/auth/register", method="POST", json=ADA)
        answer = self.fetch("/auth/login", method="POST", json={**LOGIN, "transport": "cookies", **login})
        assert answer.status_code == 200, answer.text
        self.user_id = answer.json()["user_id"]
        return answer

    def fetch(self, path, **request):
        """Send a request, and keep what its answer sets."""
        return asyncio.run(self.fetched(path, **request))

    async def fetched(self, path, **request):
        """Do the same on the loop at hand."""
        answer = await self.sent(path, **request)
        self.keep(answer)
        return answer

    async def sent(self, path, *, method="GET", headers=None, app=None, **request):
        """Send a request, and leave its answer on its way."""
        transport = httpx.ASGITransport(app or self.app, raise_app_exceptions=False)
        pairs = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        given = {**({"cookie": pairs} if pairs else {}), **(headers or {})}
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path, headers=given, **request)

    def keep(self, answer):
        """Take over the cookies of an answer that has arrived."""
        for name, value, age in set_cookies(answer):
            self.jar.pop(name, None)
            if age != "0":
                self.jar[name] = value

    def expire(self):
        """Forget the access token, as a browser does when its time is over."""
        self.jar.pop(ACCESS, None)


def set_cookies(answer):
    """Return the cookies that an answer sets: name, value and Max-Age."""
    for line in answer.headers.get_list("set-cookie"):
        name, _, value = line.partition(";")[0].partition("=")
        yield name, value, line.partition("Max-Age=")[2].partition(";")[0]


def names(answer):
    """Return the names of the cookies that an answer sets or clears."""
    return [name for name, _, _ in set_cookies(answer)]
