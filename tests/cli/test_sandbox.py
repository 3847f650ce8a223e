"""`roomtui sandbox`: tells where it is, answers, and ends when it is told to."""

from __future__ import annotations

import json
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import PATIENCE, PROGRAM, SandboxProcess, environment, harmless, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import Program


@contextmanager
def _started(home: Path, *options: str) -> Iterator[SandboxProcess]:
    process = subprocess.Popen(
        [*PROGRAM, "sandbox", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    try:
        assert process.stdout is not None
        yield SandboxProcess(json.loads(process.stdout.readline()), process)
    finally:
        process.kill()
        process.communicate()


def test_its_first_line_is_all_one_needs_to_know(tmp_path: Path) -> None:
    with _started(tmp_path, "--port", "0") as sandbox:
        assert list(sandbox.account) == ["url", "account_sid", "auth_token", "api_key", "api_secret"]
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert sandbox.ask("GET", "/v1/Rooms")["rooms"] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_quietly_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with _started(tmp_path, "--port", "0", "--rooms", "5") as sandbox:
        # A request that hangs on purpose does not hold it.
        sandbox.fault("timeout", Rate="1")
        with ThreadPoolExecutor() as pool:
            asking = pool.submit(sandbox.ask, "GET", "/v1/Rooms")
            until(lambda: sandbox.ask("GET", "/_sandbox/requests")["peak_reads_per_second"])
            sandbox.process.send_signal(number)
            assert asking.exception(timeout=PATIENCE) is not None
        out, err = sandbox.process.communicate(timeout=PATIENCE)
        assert (sandbox.process.returncode, out, err) == (0, "", "")


def test_it_lives_on_when_nobody_is_at_its_stdin(tmp_path: Path) -> None:
    with _started(tmp_path, "--port", "0") as sandbox:
        assert sandbox.ask("GET", "/_sandbox/clock")["speed"] == 1.0
        assert sandbox.process.poll() is None


def test_a_port_in_use_is_one_sentence(stranger: Program, tmp_path: Path) -> None:
    with _started(tmp_path, "--port", "0") as sandbox:
        port = sandbox.url.rpartition(":")[2]
        done = stranger("sandbox", "--port", port)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"roomtui: Cannot listen on 127.0.0.1 port {port}: ")
    assert "address already in use" in done.err
    assert len(done.err.splitlines()) == 1


def test_only_this_machine_may_reach_it(stranger: Program) -> None:
    for host in ("0.0.0.0", "::", "10.0.0.1", "example.com", "\x1b[2J"):  # noqa: S104 # refused
        done = stranger("sandbox", "--host", host, "--port", "0")
        assert (done.code, done.out) == (2, "")
        assert "is not a loopback address" in done.err
        harmless(done.err)


def test_another_loopback_address_will_do(tmp_path: Path) -> None:
    with _started(tmp_path, "--host", "localhost", "--port", "0", "--speed", "60", "--seed", "7") as sandbox:
        assert sandbox.ask("GET", "/_sandbox/clock")["speed"] == 60.0


def test_rooms_make_a_lively_world(tmp_path: Path) -> None:
    with _started(tmp_path, "--port", "0", "--rooms", "8") as sandbox:
        assert len(sandbox.ask("GET", "/v1/Rooms")["rooms"]) >= 4
