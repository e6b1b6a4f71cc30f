"""BearerMiddleware on websockets: the same policy, before the handshake is accepted."""

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from tests.asgi.drive import bearer, call, refusal, shake, websocket_scope
from tests.asgi.test_bearer import Bundle


@pytest.fixture
def app(spy, tokens):
    """Return an application of which only /chat/public is open to all."""
    return BearerMiddleware(spy, tokens, public={"/chat/public"})


def test_a_header_names_the_caller(app, spy, token):
    """Clients that can set headers use the same header as everywhere."""
    # ASGI-01
    assert shake(app, "/chat", bearer(token)) == [{"type": "websocket.accept"}]
    assert spy.scope["user"].identity == "42"


def test_a_subprotocol_names_the_caller(app, spy, token):
    """A browser offers "bearer" and the token; the accept names "bearer" back."""
    # ASGI-03
    sent = shake(app, "/chat", offered=f"bearer, {token}")
    assert sent == [{"type": "websocket.accept", "subprotocol": "bearer"}]
    assert spy.scope["user"].identity == "42"


def test_the_application_never_sees_the_offered_token(app, spy, token):
    """Neither the subprotocols nor the headers of the copied scope hold it; the server's own scope does."""
    scope = websocket_scope("/chat", offered=f"bearer, {token}")
    call(app, scope, [{"type": "websocket.connect"}])
    assert spy.scope["subprotocols"] == []
    assert token not in repr([spy.scope["headers"], spy.scope["subprotocols"]])
    assert b"sec-websocket-protocol" not in dict(spy.scope["headers"])
    assert scope["subprotocols"] == ["bearer", token]


@pytest.mark.parametrize("offered", ["bearer, {}, chat.v2, chat.v1", "chat.v2, bearer,{}, chat.v1"])
def test_other_subprotocols_stay_for_the_application(app, spy, token, offered):
    """The pair is taken out; what the application may choose from keeps its order."""
    shake(app, "/chat", offered=offered.format(token))
    assert spy.scope["subprotocols"] == ["chat.v2", "chat.v1"]
    assert dict(spy.scope["headers"])[b"sec-websocket-protocol"] == b"chat.v2, chat.v1"


