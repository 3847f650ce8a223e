"""The dialog that calls a phone and puts it into a room."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.twiml import FALLBACK_SAY, TwimlError
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import Refused, Unreachable
from roomtui.watch.actions import Dialling, DialStage, ReadOnlyError
from roomtui.watch.journal import JournalError
from tests.tui import scene
from tests.tui.driving import flat, press, press_at_once, screen_text, settle, told, typed
from tests.tui.scene import NOW, ago, live, person, picture, room

ROOM = room(3, "Board & Co", ago(minutes=30))
BUSY = live(
    ROOM, [person(ROOM.sid, "alice", ago(minutes=5)), person(ROOM.sid, "+16505550123-634a594e", ago(minutes=2))]
)
NUMBER = typed("+1 (650) 555-0199")
CALLED = Dialling(room=ROOM, to="+16505550199", from_="+16505550100", fallback_say=FALLBACK_SAY)


async def test_enter_asks_what_will_happen_and_tab_enter_calls() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter")
        assert stage.actions.dialled == []
        assert "Call +16505550199 from +16505550100 and put them into Board & Co?" in flat(stage)
        assert "costs money" in flat(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.dialled == [CALLED]


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["tab", "escape"]])
async def test_the_question_is_answered_no_by_enter_alone_and_by_esc(keys: list[str]) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter", *keys)
        assert stage.actions.dialled == []
        assert not stage.app.screen.is_modal


async def test_what_was_typed_can_be_changed_after_the_question() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter", "tab", "tab", "enter")
        await press(pilot, "end", "backspace", "8", "enter", "tab", "enter")
        assert [each.to for each in stage.actions.dialled] == ["+16505550198"]


async def test_every_step_is_a_line_of_its_own_and_the_last_says_who_came() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter", "tab", "enter")
        for said in ("The call is placed.", "It rings.", "Answered;", "The phone is in the room.", "+16505550199-0a1b"):
            assert said in screen_text(stage)
        assert ("look_at", ROOM.sid) in stage.feed.told
        assert told(stage) == ""
        await press(pilot, "enter")
        assert not stage.app.screen.is_modal
        assert told(stage) == ""


async def test_why_nobody_came_is_said() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.steps = (*scene.RINGS, *scene.REFUSES)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter", "tab", "enter")
        assert "The line is busy." in screen_text(stage)
        assert "enter or esc closes this." in screen_text(stage)


async def test_a_closed_dialog_lets_the_call_go_on_and_its_end_is_told() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.steps_before_the_gate = 2
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d", *NUMBER, "enter", "tab", "enter")
        await pilot.pause()
        assert "It rings." in screen_text(stage)
        assert "esc closes this; the call goes on." in screen_text(stage)
        await pilot.press("escape")
        await pilot.pause()
        assert not stage.app.screen.is_modal
        stage.actions.gate.set()
        await settle(pilot)
        assert "Board & Co: The phone is in the room." in told(stage)


async def test_a_call_that_fails_after_the_dialog_was_closed_is_told_as_trouble() -> None:
    stage = scene.stage(picture([BUSY]), hide_personal=True)
    last = scene.step(DialStage.UNCLEAR, "The call to +16505550199 may or may not ring.")
    stage.actions.steps = (*scene.RINGS, last)
    stage.actions.steps_before_the_gate = 2
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d", *NUMBER, "enter", "tab", "enter")
        await pilot.press("escape")
        stage.actions.gate.set()
        await settle(pilot)
        assert "The call to +1650555**** may or may not ring." in told(stage)
        assert [each.severity for each in stage.app._notifications] == ["error"]


@pytest.mark.parametrize(
    ("number", "said"),
    [("", "A phone number is wanted"), ("0301234", "country code"), ("+49", "too few"), ("+1650x", "holds x")],
)
async def test_a_number_that_is_none_is_complained_of_at_its_field(number: str, said: str) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *typed(number), "enter")
        assert said in flat(stage)
        assert stage.app.focused is stage.app.screen.query_one("#to")
        await press(pilot, "tab", "tab", "enter")
        assert stage.actions.dialled == []


async def test_without_a_caller_id_one_is_asked_for() -> None:
    stage = scene.stage(picture([BUSY]), caller_id=None)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter")
        assert stage.app.focused is stage.app.screen.query_one("#from")
        await press(pilot, *typed("+4930123456"), "enter", "tab", "enter")
        assert [each.from_ for each in stage.actions.dialled] == ["+4930123456"]


async def test_identity_and_spoken_fallback_are_passed_on() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "tab", "tab", *"bob", "tab")
        stage.app.screen.query_one("#say", Input).value = ""
        await press(pilot, "enter", "tab", "enter")
        (dialled,) = stage.actions.dialled
        assert (dialled.identity, dialled.fallback_say) == ("bob", "")


async def test_hazards_and_phones_are_said_before_the_call() -> None:
    full = live(room(3, "p2p", ago(minutes=4), type="peer-to-peer", max_participants=1), [person("RM", "a", ago(1))])
    stage = scene.stage(picture([full]))
    async with stage.app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "d")
        assert "only group rooms take phone calls" in flat(stage)
        assert "The room is full (1 of 1)" in flat(stage)
        assert "phones 0 of 35, as far as identities tell" in flat(stage)
        await press(pilot, *NUMBER, "tab", "tab", "a")
        assert "a is in the room already" in flat(stage)
        await press(pilot, "enter")
        assert "only group rooms take phone calls" in flat(stage), "and still where it is asked whether to call"


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("Twilio does not answer."),
        Refused(status=400, code=21210, message=Untrusted("'From' [b]is[/] not verified")),
        ReadOnlyError("This is read-only."),
        JournalError("It cannot be written down."),
        TwimlError("The identity holds ^[, which XML cannot carry."),
    ],
)
async def test_a_refusal_leaves_what_was_typed_to_be_mended(failure: Exception) -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.failing = failure
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter", "tab", "enter")
        assert " ".join(str(failure).split())[:40] in flat(stage)
        stage.actions.failing = None
        await press(pilot, "enter", "tab", "enter")
        assert stage.actions.dialled == [CALLED]


async def test_what_xml_cannot_carry_is_complained_of_before_the_question() -> None:
    stage = scene.stage(picture([live(room(1, "a\x1bb", ago(minutes=4)))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter")
        assert "which XML cannot" in flat(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.dialled == []


async def test_masked_numbers_stay_masked_but_for_the_one_that_is_typed() -> None:
    stage = scene.stage(picture([BUSY]), hide_personal=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER)
        assert "555-0199" in screen_text(stage)
        assert "+1650555**** (of the profile)" in screen_text(stage)
        await press(pilot, "enter")
        assert "Call +16505550199 from +1650555**** and" in flat(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.dialled == [CALLED]
        assert "as +1650555****-0a1b2c3d" in screen_text(stage)
        assert "5550199" not in screen_text(stage)


async def test_a_room_that_ends_meanwhile_takes_no_call() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d", *NUMBER, "enter")
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)]))
        await settle(pilot)
        assert "It has ended: ended via API" in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.dialled == []
        assert not stage.app.screen.is_modal


async def test_a_room_that_ends_while_it_is_typed_closes_on_enter() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "d")
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)]))
        await press(pilot, *NUMBER)
        assert stage.app.screen.is_modal
        assert "It has ended" in screen_text(stage)
        await press(pilot, "enter")
        assert not stage.app.screen.is_modal


async def test_a_room_that_ends_while_it_rings_is_told_beside_the_call() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.steps_before_the_gate = 1
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d", *NUMBER, "enter", "tab", "enter")
        await pilot.pause()
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)]))
        await pilot.pause()
        note = stage.app.screen.query_one("#note", LineView).lines
        said = " ".join(piece.text for line in note for piece in line)
        assert said == "The room has ended meanwhile: ended via API. esc closes this; the call goes on."
        stage.actions.gate.set()
        await settle(pilot)
        assert "The phone is in the room." in screen_text(stage)
        assert "enter or esc closes this." in screen_text(stage)


async def test_keys_that_arrive_at_once_call_once() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "d", "+", *"16505550199", "enter", "tab", "enter")
        for _ in range(5):
            await settle(pilot)
        assert stage.actions.dialled == [CALLED]


async def test_leaving_the_dashboard_does_not_wait_for_the_call() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.steps_before_the_gate = 2
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d", *NUMBER, "enter", "tab", "enter", "escape")
        await pilot.press("q")
    assert stage.feed.told[-1] == ("close", None)
