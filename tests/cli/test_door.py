"""What every command has in common: options, help, exit codes, and one sentence for whatever goes wrong."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from roomtui.cli.main import not_allowed_here
from tests.cli.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import Done, RunningSandbox

COMMANDS = ("watch", "demo", "ls", "show", "create", "end", "kick", "record", "dial", "twiml", "sandbox")
DIAL = ("dial", "room", "--to", "+16505550123", "--from", "+15005550006", "--yes")
ASKING_FOR_A_ROOM = (
    ("show", "room"),
    ("end", "room", "--yes"),
    ("twiml", "room"),
    ("create", "--like", "room"),
    ("kick", "room", "alice", "--yes"),
    ("record", "room", "start"),
    DIAL,
)
ASKING = (("ls",), ("create",), *ASKING_FOR_A_ROOM)
CHANGING = (("create", "new"), ("end", "room", "--yes"), *ASKING_FOR_A_ROOM[3:])
TOKEN = "a-token-that-nobody-may-see"
CREDENTIALS = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": TOKEN}


@pytest.fixture
def known(stranger: Program) -> Program:
    """The program with credentials that are nobody's."""
    return Program({**stranger.environ, **CREDENTIALS}, (TOKEN,))


def one_sentence(done: Done) -> str:
    """What it said, which is one line, on stderr alone."""
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert line.startswith("roomtui: ")
    return line


