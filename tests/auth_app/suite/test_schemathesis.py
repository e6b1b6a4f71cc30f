"""Schemathesis against the document: generated requests, good and bad, and every answer as documented."""

from __future__ import annotations

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.auth_app.suite.client import ADA
from tests.auth_app.suite.letters import MAIL
from tests.auth_app.world import World, settings
from tests.generated import count

# What a JSON schema cannot say: that a password is too common, an address no address, an integer longer
# than I-JSON's. Such requests fit the schema and are refused all the same.
REFUSED = ["2xx", "400", "401", "403", "404", "409", "422"]

# Two passwords that are too long, in escapes of twelve octets a character, are more than a body may have.
REJECTED = ["400", "401", "403", "404", "413", "415", "422"]


@pytest.fixture
def world():
    """Return a world whose access token survives a generated logout-all."""
    keys = "a key that encrypts what generated requests enrol"
    world = World(settings(REVOCATION_CHECK="off", ENCRYPTION_KEYS=keys, **MAIL))
    yield world
    world.close()


def complaints(app, headers, *, document="/auth/openapi.json", only=""):
    """Run all phases, on paths with ``only`` in them; return what Schemathesis found wrong."""
    config = SchemathesisConfig.from_dict(
        {
            "headers": headers,
            "generation": {"max-examples": 40, "deterministic": True, "database": "none"},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": REFUSED},
                "negative_data_rejection": {"expected-statuses": REJECTED},
            },
        }
    )
    schema = schemathesis.openapi.from_asgi(document, _on_one_line(app), config=config)
    for event in from_schema(schema.include(path_regex=only)).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield event
        elif isinstance(event, events.ScenarioFinished):
            count(len(event.recorder.cases))
            yield from failures(event)


def _on_one_line(app):
    """Take line breaks out of paths: Starlette's Mount hands none on, they end in the host's own 404."""

    async def handed_on(scope, receive, send):
        if "path" in scope:
            scope = {**scope, "path": scope["path"].replace("\n", "-")}
        await app(scope, receive, send)

    return handed_on


def failures(event):
    """Yield the failed checks of one scenario."""
    for results in event.recorder.checks.values():
        for result in results:
            if result.failure_info:
                yield event.phase.value, event.label, result.name, result.failure_info.failure.message


@pytest.mark.untraced
@pytest.mark.slow
@pytest.mark.parametrize("who", ["anonymous", "ada"])
def test_every_answer_is_as_documented(ada, who):
    """No generated request gets a 5xx, an undocumented status, or a body that breaks its schema."""
    token = ada.login().json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"} if who == "ada" else {}
    assert list(complaints(ada.app, headers)) == []


@pytest.mark.untraced
@pytest.mark.slow
def test_every_answer_to_an_admin_is_as_documented(ada, world):
    """The same of the admin's API, for whom it is."""
    world.auth.end_user.set_scopes(world.auth.end_user.find(ADA["email"]).user_id, ["auth:admin"])
    headers = {"Authorization": f"Bearer {ada.login().json()['access_token']}"}
    found = list(complaints(ada.app, headers, only="/admin/"))
    # A list that was emptied is a list: it is not gone as a user would be.
    assert [one for one in found if "use_after_free" not in one] == []
