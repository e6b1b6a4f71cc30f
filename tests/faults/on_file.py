"""Applications on the stores of the environment; cheap passwords, so that they write a lot."""

from jwt_auth_core import Settings
from tests.end_to_end.site import build, on_fastapi, on_starlette

app = on_fastapi(build(Settings.from_env(), events=[]))


def starlette():
    """Return the one on Starlette, for a process that is to serve no other."""
    return on_starlette(build(Settings.from_env(), events=[]))
