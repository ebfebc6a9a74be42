"""Takes what it is sent and forgets it: traces, and messages to a queue. `python -m benchmarks.support.sink PORT`."""

import json
import sys

from aiohttp import web


async def take(request: web.Request) -> web.Response:
    """Read the body; a batch of messages is answered as SQS answers it, all taken."""
    body = await request.read()
    if not request.headers.get("X-Amz-Target", "").endswith("SendMessageBatch"):
        return web.Response()
    taken = [{"Id": entry["Id"], "MessageId": entry["Id"]} for entry in json.loads(body)["Entries"]]
    return web.json_response({"Successful": taken})


if __name__ == "__main__":
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", take)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
