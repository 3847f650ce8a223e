"""The dashboard in a real pty: what a person sees, types and is left with."""

from __future__ import annotations

import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import environment, harmless, until
from tests.tui.scene import HOSTILE
from tests.whole.terminal import Terminal, children_of, is_running

if TYPE_CHECKING:
    from tests.cli.program import RunningSandbox

FIRST_ROOM = "daily-standup"
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
# A device control string, and any operating system command but the pointer's shape: title, clipboard, hyperlinks.
SPEAKS_OUT_OF_TURN = re.compile(rb"\x1bP|\x1b\](?!22;)|\x9b|\x1b\[[0-9;]*t")


def countdown_of(terminal: Terminal, room: str) -> str | None:
    """The countdown in the line of this room."""
    for line in terminal.lines:
        match = re.match(rf"[> ]\s*<?(\S+)\s*!?\s+{re.escape(room)}\s", line)
        if match:
            return match.group(1)
    return None


def restored(terminal: Terminal) -> bool:
    """Whether the terminal was left as it had been found."""
    after = bytes(terminal.raw).rpartition(LEAVES_ALTERNATE_SCREEN)[2]
    return terminal.settings == terminal.cooked and LEAVES_ALTERNATE_SCREEN in terminal.raw and b"?25h" in after


def test_the_demo_shows_rooms_that_tick_and_leaves_no_trace(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal("demo", environ=environment(home)) as terminal:
        terminal.shows(FIRST_ROOM)
        with capsys.disabled():
            sys.stderr.write(f"[first rooms after {time.monotonic() - terminal.began:.2f} s] ")
        terminal.shows("live", "CLOSES IN", "q Quit")
        first = until(lambda: countdown_of(terminal, FIRST_ROOM))
        until(lambda: countdown_of(terminal, FIRST_ROOM) not in {first, None})
        children = children_of(terminal.process.pid)
        assert children
        terminal.type("q")
        assert terminal.ends() == 0
        until(lambda: not any(map(is_running, children)))
        assert restored(terminal)
    assert not list(home.rglob("*.jsonl"))


def test_a_room_closes_when_its_countdown_said(home: Path) -> None:
    with Terminal("demo", "--speed", "10", environ=environment(home)) as terminal:
        terminal.shows(FIRST_ROOM)
        until(lambda: (countdown_of(terminal, FIRST_ROOM) or "9:99") < "0:20")
        # Nobody comes any more: it is listed as ended, with the reason.
        until(lambda: re.search(rf"ago\s+{FIRST_ROOM}\s.*empty", terminal.text), what="its end")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_sandbox_of_a_demo_never_outlives_it(home: Path, number: signal.Signals) -> None:
    with Terminal("demo", environ=environment(home)) as terminal:
        terminal.shows(FIRST_ROOM)
        children = children_of(terminal.process.pid)
        assert children
        terminal.signal(number)
        code = terminal.ends()
        until(lambda: not any(map(is_running, children)))
        if number is signal.SIGKILL:
            assert code == -signal.SIGKILL
        else:
            assert code == 128 + number
            assert restored(terminal)
            harmless(terminal.text.replace("\n", ""))


def test_a_signal_ends_it_even_before_the_first_rooms(home: Path) -> None:
    with Terminal("demo", environ=environment(home)) as terminal:
        until(lambda: terminal.bytes_written)
        terminal.signal(signal.SIGTERM)
        assert terminal.ends() == 128 + signal.SIGTERM
        assert restored(terminal)


def test_a_lost_connection_ends_it(home: Path) -> None:
    with Terminal("demo", environ=environment(home)) as terminal:
        terminal.shows(FIRST_ROOM)
        children = children_of(terminal.process.pid)
        terminal.hang_up()
        terminal.ends()
        until(lambda: not any(map(is_running, children)))


def test_nothing_in_the_folder_it_is_started_in_is_run(home: Path) -> None:
    script = Path(sys.executable).with_name("roomtui")
    folder = home / "downloads"
    folder.mkdir()
    for name in ("secrets", "json", "click", "aiohttp", "roomtui"):
        (folder / f"{name}.py").write_text("open('was-run', 'w').close(); raise SystemExit(9)")
    with Terminal("demo", environ=environment(home), cwd=folder, program=[str(script)]) as terminal:
        terminal.shows(FIRST_ROOM)
        assert not (folder / "was-run").exists()


def test_without_credentials_it_is_a_sentence_on_an_untouched_terminal(home: Path) -> None:
    with Terminal(environ=environment(home)) as terminal:
        assert terminal.ends() == 4
        terminal.shows("No credentials: set TWILIO_ACCOUNT_SID", "roomtui demo")
        assert b"\x1b" not in terminal.raw
        assert terminal.settings == terminal.cooked


@pytest.mark.parametrize("away", ["<", ">", "2>"])
def test_with_one_end_elsewhere_it_does_not_start(home: Path, known: dict[str, str], away: str) -> None:
    other = home / "elsewhere"
    other.touch()
    command = f'"{sys.executable}" -m roomtui watch {away} "{other}"; echo code $?'
    with Terminal("-c", command, environ=known, program=["/bin/sh"]) as terminal:
        terminal.shows("code 2")
        said = terminal.text + other.read_text()
        assert "The dashboard needs a terminal" in said


def test_the_dashboard_shows_what_happens(known: dict[str, str], sandbox: RunningSandbox) -> None:
    sandbox.create("first")
    with Terminal("--refresh", "0.5", environ=known) as terminal:
        terminal.shows("first", "nobody came yet", "1 live")
        sandbox.create("second")
        person = sandbox.join("second", "alice")
        terminal.shows("second", "1/50", "2 live")
        sandbox.leave(person)
        terminal.shows_no("1/50")
        room = sandbox.ask("GET", "/v1/Rooms?UniqueName=second")["rooms"][0]
        sandbox.ask("POST", f"/v1/Rooms/{room['sid']}", Status="completed")
        terminal.shows("1 live")
        sandbox.advance(301)
        terminal.shows("0 live")


def test_wrong_credentials_are_a_banner_and_it_goes_on(known: dict[str, str], sandbox: RunningSandbox) -> None:
    token = "a-token-nobody-may-see"
    wrong = {name: value for name, value in known.items() if "API_" not in name or name == "ROOMTUI_API_URL"}
    with Terminal("--refresh", "0.5", environ={**wrong, "TWILIO_AUTH_TOKEN": token}) as terminal:
        text = " ".join(terminal.shows("refused the credentials", "(error 20003)", "No data yet").split())
        assert "Twilio refused the credentials (error 20003)" in text
        assert "No data yet" in text
        asked = sandbox.requests()
        until(lambda: sandbox.requests() > asked)
        terminal.type("?")
        terminal.shows("Keys", "pgup")
        terminal.type("\x1b")
        terminal.shows_no("pgup")
        terminal.type("q")
        assert terminal.ends() == 0
        assert token.encode() not in terminal.raw


def test_twilio_out_of_reach_is_a_banner_and_it_recovers(known: dict[str, str], sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    with Terminal("--refresh", "0.5", environ=known) as terminal:
        terminal.shows("room", "1 live")
        sandbox.fault("500", Rate="1")
        terminal.shows("Twilio has trouble of its own", "try")
        assert "room" in terminal.text
        sandbox.ask("DELETE", "/_sandbox/faults")
        terminal.shows_no("trouble of its own", seconds=60)
        terminal.shows("live")


def test_it_follows_the_size_of_the_terminal(known: dict[str, str], sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    with Terminal(environ=known) as terminal:
        terminal.shows("CLOSES IN", "q Quit")
        assert "REGION" not in terminal.text
        terminal.resize(200, 50)
        terminal.shows("REGION", "STATE", "q Quit")
        terminal.resize(60, 20)
        terminal.shows_no("REGION")
        terminal.shows("CLOSES IN", "room")
        assert max(map(len, terminal.lines)) <= 60
        terminal.resize(80, 24)
        terminal.shows("AGE", "q Quit")
        terminal.type("q")
        assert terminal.ends() == 0


def test_hostile_names_reach_the_terminal_as_text_alone(known: dict[str, str], sandbox: RunningSandbox) -> None:
    names = [name for name in HOSTILE if sandbox.try_create(name, UnusedRoomTimeout="60") is not None]
    for name in names:
        sandbox.join(name, name)
    with Terminal(environ=known, lines=40) as terminal:
        terminal.shows(f"{len(names)} live", "[@click=app.quit]")
        terminal.shows("esc^[[2J")
        for _ in names:
            terminal.type("j\r")
            terminal.shows("esc Back")
            terminal.type("\x1b")
            terminal.shows_no("esc Back")
        assert SPEAKS_OUT_OF_TURN.search(bytes(terminal.raw)) is None
        terminal.type("q")
        assert terminal.ends() == 0


def _rests(terminal: Terminal) -> None:
    """Wait until nothing has been drawn for a second: what it costs to begin is another question."""
    until(lambda: terminal.drawn_ago() > 1.0, what=f"an end of the drawing; screen:\n{terminal.text}")


def _bytes_per_second(terminal: Terminal, seconds: float) -> float:
    start, before = time.monotonic(), terminal.bytes_written
    until(lambda: time.monotonic() - start >= seconds, seconds + 5)
    return (terminal.bytes_written - before) / (time.monotonic() - start)


def test_a_full_screen_of_ticking_rooms_costs_little(
    known: dict[str, str], sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(24):
        sandbox.create(f"room-{number:02}", UnusedRoomTimeout="5")
    with Terminal(environ=known) as terminal:
        terminal.shows("24 live", "room-")
        until(lambda: "?" not in terminal.text.replace("? Help", ""))
        shown = sum(bool(re.search(r"[1-4]:\d\d\s+room-", line)) for line in terminal.lines)
        assert shown >= 10
        rate = _bytes_per_second(terminal, 6)
    with capsys.disabled():
        sys.stderr.write(f"[{rate:.0f} bytes/s for {shown} ticking rooms] ")
    assert rate <= 3000


def test_an_idle_screen_costs_next_to_nothing(
    known: dict[str, str], sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        room = sandbox.create(f"room-{number:02}")
        sandbox.join(room["sid"], "alice")
    sandbox.advance(7300)
    with Terminal(environ=known) as terminal:
        terminal.shows("12 live  12 people")
        until(lambda: terminal.text.count("h+5m: alice") == 12, what=f"all deadlines; screen:\n{terminal.text}")
        _rests(terminal)
        rate = _bytes_per_second(terminal, 6)
    with capsys.disabled():
        sys.stderr.write(f"[{rate:.0f} bytes/s idle] ")
    assert rate <= 64
