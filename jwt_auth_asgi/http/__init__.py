"""What a request brings and where it comes from: headers, cookies, bodies, paths, addresses; pure ASGI."""
