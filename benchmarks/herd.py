"""A herd in a process of its own: every request at the same moment, on connections that are open already.

    {"port": 8000, "requests": ["POST /auth/login HTTP/1.1\\r\\n..."]}

as JSON on standard input; figures on standard output. One loop over bare sockets, because whatever the
herd itself spends between two answers would count as the server's.
"""

from __future__ import annotations

import json
import select
import socket
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

SETTLE_SECONDS = 0.3


@dataclass(slots=True)
class Animal:
    """One connection, when its request was sent and when its answer came."""

    connection: socket.socket
    sent: float = 0.0
    answered: float = 0.0
    answer: bytes = b""


def connected(port: int, count: int) -> list[Animal]:
    animals = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        animals.append(Animal(connection))
    time.sleep(SETTLE_SECONDS)
    return animals


def run(animals: list[Animal], requests: list[bytes]) -> None:
    poll = select.epoll()
    by_number = {animal.connection.fileno(): animal for animal in animals}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    for animal, request in zip(animals, requests, strict=True):
        animal.sent = time.perf_counter()
        animal.connection.send(request)
    while by_number:
        for number, _ in poll.poll():
            animal = by_number.pop(number)
            animal.answer = animal.connection.recv(65_536)
            animal.answered = time.perf_counter()
            poll.unregister(number)


def figures(animals: list[Animal]) -> dict[str, Any]:
    took = {animal.connection.fileno(): (animal.answered - animal.sent) * 1000 for animal in animals}
    refused = [animal for animal in animals if animal.answer[9:12] == b"503"]
    times = sorted(took[animal.connection.fileno()] for animal in refused) or [0.0]
    return {
        "count": len(animals),
        "statuses": sorted({int(animal.answer[9:12]) for animal in animals}),
        "let_in": sum(animal.answer[9:12] == b"200" for animal in animals),
        "refused": len(refused),
        "retry_after": sum(b"\r\nretry-after:" in animal.answer.lower() for animal in refused),
        "refused_p50_ms": statistics.median(times),
        "refused_max_ms": times[-1],
        "max_ms": max(took.values()),
    }


def main() -> None:
    plan = json.load(sys.stdin)
    animals = connected(plan["port"], len(plan["requests"]))
    run(animals, [request.encode() for request in plan["requests"]])
    json.dump(figures(animals), sys.stdout)


if __name__ == "__main__":
    main()
