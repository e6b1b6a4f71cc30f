"""fastapi-jwt: its access security as a dependency."""

from typing import Annotated

from fastapi import FastAPI, Security
from fastapi_jwt import JwtAccessBearer, JwtAuthorizationCredentials

from benchmarks.applications import PATH
from benchmarks.middleware import SECRET

security = JwtAccessBearer(secret_key=SECRET)


def app():
    made = FastAPI()

    @made.get(PATH)
    async def topics(caller: Annotated[JwtAuthorizationCredentials, Security(security)]):
        return {"user": caller["id"]}

    return made


def tokens(count: int) -> list[str]:
    return [security.create_access_token(subject={"id": f"user-{number}"}) for number in range(count)]
