"""docs/authorization.md says what is so: its examples run, its table is the rule."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core.tokens.covering import covers
from tests.asgi.drive import bearer, get

PAGE = (Path(__file__).parents[2] / "docs" / "authorization.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COVERING = PAGE.partition("## Beside the endpoint")[0]
ROWS = [row.strip("|\n").split(" | ") for row in re.findall(r"^\| `.*\n", COVERING, re.MULTILINE)]


@pytest.fixture(scope="module")
def page():
    """Run the page's examples; return the names that they define."""
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(block, names)  # noqa: S102 - the page's own code
    return names


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_what_a_scope_covers(row):
    """Each scope of the second cell is covered, none of the third."""
    for granted in re.findall(r"`([^`]+)`", row[0]):
        covered, others = (re.findall(r"`([^`]+)`", cell) for cell in row[1:])
        assert all(covers(granted, one) for one in covered)
        assert not any(covers(granted, one) for one in others)


@pytest.mark.parametrize(
    ("path", "scopes", "status"),
    [
        ("/admin/users", {"admin:use"}, 200),
        ("/admin/users", {"reports:*"}, 403),
        ("/administration", set(), 200),
        ("//admin", set(), 403),
        ("/reports/7", {"reports:*"}, 200),
        ("/files/7", set(), 200),
    ],
)
def test_the_rules_do_what_the_page_says(page, path, scopes, status):
    """A token is asked for the scopes of the longest rule."""
    token = page["tokens"].issue(subject="42", scopes=scopes)
    assert get(page["app"], path, bearer(token)).status == status


@pytest.mark.parametrize(
    ("app", "path", "scopes", "status"),
    [
        ("site", "/reports", {"reports:read"}, 200),
        ("site", "/reports", set(), 403),
        ("site", "/me", set(), 200),
        ("api", "/reports", {"reports:*"}, 200),
        ("api", "/reports", {"topics:read"}, 403),
    ],
)
def test_endpoints_are_guarded_as_the_page_says(page, app, path, scopes, status):
    """On Starlette and on FastAPI."""
    token = page["tokens"].issue(subject="42", scopes=scopes)
    assert get(page[app], path, bearer(token)).status == status


@pytest.mark.parametrize(
    ("name", "proof", "status"),
    [
        ("publish", {"age": 200}, 200),
        ("publish", {"age": 301}, 401),
        ("keys", {"age": 10**6, "amr": {"pwd", "otp", "mfa"}, "acr": "aal2"}, 200),
        ("keys", {"age": 1, "amr": {"pwd"}, "acr": "aal1"}, 401),
    ],
)
def test_a_login_is_asked_for_as_the_page_says(page, name, proof, status):
    """Fresh enough, by the methods and on the level that stand there."""
    tokens, age = page["tokens"], proof["age"]
    said = {name: value for name, value in proof.items() if name != "age"}
    token = tokens.issue(subject="42", scopes={"reports:write"}, auth_time=int(tokens.now()) - age, **said)
    app = BearerMiddleware(Starlette(routes=[Route("/", page[name])]), tokens)
    assert get(app, "/", bearer(token)).status == status


@pytest.mark.parametrize(("path", "status"), [("/files/7", 401), ("/files/public/7", 200), ("/other", 200)])
def test_nobody_passes_where_no_rule_is(page, path, status):
    """Without a token only what has no rule, or an empty one, is open."""
    assert get(page["app"], path).status == status
