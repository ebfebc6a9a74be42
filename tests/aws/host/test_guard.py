"""The loopback guard, in an interpreter of its own: an audit hook can't be taken out again."""

import subprocess
import sys

_PROGRAM = """
import http.client, socket
from launchbook.local.guard import Guard

guard = Guard()
guard.install()
def refused(act):
    try:
        act()
    except PermissionError as error:
        return "loopback addresses only" in str(error)
    return False
assert refused(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1))
assert refused(lambda: http.client.HTTPConnection("hooks.example.com", timeout=1).request("GET", "/"))
assert refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.2", 53)))
listener = socket.create_server(("127.0.0.1", 0))
socket.create_connection(listener.getsockname(), timeout=1).close()
socket.create_connection(("localhost", listener.getsockname()[1]), timeout=1).close()
assert [row["destination"].split(":")[0] for row in guard.list()] == ["192.0.2.1", "hooks.example.com", "192.0.2.2"]
"""


def test_this_machine_may_be_reached_and_no_other():
    subprocess.run([sys.executable, "-c", _PROGRAM], check=True, timeout=20)
