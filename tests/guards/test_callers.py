"""One suite, every framework, two workers, both storage worlds: whoever calls, and what is taken away."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing

import pytest
import redis
from websockets.exceptions import InvalidStatus

from jwt_auth_core import AccessTokens, Auth, KeyRing
from jwt_auth_core.settings import Settings
from tests.cheap import cheap_passwords
from tests.end_to_end.serving import worker
from tests.guards.conftest import FRAMEWORKS, WITH_WEBSOCKETS
from tests.guards.workers import FOREIGN_ISSUER, FOREIGN_KEY, Operator, bearer, both, closed, said
from tests.servers import postgres

pytestmark = pytest.mark.slow

BASE = {"JWT_KEY": "a key that only the tests of guards know", "COOKIE_SECURE": "false"}
PATIENT = ("--workers", "2", "--timeout-worker-healthcheck", "60", "--timeout-keep-alive", "600")
COMMAND = ("uvicorn", "tests.guards.site:app", "--port", "0", *PATIENT)
FOREIGN = AccessTokens(KeyRing.from_secret(FOREIGN_KEY), issuer=FOREIGN_ISSUER, audience="shop")
KINDS = ["user", "api_key", "client"]

every = pytest.mark.parametrize("app", FRAMEWORKS)
every_chat = pytest.mark.parametrize("app", WITH_WEBSOCKETS)
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(
    scope="module",
    params=["sqlite", "beside another issuer", pytest.param("servers", marks=pytest.mark.servers)],
)
def environment(request, tmp_path_factory):
    """Return what all processes are configured with."""
    with ExitStack() as stack:
        if request.param != "servers":
            urls = {"DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('shared')}/shared.sqlite3"}
            if request.param != "sqlite":
                urls["TESTS_TRUST_ANOTHER_ISSUER"] = "yes"
        else:
            server = request.getfixturevalue("postgres_server")
            urls = {"DATABASE_URL": stack.enter_context(postgres.database(server))}
            urls["REDIS_URL"] = request.getfixturevalue("redis_server")
            with redis.Redis.from_url(urls["REDIS_URL"]) as client:
                client.flushdb()
        yield {**BASE, **urls}


@pytest.fixture(scope="module")
def operator(environment):
    """Return who adds people and takes away what they had."""
    with closing(Auth.from_settings(Settings.from_env(environment), passwords=cheap_passwords())) as auth:
        auth.migrate()
        yield Operator(auth)


@pytest.fixture(scope="module")
def workers(environment, tmp_path_factory):
    """Return clients of two workers that serve all frameworks."""
    with worker(*COMMAND, directory=tmp_path_factory.mktemp("workers"), env=environment) as started:
        origin = started.origin()
        for _ in range(2):
            started.await_line(re.compile("Application startup complete"))
        with both(origin) as clients:
            yield clients


@pytest.fixture
def editor(operator):
    """Return id and address of somebody new whose role grants reports:*."""
    return operator.editor()


@pytest.fixture
def credential(operator, workers, editor):
    """Return what makes a credential of a kind that covers reports:read, and says whose it is."""

    def of_user():
        return operator.login(editor[1]).access_token, editor[0]

    def of_key():
        body = {"name": "nightly", "scopes": ["reports:read"]}
        made = workers.post("/auth/api-keys", json=body, headers=bearer(of_user()[0]))
        return made.json()["key"], editor[0]

    def of_client():
        operator.people += 1
        name = f"billing-{operator.people}"
        secret = operator.auth.clients.manage.add(name, scopes=["reports:*"]).reveal()
        form = {"grant_type": "client_credentials"}
        return workers.post("/auth/token", data=form, auth=(name, secret)).json()["access_token"], name

    makers = dict(zip(KINDS, (of_user, of_key, of_client), strict=True))
    return lambda kind: makers[kind]()


@every
@every_kind
def test_whoever_calls_is_told_apart(workers, credential, app, kind):
    """One ``scope["user"]`` for all, with its kind, its identity, its scopes and its roles."""
    sent, identity = credential(kind)
    told = workers.ask(app, "/who", sent).json()
    assert (told["kind"], told["identity"]) == (kind, identity)
    assert told["scopes"] == (["reports:read"] if kind == "api_key" else ["reports:*"])
    assert told["roles"] == (["editor"] if kind == "user" else [])


@every_chat
@every_kind
def test_so_is_who_opens_a_websocket(workers, credential, app, kind):
    """By the same header."""
    sent, identity = credential(kind)
    with workers.socket(app, "/ws-who", sent) as websocket:
        told = said(websocket)
    assert (told["kind"], told["identity"]) == (kind, identity)


@every
@pytest.mark.parametrize(("scopes", "status"), [({"reports:*"}, 200), ({"topics:read"}, 403)])
def test_callers_of_another_issuer_are_guarded_alike(environment, workers, app, scopes, status):
    """By the same scopes where it is trusted, on websockets too, and nobody's else; never users of ours."""
    is_trusted = "TESTS_TRUST_ANOTHER_ISSUER" in environment
    token = FOREIGN.issue(subject="42", scopes=scopes)
    assert workers.all(app, "/reports", token) == {status if is_trusted else 401}
    assert workers.all("accounts", "/auth/me", token) == {401}
    if is_trusted:
        assert workers.ask(app, "/who", token).json() == {
            "kind": "user",
            "identity": "42",
            "scopes": sorted(scopes),
            "roles": [],
        }
    if is_trusted and app in WITH_WEBSOCKETS:
        with workers.socket(app, "/ws-who", token) as websocket:
            assert said(websocket)["identity"] == "42"


