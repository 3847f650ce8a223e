from __future__ import annotations

import base64
import re
import sys
from typing import TYPE_CHECKING

import pytest

from roomtui.tui.clipboard import Clipboard, run_with_input

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "<Room>東京 & Co</Room>\n"


class Terminal:
    """Remembers what was written to it and which programs were run."""

    def __init__(self, environ: dict[str, str], *, programs: set[str] | None = None, works: bool = True) -> None:
        self.written = ""
        self.ran: list[tuple[str, ...]] = []
        self.works = works
        self.programs = programs or set()
        self.clipboard = Clipboard(self._write, environ=environ, run=self._run, which=self._which)

    def _write(self, text: str) -> None:
        self.written += text

    async def _run(self, command: Sequence[str], text: str) -> bool:
        assert text == TEXT
        self.ran.append(tuple(command))
        return self.works

    def _which(self, name: str) -> str | None:
        return name if name in self.programs else None


def osc_52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


async def test_in_tmux_the_buffer_is_loaded_and_nothing_is_written_to_the_terminal() -> None:
    terminal = Terminal({"TMUX": "/tmp/tmux-0/default,1,0", "SSH_TTY": "/dev/pts/1"})  # noqa: S108 - tmux's own form
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran == [("tmux", "load-buffer", "-w", "-")]
    assert terminal.written == ""
    assert copied.sure
    assert copied.sentence == "TwiML sent to the tmux buffer."


async def test_a_tmux_that_refuses_is_not_said_to_have_it() -> None:
    terminal = Terminal({"TMUX": "x", "SSH_TTY": "y"}, works=False)
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written == osc_52(TEXT)
    assert not copied.sure
    assert "press Y" in copied.sentence


async def test_in_screen_the_sequence_goes_through_in_pieces_that_screen_takes() -> None:
    long = TEXT * 200
    terminal = Terminal({"STY": "1.pts", "TERM": "screen"})
    await terminal.clipboard.copy("TwiML", long)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", terminal.written, flags=re.DOTALL)
    assert "".join(pieces) == osc_52(long)
    assert max(map(len, pieces)) <= 250


async def test_behind_a_tmux_on_the_far_side_both_forms_are_sent() -> None:
    terminal = Terminal({"TERM": "tmux-256color", "SSH_TTY": "y"})
    await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.written.startswith(osc_52(TEXT))
    assert terminal.written.endswith("\x1bPtmux;" + osc_52(TEXT).replace("\x1b", "\x1b\x1b") + "\x1b\\")


async def test_over_ssh_the_clipboard_of_the_wrong_machine_is_left_alone() -> None:
    terminal = Terminal({"DISPLAY": ":10", "SSH_CONNECTION": "a b c d"}, programs={"xclip"})
    await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran == []
    assert terminal.written == osc_52(TEXT)


@pytest.mark.parametrize(
    ("variable", "program"), [("WAYLAND_DISPLAY", "wl-copy"), ("DISPLAY", "xclip"), ("DISPLAY", "xsel"), ("", "pbcopy")]
)
async def test_at_the_desk_the_local_clipboard_is_used(variable: str, program: str) -> None:
    terminal = Terminal({variable: ":0"} if variable else {}, programs={program})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.ran[0][0] == program
    assert program in copied.way


async def test_the_last_copy_is_remembered() -> None:
    terminal = Terminal({})
    copied = await terminal.clipboard.copy("TwiML", TEXT)
    assert terminal.clipboard.last is copied
    assert copied.text == TEXT


async def test_a_program_gets_the_text_and_none_of_our_terminal(tmp_path: object) -> None:
    target = f"{tmp_path}/got"
    script = f"import sys; open({target!r}, 'wb').write(sys.stdin.buffer.read()); print('noise')"
    assert await run_with_input((sys.executable, "-c", script), TEXT)
    with open(target, encoding="utf-8") as got:  # noqa: ASYNC230, PTH123 - a tiny file of our own
        assert got.read() == TEXT


async def test_a_program_that_is_missing_or_fails_is_no_success() -> None:
    assert not await run_with_input(("/nonexistent/program",), TEXT)
    assert not await run_with_input((sys.executable, "-c", "raise SystemExit(3)"), TEXT)
