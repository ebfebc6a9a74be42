"""Whoever is told something: an endpoint on loopback that takes calls and alarms, and confirms each subscription."""

from __future__ import annotations

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Readers:
    """Listens until it is closed; ``address`` is where."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if asked.get("Type") == "SubscriptionConfirmation":
            threading.Thread(target=urllib.request.urlopen, args=[asked["SubscribeURL"]], daemon=True).start()

    def log_message(self, *_: object) -> None:
        pass
