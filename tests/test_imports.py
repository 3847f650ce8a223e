"""What each part may load: arrows run one way, and a command pays only for what it uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import PROGRAM, environment, running_sandbox, until
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.program import SandboxProcess

ROOT = Path(__file__).parents[1]
AIOHTTP = ("aiohttp", "multidict", "yarl")
"""The sandbox's server, and what it brings along: a tenth of a second for whoever only asks Twilio."""
_MAIN = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr))
sys.argv = ["roomtui", *sys.argv[1:]]
from roomtui.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def _loaded_by(stderr: str) -> set[str]:
    (line,) = (line for line in stderr.splitlines() if line.startswith("LOADED "))
    return set(line.split()[1:])


def _modules(program: str) -> set[str]:
    """All modules loaded by this program, in full."""
    text = f"{program}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


_LISTING = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted(sys.modules), file=sys.stderr))
sys.argv = ["roomtui", *sys.argv[1:]]
from roomtui.cli.main import main
main()
"""
_ARGUMENTS = {
    "ls": ("--json",),
    "show": ("for-show",),
    "twiml": ("for-twiml",),
    "end": ("for-end", "--yes"),
    "create": ("another",),
    "kick": ("for-kick", "alice", "--yes"),
    "record": ("for-record", "start"),
}


@pytest.mark.parametrize("command", _ARGUMENTS)
def test_commands_that_print_load_neither_screen_nor_scheduler(
    command: str, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    sandbox.create(f"for-{command}")
    if command == "kick":
        sandbox.join("for-kick", "alice")
    done = subprocess.run(
        [sys.executable, "-c", _MAIN, command, *_ARGUMENTS[command]],
        capture_output=True,
        text=True,
        env=environment(tmp_path, **sandbox.environ),
        check=True,
        timeout=60,
    )
    loaded = _loaded_by(done.stderr)
    assert "twilio" in loaded, "it has not asked Twilio at all"
    assert not loaded & {"textual", "rich", "apscheduler", "phonenumbers", "requests", "urllib3", *AIOHTTP}


def test_who_only_looks_loads_nothing_that_changes_something(sandbox: SandboxProcess, tmp_path: Path) -> None:
    sandbox.create("for-looking")
    for arguments in (["ls"], ["ls", "--json"], ["show", "for-looking"], ["twiml", "for-looking"]):
        loaded = _every_module(arguments, environment(tmp_path, **sandbox.environ))
        assert "roomtui.twilio_api.sdk" in loaded
        assert not loaded & {"roomtui.watch.actions", "roomtui.watch.desk", "roomtui.watch.journal"}
        assert not {name for name in loaded if name.startswith("twilio.rest.")}, "resources that nobody asks"


def test_the_dashboard_loads_no_second_http_library(sandbox: SandboxProcess, tmp_path: Path) -> None:
    sandbox.create("for-watching")
    listed = tmp_path / "loaded"
    program = f"""
import os, pathlib, sys
leave = os._exit  # the dashboard waits for nobody at its end
def tell(code):
    pathlib.Path({str(listed)!r}).write_text(" ".join(sys.modules))
    leave(code)
os._exit = tell
from roomtui.cli.main import main
try:
    main()
finally:
    tell(0)
"""
    command = (sys.executable, "-c", program)
    with Terminal("watch", environ=environment(tmp_path, **sandbox.environ), program=command) as terminal:
        terminal.shows("for-watching", "nobody came yet")
        terminal.type("q")
        terminal.process.wait(30)
    loaded = {name.partition(".")[0] for name in listed.read_text(encoding="utf-8").split()}
    assert {"textual", "twilio", "httptools"} <= loaded
    assert not loaded & {*AIOHTTP, "requests", "urllib3"}


def test_a_list_that_is_passed_on_loads_neither_tables_nor_rosters(sandbox: SandboxProcess, tmp_path: Path) -> None:
    loaded = _every_module(["ls", "--no-people", "--json"], environment(tmp_path, **sandbox.environ))
    unused = {"roomtui.cli.tables", "roomtui.cli.reading", "roomtui.watch.rosters", "roomtui.rooms.twiml"}
    assert not loaded & unused


@pytest.mark.parametrize("command", [[], ["ls"], ["show"], ["end"], ["doctor"], ["watch"], ["sandbox"], ["log"]])
def test_help_loads_nothing_that_asks_twilio(command: list[str], tmp_path: Path) -> None:
    loaded = _every_module([*command, "--help"], environment(tmp_path))
    assert not {name.partition(".")[0] for name in loaded} & {"textual", "rich", "apscheduler", "twilio", "aiohttp"}
    if not command:
        assert not {name for name in loaded if name.startswith("roomtui.watch")}


def _every_module(arguments: list[str], environ: dict[str, str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _LISTING, *arguments],
        capture_output=True,
        text=True,
        env=environ,
        check=True,
        timeout=60,
    )
    return _loaded_by(done.stderr)


def test_only_who_dials_pays_for_knowing_phone_numbers(sandbox: SandboxProcess, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MAIN, "dial", "nobody", "--to", "+16505550123", "--from", "+15005550006"],
        capture_output=True,
        text=True,
        env=environment(tmp_path, **sandbox.environ),
        check=False,
        timeout=60,
    )
    assert done.returncode == 3, done.stderr
    loaded = _loaded_by(done.stderr)
    assert "phonenumbers" in loaded
    assert not loaded & {"textual", "rich", "apscheduler"}


def test_the_sandbox_loads_nothing_of_the_dashboard(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _MAIN, "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("{")
        process.terminate()
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert not _loaded_by(err) & {"textual", "rich", "apscheduler", "twilio", "requests"}


def test_help_loads_no_sdk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MAIN, "--version"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        check=True,
        timeout=60,
    )
    assert not _loaded_by(done.stderr) & {"textual", "rich", "apscheduler", "twilio", "aiohttp"}


def test_the_sandbox_package_loads_nothing_of_the_other_packages() -> None:
    loaded = _modules("import roomtui.sandbox.server, roomtui.sandbox.traffic.director, roomtui.sandbox.control.plane")
    ours = {name for name in loaded if name.startswith("roomtui.")}
    assert {name.split(".")[1] for name in ours} == {"sandbox"}
    assert not {name.partition(".")[0] for name in loaded} & {"twilio", "textual", "rich", "apscheduler", "click"}


def test_the_domain_loads_nothing_but_the_standard_library() -> None:
    names = [f"roomtui.rooms.{path.stem}" for path in (ROOT / "roomtui/rooms").glob("*.py") if path.stem != "__init__"]
    assert "roomtui.rooms.deadlines" in names
    before, after = _modules("pass"), _modules("\n".join(f"import {name}" for name in names))
    fresh = {name for name in after - before if not name.startswith("roomtui")}
    assert {name.partition(".")[0] for name in fresh} <= sys.stdlib_module_names
    assert "asyncio" not in fresh
    assert {name.split(".")[1] for name in after if name.startswith("roomtui.")} == {"rooms"}


def test_python_m_is_the_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "--version"], capture_output=True, text=True, env=environment(tmp_path), check=True, timeout=60
    )
    assert done.stdout.startswith("roomtui ")


def test_until_says_what_did_not_happen() -> None:
    with pytest.raises(AssertionError, match=r"not within 0.05 s: never"):
        until(lambda: False, 0.05, what="never")
