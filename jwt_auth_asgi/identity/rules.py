"""Rules: which scopes a path needs, for applications that cannot be edited.

A rule is for its path and for whole segments below it. What a path means is the application's to
say: where one could be read in several ways, the rules of all of them hold (ASGI-08).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Final, cast

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.http.paths import route_path
from jwt_auth_asgi.identity.identity import AUTHENTICATED, User
from jwt_auth_asgi.identity.readings import readings
from jwt_auth_core.errors import InsufficientScopeError
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.scope import render_scopes

Needed = str | Collection[str] | None
"""One scope, or several that are all needed, ``authenticated`` among them; None for nothing at all."""

Rule = tuple[str, Needed | Mapping[str, Needed]]
"""A path, and what it needs: whatever the method, or by method (``*`` for every other one)."""

_Asked = str | tuple[str, str]
"""A path, below a ``root_path`` if there is one."""

ANY: Final = "*"
WEBSOCKET: Final = "WEBSOCKET"
NOTHING: Final[frozenset[str]] = frozenset()

_KNOWN: Final = 1024
_LONGEST_KNOWN: Final = 255
_METHOD: Final = re.compile(r"[A-Z][A-Z0-9-]*|\*")
# Not so: segments that are empty or end with a dot, parameters, other slashes, a second encoding, letters
# beyond ASCII, capitals, queries. Some application takes each for another path.
_SEGMENT: Final = r"(?:/[!\"$&-.0-:<->@\[\]-~]++(?<!\.))"
_IS_PLAIN: Final = re.compile(rf"{_SEGMENT}*+/?").fullmatch
# Nearly every path is plain and has no colon: its first segment, and its first two.
_ORDINARY: Final = re.compile(r"((S)S?+)S*+/?".replace("S", _SEGMENT.replace("0-:", "0-9"))).fullmatch
_PATTERN: Final = re.compile(r"[*?#{}<>]")


@dataclass(frozen=True, slots=True)
class _Table:
    """What places need by one method, and what unusual paths need that were asked for lately.

    ``stems`` says it for the first segment of a path, and for the first two: None where more decides.
    """

    places: Mapping[str, frozenset[str]]
    stems: Mapping[str, frozenset[str] | None]
    default: frozenset[str]
    known: dict[_Asked, frozenset[str]] = field(default_factory=dict["_Asked", frozenset[str]])

    def remember(self, path: _Asked, needed: frozenset[str]) -> None:
        """Keep it: most requests are for few paths. Beginning anew is cheaper than knowing the oldest."""
        if len(self.known) >= _KNOWN:
            self.known.clear()
        self.known[path] = needed


class Rules:
    """What paths need; a class because they are sorted out once. ``exempt`` paths need nothing.

    Raises:
        TypeError: no pairs of a path and scopes.
        ValueError: a path that is none, is a pattern or has two rules, a method or a scope that cannot be.
    """

    __slots__ = ("_exempt", "_longest", "_others", "_tables")

    def __init__(self, rules: Iterable[Rule], *, exempt: Collection[str] = ()) -> None:
        self._exempt = frozenset(exempt)
        places: dict[str, Mapping[str, frozenset[str]]] = {}
        folded: dict[str, Mapping[str, frozenset[str]]] = {}
        for path, needed in map(_pair, rules):
            place = _place(path)
            if place.lower() in folded:
                msg = f"{path!r} has two rules, capitals or not; one by method says both"
                raise ValueError(msg)
            by_method = _by_method(path, needed)
            places[place] = {_method(name): _scopes(path, one) for name, one in by_method.items()}
            folded[place.lower()] = places[place]
        places |= folded
        named = {method for by_method in places.values() for method in by_method}
        self._tables = {method: _table(places, method, self._exempt) for method in named | {"GET"}}
        self._tables["HEAD"] = self._tables["GET"]
        self._others = _table(places, ANY, self._exempt)
        self._longest = max(map(len, places), default=0)

    def check(self, scope: Scope, user: User) -> None:
        """Refuse a caller who has not what the rules say.

        Raises:
            NotAuthenticatedError: nobody is authenticated, and a rule needs somebody.
            InsufficientScopeError: the token lacks a scope.
        """
        needed = self.needed(scope)
        if not needed:
            return
        claims = user.claims
        if claims is None:
            raise NotAuthenticatedError
        if needed <= claims.scopes:
            return
        if not all(one == AUTHENTICATED or claims.allows(one) for one in needed):
            raise InsufficientScopeError(needed - {AUTHENTICATED})

    def needed(self, scope: Scope) -> frozenset[str]:
        """Return the scopes that a request needs; none where no rule names it."""
        path: str = scope.get("path", "")
        root: str | None = scope.get("root_path")
        method: str = scope.get("method", ANY) if scope["type"] == "http" else WEBSOCKET
        if method == "OPTIONS" and _is_preflight(scope):
            return NOTHING
        table = self._tables.get(method)
        if table is None:
            table = self._tables.get(method.upper(), self._others)
        ordinary = None if root else _ORDINARY(path)
        if ordinary is None:
            found = table.known.get((root, path) if root else path)
            return self._found(path, root or "", table) if found is None else found
        stems, first = table.stems, ordinary[2]
        found = stems.get(first, table.default)
        if found is None:
            found = stems.get(ordinary[1], table.places.get(first, table.default))
            if found is None:
                return NOTHING if path in self._exempt else self._of(path, 0, table.places)
        return found

    def _found(self, path: str, root: str, table: _Table) -> frozenset[str]:
        below = route_path({"path": path, "root_path": root}) if root else path
        if below in self._exempt:
            found = NOTHING
        elif (
            _IS_PLAIN(below) is None
            or ":$" in below
            or (root and below == path and root.rstrip("/").casefold() in path)
        ):
            found = NOTHING.union(*(self._of(*one, table.places) for one in readings(path, root)))
        elif below == path:
            found = self._of(path, 0, table.places)
        else:  # an application that does not know of `root_path` routes by the whole path
            found = self._of(below, 0, table.places) | self._of(path, len(root), table.places)
        if len(path) <= _LONGEST_KNOWN:
            table.remember((root, path) if root else path, found)
        return found

    def _of(self, path: str, least: int, places: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Return what the longest rule for a path says, of those of some places that are so long at least."""
        end, longest = len(path), self._longest
        if end > longest:  # nothing beyond it decides, however long the path
            end = longest if path[longest] == "/" else path.rfind("/", 0, longest)
        while end >= least:
            found = places.get(path[:end])
            if found is not None:
                return found
            end = path.rfind("/", 0, end)
        return NOTHING


