"""Which way a copy goes, in which form, and what is said of it; programs and terminal in the tests' hands."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.tui import clipboard
from roomtui.tui.clipboard import MOST, Answer, Clipboard, ask_with_input, run_with_input, write_down
from roomtui.tui.multiplexers import TMUX_FORMAT, Outside, Tmux, for_outside, through_screen, through_tmux
from roomtui.tui.routes import WORDS, Way, route
from tests.passing import let_pass

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "<Room>東京 & Co</Room>"
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "tmux-256color"}  # noqa: S108 - tmux's own form
XTERM = "/dev/pts/1|0|0|xterm-256color|bpaste,clipboard,title|"
LOAD = ("tmux", "load-buffer", "-w", "-", ";", "display-message", "-p", TMUX_FORMAT)
TELL = ("tmux", "display-message", "-p", TMUX_FORMAT)
LOAD_ALONE = ("tmux", "load-buffer", "-", ";", "display-message", "-p", TMUX_FORMAT)


class Terminal:
    """Remembers what was written to it and which programs were run."""

    def __init__(
        self,
        environ: dict[str, str],
        *,
        programs: set[str] | None = None,
        works: bool = True,
        answers: dict[tuple[str, ...], Answer] | None = None,
        tty: str | None = None,
        room: bool = True,
    ) -> None:
        self.written = ""
        self.ran: list[tuple[str, ...]] = []
        self.repainted = 0
        self.kept: list[str] = []
        self.works = works
        self.programs = programs or set()
        self.answers = answers or {}
        self.room = room
        self.clipboard = Clipboard(
            self._write,
            repaint=self._repaint,
            environ=environ,
            run=self._run,
            ask=self._ask,
            which=self._which,
            tty=lambda: tty,
            keep=self._keep,
        )

    def _write(self, text: str) -> None:
        self.written += text

    def _repaint(self) -> None:
        self.repainted += 1

    async def _run(self, command: Sequence[str], text: str) -> bool:
        self.ran.append(tuple(command))
        self.given = text
        return self.works

    async def _ask(self, command: Sequence[str], text: str) -> Answer:
        self.ran.append(tuple(command))
        self.given = text
        return self.answers.get(tuple(command), Answer(None))

    def _which(self, name: str) -> str | None:
        return name if name in self.programs else None

    def _keep(self, text: str) -> str | None:
        self.kept.append(text)
        return "/home/me/roomtui-copied-1.txt" if self.room else None


def in_tmux(line: str, *, environ: dict[str, str] | None = None, tty: str | None = None) -> Terminal:
    """A terminal in a tmux that says this of itself."""
    return Terminal({**TMUX, **(environ or {})}, answers={LOAD: Answer(0, f"{line}\n")}, tty=tty)


def osc_52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


# -- tmux


async def test_in_tmux_the_buffer_is_loaded_and_tmux_hands_it_on_by_itself() -> None:
    terminal = in_tmux(XTERM)
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran == [LOAD]
    assert terminal.given == TEXT
    assert terminal.written == ""
    assert copied.sure
    assert copied.sentence == "TwiML: in tmux's buffer; your terminal was asked to take it, too."


@pytest.mark.parametrize(
    ("line", "way", "passed_on"),
    [
        ("p|0|0|vt220||", Way.TMUX_ALONE, None),
        ("p|1|0|vt220||", Way.TMUX, osc_52(TEXT)),
        ("p|1|0|linux||", Way.TMUX_ALONE, None),
        ("p|all|0|vt220||", Way.TMUX, osc_52(TEXT)),
        ("p|||vt220||", Way.TMUX, osc_52(TEXT)),  # before 3.3 there was nothing to be set
        ("p|0||||", Way.TMUX_ALONE, None),
        ("p|1|1|xterm|clipboard|", Way.TMUX_ALONE, None),
        ("p|0|0|tmux-256color|clipboard,RGB|tmux 3.3a", Way.TMUX_IN_TMUX, None),
        ("p|1|0|screen-256color|clipboard|tmux 3.3a", Way.TMUX_IN_TMUX, for_outside(osc_52(TEXT), Outside.TMUX)),
        ("p|0|0|screen.xterm-256color||", Way.TMUX_SHUT_IN, None),
        ("p|1|0|screen.xterm-256color||", Way.TMUX_IN_SCREEN, through_screen(osc_52(TEXT))),
        ("p|off|0|screen||", Way.TMUX_SHUT_IN, None),
        ("p|on|0|screen||", Way.TMUX_IN_EITHER, for_outside(osc_52(TEXT), Outside.EITHER)),
        ("nonsense", Way.TMUX_ALONE, None),
        ("p|0|0|xterm|clipboard|odd|name", Way.TMUX, None),
    ],
)
async def test_what_is_asked_for_depends_on_what_tmux_runs_in(line: str, way: Way, passed_on: str | None) -> None:
    terminal = in_tmux(line)
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert copied.told == WORDS[way].told
    assert copied.sure
    assert terminal.written == ("" if passed_on is None else through_tmux(passed_on))


@pytest.mark.parametrize(
    ("around", "ran"), [("screen.xterm-256color", [TELL, LOAD_ALONE]), ("xterm-256color", [TELL, LOAD])]
)
async def test_a_long_text_is_not_handed_to_a_screen_that_would_spill_it(
    around: str, ran: list[tuple[str, ...]]
) -> None:
    told = Answer(0, f"p|1|0|{around}||\n")
    terminal = Terminal(TMUX, answers={TELL: told, LOAD: told, LOAD_ALONE: told})
    copied = await terminal.clipboard.copy("JSON", TEXT * 100)
    assert terminal.ran == ran
    assert terminal.given == TEXT * 100
    assert copied.sure
    assert terminal.written


async def test_a_tmux_that_does_not_answer_is_asked_once_about_a_long_text_too() -> None:
    terminal = Terminal(TMUX)
    copied = await terminal.clipboard.copy("JSON", TEXT * 100)
    assert terminal.ran == [TELL]
    assert not copied.sure


async def test_an_old_tmux_has_it_in_its_buffer_and_passes_it_on() -> None:
    terminal = Terminal(TMUX, answers={LOAD: Answer(1), LOAD_ALONE: Answer(0, "p|||xterm||\n")})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran == [LOAD, LOAD_ALONE]
    assert terminal.written == through_tmux(osc_52(TEXT))
    assert copied.told == WORDS[Way.TMUX].told


async def test_a_tmux_that_does_not_answer_is_asked_once_and_not_said_to_have_it() -> None:
    terminal = Terminal({**TMUX, "DISPLAY": ":0"}, programs={"xclip"})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran == [LOAD], "the display may be that of another one who is attached to this tmux"
    assert terminal.written == osc_52(TEXT) + through_tmux(osc_52(TEXT))
    assert not copied.sure
    assert "tmux did not answer" in copied.sentence
    assert "press Y" in copied.sentence


@pytest.mark.parametrize(
    ("environ", "written"),
    [
        ({"TERM": "xterm-256color"}, osc_52(TEXT)),
        ({"TERM": "screen"}, osc_52(TEXT) + through_tmux(osc_52(TEXT))),
        ({"TERM": "screen", "STY": "1.pts"}, through_screen(osc_52(TEXT))),
        ({"TERM": "linux"}, ""),
    ],
)
async def test_beside_a_tmux_that_does_not_answer_nothing_is_sent_that_would_be_printed(
    environ: dict[str, str], written: str
) -> None:
    terminal = Terminal({**TMUX, **environ})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == written
    assert ("not copied" in copied.told) is (not written)


async def test_in_a_screen_within_tmux_both_are_told() -> None:
    terminal = in_tmux(XTERM, environ={"STY": "1.pts", "TERM": "screen"}, tty="/dev/pts/7")
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == through_screen(osc_52(TEXT))
    assert copied.told == WORDS[Way.TMUX].told


async def test_a_terminal_that_only_inherited_the_variable_is_asked_itself() -> None:
    terminal = in_tmux("/dev/pts/1|0|0|||", tty="/dev/pts/7")
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == osc_52(TEXT)
    assert copied.told == WORDS[Way.TMUX].told


# -- the other ways


async def test_in_screen_the_sequence_goes_through_in_pieces_that_screen_takes() -> None:
    long = TEXT * 200
    terminal = Terminal({"STY": "1.pts", "TERM": "screen"})
    await terminal.clipboard.copy("TwiML", long)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", terminal.written, flags=re.DOTALL)
    assert "".join(pieces) == osc_52(long)
    assert max(map(len, pieces)) <= 250


@given(st.text("\x1b\\]Ptmux;0", max_size=600))
def test_no_piece_ends_before_its_end(sequence: str) -> None:
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", through_screen(sequence), flags=re.DOTALL)
    # A lone ESC at the end of a piece stands before that of its end; screen takes it for what it is.
    assert "".join(pieces) == sequence


async def test_around_us_by_its_name_tmux_is_sent_both_forms() -> None:
    terminal = Terminal({"TERM": "tmux-256color", "SSH_TTY": "y"})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == osc_52(TEXT) + through_tmux(osc_52(TEXT))
    assert copied.told == WORDS[Way.AROUND].told


async def test_what_may_be_tmux_or_screen_is_sent_all_forms_and_its_spill_is_painted_over() -> None:
    terminal = Terminal({"TERM": "screen-256color", "SSH_TTY": "y"})
    await terminal.clipboard.copy("TwiML", TEXT)
    for form in (osc_52(TEXT), through_tmux(osc_52(TEXT)), through_screen(osc_52(TEXT))):
        assert form in terminal.written
    assert terminal.repainted == 0
    await terminal.clipboard.copy("JSON", TEXT * 100)
    assert through_tmux(osc_52(TEXT * 100)) not in terminal.written
    assert terminal.repainted == 1


async def test_screen_by_its_own_name_is_sent_its_own_form() -> None:
    terminal = Terminal({"TERM": "screen.xterm-256color", "SSH_TTY": "y"})
    await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == through_screen(osc_52(TEXT))


@pytest.mark.parametrize("kind", ["dumb", "linux", "unknown"])
async def test_a_terminal_that_would_print_it_is_sent_nothing(kind: str) -> None:
    terminal = Terminal({"TERM": kind, "SSH_TTY": "y"})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == ""
    assert copied.sentence == "TwiML: not copied, for this terminal takes no copies; press Y."
    assert not copied.sure


async def test_over_ssh_the_clipboard_of_the_wrong_machine_is_left_alone() -> None:
    terminal = Terminal({"DISPLAY": ":10", "SSH_CONNECTION": "a b c d"}, programs={"xclip"})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran == []
    assert terminal.written == osc_52(TEXT)
    assert copied.sentence == "TwiML: your terminal was asked to take it; if a paste is empty, press Y."


@pytest.mark.parametrize(
    ("variable", "program"), [("WAYLAND_DISPLAY", "wl-copy"), ("DISPLAY", "xclip"), ("DISPLAY", "xsel"), ("", "pbcopy")]
)
async def test_at_the_desk_the_local_clipboard_is_used(variable: str, program: str) -> None:
    terminal = Terminal({variable: ":0"} if variable else {}, programs={program})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran[0][0] == program
    assert copied.sentence == f"TwiML: on the clipboard ({program})."


async def test_a_local_program_that_fails_is_not_said_to_have_it() -> None:
    terminal = Terminal({"DISPLAY": ":0"}, programs={"xclip"}, works=False)
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == osc_52(TEXT)
    assert copied.told == WORDS[Way.TERMINAL].told


# -- what is copied


async def test_the_last_copy_is_remembered_while_it_is_still_under_way() -> None:
    seen: list[str] = []

    async def slow(command: Sequence[str], text: str) -> Answer:  # noqa: ARG001 - as it is called
        assert board.last is not None
        seen.append(board.last.sentence)
        return Answer(None)

    board = Clipboard(lambda _: None, environ=TMUX, ask=slow)
    copied = await board.copy("TwiML", TEXT)
    assert seen == ["TwiML: being copied."]
    assert board.last is copied
    assert copied.text == TEXT


async def test_no_copy_ends_with_an_enter() -> None:
    terminal = Terminal({})
    assert (await terminal.clipboard.copy("TwiML", f"{TEXT}\r\n\n")).text == TEXT
    assert terminal.written == osc_52(TEXT)


async def test_an_empty_text_does_not_empty_the_clipboard() -> None:
    terminal = Terminal(TMUX)
    copied = await terminal.clipboard.copy("name", "\n")
    assert (terminal.ran, terminal.written, copied.sure) == ([], "", False)
    assert copied.sentence == "name: empty, so nothing was copied."


async def test_control_characters_are_spoken_of() -> None:
    terminal = Terminal({})
    assert "control characters" not in (await terminal.clipboard.copy("JSON", "a\tb\nc")).sentence
    assert (await terminal.clipboard.copy("text", "a\x1b[31mb")).sentence.endswith("; it holds control characters.")


async def test_what_is_too_long_for_terminals_is_put_elsewhere_and_that_is_said() -> None:
    fits, long = "x" * MOST, "x" * (MOST + 1)
    terminal = Terminal({"SSH_TTY": "y"})
    await terminal.clipboard.copy("JSON", fits)
    assert terminal.written == osc_52(fits)
    terminal.written = ""
    copied = await terminal.clipboard.copy("JSON", long)
    assert terminal.written == ""
    assert terminal.kept == [long]
    assert copied.sentence == "JSON: too long for a terminal (74 kB), so it is in /home/me/roomtui-copied-1.txt."
    assert copied.sure


async def test_what_is_too_long_is_in_the_tmux_buffer_alone() -> None:
    terminal = Terminal(TMUX, answers={LOAD_ALONE: Answer(0, f"{XTERM}\n")})
    copied = await terminal.clipboard.copy("JSON", "x" * 100_000)
    assert terminal.ran == [LOAD_ALONE]
    assert terminal.written == ""
    assert not terminal.kept
    assert copied.sentence == "JSON: too long for a terminal (100 kB), so it is in tmux's buffer alone."


async def test_what_fits_nowhere_is_said_to_be_nowhere() -> None:
    terminal = Terminal({"SSH_TTY": "y"}, room=False)
    copied = await terminal.clipboard.copy("JSON", "x" * 100_000)
    assert not copied.sure
    assert "no room for a file" in copied.sentence


def test_a_file_is_its_owner_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    path = write_down(TEXT)
    assert path is not None
    assert Path(path).parent == tmp_path
    assert Path(path).read_text("utf-8") == TEXT
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600  # noqa: PTH116 - the mode of the very file
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nowhere")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "neither"))
    assert write_down(TEXT) is None


@given(
    environ=st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from(["", "x", "screen", "screen.xterm", "tmux-256color", "dumb", "xterm"])
            for name in ("TMUX", "STY", "TERM", "SSH_TTY", "DISPLAY")
        },
    ),
    line=st.none() | st.text("p|01xtermscreen.tmux,clipboard", max_size=80),
    text=st.text(min_size=1, max_size=3000),
)
def test_wherever_we_are_the_clipboard_is_only_written_to_and_never_asked_for(
    environ: dict[str, str], line: str | None, text: str
) -> None:
    tmux = None if line is None else Tmux.told(line)
    found = route(environ, tmux, lambda _: None, "/dev/pts/9")
    # Undo the wrappings: what is left is what a terminal could be asked.
    bare = re.sub(r"\x1b|\\|P|tmux;", "", found.written(osc_52("x" + text.encode("utf-8", "ignore").decode())))
    assert all(re.match("c;[A-Za-z0-9+/=]+\x07", each.replace("[?9999h", "")) for each in bare.split("]52;")[1:])
    assert set(bare) <= {"\x07", *map(chr, range(32, 127))}
    assert found.told.isprintable()
    assert found.mend.isprintable()


# -- programs


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python takes its time to start where the machine is busy."""
    monkeypatch.setattr(clipboard, "_TIMEOUT", 60.0)


