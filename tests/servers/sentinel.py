"""A private master, its replica, and a sentinel that promotes the replica within a second or two."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import redis

from tests.servers.cluster import ask, until
from tests.servers.valkey import Valkey, binary

SERVICE = "sessions"


class Sentinel(Valkey):
    """The same binary as a sentinel; its options are the ports of the two that it watches."""

    def start(self, *, within_seconds: float = 20) -> Sentinel:
        """Start the process and wait until it answers."""
        self.directory.mkdir(parents=True)
        settings = self.directory / "sentinel.conf"
        settings.write_text(_configuration(self.port, **self.options), "utf-8")
        with (self.directory / "valkey.log").open("ab") as log:
            command = [binary(), str(settings), "--sentinel"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.directory)
        self._await_answer(time.monotonic() + within_seconds)
        return self


class Watched:
    """``url`` names the sentinel and the service; the master may be killed."""

    def __init__(self, directory: Path) -> None:
        self.master = Valkey(directory / "master", options={"repl-diskless-sync-delay": "0"})
        following = {"replicaof": f"127.0.0.1 {self.master.port}"}
        self.replica = Valkey(directory / "replica", options=following)
        ports = {"monitored": str(self.master.port), "replica": str(self.replica.port)}
        self.sentinel = Sentinel(directory / "sentinel", ports)

    @property
    def url(self) -> str:
        """Return the URL of the service."""
        return f"redis+sentinel://127.0.0.1:{self.sentinel.port}/{SERVICE}/0"

    def start(self) -> Watched:
        """Start all three and wait until the sentinel knows the replica."""
        self.master.start()
        self.replica.start()
        until(lambda: _info(self.replica, "replication")["master_link_status"] == "up")
        self.sentinel.start()
        until(lambda: self._known("num-slaves") == 1)
        return self

    def await_failover(self) -> None:
        """Wait until the sentinel names the replica as master."""
        until(lambda: self._known("port") == self.replica.port)

    def kill(self) -> None:
        """End all three at once."""
        for server in (self.sentinel, self.replica, self.master):
            server.kill()

    def _known(self, fact: str) -> object:
        with redis.Redis(port=self.sentinel.port, socket_timeout=5) as client:
            return client.sentinel_masters()[SERVICE][fact]


def _info(server: Valkey, section: str) -> dict[str, object]:
    found = ask(server, "INFO", section)
    assert isinstance(found, dict)
    return found


def _configuration(port: int, *, monitored: str, replica: str) -> str:
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f"sentinel monitor {SERVICE} 127.0.0.1 {monitored} 1",
        f"sentinel known-replica {SERVICE} 127.0.0.1 {replica}",  # else it asks after ten seconds
        f"sentinel down-after-milliseconds {SERVICE} 300",
        f"sentinel failover-timeout {SERVICE} 3000",
    ]
    return "\n".join(lines) + "\n"
