"""One suite, every framework: a policy that is asked within an endpoint, guarded by `require` or not."""

import pytest

from jwt_auth_asgi import BearerMiddleware, authorize, authorize_sync, require
from jwt_auth_asgi.identity.identity import MissingMiddlewareError
from jwt_auth_core import any_of
from jwt_auth_core.errors import OverloadedError, StoreUnavailableError
from jwt_auth_core.policies.refusal import PolicyRefusedError
from tests.asgi.drive import bearer, get, respond, shake
from tests.guards.apps.policies import EVENTS, owns, policy
from tests.guards.fetch import fetch

ASKING = ["/own", "/own-sync", "/own-open"]


@pytest.fixture
def ada(tokens):
    """Return the header of whom the policies let in."""
    return bearer(tokens.issue(subject="ada"))


@pytest.fixture
def eve(tokens):
    """Return the header of somebody else."""
    return bearer(tokens.issue(subject="eve"))


@pytest.mark.parametrize("path", ASKING)
def test_whom_the_policy_allows_passes(app, ada, path):
    """The endpoint goes on."""
    assert fetch(app, path, ada).status_code == 200


@pytest.mark.parametrize("path", ASKING[:2])
def test_whom_the_policy_refuses_gets_its_name(app, eve, path):
    """403, with the policy's name, by the plain rule and the awaited one."""
    refused = fetch(app, path, eve)
    assert refused.status_code == 403
    assert "refused by the policy 'owns" in refused.text


def test_an_endpoint_that_nothing_guards_refuses_too(app, eve, request):
    """403 by the framework's own means; nobody gets 401, where the framework has it."""
    assert fetch(app, "/own-open", eve).status_code == 403
    nobody = 403 if "on_django" in request.node.callspec.id else 401
    assert fetch(app, "/own-open").status_code == nobody


def test_a_websocket_is_refused_before_it_is_accepted(chat, ada, eve):
    """Asked before the handshake is answered, and nobody is let in."""
    assert shake(chat, "/ws-own", ada)[0]["type"] == "websocket.accept"
    shake(chat, "/ws-own", eve)  # who is written down, and may be gone meanwhile
    for headers in ((eve,), ()):
        kinds = [message["type"] for message in shake(chat, "/ws-own", *headers)]
        assert "websocket.accept" not in kinds
        assert kinds


def test_a_refusal_is_a_problem_that_names_the_policy(tokens, eve):
    """For programs: a code, and the policy's name as a member of its own."""

    @require()
    async def endpoint(scope, receive, send):
        await authorize(scope, owns, "ada")
        await respond(scope, receive, send)

    answer = get(BearerMiddleware(endpoint, tokens), "/", eve)
    assert (answer.status, answer.json["code"], answer.json["policy"]) == (403, "policy_refused", "owns")


def test_a_refusal_is_an_event(tokens, ours):
    """Told to the audit, once a minute and caller; the subject of another issuer is no user of ours."""
    EVENTS.clear()

    @require()
    async def endpoint(scope, _receive, _send):
        await authorize(scope, owns, "ada")

    app = BearerMiddleware(endpoint, any_of(ours, tokens))
    for issuing in (ours, ours, tokens, tokens):
        get(app, "/", bearer(issuing.issue(subject="mallory")))
    assert [(event.name, event.user_id, event.policy) for event in EVENTS] == [
        ("policy_refused", "mallory", "owns"),
        ("policy_refused", None, "owns"),
    ]


def test_without_a_thread_to_write_it_down_it_is_a_refusal(tokens, monkeypatch):
    """Whoever keeps all threads busy is let in nowhere."""

    class Busy:
        async def run(self, _call):
            raise OverloadedError

    monkeypatch.setattr("jwt_auth_asgi.guards.authorization._pool", Busy)
    trent = bearer(tokens.issue(subject="trent"))

    @require()
    async def endpoint(scope, _receive, _send):
        await authorize(scope, owns, "ada")

    assert get(BearerMiddleware(endpoint, tokens), "/", trent).status == 403


def test_a_rule_whose_store_is_down_lets_nobody_in(tokens, eve):
    """503, as everywhere."""

    @policy()
    def needs_a_store(_caller, _resource):
        raise StoreUnavailableError("database")

    @require()
    async def endpoint(scope, _receive, _send):
        await authorize(scope, needs_a_store, "ada")

    assert get(BearerMiddleware(endpoint, tokens), "/", eve).status == 503


def test_errors_of_the_endpoint_s_own_are_its_own(tokens, eve):
    """A guard answers for refusals, and for nothing else that is raised below it."""

    @require()
    async def endpoint(_scope, _receive, _send):
        raise PolicyRefusedError("of the application's")

    @require()
    def plain(_scope):
        raise PolicyRefusedError("of the application's")

    async def calls_plain(scope, _receive, _send):
        plain(scope)

    for one in (endpoint, calls_plain):
        with pytest.raises(PolicyRefusedError):
            get(BearerMiddleware(one, tokens), "/", eve)


async def test_without_the_middleware_nobody_passes():
    """It says what is missing."""
    with pytest.raises(MissingMiddlewareError):
        await authorize({"type": "http"}, owns, "ada")


def test_what_is_no_request_is_told():
    """A slip of the pen is no refusal."""
    for wrong in (None, "request", {}):
        with pytest.raises(TypeError, match="handed a request"):
            authorize_sync(wrong, owns, "ada")


def test_the_caller_comes_back(tokens, ada):
    """So that an endpoint need not ask twice."""
    seen = []

    async def endpoint(scope, receive, send):
        seen.append((await authorize(scope, owns, "ada")).identity)
        seen.append(authorize_sync(scope, owns, "ada").identity)
        await respond(scope, receive, send)

    get(BearerMiddleware(endpoint, tokens), "/", ada)
    assert seen == ["ada", "ada"]
