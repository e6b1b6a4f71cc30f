"""POST /auth/refresh."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_core.sessions.token import RefreshTokens
from tests.auth_app.suite.client import COOKIE, PLANTED, Client, problem
from tests.auth_app.world import broken

CLEARED = f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict"


def cookie_lines(answer):
    """Return the Set-Cookie lines."""
    return answer.headers.get_list("set-cookie")


def test_the_cookie_is_exchanged(session, world):
    """A new access token comes in the body and the next refresh token in the cookie."""  # CK-03
    before = session.token
    answer = session.refresh()
    assert answer.status_code == 200
    body = answer.json()
    claims = world.auth.tokens.verify(body.pop("access_token"))
    assert body == {"token_type": "bearer", "expires_in": claims.expires_at - claims.issued_at}
    assert session.token != before


def test_a_token_in_the_body_is_answered_in_the_body(ada):
    """A client that holds the token itself gets the next one there, and no cookie."""
    token = ada.login(transport="body").json()["refresh_token"]
    answer = ada.refresh(json={"refresh_token": token})
    assert sorted(answer.json()) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert answer.json()["refresh_token"] != token
    assert cookie_lines(answer) == []


def test_two_tokens_are_refused(session):
    """A token in the cookie and one in the body: 400, and nothing changes."""
    answer = session.refresh(json={"refresh_token": session.token})
    assert problem(answer) == (400, "bad_request")
    assert cookie_lines(answer) == []


def test_no_token_is_refused(client):
    """Without a token there is nothing to exchange."""
    assert problem(client.refresh()) == (401, "refresh_invalid")
    assert problem(client.refresh(json={})) == (401, "refresh_invalid")


@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}])
def test_a_token_is_a_text(client, value):
    """Another type is invalid input."""
    assert problem(client.refresh(json={"refresh_token": value})) == (422, "invalid_input")


@pytest.mark.parametrize("token", ["x", "A" * 177, "a-_", "0"])
def test_a_forged_cookie_is_cleared(client, token):
    """401 takes a cookie away that is of no use."""
    client.token = token
    answer = client.refresh()
    assert problem(answer) == (401, "refresh_invalid")
    assert cookie_lines(answer) == [CLEARED]


@pytest.mark.parametrize("token", ["", "x", "ü", "\u0000", "a b", "x" * 8000])
def test_a_forged_body_token_touches_no_cookie(client, token):
    """401 of a body token says nothing of cookies."""
    answer = client.refresh(json={"refresh_token": token})
    assert problem(answer) == (401, "refresh_invalid")
    assert cookie_lines(answer) == []


def test_a_lost_response_costs_nothing(session):
    """The same token presented again is answered again, and either child goes on."""  # RF-02, F-32
    before = session.token
    session.refresh()
    session.token = before
    assert session.refresh().status_code == 200
    assert session.refresh().status_code == 200


def confirmed(session):
    """Refresh twice, so that the second child is current; return the first token."""
    first = session.token
    session.refresh()
    session.refresh()
    return first


def test_an_overtaken_token_leaves_the_cookie_alone(session):
    """Within the grace a spent token is superseded: 409, and the newer cookie stays."""
    session.token = confirmed(session)
    answer = session.refresh()
    assert problem(answer) == (409, "refresh_superseded")
    assert cookie_lines(answer) == []


def test_a_reused_token_ends_the_session(session, world):
    """After the grace a spent token is reuse: the cookie goes, and the thief's and the owner's session."""
    # RF-04
    first = confirmed(session)
    newest = session.token
    world.now += 60
    session.token = first
    answer = session.refresh()
    assert problem(answer) == (401, "refresh_reused")
    assert cookie_lines(answer) == [CLEARED]
    session.token = newest
    assert problem(session.refresh()) == (401, "session_revoked")


def test_a_revoked_session_clears_the_cookie(session):
    """After logout the token is of no use, and the cookie is taken away."""
    token = session.token
    session.logout()
    session.token = token
    answer = session.refresh()
    assert problem(answer) == (401, "session_revoked")
    assert cookie_lines(answer) == [CLEARED]


def test_an_idle_session_ends(session, world):
    """Past the idle limit the token is invalid."""  # RF-10
    world.now += 1209600 + 1
    assert problem(session.refresh()) == (401, "refresh_invalid")


def test_the_cookie_ends_with_the_session(session, world):
    """Near the absolute end Max-Age is what is left."""  # CK-01, RF-10
    for _ in range(6):
        world.now += 1209600 - 1
        answer = session.refresh()
    assert "; Max-Age=518406; " in cookie_lines(answer)[0]


def test_a_disabled_user_is_refused(session, world):
    """Disabling an account ends its sessions at the next refresh."""  # RF-11
    world.stores.database.query("UPDATE auth_accounts SET disabled_at = %s", (world.now,))
    answer = session.refresh()
    assert problem(answer) == (401, "session_revoked")
    assert cookie_lines(answer) == [CLEARED]


def test_a_failing_store_leaves_the_cookie_alone(session, app_factory, world):
    """503 with Retry-After; the same token works when the store is back."""  # F-01
    token = session.token
    failing = Client(app_factory(broken(world.auth, "refresh")))
    failing.token = token
    answer = failing.refresh()
    assert problem(answer) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert cookie_lines(answer) == []
    assert session.refresh().status_code == 200


def test_an_expired_access_token_is_not_read(session):
    """A client that sends its stale access token along refreshes all the same."""
    assert session.refresh(headers={"authorization": "Bearer stale"}).status_code == 200


def test_json_without_a_body_is_a_cookie_refresh(session):
    """A client that always declares JSON may send nothing."""
    assert session.refresh(headers={"content-type": "application/json"}).status_code == 200


def test_parallel_tabs_all_go_on(session):
    """Sixty-four refreshes of one token at once all succeed, and any child goes on."""  # RF-03

    async def herd():
        async with session.session() as client:
            return await asyncio.gather(*(client.post("/auth/refresh") for _ in range(64)))

    answers = asyncio.run(herd())
    assert {answer.status_code for answer in answers} == {200}
    children = {answer.cookies[COOKIE] for answer in answers}
    assert len(children) == 64
    session.token = children.pop()
    assert session.refresh().status_code == 200


def test_many_clients_at_once_each_get_their_own(ada, world):
    """Tokens of several sessions that go to the store together are not mixed up."""
    tokens = [ada.login(transport="body").json()["refresh_token"] for _ in range(20)]
    bodies = [{"refresh_token": token} for token in tokens] + [{"refresh_token": "forged"}]

    async def herd():
        async with Client(ada.app).session() as client:
            return await asyncio.gather(*(client.post("/auth/refresh", json=body) for body in bodies))

    *good, bad = asyncio.run(herd())
    parse = RefreshTokens([world.settings.jwt_key.reveal().encode()]).parse
    given = [parse(answer.json()["refresh_token"]).session_id for answer in good]
    assert given == [parse(token).session_id for token in tokens]
    assert bad.status_code == 401


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_cookie_is_refused_and_cleared(client, text):
    """Two cookies of the name, or look-alikes, are not guessed at, and do not stay."""  # CK-02, CK-07
    answer = client.refresh(headers={"cookie": text})
    assert problem(answer) == (401, "refresh_invalid")
    assert cookie_lines(answer) == [CLEARED]


def test_a_planted_cookie_beside_our_own_is_refused(session):
    """A token that is good is of no use beside another one of its name."""  # CK-02
    answer = session.refresh(headers={"cookie": f"{COOKIE}={session.token}; {COOKIE}=planted"})
    assert problem(answer) == (401, "refresh_invalid")


def test_a_planted_cookie_does_not_disturb_a_token_in_the_body(ada):
    """A client that holds its token itself may share a host with whoever set that cookie."""
    token = ada.login(transport="body").json()["refresh_token"]
    answer = ada.refresh(json={"refresh_token": token}, headers={"cookie": f'{COOKIE}="x"'})
    assert answer.status_code == 200
    assert cookie_lines(answer) == []


def test_another_sites_page_clears_no_cookie(client):
    """A cross-site request is refused before anything is said of the cookie it brings."""  # CK-04
    headers = {"cookie": f'{COOKIE}="x"', "sec-fetch-site": "cross-site"}
    answer = client.refresh(headers=headers)
    assert problem(answer) == (403, "cross_site")
    assert cookie_lines(answer) == []


def test_a_token_in_the_url_is_not_read(session):
    """The query string is no place for a token."""  # CK-03
    token, session.token = session.token, None
    assert problem(session.post(f"/auth/refresh?refresh_token={token}")) == (401, "refresh_invalid")
