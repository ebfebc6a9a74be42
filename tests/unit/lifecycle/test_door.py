"""What the platform's own door answers, over TLS too."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from launchbook.lifecycle import door
from launchbook.local.tls import self_signed


class _Up(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "UP"}')

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server on loopback whose certificate nobody has signed."""
    certificate = tmp_path / "server.pem"
    certificate.write_bytes(self_signed("orders.example.com"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Up)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_embedded_aws_signs_its_own_certificates(port: int) -> None:
    answer = door.ask("GET", f"https://127.0.0.1:{port}/actuator/health")
    assert (answer.status, answer.body) == (200, {"status": "UP"}), answer.why


def test_by_any_name_a_certificate_has_to_be_signed_by_somebody_known(port: int) -> None:
    answer = door.ask("GET", f"https://localhost:{port}/actuator/health")
    assert answer.status == 0
    assert "CERTIFICATE_VERIFY_FAILED" in answer.why


def test_a_name_that_leads_to_an_embedded_aws_needs_no_signature_either(port: int) -> None:
    answer = door.ask("GET", f"https://localhost:{port}/actuator/health", emulated=True)
    assert (answer.status, answer.body) == (200, {"status": "UP"}), answer.why


def test_a_burst_over_tls_reads_the_authorities_of_the_machine_once(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, really = [], ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: made.append(1) or really())
    door._trust.cache_clear()
    answers = [door.ask("GET", f"https://127.0.0.1:{port}/orders") for _ in range(5)]
    assert [one.status for one in answers] == [200] * 5
    assert len(made) == 1


def test_a_name_without_an_address_is_said_as_such() -> None:
    answer = door.ask("GET", "https://orders.invalid/actuator/health")
    assert (answer.status, answer.why) == (
        0,
        "orders.invalid has no address: no DNS record leads to it from here",
    )
