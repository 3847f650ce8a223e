from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.new_room import NewRoom
from roomtui.rooms.recording import EVERYTHING
from roomtui.twilio_api.errors import Refused, TwilioError, Unreachable, Unsendable
from roomtui.twilio_api.new_room import new_room_form
from roomtui.watch.actions import Actions, CreateOutcome, ReadOnlyError
from roomtui.watch.creating import _is_like
from roomtui.watch.journal import Journal, JournalError
from tests.rooms.builders import room
from tests.watch.deeds import CONTEXT, Desk, Refusing, no_clear_answer, refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.watch.conftest import Twilio

TALK = NewRoom(unique_name="talk")


async def test_a_room_is_created_once_and_looked_at(desk: Desk) -> None:
    result = await desk.actions.create_room(TALK)
    assert result.outcome is CreateOutcome.CREATED
    assert result.room is not None
    assert result.room.unique_name.raw == "talk"
    assert (result.sentence, result.unwritten) == (None, None)
    assert desk.twilio.created == [TALK]
    assert [ask.what for ask in desk.twilio.asked] == ["room", "create", "room"]


async def test_the_journal_tells_what_was_asked_for_and_which_room_came_of_it(desk: Desk) -> None:
    new = NewRoom(
        unique_name="talk",
        empty_room_timeout=7,
        video_codecs=("VP8",),
        record_participants_on_connect=False,
        recording_rules=EVERYTHING,
        status_callback="https://joan:secret@example.com/rooms?mail=a@b",
        transcriptions_configuration={"languageCode": "en"},
    )
    result = await desk.actions.create_room(new)
    before, after = desk.lines()
    assert before == {
        **CONTEXT,
        "kind": "audit",
        "action": "create-room",
        "phase": "before",
        "at": desk.time.now().isoformat(),
        "id": after["id"],
        "room_name": "talk",
        "asked": {
            "EmptyRoomTimeout": 7,
            "VideoCodecs": ["VP8"],
            "RecordParticipantsOnConnect": False,
            "RecordingRules": '[{"type":"include","all":true}]',
            "StatusCallback": "https://***@example.com/rooms?mail=a@b",
            "TranscriptionsConfiguration": new_room_form(new)["TranscriptionsConfiguration"],
        },
    }
    assert result.room is not None
    assert (after["outcome"], after["answer"], after["request_id"]) == ("created", "in-progress", "RQ1")
    assert after["room_sid"] == result.room.sid


async def test_a_room_so_new_that_it_is_not_found_is_told_as_twilio_told_it(desk: Desk) -> None:
    desk.twilio.before["create"] = lambda: desk.twilio.trouble.update(room=Unreachable("no answer"))
    result = await desk.actions.create_room(NewRoom())
    assert result.outcome is CreateOutcome.CREATED
    assert result.room is not None
    assert not result.room.has_name


async def test_a_name_that_is_taken_is_twilios_to_refuse(desk: Desk) -> None:
    desk.twilio.opens("talk")
    desk.twilio.trouble["create"] = answer = refused(53113)
    with pytest.raises(Refused) as told:
        await desk.actions.create_room(TALK)
    assert told.value is answer
    _, after = desk.lines()
    assert (after["outcome"], after["answer"], after["request_id"]) == ("refused", answer.sentence, "RQ9")


async def test_what_cannot_be_sent_was_not_done(desk: Desk) -> None:
    desk.twilio.trouble["create"] = Unsendable("That is no UTF-8.")
    with pytest.raises(Unsendable):
        await desk.actions.create_room(NewRoom())
    assert desk.lines()[1]["outcome"] == "not-done"


async def test_read_only_creates_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.jsonl", read_only=True)
    with pytest.raises(ReadOnlyError, match="'talk' was not created"):
        await desk.actions.create_room(TALK)
    assert (desk.twilio.asked, desk.lines()) == ([], [])


async def test_what_cannot_be_written_down_is_not_created(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=0))
    with pytest.raises(JournalError, match=r"Room 'talk' was not created, because it cannot be written down\. The"):
        await desk.actions.create_room(TALK)
    assert desk.twilio.created == []


async def test_a_result_that_cannot_be_written_down_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, journal=Refusing(tmp_path / "journal.jsonl", takes=1))
    result = await desk.actions.create_room(TALK)
    assert (result.outcome, result.unwritten) == (CreateOutcome.CREATED, "The disk is full.")


# No clear answer


@no_clear_answer
async def test_a_room_that_came_of_it_all_the_same_is_the_one(desk: Desk, trouble: TwilioError) -> None:
    desk.twilio.before["create"] = lambda: desk.twilio.opens("talk")
    desk.twilio.trouble["create"] = trouble
    result = await desk.actions.create_room(TALK)
    assert result.outcome is CreateOutcome.CREATED
    [sid] = desk.twilio.rooms
    assert result.room is not None
    assert result.room.sid == sid
    assert desk.twilio.created == [TALK], "it is never asked for twice"
    _, after = desk.lines()
    assert (after["outcome"], after["answer"], after["room_sid"]) == ("created", trouble.sentence, sid)
    assert after["request_id"] == getattr(trouble, "request_id", None)


async def test_it_may_take_a_moment_to_show(desk: Desk) -> None:
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    desk.after(1, lambda: desk.twilio.opens("talk"))
    assert (await desk.actions.create_room(TALK)).outcome is CreateOutcome.CREATED
    assert desk.waited == [0.5, 0.5]