def test_a_subprotocol_of_the_applications_choice_stands(tokens, token):
    """The middleware names "bearer" only where the application names none."""

    async def choosing(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
        await send({"type": "websocket.send", "text": "hello"})

    accept, hello = shake(BearerMiddleware(choosing, tokens), offered=f"bearer, {token}, chat.v2")
    assert accept["subprotocol"] == "chat.v2"
    assert hello == {"type": "websocket.send", "text": "hello"}


def test_subprotocols_without_a_token_are_left_alone(spy, tokens):
    """A handshake that offers no bearer is passed on as it came, the accept too."""
    sent = shake(BearerMiddleware(spy, tokens), offered="chat.v2, chat.v1")
    assert sent == [{"type": "websocket.accept"}]
    assert spy.scope["subprotocols"] == ["chat.v2", "chat.v1"]


def test_subprotocols_may_come_without_their_header(app, spy, token):
    """Some test clients fill the scope's list only."""
    assert shake(app, "/chat", subprotocols=["bearer", token, "x"])[0]["subprotocol"] == "bearer"
    assert (spy.scope["user"].identity, spy.scope["subprotocols"]) == ("42", ["x"])


MALFORMED = ["bearer", "{}, bearer", "Bearer, {}", "bearer, {0}, bearer, {0}", "chat, bearer"]


@pytest.mark.parametrize("offered", MALFORMED)
def test_an_offer_in_another_form_is_refused(app, spy, token, offered):
    """A bearer subprotocol without its token right behind it is a 400 invalid_request."""
    answer = refusal(shake(app, "/chat", offered=offered.format(token)))
    assert (answer.status, answer.json["code"], spy.scopes) == (400, "invalid_request", [])


def test_an_offer_over_two_headers_is_refused(app, spy, token):
    """Servers disagree on what two such headers mean, so they mean nothing."""
    lines = [(b"sec-websocket-protocol", one.encode()) for one in ("bearer", token)]
    assert refusal(shake(app, "/chat", *lines)).status == 400
    assert spy.scopes == []


@pytest.mark.parametrize("offered", ["bearer, x.y.z", "bearer, ", "bearer, a b", "bearer, \xe9", "bearer,,"])
def test_an_offered_bad_token_is_refused(app, spy, offered):
    """A token that does not verify is a 401, before the accept."""
    # ASGI-02
    answer = refusal(shake(app, "/chat/public", offered=offered))
    assert (answer.status, spy.scopes) == (401, [])
    assert 'error="invalid_token"' in answer.challenge


def test_an_offered_token_beyond_latin_1_is_refused(app, spy):
    """Whatever a scope's list holds, it is a bad token, not a crash."""
    assert refusal(shake(app, "/chat", subprotocols=["bearer", "\ud800\u0100"])).status == 401
    assert spy.scopes == []


@pytest.mark.parametrize("value", ["Bearer {}", "Bearer x.y.z", "Bearer"])
def test_a_header_and_an_offer_are_refused(app, spy, token, value):
    """Two credentials are one too many."""
    header = (b"authorization", value.format(token).encode())
    assert refusal(shake(app, "/chat", header, offered=f"bearer, {token}")).status in {400, 401}
    assert spy.scopes == []


def test_a_good_header_and_a_good_offer_are_an_invalid_request(app, token):
    """Two ways of sending a token at once are what RFC 6750 calls an invalid request."""
    answer = refusal(shake(app, "/chat", bearer(token), offered=f"bearer, {token}"))
    assert (answer.status, answer.json["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("value", [b"Basic YTpi", b"", b" "])
def test_a_header_of_another_scheme_beside_an_offer_is_no_second_token(app, spy, token, value):
    """A proxy's own Basic credentials do not count, nor does an empty header."""
    shake(app, "/chat", (b"authorization", value), offered=f"bearer, {token}")
    assert spy.scope["user"].identity == "42"


def test_a_refusal_is_an_http_answer_where_the_server_offers_that(app, spy, expired):
    """The client reads status, challenge and problem."""
    # ASGI-02
    answer = refusal(shake(app, "/chat", bearer(expired)))
    assert (answer.status, answer.json["detail"], spy.scopes) == (401, "Access token expired", [])
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("extensions", [None, {}, {"tls": {}}])
def test_a_refusal_is_a_close_elsewhere(app, spy, extensions):
    """Without the extension a close before the accept, with the code for policy."""
    # ASGI-02
    sent = shake(app, "/chat", extensions=extensions)
    assert (sent, spy.scopes) == ([{"type": "websocket.close", "code": 1008}], [])


def test_a_scope_without_extensions_is_refused_by_a_close(app):
    """The key is optional."""
    scope = websocket_scope("/chat")
    del scope["extensions"]
    assert call(app, scope, [{"type": "websocket.connect"}]) == [{"type": "websocket.close", "code": 1008}]


def test_a_client_that_left_is_sent_nothing(app, spy):
    """A refusal waits for the connect; a disconnect in its place ends the matter."""
    assert call(app, websocket_scope("/chat")) == []
    assert spy.scopes == []


def test_public_and_anonymous_are_as_on_http(app, spy):
    """A listed path needs no token."""
    # ASGI-01
    assert shake(app, "/chat/public") == [{"type": "websocket.accept"}]
    assert spy.scope["user"].is_authenticated is False


def test_without_public_the_application_decides(spy, tokens):
    """Without credentials a websocket passes as anonymous."""
    shake(BearerMiddleware(spy, tokens), "/chat")
    assert spy.scope["user"].is_authenticated is False


def test_an_exempt_path_reads_neither_header_nor_offer(spy, tokens, expired):
    """The same exemption holds, and nothing is taken out of the scope."""
    shake(BearerMiddleware(spy, Bundle(tokens)), "/auth/login", bearer(expired), offered="bearer, x")
    assert spy.scope["user"].is_authenticated is False
    assert spy.scope["subprotocols"] == ["bearer", "x"]


@pytest.mark.parametrize("key", ["token", "access_token", "bearer"])
def test_the_query_string_carries_no_token(app, spy, token, key):
    """It would be in every log."""
    # ASGI-03
    assert refusal(shake(app, "/chat", query_string=f"{key}={token}".encode())).status == 401
    assert spy.scopes == []


def test_a_cookie_from_another_site_carries_no_token(app, spy, token):
    """A page of another site can make a browser open a websocket with our cookies: they say nothing here."""
    # ASGI-03
    cookies = (b"cookie", f"access_token={token}; __Host-refresh_token={token}".encode())
    answer = refusal(shake(app, "/chat", (b"origin", b"https://evil.example"), cookies))
    assert (answer.status, spy.scopes) == (401, [])
