"""An application on the embedded file of the environment; cheap passwords, so that it writes a lot."""

from jwt_auth_core import Settings
from tests.end_to_end.site import build, on_fastapi

app = on_fastapi(build(Settings.from_env(), events=[]))
