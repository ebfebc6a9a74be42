"""Answers 200 to whatever it is sent and forgets it: `python -m benchmarks.support.sink PORT`."""

import sys

from aiohttp import web


async def take(request: web.Request) -> web.Response:
    """Read the body, as a collector would."""
    await request.read()
    return web.Response()


if __name__ == "__main__":
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", take)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
