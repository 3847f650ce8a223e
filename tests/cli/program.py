"""The program as a person starts it: a process of its own, in a home of its own, against a sandbox of its own."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PROGRAM = (sys.executable, "-m", "roomtui")
PATIENCE = 30.0
"""Seconds after which something that should have happened is taken not to happen."""

_NEVER_PRINTED = re.compile(r"[^\n\x20-\x7e\xa0-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\u200b-\u200f]")
_DIRECT = build_opener(ProxyHandler({}))
_PAUSE = threading.Event()


def until(condition: Callable[[], Any], seconds: float = PATIENCE, *, what: str = "") -> Any:
    """What `condition` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what or condition}"
        _PAUSE.wait(0.02)
    return found


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with nothing of this machine's person in it: `home` is home, and there are no credentials."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")}
    return {**kept, **places, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color", **more}


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """Runs `roomtui`; whatever it is asked, it must print neither a traceback, nor a secret, nor a control byte."""

    environ: Mapping[str, str]
    secrets: tuple[str, ...] = ()

    def __call__(self, *arguments: str, stdin: str | None = None, seconds: float = 60, **environ: str) -> Done:
        process = self.start(*arguments, **environ)
        try:
            out, err = process.communicate(stdin, timeout=seconds)
        except BaseException:
            process.kill()
            process.communicate()
            raise
        return self.done(process, out, err)

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**self.environ, **environ},
        )

    def done(self, process: subprocess.Popen[str], out: str, err: str) -> Done:
        harmless(out + err, self.secrets)
        return Done(process.returncode, out, err)

    def knowing(self, sandbox: RunningSandbox) -> Program:
        """The same, with the account of `sandbox` in the environment."""
        return Program({**self.environ, **sandbox.environ}, sandbox.secrets)


def harmless(text: str, secrets: tuple[str, ...] = ()) -> None:
    """Nothing in it that a person must not be shown."""
    assert "Traceback" not in text, text
    for secret in secrets:
        assert secret not in text
        assert base64.b64encode(secret.encode()).decode().rstrip("=") not in text
    assert (found := _NEVER_PRINTED.search(text)) is None, f"{found.group()!r} in {text!r}"


@dataclass
class RunningSandbox:
    """A sandbox that answers on loopback, and what can be asked of it."""

    account: dict[str, str]

    @property
    def url(self) -> str:
        return self.account["url"]

    @property
    def environ(self) -> dict[str, str]:
        """What makes the program this account's."""
        return {
            "ROOMTUI_API_URL": self.url,
            "TWILIO_ACCOUNT_SID": self.account["account_sid"],
            "TWILIO_AUTH_TOKEN": self.account["auth_token"],
            "TWILIO_API_KEY": self.account["api_key"],
            "TWILIO_API_SECRET": self.account["api_secret"],
        }

    @property
    def secrets(self) -> tuple[str, ...]:
        return self.account["auth_token"], self.account["api_secret"]

    def ask(self, method: str, path: str, /, **form: str) -> Any:
        """The answer; a refusal is an `HTTPError`."""
        who = f"{self.account['api_key']}:{self.account['api_secret']}"
        request = Request(  # noqa: S310 # the sandbox's own http URL
            path if path.startswith("http") else self.url + path,
            method=method,
            data=urlencode(form).encode() if method == "POST" else None,
            headers={"Authorization": f"Basic {base64.b64encode(who.encode()).decode()}"},
        )
        # Twenty writes a second and no more: who is refused asks again.
        return until(lambda: _answer(request), what="an answer other than 429")[0]

    def create(self, name: str | None = None, **form: str) -> dict[str, Any]:
        """A room made through the API."""
        named = {} if name is None else {"UniqueName": name}
        return dict(self.ask("POST", "/v1/Rooms", **named, **form))

    def room(self, sid: str) -> dict[str, Any]:
        """The room, as the API tells it."""
        return dict(self.ask("GET", f"/v1/Rooms/{sid}"))

    def join(self, room: str, identity: str, **form: str) -> dict[str, Any]:
        return dict(self.ask("POST", "/_sandbox/participants", Room=room, Identity=identity, **form))

    def leave(self, participant: Mapping[str, Any]) -> None:
        self.ask("POST", f"/_sandbox/participants/{quote(participant['sid'])}/leave")

    def advance(self, seconds: float) -> None:
        self.ask("POST", "/_sandbox/clock", Advance=str(seconds))

    def fault(self, kind: str, **form: str) -> None:
        self.ask("POST", "/_sandbox/faults", Kind=kind, **form)

    def requests(self) -> int:
        """How many requests the API has had."""
        return int(self.ask("GET", "/_sandbox/requests")["total"])

    def try_create(self, name: str, **form: str) -> dict[str, Any] | None:
        """A room, or None where Twilio takes no such name."""
        try:
            return self.create(name, **form)
        except (HTTPError, UnicodeEncodeError):
            return None


@dataclass
class SandboxProcess(RunningSandbox):
    """`roomtui sandbox` in a process of its own."""

    process: subprocess.Popen[str]


def _answer(request: Request) -> tuple[Any] | None:
    try:
        with _DIRECT.open(request, timeout=PATIENCE) as answer:
            return (json.load(answer),)
    except HTTPError as error:
        if error.code != 429:
            raise
        error.close()
        return None


@contextmanager
def running_sandbox(home: Path, *options: str) -> Iterator[SandboxProcess]:
    """A sandbox that answers, until the end of the block."""
    process = subprocess.Popen(
        [*PROGRAM, "sandbox", "--port", "0", "--until-stdin-closes", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    try:
        assert process.stdout is not None
        yield SandboxProcess(json.loads(process.stdout.readline()), process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
