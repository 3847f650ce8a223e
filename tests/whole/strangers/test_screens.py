"""Strangers' names on every screen of the dashboard: nothing but text and the program's own sequences is sent."""

from __future__ import annotations

import base64
import json
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import environment, until
from tests.strangers import STRANGERS
from tests.whole.strangers.fuzz import Watched, fuzz
from tests.whole.strangers.screen import Screen
from tests.whole.strangers.town import ACCOUNT, Running, Town, sid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.whole.strangers.town import Asked

RAW = [each.raw[:128] for each in STRANGERS]
OPENED_BY = {
    "t": "Copy the TwiML that puts a call", "e": "End this room for everybody?", "x": "Remove whom?",
    "d": "Dial somebody in", "R": "Recording", "C": "Columns", "J": '"sid":', "c": "curl",
}  # fmt: skip
"""What stands on the screen once a dialog is there that a key opens."""
SEEN_ON_THE_WAY = (*OPENED_BY.values(), "to end it")
DRAWN_WITHIN = 5.0
"""Seconds in which a dialog is there, even on a busy machine."""
# Fields that Twilio fills in itself, as a stranger would; those that are dates or numbers are left out.
FIELDS = {
    "type": "\x1b[2J[b]type\u202e",
    "media_region": "\x1b]0;region\x07",
    "status_callback": "https://e.example/\x1b[31m\u202e[/]",
    "status_callback_method": "PO\nST",
    "video_codecs": ["VP8", "\x9b2JH264", "[b]"],
    "url": "javascript:\x1b[0m",
    "links": {"\x1b[2J": "\u202e", "participants": "\x07"},
    "a_new_field\x1b[2J": {"[b]\u202e": ["\x1b]52;c;QQ==\x07"]},
}
PASTED = "\x1b[200~a\x9b2J\x9d52;c;QQ==\x9c\x1b[31m\u202e\u200b\U0001f1e9\x1b[201~"
# What is pressed, one after the other; every dialog is left again by escape.
TOUR = (
    *(("\r", "\x1b"),) * 2,
    ("t", "\x1b"), ("t", "\r"), ("t", "\t", "a", "\x1b"), *(("t", "\x1b[B" * down, "\x1b") for down in (4, 9, 16)),
    *((key, PASTED, "\x1b", "\x1b") for key in "/en"), ("3", "/", PASTED, "\x1b", "1"), ("\x10", PASTED, "\x1b"),
    ("e", "\x1b"), ("e", "a", "b", "\r", "\x1b"), ("x", "\x1b"),
    ("x", "\r", "\r", "\x1b", "\x1b"), ("d", "\x1b"), ("d", "+1650", "\t", "\x1b"), ("R", "\r", "\x1b"), ("c", "\x1b"),
    ("c", "identity", "\r"), ("c", "curl", "\x1b[B", "\r"), ("Y", "\x1b"), ("J", "\x1b[6~", "\x1b[6~", "\x1b"), ("y",),
    ("o", "\x1b"), ("n", "[b]\t\r", "\x1b"), ("N", "\r", "\x1b"), ("C", "\x1b"), ("/", "name:x", "\t", "\x1b", "\x1b"),
    ("s", "\x1b"), (" ", " ", "e", "\x1b", "u"), ("?", "\x1b"), ("\x10", "theme", "\x1b"), ("P", "\x1b"), ("h",),
    ("L",), ("L",),
    ("z",), ("z",), ("v", "\x1b"), ("\x0c",), ("p",), ("p",), ("r",), ("3", "G", "g", "w", "\r", "1"),
    ("3", "/", "live", "\x1b", "\x1b", "1"), ("2", "j", "\r", "\x1b", "1"), ("G",), ("g",),
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def walk(terminal: Watched, tour: tuple[tuple[str, ...], ...], *, opens: bool = False) -> str:
    """Press all these keys; each is waited for as far as something is drawn. What stood there in between.

    `opens`: they are pressed where they open their dialogs, which are waited for.
    """
    seen = []
    for keys in tour:
        for number, key in enumerate(keys):
            before = terminal.strict.checked
            terminal.type(key)
            opened = None if number else OPENED_BY.get(key)
            if opened is not None and opens:
                with suppress(AssertionError):
                    until(lambda: opened in terminal.text, DRAWN_WITHIN)  # noqa: B023 - waited for here
            try:
                until(lambda: terminal.strict.checked > before, 0.2)  # noqa: B023 - waited for here
            except AssertionError:
                continue  # not every key shows something
            if not number and len(keys) > 1:
                drawn_whole(terminal)
            seen.append(terminal.text)
        assert terminal.process.poll() is None or keys == ("q",), f"left at {keys}:\n" + terminal.text
    return "\n".join(seen)


def drawn_whole(terminal: Watched) -> None:
    """Wait for the rest of what has begun to be drawn: a dialog is drawn in more than one frame."""
    quiet = -1
    with suppress(AssertionError):
        while quiet != terminal.strict.checked:
            quiet = terminal.strict.checked
            until(lambda: terminal.strict.checked != quiet, 0.05)  # noqa: B023 - waited for here


def home_again(terminal: Watched, screen: str) -> str:
    """Out of whatever is still open, and to this screen, if it is not there yet."""
    return "".join(
        walk(terminal, ((key,),))
        for key in ("\x1b", "\x1b", screen)
        if not any("q Quit" in row and "? Help" in row for row in terminal.rows) or key == screen == "2"
    )


def _more_than(asked: list[Asked], before: int) -> bool:
    return len(asked) > before


def files(home: Path) -> Iterator[Path]:
    return (each for each in home.rglob("*") if each.is_file() and "config" not in each.parts)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("options", "ended"),
    [((), False), (("--plain-output",), False), (("--ascii", "--no-pii"), True)],
    ids=["live", "live, plain output", "ended, ASCII"],
)
def test_on_no_screen_a_name_is_more_than_text(home: Path, options: tuple[str, ...], *, ended: bool) -> None:
    town = Town(people=RAW, tracks=RAW, more=FIELDS, says="".join(RAW)[:400], ended=ended)
    town.rename(RAW)
    screen = Screen(120, 45, may_copy=True)
    with (
        Running(town) as running,
        Watched(screen, "watch", *options, environ=environment(home, **running.environ), cwd=home) as terminal,
    ):
        until(lambda: any("q Quit" in row for row in terminal.rows))
        if ended:
            terminal.type("2")
            until(lambda: any("[" in row or "minus" in row or "--yes" in row for row in terminal.rows))
        else:
            until(lambda: any(f"{len(RAW)} live" in row for row in terminal.rows))
        seen = ""
        for keys in TOUR:
            seen += walk(terminal, (keys,), opens=not ended) + home_again(terminal, "2" if ended else "1")
        assert terminal.leave() == 0, terminal.text
    # On a busy machine a dialog may be left again before it was drawn.
    assert ended or sum(each in seen for each in SEEN_ON_THE_WAY) >= 6
    screen.finish()
    assert screen.violations == []
    for copied in screen.copied:
        assert base64.b64decode(copied, validate=True)
    for path in files(home):
        text = path.read_text("utf-8")
        assert path.stat().st_mode & 0o077 == 0, path
        if ".jsonl" in path.name and not path.name.endswith(".lock"):
            assert all(isinstance(json.loads(line), dict) for line in text.splitlines())
            assert text.isascii()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_what_twilio_says_is_text_too(home: Path, status: int) -> None:
    town = Town(people=RAW[:5], refuses=status)
    town.rename(RAW[:20])
    screen = Screen(120, 30)
    with (
        Running(town) as running,
        Watched(screen, "watch", "--refresh", "0.5", environ=environment(home, **running.environ)) as terminal,
    ):
        until(lambda: any("q Quit" in row for row in terminal.rows))
        for each in (*("".join(RAW[at : at + 6]) for at in range(0, len(RAW), 30)), ""):
            town.says = each
            asked = len(town.asked)
            terminal.type("r")
            until(partial(_more_than, town.asked, asked), 40)
        walk(terminal, (("?", "\x1b"), ("3", "1"), ("2", "1")))
        assert terminal.leave() == 0, terminal.text
    assert screen.violations == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("options", "count"), [((), 2000), (("--plain-output",), 1000)], ids=["frugal", "plain"])
