"""Threads of the core: one design, and who needs another one says why."""

import ast

from tests.house.sources import files, place, tree

OTHERS = {  # file -> why it has a thread that does not repeat a step in the background
    "jwt_auth_core/database/resolver.py": "one look-up each, which nothing can interrupt",
    "jwt_auth_core/passwords/pwned.py": "one question each, which may hang in the look-up of a name",
    "jwt_auth_core/hooks/bounded.py": "one call each of the application's, which may hang",
    "jwt_auth_core/keys/deadline.py": "ends one exchange, whose own thread waits for the other side",
}


def started(path):
    """Yield every place where a file makes a thread or a timer."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"Thread", "Timer"}:
            yield place(path, node)


def test_work_in_the_background_has_one_home():
    """Only ``background.py`` makes threads that go on, and the listed files those that do not."""
    homes = {"jwt_auth_core/background.py", *OTHERS}
    found = [one for path in files("jwt_auth_core") for one in started(path)]
    assert {one.partition(":")[0] for one in found} == homes, found
