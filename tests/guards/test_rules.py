"""One suite, every framework: rules guard what cannot be edited, however a path is spelled."""

import pytest

from jwt_auth_asgi import BearerMiddleware
from tests.asgi.drive import bearer, http_scope, refusal, request, shake
from tests.guards.conftest import FRAMEWORKS, WITH_WEBSOCKETS, application
from tests.guards.fetch import fetch

RULES = [("/open", {"GET": "topics:read", "*": "topics:write"}), ("/ws-who", "topics:read"), ("/me", None)]
SPELLED = ["/open", "/open/", "//open", "/x/../open", "/OPEN", "/open;v=1", "/%6fpen", "/open.", "/./open"]


@pytest.fixture
def site(request, trusted):
    """Return the application of a framework behind rules."""
    return BearerMiddleware(application(request.param), trusted, realm="shop", rules=RULES)


@pytest.fixture
def token_of(tokens):
    """Return a maker of the header with scopes."""
    return lambda *scopes: bearer(tokens.issue(subject="42", scopes=scopes))


every = pytest.mark.parametrize("site", FRAMEWORKS, indirect=True)


@every
def test_an_open_route_needs_what_its_rule_says(site, token_of):
    """By method: nobody is 401, a token without the scope 403, a wildcard covers it."""
    assert fetch(site, "/open").status_code == 401
    assert fetch(site, "/open", token_of("topics:write")).status_code == 403
    assert fetch(site, "/open", token_of("topics:*")).status_code == 200


@every
@pytest.mark.parametrize("path", SPELLED)
def test_no_spelling_of_a_path_escapes(site, token_of, path):
    """Whatever the framework would make of it."""
    for headers, status in (((), 401), ((token_of("topics:write"),), 403)):
        assert request(site, http_scope(path, headers)).status == status


@every
@pytest.mark.parametrize(
    ("root", "path"),
    [("", "http://h/open"), ("/api", "/x/api/open"), ("/api", "/api/open"), ("/api/", "/api//open")],
)
def test_no_way_to_take_a_path_out_of_another_escapes(site, root, path):
    """Out of a whole address, or from below a ``root_path`` that applications understand differently."""
    assert request(site, http_scope(path, root_path=root)).status == 401
    assert request(site, http_scope(path, root_path=root, method="POST")).status == 401


@every
def test_a_refusal_is_the_middleware_s(site, token_of):
    """A problem document with its challenge, the same whatever is behind it."""
    refused = request(site, http_scope("/open", [token_of()]))
    assert (refused.json["code"], refused.json["status"]) == ("insufficient_scope", 403)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.challenge.startswith(
        'Bearer realm="shop", error="insufficient_scope", scope="topics:read"'
    )


@every
def test_other_methods_need_another_scope(site, token_of):
    """And HEAD is GET."""
    reader, writer = token_of("topics:read"), token_of("topics:write")
    assert fetch(site, "/open", reader, method="POST").status_code == 403
    assert fetch(site, "/open", writer, method="POST").status_code in {200, 405}
    assert fetch(site, "/open", writer, method="HEAD").status_code == 403
    assert fetch(site, "/open", reader, method="HEAD").status_code in {200, 405}


@every
def test_what_the_endpoint_asks_for_stays(site, token_of):
    """A rule that needs nothing takes no guard away."""
    assert fetch(site, "/me").status_code == 401
    assert fetch(site, "/reports", token_of("topics:*")).status_code == 403


@pytest.mark.parametrize("site", WITH_WEBSOCKETS, indirect=True)
def test_a_websocket_is_refused_before_it_is_accepted(site, token_of):
    """With the same document."""
    for headers, status in (((), 401), ((token_of(),), 403)):
        assert refusal(shake(site, "/ws-who", *headers)).status == status
    accepted = shake(site, "/ws-who", token_of("topics:read"), until="websocket.send")
    assert accepted[0]["type"] == "websocket.accept"
