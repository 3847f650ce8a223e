from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotFound, Refused, Throttled, TwilioError, Unreachable
from roomtui.watch.actions import Actions, ReadOnlyError, RemoveOutcome
from roomtui.watch.journal import Journal, JournalError
from tests.watch.deeds import CONTEXT, Desk, Refusing, no_clear_answer, refused
from tests.watch.scripted import ScriptedGateway, not_found

if TYPE_CHECKING:
    from pathlib import Path

    from roomtui.rooms.model import Participant
    from tests.watch.conftest import Twilio

LOOK_AGAIN = "They may or may not be removed yet: look again before you go on."


def a_room_of_three(desk: Desk) -> tuple[str, str]:
    """The room's SID and that of bob."""
    room = desk.twilio.opens("Board & Co")
    desk.twilio.joins(room, "alice")
    bob = desk.twilio.joins(room, "bob")
    desk.twilio.drops(desk.twilio.joins(room, "carla"))
    return room, bob


async def test_somebody_is_put_out_and_seen_to_be_gone(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    result = await desk.actions.remove(room, bob)
    assert (result.outcome, result.people, result.unwritten) == (RemoveOutcome.REMOVED, 2, None)
    assert (result.participant.sid, result.participant.status) == (bob, "disconnected")
    assert desk.twilio.count("remove") == 1
    assert desk.twilio.asked[-1].what == "participant", "the answer is verified by a fetch"


async def test_the_journal_tells_who_was_put_out_of_what(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    await desk.actions.remove(room, bob)
    before, after = desk.lines()
    common = {
        **CONTEXT,
        "kind": "audit",
        "action": "remove-participant",
        "at": desk.time.now().isoformat(),
        "id": before["id"],
        "room_sid": room,
        "room_name": "Board & Co",
        "people": 3,
        "participant_sid": bob,
        "identity": "bob",
    }
    assert before == {**common, "phase": "before"}
    assert after == {
        **common,
        "phase": "after",
        "outcome": "removed",
        "answer": "disconnected",
        "request_id": "RQ1",
    }


async def test_who_left_before_is_left_alone(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.leaves(bob)
    result = await desk.actions.remove(room, bob)
    assert (result.outcome, result.people) == (RemoveOutcome.GONE_BEFORE, 2)
    assert (desk.twilio.count("remove"), desk.lines()) == (0, [])


async def test_who_was_never_there_is_not_found(desk: Desk) -> None:
    room, _ = a_room_of_three(desk)
    with pytest.raises(NotFound):
        await desk.actions.remove(room, "PA" + "0" * 32)
    assert desk.lines() == []


async def test_who_has_lost_the_connection_can_be_put_out_too(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.drops(bob)
    assert (await desk.actions.remove(room, bob)).outcome is RemoveOutcome.REMOVED


@pytest.mark.parametrize("answer", [refused(53204, 404), not_found(), refused(53118)], ids=["53204", "404", "53118"])
async def test_who_leaves_between_the_look_and_the_deed_had_gone(desk: Desk, answer: Refused) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.before["remove"] = lambda: desk.twilio.leaves(bob)
    desk.twilio.trouble["remove"] = answer
    result = await desk.actions.remove(room, bob)
    assert (result.outcome, result.participant.status) == (RemoveOutcome.GONE_BEFORE, "disconnected")
    _, after = desk.lines()
    assert (after["outcome"], after["answer"]) == ("gone-before", answer.sentence)


@pytest.mark.parametrize("look", [not_found(), refused(53204)], ids=["404", "53204"])
async def test_whom_twilio_does_not_know_any_more_is_gone(desk: Desk, look: Refused) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.before["remove"] = lambda: desk.twilio.trouble.update(participant=look)
    result = await desk.actions.remove(room, bob)
    assert (result.outcome, result.participant.identity.raw) == (RemoveOutcome.REMOVED, "bob")


async def test_who_comes_back_is_another_participant(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.before["remove"] = lambda: desk.twilio.before.update(
        participant=lambda: desk.twilio.joins(room, "bob"),
    )
    result = await desk.actions.remove(room, bob)
    assert (result.outcome, result.participant.sid) == (RemoveOutcome.REMOVED, bob)


@pytest.mark.parametrize(
    "answer",
    [refused(53209), refused(20003, 403), Throttled(status=429, code=20429, message=Untrusted("Slow"))],
    ids=["53209", "403", "429"],
)
async def test_a_refusal_is_told_and_written_down(desk: Desk, answer: Refused) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.trouble["remove"] = answer
    with pytest.raises(Refused) as told:
        await desk.actions.remove(room, bob)
    assert told.value is answer
    assert desk.lines()[1]["outcome"] == "refused"


@no_clear_answer
async def test_no_clear_answer_is_a_removal_once_they_are_seen_to_be_gone(desk: Desk, trouble: TwilioError) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.before["remove"] = lambda: desk.after(0.5, lambda: desk.twilio.leaves(bob))
    desk.twilio.trouble["remove"] = trouble
    assert (await desk.actions.remove(room, bob)).outcome is RemoveOutcome.REMOVED
    assert desk.twilio.count("remove") == 1, "it is never told twice"
    _, after = desk.lines()
    assert (after["outcome"], after["answer"]) == ("removed", trouble.sentence)


@no_clear_answer
async def test_no_clear_answer_is_neither_told_as_a_no_nor_as_a_removal(desk: Desk, trouble: TwilioError) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.trouble["remove"] = trouble
    with pytest.raises(TwilioError) as told:
        await desk.actions.remove(room, bob)
    assert told.value.sentence == f"{trouble.sentence.rstrip('.')}. {LOOK_AGAIN}"
    _, after = desk.lines()
    assert (after["outcome"], after["request_id"]) == ("no-answer", getattr(trouble, "request_id", None))


async def test_a_removal_that_does_not_show_is_not_told_as_one(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    still = desk.twilio.people[bob]
    desk.twilio.before["remove"] = lambda: desk.twilio.before.update(
        participant=lambda: desk.twilio.people.update({bob: still}),
    )
    result = await desk.actions.remove(room, bob)
    assert (result.outcome, result.participant.status) == (RemoveOutcome.NOT_VERIFIED, "connected")
    assert desk.waited == [0.5, 0.5]
    assert desk.lines()[1]["outcome"] == "not-verified"


async def test_a_removal_that_cannot_be_looked_at_is_not_verified(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.before["remove"] = lambda: desk.twilio.trouble.update(participant=Unreachable("no answer"))
    assert (await desk.actions.remove(room, bob)).outcome is RemoveOutcome.NOT_VERIFIED


@pytest.mark.parametrize("answer", [refused(53204, 404), not_found(), refused(53118)], ids=["53204", "404", "53118"])
async def test_whom_twilio_does_not_find_and_still_shows_has_not_gone(desk: Desk, answer: Refused) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.trouble["remove"] = answer
    with pytest.raises(Refused) as told:
        await desk.actions.remove(room, bob)
    assert told.value is answer
    assert desk.lines()[1]["outcome"] == "refused"


async def test_whom_nobody_finds_after_no_clear_answer_is_not_told_to_be_removed(desk: Desk) -> None:
    room, bob = a_room_of_three(desk)
    desk.twilio.before["remove"] = lambda: desk.twilio.trouble.update(participant=not_found())
    desk.twilio.trouble["remove"] = Unreachable("The connection broke off.")
    with pytest.raises(TwilioError, match=LOOK_AGAIN):
        await desk.actions.remove(room, bob)
    assert desk.lines()[1]["outcome"] == "no-answer"


class _SilentAboutRooms(ScriptedGateway):
    """Its participants do not tell which room they are in."""

    async def participant(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> Participant:
        return replace(await super().participant(room_sid, participant_sid, urgent=urgent), room_sid="")

    async def remove_participant(self, room_sid: str, participant_sid: str) -> tuple[Participant, str | None]:
        participant, request_id = await super().remove_participant(room_sid, participant_sid)
        return replace(participant, room_sid=""), request_id


async def test_an_answer_that_leaves_out_the_room_is_about_this_room(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.jsonl", kind=_SilentAboutRooms)
    room, bob = a_room_of_three(desk)
    assert (await desk.actions.remove(room, bob)).outcome is RemoveOutcome.REMOVED
    assert desk.twilio.people[bob].status == "disconnected"
    assert [each.sid for each in desk.twilio.asked if each.what in {"remove", "participant"}] == [bob] * 3


async def test_read_only_removes_nobody(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.jsonl", read_only=True)
    with pytest.raises(ReadOnlyError, match="PA1 was not removed"):
        await desk.actions.remove("RM1", "PA1")
    assert (desk.twilio.asked, desk.lines()) == ([], [])


async def test_what_cannot_be_written_down_is_not_done(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=0))
    room, bob = a_room_of_three(desk)
    with pytest.raises(JournalError, match=f"Participant {bob} was not removed"):
        await desk.actions.remove(room, bob)
    assert desk.twilio.people[bob].is_present


async def test_a_result_that_cannot_be_written_down_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=1))
    assert (await desk.actions.remove(*a_room_of_three(desk))).unwritten == "The disk is full."


# Over HTTP


async def test_removes_somebody_from_a_room_of_the_sandbox(twilio: Twilio, tmp_path: Path) -> None:
    actions = Actions(twilio.gateway, Journal(tmp_path / "journal.jsonl"), twilio.clock, context=CONTEXT)
    room = await twilio.create(UniqueName="talk")
    await twilio.join(room, "alice")
    bob = await twilio.join(room, "bob")
    assert (await actions.remove(room, bob)).outcome is RemoveOutcome.REMOVED
    assert [each.identity.raw for each in (await actions.look(room)).roster.present] == ["alice"]
    assert (await actions.remove(room, bob)).outcome is RemoveOutcome.GONE_BEFORE
