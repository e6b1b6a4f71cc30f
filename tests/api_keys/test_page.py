"""docs/machines.md says what is so: its example runs, its limits are those of the code."""

import re

import pytest
from starlette.testclient import TestClient

from jwt_auth_core.api_keys.key_text import is_key
from jwt_auth_core.api_keys.settings import ApiKeySettings
from jwt_auth_core.flows.api_keys.create_api_key import MOST_DAYS, MOST_SCOPES
from jwt_auth_core.flows.fields import MAXIMUM_NAME
from tests.auth_app.suite.client import ADA, LOGIN
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "machines.md").read_text("utf-8")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Have an empty working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("elsewhere")
def test_the_example_of_the_page_runs(capsys):
    """From top to bottom; it prints a key, which is revoked in the end."""
    names: dict[str, object] = {}
    block, *_ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(block, names)  # noqa: S102 - the page's own code
    assert is_key(capsys.readouterr().out.strip())
    assert names["auth"].api_keys.list(names["ada"].user_id) == []
    names["auth"].close()


def test_the_limits_are_those_of_the_code():
    """The table has the setting's default, the text the rest."""
    assert f"is made. Beyond it 409 `too_many_api_keys` | {ApiKeySettings().per_user} |" in PAGE.replace(
        "can be made", "is made"
    )
    assert (
        f"A name has 1 to {MAXIMUM_NAME} characters, a key at most {MOST_SCOPES} scopes and {MOST_DAYS} days"
        in PAGE
    )


@pytest.mark.usefixtures("elsewhere")
def test_the_example_application_tells_keys_from_people():
    """A key reads, and orders nothing."""
    names: dict[str, object] = {"__name__": "example"}
    exec((ROOT / "examples" / "api_keys.py").read_text("utf-8"), names)  # noqa: S102 - our own
    with TestClient(names["app"], base_url="https://testserver") as client:
        client.post("/auth/register", json=ADA)
        token = client.post("/auth/login", json=LOGIN).json()["access_token"]
        mine = {"authorization": f"Bearer {token}"}
        key = client.post("/auth/api-keys", json={"name": "n"}, headers=mine).json()["key"]
        theirs = {"authorization": f"Bearer {key}"}
        assert client.get("/reports", headers=theirs).json()["asked by"] == "api_key"
        assert [client.post("/orders", headers=one).status_code for one in (mine, theirs)] == [200, 403]
    names["auth"].close()
