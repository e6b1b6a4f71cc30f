"""A single-page application that uses no token at all: its script asks, and the browser has the cookies.

    uvicorn examples.single_page:app         # then open http://127.0.0.1:8000/

The page is one for everybody. What it asks below /api is answered to who is signed in; a 401 is what makes it
show the form. A login that is over is renewed before the API runs: the script never refreshes, stores or
sends a token, and a page from elsewhere can ask for nothing in the user's name.
"""

from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router

PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tasks</title><link rel="icon" href="data:,">
<script type="module" src="/app.js"></script>
<form id="login" hidden>
  <label>E-mail <input name="email" type="email" autocomplete="username" required></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button> <output></output>
</form>
<main hidden>
  <h1></h1>
  <form id="add"><label>Task <input name="text" required></label> <button>Add</button></form>
  <ul></ul>
  <button id="out">Sign out</button>
</main>
</html>
"""
SCRIPT: Final = """
const find = (selector) => document.querySelector(selector);
const call = async (method, path, fields) => {
  const headers = fields ? {"Content-Type": "application/json"} : {};
  const answer = await fetch(path, {method, headers, body: fields && JSON.stringify(fields)});
  return {ok: answer.ok, status: answer.status, ...await answer.json()};
};

const show = ({status, user, tasks}) => {
  find("#login").hidden = status !== 401;
  find("main").hidden = status !== 200;
  if (status !== 200) return;
  find("h1").textContent = user;
  const items = tasks.map((task) => Object.assign(document.createElement("li"), {textContent: task}));
  find("ul").replaceChildren(...items);
};
const load = async () => show(await call("GET", "/api/tasks"));
const onForm = (id, act) => find(id).addEventListener("submit", async (event) => {
  event.preventDefault();
  await act(Object.fromEntries(new FormData(event.target)));
});

onForm("#login", async (fields) => {
  const answer = await call("POST", "/auth/login", {...fields, transport: "cookies"});
  find("output").textContent = answer.ok ? "" : answer.detail;
  if (answer.ok) await load();
});
onForm("#add", async (fields) => {
  show(await call("POST", "/api/tasks", fields));
  find("#add").reset();
});
find("#out").addEventListener("click", async () => {
  await call("POST", "/auth/logout");
  await load();
});
await load();
"""

auth = Auth.from_settings(development_settings())
site = FastAPI()
site.include_router(auth_router(auth))
TASKS: dict[str, list[str]] = {}


class Task(BaseModel):
    text: str


class Tasks(BaseModel):
    user: str
    tasks: list[str]


@site.get("/")
async def page() -> HTMLResponse:
    return HTMLResponse(PAGE)


@site.get("/app.js")
async def script() -> Response:
    return Response(SCRIPT, media_type="text/javascript")


@site.get("/api/tasks")
async def tasks(user: CurrentUser) -> Tasks:
    return Tasks(user=user.identity, tasks=TASKS.get(user.identity, []))


@site.post("/api/tasks")
async def add_task(task: Task, user: CurrentUser) -> Tasks:
    TASKS.setdefault(user.identity, []).append(task.text)
    return await tasks(user)


app = BearerMiddleware(site, auth, cookies=True)