@contextmanager
def _http(status: int, body: bytes, content_type: str) -> Iterator[str]:
    """A web server that answers everything the same way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _port_nobody_listens_on() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


# Exit code 4


@pytest.mark.parametrize("arguments", [(), ("watch",), *ASKING], ids=" ".join)
def test_without_credentials_it_says_what_to_set_and_where_none_are_needed(
    stranger: Program, arguments: tuple[str, ...]
) -> None:
    done = stranger(*arguments)
    assert done.code == 4
    sentence = one_sentence(done)
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN", "`roomtui demo`"):
        assert name in sentence


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_wrong_credentials(known: Program, sandbox: RunningSandbox, arguments: tuple[str, ...]) -> None:
    done = known(*arguments, "--api-url", sandbox.url)
    assert done.code == 4
    sentence = one_sentence(done)
    assert "Twilio refused the credentials (error 20003)" in sentence
    assert "Check the account SID and the token or API key" in sentence


def test_a_question_of_what_was_meant_ends_as_one(known: Program) -> None:
    done = known("create", "--video-codecs", "VP8")
    assert "Did you mean" in done.err
    assert done.err.endswith("? See `roomtui create --help`.\n")


def test_both_kinds_of_credentials_open_the_door(stranger: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    for names in (("TWILIO_AUTH_TOKEN",), ("TWILIO_API_KEY", "TWILIO_API_SECRET")):
        environ = {name: sandbox.environ[name] for name in (*names, "TWILIO_ACCOUNT_SID")}
        program = Program({**stranger.environ, **environ}, sandbox.secrets)
        done = program("ls", "--json", "--api-url", sandbox.url)
        assert (done.code, len(done.json)) == (0, 1)


# Exit code 1


def test_an_unknown_host(known: Program) -> None:
    done = known("ls", "--api-url", "https://nobody.invalid")
    assert done.code == 1
    assert one_sentence(done) == "roomtui: nobody.invalid cannot be reached: its name is not known here (DNS)."


def test_nobody_listens(known: Program) -> None:
    with _port_nobody_listens_on() as port:
        done = known("ls", "--api-url", f"http://127.0.0.1:{port}")
    assert done.code == 1
    assert one_sentence(done) == (
        f"roomtui: 127.0.0.1:{port} cannot be reached: it refused the connection, so nothing listens there."
    )


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (200, b"<!doctype html><html>\x1b]52;c;eA==\x07 Welcome</html>", "text/html"),
        (200, b"{", "application/json"),
        (200, b"[]", "application/json"),
        (200, b'{"rooms": 3}', "application/json"),
        (200, b'{"rooms": [{"sid": "\\u001b[2J"}]}', "application/json"),
        (404, b"<html>not here</html>", "text/html"),
        (302, b"", "text/html"),
    ],
)
def test_what_is_not_twilio(known: Program, status: int, body: bytes, content_type: str) -> None:
    with _http(status, body, content_type) as url:
        done = known("ls", "--api-url", url)
    assert done.code in {1, 3} if status == 404 else done.code == 1
    one_sentence(done)


@pytest.mark.parametrize(("command", "code"), [("ls", 20001), ("create", 20001), ("create", 53109)])
def test_a_refusal_full_of_escapes_is_shown_harmlessly(known: Program, command: str, code: int) -> None:
    body = b'{"code": %d, "message": "\\u001b]52;c;eA==\\u0007\\u009b2J\\u202e", "status": 400, "more_info": ""}'
    with _http(400, body % code, "application/json") as url:
        done = known(command, "--api-url", url)
    assert done.code == 1
    sentence = one_sentence(done)
    assert f"error {code}" in sentence
    assert sentence.endswith("--empty-room-timeout or --unused-room-timeout.") is (code == 53109)


@pytest.mark.parametrize("kind", ["500", "malformed", "truncated", "reset"])
def test_twilio_in_trouble(roomtui: Program, sandbox: RunningSandbox, kind: str) -> None:
    sandbox.create("room")
    sandbox.fault(kind, Rate="1")
    done = roomtui("ls")
    assert done.code == 1
    one_sentence(done)


# Exit code 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("ls", "--nonsense"),
        ("--nonsense",),
        ("nonsense",),
        ("ls", "--status", "open"),
        ("ls", "--limit", "0"),
        ("ls", "--limit", "many"),
        ("ls", "--created-after", "yesterday"),
        ("ls", "--created-before", "2026-13-01"),
        ("ls", "--reads-per-second", "81"),
        ("ls", "unexpected"),
        ("show",),
        ("end",),
        ("twiml",),
        ("twiml", "room", "--lang", "cobol"),
        ("watch", "--refresh", "0"),
        ("watch", "--refresh", "nan"),
        ("demo", "--speed", "nan"),
        ("demo", "--rooms", "0"),
        ("create", "a", "b"),
        ("create", "--max-participants", "many"),
        ("create", "--max-participant-duration", "four hours"),
        ("create", "--max-participant-duration", "-600"),
        ("create", "--max-participant-duration", ""),
        ("create", "--empty-room-timeout", "5m"),
        ("create", "--recording-rules", "all"),
        ("create", "--recording-rules", '{"type": "include", "all": true}'),
        ("create", "--recording-rules", "[3]"),
        ("create", "--recording-rules", "[" * 100_000),
        ("create", "--recording-rules", '[{"all": true}]'),
        ("create", "--recording-rules", '[{"type": "include", "all": 1}]'),
        ("create", "--recording-rules", '[{"type": "include", "al\\u001b": true}]'),
        ("create", "--recording-rules", '[{"type": "include", "publisher": "\\ud800"}]'),
        ("create", "--transcriptions-configuration", "[]"),
        ("create", "--transcriptions-configuration", "NaN"),
        ("kick", "room"),
        ("kick", "room", "alice", "bob"),
        ("record", "room"),
        ("record", "room", "pause"),
        ("dial", "room"),
        ("dial", "room", "--to", "0151 2345678", "--from", "+15005550006"),
        ("dial", "room", "--to", "+1650555\x1b[2J", "--from", "+15005550006"),
        ("dial", "room", "--to", "+16505550123", "--from", "+1"),
        ("dial", "room", "--to", "+16505550123"),
        (*DIAL, "--fallback-say", "gone", "--no-fallback"),
        ("sandbox", "--port", "65536"),
        ("sandbox", "--speed", "-1"),
        ("sandbox", "--speed", "nan"),
        ("sandbox", "--rooms", "-1"),
        ("sandbox", "--host", "0.0.0.0"),  # noqa: S104 # refused
        ("sandbox", "--host", "example.com"),
        ("sandbox", "--allow-callbacks-to", "http://example.com"),
        ("--api-url", "video.twilio.com", "ls"),
        ("--api-url", "http://video.twilio.com", "ls"),
        ("--api-url", "https://user:password@video.twilio.com", "ls"),
        ("--api-url", "ftp://video.twilio.com", "ls"),
        (
            "--api-url",
            "http://video.twilio.com",
        ),
        ("--profile", "nobody", "ls"),
        ("--profile", "nobody"),
        ("config",),
        ("--config", "/nowhere/config.toml", "ls"),
        ("ls", "--nonsense\x1b[2J"),
        ("\x1b]52;c;eA==\x07",),
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:80],
)
def test_wrong_usage_is_one_sentence(known: Program, arguments: tuple[str, ...]) -> None:
    done = known(*arguments)
    assert done.code == 2
    one_sentence(done)


def test_wrong_usage_names_the_right_one(known: Program) -> None:
    assert "--limit" in known("ls", "--limt", "3").err
    assert "See `roomtui ls --help`." in known("ls", "--nonsense").err


def test_a_wrong_configuration_is_one_sentence(known: Program, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[profiles.acme]\nrefesh = 3\n")
    done = known("--config", str(path), "ls")
    assert done.code == 2
    assert one_sentence(done).endswith("has an unknown key refesh. Did you mean refresh?")


# Exit code 3


@pytest.mark.parametrize("arguments", ASKING_FOR_A_ROOM, ids=" ".join)
def test_an_unknown_room(roomtui: Program, arguments: tuple[str, ...]) -> None:
    done = roomtui(*arguments)
    assert done.code == 3
    assert "There is no such room" in one_sentence(done)


# Exit code 5


@pytest.mark.parametrize("arguments", CHANGING, ids=" ".join)
def test_read_only_refuses_before_anything_is_asked(known: Program, arguments: tuple[str, ...]) -> None:
    with _port_nobody_listens_on() as port:
        done = known("--read-only", *arguments, "--api-url", f"http://127.0.0.1:{port}")
        assert known(*arguments, "--api-url", f"http://127.0.0.1:{port}").code == 1
    assert done.code == 5
    assert one_sentence(done).startswith("roomtui: This is read-only: ")


@pytest.mark.parametrize("arguments", CHANGING, ids=" ".join)
def test_a_profile_may_be_read_only(known: Program, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        f'[profiles.acme]\naccount_sid = "{CREDENTIALS["TWILIO_ACCOUNT_SID"]}"\nauth_token = "{TOKEN}"\n'
        "read_only = true\n"
    )
    path.chmod(0o600)
    done = known("--config", str(path), "--profile", "acme", *arguments)
    assert done.code == 5
    said = one_sentence(done)
    assert arguments[0] == "end" or "Leave out --read-only, or read_only in the configuration, " in said


# Options


def test_global_options_stand_before_or_behind_the_command(
    stranger: Program, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    sandbox.create("room")
    account = sandbox.account
    path = tmp_path / "config.toml"
    path.write_text(
        f'[profiles.acme]\naccount_sid = "{account["account_sid"]}"\nauth_token = "{account["auth_token"]}"\n'
    )
    path.chmod(0o600)
    where = ("--config", str(path), "--profile", "acme")
    there = ("--api-url", sandbox.url)
    for arguments in (
        (*where, *there, "ls", "--json"),
        ("ls", "--json", *where, *there),
        (*where, "ls", *there, "--json"),
        (f"--config={path}", "--profile=acme", "--api-url", "https://nobody.invalid", "ls", "--json", *there),
    ):
        done = stranger(*arguments)
        assert (done.code, len(done.json)) == (0, 1), done.err


def test_edge_and_region_bend_nothing(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    done = roomtui("ls", "--json", TWILIO_EDGE="sydney", TWILIO_REGION="au1")
    assert (done.code, len(done.json)) == (0, 1)


def test_a_proxy_does_not_stand_between_us_and_a_sandbox(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    done = roomtui("ls", "--json", HTTP_PROXY="http://127.0.0.1:9", http_proxy="http://127.0.0.1:9")
    assert (done.code, len(done.json)) == (0, 1)


def test_help_tells_of_every_command(stranger: Program) -> None:
    for option in ("--help", "-h"):
        done = stranger(option)
        assert (done.code, done.err) == (0, "")
        assert set(COMMANDS) <= {line.split()[0] for line in done.out.splitlines() if line.startswith("  ")}
        assert "Exit codes:\n    0    done\n" in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(stranger: Program, command: str) -> None:
    done = stranger(command, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: roomtui {command} ")
    if command != "sandbox":
        for option in ("--profile", "--config", "--api-url", "--read-only"):
            assert option in done.out
    assert "--until-stdin-closes" not in done.out


def test_the_version(stranger: Program) -> None:
    done = stranger("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("roomtui 0.")


def test_the_dashboard_needs_a_terminal(known: Program) -> None:
    for arguments in ((), ("watch",), ("demo",)):
        done = known(*arguments)
        assert done.code == 2
        assert "The dashboard needs a terminal" in one_sentence(done)


# Where no library may be loaded


def test_it_is_said_that_the_program_lies_where_no_program_may() -> None:
    lib = "/home/lib.so"
    said = not_allowed_here(ImportError(f"{lib}: failed to map segment from shared object", path=lib))
    assert said is not None
    assert said.startswith("/home/lib.so may not be loaded: its file system may hold no programs (noexec).")
    assert "Set PEX_ROOT to a folder elsewhere" in said
    assert not_allowed_here(ImportError(f"{lib}: undefined symbol: PyNew", path=lib)) is None
