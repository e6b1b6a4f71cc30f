"""No order of answers, and no loss of any, makes a browser the admin's before what was begun in it is ended.

As in `test_model`: the browser has one jar, its requests go to two processes, and each answer arrives when
the model says so, or never.
"""

from __future__ import annotations

import asyncio

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.auth_app.suite.client import LOGIN, PASSWORD
from tests.auth_app.world import World
from tests.auth_app.world import settings as variables
from tests.browser_sessions.browser import ACCESS, SAME, Browser, names
from tests.browser_sessions.test_model import TTL, Tab

ACTING = "__Host-acting"
COOKIES = {"transport": "cookies"}
EVE = {"email": "eve@example.com", "password": PASSWORD, "first_name": "Eve", "last_name": "Adams"}

SENDS = ["begin", "end", "refresh", "page", "slow"]
STEPS = st.one_of(
    st.tuples(st.sampled_from(SENDS), st.integers(0, 1)),
    st.tuples(st.sampled_from(["arrive", "lose"]), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from([1, 6, 30, TTL])),
    st.tuples(st.just("forget"), st.just(0)),
)


class AdminsTab(Tab):
    """A browser in which an admin is signed in; `Tab` tells time and keeps what is on its way."""

    def __init__(self, world):
        super().__init__(world)
        answer = Browser(world).fetch("/auth/register", method="POST", json=EVE)
        self.eve, self.ada = answer.json()["user_id"], self.browser.user_id
        world.auth.end_user.set_scopes(self.ada, ["auth:admin"])
        self.browser.fetch("/auth/login", method="POST", headers=SAME, json={**LOGIN, **COOKIES})
        self.jar_filled()

    async def run(self, steps):
        """Take the steps, and look at each answer; then end it, and be the admin again."""
        for kind, one in steps:
            match kind:
                case "arrive" | "lose" if self.flying:
                    _, answer = self.flying.pop(one % len(self.flying))
                    if kind == "arrive":
                        self.arrive(answer)
                case "wait":
                    self.wait(one)
                case "forget":
                    self.browser.expire()
                case "arrive" | "lose":
                    pass
                case _:
                    await self.ask(kind, self.processes[one])
        self.arrive(await self.sent("end", self.processes[0]))
        assert ACTING not in self.browser.jar
        self.browser.expire()
        assert (await self.browser.fetched("/me")).json()["user"] == self.ada

    async def ask(self, kind, app):
        """Send a request, whose answer is on its way; whom a page is for is plain by the cookies."""
        is_acting = ACTING in self.browser.jar
        answer = await self.sent(kind, app)
        self.flying.append((self.world.now, answer))
        if kind in {"page", "slow"}:
            found = answer.json()["user"]
            assert found in ({self.eve, ""} if is_acting else {self.ada}), self.browser.jar.keys()
        if is_acting and kind == "refresh":
            assert answer.status_code == 409, answer.text

    async def sent(self, kind, app):
        """Send a request of a kind."""
        paths = {
            "begin": f"/auth/admin/api/users/{self.eve}/impersonate",
            "end": "/auth/admin/api/impersonation/end",
            "refresh": "/auth/refresh",
        }
        if kind in paths:
            return await self.browser.sent(paths[kind], method="POST", headers=SAME, json=COOKIES, app=app)
        return await self.browser.sent("/me" if kind == "page" else "/slow/3", app=app)

    def arrive(self, answer):
        """Keep the cookies of an answer."""
        self.browser.keep(answer)
        if ACCESS in names(answer):
            self.jar_filled()


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=20))
@example([("begin", 0), ("refresh", 0), ("arrive", 1), ("arrive", 0), ("forget", 0), ("page", 0)])
@example([("forget", 0), ("page", 1), ("begin", 0), ("arrive", 1), ("arrive", 0), ("page", 0)])
@example([("forget", 0), ("begin", 1), ("arrive", 0), ("page", 0), ("wait", TTL), ("page", 0)])
def test_nobody_is_the_admin_unawares(steps):
    """With the acting cookie a page is the user's or nobody's, without it the admin's."""
    world = World(variables(LIMITS="off"))
    try:
        asyncio.run(AdminsTab(world).run(steps))
        assert not {event.name for event in world.events} & {"refresh_reused", "refresh_refused"}
    finally:
        world.close()
