"""The OpenAPI document: it lists the routes that there are, and what it says of answers is true."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest

from jwt_auth_asgi.app.endpoints import endpoints
from jwt_auth_asgi.features import operations
from tests.auth_app.suite.client import ADA, LOGIN, Client
from tests.auth_app.suite.test_requests import every_answer
from tests.auth_app.world import broken


@pytest.fixture
def document(client):
    """Return the document as served."""
    return client.get("/auth/openapi.json").json()


def operation_of(document, request):
    """Return the operation that a request was for."""
    path = re.sub("[0-9a-f]{32}", "{session_id}", request.url.path.removeprefix("/auth"))
    return document["paths"][path][request.method.lower()]


def check(document, answer):
    """Hold an answer against what the document says of its status."""
    said = operation_of(document, answer.request)["responses"][str(answer.status_code)]
    schema = said["content"][answer.headers["content-type"]]["schema"]
    jsonschema_rs.validator_for(schema).validate(answer.json())
    for name, header in said["headers"].items():
        if name.lower() in answer.headers:
            value = answer.headers[name]
            typed = int(value) if header["schema"]["type"] == "integer" else value
            jsonschema_rs.validator_for(header["schema"]).validate(typed)


def test_the_document_is_valid(document):
    """Every schema in it is a schema, and the frame is OpenAPI 3.1's."""
    assert document["openapi"].startswith("3.1")
    for path in document["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for media in answer.get("content", {}).values():  # a redirect has none
                    assert jsonschema_rs.meta.is_valid(media["schema"])


def test_the_document_lists_the_routes(document):
    """No route is missing and none is invented."""
    listed = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    assert listed == {(one.path, one.method) for one in endpoints()}


def test_the_server_is_where_the_app_is_mounted(document):
    """Paths are relative to the mount point, and the token URL is absolute."""
    assert document["servers"] == [{"url": "/auth"}]
    scheme = document["components"]["securitySchemes"][operations.PASSWORD_FLOW]
    assert scheme["flows"]["password"]["tokenUrl"] == "/auth/login"


def test_operations_stand_alone(document):
    """No operation refers elsewhere, so that any framework can take one over."""
    assert "$ref" not in str(document["paths"])


def test_every_security_requirement_is_defined(document):
    """An operation names only schemes that the document has."""
    schemes = set(document["components"]["securitySchemes"])
    for item in document["paths"].values():
        for operation in item.values():
            assert {name for one in operation["security"] for name in one} <= schemes


def test_what_it_says_of_answers_is_true(client, document):
    """Successes and failures of every route fit their schemas, and each status is listed."""
    for answer in every_answer(client):
        check(document, answer)


@pytest.mark.parametrize(
    ("flow", "body"), [("login", LOGIN), ("refresh", {"refresh_token": "x"}), ("logout", {})]
)
def test_what_it_says_of_outages_is_true(app_factory, world, document, flow, body):
    """503 of every route fits its schema and comes with Retry-After."""
    answer = Client(app_factory(broken(world.auth, flow))).post(f"/auth/{flow}", json=body)
    check(document, answer)
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


def test_examples_are_requests_that_work(client, document):
    """What the document shows as a request is accepted as it stands."""
    for path, status in (("/register", 201), ("/login", 200)):
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        example = {name: schema["properties"][name]["examples"][0] for name in schema["required"]}
        assert client.post(f"/auth{path}", json=example).status_code == status


def test_request_schemas_take_what_the_routes_take(document):
    """The suite's own requests fit the request schemas."""
    for path, body in (("/register", ADA), ("/login", LOGIN), ("/login", {**LOGIN, "transport": "body"})):
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        jsonschema_rs.validator_for(schema).validate(body)


def test_every_code_of_an_answer_is_listed(client, document):
    """A problem's code is one of those that the document lists for its status."""
    for answer in every_answer(client):
        if answer.headers["content-type"] == operations.PROBLEM:
            said = operation_of(document, answer.request)["responses"][str(answer.status_code)]
            codes = said["content"][operations.PROBLEM]["schema"]["properties"]["code"]["enum"]
            assert answer.json()["code"] in codes
