"""The SDK without the HTTP library that we do not use; each case in a process in which nothing is loaded yet."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SERVER = """
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *arguments):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
"""


def _run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sdk_is_loaded_without_requests() -> None:
    found = _run("import roomtui.twilio_api.sdk, sys; print(*sorted({n.partition('.')[0] for n in sys.modules}))")
    assert "twilio" in found.split()
    assert not {"requests", "urllib3", "certifi"} & set(found.split())


def test_nothing_of_the_stand_ins_is_left_behind() -> None:
    found = _run("""
import sys
finders = list(sys.meta_path)
import roomtui.twilio_api.sdk_parts
assert sys.meta_path == finders
import requests, requests.adapters
print(requests.__version__, requests.Session.__module__, requests.adapters.HTTPAdapter.__module__)
""")
    assert found.split()[1:] == ["requests.sessions", "requests.adapters"]


@pytest.mark.parametrize("before", ["", "import requests"])
def test_the_sdks_own_client_still_asks(before: str) -> None:
    found = _run(f"""
{before}
import roomtui.twilio_api.sdk_parts
{_SERVER}
from twilio.http.http_client import TwilioHttpClient
client = TwilioHttpClient(request_hooks={{}})
print(client.request("GET", url).text)
print(TwilioHttpClient(pool_connections=False).request("GET", url).text)
""")
    assert found.split() == ["hello", "hello"]


def test_a_class_may_inherit_from_a_name_that_is_for_later() -> None:
    found = _run("""
from roomtui.twilio_api import sdk_parts
from requests import Session as real
later = sdk_parts._Later("requests", "Session")
class Mine(later):
    pass
print(issubclass(Mine, real), later.__name__, sdk_parts._Later("requests", "hooks").default_hooks())
""")
    assert found.split()[:2] == ["True", "Session"]


def test_a_name_that_is_used_while_the_sdk_is_loaded_is_the_real_one() -> None:
    found = _run("""
from roomtui.twilio_api.sdk_parts import _without_what_is_unused
with _without_what_is_unused():
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.exceptions import ConnectionError as Refused
    print(type(Session()).__module__)
import requests
assert type(Session()) is requests.Session and type(Refused()) is requests.ConnectionError
print(type(HTTPAdapter()).__module__)
""")
    assert found.split() == ["requests.sessions", "requests.adapters"]
