"""Pages that know the user by cookie: Jinja, fragments for HTMX, server-sent events, no token in a script.

    uvicorn examples.browser_pages:app         # then open http://127.0.0.1:8000/notes

Make an account first: `jwt-auth users add ada@example.com --first-name Ada --last-name Byron --development`.
The middleware reads the access token from a cookie and renews it before a page is made. Whoever is not
signed in and opens a page is taken to the login page, and back again afterwards. Its script sends e-mail and
password, and holds nothing. HTMX (https://htmx.org; put htmx.min.js beside this file) needs no settings.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import Auth, development_settings

auth = Auth.from_settings(development_settings())
HTMX: Final = Path(__file__).with_name("htmx.min.js")
NOTES: dict[str, list[str]] = {}

PAGE = """<!doctype html>
<meta charset="utf-8"><title>Notes</title><link rel="icon" href="data:,">
<script src="/htmx.js" defer></script>
<h1>{{ user }}</h1>
<form hx-post="/notes/new" hx-target="#notes"><input name="text" required><button>Add</button></form>
<ul id="notes">{% include "list" %}</ul>
<p id="events"></p>
{% for number in range(20) %}<img src="/notes/pixel?{{ number }}" alt="">{% endfor %}
<button id="out">Log out</button>
<script>
  const events = new EventSource("/notes/events");
  events.onmessage = event => { document.querySelector("#events").textContent = event.data; events.close(); };
  document.querySelector("#out").onclick = async () => {
    await fetch("/auth/logout", {method: "POST"});
    location = "/login";
  };
</script>
"""
LIST = "{% for note in notes %}<li>{{ note }}</li>{% endfor %}"
LOGIN = """<!doctype html>
<meta charset="utf-8"><title>Log in</title><link rel="icon" href="data:,">
<form>
  <input name="email" type="email" autocomplete="username" required>
  <input name="password" type="password" autocomplete="current-password" required>
  <button>Log in</button> <output></output>
</form>
<script>
  document.querySelector("form").onsubmit = async event => {
    event.preventDefault();
    const fields = {...Object.fromEntries(new FormData(event.target)), transport: "cookies"};
    const headers = {"Content-Type": "application/json"};
    const answer = await fetch("/auth/login", {method: "POST", headers, body: JSON.stringify(fields)});
    if (!answer.ok) { document.querySelector("output").textContent = (await answer.json()).detail; return; }
    const back = new URL(new URLSearchParams(location.search).get("next") ?? "/notes", location.origin);
    location = back.origin === location.origin ? back : "/notes";  // a path of this site, and no other
  };
</script>
"""
PIXEL: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

templates = Environment(loader=DictLoader({"page": PAGE, "list": LIST}), autoescape=True)


async def notes(request: Request) -> HTMLResponse:
    user = request.user.identity
    return HTMLResponse(templates.get_template("page").render(user=user, notes=NOTES.get(user, [])))


async def add_note(request: Request) -> HTMLResponse:
    """Answer with the fragment that HTMX puts in the place of the list."""
    own = NOTES.setdefault(request.user.identity, [])
    own += parse_qs((await request.body()).decode()).get("text", [])
    return HTMLResponse(templates.get_template("list").render(notes=own))


async def events(request: Request) -> StreamingResponse:
    async def said() -> AsyncGenerator[str]:
        while True:
            yield f"data: hello {request.user.identity}\n\n"
            await asyncio.sleep(1)

    return StreamingResponse(said(), media_type="text/event-stream")


async def pixel(_request: Request) -> Response:
    return Response(PIXEL, media_type="image/svg+xml")


async def login(_request: Request) -> HTMLResponse:
    return HTMLResponse(LOGIN)


async def htmx(_request: Request) -> Response:
    return FileResponse(HTMX) if HTMX.exists() else PlainTextResponse("", media_type="text/javascript")


site = Starlette(
    routes=[
        Mount("/auth", create_app(auth)),
        Route("/login", login),
        Route("/htmx.js", htmx),
        Route("/notes", notes),
        Route("/notes/new", add_note, methods=["POST"]),
        Route("/notes/events", events),
        Route("/notes/pixel", pixel),
    ]
)
app = BearerMiddleware(site, auth, cookies=True, login_url="/login", public={"/login", "/htmx.js"})
