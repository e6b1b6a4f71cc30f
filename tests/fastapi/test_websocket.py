"""CurrentUser and require_scopes on websocket routes: refused before they are accepted."""

from __future__ import annotations

import json

from tests.asgi.drive import bearer, refusal, shake


def test_a_websocket_route_receives_the_caller(app, token):
    """The dependency works on a websocket as on a request."""  # ASGI-01
    accept, sent, close = shake(app, "/socket", bearer(token))
    assert (accept["type"], close["type"]) == ("websocket.accept", "websocket.close")
    assert json.loads(sent["text"]) == {"id": "42"}


def test_a_token_may_come_as_a_subprotocol(app, token):
    """A browser's way works too, and the handshake confirms the name it offered."""  # ASGI-03
    accept, sent, _ = shake(app, "/socket", offered=f"bearer, {token}")
    assert accept["subprotocol"] == "bearer"
    assert json.loads(sent["text"]) == {"id": "42"}


def test_an_anonymous_websocket_is_denied(app):
    """Where the server can say so, the handshake is answered with 401."""  # ASGI-02
    answer = refusal(shake(app, "/socket"))
    assert (answer.status, answer.challenge) == (401, 'Bearer realm="api"')


def test_an_anonymous_websocket_is_closed(app):
    """Where the server cannot say so, the handshake ends with 1008."""  # ASGI-02
    (close,) = shake(app, "/socket", extensions={})
    assert (close["type"], close["code"]) == ("websocket.close", 1008)


def test_a_server_without_extensions_is_understood(app):
    """Extensions may be absent altogether."""  # ASGI-14
    (close,) = shake(app, "/socket", extensions=None)
    assert close["code"] == 1008


def test_a_websocket_without_the_scope_is_denied(app, tokens):
    """403 and the scope that is needed, before the connection opens."""  # ASGI-02
    answer = refusal(shake(app, "/socket/write", bearer(tokens.issue(subject="42"))))
    assert answer.status == 403
    assert answer.challenge.endswith('error="insufficient_scope", scope="topics:write"')


def test_a_websocket_without_the_scope_is_closed(app, tokens):
    """Without the extension, a missing scope ends the handshake with 1008."""
    (close,) = shake(app, "/socket/write", bearer(tokens.issue(subject="42")), extensions={})
    assert close["code"] == 1008
