"""Responses: rendered in one go, and still what Starlette takes for its own."""

from starlette.responses import Response

from jwt_auth_asgi.problems.responses import json_response


def test_a_response_has_all_that_starlettes_own_has():
    """Starlette's initialiser is left out: whatever it sets on a response is set by ours, and no more."""
    assert vars(json_response(200, {})).keys() == vars(Response()).keys()
