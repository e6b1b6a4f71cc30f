"""No order of answers, and no loss of any, logs a browser out or leaves a second lineage.

The browser has one jar, in which the last cookie wins, and drops the access token when its time is over. Its
requests go to two processes; each answer arrives when the model says so, or never.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_asgi.browser import exchanges
from tests.auth_app.world import World
from tests.auth_app.world import settings as variables
from tests.browser_sessions.browser import ACCESS, REFRESH, Browser, application, set_cookies

TTL = 900
LONGEST_FLIGHT = 120
"""Seconds after which an answer that is still on its way is taken for lost, as browsers do."""

STEPS = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 1), st.sampled_from(["/me", "/stream", "/slow/3", "/slow/7"])),
    st.tuples(st.just("page"), st.integers(0, 1), st.integers(2, 20)),
    st.tuples(st.just("arrive"), st.integers(0, 30), st.none()),
    st.tuples(st.just("lose"), st.integers(0, 30), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 6, 30, TTL - 1, TTL, 5 * TTL]), st.none()),
    st.tuples(st.just("forget"), st.just(0), st.none()),
)


class Tab:
    """A browser before two processes; a class because it has answers on their way."""

    def __init__(self, world):
        self.world, self.flying, self.ends_at = world, [], 0
        self.browser = Browser(world)
        self.browser.sign_in()
        # A `replace` is another Auth on the same stores, as another process is.
        self.processes = [slow(application(replace(world.auth)), world) for _ in range(2)]
        for process in self.processes:
            shared = exchanges.exchanges_of(process.auth)
            shared._monotonic = lambda: world.now
            process.shared = shared
        self.jar_filled()

    def jar_filled(self):
        self.ends_at = self.world.now + TTL

    async def run(self, steps):
        """Take the steps, and look at each answer."""
        for kind, one, other in steps:
            match kind:
                case "send":
                    await self.send(one, [other])
                case "page":
                    await self.send(one, ["/me"] * other)
                case "arrive" | "lose" if self.flying:
                    _, answer = self.flying.pop(one % len(self.flying))
                    if kind == "arrive":
                        self.arrive(answer)
                case "wait":
                    self.wait(one)
                case "forget":
                    self.browser.expire()
        self.wait(TTL)
        await self.send(0, ["/me"])

    async def send(self, process, paths):
        """Send requests at once; what comes back is on its way."""
        app, sent = self.processes[process], self.world.now
        for answer in await asyncio.gather(*(self.browser.sent(path, app=app) for path in paths)):
            assert (answer.status_code, answer.text) in self.fine(), answer.text
            self.flying.append((sent, answer))

    def fine(self):
        """Return the answers to somebody who is signed in; no redirect is among them."""
        user = self.browser.user_id
        return {(200, f'{{"user":"{user}"}}'), (200, user)}

    def arrive(self, answer):
        """Let the cookies of an answer take the place of those at hand."""
        self.browser.keep(answer)
        if any(name == ACCESS for name, _, _ in set_cookies(answer)):
            self.jar_filled()
        assert REFRESH in self.browser.jar

    def wait(self, seconds):
        """Let time go by: cookies end, and answers that never came are given up."""
        self.world.now += seconds
        if self.world.now >= self.ends_at:
            self.browser.expire()
        self.flying = [one for one in self.flying if self.world.now - one[0] <= LONGEST_FLIGHT]


class slow:  # noqa: N801 - reads as a function
    """An application that takes its time between the exchange and its answer."""

    def __init__(self, app, world):
        self.auth, self.app, inner = app.auth, app, app.app

        async def paced(scope, receive, send):
            if scope["type"] == "http" and scope["path"].startswith("/slow/"):
                world.now += int(scope["path"].rpartition("/")[2])
                scope = {**scope, "path": "/me"}
            await inner(scope, receive, send)

        app.app = paced

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_no_order_and_no_loss_logs_anybody_out(steps):
    """Each request finds the user, whatever became of the answers before it, and one session is left."""
    # RF-01, RF-02, RF-03
    world = World(variables(LIMITS="off"))
    try:
        tab = Tab(world)
        asyncio.run(tab.run(steps))
        assert len(world.auth.list_sessions(tab.browser.user_id)) == 1
        assert not {event.name for event in world.events} & {"refresh_reused", "refresh_refused"}
    finally:
        world.close()


def test_twenty_requests_of_a_page_in_any_order():
    """All at once, over two processes, the answers backwards and every second one lost, again and again."""
    # RF-02, RF-03
    page = [("page", 0, 10), ("page", 1, 10)]
    arrivals = [step for _ in range(10) for step in (("arrive", 30, None), ("lose", 17, None))]
    world = World(variables(LIMITS="off"))
    tab = Tab(world)
    asyncio.run(tab.run([("wait", TTL, None), *page, *arrivals] * 5))
    assert len(world.auth.list_sessions(tab.browser.user_id)) == 1
    world.close()
