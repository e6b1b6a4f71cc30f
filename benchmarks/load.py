"""A load client in a process of its own: a plan as JSON on standard input, figures on standard output.

A plan names the port, how long it runs, and groups of keep-alive connections:

    {"port": 8000, "warm_seconds": 0.5, "seconds": 2, "groups": [{"name": "load", "connections": 32,
     "requests": ["GET / HTTP/1.1\\r\\n..."], "pause_seconds": 0}]}

Each connection sends its share of the requests in turn, the next when the answer is there. With "from", a
list of addresses, each connection comes from one of them; with "apart_seconds" each begins so long after the
one before. With
"refresh_path" instead of "requests", each entry of "tokens" is one client that presents its refresh token
and continues with the one in the answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import uvloop


class Answer:
    __slots__ = ("body", "head", "status")

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head, self.body, self.status = head, body, int(head[9:12])


class Connection(asyncio.Protocol):
    """One keep-alive connection: one request at a time, its answer as a future."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._received = b""
        self._answer: asyncio.Future[Answer] = self._loop.create_future()

    def connection_made(self, transport):
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data):
        self._received += data
        end = self._received.find(b"\r\n\r\n") + 4
        if end < 4:
            return
        head = self._received[:end]
        size = _content_length(head)
        if len(self._received) < end + size:
            return
        body, self._received = self._received[end : end + size], b""
        if not self._answer.done():
            self._answer.set_result(Answer(head, body))

    def connection_lost(self, exc):
        if not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed by the server"))

    def close(self) -> None:
        self._transport.abort()


def _content_length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    return int(head[place + 17 : head.find(b"\r\n", place + 17)]) if place >= 0 else 0


def post(path: str, fields: dict[str, object]) -> bytes:
    body = json.dumps(fields).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Group:
    """The connections of one group and what they measured."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.measuring = False
        self.running = True
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.connections: list[Connection] = []
        self.waiting: dict[int, float] = {}

    async def connect(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        own = cycle(self.plan.get("from") or [None])
        for _ in range(self.plan["connections"]):
            local = None if (address := next(own)) is None else (address, 0)
            _, made = await loop.create_connection(Connection, "127.0.0.1", port, local_addr=local)
            self.connections.append(made)

    def tasks(self) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._run(*pair)) for pair in enumerate(self.connections)]

    async def _run(self, number: int, connection: Connection) -> None:
        step = self._refreshing(number) if "refresh_path" in self.plan else self._cycling(number)
        request = step(None)
        pause = self.plan.get("pause_seconds", 0)
        await asyncio.sleep(number * self.plan.get("apart_seconds", 0))
        while self.running:
            self.waiting[number] = started = time.perf_counter()
            answer = await connection.ask(request)
            del self.waiting[number]
            self._note(answer, time.perf_counter() - started)
            request = step(answer)
            if pause:
                await asyncio.sleep(pause)

    def _cycling(self, number: int) -> Callable[[Answer | None], bytes]:
        count = len(self.plan["requests"])
        share = [one.encode() for one in self.plan["requests"][number % count :: self.plan["connections"]]]
        turns: Iterator[bytes] = cycle(share)
        return lambda _: next(turns)

    def _refreshing(self, number: int) -> Callable[[Answer | None], bytes]:
        path, first = self.plan["refresh_path"], self.plan["tokens"][number]

        def step(answer: Answer | None) -> bytes:
            token = first if answer is None else json.loads(answer.body)["refresh_token"]
            return post(path, {"refresh_token": token})

        return step

    def _note(self, answer: Answer, seconds: float) -> None:
        if not self.measuring:
            return
        self.latencies.append(seconds * 1000)
        self.statuses[answer.status] += 1

    def stop(self) -> None:
        """Stop measuring; a request without an answer has lasted at least until now."""
        if "requests" in self.plan and self.plan.get("pause_seconds"):
            now = time.perf_counter()
            self.latencies += [(now - started) * 1000 for started in self.waiting.values()]
        self.measuring = self.running = False

    def figures(self, seconds: float) -> dict[str, Any]:
        ordered = sorted(self.latencies) or [0.0]
        return {
            "count": len(self.latencies),
            "per_second": len(self.latencies) / seconds,
            "statuses": dict(self.statuses),
            "p50_ms": statistics.median(ordered),
            "p99_ms": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
            "max_ms": ordered[-1],
        }


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    groups = {one["name"]: Group(one) for one in plan["groups"]}
    for group in groups.values():
        await group.connect(plan["port"])
    await asyncio.sleep(plan.get("wait_seconds", 0))
    started = time.perf_counter()
    tasks = [task for group in groups.values() for task in group.tasks()]
    if "seconds" in plan:
        await _measure(plan, groups)
        started = time.perf_counter() - plan["seconds"]
    await asyncio.gather(*[task for task in tasks if "seconds" not in plan])
    spent = time.perf_counter() - started
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for group in groups.values():
        for connection in group.connections:
            connection.close()
    return {name: group.figures(spent) for name, group in groups.items()}


async def _measure(plan: dict[str, Any], groups: dict[str, Group]) -> None:
    await asyncio.sleep(plan.get("warm_seconds", 0.5))
    for group in groups.values():
        group.measuring = True
    await asyncio.sleep(plan["seconds"])
    for group in groups.values():
        group.stop()


def main() -> None:
    plan = json.load(sys.stdin)
    os.nice(plan.get("nice", 0))
    print(json.dumps(uvloop.run(run(plan))))


if __name__ == "__main__":
    main()
