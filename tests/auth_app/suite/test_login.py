"""POST /auth/login."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import ADA, COOKIE, PASSWORD, Client, fields, problem
from tests.auth_app.world import World, settings

UNUSABLE = ["!", "", "plain", "$argon2id$v=19$m=1,t=1,p=1$x$y", "$2b$12$" + "x" * 53]


def test_a_space_around_the_address_is_no_part_of_it(client):
    """Keyboards of phones put one there: it registers and logs in as the address, by JSON and by form."""
    # ID-1
    assert client.register(email=" Ada@example.com").json()["email"] == "Ada@example.com"
    assert problem(client.register(email="ada@example.com ")) == (409, "email_taken")
    assert client.login(email="ada@example.com ").status_code == 200
    assert client.login_form(username=" ada@example.com", password=PASSWORD).status_code == 200


def test_a_login_answers_as_the_contract_says(ada, world):
    """The body has these members, and no refresh token."""  # CK-03
    answer = ada.login()
    assert answer.status_code == 200
    body = answer.json()
    claims = world.auth.tokens.verify(body.pop("access_token"))
    assert body == {
        "token_type": "bearer",
        "expires_in": claims.expires_at - claims.issued_at,
        "user_id": claims.subject,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "status": "logged in",
    }


def test_the_cookie_has_every_attribute(ada):
    """Set-Cookie is the contract's, byte for byte."""  # CK-01
    answer = ada.login()
    line, _ = answer.headers.get_list("set-cookie")
    token, _, attributes = line.partition("; ")
    assert token == f"{COOKIE}={ada.token}"
    assert attributes == "Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Strict"
    assert ada.token not in answer.text


def test_a_client_may_hold_the_token_itself(ada):
    """With transport "body" the token is in the body and there is no cookie."""
    answer = ada.login(transport="body")
    assert len(answer.json()["refresh_token"]) > 100
    assert "set-cookie" not in answer.headers


def test_the_password_form_logs_in(ada):
    """The OAuth2 form that Swagger's Authorize button sends is understood."""
    answer = ada.login_form(
        grant_type="password", username="ada@example.com", password=PASSWORD, scope="", client_id=""
    )
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "bearer"
    assert ada.token


def test_a_form_without_grant_type_logs_in(ada):
    """The two fields alone suffice, and the transport may be chosen."""
    answer = ada.login_form(username="ada@example.com", password=PASSWORD, transport="body")
    assert answer.json()["refresh_token"]


def test_a_wrong_form_names_its_own_fields(ada):
    """The complaint speaks of username, which is what the form has, and of all fields at once."""
    answer = ada.login_form(grant_type="implicit", transport="pigeon")
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == ["grant_type", "password", "transport", "username"]


def test_every_wrong_field_is_named_at_once(ada):
    """Type errors and an unknown transport are reported together."""
    answer = ada.post("/auth/login", json={"email": 7, "transport": ["body"]})
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == ["email", "password", "transport"]


def test_an_unknown_transport_is_refused(ada):
    """Good credentials do not make up for a transport that does not exist."""
    answer = ada.login(transport="pigeon")
    assert problem(answer) == (422, "invalid_input")
    assert fields(answer) == ["transport"]


def test_the_cause_of_a_refusal_stays_hidden(ada, world):
    """Unknown, wrong, malformed, disabled, unusable: one status, one body, the same headers."""  # ENUM-1
    answers = [
        ada.login(password="wrong horse battery"),
        ada.login(password=""),
        ada.login(email="nobody@example.com"),
        ada.login(email="no address at all"),
        ada.login(password="x" * 5000),
    ]
    disable(world)
    answers.append(ada.login())
    for stored in UNUSABLE:
        store_hash(world, stored)
        answers.append(ada.login())
    assert {problem(answer) for answer in answers} == {(401, "invalid_credentials")}
    assert len({(answer.text, str(sorted(answer.headers.multi_items()))) for answer in answers}) == 1
    assert answers[0].json()["detail"] == "Invalid email or password"


def disable(world):
    """Disable every account."""
    world.stores.database.query("UPDATE auth_accounts SET disabled_at = %s", (world.now,))


def store_hash(world, stored):
    """Put a hash in place of every account's."""
    world.stores.database.query("UPDATE users SET password_hash = %s", (stored,))


def test_a_refusal_leaves_cookies_alone(session):
    """A failed login neither sets nor clears anything."""
    assert "set-cookie" not in session.login(password="wrong horse battery").headers


def test_two_deliveries_are_two_sessions(ada):
    """A login that a proxy sends twice opens two sessions, both good."""  # F-32
    ada.login()
    first, ada.token = ada.token, None  # the second delivery has the cookies of the first
    ada.login()
    assert first != ada.token
    for token in (first, ada.token):
        ada.token = token
        assert ada.refresh().status_code == 200


def test_a_login_opens_a_session_of_its_own(session):
    """Logging in again never takes over the session that the cookie names."""  # RF-13
    before = session.token
    session.login()
    assert session.token[:20] != before[:20]


def test_an_expired_access_token_is_not_read(ada):
    """A client that sends a stale token along logs in all the same."""
    headers = {"authorization": "Bearer stale"}
    login = {"email": "ada@example.com", "password": PASSWORD}
    assert ada.post("/auth/login", json=login, headers=headers).status_code == 200


@pytest.mark.parametrize("password", ["a\u0000b", "\ud800" * 8, "e\u0301" * 400])
def test_odd_passwords_are_just_wrong(ada, password):
    """NUL, surrogates and combining characters give a 4xx, never a fault."""  # PW-05
    body = '{"email":"ada@example.com","password":"' + "".join(f"\\u{ord(c):04x}" for c in password) + '"}'
    answer = ada.post("/auth/login", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 401, 422}


def test_the_session_remembers_its_client(ada, world):
    """Address and user agent of the login are kept, the agent made harmless."""  # RL-3, LOG-2
    login = {"email": "ada@example.com", "password": PASSWORD}
    headers = [("user-agent", b"phone \x1b[31m"), ("x-forwarded-for", b"6.6.6.6")]
    ada.post("/auth/login", json=login, headers=headers)
    (event,) = [one for one in world.events if one.name == "login_succeeded"]
    assert event.client.address == "198.51.100.7"
    assert event.client.user_agent == "phone \ufffd[31m"


def test_a_configured_proxy_is_believed(app_factory):
    """With one trusted proxy its hop is the client; what stands left of it is hearsay."""  # RL-3
    world = World(settings(TRUSTED_PROXY_COUNT="1"))
    client = Client(app_factory(world.auth))
    client.post("/auth/register", json=ADA, headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9"})
    (event,) = world.events
    assert event.client.address == "203.0.113.9"
    world.close()
