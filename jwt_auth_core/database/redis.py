"""Redis: connecting to every form of it, pipelines that never mix up replies, errors in our words.

The driver repeats no call behind the caller's back, so none waits longer than its socket timeouts: at most
``timeout_seconds`` to connect and again for each answer (a sentinel or a cluster's node that is
silent costs one more).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Final

from jwt_auth_core.database.circuits.circuit import SILENT
from jwt_auth_core.database.redis_url import RedisUrl, parse
from jwt_auth_core.database.resp import KEY, Call, Frame, Word, Words, packed
from jwt_auth_core.database.unreached import WRONG_WORDS, chain, is_passing, reason, socket_path
from jwt_auth_core.database.wires import LOST, Wires
from jwt_auth_core.errors import MissingDriverError, StoreUnavailableError
from jwt_auth_core.steps import Steps, aside

try:
    import redis
    from redis import exceptions as its
    from redis.backoff import NoBackoff
    from redis.cluster import ClusterNode, RedisCluster
    from redis.retry import Retry
    from redis.sentinel import MasterNotFoundError, Sentinel

    from jwt_auth_core.database.circuits.redis import FAILURES, SilentError, circuit_of, heard
    from jwt_auth_core.database.clusters.redis import LateCluster
except ImportError as error:
    raise MissingDriverError("redis", extra="redis") from error

STORE: Final = "redis"
_SECONDS: Final = 1.0

Client = redis.Redis | RedisCluster
"""One server, the master that sentinels name, or a cluster."""

Forbidden: Final = its.NoPermissionError
"""What the driver raises where this user may not run a command."""

# The driver does not tell a type checker what these take.
_NODE: Final[Any] = ClusterNode
_SENTINEL: Final[Any] = Sentinel

_LOGGER: Final = logging.getLogger("jwt_auth.redis")

# Most specific first.
_IN_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (SilentError, SILENT),
    (its.AuthenticationError, "refuses the user or the password"),
    (its.NoPermissionError, "does not let this user run a command that is needed"),
    (its.BusyLoadingError, "is still loading its data"),
    (MasterNotFoundError, "cannot be reached: no sentinel that answers knows its master"),
    (its.ConnectionError, "cannot be reached"),
    (its.TimeoutError, "does not answer in time"),
    (its.OutOfMemoryError, "is out of memory"),
    (its.ReadOnlyError, "is a replica and takes no writes"),
    (its.ClusterDownError, "is a cluster that is down"),
    (its.ClusterError, "is a cluster that sends us in circles"),
    (its.RedisClusterException, "is a cluster of which no node answers for all"),
    (its.ResponseError, "refuses a command"),
)


@contextmanager
def translated(client: Client | None = None) -> Generator[None]:
    """Turn the driver's errors into StoreUnavailableError; of the URL it names the socket's path at most."""
    try:
        with nullcontext() if client is None or isinstance(client, RedisCluster) else heard(client):
            yield
    except FAILURES as exc:
        raise unavailable(exc, client) from exc


def unavailable(exc: Exception, client: Client | None = None) -> StoreUnavailableError:
    """Return our error for one of the driver's."""
    words = (words for kind, words in _IN_WORDS if isinstance(exc, kind))
    detail = next(words, "does not answer as it should")
    path = "" if isinstance(client, RedisCluster) else socket_path(client)
    why = reason(exc, path=path) if isinstance(exc, _LOST) else ""
    passing = not any(map(_is_wrong, chain(exc))) and is_passing(exc, path=path)
    return StoreUnavailableError(STORE, f"{detail}: {why}" if why else detail, is_passing=passing)


def _is_wrong(exc: BaseException) -> bool:
    """Tell whether a server has said that what we ask for is not to be had from it."""
    return isinstance(exc, (its.AuthenticationError, its.NoPermissionError)) or (
        isinstance(exc, (its.ResponseError, its.RedisClusterException)) and bool(WRONG_WORDS.search(str(exc)))
    )


