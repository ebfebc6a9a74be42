"""Ports that a server may close and open again."""

import random
import socket

# Below Linux's ephemeral range (32768 and up): while a server is stopped, the kernel can't lend its port to
# somebody's outgoing connection, so a restart on the same port works.
_FIRST, _LAST = 20_000, 32_000
_given: set[int] = set()  # a port is given once: who asked for it may not listen yet when the next one asks


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port of `host` that nobody listens on now and the kernel doesn't hand out by itself."""
    for port in random.sample(range(_FIRST, _LAST), 200):
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            _given.add(port)
            return port
    raise RuntimeError(f"no free port: 200 tries between {_FIRST} and {_LAST} on {host} all failed")
