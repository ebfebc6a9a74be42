"""From a request to moto: which service serves it, found once a host name, and 501 for all that nobody serves.

moto answers 500 when an operation is missing, and SDKs and Terraform then retry for minutes; 501 is final for
all of them. Every missing operation is counted by name, for ``launchbook local status``.

moto is not made for threads: one call that adds a role while another goes through the roles breaks the other. So the
calls to one service are served one after the other, which costs nothing where the interpreter runs one thread at a
time. Planes change moto's objects without asking; a reading call that meets such a change is served again.
"""

from __future__ import annotations

import io
import logging
import threading
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from launchbook.local.answers import Answer, error
from launchbook.local.calls import Call, Request
from launchbook.local.tuning import settle, tune, tune_identity
from launchbook.local.unreal import why_not

log = logging.getLogger(__name__)

#: Seconds a call waits for another of its service. One that takes longer waits for something itself, perhaps for this.
_PATIENCE = 10.0
_ATTEMPTS = 5
_READING = ("Describe", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search", "Simulate", "Test")


class Dispatcher:
    """moto's WSGI applications behind one function. ``before`` is called with a service's name before its first use."""

    def __init__(self, before: Callable[[str], None]) -> None:
        from moto.moto_server import werkzeug_app

        tune()
        outer = self

        class Applications(werkzeug_app.DomainDispatcherApplication):
            def get_backend_for_host(self, host: str | None) -> Any:
                return outer._service_of(host)

        self.before = before
        self._create = werkzeug_app.create_backend_app
        self._moto = Applications(self._create)
        self._plain_lookup = werkzeug_app.DomainDispatcherApplication.get_backend_for_host
        self._service_of = lru_cache(4096)(self._find_service)
        self._apps: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        #: How often each operation was refused with 501, and why (first time).
        self.missing: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}

    def serve(self, request: Request, call: Call) -> Answer:
        """Answer a request; 501 for anything missing, invented or broken, never an exception."""
        invented = why_not(call.service, call.operation)
        if invented:
            return self.refuse(call, invented)
        try:
            service = self._service(request)
            if service is None:
                return self.refuse(call, "the embedded AWS has no such service")
            status, headers, body = self._alone(service, request, call)
        except NotImplementedError as missing:
            return self.refuse(call, str(missing) or "not implemented")
        except Exception as failure:
            return self.broke(call, failure)
        unrouted = status == 404 and not body and request.method != "HEAD" and service != "s3"
        if unrouted:
            return self.refuse(call, "no such route")
        return status, headers, body

    def broke(self, call: Call, failure: Exception) -> Answer:
        """The 501 answer for a mistake of ours or of moto's."""
        detail = "".join(traceback.format_exception(failure))
        return self.refuse(call, f"{type(failure).__name__}: {failure}", detail)

    def refuse(self, call: Call, why: str, detail: str = "") -> Answer:
        """The 501 answer that names the operation; logged the first time."""
        name = str(call)
        with self._lock:
            self.missing[name] += 1
            first = self.missing[name] == 1
            self.reasons.setdefault(name, why)
        if first:
            log.warning("501 %s: %s%s", name, why, f"\n{detail}" if detail else "")
        message = f"{name} is not served by the embedded AWS: {why}"
        return error(501, "NotImplemented", message, call)

    def _find_service(self, host: str | None) -> Any:
        return self._plain_lookup(self._moto, host)

    def _service(self, request: Request) -> str | None:
        path = request.path
        if path.startswith("/moto-api"):
            return "moto_api"
        if path.startswith(("/latest/meta-data/", "/latest/api/")):
            return "instance_metadata"
        host = self._moto.infer_service_region_host(environ_of(request), path)
        service: str | None = self._service_of(host or "s3.us-east-1.amazonaws.com")
        return service

    def _application(self, service: str) -> Any:
        app = self._apps.get(service)
        if app is None:
            self.before(service)
            with self._lock:
                if not self._apps:
                    tune_identity()
                app = self._apps.get(service)
                if app is None:
                    app = self._apps[service] = self._create_app(service)
                    settle()
        return app

    def _create_app(self, service: str) -> Any:
        import flask
        from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

        def unrouted(failure: HTTPException) -> Any:
            if flask.request.routing_exception is None:
                return failure
            raise NotImplementedError("no such route")

        app = self._create(service)  # type: ignore[arg-type]
        app.register_error_handler(NotFound, unrouted)
        app.register_error_handler(MethodNotAllowed, unrouted)
        return app

    def _alone(self, service: str, request: Request, call: Call) -> Answer:
        app, attempts = self._application(service), 0
        held = self._turns[service].acquire(timeout=_PATIENCE)
        try:
            while True:
                attempts += 1
                try:
                    return self._ask(app, request)
                except RuntimeError as error:
                    met = "during iteration" in str(error) and call.operation.startswith(_READING)
                    if not met or attempts == _ATTEMPTS:
                        raise
        finally:
            if held:
                self._turns[service].release()

    def _ask(self, app: Any, request: Request) -> Answer:
        said: list[Any] = []
        parts: Iterable[bytes] = app(environ_of(request), lambda *given: said.extend(given[:2]))
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()
        return int(said[0].split(" ", 1)[0]), said[1], body


def environ_of(request: Request) -> dict[str, Any]:
    """A request as WSGI has it, with the raw target where moto looks for it."""
    raw = request.headers.get(":raw-path", request.path)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode("utf-8").decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": f"{raw}?{request.query}" if request.query else raw,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": request.headers.get("host", "").rpartition(":")[2] or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    preserved: dict[str, str] = {}
    for name, value in request.headers.items():
        if name in ("content-length", "transfer-encoding", ":raw-path"):
            continue
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
            continue
        if name.startswith("x-amz-meta-") and "_" in name:
            preserved[f"HTTP_{key}"] = name
        environ[f"HTTP_{key}"] = value
    environ["moto.preserved_header_names"] = preserved
    return environ
