"""Where a session was opened, in the list of sessions: in words, where a file is given."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.client import LOGIN
from tests.auth_app.world import World, settings
from tests.places.files import write


@pytest.fixture
def world(tmp_path):
    """Return a world with such a file, behind one proxy."""
    path = write(tmp_path / "places.mmdb")
    made = World(settings(GEOIP_FILE=str(path), TRUSTED_PROXY_COUNT="1"))
    yield made
    made.close()


def test_a_session_says_where_it_was_opened(client):
    """In the language that the browser asks for; of an address that nobody knows it is null."""
    client.register()
    for address in ("203.0.113.9", "198.51.100.250"):
        asked = {**LOGIN, "transport": "body"}
        answer = client.post("/auth/login", json=asked, headers={"x-forwarded-for": address})
        token = answer.json()["access_token"]
    headers = {"authorization": f"Bearer {token}", "accept-language": "de"}
    told = client.get("/auth/sessions", headers=headers).json()["sessions"]
    assert [one["place"] for one in told] == ["Berlin, Deutschland", None]


class TestWithout:
    """No ``GEOIP_FILE``."""

    @pytest.fixture
    def world(self):
        """Return a world that knows no places."""
        made = World(settings())
        yield made
        made.close()

    def test_nothing_is_said(self, client):
        """Not even that."""
        client.register()
        token = client.login().json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        (told,) = client.get("/auth/sessions", headers=headers).json()["sessions"]
        assert "place" not in told
