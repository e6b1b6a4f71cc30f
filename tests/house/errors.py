"""Every public error, wherever it stands. ``python -m tests.house.errors`` writes ``docs/errors.md``."""

from __future__ import annotations

import ast
import importlib
import inspect
from types import ModuleType

from jwt_auth_asgi import errors as edge_errors
from jwt_auth_asgi.problems.problem import STATUS
from jwt_auth_core import errors
from jwt_auth_core.errors import AuthError
from tests.house.sources import ROOT, files, module_name, tree

TREES = {errors: "jwt_auth_core", edge_errors: "jwt_auth_asgi"}  # the drawn ones: root and families
PAGE = ROOT / "docs" / "errors.md"
HEAD = """# Errors

Every error of the library has one root, `jwt_auth_core.errors.AuthError`, and a stable `code`, which is also
the `code` of the problem document that HTTP answers with. Catching a parent is always safe. A status in
brackets: the cause is an operator's mistake or a fault of ours; the client learns no more than "try again
later", and the log has the rest.

| error | code | HTTP | raised when |
| --- | --- | --- | --- |
"""


def declared(module: ModuleType) -> list[type[AuthError]]:
    """Return the public error classes that a module defines."""
    own = (c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__)
    return [c for c in own if issubclass(c, AuthError) and not c.__name__.startswith("_")]


def elsewhere() -> list[type[AuthError]]:
    """Return the errors that stand in the noun file of their room, in the order of the files.

    They are found in the text, by the name of their parent, so that only such files are imported.
    """
    known = {cls.__name__ for module in TREES for cls in declared(module)}
    trees = {module.__name__ for module in TREES}
    paths = [path for path in files(*TREES.values(), "jwt_auth_fastapi") if module_name(path) not in trees]
    found: dict[str, str] = {}
    size = -1
    while size < len(found):  # a child may stand in a file before its parent's
        size = len(found)
        for path in paths:
            new = [name for name, above in _bases(path).items() if above & (known | found.keys())]
            found |= dict.fromkeys(new, module_name(path))
    classes = [getattr(importlib.import_module(module), name) for name, module in found.items()]
    return [cls for cls in classes if not cls.__name__.startswith("_")]


def _bases(path) -> dict[str, set[str]]:
    classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return {c.name: {getattr(b, "id", getattr(b, "attr", "")) for b in c.bases} for c in classes}


ERRORS = [*(cls for module in TREES for cls in declared(module)), *elsewhere()]
PARENTS = {parent for cls in ERRORS for parent in cls.__mro__[1:]}


def page() -> str:
    """Return the text of ``docs/errors.md``."""
    return HEAD + "\n".join(_row(cls) for cls in sorted(ERRORS, key=_lineage) if cls is not AuthError) + "\n"


def _lineage(cls: type) -> list[str]:
    return [c.__name__ for c in reversed(cls.__mro__)]


def _row(cls: type[AuthError]) -> str:
    sentence = inspect.cleandoc(cls.__doc__).splitlines()[0].replace("``", "`")
    said = sentence.removeprefix("Raised when ").removeprefix("Raised ")
    status = cls.status if hasattr(cls, "status") else STATUS.get(cls.code, "")
    shown = f"({status})" if status == 503 and not issubclass(cls, errors.UnavailableError) else status
    return f"| `{cls.__module__}.{cls.__name__}` | `{cls.code}` | {shown} | {said} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