def _table(
    places: Mapping[str, Mapping[str, frozenset[str]]], method: str, exempt: Collection[str]
) -> _Table:
    """Return the places whose rules name a method, or every other one, with what they need."""
    found = {place: by_method.get(method, by_method.get(ANY)) for place, by_method in places.items()}
    said = {place: needed for place, needed in found.items() if needed is not None}
    undecided = {stem for path in exempt for stem in _stems(path)}
    undecided |= {stem for place in said for stem in _stems(place) if stem != place}
    return _Table(said, said | dict.fromkeys(undecided), said.get("", NOTHING))


def _stems(path: str) -> list[str]:
    """Return the first segment of a path, and the first two."""
    segments = path.split("/")
    return ["/".join(segments[:2]), "/".join(segments[:3])]


def _pair(rule: object) -> Rule:
    pair = cast("tuple[object, ...]", rule) if isinstance(rule, (tuple, list)) else ()
    if len(pair) != 2 or not isinstance(pair[0], str):  # noqa: PLR2004
        msg = f'rules are pairs of a path and scopes, such as [("/admin", "admin:use")]: {rule!r} is none'
        raise TypeError(msg)
    return cast("Rule", pair)


def _by_method(path: str, needed: Needed | Mapping[str, Needed]) -> Mapping[str, Needed]:
    if not isinstance(needed, Mapping):
        return {ANY: needed}
    if not needed:
        msg = f"the rule for {path!r} names no method: None needs nothing whatever the method"
        raise ValueError(msg)
    return cast("Mapping[str, Needed]", needed)


def _place(path: str) -> str:
    if not path.startswith("/"):
        msg = f'a path starts with "/": {path!r} does not'
        raise ValueError(msg)
    if _PATTERN.search(path):
        msg = f"the path {path!r} is a pattern or has a query: a rule is for its path and all that is below"
        raise ValueError(msg)
    if not path.isascii():
        msg = f"the path {path!r} has letters beyond ASCII, which have several spellings: name what is above"
        raise ValueError(msg)
    if not _IS_PLAIN(path.lower()):
        msg = f"the path {path!r} has empty or dotted segments, parameters, or escapes: write what they mean"
        raise ValueError(msg)
    return path.rstrip("/")


def _method(name: str) -> str:
    if not _METHOD.fullmatch(name):
        msg = f"{name!r} is no method: write GET, POST, WEBSOCKET or * for every other one"
        raise ValueError(msg)
    if name == "HEAD":
        raise ValueError("HEAD is GET without its body: name GET")
    return name


def _scopes(path: str, needed: Needed) -> frozenset[str]:
    if needed is None:
        return NOTHING
    scopes = frozenset({needed} if isinstance(needed, str) else needed)
    if not scopes:
        msg = f"the rule for {path!r} names no scope: 'authenticated' lets in everybody who has a token"
        raise ValueError(msg)
    render_scopes(scopes)
    return scopes


def _is_preflight(scope: Scope) -> bool:
    """Tell whether a browser asks, without credentials, what it may send (Fetch, section 3.2.2)."""
    names = {name for name, _ in scope.get("headers", ())}
    return {b"origin", b"access-control-request-method"} <= names


NO_RULES: Final = Rules(())
