"""auth_headers: callers that a test makes up, over every client."""

import asyncio

import httpx


def test_with_a_test_client(client, auth_headers):
    ada, bob = auth_headers(subject="ada"), auth_headers(subject="bob")
    assert client.post("/notes", json={"text": "call Bob"}, headers=ada).status_code == 201
    assert client.get("/notes", headers=ada).json() == ["call Bob"]
    assert client.get("/notes", headers=bob).json() == []


def test_a_scope_is_asked_for(client, auth_headers):
    assert client.delete("/notes", headers=auth_headers()).status_code == 403
    assert client.delete("/notes", headers=auth_headers(scopes={"notes:delete"})).status_code == 200


def test_who_acts_for_a_user(client, auth_headers):
    headers = auth_headers(scopes={"notes:delete"}, actor="assistant")
    assert client.get("/notes", headers=headers).status_code == 200
    assert client.delete("/notes", headers=headers).json() == {"detail": "an assistant deletes nothing"}


def test_with_httpx_in_this_process(app, auth_headers):
    async def ask():
        app.state.notes = {"ada": ["call Bob"]}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/notes", headers=auth_headers(subject="ada"))

    assert asyncio.run(ask()).json() == ["call Bob"]


def test_with_a_served_process(served, auth_headers):
    assert httpx.get(f"{served}/notes").status_code == 401
    assert httpx.get(f"{served}/notes", headers=auth_headers()).json() == []
