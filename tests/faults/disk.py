"""The append-only file of a Valkey server: waited for, copied, put back."""

from __future__ import annotations

import shutil
from pathlib import Path

import redis

from tests.end_to_end.serving import until
from tests.servers.valkey import Valkey


def on_file(server: Valkey) -> None:
    """Wait until all that was written is in the file; with everysec a busy disk holds it up for a while."""
    with redis.Redis.from_url(server.url) as direct:
        until(lambda: direct.info("persistence")["aof_buffer_length"] == 0)


def backup(server: Valkey, to: Path) -> None:
    """Kill a server and copy its file; then start it again."""
    on_file(server)
    server.kill()
    shutil.copytree(server.directory / "appendonlydir", to)
    server.start()


def restore(server: Valkey, saved: Path) -> None:
    """Kill a server and put an earlier file in the place of the newer one; then start it again."""
    server.kill()
    shutil.rmtree(server.directory / "appendonlydir")
    shutil.copytree(saved, server.directory / "appendonlydir")
    server.start()
