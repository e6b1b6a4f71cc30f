"""docs/websocket.md says what is so: its example runs, its codes and limits are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from jwt_auth_asgi.websockets import connection
from jwt_auth_core.one_time import WS_TICKET
from tests.websockets.peer import opened

PAGE = (Path(__file__).parents[2] / "docs" / "websocket.md").read_text("utf-8")


async def test_the_example_renews():
    """A fresh token is taken, anything else refused."""
    names: dict = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)  # noqa: S102 - the page's own code
    tokens = names["tokens"]

    socket = await opened(names["app"], tokens.issue(subject="42"))
    answers = []
    for text in (tokens.issue(subject="42"), tokens.issue(subject="43"), "hello"):
        socket.say(text)
        answers.append((await socket.next())["text"])
    renewed, *refused = answers
    assert renewed.startswith("until ")
    assert refused == ["refused: token_invalid"] * 2


def test_the_codes_are_those_of_the_code():
    """Each end has its row."""
    rows = {tuple(row) for row in re.findall(r"\| (\d{4}) `([^`]+)` \|", PAGE)}
    ends = (connection.EXPIRED, connection.REVOKED, connection.UNKNOWN)
    assert rows == {(str(end.code or connection.UNAUTHORIZED), end.reason) for end in ends}
    assert f"is {connection.PRIVATE_UNAUTHORIZED}:" in PAGE
    assert f"within {WS_TICKET.ttl_seconds} seconds" in PAGE