def connect(url: str, *, timeout_seconds: float = _SECONDS) -> Client:
    """Return a client; the first call connects, not this one.

    Raises:
        SettingsError: the URL is of no known form.
    """
    place = parse(url)
    timeouts = {"socket_timeout": timeout_seconds, "socket_connect_timeout": timeout_seconds}
    # RESP 2: its connections are looked at for stray replies before each use, RESP 3's are not.
    common: dict[str, Any] = {**timeouts, "protocol": 2, **place.options, **_user(place)}
    if place.tls:
        common = {"ssl": True, "ssl_check_hostname": True, **common}
    if place.form == "cluster":
        return _cluster(place, common)
    if place.form == "sentinel":
        return _sentinel(place, common)
    if place.form == "socket":
        return redis.Redis(unix_socket_path=place.path, db=place.db, retry=_never(), **common)
    ((host, port),) = place.hosts
    return redis.Redis(host=host, port=port, db=place.db, retry=_never(), **common)


def _user(place: RedisUrl) -> dict[str, str | None]:
    return {"username": place.username, "password": place.password.reveal() if place.password else None}


def _never() -> Retry:
    return Retry(NoBackoff(), 0)


def _cluster(place: RedisUrl, common: Mapping[str, Any]) -> RedisCluster:
    nodes = [_NODE(host, port) for host, port in place.hosts]
    # A part of the cluster that is down must not take the rest with it.
    return LateCluster(startup_nodes=nodes, retry=_never(), require_full_coverage=False, **common)


def _sentinel(place: RedisUrl, common: Mapping[str, Any]) -> redis.Redis:
    options = dict(common)
    name, word = options.pop("sentinel_username", None), options.pop("sentinel_password", None)
    own = {**options, "username": name, "password": word.reveal() if word else None, "retry": _never()}
    sentinel = _SENTINEL(list(place.hosts), sentinel_kwargs=own)
    client: redis.Redis = sentinel.master_for(place.service, db=place.db, retry=_never(), **options)
    return client


def servers(client: Any) -> list[Any]:
    """Return the client of every server that may hold data."""
    if not isinstance(client, RedisCluster):
        return [client]
    cluster: Any = client
    return [cluster.get_redis_connection(node) for node in cluster.get_primaries()]


Reply = Any
"""What a script answered (bytes, int, None), or the error of this one call."""


