"""The road of the README through an application in this process: register, log in, use, refresh, log out."""

from __future__ import annotations

from typing import Any

import httpx

from tests.end_to_end.visitor import PASSWORD, bearer


async def walk(app: Any, name: str) -> None:
    """Register, log in, use, refresh, log out."""
    who = {"email": f"{name}@example.com", "password": PASSWORD}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        names = {"first_name": "Ada", "last_name": "Byron"}
        answer = await http.post("/auth/register", json={**who, **names})
        assert answer.status_code == 201, answer.text
        answer = await http.post("/auth/login", json={**who, "transport": "body"})
        assert answer.status_code == 200, answer.text
        for _ in range(2):
            answer = await http.post("/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]})
            assert answer.status_code == 200, answer.text
        access = bearer(answer.json()["access_token"])
        assert (await http.get("/questions/topics", headers=access)).status_code == 200
        assert (await http.get("/auth/me", headers=access)).status_code == 200
        body = {"refresh_token": answer.json()["refresh_token"]}
        assert (await http.post("/auth/logout", json=body)).status_code == 200
        assert (await http.get("/questions/topics", headers=access)).status_code == 401
