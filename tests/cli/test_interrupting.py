"""Ctrl+c amid a change: nobody knows what came of it, and that is said and written down."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.cli.program import until
from tests.cli.test_end import audit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.program import Program, RunningSandbox


@contextmanager
def answering_no_change(sandbox: RunningSandbox) -> Iterator[str]:
    """The URL of a Twilio that answers what is read, and nothing that is to be changed."""
    over = threading.Event()
    direct = build_opener(ProxyHandler({}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = Request(sandbox.url + self.path, headers={"Authorization": self.headers["Authorization"]})  # noqa: S310 - our own
            try:
                answer = direct.open(asked)
            except HTTPError as error:
                answer = error
            with answer:
                body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            over.wait()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            over.set()
            server.shutdown()


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("create fresh", "the room was created"),
        ("end board --yes", "board ({room}) was ended"),
        ("record board start --yes", "the recording of board ({room}) was started"),
        ("kick board alice --yes", "alice ({person}) was removed from board ({room})"),
    ],
)
def test_who_interrupts_a_change_is_told_that_it_may_be_done(
    roomtui: Program, sandbox: RunningSandbox, command: str, what: str
) -> None:
    room = sandbox.create("board")["sid"]
    person = sandbox.join("board", "alice")["sid"]
    with answering_no_change(sandbox) as url:
        process = roomtui.start(*command.split(), "--api-url", url)
        until(lambda: [line["phase"] for line in audit(roomtui)] == ["before"])
        process.send_signal(signal.SIGINT)
        done = roomtui.done(process, *process.communicate(timeout=30))
    assert done.code == 130
    assert f"it is not known whether {what.format(room=room, person=person)}." in done.err
    assert audit(roomtui)[-1]["phase"] == "after"
