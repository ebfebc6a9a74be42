"""A proxy that adds latency to an embedded AWS: each request waits before it is passed on, however many wait at once.

python -m benchmarks.support.latency TARGET_PORT SECONDS      (prints its own port)
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Copy one direction of a connection, each piece ``seconds`` later."""
    with suppress(OSError):
        while data := await reader.read(65536):
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(target: int, seconds: float) -> None:
    """Listen until killed."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, ahead = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(pass_on(reader, ahead, seconds), pass_on(behind, writer, 0))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