@every
@every_kind
def test_the_scopes_of_each_are_asked_for(workers, credential, app, kind):
    """Beside the endpoint and by rules, at every worker."""
    sent, _ = credential(kind)
    for path in ("/reports", "/sync", "/class"):
        assert workers.all(app, path, sent) == {200}
    posted = workers.post("/open", headers={"x-app": app, **bearer(sent)}).status_code
    assert posted == 403 if kind == "api_key" else posted in {200, 405}


@every
@pytest.mark.parametrize("kind", KINDS[1:])
def test_machines_prove_no_login(workers, credential, app, kind):
    """What asks for a login by a one-time code is closed to them; a policy judges them as others."""
    sent, _ = credential(kind)
    refused = workers.ask(app, "/fresh", sent)
    assert (refused.status_code, workers.ask(app, "/own", sent).status_code) == (401, 403)
    assert 'error="insufficient_user_authentication"' in refused.headers["www-authenticate"]


@every
def test_a_role_that_is_taken_away_is_gone_at_every_worker(workers, operator, editor, app):
    """Tokens of before are refused, and nobody is logged out: the next one lacks what the role granted."""
    before = operator.login(editor[1])
    assert workers.all(app, "/reports", before.access_token) == {200}
    operator.auth.roles.revoke(editor[0], "editor")
    workers.await_all(app, "/reports", before.access_token, 401)
    assert workers.all(app, "/me", before.access_token) == {401}
    body = {"refresh_token": before.refresh_token.reveal()}
    after = workers.post("/auth/refresh", json=body).json()["access_token"]
    assert workers.all(app, "/reports", after) == {403}
    assert workers.all(app, "/me", after) == {200}


@every
def test_its_keys_lose_what_the_owner_lost(workers, operator, editor, credential, app):
    """They go on, with less."""
    key, _ = credential("api_key")
    assert workers.all(app, "/reports", key) == {200}
    operator.auth.roles.revoke(editor[0], "editor")
    workers.await_all(app, "/reports", key, 403)
    assert workers.all(app, "/me", key) == {200}


@every
def test_a_revoked_key_opens_nothing(workers, operator, editor, credential, app):
    """Nor does any other credential that somebody has made up of it."""
    key, _ = credential("api_key")
    assert workers.all(app, "/me", key) == {200}
    (stored,) = operator.auth.api_keys.list(editor[0])
    operator.auth.api_keys.revoke(editor[0], stored.key_id)
    workers.await_all(app, "/me", key, 401)
    assert 'error="invalid_token"' in workers.ask(app, "/me", key).headers["www-authenticate"]


@every
def test_a_removed_client_is_nobody(workers, operator, credential, app):
    """Its tokens are refused before they run out."""
    token, name = credential("client")
    assert workers.all(app, "/me", token) == {200}
    operator.auth.clients.manage.remove(name)
    workers.await_all(app, "/me", token, 401)


@every_chat
def test_open_websockets_are_closed_with_the_role(workers, operator, editor, app):
    """At every worker, with the code for it and a reason that names nobody."""
    token = operator.login(editor[1]).access_token
    with workers.sockets(app, "/ws-who", token) as sockets:
        operator.auth.roles.revoke(editor[0], "editor")
        assert {closed(one) for one in sockets} == {(3000, "session ended")}


@every_chat
@pytest.mark.parametrize(("path", "status"), [("/ws-who", 401), ("/ws", 403)])
def test_a_websocket_is_refused_before_it_is_accepted(workers, operator, app, path, status):
    """401 for nobody, 403 without the scope; what is closed instead, the server answers with 403."""
    sent = operator.auth.tokens.issue(subject="42") if status == 403 else None
    with pytest.raises(InvalidStatus) as refused:
        workers.socket(app, path, sent)
    assert refused.value.response.status_code == (403 if app == "on_litestar" else status)