class Script:
    """A constant Lua script, known to the server by its SHA-1.

    A class so that the digest is made once. A server that has forgotten the script (restart,
    failover, SCRIPT FLUSH) is told it again without the caller noticing (F-09).
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._name = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def run(self, client: Client, calls: Sequence[Call], shared: Sequence[Word] = ()) -> list[Reply]:
        """Run all calls in one round trip for each server; an error stands in its call's place.

        ``shared`` arguments come after those of each call.

        Raises:
            StoreUnavailableError: there is no reply to any call.
        """
        with translated(client):
            replies = _pipelined(client, [call.words("EVALSHA", self._name, shared) for call in calls])
            missing = [i for i, reply in enumerate(replies) if isinstance(reply, its.NoScriptError)]
            again = _pipelined(client, [calls[i].words("EVAL", self._source, shared) for i in missing])
        for i, reply in zip(missing, again, strict=True):
            replies[i] = reply
        failures = [reply for reply in replies if isinstance(reply, Exception)]
        if failures and len(failures) == len(replies):
            raise unavailable(failures[0]) from failures[0]
        return [unavailable(reply) if isinstance(reply, Exception) else reply for reply in replies]

    def running(
        self, client: Client, wires: Wires, calls: Sequence[Call], shared: Words, again: Words
    ) -> Steps[list[Reply]]:
        """Do the same in steps, on ``wires``, else by the driver: sharing ``again`` where it may be done."""
        frame = Frame(("EVALSHA", self._name, 1), shared)
        commands = [frame.packed((call.key, *call.arguments)) for call in calls]
        replies = yield from wires.exchange(commands)
        if replies is None or replies is LOST:
            words = shared if replies is None else again
            return (yield from aside(self._run_and_lay)(client, wires, calls, words))
        return replies

    def _run_and_lay(
        self, client: Client, wires: Wires, calls: Sequence[Call], shared: Sequence[Word]
    ) -> list[Reply]:
        replies = self.run(client, calls, shared)
        with suppress(*FAILURES):
            wires.lay()
        return replies


def wires(client: Client) -> Wires | None:
    """Return what exchanges whole batches with a server without blocking; a cluster has none."""
    if isinstance(client, RedisCluster):
        return None
    pool = client.connection_pool
    timeout_seconds = pool.connection_kwargs.get("socket_timeout") or _SECONDS
    return Wires(pool, store=STORE, timeout_seconds=timeout_seconds, circuit=circuit_of(client))


def _pipelined(client: Client, commands: Sequence[Words]) -> list[Reply]:
    if not commands:
        return []
    return (_on_cluster if isinstance(client, RedisCluster) else _exchange)(client, commands)


def _exchange(server: Any, commands: Sequence[Words]) -> list[Reply]:
    """Write all commands, then read all replies, on one connection of the server's pool."""
    pool = server.connection_pool
    connection = pool.get_connection()
    try:
        connection.send_packed_command([b"".join(packed(command) for command in commands)])
        replies = [_read(connection) for _ in commands]
        if any(isinstance(reply, its.ReadOnlyError) for reply in replies):
            connection.disconnect()  # demoted: the name may lead to another server by now
    except BaseException:
        # Whatever it was (a timeout, a signal, a killed thread), replies may still be under way, and
        # no other caller may ever read them (RED-3, CVE-2023-28859).
        connection.disconnect()
        raise
    else:
        return replies
    finally:
        pool.release(connection)


def _read(connection: Any) -> Reply:
    try:
        return connection.read_response()
    except its.ResponseError as exc:
        return exc


def _on_cluster(client: Any, commands: Sequence[Words]) -> list[Reply]:
    replies: list[Reply] = [None] * len(commands)
    for server, places in _by_server(client, commands, replies):
        try:
            with heard(server, client):
                got = _exchange(server, [commands[i] for i in places])
        except FAILURES as exc:
            got = [exc] * len(places)
        for i, reply in zip(places, got, strict=True):
            replies[i] = reply
    if any(map(_is_of_an_old_map, replies)):
        with suppress(*FAILURES):
            client.nodes_manager.initialize()  # the map is old: ask for the new one
    _follow(client, commands, replies)
    return replies


def _is_of_an_old_map(reply: Reply) -> bool:
    # Of a node that has kept silent it is looked for elsewhere: it may be the one that is asked for the map.
    is_lost = isinstance(reply, (its.MovedError, its.ClusterDownError, *_LOST))
    return is_lost and not isinstance(reply, SilentError)


_LOST: Final = (its.ConnectionError, its.TimeoutError, its.RedisClusterException)


def _by_server(
    client: Any, commands: Sequence[Words], replies: list[Reply]
) -> Iterator[tuple[Any, list[int]]]:
    groups: dict[str, tuple[Any, list[int]]] = {}
    for i, command in enumerate(commands):
        try:
            node = client.get_node_from_key(command[KEY])
        except its.RedisClusterException as exc:
            replies[i] = exc
            continue
        groups.setdefault(node.name, (client.get_redis_connection(node), []))[1].append(i)
    yield from groups.values()


def _follow(client: Any, commands: Sequence[Words], replies: list[Reply]) -> None:
    """Ask again where a slot has moved or is moving; the driver knows the way, one at a time."""
    lost: Exception | None = None
    for i, reply in enumerate(replies):
        if isinstance(reply, (its.AskError, its.TryAgainError)):
            try:
                replies[i] = lost or client.execute_command(*commands[i])
            except FAILURES as exc:
                replies[i] = exc
                lost = exc if isinstance(exc, _LOST) else None  # no second wait for the same silence
