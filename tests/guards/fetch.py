"""One request to an application, whatever its framework makes of the answer."""

import asyncio

import httpx


def fetch(app, path, *headers, method="GET"):
    """Send one request through httpx, which takes whatever a framework answers."""

    async def main():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, headers=list(headers))

    return asyncio.run(main())
