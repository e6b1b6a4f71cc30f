"""A websocket that knows its caller, a page and a command line that talk to it.

    uvicorn examples.websocket:app             # then open http://127.0.0.1:8000
    python -m examples.websocket ada@example.com "a message"

Make an account in /docs first. A browser cannot set headers on a websocket, so the page asks for
a ticket and offers it as a subprotocol, `bearer, <ticket>`; nothing secret is ever in the URL. The
connection ends with its access token, unless the client sends a fresh one as `token <token>`.
"""

import json
import sys
from getpass import getpass
from urllib.request import Request, urlopen

from fastapi import WebSocket
from fastapi.responses import HTMLResponse
from fastapi_offline import FastAPIOffline
from websockets import Subprotocol
from websockets.sync.client import connect

from jwt_auth_asgi import BearerMiddleware, renew
from jwt_auth_core import Auth, AuthError, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_settings(development_settings())

app = FastAPIOffline(title="Echo", redoc_url=None)
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.websocket("/echo")
async def echo(websocket: WebSocket, user: CurrentUser) -> None:
    """Repeat every message to its sender; without a valid token there is no connection at all.

    When the token expires or its session ends, the loop ends, as it does when the client leaves.
    """
    await websocket.accept()
    async for message in websocket.iter_text():
        if message.startswith("token "):
            await websocket.send_text(await renewed(websocket, message.removeprefix("token ")))
        else:
            await websocket.send_text(f"{user.identity} said {message}")


async def renewed(websocket: WebSocket, token: str) -> str:
    """Let the connection live as long as a fresh access token of the same session."""
    try:
        user = await renew(websocket.scope, token)
    except AuthError as error:
        return f"refused: {error.code}"
    return f"until {user.claims.expires_at}"


PAGE = """<!doctype html>
<meta charset="utf-8"><title>Echo</title><link rel="icon" href="data:,">
<form>
  <input name="email" type="email" placeholder="e-mail" required>
  <input name="password" type="password" placeholder="password" required>
  <input name="message" value="hello">
  <button>Log in and say it</button>
</form>
<output></output>
<script type="module">
  const form = document.forms[0], output = document.querySelector("output");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const {message, ...credentials} = Object.fromEntries(new FormData(form));
    const answer = await fetch("/auth/login", {
      method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(credentials)});
    const body = await answer.json();
    if (!answer.ok) return output.textContent = body.detail;
    const asked = await fetch("/auth/ws-ticket", {
      method: "POST", headers: {Authorization: `Bearer ${body.access_token}`}});
    const socket = new WebSocket("/echo", ["bearer", (await asked.json()).ticket]);
    socket.onopen = () => socket.send(message);
    socket.onmessage = (received) => { output.textContent = received.data; socket.close(); };
  });
</script>
"""


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
async def page() -> str:
    return PAGE


def say(message: str, *, email: str, password: str, host: str = "127.0.0.1:8000") -> str:
    """Log in, open the websocket, say one thing and return the answer."""
    fields = json.dumps({"email": email, "password": password}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"http://{host}/auth/login", fields, headers)) as answer:
        token = json.load(answer)["access_token"]
    with connect(f"ws://{host}/echo", subprotocols=[Subprotocol("bearer"), token]) as connection:
        connection.send(message)
        return str(connection.recv())


if __name__ == "__main__":
    print(say(sys.argv[2], email=sys.argv[1], password=getpass()))