@pytest.mark.usefixtures("_patient")
async def test_a_program_gets_the_text_and_none_of_our_terminal(tmp_path: object) -> None:
    target = f"{tmp_path}/got"
    script = f"import sys; open({target!r}, 'wb').write(sys.stdin.buffer.read()); print('noise')"
    assert await run_with_input((sys.executable, "-c", script), TEXT)
    with open(target, encoding="utf-8") as got:  # noqa: ASYNC230, PTH123 - a tiny file of our own
        assert got.read() == TEXT
    assert await ask_with_input((sys.executable, "-c", script), TEXT) == Answer(0, "noise\n")


@pytest.mark.usefixtures("_patient")
async def test_a_program_that_is_missing_or_fails_is_no_success() -> None:
    assert not await run_with_input(("/nonexistent/program",), TEXT)
    assert not await run_with_input((sys.executable, "-c", "raise SystemExit(3)"), TEXT)
    assert await ask_with_input((sys.executable, "-c", "raise SystemExit(3)"), TEXT) == Answer(3)


@pytest.mark.usefixtures("_patient")
async def test_a_program_whose_pipes_somebody_keeps_is_not_waited_for(tmp_path: Path) -> None:
    # As the server of a tmux does, which gets the pipes of its client, and may have been stopped.
    keeper = "import signal; signal.pause()"
    hangs = f"import subprocess, sys; k = subprocess.Popen([sys.executable, '-c', {keeper!r}]); "
    pid = tmp_path / "pid"
    hangs += f"open({str(pid)!r}, 'w').write(str(k.pid)); k.wait()"
    asking = asyncio.create_task(ask_with_input((sys.executable, "-c", hangs), TEXT * 100_000))
    while not (pid.exists() and pid.read_text()):  # noqa: ASYNC110 - as soon as it runs
        await asyncio.sleep(0)
    try:
        let_pass(60)
        assert await asyncio.wait_for(asking, 30) == Answer(None)
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


async def test_a_program_that_hangs_or_is_wanted_no_more_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = (sys.executable, "-c", "import signal; signal.pause()")
    monkeypatch.setattr(clipboard, "_TIMEOUT", 0.05)
    assert await ask_with_input(hangs, TEXT * 100_000) == Answer(None)
    monkeypatch.setattr(clipboard, "_TIMEOUT", 60.0)
    started: list[asyncio.subprocess.Process] = []
    runs = asyncio.Event()
    start = asyncio.create_subprocess_exec

    async def remembered(*command: str, **more: object) -> asyncio.subprocess.Process:
        started.append(await start(*command, **more))  # type: ignore[arg-type] # as they come
        runs.set()
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    asking = asyncio.create_task(ask_with_input(hangs, TEXT))
    await runs.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert started[0].returncode is not None