def test_of_thousands_of_names_each_is_drawn_and_none_shifts_the_columns_beside_it(
    home: Path, options: tuple[str, ...], count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = fuzz(home, count, seed=7, rooms=1000, lines=500, options=options)
    with capsys.disabled():
        sys.stderr.write(f"[{figures.drawn} names drawn, {figures.checked} bytes checked] ")
    assert figures.violations == []
    assert figures.drawn >= count


def test_a_replay_shows_text_alone(home: Path) -> None:
    tape = home / "tape.jsonl"
    town = Town(people=RAW, tracks=RAW, more=FIELDS)
    town.rename(RAW)
    with Running(town) as running:
        environ = environment(home, **running.environ)
        for command in (("watch", "--record", str(tape)), ("replay", str(tape))):
            screen = Screen(100, 40, may_copy=True, wraps=True)  # the last words may be as long as they are
            with Watched(screen, *command, environ=environ, cwd=home) as terminal:
                until(lambda: any(f"{len(RAW)} live" in row for row in terminal.rows))
                walk(terminal, (("\r", "\x1b"), ("G",), ("t", "\x1b"), ("J", "\x1b"), ("c", "\x1b"), ("y",)))
                assert terminal.leave() == 0, terminal.text
            assert screen.violations == []
    lines = tape.read_text("ascii").splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    told = json.dumps([json.loads(line) for line in lines])
    assert all(json.dumps(name)[1:-1] in told for name in RAW)


def test_a_screen_would_notice() -> None:
    """The strict reader itself: each of these must not pass."""
    for bad in (
        b"\x1b]0;t\x07", b"\x1b]52;c;QQ==\x07", b"\x1bPq\x1b\\", b"\x1b[6h", b"\x1b[?9999h", b"\x1bc", b"\x1b_x\x1b\\",
        "\x9b2J".encode(), "\u202e".encode(), "\u200b".encode(), b"\xff", b"\x00", b"\x7f", b"\t", "\ufe0f".encode(),
        "a\u0316\u0317\u0318".encode(), "\U000e0041".encode(), "\u2028".encode(), b"\x1b[1;1r", b"\x1b[3J", b"\x1b[5n",
        b"x" * 11, b"\x1b[21t", b"\x07", "\u3164".encode(),
    ):  # fmt: skip
        screen = Screen(10, 3)
        screen.feed(bad)
        screen.finish()
        # A mark that changes the width before it is no violation of the bytes, but never sent either.
        assert screen.violations or bad == "\ufe0f".encode(), bad
    for good in (b"\x1b[2J\x1b[H\x1b[1;31mab\x1b[m\x1b[3G\x1b[K\x1b[?25l\x1b[6n\r\n\x1bM", "é東\u0301".encode()):
        screen = Screen(10, 3)
        for each in good:
            screen.feed(bytes([each]))
        screen.finish()
        assert screen.violations == []


def test_each_room_of_the_town_is_one() -> None:
    town = Town()
    town.rename(RAW)
    assert {town.room(number)["sid"] for number in range(len(RAW))} == {sid("RM", each) for each in range(len(RAW))}
    assert town.room(0)["account_sid"] == ACCOUNT
