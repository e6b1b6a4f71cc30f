"""docs/middleware.md says what is so: its examples run, its tables are those of the code."""

import re
from pathlib import Path

import pytest

from jwt_auth_asgi.bearer import CREDENTIAL_PATHS
from jwt_auth_asgi.problems.problem import STATUS
from tests.asgi.drive import bearer, get

PAGE = (Path(__file__).parents[2] / "docs" / "middleware.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def first():
    """Run the page's first example; return the names that it defines."""
    names: dict[str, object] = {}
    exec(BLOCKS[0], names)  # noqa: S102 - the page's own code
    return names


def test_the_first_example_greets_its_callers(first):
    """With a token by name, without one as a stranger."""
    token = first["tokens"].issue(subject="42")
    assert get(first["app"], "/", bearer(token)).body == b"hello, 42"
    assert get(first["app"]).body == b"hello, stranger"


def test_the_second_example_lists_a_public_path(first):
    """Only what is listed passes without a token."""
    exec(BLOCKS[1], first)  # noqa: S102 - the page's own code
    assert (get(first["app"], "/health").status, get(first["app"]).status) == (200, 401)


def test_every_exempt_path_is_named():
    """The page lists what the middleware exempts."""
    assert [path for path in CREDENTIAL_PATHS if f"`{path}`" not in PAGE] == []


def test_the_table_of_refusals_has_real_codes():
    """Each row names a status and a code that belong together."""
    rows = re.findall(r"^\| [^|]+\| (\d{3}) \| `([a-z_]+)`", PAGE, re.MULTILINE)
    own = {"not_authenticated": 401, "invalid_request": 400}
    assert len(rows) == 5
    assert {code: int(status) for status, code in rows} == {c: {**STATUS, **own}[c] for _, c in rows}
