"""The dialog that copies TwiML."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from textual.widgets import Input

from roomtui.rooms.twiml import Language, snippet
from tests.tui import scene
from tests.tui.driving import press, screen_text, settle, told, typed
from tests.tui.scene import ago, live, person, picture, room

if TYPE_CHECKING:
    from roomtui.rooms.picture import LiveRoom

ROOM = room(1, "Board & Co", ago(minutes=30))
BUSY = live(
    ROOM,
    [person(ROOM.sid, "alice", ago(minutes=5))],
    [person(ROOM.sid, "zoe", ago(minutes=20), ago(minutes=10))],
)


def copied(stage: scene.Stage) -> str:
    """What the terminal was asked to put on the clipboard."""
    sequence = stage.written[-1]
    assert sequence.startswith("\x1b]52;c;")
    return base64.b64decode(sequence[7:-1]).decode()


async def test_enter_copies_the_plain_snippet() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter")
        assert copied(stage) == snippet("Board & Co")
        assert ET.fromstring(copied(stage)).findtext("Connect/Room") == "Board & Co"  # noqa: S314 - our own
        assert not stage.app.screen.is_modal
        assert "your terminal was asked to take it" in told(stage)


async def test_a_typed_identity_goes_into_the_snippet() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", *typed("carol"))
        assert 'participantIdentity="carol"' in screen_text(stage)
        await press(pilot, "enter")
        assert copied(stage) == snippet("Board & Co", identity="carol")


async def test_an_identity_can_be_chosen_those_who_left_first() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "down", "enter")
        assert copied(stage) == snippet("Board & Co", identity="zoe")


async def test_a_chosen_identity_is_shown_with_its_hazards_before_it_is_copied() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "down", "down")
        assert 'participantIdentity="alice"' in screen_text(stage)
        assert "alice is in the room already" in screen_text(stage)


async def test_above_the_first_identity_is_the_field_and_none() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "down", "up", "enter")
        assert copied(stage) == snippet("Board & Co")


async def test_an_identity_that_is_in_the_room_is_a_hazard() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", *typed("alice"))
        assert "alice is in the room already" in screen_text(stage)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (live(room(2, "p2p", ago(minutes=4), type="peer-to-peer")), "only group rooms take phone calls"),
        (live(room(3, "", ago(minutes=4))), "The room has no name"),
        (
            live(room(4, "full", ago(minutes=4), max_participants=1), [person("RM", "a", ago(1))]),
            "The room is full (1 of 1)",
        ),
    ],
)
async def test_hazards_are_said_before_copying(entry: LiveRoom, said: str) -> None:
    stage = scene.stage(picture([entry]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        assert said in screen_text(stage)


async def test_an_ended_room_is_a_hazard_too() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "G", "t")
        assert "The room is not in progress" in screen_text(stage)


async def test_what_xml_cannot_carry_is_not_copied() -> None:
    stage = scene.stage(picture([live(room(1, "a\x1bb", ago(minutes=4)))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter")
        assert stage.written == []
        assert "XML cannot carry" in screen_text(stage)


async def test_escape_copies_nothing() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "escape")
        assert stage.written == []


async def test_what_was_copied_can_be_read_again() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "Y")
        assert "Nothing has been copied yet." in told(stage)
        await press(pilot, "t", "enter", "Y")
        assert "<Room>Board &amp; Co</Room>" in screen_text(stage)
        await press(pilot, "escape")
        assert not stage.app.screen.is_modal


async def test_y_copies_the_sid() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "y")
        assert copied(stage) == ROOM.sid


@pytest.mark.parametrize(
    ("steps", "language"),
    [(0, Language.XML), (1, Language.PYTHON), (2, Language.NODE), (3, Language.BIN), (4, Language.XML)],
)
async def test_the_snippet_is_copied_as_it_was_chosen_to_be_written(steps: int, language: Language) -> None:
    name = "{{From}} & Co"
    stage = scene.stage(picture([live(room(1, name, ago(minutes=4)))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "tab", "tab", *["right"] * steps, "enter")
        assert copied(stage) == snippet(name, language=language)


async def test_a_spoken_fallback_goes_into_the_snippet() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "t", *"bob")
        stage.app.screen.query_one("#say", Input).value = "Sorry <all>"
        await settle(pilot)
        assert "<Say>Sorry &lt;all&gt;</Say>" in screen_text(stage)
        await press(pilot, "enter")
        assert copied(stage) == snippet("Board & Co", identity="bob", fallback_say="Sorry <all>")


async def test_on_a_small_screen_an_arrow_chooses_an_identity_all_the_same() -> None:
    full = live(room(1, "full", ago(minutes=4), type="go", max_participants=1), [person("RM", "ana", ago(1))])
    stage = scene.stage(picture([full]))
    async with stage.app.run_test(size=(60, 16)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "down", "enter")
        assert copied(stage) == snippet("full", identity="ana")


async def test_tab_passes_the_identities_by_and_arrows_go_to_them_and_back() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "tab")
        assert stage.app.focused is stage.app.screen.query_one("#say")
        await press(pilot, "shift+tab", "down")
        assert stage.app.focused is stage.app.screen.query_one("#identities")
        await press(pilot, "tab")
        assert stage.app.focused is stage.app.screen.query_one("#say")
        await press(pilot, "shift+tab", "down", "up")
        assert stage.app.focused is stage.app.screen.query_one("#identity")
