"""Who may do what: scopes, roles that grant them, and a policy about one post.

    uvicorn examples.roles_and_policies:app

Register, then `jwt-auth roles grant ada@example.com author --development`, log in, and write.
"""

from dataclasses import dataclass

from fastapi import FastAPI, HTTPException, Request

from jwt_auth_asgi import BearerMiddleware, authorize
from jwt_auth_core import Auth, Claims, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router, require

auth = Auth.from_settings(development_settings())
auth.roles.define("author", {"posts:write"})
auth.roles.define("editor", {"posts:*"})


@dataclass
class Post:
    author: str
    text: str


@auth.policy()
def edit_post(caller: Claims, post: Post) -> bool:
    """Authors edit their own posts, editors any."""
    return post.author == caller.subject or caller.allows("posts:edit-any")


posts: dict[int, Post] = {}

app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.post("/posts", status_code=201)
@require("posts:write")  # shown in the OpenAPI document
async def write(user: CurrentUser, text: str) -> dict[str, int]:
    number = len(posts) + 1
    posts[number] = Post(user.identity, text)
    return {"post": number}


@app.put("/posts/{number}")
@require("posts:write")
async def edit(request: Request, number: int, text: str) -> dict[str, str]:
    post = posts.get(number)
    if post is None:
        raise HTTPException(404)
    await authorize(request, edit_post, post)  # 403 with the name of the policy, and a row of the audit
    post.text = text
    return {"text": post.text}
