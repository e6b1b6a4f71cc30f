"""Which paths a rule names: exact texts, compared with what the application routes by.

No prefix, no pattern, no normalisation: whatever is not listed letter by letter is not listed (ASGI-08).
"""

from __future__ import annotations

from collections.abc import Collection

from jwt_auth_asgi.asgi import Scope


def route_path(scope: Scope) -> str:
    """Return ``scope["path"]`` below ``root_path``: the path as a mounted application sees it.

    A path outside ``root_path`` is returned whole: some servers leave the prefix off.
    """
    path: str = scope.get("path", "")
    root: str = scope.get("root_path") or ""
    if not root or root.endswith("/"):
        return path
    below = path.removeprefix(root)
    return below if not below or below.startswith("/") else path


def whole_path(scope: Scope) -> str:
    """Return the path as clients see it: with ``root_path`` in front where the server left that off.

    In an application that Starlette mounts, ``root_path`` has grown by where it is mounted, which the path
    never lacks.
    """
    path: str = scope.get("path", "")
    root = (scope.get("root_path") or "").rstrip("/")
    outer = outer_root(scope)
    return path if _is_below(path, root) or _is_below(path, outer) else outer + path


def inner_path(scope: Scope) -> str:
    """Return the whole path without the ``root_path`` of the server: what the application routes by."""
    return whole_path(scope).removeprefix(outer_root(scope))


def outer_root(scope: Scope) -> str:
    """Return the ``root_path`` that the server gave, without the mounts of applications in one another."""
    root: str = scope.get("app_root_path", scope.get("root_path")) or ""
    return root.rstrip("/")


def _is_below(path: str, root: str) -> bool:
    return path.startswith(root + "/") or path == root


def exact_paths(paths: Collection[str]) -> frozenset[str]:
    """Return the paths as a set; raise when they cannot be paths, most likely by a slip of the pen."""
    if isinstance(paths, str):
        msg = f'paths are a collection such as {{"{paths}"}}, not one text'
        raise TypeError(msg)
    for path in paths:
        if not path.startswith("/"):
            msg = f'a path starts with "/": {path!r} does not'
            raise ValueError(msg)
    return frozenset(paths)
