"""A stand-in for a foreign image: answers 200 to every request on each port, and says that it is one."""

from __future__ import annotations

import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"a stand-in of the embedded AWS\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _answer

    def log_message(self, *parts: object) -> None:
        print(self.command, self.path, 200, flush=True)


def main() -> None:
    """``stand_in HOST PORT,PORT…``: serve until SIGTERM; without a port just run."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    host, ports = sys.argv[1], [int(port) for port in sys.argv[2].split(",") if port]
    for port in ports:
        server = ThreadingHTTPServer((host, port), _Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    stopping.wait()


if __name__ == "__main__":
    main()