@no_clear_answer
async def test_where_no_room_shows_it_is_unclear(desk: Desk, trouble: TwilioError) -> None:
    desk.twilio.trouble["create"] = trouble
    result = await desk.actions.create_room(TALK)
    assert (result.outcome, result.room) == (CreateOutcome.UNCLEAR, None)
    assert result.sentence is not None
    assert result.sentence.startswith(trouble.sentence.rstrip("."))
    assert result.sentence.endswith("The room may or may not be created yet: look for it before you create it again.")
    assert desk.lines()[1]["outcome"] == "unclear"


async def test_where_nobody_can_look_it_is_unclear(desk: Desk) -> None:
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    desk.twilio.before["create"] = lambda: desk.twilio.trouble.update(room=Unreachable("no answer."))
    assert (await desk.actions.create_room(TALK)).outcome is CreateOutcome.UNCLEAR


async def test_a_nameless_room_cannot_be_looked_for(desk: Desk) -> None:
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    result = await desk.actions.create_room(NewRoom())
    assert (result.outcome, result.room) == (CreateOutcome.UNCLEAR, None)
    assert result.sentence == (
        "no answer. A room without a name may have been created or not: look for a new one among the rooms."
    )
    assert desk.twilio.asked[-1].what == "create"


async def test_a_room_that_had_the_name_before_is_not_taken_for_the_new_one(desk: Desk) -> None:
    desk.twilio.opens("talk")
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    assert (await desk.actions.create_room(TALK)).outcome is CreateOutcome.UNCLEAR


async def test_a_room_of_the_name_that_ended_before_leaves_the_name_to_the_new_one(desk: Desk) -> None:
    old = desk.twilio.opens("talk")

    def made_again() -> None:
        desk.twilio.ends(old)
        desk.twilio.opens("talk")

    desk.twilio.before["create"] = made_again
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    result = await desk.actions.create_room(TALK)
    assert result.room is not None
    assert result.room.sid != old


async def test_a_name_that_looks_like_another_rooms_sid_is_not_that_room(desk: Desk) -> None:
    other = desk.twilio.opens("other")
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    assert (await desk.actions.create_room(NewRoom(unique_name=other))).outcome is CreateOutcome.UNCLEAR
    later = "RM" + "2".rjust(32, "0")
    desk.twilio.before["create"] = lambda: desk.twilio.opens("another")
    assert (await desk.actions.create_room(NewRoom(unique_name=later))).outcome is CreateOutcome.UNCLEAR


@pytest.mark.parametrize(
    ("older", "outcome"), [(0.9, CreateOutcome.CREATED), (3600, CreateOutcome.UNCLEAR)], ids=["whole second", "an hour"]
)
async def test_a_room_that_was_not_found_before_is_known_by_its_date(
    desk: Desk, older: float, outcome: CreateOutcome
) -> None:
    def found_again() -> None:
        sid = desk.twilio.opens("talk")
        created = desk.time.now() - timedelta(seconds=older)
        desk.twilio.rooms[sid] = replace(desk.twilio.rooms[sid], date_created=created)

    desk.twilio.before["create"] = found_again
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    assert (await desk.actions.create_room(TALK)).outcome is outcome


async def test_a_room_that_was_made_otherwise_meanwhile_is_somebody_elses(desk: Desk) -> None:
    desk.twilio.before["create"] = lambda: desk.twilio.opens("talk", empty=0)
    desk.twilio.trouble["create"] = Unreachable("no answer.")
    result = await desk.actions.create_room(NewRoom(unique_name="talk", empty_room_timeout=5))
    assert (result.outcome, result.room) == (CreateOutcome.UNCLEAR, None)
    assert result.sentence is not None
    assert "but not as it was asked for" in result.sentence


@given(codecs=st.permutations(["VP8", "H264"]), told=st.sampled_from([None, 5]), asked=st.sampled_from([None, 5]))
def test_what_was_not_asked_for_and_what_is_not_told_makes_no_difference(
    codecs: list[str], told: int | None, asked: int | None
) -> None:
    seen = replace(room(empty=told), video_codecs=("VP8", "H264"))
    assert _is_like(seen, NewRoom(empty_room_timeout=asked, video_codecs=tuple(codecs)))
    assert _is_like(seen, NewRoom(video_codecs=()))
    assert not _is_like(seen, NewRoom(video_codecs=("VP8",)))


# Over HTTP


async def test_creates_a_room_of_the_sandbox(twilio: Twilio, tmp_path: Path) -> None:
    actions = Actions(twilio.gateway, Journal(tmp_path / "journal.jsonl"), twilio.clock, context=CONTEXT)
    result = await actions.create_room(NewRoom(unique_name="a/b #1", unused_room_timeout=9))
    assert result.room is not None
    truth = await twilio.truth(result.room.sid)
    assert (truth["unique_name"], truth["unused_room_timeout"], truth["status"]) == ("a/b #1", 9, "in-progress")


async def test_a_post_whose_answer_breaks_off_is_found_by_its_name(twilio: Twilio, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    actions = Actions(twilio.gateway, journal, twilio.clock, context=CONTEXT)
    await twilio.fault("truncated", Count="2", Path="/v1/Rooms")
    result = await actions.create_room(TALK)
    assert result.outcome is CreateOutcome.CREATED
    assert result.room is not None
    assert (await twilio.truth(result.room.sid))["status"] == "in-progress"
