"""auth_clock: what is true later."""

ADA = {"email": "ada@example.com", "password": "a long and quiet river"}


def test_a_token_runs_out(client, auth_headers, auth_clock):
    headers = auth_headers()
    auth_clock.shift(minutes=14, seconds=59)
    assert client.get("/notes", headers=headers).status_code == 200
    auth_clock.shift(seconds=1)
    assert client.get("/notes", headers=headers).json()["detail"] == "Access token expired"


def test_a_limit_is_over_after_a_minute(client, auth_headers, auth_clock):
    def add():
        return client.post("/notes", json={"text": "call Bob"}, headers=auth_headers()).status_code

    assert [add(), add(), add()] == [201, 201, 429]
    auth_clock.shift(minutes=1)
    assert add() == 201


def test_a_session_outlives_it_for_two_weeks(client, auth_clock):
    client.post("/auth/register", json={**ADA, "first_name": "Ada", "last_name": "Byron"})
    client.post("/auth/login", json=ADA)
    auth_clock.shift(days=13)
    assert client.post("/auth/refresh").status_code == 200
    auth_clock.shift(days=14)
    assert client.post("/auth/refresh").status_code == 401
