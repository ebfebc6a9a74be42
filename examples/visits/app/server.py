"""A counter of visits: ``POST /visits`` counts one, ``GET /healthz`` says whether the process serves.

Standard library alone; ``HOST`` and ``PORT`` choose the address, and each visit is one JSON line on stdout.
"""

import itertools
import json
import os
import signal
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_counter = itertools.count(1)


class Handler(BaseHTTPRequestHandler):
    """Answers both routes; anything else is a 404."""

    def do_GET(self) -> None:
        """``/healthz``."""
        self._answer(200, {"ok": True}) if self.path == "/healthz" else self._answer(404, {})

    def do_POST(self) -> None:
        """``/visits``: the visit's number, and an id to find it by in the log."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/visits":
            self._answer(404, {})
            return
        visit = {"id": str(uuid.uuid4()), "number": next(_counter)}
        print(json.dumps({"event": "visited", "trace": self.headers.get("X-Trace", ""), **visit}), flush=True)
        self._answer(201, visit)

    def _answer(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Health checks are not worth a line each."""


def main() -> None:
    """Serve until SIGTERM, and let open requests end."""
    server = ThreadingHTTPServer(
        (os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8000"))), Handler
    )
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(json.dumps({"event": "started", "version": os.environ.get("VERSION", "")}), flush=True)
    server.serve_forever()
    sys.exit(0)


if __name__ == "__main__":
    main()
