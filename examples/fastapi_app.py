"""The documented application: the auth routes and one protected route.

Start it with any of these and open http://127.0.0.1:8000/docs (which needs no internet):

    make run
    uvicorn examples.fastapi_app:app --reload
    jwt-auth serve examples.fastapi_app:app

The account has pages for people, too: http://127.0.0.1:8000/auth/account/register.
In /docs: register, press Authorize with the same e-mail and password, then ask for the topics.
"""

from fastapi_offline import FastAPIOffline
from pydantic import BaseModel

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_settings(development_settings())

app = FastAPIOffline(title="Questions", description="An example application of jwt-auth.", redoc_url=None)
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth, pages=True))


class Topics(BaseModel):
    topics: list[str]


@app.get("/questions/topics", tags=["questions"], responses={401: {"description": "No valid access token"}})
async def topics(user: CurrentUser) -> Topics:  # noqa: ARG001 - asking for the user guards the route
    """List the topics; for whoever is logged in."""
    return Topics(topics=["algebra", "geometry", "logic"])
